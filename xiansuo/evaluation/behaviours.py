"""Owns the behaviour suite: short written cases in pairs, and how many of each phenomenon the suggestions get right.

After CheckList (Ribeiro et al. 2020, ACL): minimal pairs differ in one thing that changes the answer, invariances in one
that must not. The cases are authored; they show where the program fails, not how often it fails on real mail.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from xiansuo.classifiers.corpus import GoldLetter
from xiansuo.domain.category import Category
from xiansuo.domain.letter import Kind
from xiansuo.domain.suggestion import Reading, Suggestion
from xiansuo.errors import UsageError

MARGIN = 0.25


class PairKind(StrEnum):
    """How the cases of a pair hang together: they differ in the answer, or they must get the same one."""

    MINIMAL = "minimal"
    INVARIANCE = "invariance"


@dataclass(frozen=True, slots=True)
class Case:
    """A short text with the answer it must get: whether anything is raised, and which categories among others.

    `labels` is None where any category will do. `held` cases are never looked at while rules or models are improved.
    """

    id: str
    pair: str
    test: PairKind
    phenomenon: str
    kind: Kind
    subject: str = field(repr=False)
    text: str = field(repr=False)
    raised: bool
    labels: frozenset[Category] | None
    held: bool


@dataclass(frozen=True, slots=True)
class Rate:
    """How many cases of a phenomenon are right, and how many pairs as a whole; `wrong` names the cases that are not."""

    phenomenon: str
    test: PairKind
    cases: int
    right: int
    pairs: int
    pairs_right: int
    falsely_raised: int
    missed: int
    wrong: tuple[str, ...]

    @property
    def share(self) -> float:
        """The share of cases that are right."""
        return self.right / self.cases


def read_behaviours(path: Path) -> tuple[Case, ...]:
    """Read the cases of a JSON Lines file; a line that is no case is a `UsageError` with its number."""
    cases = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            cases.append(_case(json.loads(line)))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise UsageError(
                f"{path.name} 第 {number} 行不是行为用例（{type(error).__name__}）。请照其他行改正。"
            ) from error
    return tuple(cases)


def _case(row: Mapping[str, object]) -> Case:
    expect = row["expect"]
    if not isinstance(expect, dict):
        raise TypeError
    labels = expect["labels"]
    return Case(
        id=str(row["id"]),
        pair=str(row["pair"]),
        test=PairKind(str(row["test"])),
        phenomenon=str(row["phenomenon"]),
        kind=Kind(str(row["kind"])),
        subject=str(row["subject"]),
        text=str(row["text"]),
        raised=bool(expect["raised"]),
        labels=None if labels is None else frozenset(map(Category, labels)),
        held=bool(row["held"]),
    )


def as_letters(cases: Iterable[Case]) -> tuple[GoldLetter, ...]:
    """Return the cases as gold letters, so that they are masked, read and scored exactly as letters are."""
    return tuple(
        GoldLetter(
            id=case.id,
            half="behaviours",
            batch=case.phenomenon,
            matter=case.pair,
            kind=case.kind,
            subject=case.subject,
            text=case.text,
            received=None,
            in_scope=case.raised,
            labels=case.labels or frozenset(),
        )
        for case in cases
    )


def by_rules(reading: Reading) -> Suggestion:
    """Return what the rule books alone would propose: every category in which a hit counts."""
    labels = tuple(sorted({hit.category for hit in reading.hits if hit.counts}))
    return Suggestion(float(bool(labels)), dict.fromkeys(labels, 1.0), labels, abstained=False)


def rates(cases: Sequence[Case], suggestions: Sequence[Suggestion], *, margin: float = MARGIN) -> tuple[Rate, ...]:
    """Return a rate per phenomenon, in the file's order.

    A case is right when it is raised as expected and its expected categories are among those proposed. A changed case of
    an invariance is right when it gets the categories of the case it was made from, the first of its pair, and a scope
    probability within `margin` of it, whether that one is right or not.
    """
    first: dict[str, Suggestion] = {}
    table: dict[str, list[tuple[Case, bool, bool]]] = defaultdict(list)
    for case, suggestion in zip(cases, suggestions, strict=True):
        base = first.setdefault(case.pair, suggestion)
        changed = case.test is PairKind.INVARIANCE and base is not suggestion
        right = _same(base, suggestion, margin) if changed else _expected(case, suggestion)
        table[case.phenomenon].append((case, right, bool(suggestion.labels)))
    return tuple(_rate(phenomenon, rows) for phenomenon, rows in table.items())


def _same(base: Suggestion, changed: Suggestion, margin: float) -> bool:
    return set(base.labels) == set(changed.labels) and abs(base.scope - changed.scope) <= margin


def _expected(case: Case, suggestion: Suggestion) -> bool:
    return bool(suggestion.labels) is case.raised and (case.labels or frozenset()) <= set(suggestion.labels)


def _rate(phenomenon: str, rows: Sequence[tuple[Case, bool, bool]]) -> Rate:
    pairs: dict[str, bool] = {}
    for case, right, _ in rows:
        pairs[case.pair] = pairs.get(case.pair, True) and right
    return Rate(
        phenomenon=phenomenon,
        test=rows[0][0].test,
        cases=len(rows),
        right=sum(right for _, right, _ in rows),
        pairs=len(pairs),
        pairs_right=sum(pairs.values()),
        falsely_raised=sum(raised and not case.raised for case, _, raised in rows),
        missed=sum(case.raised and not raised for case, _, raised in rows),
        wrong=tuple(case.id for case, right, _ in rows if not right),
    )


def shortfalls(found: Iterable[Rate], least: Mapping[str, float]) -> Iterator[str]:
    """Yield a sentence for every phenomenon below its committed minimum, or with a minimum and no cases."""
    by_name = {rate.phenomenon: rate for rate in found}
    for phenomenon, bound in least.items():
        rate = by_name.get(phenomenon)
        if rate is None:
            yield f"{phenomenon}：没有用例，无法核对。"
        elif rate.share < bound:
            yield f"{phenomenon}：{rate.right}/{rate.cases} 符合，低于 {bound:.2f}；不符合的是 {'、'.join(rate.wrong)}。"
