"""Owns the words of a report over a period: sentences of `period.yaml`, and names for the codes that its figures carry."""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType

from xiansuo.evaluation.estimates import Estimate
from xiansuo.evaluation.parts import Estimated, Ratio, Unknown, Value, share
from xiansuo.evaluation.period import MONTH, Period
from xiansuo.evaluation.period_parts import REST, Rate
from xiansuo.evaluation.words import Words

FEWEST = 10
"""Of fewer cases no share is shown: it would say more about single clues than about the office."""
_NONE: Mapping[str, str] = MappingProxyType({})


def _as_it_is(text: str) -> str:
    return text


class PeriodWords(Words):
    """Words of one language; `say` puts Chinese that came with the figures into it, `rules` gives a rule's sentence by its id."""

    def __init__(
        self, *, english: bool, say: Callable[[str], str] = _as_it_is, rules: Mapping[str, str] = _NONE
    ) -> None:
        super().__init__(english=english, book="period.yaml")
        self.say = say
        self._rules = rules

    def rule(self, id_: str) -> str:
        """Return what a rule looks for, with its id."""
        return f"{self.say(self._rules[id_])} ({id_})" if id_ in self._rules else id_

    def code(self, group: str, code: str) -> str:
        """Return the name of a part of a division, of what was too small to stand by itself, and of what has no value."""
        if code in {REST, ""}:
            return self("code.rest" if code == REST else "code.none")
        if group == "category":
            return self.category(code)
        return self.name(group, code) if f"{group}.{code}" in self else self.say(code)

    def day(self, day: date | str) -> str:
        """Return a day, given as a date or in ISO form, as a sentence says it."""
        told = date.fromisoformat(day) if isinstance(day, str) else day
        return self("day", year=told.year, month=told.month, day=told.day, month_name=f"{told:%B}")

    def period(self, period: Period) -> str:
        """Return a period's name: a month's in the language's own way, a round's as people gave it."""
        if period.kind != MONTH:
            return period.name
        first = period.first
        return self("month", year=first.year, month=first.month, month_name=f"{first:%B}")

    def between(self, low: float, high: float) -> str:
        """Return a range of shares in a sentence."""
        return self("between", low=share(low), high=share(high))

    def lacking(self, count: int) -> Unknown:
        """Return what stands in the place of a figure for which `count` more clues are needed."""
        return Unknown(self("lacking", count=count))

    def rate(self, rate: Rate | None) -> Value:
        """Return a share as a table shows it; of too few cases it shows only these."""
        if rate is None or rate.value is None or rate.low is None or rate.high is None:
            return None
        if rate.tries < FEWEST:
            return Unknown(self("few", hits=rate.hits, tries=rate.tries))
        return Ratio(rate.hits, rate.tries, rate.value, rate.low, rate.high)

    @staticmethod
    def estimate(one: Estimate | None) -> Value:
        """Return a figure with its range as a table shows it."""
        return Estimated(one.value, one.low, one.high) if one else None
