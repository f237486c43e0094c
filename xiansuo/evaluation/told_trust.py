"""Owns what a report over a period says of how far its figures can be trusted: two readers beside each other, and what the random sample bounds."""

from collections.abc import Iterator

from xiansuo.evaluation.agreement import Agreement, Question
from xiansuo.evaluation.elusion import Statement
from xiansuo.evaluation.parts import Column, Look, Part, Table, Unknown, Value
from xiansuo.evaluation.period import PeriodReport
from xiansuo.evaluation.sight import Sight
from xiansuo.evaluation.told_verdict import agreement_sentence, missed_sentence
from xiansuo.evaluation.told_words import PeriodWords


def agreement(report: PeriodReport, words: PeriodWords) -> Part:
    """Return how far two readers agree, and what seeing the suggestion changes."""
    one = report.agreement
    told = [agreement_sentence(report, words)]
    if one is None:
        return Part("agreement", words("agree.title"), told)
    if one.unsure:
        told.append(words("agree.unsure", unsure=one.unsure))
    told.append(_sight(one.sight, words))
    tables = [_questions(one, words)] if one.questions else []
    notes = (words("agree.kappa_note"), words("agree.people_note")) if tables else (words("agree.people_note"),)
    return Part("agreement", words("agree.title"), told, tables=tables, notes=notes)


def _sight(one: Sight, words: PeriodWords) -> str:
    if one.withheld:
        return words("sight.withheld")
    if one.difference is None:
        return words("sight.lacking", seen=one.seen, blind=one.blind, lacking=one.lacking)
    low, high = one.difference.low, one.difference.high
    kind = "sight.follow" if low > 0 else "sight.against" if high < 0 else "sight.open"
    between = words("points", low=_points(low), high=_points(high))
    told = words(kind, difference=_points(abs(one.difference.value)), between=between)
    counts = words("sight.counts", seen=one.seen, seen_same=one.seen_same, blind=one.blind, blind_same=one.blind_same)
    return counts + told + words("sight.changed", changed=one.changed, towards=one.towards, away=one.away)


def _points(difference: float) -> str:
    return f"{100 * difference:.1f}"


def _questions(one: Agreement, words: PeriodWords) -> Table:
    columns = (
        Column(words("agree.question")),
        *(Column(words(f"agree.{name}"), Look.COUNT) for name in ("both", "one", "neither")),
        Column(words("agree.raw"), Look.SPREAD),
        Column(words("agree.kappa"), Look.ESTIMATE),
        Column(words("agree.ac1"), Look.ESTIMATE),
        Column(words("agree.machine_raw"), Look.SPREAD),
        Column(words("agree.machine_kappa"), Look.ESTIMATE),
    )
    return Table(words("agree.table"), columns, [_question(question, words) for question in one.questions])


def _question(one: Question, words: PeriodWords) -> tuple[Value, ...]:
    name = words("agree.scope") if one.code == "scope" else words.category(one.code)
    people, machine = one.people, one.machine
    figures = (people.raw, people.kappa, people.ac1, machine.raw, machine.kappa)
    shown = [words.estimate(each) for each in figures]
    if one.lacking:
        shown = [words.lacking(one.lacking), *[None] * 4]
    return (name, people.both, people.one, people.neither, *shown)


def elusion(report: PeriodReport, words: PeriodWords) -> Part:
    """Return what may lie unread at most, how many more to read for less, and what that supposes."""
    one = report.elusion
    told = [missed_sentence(report, words)]
    if one is None or not one.pile:
        return Part("elusion", words("missed.title"), told)
    told += _pending(one, words)
    tables = _bounds(one, words) if one.enough else [_needed(one, words)]
    notes = [words("missed.assumes"), *map(words.say, one.assumptions)]
    return Part("elusion", words("missed.title"), told, tables=tuple(tables), notes=notes)


def _pending(one: Statement, words: PeriodWords) -> Iterator[str]:
    if one.pending:
        yield words("missed.pending", pending=one.pending)
    if one.ahead.waiting:
        yield words("missed.ahead", waiting=one.ahead.waiting)
    if one.newer:
        yield words("missed.newer", newer=one.newer)
    if one.enough:
        yield words("missed.two_sided", low=one.low, high=one.high)


def _bounds(one: Statement, words: PeriodWords) -> Iterator[Table]:
    yield _needed(one, words)
    columns = (
        Column(words("matched.category")),
        Column(words("missed.found"), Look.COUNT),
        Column(words("missed.at_most"), Look.COUNT),
    )
    rows = [
        (words.category(line.category), line.found, words.lacking(line.lacking) if line.most is None else line.most)
        for line in one.categories
    ]
    yield Table(words("missed.categories"), columns, rows, words("missed.categories_note"))
    if one.careful:
        yield _careful(one, words)


def _needed(one: Statement, words: PeriodWords) -> Table:
    columns = (
        Column(words("missed.target"), Look.SHARE),
        Column(words("missed.if_none"), Look.COUNT),
        Column(words("missed.if_same"), Look.COUNT),
    )
    never = Unknown(words("missed.never"))
    # Before anything is read there is no share that could stay the same.
    unless_none = never if one.read else None
    rows = [
        (
            line.target,
            never if line.if_none is None else line.if_none,
            unless_none if line.if_same is None else line.if_same,
        )
        for line in one.needed
    ]
    return Table(words("missed.needed"), columns, rows, words("missed.needed_note"))


def _careful(one: Statement, words: PeriodWords) -> Table:
    columns = (
        Column(words("missed.overlooked"), Look.SHARE),
        Column(words("missed.at_most"), Look.COUNT),
        Column(words("missed.remain"), Look.COUNT),
        Column(words("missed.recall_head"), Look.SHARE),
    )
    rows = [(line.missed, line.most, line.may_remain, line.recall) for line in one.careful]
    return Table(words("missed.careful"), columns, rows, words("missed.careful_note"))
