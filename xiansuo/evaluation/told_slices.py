"""Owns what a report over a period shows part by part: who waits how long, what was missed where, how the letters changed, what each rule did."""

from collections.abc import Iterator, Sequence

from xiansuo.evaluation.bars import Bars, bars
from xiansuo.evaluation.parts import Column, Drawing, Look, Part, Row, Table, Unknown, Value, chance_sentence
from xiansuo.evaluation.period import Drift, PeriodReport
from xiansuo.evaluation.period_parts import Mix, SliceGroup, SliceLine
from xiansuo.evaluation.told_verdict import SHIFTED, STEADY, slowest_sentence
from xiansuo.evaluation.told_words import PeriodWords


def slices(report: PeriodReport, words: PeriodWords) -> Part:
    """Return waiting, misses and wrong suggestions by part."""
    if not report.slices:
        return Part("slices", words("slices.title"), (words("slices.nothing"),))
    told = (slowest_sentence(report.slices, words), words("slices.lead"))
    tables = [_group(group, words) for group in report.slices]
    notes = (words("slices.wait_note"), words("slices.missed_note"), words("slices.small_note", small=report.small))
    return Part("slices", words("slices.title"), told, tables=tables, notes=notes)


def _group(group: SliceGroup, words: PeriodWords) -> Table:
    counts = [Column(words(f"slices.{name}"), Look.COUNT) for name in ("letters", "clues", "read", "waiting", "median")]
    columns = (
        Column(words.name("group", group.name)),
        *counts,
        Column(words("slices.compared")),
        Column(words("slices.p"), Look.CHANCE),
        Column(words("slices.missed"), Look.RATE),
        Column(words("slices.wrong"), Look.RATE),
    )
    note = words("slices.folded", folded=group.folded) if group.folded else ""
    return Table(
        words("slices.by", name=words.name("group", group.name)),
        columns,
        [_slice(line, words) for line in group.lines],
        note,
    )


def _slice(line: SliceLine, words: PeriodWords) -> Row:
    wait = line.wait
    unread = Unknown(words("slices.unread")) if wait.waiting else None
    return (
        words.code("slice", line.code),
        line.letters,
        line.clues,
        wait.read,
        wait.waiting,
        unread if wait.median is None else wait.median,
        words("slices.few") if wait.p is None else words("slices.slower" if wait.slower else "slices.alike"),
        wait.p,
        _missed(line, words),
        words.rate(line.wrong),
    )


def _missed(line: SliceLine, words: PeriodWords) -> Value:
    if line.missed.share is None:
        return words.lacking(line.missed.lacking) if line.missed.lacking else None
    return words.rate(line.missed.share)


def drift(report: PeriodReport, words: PeriodWords) -> Part:
    """Return how the letters differ from those of the period before."""
    one = report.drift
    if one is None:
        return Part("drift", words("drift.title"), (words("drift.nothing"),))
    tables = (*_mixes(one, words), *_more(one, words))
    bins = one.scores.bins
    drawings = [_bins(one, words)] if any(line.now or line.before for line in bins.lines) else []
    return Part(
        "drift",
        words("drift.title"),
        tuple(_drift_told(one, words)),
        drawings=drawings,
        tables=tables,
        notes=(words("drift.index_note"),),
    )


def _drift_told(one: Drift, words: PeriodWords) -> Iterator[str]:
    yield words("drift.lead", before=words.period(one.before))
    for mix in one.mixes:
        yield words("drift.mix", name=words.name("mix", mix.name), said=_said(mix, words))
    changed = [words.rule(shift.rule) for shift in one.rules if shift.changed]
    yield words("drift.rules", rules=words("comma").join(changed)) if changed else words("drift.no_rules")


def _said(mix: Mix, words: PeriodWords) -> str:
    if mix.index is None:
        return words("drift.lacking", lacking=mix.lacking)
    return words("drift.steady" if mix.index < STEADY else "drift.slight" if mix.index < SHIFTED else "drift.shifted")


def _mixes(one: Drift, words: PeriodWords) -> Iterator[Table]:
    columns = (Column(words("drift.what")), Column(words("drift.said")), Column(words("drift.index"), Look.FIGURE))
    rows: list[Row] = [
        (words.name("mix", mix.name), _said(mix, words), mix.index) for mix in (*one.mixes, one.scores.bins)
    ]
    yield Table(words("drift.overview"), columns, rows)
    for mix in one.mixes:
        yield _mix(mix, words)


def _mix(mix: Mix, words: PeriodWords) -> Table:
    columns = (
        Column(words.name("mix", mix.name)),
        Column(words("drift.now"), Look.COUNT),
        Column(words("drift.before"), Look.COUNT),
    )
    rows = [(words.code("slice", line.code), line.now, line.before) for line in mix.lines]
    return Table(words("drift.by", name=words.name("mix", mix.name)), columns, rows)


def _bins(one: Drift, words: PeriodWords) -> Drawing:
    lines = one.scores.bins.lines
    title = words("drift.scores")
    series = [
        Bars(words("drift.now"), [line.now for line in lines]),
        Bars(words("drift.before"), [line.before for line in lines]),
    ]
    note = (
        ""
        if one.scores.distance is None or one.scores.p is None
        else words("drift.distance", distance=f"{one.scores.distance:.2f}", p=chance_sentence(one.scores.p))
    )
    table = _mix(one.scores.bins, words)
    columns = (Column(words("drift.from")), *table.columns[1:])
    return Drawing(
        title, bars([line.code for line in lines], series, title=title), Table("", columns, table.rows, note)
    )


def _more(one: Drift, words: PeriodWords) -> Iterator[Table]:
    columns: Sequence[Column]
    if shifts := [shift for shift in one.rules if shift.changed]:
        columns = (
            Column(words("rules.rule")),
            Column(words("drift.now"), Look.RATE),
            Column(words("drift.before"), Look.RATE),
            Column(words("slices.p"), Look.CHANCE),
        )
        rows = [(words.rule(one.rule), words.rate(one.now), words.rate(one.before), one.p) for one in shifts]
        yield Table(words("drift.rules_title"), columns, rows)
    if one.new_units or one.folded_units:
        columns = (Column(words("drift.unit")), Column(words("slices.letters"), Look.COUNT))
        note = words("drift.folded", folded=one.folded_units) if one.folded_units else ""
        yield Table(words("drift.new_units"), columns, [(unit.code, unit.count) for unit in one.new_units], note)


def rules(report: PeriodReport, words: PeriodWords) -> Part:
    """Return what each rule did."""
    if not report.rules:
        return Part("rules", words("rules.title"), (words("rules.nothing"),))
    columns = (
        Column(words("rules.rule")),
        Column(words("slices.letters"), Look.COUNT),
        Column(words("rules.clues"), Look.COUNT),
        Column(words("rules.confirmed"), Look.RATE),
        Column(words("rules.last")),
    )
    rows = [
        (words.rule(one.rule), one.letters, one.clues, words.rate(one.confirmed), one.last or None)
        for one in report.rules
    ]
    return Part("rules", words("rules.title"), (words("rules.lead"),), tables=(Table("", columns, rows),))
