"""Owns reading numbers out of normalised entity values and plain Chinese numerals."""

import re
from functools import lru_cache

_DIGITS = {char: number for number, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_NUMBER = re.compile(r"\d+(?:\.\d+)?[十百千万亿]*|[零〇一二两三四五六七八九十百千万亿]+")
_VALUE = re.compile(r"(?P<least>\d+(?:\.\d+)?)(?:-(?P<most>\d+(?:\.\d+)?))?\s*(?P<unit>\D.*)")


def money(value: str) -> tuple[float, bool] | None:
    """Return the lower bound in yuan of a money value (`min-max 元[/unit]`) and whether it is a price per unit."""
    found = bounds(value)
    return (found[0], "/" in found[2]) if found and found[2].startswith("元") else None


def quantity(text: str) -> float | None:
    """Return the first number of a text such as 三十多户, 68 亩 or 1.2 万人; None where there is none."""
    found = _NUMBER.search(text)
    if not found:
        return None
    arabic = re.match(r"\d+(?:\.\d+)?", found[0])
    if arabic:
        return _scaled(float(arabic[0]), found[0][arabic.end() :])
    return _chinese(found[0])


def _scaled(number: float, units: str) -> float:
    for unit in units:
        number *= _UNITS[unit]
    return number


def _chinese(numeral: str) -> float:
    total, section, digit = 0, 0, 0
    for char in numeral:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif _UNITS[char] >= 10_000:
            total, section, digit = (total + section + digit) * _UNITS[char], 0, 0
        else:
            section, digit = section + (digit or 1) * _UNITS[char], 0
    return float(total + section + digit)


@lru_cache(maxsize=8192)
def bounds(value: str) -> tuple[float, float, str] | None:
    """Return lower bound, upper bound and unit of a normalised value such as `270000-280000 元` or `19-19 户`."""
    found = _VALUE.fullmatch(value.strip())
    return (float(found["least"]), float(found["most"] or found["least"]), found["unit"]) if found else None
