"""Owns what a report over a period shows of the work: letters and reading day by day, what reading found, suggestions beside findings."""

import math
from collections.abc import Iterator, Sequence

from xiansuo.evaluation.bars import Bars, bars
from xiansuo.evaluation.charts import Axis, Series, plot
from xiansuo.evaluation.parts import Column, Drawing, Look, Part, Ratio, Row, Table, share
from xiansuo.evaluation.period import Day, PeriodReport, Point
from xiansuo.evaluation.period_parts import Confusion, Count, Matched, Rate
from xiansuo.evaluation.told_words import PeriodWords

_TICKS = 5
_FACTORS = (1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10)


def work(report: PeriodReport, words: PeriodWords) -> Part:
    """Return the work day by day and what reading found."""
    if report.work is None:
        return Part("work", words("work.title"), (words("verdict.withheld"),))
    days, curve = report.work.days, report.work.curve
    drawings = [_days(days, words)] if days else []
    if curve and curve[-1].found:
        drawings.append(_curve(curve, words))
    told = (words("work.lead"),) if len(drawings) > 1 else (words("work.no_curve"),)
    return Part("work", words("work.title"), told, drawings=drawings)


def _days(days: Sequence[Day], words: PeriodWords) -> Drawing:
    headings = [words(f"work.{name}") for name in ("letters", "clues", "read", "confirmed")]
    drawn = [Bars(headings[0], [one.letters for one in days]), Bars(headings[2], [one.read for one in days])]
    rows = [(one.day, one.letters, one.clues, one.read, one.confirmed) for one in days]
    columns = (Column(words("work.day")), *(Column(heading, Look.COUNT) for heading in headings))
    # The year stands in the title; under a bar there is room for month and day.
    svg = bars([one.day[5:] for one in days], drawn, title=words("work.days"))
    return Drawing(words("work.days"), svg, Table("", columns, rows))


def _curve(curve: Sequence[Point], words: PeriodWords) -> Drawing:
    most_read = _round_up(max(one.read for one in curve))
    most_found = _round_up(max(max(one.found, one.by_chance) for one in curve))
    svg = plot(
        [
            Series(words("work.found"), [(0, 0), *((one.read, one.found) for one in curve)]),
            Series(words("work.by_chance"), [(0, 0), *((one.read, one.by_chance) for one in curve)], guide=True),
        ],
        Axis(words("work.read_axis"), most_read),
        Axis(words("work.found_axis"), most_found),
        title=words("work.curve"),
    )
    columns = (
        Column(words("work.day")),
        Column(words("work.read_so_far"), Look.COUNT),
        Column(words("work.found"), Look.COUNT),
        Column(words("work.by_chance"), Look.FIGURE),
    )
    rows = [(one.day, one.read, one.found, one.by_chance) for one in curve]
    return Drawing(words("work.curve"), svg, Table("", columns, rows, words("work.curve_note")))


def _round_up(most: float) -> int:
    """Return a round number not below `most` that the ticks of a drawing divide."""
    step: int = _TICKS * 10 ** max(0, math.floor(math.log10(max(most, 1) / _TICKS)))
    return next(size for factor in _FACTORS if (size := round(step * factor)) >= most and size % _TICKS == 0)


def matched(report: PeriodReport, words: PeriodWords) -> Part:
    """Return suggestions beside what people found."""
    one = report.matched
    if one is None or not one.clues:
        return Part("matched", words("matched.title"), (words("matched.nothing"),))
    return Part("matched", words("matched.title"), tuple(_told(one, words)), tables=tuple(_tables(one, words)))


def _told(one: Matched, words: PeriodWords) -> Iterator[str]:
    yield words("matched.lead", clues=one.clues)
    for name, rate in (("precision", one.precision), ("recall", one.recall)):
        told = words(f"matched.{name}", hits=rate.hits, tries=rate.tries)
        shown = words.rate(rate)
        if isinstance(shown, Ratio):
            between = words.between(shown.low, shown.high)
            told += words("matched.share", share=share(shown.value), between=between)
        yield told + words(f"matched.{name}_end" if isinstance(shown, Ratio) else "matched.few")


def _tables(one: Matched, words: PeriodWords) -> Iterator[Table]:
    headings = {name: words(f"matched.{name}") for name in ("category", "suggested", "found")}
    columns: Sequence[Column] = (
        Column(headings["category"]),
        Column(headings["suggested"], Look.COUNT),
        Column(headings["found"], Look.COUNT),
        Column(words("matched.right"), Look.RATE),
        Column(words("matched.caught"), Look.RATE),
    )
    rows = [
        (words.category(line.category), line.suggested, line.found, *_rates(words, line.precision, line.recall))
        for line in one.categories
    ]
    yield Table(words("matched.categories"), columns, rows, words("matched.categories_note"))
    if one.words:
        said = [(_word(line.word, words), *_rates(words, line.confirmed)) for line in one.words]
        columns = (Column(words("matched.word")), Column(words("matched.confirmed"), Look.RATE))
        yield Table(words("matched.words"), columns, said, words("matched.words_note"))
    yield _confusion(one.confusion, words)
    if one.read_through.clues:
        yield _through("outcome", one.read_through.outcomes, words)
        yield _through("category", one.read_through.categories, words)


def _word(word: str, words: PeriodWords) -> str:
    return words.code("word", word) if word else words("matched.no_word")


def _rates(words: PeriodWords, *rates: Rate) -> Row:
    return tuple(words.rate(rate) for rate in rates)


def _confusion(one: Confusion, words: PeriodWords) -> Table:
    found = [words.category(code) if code else words("matched.no_problem") for code in one.codes]
    suggested = [words.category(code or "none") for code in one.codes]
    columns = (
        Column(words("matched.crossed_head")),
        Column(words("matched.clues"), Look.COUNT),
        *(Column(name, Look.COUNT) for name in suggested),
    )
    rows: list[Row] = [(name, count, *cells) for name, count, cells in zip(found, one.clues, one.cells, strict=True)]
    return Table(words("matched.crossed"), columns, rows, words("matched.crossed_note"))


def _through(group: str, counts: Sequence[Count], words: PeriodWords) -> Table:
    columns = (Column(words(f"matched.through_{group}")), Column(words("matched.clues"), Look.COUNT))
    rows = [(words.code(group, one.code), one.count) for one in counts]
    return Table(words("matched.through"), columns, rows)
