"""Owns bar charts as vector drawings (SVG) for a page without scripts: counts side by side over time, told apart without colour."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from xiansuo.evaluation.charts import FONTS

_FILLS = ("#1f4e79", "url(#hatched)", "#ffffff")
_EDGE = "#1f4e79"
_LEFT, _TOP, _HIGH, _BELOW = 44, 26, 190, 26
_WIDE = 470
_GAP = 0.28
_TICKS = 4
_MOST_NAMES = 10
_HATCH = (
    '<defs><pattern id="hatched" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    f'<rect width="5" height="5" fill="#fff"/><path d="M0 0V5" stroke="{_EDGE}" stroke-width="2.4"/></pattern></defs>'
)


@dataclass(frozen=True, slots=True)
class Bars:
    """One thing counted at every place."""

    name: str
    counts: Sequence[int]


def bars(names: Sequence[str], series: Sequence[Bars], *, title: str) -> str:
    """Return an SVG drawing of groups of bars, one group for each of `names`; `title` is what a screen reader says."""
    most = _round_up(max((count for one in series for count in one.counts), default=0))
    parts = [_HATCH, *_frame(most), *_groups(names, series, most), *_legend(series)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_LEFT + _WIDE + 6} {_TOP + _HIGH + _BELOW}" role="img" '
        f'font-family="{FONTS}" font-size="12" fill="#222"><title>{escape(title)}</title>{"".join(parts)}</svg>'
    )


def _round_up(most: int) -> int:
    """Return a round number not below `most` that four ticks divide."""
    if most <= _TICKS:
        return _TICKS
    step: int = 10 ** math.floor(math.log10(most / _TICKS))
    return next(size for factor in (1, 2, 5, 10) if (size := _TICKS * step * factor) >= most)


def _frame(most: int) -> Iterator[str]:
    for tick in range(_TICKS + 1):
        y = round(_TOP + _HIGH * (1 - tick / _TICKS), 1)
        yield f'<path d="M{_LEFT} {y}H{_LEFT + _WIDE}" stroke="{"#555" if tick == 0 else "#ddd"}" stroke-width="0.8"/>'
        yield f'<text x="{_LEFT - 5}" y="{y + 4}" text-anchor="end">{most * tick // _TICKS}</text>'


def _groups(names: Sequence[str], series: Sequence[Bars], most: int) -> Iterator[str]:
    room = _WIDE / max(1, len(names))
    wide = min(room * (1 - _GAP) / max(1, len(series)), 34.0)
    every = math.ceil(len(names) / _MOST_NAMES)
    for place, name in enumerate(names):
        middle = _LEFT + room * (place + 0.5)
        for number, one in enumerate(series):
            x = middle + wide * (number - len(series) / 2)
            yield _bar((x, wide), _HIGH * one.counts[place] / most, _FILLS[number % len(_FILLS)])
        if place % every == 0:
            yield f'<text x="{middle:.1f}" y="{_TOP + _HIGH + 16}" text-anchor="middle">{escape(name)}</text>'


def _bar(across: tuple[float, float], high: float, fill: str) -> str:
    place = f'x="{across[0]:.1f}" y="{_TOP + _HIGH - high:.1f}" width="{across[1]:.1f}" height="{high:.1f}"'
    return f'<rect {place} fill="{fill}" stroke="{_EDGE}" stroke-width="0.8"/>'


def _legend(series: Sequence[Bars]) -> Iterator[str]:
    x = float(_LEFT)
    for number, one in enumerate(series):
        fill = _FILLS[number % len(_FILLS)]
        yield f'<rect x="{x}" y="4" width="14" height="11" fill="{fill}" stroke="{_EDGE}" stroke-width="0.8"/>'
        yield f'<text x="{x + 19}" y="14">{escape(one.name)}</text>'
        x += 34 + 13 * len(one.name) if not one.name.isascii() else 34 + 7 * len(one.name)
