"""A key on paper: short lines of letters that a person can type back, each with a check that finds the line with the slip."""

import base64
import binascii
import hashlib
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum

KEY_BYTES = 32
LINES = 4
_LINE_BYTES = 10
_GROUP = 4
_CHARACTERS = 20
# Crockford's letters: none of I, L, O, U, which are misread or misheard.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_STANDARD = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_TO_PAPER = str.maketrans(_STANDARD, _LETTERS)
_FROM_PAPER = str.maketrans(_LETTERS, _STANDARD)
_MISREAD = str.maketrans("OIL", "011")
# No space can be taken by two parts, and none before the number reaches into the next line: the work stays that of reading once.
_LINE = re.compile(r"^[^\S\n]*+([1-4])[^\S\n]*+[.:、)]\s{0,99}+(.+)", re.MULTILINE)
_BETWEEN = re.compile(r"[\s\-‐-―_]+")


class KeyKind(Enum):
    """Which key it is; the value stands on paper."""

    VAULT = 1
    INDEX = 2
    SIGNING = 3
    HEAD = 4
    BACKUP = 5


@dataclass(frozen=True, slots=True)
class PaperKey:
    """A key with its kind and the eight digits by which people tell it from others."""

    kind: KeyKind
    id: str
    key: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Slips:
    """What is wrong with typed lines, a sentence each."""

    sentences: tuple[str, ...]


def lines_of(key: PaperKey) -> list[str]:
    """Return a key as four numbered lines of five groups; the last group of each checks the line and its number.

    The check (CRC-16 of CCITT) finds every wrong character, every two neighbours that were swapped, and any other slip but one in 65,536.
    """
    body = bytes([key.kind.value]) + bytes.fromhex(key.id)
    whole = body + _check_of(body + key.key) + key.key
    cut = (whole[at : at + _LINE_BYTES] for at in range(0, len(whole), _LINE_BYTES))
    return [f"{number}.  {_grouped(_written(data) + _check(number, data))}" for number, data in enumerate(cut, 1)]


def read_lines(text: str) -> PaperKey | Slips:
    """Return the key that lines typed from paper make, or what is wrong and in which line; what is no numbered line is passed over."""
    plain = unicodedata.normalize("NFKC", text).upper()
    typed = [(int(number), _BETWEEN.sub("", line).translate(_MISREAD)) for number, line in _LINE.findall(plain)]
    slips = tuple(_slips(typed))
    return Slips(slips) if slips else _joined(dict(typed))


def _slips(typed: Sequence[tuple[int, str]]) -> Iterator[str]:
    for number in range(1, LINES + 1):
        lines = [line for given, line in typed if given == number]
        if not lines:
            yield f"缺第 {number} 行"
        elif len(lines) > 1:
            yield f"第 {number} 行有 {len(lines)} 份，只要一份（一次只录入一把密钥）"
        elif slip := _slip(number, lines[0]):
            yield slip


def _slip(number: int, line: str) -> str:
    strange = sorted(set(line) - set(_LETTERS))
    if strange:
        return f"第 {number} 行有纸面上不会出现的字符 {' '.join(strange)}"
    if len(line) != _CHARACTERS:
        return f"第 {number} 行应有 {_CHARACTERS} 个字符，现有 {len(line)} 个"
    data = _read(line[:-_GROUP])
    return "" if _check(number, data) == line[-_GROUP:] else f"第 {number} 行录错了，请逐个字符对照这一行"


def _joined(lines: dict[int, str]) -> PaperKey | Slips:
    whole = b"".join(_read(lines[number][:-_GROUP]) for number in sorted(lines))
    body, check, key = whole[:5], whole[5:8], whole[8:]
    if check != _check_of(body + key) or body[0] not in {kind.value for kind in KeyKind}:
        return Slips(("四行各自都对，但不是同一把密钥的。请核对是不是拿了两张纸",))
    return PaperKey(KeyKind(body[0]), body[1:].hex(), key)


def _check_of(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()[:3]


def _check(number: int, data: bytes) -> str:
    told = binascii.crc_hqx(bytes([number]) + data, 0xFFFF)
    return "".join(_LETTERS[told >> shift & 31] for shift in (15, 10, 5, 0))


def _written(data: bytes) -> str:
    return base64.b32encode(data).decode().translate(_TO_PAPER)


def _read(letters: str) -> bytes:
    return base64.b32decode(letters.translate(_FROM_PAPER))


def _grouped(letters: str) -> str:
    return "-".join(letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP))
