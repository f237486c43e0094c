"""Writes a replay as one page that a lead understands: how many letters are found after how many were read."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from xiansuo.evaluation.charts import FONTS, Axis, Series, plot
from xiansuo.evaluation.metrics import wilson
from xiansuo.evaluation.page import pages
from xiansuo.evaluation.simulate import RECALL, Replay, Search, Simulation
from xiansuo.evaluation.words import Words

FIGURES = ("read95", "wss95", "wss95_share", "tnr95", "atd", "loss")
_SHARES = (0.05, 0.1, 0.2, 0.3, 0.5)
_GUIDES = {"random", "perfect"}
_TICKS, _LARGE = 5, 100


@dataclass(frozen=True, slots=True)
class Cell:
    """How many of the wanted letters a way of reading has found by then, as a share with its 95 % interval (Wilson 1927)."""

    found: float
    share: float
    low: float
    high: float


def render(simulation: Simulation, *, english: bool) -> str:
    """Return the page, in Chinese or in English; it needs no script and no network."""
    words = Words(english=english)
    return (
        pages()
        .get_template("simulation.html.j2")
        .render(
            s=simulation,
            t=words,
            language="en" if english else "zh-CN",
            fonts=FONTS,
            title=lambda search: _title(search, words),
            sentences=lambda search: list(_sentences(search, words)),
            chart=lambda search: _chart(search, words),
            rows=_rows,
            figures=FIGURES,
            figure=_figure,
        )
    )


def _title(search: Search, words: Words) -> str:
    if not search.target:
        return words("replay.any", wanted=search.wanted, letters=search.letters)
    return words("replay.category", name=words.category(search.target), wanted=search.wanted, letters=search.letters)


def _sentences(search: Search, words: Words) -> Iterator[str]:
    """Yield what a lead wants to know first: when 95 % are found in this program's order, and when otherwise."""
    known = {one.method: one for one in search.replays}
    for method in ("adaptive", "elas-u4", "elas-u4-raw", "random"):
        if one := known.get(method):
            place = round(one.mean.read95 * one.letters)
            found = ceil(RECALL * one.wanted)
            yield words(
                f"replay.verdict.{method}", place=place, share=f"{one.mean.read95:.0%}", found=found, runs=one.runs
            )


def _chart(search: Search, words: Words) -> str:
    series = [
        Series(
            words.name("replay.short", one.method),
            [(0.0, 0.0), *((float(place), share * one.wanted) for place, share in enumerate(one.points, 1))],
            guide=one.method in _GUIDES,
        )
        for one in search.replays
    ]
    across = Axis(words("replay.read"), _round_up(search.letters))
    return plot(series, across, Axis(words("replay.found"), _round_up(search.wanted)), title=words("replay.chart"))


def _round_up(count: int) -> float:
    """Return the least number from `count` on that five equal steps reach in whole numbers, round ones where it is large."""
    step = _TICKS * (10 if count > _LARGE else 1)
    return float(step * ceil(count / step))


def _rows(search: Search) -> list[tuple[int, float, list[Cell]]]:
    """Return for some numbers of letters read, with their share of all, what every method has found."""
    places = [max(1, round(share * search.letters)) for share in _SHARES]
    return [(place, place / search.letters, [_cell(one, place) for one in search.replays]) for place in places]


def _cell(one: Replay, place: int) -> Cell:
    share = one.points[place - 1]
    return Cell(share * one.wanted, share, *wilson(share * one.wanted, one.wanted))


def _figure(one: Replay, name: str) -> Sequence[float]:
    """Return mean and standard deviation of a figure over the runs; the deviation only where there are several."""
    mean, spread = (float(getattr(fared, name)) for fared in (one.mean, one.spread))
    return (mean, spread) if one.runs > 1 else (mean,)
