"""Owns what a report over a period says of the office: time limits, what became of confirmed clues, what changed, and how to read it all."""

from collections.abc import Iterator, Sequence

from xiansuo.evaluation.parts import Column, Look, Part, Row, Table
from xiansuo.evaluation.period import Changes, PeriodReport
from xiansuo.evaluation.period_parts import Handled
from xiansuo.evaluation.told_words import PeriodWords


def limits(report: PeriodReport, words: PeriodWords) -> Part:
    """Return the time limits and what became of confirmed clues."""
    tables = [_limits(report, words)] if report.limits else []
    needs = [(words.code("need", one.code), one.count) for one in report.verdict.needs] if report.verdict else []
    if needs:
        columns = (Column(words("limits.need")), Column(words("matched.clues"), Look.COUNT))
        tables.append(Table(words("limits.needs"), columns, needs))
    if report.handled is not None and report.handled.confirmed:
        tables += _handled(report.handled, words)
    told = () if report.limits else (words("limits.nothing"),)
    return Part("limits", words("limits.title"), told, tables=tables, notes=(words("limits.note"),))


def _limits(report: PeriodReport, words: PeriodWords) -> Table:
    columns = (
        Column(words("limits.name")),
        Column(words("limits.origin")),
        *(Column(words(f"limits.{name}"), Look.COUNT) for name in ("due", "kept", "late", "open", "overdue")),
        Column(words("limits.oldest")),
    )
    rows = [
        (
            words.say(one.name),
            words.code("origin", one.origin),
            one.due,
            one.kept,
            one.late,
            one.open,
            one.overdue,
            one.oldest or None,
        )
        for one in report.limits
    ]
    return Table(words("limits.table"), columns, rows)


def _handled(one: Handled, words: PeriodWords) -> Iterator[Table]:
    names = ("confirmed", "disposed", "owned", "answered", "ended")
    steps = [(words(f"handled.{name}"), getattr(one, name)) for name in names]
    count = Column(words("matched.clues"), Look.COUNT)
    yield Table(words("handled.title"), (Column(words("handled.step")), count), steps, words("handled.note"))
    for name, counts in (("kind", one.kinds), ("result", one.results)):
        if counts:
            rows = [(words.code(name, each.code), each.count) for each in counts]
            yield Table(words(f"handled.{name}"), (Column(words(f"handled.{name}_head")), count), rows)


def changes(report: PeriodReport, words: PeriodWords) -> Part:
    """Return what changed in the program and in the office."""
    one = report.changes
    told = [words("changes.orders", orders=one.orders) if one.orders else words("changes.no_orders")]
    if one.learned_from and one.moved is not None:
        told.append(words("changes.learned", learned=one.learned_from, moved=one.moved))
    told.append(words("changes.accounts", accounts=one.accounts, new=one.new_accounts))
    return Part("changes", words("changes.title"), told, tables=tuple(_acts(one, words)))


def _acts(one: Changes, words: PeriodWords) -> Iterator[Table]:
    day, reason = Column(words("work.day")), Column(words("changes.reason"))
    columns: Sequence[Column]
    rows: list[Row]
    if one.models:
        columns = (day, Column(words("changes.act")), Column(words("changes.model")), reason)
        rows = [
            (each.day, words(f"changes.{each.act}"), each.name or words("changed.shipped"), each.reason)
            for each in one.models
        ]
        yield Table(words("changes.models"), columns, rows)
    if one.challengers:
        columns = (day, Column(words("changes.model")), Column(words("changes.passed")), reason)
        rows = [
            (
                each.day,
                each.name,
                words("changes.may" if each.passed else "changes.may_not"),
                words("semicolon").join(map(words.say, each.reasons)) or None,
            )
            for each in one.challengers
        ]
        yield Table(words("changes.challengers"), columns, rows)
    yield from _settings(one, words, day, reason)


def _settings(one: Changes, words: PeriodWords, day: Column, reason: Column) -> Iterator[Table]:
    columns: Sequence[Column]
    rows: list[Row]
    if one.versions:
        columns = (
            Column(words("changes.first")),
            Column(words("changes.model")),
            Column(words("changes.rules")),
            Column(words("changes.suggestions"), Look.COUNT),
        )
        rows = [(each.first, each.model, each.rules, each.suggestions) for each in one.versions]
        yield Table(words("changes.versions"), columns, rows)
    if one.shares:
        columns = (day, Column(words("changes.share"), Look.SHARE), reason)
        yield Table(words("changes.shares"), columns, [(each.day, each.share, each.reason) for each in one.shares])
    if one.stops:
        columns = (day, reason, Column(words("changes.withdrawn")))
        rows = [(each.day, each.reason, each.withdrawn or None) for each in one.stops]
        yield Table(words("changes.stops"), columns, rows)


def reading(report: PeriodReport, words: PeriodWords) -> Part:
    """Return how the figures are to be read, and what they do not show."""
    told = [words("reading.own") if not report.whole else words("reading.whole")]
    if report.withheld:
        names = [_part_name(name, words) for name in report.withheld]
        told.append(words("reading.withheld", names=words("comma").join(names)))
    return Part("reading", words("reading.title"), told, notes=tuple(map(words.say, report.assumptions)))


def _part_name(name: str, words: PeriodWords) -> str:
    part, _, group = name.partition(".")
    return words("reading.slice", name=words.name("group", group)) if group else words.name("reading.part", part)
