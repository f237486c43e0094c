"""Reads written numbers: Arabic, Chinese, financial and colloquial (三万五, 两千来块, 几十万, 百十来万)."""

import re
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {c: i for i, c in enumerate("〇壹贰叁肆伍陆柒捌玖")}
_DIGITS |= {"两": 2, "俩": 2, "幺": 1, "弌": 1, "弍": 2, "廿": 20, "卅": 30}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
_LARGE = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000}

HAN_NUMBER = "零〇一二三四五六七八九十百千万亿两俩几数壹贰叁肆伍陆柒捌玖拾佰仟廿卅半"
NUMBER = rf"(?:\d[\d,]{{0,15}}(?:\.\d{{1,6}})?(?:[多余来几]?[十百千万亿]{{1,2}})?|[{HAN_NUMBER}][{HAN_NUMBER}多余来]{{0,16}})"
_ARABIC = re.compile(r"(\d[\d,]*(?:\.\d+)?)([多余来几]?)([十百千万亿]*)$")
_ADJACENT = re.compile(r"([一二两三四五六七八九])([二三四五六七八九])(?=[十百千万亿]|$)")


class Amount(NamedTuple):
    """A written number as the closed range it may mean."""

    low: Decimal
    high: Decimal


@lru_cache(maxsize=4096)
def read_number(written: str) -> Amount | None:
    """Return the range that a written number means, None where it is none. 三万五 is 35000, 几十万 200000-900000."""
    arabic = _ARABIC.match(written)
    if arabic:
        return _arabic(arabic)
    if written[0].isdigit():
        return None
    pair = _ADJACENT.search(written)
    if pair and _DIGITS[pair[2]] - _DIGITS[pair[1]] in {1, 2}:
        low = _exact(written[: pair.start(2)] + written[pair.end(2) :])
        high = _exact(written[: pair.start(1)] + written[pair.end(1) :])
        return Amount(low, high) if low is not None and high is not None else None
    return _chinese(written)


def _arabic(match: re.Match[str]) -> Amount:
    factor = Decimal(1)
    for sign in match[3]:
        factor *= _UNITS.get(sign) or _LARGE[sign]
    number = Decimal(match[1].replace(",", "")) * factor
    if match[2] in {"多", "余", "几"}:
        return Amount(number, number + factor * _last_step(match[1]))
    return Amount(number, number)


def _last_step(digits: str) -> int:
    """Return the place of the last significant digit: 300多 means less than 400, 12多万 less than 13."""
    whole = digits.replace(",", "").split(".")[0]
    return int(10 ** (len(whole) - len(whole.rstrip("0"))))


def _chinese(written: str) -> Amount | None:
    text = written
    if text[0] in "几数" and len(text) > 1:
        return _between(_exact("二" + text[1:]), _exact("九" + text[1:]))
    if "十几" in text:
        return _between(_exact(text.replace("十几", "十一")), _exact(text.replace("十几", "十九")))
    if "百十" in text:
        return _between(
            _exact(text.replace("百十来", "一百").replace("百十", "一百")),
            _exact(text.replace("百十来", "一百二十").replace("百十", "一百二十")),
        )
    about = next((c for c in "多余来几" if c in text), "")
    if not about:
        number = _exact(text)
        return None if number is None else Amount(number, number)
    return _about(text, about)


def _about(text: str, about: str) -> Amount | None:
    head, _, tail = text.partition(about)
    number, base = _exact(head + tail), _exact(head)
    if number is None or base is None or not head:
        return None
    step = number / base * (_UNITS.get(head[-1]) or _LARGE.get(head[-1]) or 1)
    if about == "来":
        return Amount(number - step / 5, number + step / 5)
    return Amount(number, number + step)


def _between(low: Decimal | None, high: Decimal | None) -> Amount | None:
    return Amount(low, high) if low is not None and high is not None else None


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


def plain(number: Decimal) -> str:
    """Write a number without exponent or trailing zeros."""
    text = format(number.normalize(), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
