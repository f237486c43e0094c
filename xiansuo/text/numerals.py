"""Reads written numbers: Arabic, Chinese, financial and colloquial (三万五, 两千来块, 几十万, 百十来万, 14万3, 万把)."""

import re
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {c: i for i, c in enumerate("〇壹贰叁肆伍陆柒捌玖")}
_DIGITS |= {"两": 2, "俩": 2, "幺": 1, "弌": 1, "弍": 2, "廿": 20, "卅": 30}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_LARGE = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000}
_SCALES = {"万": 10_000, "千": 1000, "百": 100, "亿": 100_000_000}
# Letters that scanning and hasty typing put in the place of digits: 3OO元, l4.4万元.
_LOOKALIKES = str.maketrans("OolI", "0011")

HAN_NUMBER = "零〇一二三四五六七八九十百千万亿两俩几数壹贰叁肆伍陆柒捌玖拾佰仟廿卅半"
MEASURES = "个户人亩名条只件桌台辆斤张套栋间吨方头年月天次车家期村"
_LETTERED = r"(?:\d|(?<![A-Za-z])[OolI](?=[\dOolI.]{0,24}\d)|(?<=\d)[OolI])(?:[\d,]|(?<=[\d,OolI])[OolI](?![A-HJ-NP-Za-km-np-z])){0,15}(?:\.\d{1,6})?"
# 14万3 is 143,000 and 18万3千 183,000, but 14万3个月 is not.
_REST = rf"(?:(?<=[万千])[1-9一二三四五六七八九](?:[千百]|(?![\d.,十百千万{MEASURES}])))?"
_ARABIC = rf"{_LETTERED}(?:[多余来几]?(?:[十百千万]{{1,2}}|万?个?亿)(?:[多余来几](?![{MEASURES}])|{_REST})|[多余来])?"
# The 一 of 两千七一吨 and 三万一个 begins the unit of the price.
_HAN = rf"(?:好(?=几))?[{HAN_NUMBER}](?:(?!(?<![十零〇])一[{MEASURES}])[{HAN_NUMBER}]|[多余来把]|好(?=几)|个(?=亿)){{0,16}}"
NUMBER = rf"(?:{_ARABIC}|{_HAN})"
# Looking for one of these signs first is several times faster than trying all ways to write a number at every place.
NUMBER_BEGINS = rf"\dOolI好{HAN_NUMBER}"

_ARABIC_PARTS = re.compile(r"(\d[\d,]*(?:\.\d+)?)([多余来几]?)([十百千万个亿]*)([多余来几]?)(?:(.)([千百]?))?$")
_ADJACENT = re.compile(r"([一二两三四五六七八九])([二两三四五六七八九])(?=[十百千万亿]|$)")


class Amount(NamedTuple):
    """A written number as the closed range it may mean."""

    low: Decimal
    high: Decimal


@lru_cache(maxsize=4096)
def read_number(written: str) -> Amount | None:
    """Return the range that a written number means, None where it is none. 三万五 is 35000, 几十万 200000-900000."""
    arabic = _ARABIC_PARTS.match(written.translate(_LOOKALIKES))
    if arabic:
        return _arabic(arabic)
    if written[0].isdigit():
        return None
    written = written.replace("好几", "几").replace("个亿", "亿")
    pair = _ADJACENT.search(written)
    if pair and _DIGITS[pair[2]] - _DIGITS[pair[1]] in {1, 2}:
        low = _exact(written[: pair.start(2)] + written[pair.end(2) :])
        high = _exact(written[: pair.start(1)] + written[pair.end(1) :])
        return Amount(low, high) if low is not None and high is not None else None
    return _chinese(written)


def _arabic(match: re.Match[str]) -> Amount | None:
    digits, about, units, after, rest, scale = match.groups()
    factor = Decimal(1)
    for sign in units.replace("个", ""):
        factor *= _UNITS.get(sign) or _LARGE[sign]
    number = Decimal(digits.replace(",", "")) * factor
    if rest:
        tenth = _DIGITS.get(rest, int(rest) if rest.isdigit() else None)
        return _once(number + tenth * (_UNITS[scale] if scale else factor / 10)) if tenth is not None else None
    if about in {"多", "余", "几"} or after in {"多", "余", "几"}:
        return Amount(number, number + factor * _last_step(digits))
    return _once(number)


def _last_step(digits: str) -> Decimal:
    """Return the place of the last significant digit: 300多 means less than 400, 12多万 less than 13."""
    whole, _, decimals = digits.replace(",", "").partition(".")
    if decimals:
        return Decimal(1).scaleb(-len(decimals))
    return Decimal(10 ** (len(whole) - len(whole.rstrip("0"))))


def _chinese(text: str) -> Amount | None:
    if text[0] in "几数" and len(text) > 1:
        return _between("二" + text[1:].rstrip("多余来"), "九" + text[1:].rstrip("多余来"))
    if "十几" in text:
        return _between(text.replace("十几", "十一"), text.replace("十几", "十九"))
    if "百十" in text:
        text = text.replace("百十来", "百十")
        return _between(text.replace("百十", "一百"), text.replace("百十", "一百二十"))
    about = next((c for c in "多余来几把" if c in text), "")
    return _about(text, about) if about else _once(_exact(text))


def _about(text: str, about: str) -> Amount | None:
    head, _, tail = text.partition(about)
    number, base = _exact(head + tail), _exact(head)
    if number is None or base is None or not head:
        return None
    step = number / base * (_UNITS.get(head[-1]) or _LARGE.get(head[-1]) or 1)
    if about in "来把":
        return Amount(number - step / 5, number + step / 5)
    return Amount(number, number + step)


def _between(low: str, high: str) -> Amount | None:
    first, last = _exact(low), _exact(high)
    return Amount(first, last) if first is not None and last is not None else None


def _once(number: Decimal | None) -> Amount | None:
    return None if number is None else Amount(number, number)


def _exact(text: str) -> Decimal | None:
    """Read plain Chinese digits and units; a last bare digit counts one place lower (三万五)."""
    if not text:
        return None
    if all(c in _DIGITS for c in text) and len(text) > 1 and "廿" not in text and "卅" not in text:
        return Decimal("".join(str(_DIGITS[c]) for c in text))
    total = section = Decimal(0)
    digit: Decimal | None = None
    last_unit, zero = 1, False
    for sign in text:
        if sign in _DIGITS:
            digit = Decimal(_DIGITS[sign]) + (digit if digit is not None and digit >= 20 else 0)
            zero = zero or sign in "零〇"
        elif sign in _UNITS:
            section += (digit if digit is not None else 1) * _UNITS[sign]
            last_unit, digit, zero = _UNITS[sign], None, False
        elif sign in _LARGE:
            total = (
                (total + section + (digit or 0)) * _LARGE[sign] if section or digit or total else Decimal(_LARGE[sign])
            )
            last_unit, section, digit, zero = _LARGE[sign], Decimal(0), None, False
        elif sign == "半":
            section += Decimal(last_unit) / 2 if last_unit > 1 else Decimal("0.5")
        else:
            return None
    if digit is not None:
        section += digit * (last_unit // 10 if last_unit >= 100 and not zero else 1)
    return total + section


@lru_cache(maxsize=4096)
def read_range(low: str, high: str | None) -> Amount | None:
    """Return the range from one written number to another; 三到五万 begins at 30000."""
    first = read_number(low)
    last = read_number(high) if high else first
    if first is None or last is None:
        return None
    if high and first.low < last.low / 1000 and high[-1] in _SCALES:
        scale = _SCALES[high[-1]]
        first = Amount(first.low * scale, first.high * scale)
    return Amount(min(first.low, last.low), max(first.high, last.high))


def plain(number: Decimal) -> str:
    """Write a number without exponent or trailing zeros."""
    text = format(number.normalize(), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
