"""Owns the reading order of letters and clues: the rubric applied, never a judgement about anybody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from xiansuo.domain.category import Category
from xiansuo.domain.suggestion import Grade, Rank, RankPart, Reading, Relation, Suggestion
from xiansuo.domain.text import Document
from xiansuo.triage.checklist import Element, missing
from xiansuo.triage.rubric import Rubric, Signal, load_rubric
from xiansuo.triage.scenes import set_scenes
from xiansuo.triage.signals import FINDERS, Circumstances, Finding, Findings, Found, find_signals

CHECKABLE = "可查性"
CORROBORATION = "独立佐证"
FURTHER = "另有具体问题"
QUOTED = frozenset(
    {"被反映人和职务", "单位或地点", "时间", "金额或数量", "证据", "特定款物", "涉及户数或人数", "职务层次"}
)
"""Signals whose own words are short enough to be shown to a reader."""
_ELEMENTS = {
    "被反映人和职务": Element.RESPONDENT,
    "单位或地点": Element.PLACE,
    "时间": Element.TIME,
    "经过": Element.COURSE,
    "金额或数量": Element.AMOUNT,
    "证据": Element.EVIDENCE,
}


_WEIGHTY = tuple(name for name in FINDERS if name not in _ELEMENTS)


@dataclass(frozen=True, slots=True)
class Ranking:
    """The rubric of rules/ranking.yaml, ready to rank."""

    rubric: Rubric
    nothing: Mapping[str, RankPart]

    @classmethod
    def load(cls, path: Path) -> "Ranking":
        """Read the rubric; raise RankingError where an inspector's change does not fit."""
        rubric = load_rubric(path)
        lines = (RankPart(signal.block, signal.name, 0.0, signal.maximum) for signal in rubric.signals)
        return cls(rubric, MappingProxyType({line.name: line for line in lines}))

    def weighs_as(self, other: "Ranking") -> bool:
        """Tell whether every letter has the same rank by the other rubric."""
        return self.rubric.weights == other.rubric.weights and self.sees_as(other)

    def sees_as(self, other: "Ranking") -> bool:
        """Tell whether the same is found in every letter by the other rubric."""
        return self.rubric.positions == other.rubric.positions

    def rank(
        self,
        document: Document,
        reading: Reading,
        suggestion: Suggestion,
        *,
        verified_name: bool = False,
        hand_over: bool = False,
        corroborations: int = 0,
    ) -> Rank:
        """Return the reading order of one letter with every part and the words behind it.

        Neither style, spelling, dialect nor anonymity is looked at; earlier petitions are not known here.
        """
        around = Circumstances(verified_name, hand_over, corroborations)
        return self.weigh(self.find(document, reading, suggestion, around), suggestion.scope, suggestion.labels)

    def find(self, document: Document, reading: Reading, suggestion: Suggestion, around: Circumstances) -> Found | None:
        """Return what the signals find in a letter, None without allegations. Of the rubric it hangs on the words of positions only."""
        if not suggestion.allegations:
            return None
        scenes = set_scenes(document, reading, suggestion, around, self.rubric.positions)
        whole = _quoted(find_signals(scenes.whole, _WEIGHTY), document.text)
        return Found(whole, tuple(_quoted(find_signals(one, _ELEMENTS), document.text) for one in scenes.points))

    def weigh(self, found: Found | None, scope: float, labels: Sequence[Category]) -> Rank:
        """Return the reading order of a letter of which no more is known than what was found and what is proposed."""
        raised = bool(labels) or scope >= self.rubric.scope_cut
        if found is None:
            return Rank(self._total((), scope, raised=raised), tuple(self.nothing.values()), None)
        parts = self._judged(found)
        elements = {_ELEMENTS[part.name] for part in parts if part.name in _ELEMENTS and part.points}
        return Rank(
            total=self._total(parts, scope, raised=raised),
            parts=parts,
            grade=self._grade(parts),
            missing=missing(elements, labels),
            flags=tuple(part.name for part in parts if raised and part.points and part.name in self.rubric.alerts),
        )

    def _judged(self, found: Found) -> tuple[RankPart, ...]:
        """Return the parts of a letter: checkable as its best point is, with a little for further checkable ones; the rest as a whole."""
        points = [_points(self._parts(findings)) for findings in found.points]
        best = max(range(len(points)), key=points.__getitem__)
        parts = self._parts({**found.whole, **found.points[best]})
        least = min(start for _, start in self.rubric.grades)
        further = sum(one >= least for place, one in enumerate(points) if place != best)
        return self._replaced(parts, FURTHER, further)

    def _parts(self, findings: Findings) -> tuple[RankPart, ...]:
        return tuple(self._part(signal, findings.get(signal.name)) for signal in self.rubric.signals)

    def _replaced(self, parts: Sequence[RankPart], name: str, count: int) -> tuple[RankPart, ...]:
        """Return the parts with what a counted signal gives, where that is more."""
        signal = next(signal for signal in self.rubric.signals if signal.name == name)
        return tuple(
            replace(part, points=max(part.points, signal.reached(count))) if part.name == name else part
            for part in self.whole(parts)
        )

    def whole(self, parts: Sequence[RankPart]) -> tuple[RankPart, ...]:
        """Return every line of the rubric, those of `parts` as they are and the others without points."""
        given = {part.name: part for part in parts}
        return tuple(given.get(name, nothing) for name, nothing in self.nothing.items())

    def rank_clue(self, ranks: Sequence[Rank], relations: Sequence[Relation]) -> Rank:
        """Return a clue's rank: its best letter's, plus corroboration by letters that tell the same matter independently.

        Copies, near copies, contained and bundled letters are one voice and add nothing, however many were sent.
        """
        best = max(ranks, key=lambda rank: rank.total)
        told = sum(relation is Relation.SAME_MATTER for relation in relations)
        parts = self._replaced(best.parts, CORROBORATION, told)
        gained = _points(parts) - _points(best.parts)
        missing_everywhere = [set(rank.missing) for rank in ranks if rank.grade]
        known = set.intersection(*missing_everywhere) if missing_everywhere else set()
        return replace(
            best,
            total=min(100.0, best.total + gained) if best.total >= self.rubric.floor else best.total,
            parts=parts,
            missing=tuple(name for name in best.missing if name in known),
            flags=tuple(dict.fromkeys(flag for rank in ranks for flag in rank.flags)),
        )

    def _part(self, signal: Signal, finding: Finding | None) -> RankPart:
        nothing = self.nothing[signal.name]
        if finding is None:
            return nothing
        points = self._points(signal, finding)
        return RankPart(signal.block, signal.name, points, nothing.maximum, finding.spans, finding.quote)

    def _points(self, signal: Signal, finding: Finding) -> float:
        points = max((signal.levels.get(level, 0.0) for level in finding.level.split("|")), default=0.0)
        if finding.number is not None:
            points = max(points, signal.reached(finding.number))
        return points * (self.rubric.far_share if finding.far else 1.0)

    def _total(self, parts: Sequence[RankPart], scope: float, *, raised: bool) -> float:
        floor = self.rubric.floor
        if not raised:
            return round(min(scope, 0.999) * floor, 4)
        return round(floor + (100 - floor) * _points(parts) / 100 * scope, 4)

    def _grade(self, parts: Sequence[RankPart]) -> Grade:
        points = _points(parts, CHECKABLE)
        return next((grade for grade, start in self.rubric.grades if points >= start), Grade.NONE)


def _points(parts: Sequence[RankPart], block: str = "") -> float:
    return sum(part.points for part in parts if not block or part.block == block)


def _quoted(findings: Findings, text: str) -> Findings:
    return {
        name: replace(one, quote=one.spans[0].of(text)) if one.spans and name in QUOTED else one
        for name, one in findings.items()
    }
