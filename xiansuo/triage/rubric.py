"""Owns the form of the ranking rubric (rules/ranking.yaml) and checks it, with sentences an inspector can act on."""

from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Real
from pathlib import Path
from typing import cast

import yaml

from xiansuo.domain.category import CATEGORIES
from xiansuo.domain.suggestion import Grade
from xiansuo.errors import XiansuoError
from xiansuo.triage.turns import WHY, Turns

INVOLVED = "涉及"
YES = "是"

BLOCKS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "可查性": {
        "被反映人和职务": ("有姓名和职务", "有姓氏或称呼和职务", "只有姓名", "只有职务"),
        "单位或地点": ("单位和地点都有", "只有其中一样"),
        "时间": ("几处到月或日", "到月或日", "只到年", "只有大概"),
        "经过": ("只提一笔", "只有传闻"),
        "金额或数量": ("有金额", "只有数量"),
        "证据": ("两样以上", "一样", "只说亲历"),
    },
    "严重性": {
        "问题类别": tuple(category.chinese for category in CATEGORIES),
        "金额大小": (),
        "特定款物": (INVOLVED,),
        "集体或反复": (INVOLVED,),
        "另有具体问题": (),
    },
    "影响面": {
        "涉及户数或人数": ("只说人多",),
        "困难群众": (INVOLVED,),
        "职务层次": ("一把手", "班子成员", "关键岗位"),
    },
    "紧迫性": {
        "仍在继续": (INVOLVED,),
        "证据有灭失风险": (INVOLVED,),
        "反映人安全": (INVOLVED,),
        "集体访或换届临近": (INVOLVED,),
    },
    "来源与佐证": {"实名已核实": (YES,), "独立佐证": (), "部门移送": (YES,)},
}
"""Blocks, their signals and each signal's levels: what the program can see. Points are the inspectors'."""

BANDED = frozenset({"经过", "金额大小", "另有具体问题", "涉及户数或人数", "独立佐证"})
"""Signals whose points start at a number (起算)."""

_GRADES = tuple(grade for grade in Grade if grade is not Grade.NONE)
_FEWEST_BY_RANK = 2
_RANKS = BLOCKS["影响面"]["职务层次"]
_TOP = ("版本", "总分", "可查性分档", "评分", "提醒", "轮候", "边审边学", "职务词")


class RankingError(XiansuoError):
    """The ranking rubric is malformed; the message names the place and what to do."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One line of the rubric: points by level, or from a number upwards."""

    block: str
    name: str
    levels: Mapping[str, float]
    bands: tuple[tuple[float, float], ...] = ()

    @property
    def maximum(self) -> float:
        """The most points this line can give."""
        return max([*self.levels.values(), *(points for _, points in self.bands)])

    def reached(self, value: float) -> float:
        """Return the points of the highest band that starts at or below `value`, 0 below the first."""
        return max((points for start, points in self.bands if start <= value), default=0.0)


@dataclass(frozen=True, slots=True)
class Learning:
    """The queue learns after every `every` decisions; a clue in which the machine saw no point counts as if it had `unseen` of 100."""

    every: int
    unseen: float


@dataclass(frozen=True, slots=True)
class Rubric:
    """The checked rubric: signals in their order, grade thresholds, scope settings, words of positions, turns, learning."""

    signals: tuple[Signal, ...]
    grades: tuple[tuple[Grade, float], ...]
    floor: float
    scope_cut: float
    far_share: float
    alerts: tuple[str, ...]
    positions: tuple[tuple[str, tuple[str, ...]], ...]
    turns: Turns
    learning: Learning

    @property
    def weights(self) -> tuple[object, ...]:
        """What a letter's rank hangs on beside what is found in it."""
        return (self.signals, self.grades, self.floor, self.scope_cut, self.far_share, self.alerts)


def load_rubric(path: Path) -> Rubric:
    """Read and check the rubric; raise RankingError with a sentence that names the place."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise RankingError(
            f"{path.name}：读不出来（{type(error).__name__}）。请检查文件是否存在、缩进和冒号是否正确。"
        ) from error
    return _Reader(path.name).rubric(data)


@dataclass(frozen=True, slots=True)
class _Reader:
    file: str

    def rubric(self, data: object) -> Rubric:
        top = self.mapping(data, "文件", _TOP)
        total = self.mapping(top["总分"], "总分", ("起点", "入围概率", "远处要素折算"))
        return Rubric(
            signals=self.signals(top["评分"]),
            grades=self.grades(top["可查性分档"]),
            floor=self.number(total["起点"], "总分·起点", most=100),
            scope_cut=self.number(total["入围概率"], "总分·入围概率", most=1),
            far_share=self.number(total["远处要素折算"], "总分·远处要素折算", most=1),
            alerts=self.alerts(top["提醒"]),
            positions=self.positions(top["职务词"]),
            turns=self.turns(top["轮候"]),
            learning=self.learning(top["边审边学"]),
        )

    def signals(self, data: object) -> tuple[Signal, ...]:
        blocks = self.mapping(data, "评分", tuple(BLOCKS))
        found: list[Signal] = []
        for block, names in BLOCKS.items():
            given = self.mapping(blocks[block], block, ("满分", "要点"))
            lines = self.mapping(given["要点"], f"{block}·要点", tuple(names))
            signals = [self.signal(block, name, lines[name]) for name in names]
            self.sums_up(block, signals, self.number(given["满分"], f"{block}·满分", most=100))
            found += signals
        if sum(signal.maximum for signal in found) != 100:
            raise RankingError(f"{self.file}：各部分满分加起来不是 100。请调整“满分”和各档分数。")
        return tuple(found)

    def sums_up(self, block: str, signals: list[Signal], maximum: float) -> None:
        total = sum(signal.maximum for signal in signals)
        if total != maximum:
            raise RankingError(
                f"{self.file}：“{block}”各要点最高分之和是 {total:g}，与满分 {maximum:g} 不符。请改“满分”或各档分数。"
            )

    def signal(self, block: str, name: str, data: object) -> Signal:
        levels = BLOCKS[block][name]
        keys = (("起算",) if name in BANDED else ()) + (("档次",) if levels else ())
        given = self.mapping(data, name, keys)
        points = self.mapping(given["档次"], f"{name}·档次", levels) if levels else {}
        checked = {level: self.number(points[level], f"{name}·{level}", most=100) for level in levels}
        return Signal(block, name, checked, self.bands(given["起算"], name) if name in BANDED else ())

    def bands(self, data: object, name: str) -> tuple[tuple[float, float], ...]:
        if not isinstance(data, dict) or not data:
            raise RankingError(f"{self.file}：“{name}·起算”应写成“数: 分”的对照，例如 {{10000: 2}}。")
        pairs = [
            (self.number(start, f"{name}·起算"), self.number(points, f"{name}·{start}", most=100))
            for start, points in data.items()
        ]
        if pairs != sorted(pairs):
            raise RankingError(f"{self.file}：“{name}·起算”应从小到大写，分数不能越往后越低。")
        return tuple(pairs)

    def grades(self, data: object) -> tuple[tuple[Grade, float], ...]:
        given = self.mapping(data, "可查性分档", tuple(grade.value for grade in _GRADES))
        pairs = [(grade, self.number(given[grade.value], f"可查性分档·{grade.value}", most=100)) for grade in _GRADES]
        if [start for _, start in pairs] != sorted((start for _, start in pairs), reverse=True):
            raise RankingError(f"{self.file}：“可查性分档”应从强到弱分数递减。")
        return tuple(pairs)

    def alerts(self, data: object) -> tuple[str, ...]:
        known = {name for names in BLOCKS.values() for name in names}
        if not isinstance(data, list) or not set(data) <= known:
            raise RankingError(f"{self.file}：“提醒”应是评分表里已有要点名称的列表。")
        return tuple(data)

    def turns(self, data: object) -> Turns:
        given = self.mapping(data, "轮候", ("每隔", "满几天", "轮流"))
        every, days = (self.number(given[name], f"轮候·{name}") for name in ("每隔", "满几天"))
        kinds = given["轮流"]
        if not isinstance(kinds, list) or not set(kinds) <= set(WHY):
            raise RankingError(f"{self.file}：“轮候·轮流”只认得 {'、'.join(WHY)}，写成列表；不要轮候就留空列表 []。")
        if every < _FEWEST_BY_RANK or every != int(every) or days != int(days):
            raise RankingError(f"{self.file}：“轮候”的“每隔”应是不小于 {_FEWEST_BY_RANK} 的整数，“满几天”应是整数。")
        return Turns(int(every), int(days), tuple(kinds))

    def learning(self, data: object) -> Learning:
        given = self.mapping(data, "边审边学", ("每满几条", "未见要点"))
        every = self.number(given["每满几条"], "边审边学·每满几条")
        if every < 1 or every != int(every):
            raise RankingError(f"{self.file}：“边审边学·每满几条”应是不小于 1 的整数。")
        return Learning(int(every), self.number(given["未见要点"], "边审边学·未见要点", most=100))

    def positions(self, data: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
        given = self.mapping(data, "职务词", _RANKS)
        for rank, words in given.items():
            if not isinstance(words, list) or not all(isinstance(word, str) and word for word in words):
                raise RankingError(f"{self.file}：“职务词·{rank}”应是词的列表，例如 [书记, 局长]。")
        return tuple((rank, tuple(cast("list[str]", given[rank]))) for rank in _RANKS)

    def mapping(self, data: object, place: str, keys: tuple[str, ...]) -> Mapping[str, object]:
        if not isinstance(data, dict):
            raise RankingError(f"{self.file}：“{place}”这里应有 {'、'.join(keys)}。请对照原文件补上。")
        missing = [key for key in keys if key not in data]
        unknown = [str(key) for key in data if key not in keys]
        if missing or unknown:
            said = [f"少了 {'、'.join(missing)}"] * bool(missing) + [f"不认得 {'、'.join(unknown)}"] * bool(unknown)
            raise RankingError(f"{self.file}：“{place}”{'，'.join(said)}。名称由程序认得，只能改分数，请改回来。")
        return data

    def number(self, value: object, place: str, *, most: float = float("inf")) -> float:
        if isinstance(value, bool) or not isinstance(value, Real) or not 0 <= float(value) <= most:
            limit = f"0 到 {most:g} 之间的数" if most != float("inf") else "不小于 0 的数"
            raise RankingError(f"{self.file}：“{place}”应是{limit}。")
        return float(value)
