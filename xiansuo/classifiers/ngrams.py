"""Owns how a model sees characters: classes of characters, and n-grams as exact 63-bit keys with their places."""

import re
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]

LONGEST = 3
_BITS = 21
_PLACEHOLDER = re.compile(r"〔[^〕\s]{1,6}〕")
_DIGITS = "0123456789０１２３４５６７８９〇"


def _class_table() -> Ints:
    table = np.arange(0x110000, dtype=np.int64)
    table[[ord(digit) for digit in _DIGITS]] = ord("0")
    table[0x3041:0x30FF] = ord("あ")
    for upper, lower in ((0x41, 0x61), (0xFF21, 0x61), (0xFF41, 0x61)):
        table[upper : upper + 26] = np.arange(lower, lower + 26)
    return table


_CLASSES = _class_table()
_SEEN = np.ones(0x110000, dtype=bool)
_SEEN[[ord(space) for space in " \t\r\n\u3000\xa0\u200b\ufeff"]] = False
_MASK = 0xE000  # private use: one neutral token for every masked passage, whatever it hides


@dataclass(frozen=True, slots=True)
class Symbols:
    """A text as model symbols: symbol `i` stands for characters `starts[i]` ≤ j < `ends[i]`."""

    codes: Ints
    starts: Ints
    ends: Ints


def symbols(text: str) -> Symbols:
    """Map digits to one class, Latin letters to small ones, a masked passage to one neutral symbol, and drop white space."""
    points = np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32)
    codes, keep = _CLASSES[points], _SEEN[points]
    starts = np.arange(len(codes))
    ends = starts + 1
    for found in _PLACEHOLDER.finditer(text):
        keep[found.start() + 1 : found.end()] = False
        codes[found.start()], ends[found.start()] = _MASK, found.end()
    return Symbols(codes[keep], starts[keep], ends[keep])


def keys_by_length(codes: Ints) -> list[Ints]:
    """Return the keys of all n-grams of length 1, 2, … `LONGEST`, each list in order of place; equal n-grams have equal keys."""
    lists, key = [], np.zeros(len(codes) + 1, dtype=np.int64)
    for length in range(1, LONGEST + 1):
        size = max(0, len(codes) - length + 1)
        key = (key[:size] << _BITS) | codes[length - 1 :]
        lists.append(key)
    return lists


def keys(codes: Ints) -> tuple[Ints, Ints, Ints]:
    """Return every n-gram of length 1 to `LONGEST` as (key, first symbol, length)."""
    lists = keys_by_length(codes)
    firsts = [np.arange(len(some)) for some in lists]
    lengths = [np.full(len(some), length) for length, some in enumerate(lists, 1)]
    return np.concatenate(lists), np.concatenate(firsts), np.concatenate(lengths)


def spell(key: int) -> str:
    """Return the n-gram of a key in class characters."""
    codes = []
    while key:
        codes.append(key & ((1 << _BITS) - 1))
        key >>= _BITS
    return "".join(map(chr, reversed(codes)))


def key_of(text: str) -> int | None:
    """Return the key of a string of one to `LONGEST` symbols, None for any other string."""
    codes = symbols(text).codes
    if not 1 <= len(codes) <= LONGEST:
        return None
    return int(keys(codes)[0][-1])
