"""Finds dates and colloquial times (去年腊月, 前年秋上, 上届换届时, 从2019年到2021年) and resolves them against the letter's date."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from xiansuo.domain.text import Entity, EntityType
from xiansuo.text.coverage import Coverage
from xiansuo.text.gated import open_gates
from xiansuo.text.time_forms import FORMS, Around, Resolver
from xiansuo.text.time_words import DAY, HOURS
from xiansuo.text.when import When, day_of, in_month

_TO = re.compile(r"\s?(?:一直)?(?:到|至|[-—–~～]+)\s?")
# What may end a stretch without being a time alone: 到5号, 至21日, 到现在.
_TAIL = re.compile(
    rf"\s?(?:一直)?(?:到|至|[-—–~～]+)\s?(?:(?P<now>现在|今天|目前|如今|今(?!年))|(?P<day>{DAY})){HOURS}"
)
_SINCE = re.compile(r"(?:开始|以来|起)$")
_PASSAGE, _LONGEST_LINK = 60, 5


@dataclass(frozen=True, slots=True)
class _Told:
    start: int
    end: int
    value: str
    when: When | None


def find_times(text: str, reference: date | None) -> list[Entity]:
    """Find times; the value is an ISO day, month, year, `from/to` or `from/..` (since), '' where it cannot be known."""
    found = [_stretched(text, one, reference) for one in _resolved(text, reference)]
    return [
        Entity(EntityType.TIME, one.start, one.end, text[one.start : one.end], one.value)
        for one in _joined(text, found)
    ]


def _matches(text: str) -> list[tuple[re.Match[str], Resolver]]:
    taken = Coverage(len(text))
    found = []
    opened = open_gates(text)
    for form in FORMS:
        for match in form.gated.pattern.finditer(text) if form.gated.gate in opened else ():
            if taken.free(*match.span()):
                taken.take(*match.span())
                found.append((match, form.resolve))
    return sorted(found, key=lambda pair: pair[0].start())


def _resolved(text: str, reference: date | None) -> Iterator[_Told]:
    before: When | None = None
    last = 0
    for match, resolve in _matches(text):
        if match.start() - last > _PASSAGE or "\n" in text[last : match.start()]:
            before = None
        told = resolve(match, Around(reference, before))
        when = told if isinstance(told, When) else None
        before, last = when or before, match.end()
        value = when.iso if when else str(told)
        since = value and "/" not in value and _SINCE.search(match[0])
        yield _Told(*match.span(), f"{value}/.." if since else value, when)


def _stretched(text: str, one: _Told, reference: date | None) -> _Told:
    """Extend a time by an end that is no time alone."""
    tail = _TAIL.match(text, one.end)
    if tail is None:
        return one
    if tail["now"]:
        until = f"{reference:%Y-%m}" if reference else ".."
    else:
        day = day_of(tail["day"])
        when = one.when
        known = when and when.month and day
        until = in_month(when.year, when.month or 1, day, lunar=False).iso if when and known else ""
    return replace(one, end=tail.end(), value=_range(one.value, until))


def _joined(text: str, found: Iterable[_Told]) -> list[_Told]:
    """Make one stretch of two times with 到 or a dash between them."""
    joined: list[_Told] = []
    for one in found:
        last = joined[-1] if joined else None
        if last and last.end <= one.start <= last.end + _LONGEST_LINK and _TO.fullmatch(text, last.end, one.start):
            joined[-1] = _Told(last.start, one.end, _range(last.value, one.value), one.when)
        elif last is None or one.start >= last.end:
            joined.append(one)
    return joined


def _range(first: str, last: str) -> str:
    """Return the stretch between two values; '' where one is not known or the end lies before the beginning."""
    begins, ends = first.split("/", maxsplit=1)[0], last.rsplit("/", maxsplit=1)[-1]
    if not begins or not ends:
        return ""
    return f"{begins}/{ends}" if ends == ".." or begins[: len(ends)] <= ends[: len(begins)] else ""
