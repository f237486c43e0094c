"""Owns what a person reads of a stored comparison: figures of both models side by side, slices, and sentences."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from xiansuo.evaluation.challenge import (
    FIGURE_NAMES,
    RECENT,
    BehaviourChange,
    Measured,
    NameCheck,
    phenomenon_name,
    sentence,
    slice_name,
)
from xiansuo.evaluation.challenge_figures import COUNTED, MISSED, Difference, SliceResult

_GROUPS = {
    "kind": "文体",
    "channel": "渠道",
    "length": "长短",
    "unit_type": "单位类型",
    "category": "问题类别",
    "half": "写法",
    "signed": "署名",
}
_DATA = {True: "近期认定", False: "固定留出的样本信"}


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A figure of both models on the same letters, as written; `change` and its 95 % `low` to `high` are challenger less champion."""

    data: str
    name: str
    letters: int
    worse: bool
    champion: str
    challenger: str
    change: str
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class SliceRow:
    """Mistakes of one kind in one slice; `p` is corrected for the number of slices."""

    data: str
    group: str
    name: str
    mistake: str
    letters: int
    champion: int
    challenger: int
    p: float


@dataclass(frozen=True, slots=True)
class Shown:
    """A comparison as it is read; `known` is false where what is stored cannot be read."""

    known: bool = False
    decisions: int = 0
    in_scope: int = 0
    figures: tuple[FigureRow, ...] = ()
    slices: tuple[SliceRow, ...] = ()
    behaviours: tuple[BehaviourChange, ...] = ()
    names: NameCheck | None = None
    lines: tuple[str, ...] = field(default=(), repr=False)


def read_comparison(plain: Mapping[str, Any]) -> Shown:
    """Return a stored comparison as it is read."""
    try:
        measured = _measured(plain["measured"])
    except (KeyError, TypeError, ValueError):
        return Shown()
    return Shown(
        known=True,
        decisions=measured.decisions,
        in_scope=measured.in_scope,
        figures=tuple(_figure(one) for one in measured.differences),
        slices=tuple(_slice(one) for one in sorted(measured.slices, key=lambda one: one.p)),
        behaviours=tuple(_named(one) for one in measured.behaviours if one.lost or one.won),
        names=measured.names,
        lines=tuple(sentence(one, measured) for one in measured.differences if not math.isnan(one.champion)),
    )


def _named(one: BehaviourChange) -> BehaviourChange:
    return replace(one, phenomenon=phenomenon_name(one.phenomenon))


def _measured(plain: Mapping[str, Any]) -> Measured:
    many: Mapping[str, Sequence[Mapping[str, Any]]] = plain
    return Measured(
        champion=plain["champion"],
        challenger=plain["challenger"],
        decisions=plain["decisions"],
        in_scope=plain["in_scope"],
        differences=tuple(Difference(**_numbers(one)) for one in many["differences"]),
        slices=tuple(SliceResult(**_numbers(one)) for one in many["slices"]),
        behaviours=tuple(BehaviourChange(**one) for one in many["behaviours"]),
        gates=tuple(plain["gates"]),
        names=NameCheck(**plain["names"]) if plain["names"] else None,
    )


def _numbers(one: Mapping[str, Any]) -> dict[str, Any]:
    """Return the numbers; what had no meaning was stored as nothing."""
    return {name: math.nan if value is None else value for name, value in one.items()}


def _figure(one: Difference) -> FigureRow:
    counted = one.figure in COUNTED
    if counted and not math.isnan(one.champion):
        before, after, low, high = one.counts()
        written = f"{before}", f"{after}", *(_signed(value) for value in (after - before, low, high))
    else:
        change = one.challenger - one.champion
        more, low_, high_ = (_three(value, "+") for value in (change, one.low, one.high))
        written = _three(one.champion), _three(one.challenger), more, low_, high_
    data, name = _DATA[one.data == RECENT], FIGURE_NAMES[one.figure]
    return FigureRow(data, name, one.letters, one.worse > 0, *written)


def _three(value: float, sign: str = "") -> str:
    return "–" if math.isnan(value) else f"{value:{sign}.3f}".replace("+0.000", "0.000").replace("-", "−")


def _signed(count: int) -> str:
    return f"{count:+d}".replace("-", "−") if count else "0"


def _slice(one: SliceResult) -> SliceRow:
    data, name = _DATA[one.data == RECENT], slice_name(one.group, one.name)
    mistake = "漏" if one.kind == MISSED else "误提"
    group = _GROUPS.get(one.group, one.group)
    return SliceRow(data, group, name, mistake, one.letters, one.champion, one.challenger, one.p)
