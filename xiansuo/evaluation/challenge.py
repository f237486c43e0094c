"""Owns the verdict on a model that is to take another's place: what it was held against, and in words why it may not come into use."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from xiansuo.domain.category import Category
from xiansuo.domain.letter import Kind, Signed
from xiansuo.errors import UsageError
from xiansuo.evaluation.challenge_figures import (
    COUNTED,
    MISSED,
    RAISED,
    Difference,
    Pairing,
    SliceResult,
    differences,
    sign_test,
    slice_results,
)
from xiansuo.evaluation.gates import Gate
from xiansuo.evaluation.parts import chance_sentence
from xiansuo.evaluation.report import rounded
from xiansuo.evaluation.words import Words

FROZEN, RECENT = "frozen", "recent"
FIGURES = (MISSED, RAISED, "scope_auroc", "mean_ap")
_STRICT = ConfigDict(extra="forbid", frozen=True)


class Fewest(BaseModel):
    """Fewer recent decisions than these tell nothing."""

    model_config = _STRICT
    decisions: int
    in_scope: int
    out_of_scope: int


class Bounds(BaseModel):
    """By how much a figure may be worse, in shares."""

    model_config = _STRICT
    most: Mapping[str, float]


class RecentBounds(Bounds):
    """The same for recent decisions, and how many there must be."""

    fewest: Fewest


class Slices(BaseModel):
    """From how many letters a slice is tested, and the chance of refusing a good model for any of them."""

    model_config = _STRICT
    fewest: int
    level: float


class Chance(BaseModel):
    """Fewer letters than these are taken for chance."""

    model_config = _STRICT
    letters: int


class Mistakes(BaseModel):
    """How many more mistakes are let pass, and the chance at which more of them are no accident."""

    model_config = _STRICT
    most: int
    level: float


class Draws(BaseModel):
    """How ranges are drawn."""

    model_config = _STRICT
    rounds: int
    seed: int


class Tolerances(BaseModel):
    """What evaluation/challenge.toml allows."""

    model_config = _STRICT
    recent: RecentBounds
    frozen: Bounds
    chance: Chance
    slices: Slices
    behaviours: Mistakes
    names: Mistakes
    draws: Draws


@dataclass(frozen=True, slots=True)
class NameCheck:
    """How many of `letters` recent letters get another suggestion once places and bodies are called 某某, by model; `p` as in a slice."""

    letters: int
    champion: int
    challenger: int
    p: float


@dataclass(frozen=True, slots=True)
class BehaviourChange:
    """Right cases of a phenomenon of the behaviour suite, and the cases that one of both got right alone.

    `fell`: the champion reached its minimum, the challenger does not.
    """

    phenomenon: str
    cases: int
    champion: int
    challenger: int
    lost: int
    won: int
    fell: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """What both models did. `gates` are sentences about gates that the champion passes and the challenger does not."""

    champion: str
    challenger: str
    decisions: int
    in_scope: int
    differences: tuple[Difference, ...] = ()
    slices: tuple[SliceResult, ...] = ()
    behaviours: tuple[BehaviourChange, ...] = ()
    gates: tuple[str, ...] = ()
    names: NameCheck | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """The verdict: whether the challenger may come into use, and if not, every reason as a sentence."""

    measured: Measured
    passed: bool
    reasons: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON can hold it: figures, counts and sentences, no words of letters."""
        plain = rounded(asdict(self))
        assert isinstance(plain, dict)  # noqa: S101 - for the type checker
        return plain


def read_tolerances(path: Path) -> Tolerances:
    """Read the tolerances; an unusable file is a `UsageError` that names the reason."""
    try:
        return Tolerances.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, tomllib.TOMLDecodeError, ValidationError) as error:
        raise UsageError(f"{path.name} 不能使用：{error}。请改正后重试。") from error


def hold_against(bare: Measured, pairings: Sequence[Pairing], tolerances: Tolerances) -> Comparison:
    """Measure both models on every set of letters and judge; `bare` has what was found apart from these."""
    draws = tolerances.draws
    found = [one for pair in pairings for one in differences(pair, FIGURES, rounds=draws.rounds, seed=draws.seed)]
    slices = slice_results(pairings, fewest=tolerances.slices.fewest)
    return judge(replace(bare, differences=tuple(found), slices=tuple(slices)), tolerances)


def judge(measured: Measured, tolerances: Tolerances) -> Comparison:
    """Return the verdict on what was measured."""
    reasons = (
        *_too_few(measured, tolerances.recent.fewest),
        *_fallen(measured, tolerances),
        *_worse_slices(measured, tolerances.slices),
        *_behaviours(measured.behaviours, tolerances.behaviours),
        *measured.gates,
        *_names(measured.names, tolerances.names),
    )
    return Comparison(measured, not reasons, reasons)


def _too_few(measured: Measured, fewest: Fewest) -> Iterator[str]:
    inside, outside = measured.in_scope, measured.decisions - measured.in_scope
    if measured.decisions < fewest.decisions or inside < fewest.in_scope or outside < fewest.out_of_scope:
        yield (
            f"可比的近期认定只有 {measured.decisions} 条（反映问题的 {inside} 条，其余 {outside} 条），"
            f"至少要 {fewest.decisions} 条（各不少于 {fewest.in_scope} 条和 {fewest.out_of_scope} 条），还看不出好坏。"
        )


def _fallen(measured: Measured, tolerances: Tolerances) -> Iterator[str]:
    bounds = {FROZEN: tolerances.frozen.most, RECENT: tolerances.recent.most}
    for one in measured.differences:
        most = bounds[one.data].get(one.figure)
        by_chance = one.figure in COUNTED and one.worse * one.letters < tolerances.chance.letters - 0.5
        if most is not None and one.worse > most and not by_chance:
            yield sentence(one, measured)


def sentence(one: Difference, measured: Measured) -> str:
    """Return a difference as an inspector would say it."""
    if one.figure not in COUNTED:
        return (
            f"{_where(one, measured)}，{FIGURE_NAMES[one.figure]}由 {one.champion:.3f} 变为 {one.challenger:.3f}"
            f"（相差的 95% 范围 {one.low:+.3f} 到 {one.high:+.3f}）。"
        )
    before, after, low, high = one.counts()
    kind, mistake = ("反映问题", "漏") if one.figure == MISSED else ("不反映问题", "误提")
    return (
        f"{_where(one, measured)}，{kind}的 {one.letters} 条，现用模型{mistake} {before} 条，新模型{mistake} {after} 条，"
        f"相差 {after - before:+d} 条（95% 范围 {low:+d} 到 {high:+d}）。"
    )


FIGURE_NAMES = {
    MISSED: "漏掉",
    RAISED: "误提",
    "scope_auroc": "分辨有无问题的能力（AUROC）",
    "mean_ap": "分辨六类的能力（平均精度）",
}


def _where(one: Difference, measured: Measured) -> str:
    return f"近期认定的 {measured.decisions} 条中" if one.data == RECENT else "固定留出的样本信（编写的）中"


def _worse_slices(measured: Measured, slices: Slices) -> Iterator[str]:
    for one in measured.slices:
        if one.p < slices.level:
            yield slice_sentence(one)


def slice_sentence(one: SliceResult) -> str:
    """Return what a slice shows as an inspector would say it."""
    data = "近期认定" if one.data == RECENT else "固定留出的样本信"
    mistake = "漏" if one.kind == MISSED else "误提"
    return (
        f"{data}中“{slice_name(one.group, one.name)}”这一组 {one.letters} 条，现用模型{mistake} {one.champion} 条，"
        f"新模型{mistake} {one.challenger} 条，不像偶然（{chance_sentence(one.p)}，已按分组数校正）。"
    )


def gate_sentence(gate: Gate, value: float) -> str:
    """Return that a gate is not passed as an inspector would say it."""
    words, side = Words(english=False), "高" if gate.at_most else "低"
    figure = words.name("figure", gate.figure)
    return f"{words.data(gate.data)}的“{figure}”为 {value:.3f}，{side}于门槛 {gate.bound:.3f}；现用模型没有越线。"


def slice_name(group: str, name: str) -> str:
    """Return what people call a slice."""
    if group == "category":
        return Category(name).chinese
    return _SLICES.get(name, name)


_SLICES = {
    Kind.LETTER: "信件",
    Kind.EMAIL: "电子邮件",
    Kind.FORM: "网上表单",
    Kind.TRANSCRIPT: "谈话记录",
    "below_150": "不足 150 字",
    "below_400": "150 至 400 字",
    "from_400": "400 字以上",
    "literary": "复杂写法",
    "natural": "平实写法",
    Signed.REAL_NAME: "署名",
    Signed.JOINT: "联名",
    Signed.ANONYMOUS: "匿名",
}


def phenomenon_name(name: str) -> str:
    """Return what people call a phenomenon of the behaviour suite."""
    return Words(english=False).name("behaviour", name)


def _behaviours(found: Sequence[BehaviourChange], bounds: Mistakes) -> Iterator[str]:
    for one in found:
        if one.fell and one.champion - one.challenger > bounds.most:
            yield (
                f"行为用例“{phenomenon_name(one.phenomenon)}”共 {one.cases} 例，现用模型符合 {one.champion} 例，"
                f"新模型只符合 {one.challenger} 例，低于最低要求。"
            )
    lost, won = sum(one.lost for one in found), sum(one.won for one in found)
    p = sign_test(lost, won)
    if p < bounds.level:
        yield f"全部行为用例中，新模型改错了 {lost} 例，只改对了 {won} 例，不像偶然（{chance_sentence(p)}）。"


def _names(check: NameCheck | None, bounds: Mistakes) -> Iterator[str]:
    if check and check.challenger - check.champion > bounds.most and check.p < bounds.level:
        yield (
            f"把近期 {check.letters} 条来件里的地名、单位名换成“某某”，现用模型有 {check.champion} 条改变建议，"
            f"新模型有 {check.challenger} 条：它可能记住了名字，而不是问题。"
        )
