"""Owns charts as vector drawings (SVG) for a page without scripts: lines, points and whiskers over two axes from 0 to 1."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

Point = tuple[float, float]

FONTS = (
    "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC','WenQuanYi Zen Hei','SimHei',sans-serif"
)
"""Chinese families of the usual systems, in the order in which they look best."""

_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#6a3d9a", "#4b4b4b", "#56b4e9")
"""Okabe and Ito's colours, which the colour-blind can tell apart; yellow, unseen on paper, is left out."""
_DASHES = ("", "7 3", "2 3", "9 3 2 3", "5 2", "1 2", "12 4")
_GUIDES = ("6 4", "2 3")
_LEFT, _TOP, _SIDE, _BELOW, _LEGEND, _LINE = 56, 10, 250, 40, 186, 18
_TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


@dataclass(frozen=True, slots=True)
class Series:
    """One thing drawn: a line through `points`, or dots with `whiskers` (low, high) where these are given."""

    name: str
    points: Sequence[Point]
    whiskers: Sequence[Point] = ()
    dots: bool = False
    guide: bool = False


@dataclass(frozen=True, slots=True)
class Axis:
    """What an axis shows and its largest value."""

    title: str
    most: float = 1.0


def plot(series: Sequence[Series], across: Axis, up: Axis, *, title: str) -> str:
    """Return an SVG drawing; `title` is what a screen reader says."""
    width, height = _LEFT + _SIDE + _LEGEND, _TOP + _SIDE + _BELOW
    parts = [*_frame(across, up), *_drawn(series, across, up), *_legend(series)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'font-family="{FONTS}" font-size="12" fill="#222"><title>{escape(title)}</title>{"".join(parts)}</svg>'
    )


def _frame(across: Axis, up: Axis) -> Iterator[str]:
    for tick in _TICKS:
        x, y = _place((tick * across.most, tick * up.most), across, up)
        yield _line(f"M{x} {_TOP}V{_TOP + _SIDE}", "#ddd", 0.7)
        yield _line(f"M{_LEFT} {y}H{_LEFT + _SIDE}", "#ddd", 0.7)
        yield _text(x, _TOP + _SIDE + 15, _number(tick * across.most), "middle")
        yield _text(_LEFT - 5, y + 4, _number(tick * up.most), "end")
    yield _line(f"M{_LEFT} {_TOP}V{_TOP + _SIDE}H{_LEFT + _SIDE}", "#555", 1)
    middle = _TOP + _SIDE / 2
    yield _text(_LEFT + _SIDE / 2, _TOP + _SIDE + 33, across.title, "middle")
    yield f'<g transform="rotate(-90 12 {middle})">{_text(12, middle, up.title, "middle")}</g>'


def _drawn(series: Sequence[Series], across: Axis, up: Axis) -> Iterator[str]:
    for one, colour, dash in _styled(series):
        places = [_place(point, across, up) for point in one.points]
        for (x, _), (low, high) in zip(places, one.whiskers, strict=bool(one.whiskers)):
            ends = [_place((0, value), across, up)[1] for value in (low, high)]
            yield _line(f"M{x} {ends[0]}V{ends[1]}", colour, 1.2)
        if one.dots:
            yield from (f'<circle cx="{x}" cy="{y}" r="3.2" fill="{colour}"/>' for x, y in places)
        elif places:
            yield _line("M" + "L".join(f"{x} {y}" for x, y in places), colour, 1 if one.guide else 1.8, dash)


def _legend(series: Sequence[Series]) -> Iterator[str]:
    left = _LEFT + _SIDE + 14
    for number, (one, colour, dash) in enumerate(_styled(series)):
        y = _TOP + 10 + number * _LINE
        if one.dots:
            yield f'<circle cx="{left + 11}" cy="{y}" r="3.2" fill="{colour}"/>'
        else:
            yield _line(f"M{left} {y}h22", colour, 1.8, dash)
        yield _text(left + 28, y + 4, one.name, "start")


def _styled(series: Sequence[Series]) -> Iterator[tuple[Series, str, str]]:
    number = guides = 0
    for one in series:
        if one.guide:
            yield one, "#777", _GUIDES[guides % len(_GUIDES)]
            guides += 1
        else:
            yield one, _COLOURS[number % len(_COLOURS)], _DASHES[number % len(_DASHES)]
            number += 1


def _place(point: Point, across: Axis, up: Axis) -> Point:
    x = _LEFT + _SIDE * min(point[0] / across.most, 1.0)
    y = _TOP + _SIDE * (1 - min(point[1] / up.most, 1.0))
    return round(x, 1), round(y, 1)


def _line(path: str, colour: str, width: float, dash: str = "") -> str:
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width}"{dashed}/>'


def _text(x: float, y: float, words: str, anchor: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}">{escape(words)}</text>'


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"
