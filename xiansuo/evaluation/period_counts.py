"""Owns the plain counts of a period: the work day by day, where clues stood, suggestions against findings, and what each rule came to."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from xiansuo.domain.category import CATEGORIES
from xiansuo.domain.decision import ClueState, Outcome
from xiansuo.evaluation.period import Day, Need, Point, Standing, Verdict, Work
from xiansuo.evaluation.period_facts import ClueFact, Facts, Span, confirmed, day_of
from xiansuo.evaluation.period_parts import (
    CategoryLine,
    Confusion,
    Count,
    Matched,
    Rate,
    ReadThrough,
    RuleLine,
    WordLine,
)

READ_THROUGH = "需人工通读"
WORDS = ("很可能", "较可能", "存疑", READ_THROUGH, "")
NONE = ""


def verdict(facts: Facts, overdue: int, needs: Iterable[tuple[Need, int]]) -> Verdict:
    """Return what happened, with how many clues were over a limit and what waited for a person as counted elsewhere."""
    decided = facts.decided()
    outcomes = Counter(one.finding.outcome for one in decided if one.finding)
    return Verdict(
        letters=len(facts.letters),
        clues=len(facts.opened()),
        read=len(facts.read()),
        decided=len(decided),
        confirmed=confirmed(decided),
        out_of_scope=outcomes[Outcome.OUT_OF_SCOPE],
        no_substance=outcomes[Outcome.NO_SUBSTANCE],
        overdue=overdue,
        standing=standing(facts.clues),
        needs=tuple(Count(need.value, count) for need, count in needs),
    )


def standing(clues: Sequence[ClueFact]) -> Standing:
    """Return where clues stood at the end."""
    states = Counter(one.state for one in clues)
    return Standing(
        clues=len(clues),
        open=states[ClueState.OPEN],
        postponed=states[ClueState.POSTPONED],
        second=states[ClueState.SECOND],
        disputed=states[ClueState.DISPUTED],
        decided=states[ClueState.DECIDED],
        closed=states[ClueState.CLOSED],
    )


def work(facts: Facts) -> Work:
    """Return the work day by day, and what reading found beside what the same reading in random order would have."""
    letters = Counter(one.came for one in facts.letters)
    opened = Counter(one.opened for one in facts.opened())
    read = Counter(day_of(at) for at, _ in facts.read())
    found = Counter(day_of(one.found) for one in facts.decided() if one.found and one.inside)
    days = (Day(day.isoformat(), letters[day], opened[day], read[day], found[day]) for day in _days(facts.span))
    return Work(tuple(days), tuple(_curve(facts)))


def _days(span: Span) -> Iterator[date]:
    for step in range((span.until - span.first).days + 1):
        yield span.first + timedelta(days=step)


def _curve(facts: Facts) -> Iterator[Point]:
    read = facts.read()
    every = sum(one.inside for _, one in read)
    found = 0
    for place, (at, one) in enumerate(read, 1):
        found += one.inside
        if place == len(read) or day_of(read[place][0]) != day_of(at):
            yield Point(day_of(at).isoformat(), place, found, place * every / len(read))


def matched(facts: Facts) -> Matched:
    """Return suggestions, as they were when people decided, against what they found."""
    clues = [one for one in facts.decided() if one.suggested is not None]
    raised = [one for one in clues if _suggested(one)]
    both = confirmed(raised)
    return Matched(
        clues=len(clues),
        precision=Rate.of(both, len(raised)),
        recall=Rate.of(both, confirmed(clues)),
        categories=tuple(_category(code.value, clues) for code in CATEGORIES),
        words=tuple(_word(word, clues) for word in WORDS),
        confusion=_confusion(clues),
        read_through=_read_through([one for one in clues if _shown(one) == READ_THROUGH]),
    )


def _suggested(clue: ClueFact) -> frozenset[str]:
    return clue.suggested.labels if clue.suggested else frozenset()


def _shown(clue: ClueFact) -> str:
    return clue.suggested.word if clue.suggested else NONE


def _found(clue: ClueFact) -> frozenset[str]:
    return frozenset(label.value for label in clue.finding.labels) if clue.finding else frozenset()


def _category(code: str, clues: Sequence[ClueFact]) -> CategoryLine:
    suggested = sum(code in _suggested(one) for one in clues)
    found = sum(code in _found(one) for one in clues)
    both = sum(code in _suggested(one) & _found(one) for one in clues)
    return CategoryLine(code, suggested, found, Rate.of(both, suggested), Rate.of(both, found))


def _word(word: str, clues: Sequence[ClueFact]) -> WordLine:
    under = [one for one in clues if _shown(one) == word]
    return WordLine(word, Rate.of(confirmed(under), len(under)))


def _confusion(clues: Sequence[ClueFact]) -> Confusion:
    codes = (*(code.value for code in CATEGORIES), NONE)
    rows = {code: [one for one in clues if code in (_found(one) or {NONE})] for code in codes}
    cells = tuple(tuple(sum(_taken_for(one, row, column) for one in rows[row]) for column in codes) for row in codes)
    return Confusion(codes, tuple(len(rows[code]) for code in codes), cells)


def _taken_for(clue: ClueFact, row: str, column: str) -> bool:
    suggested, found = _suggested(clue) or {NONE}, _found(clue) or {NONE}
    return column in suggested and (column == row or column not in found)


def _read_through(clues: Sequence[ClueFact]) -> ReadThrough:
    outcomes = Counter(one.finding.outcome.value for one in clues if one.finding)
    labels = Counter(label for one in clues for label in _found(one))
    return ReadThrough(
        len(clues),
        tuple(Count(one.value, outcomes[one.value]) for one in Outcome if outcomes[one.value]),
        tuple(Count(code.value, labels[code.value]) for code in CATEGORIES if labels[code.value]),
    )


def rules(facts: Facts) -> tuple[RuleLine, ...]:
    """Return the rules that spoke in a letter that came in or in a clue that was decided, those in most letters first."""
    letters = Counter(rule for one in facts.letters for rule in one.rules)
    last = {rule: one.came for one in sorted(facts.letters, key=lambda one: one.came) for rule in one.rules}
    seen = [(one, one.suggested.rules) for one in facts.decided() if one.suggested]
    clues = Counter(rule for _, spoke in seen for rule in spoke)
    right = Counter(rule for one, spoke in seen if one.inside for rule in spoke)
    order = sorted(letters.keys() | clues.keys(), key=lambda rule: (-letters[rule], rule))
    return tuple(
        RuleLine(
            rule,
            letters[rule],
            clues[rule],
            Rate.of(right[rule], clues[rule]),
            last[rule].isoformat() if rule in last else "",
        )
        for rule in order
    )
