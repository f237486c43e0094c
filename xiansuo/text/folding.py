"""Owns the form in which names are compared: without gaps, marks, width or script, so that no way of writing hides one."""

import unicodedata
from functools import cache

from opencc import OpenCC

# Marks put inside a name to hide it from a search, or between the parts of a foreign one.
_IGNORED = "·•‧・∙˙.-_*＊~～'`\"“”‘’"
_HAN = range(0x3400, 0xA000)
_COMPATIBLE = ((0xA0, 0x3400), (0xA000, 0xAC00), (0xF900, 0x10000), (0x2F800, 0x2FA20))


def fold(text: str) -> str:
    """Return `text` without blanks, line ends, invisible and joining marks, in half width, lower case and simplified characters."""
    return text.translate(_table())


@cache
def _table() -> dict[int, str | None]:
    """Compute the character table once; about 60 ms, so not at import."""
    block = [chr(code) for code in _HAN]
    simplified: list[str] = OpenCC("t2s").convert("\n".join(block)).split("\n")
    table: dict[int, str | None] = {ord(char): put for char, put in zip(block, simplified, strict=True) if char != put}
    for low, high in _COMPATIBLE:
        for code in range(low, high):
            put = unicodedata.normalize("NFKC", chr(code)).casefold()
            if put != chr(code):
                table[code] = put.translate(table)
    table |= {code: chr(code).casefold() for code in range(ord("A"), ord("Z") + 1)}
    ignored = (code for code in range(0x10000) if _is_ignored(chr(code)))
    return table | dict.fromkeys(ignored) | {ord(mark): None for mark in _IGNORED}


def _is_ignored(char: str) -> bool:
    return char.isspace() or unicodedata.category(char) in {"Cc", "Cf", "Mn"}
