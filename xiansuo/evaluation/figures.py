"""Owns what a round's statistics count: each dimension with its unit of counting, its definition and its values, over clues and letters."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from xiansuo.domain.category import CATEGORIES
from xiansuo.domain.decision import ClueState, Outcome
from xiansuo.domain.figures import FIRST, NOTHING, REPEATED, ClueFact, LetterFact, Reading, Scope, Timeliness
from xiansuo.domain.handling import Disposition, Result
from xiansuo.domain.letter import Channel, Signed

F = TypeVar("F", ClueFact, LetterFact)


@dataclass(frozen=True, slots=True)
class Dimension(Generic[F]):
    """One way to divide clues or letters. `values` are (code, name) in the order shown; other codes follow them under their own name.

    `divides`: every one stands under exactly one value, so that the parts add up.
    """

    name: str
    title: str
    measure: str
    definition: str
    of: Callable[[F], tuple[str, ...]]
    values: tuple[tuple[str, str], ...]
    divides: bool = True


@dataclass(frozen=True, slots=True)
class Part:
    """How many stand under one value; None where the number is withheld."""

    code: str
    name: str
    count: int | None


@dataclass(frozen=True, slots=True)
class Figure:
    """A dimension with its numbers."""

    name: str
    title: str
    measure: str
    definition: str
    divides: bool
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class RoundFigures:
    """The statistics of a round: totals, and how they divide. `agreeing` of `read_twice` clues were read alike by two people."""

    letters: int
    clues: int
    figures: tuple[Figure, ...]
    read_twice: int = 0
    agreeing: int = 0
    units: Mapping[str, tuple[int, int]] = field(default_factory=dict, repr=False)


_SIGNED = ((Signed.REAL_NAME, "署名"), (Signed.JOINT, "联名"), (Signed.ANONYMOUS, "匿名"))
_SCOPE_NAMES = (
    (Scope.INSIDE, "受理范围内"),
    (Scope.OUTSIDE, "业务范围外"),
    (Scope.NO_SUBSTANCE, "无实质内容"),
    (Scope.UNDECIDED, "尚未认定"),
)
_TIMELY_NAMES = (
    (Timeliness.KEPT, "按期办结"),
    (Timeliness.LATE, "逾期办结"),
    (Timeliness.RUNNING, "在办未到期"),
    (Timeliness.OVERDUE, "在办已逾期"),
    (Timeliness.NONE, "未定期限"),
)

LETTER_DIMENSIONS: tuple[Dimension[LetterFact], ...] = (
    Dimension(
        "channel",
        "来源渠道",
        "件",
        "按登记的收件渠道计。一件信访件只计一次，只计主要归入本轮线索的信访件。",
        lambda one: (one.channel,),
        tuple((channel.value, channel.value) for channel in Channel),
    ),
    Dimension(
        "signed",
        "署名情况",
        "件",
        "按来件是否署名计。署名未经核实，不等于实名举报。",
        lambda one: (one.signed,),
        tuple((code.value, name) for code, name in _SIGNED),
    ),
    Dimension(
        "turn",
        "初次与重复",
        "件",
        "内容已全部包含在前件之中的（抄送、转投、照抄）为重复件；其余为初次件，包括反映同一事项而有新内容的。不判断是否同一人所写。",
        lambda one: (REPEATED if one.repeated else FIRST,),
        ((FIRST, "初次件"), (REPEATED, "重复件")),
    ),
)

CLUE_DIMENSIONS: tuple[Dimension[ClueFact], ...] = (
    Dimension(
        "state",
        "办理状态",
        "条",
        "线索当前所处环节。已办结指处置、承办人、理由、反馈四项齐备。",
        lambda one: (one.state,),
        tuple((state.value, state.chinese) for state in ClueState if state is not ClueState.MERGED),
    ),
    Dimension(
        "scope",
        "受理范围",
        "条",
        "只按人工认定计，系统建议不计。尚未认定包括待审、暂缓、待二次审读、待裁定的线索。",
        lambda one: (one.scope.value,),
        tuple((code.value, name) for code, name in _SCOPE_NAMES),
    ),
    Dimension(
        "outcome",
        "认定结果",
        "条",
        "人工认定的结论。更正后确认指审核员改动过系统建议的类别。",
        lambda one: (one.outcome,),
        (*((outcome.value, outcome.chinese) for outcome in Outcome), (NOTHING, "尚无结论")),
    ),
    Dimension(
        "category",
        "问题类别",
        "条次",
        "按人工认定的类别计。一条线索涉及两类的，两类各计一次，各类相加可能大于线索条数。",
        lambda one: one.labels,
        tuple((category.value, category.chinese) for category in CATEGORIES),
        divides=False,
    ),
    Dimension(
        "disposition",
        "处置方式",
        "条",
        "以线索最近一次经人决定的处置为准。",
        lambda one: (one.disposition,),
        (*((kind.value, kind.chinese) for kind in Disposition), (NOTHING, "尚未处置")),
    ),
    Dimension(
        "result",
        "办理结果",
        "条",
        "承办部门反馈的核查结果，由人录入。",
        lambda one: (one.result,),
        (*((result.value, result.chinese) for result in Result), (NOTHING, "尚无结果")),
    ),
    Dimension(
        "timely",
        "办理期限",
        "条",
        "以处置时定下的办理期限与办结日期相比；在办的与统计当日相比。",
        lambda one: (one.timely.value,),
        tuple((code.value, name) for code, name in _TIMELY_NAMES),
    ),
)


def count_round(
    clues: Sequence[ClueFact],
    letters: Sequence[LetterFact],
    readings: Sequence[Reading] = (),
    units: Mapping[str, tuple[int, int]] | None = None,
) -> RoundFigures:
    """Return the statistics of a round."""
    figures = [
        *(_figure(one, letters) for one in LETTER_DIMENSIONS),
        *(_figure(one, clues) for one in CLUE_DIMENSIONS),
    ]
    return RoundFigures(
        letters=sum(one.count for one in letters),
        clues=sum(one.count for one in clues),
        figures=tuple(figures),
        read_twice=len(readings),
        agreeing=sum(one.agree for one in readings),
        units=dict(units or {}),
    )


def _figure(dimension: Dimension[F], facts: Iterable[F]) -> Figure:
    counted: Counter[str] = Counter()
    for fact in facts:
        for code in dimension.of(fact):
            counted[code] += fact.count
    listed = dict(dimension.values)
    others = {code: code for code in sorted(counted) if code not in listed}
    # What is still to be done stands last.
    last = {NOTHING: listed.pop(NOTHING)} if NOTHING in listed else {}
    parts = tuple(Part(code, name, counted[code]) for code, name in {**listed, **others, **last}.items())
    return Figure(dimension.name, dimension.title, dimension.measure, dimension.definition, dimension.divides, parts)


def roll_up(own: Iterable[tuple[str, int]], above: Callable[[str], Iterable[str]]) -> dict[str, tuple[int, int]]:
    """Return per unit (clues about the unit itself, clues about it or a unit below it) from (unit, clues) pairs and the units above each."""
    direct: Counter[str] = Counter()
    below: Counter[str] = Counter()
    for unit, count in own:
        direct[unit] += count
        for one in {unit, *above(unit)}:
            below[one] += count
    return {unit: (direct[unit], below[unit]) for unit in below}
