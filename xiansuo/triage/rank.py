"""Owns the reading order of letters and clues: the rubric applied, never a judgement about anybody."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from xiansuo.domain.suggestion import Grade, Rank, RankPart, Reading, Relation, Suggestion
from xiansuo.domain.text import Document
from xiansuo.triage.rubric import Rubric, Signal, load_rubric
from xiansuo.triage.signals import Circumstances, Finding, find_signals, set_scene

CHECKABLE = "可查性"
CORROBORATION = "独立佐证"
_MISSING = {
    "被反映人和职务": "被反映人姓名、职务",
    "单位或地点": "单位、地点",
    "时间": "时间",
    "经过": "具体经过",
    "金额或数量": "金额",
    "证据": "证据",
}


@dataclass(frozen=True, slots=True)
class Ranking:
    """The rubric of rules/ranking.yaml, ready to rank."""

    rubric: Rubric

    @classmethod
    def load(cls, path: Path) -> "Ranking":
        """Read the rubric; raise RankingError where an inspector's change does not fit."""
        return cls(load_rubric(path))

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
        findings = find_signals(set_scene(document, reading, suggestion, around, self.rubric.positions))
        parts = tuple(self._part(signal, findings.get(signal.name)) for signal in self.rubric.signals)
        raised = bool(suggestion.labels) or suggestion.scope >= self.rubric.scope_cut
        return Rank(
            total=self._total(parts, suggestion.scope, raised=raised),
            parts=parts,
            grade=self._grade(parts) if suggestion.allegations else Grade.NONE,
            missing=tuple(_MISSING[part.name] for part in parts if part.block == CHECKABLE and not part.points),
            flags=tuple(part.name for part in parts if raised and part.points and part.name in self.rubric.alerts),
        )

    def rank_clue(self, ranks: Sequence[Rank], relations: Sequence[Relation]) -> Rank:
        """Return a clue's rank: its best letter's, plus corroboration by letters that tell the same matter independently.

        Copies, near copies, contained and bundled letters are one voice and add nothing, however many were sent.
        """
        best = max(ranks, key=lambda rank: rank.total)
        told = sum(relation is Relation.SAME_MATTER for relation in relations)
        signal = next(signal for signal in self.rubric.signals if signal.name == CORROBORATION)
        parts = tuple(
            replace(part, points=max(part.points, signal.reached(told))) if part.name == CORROBORATION else part
            for part in best.parts
        )
        gained = sum(part.points for part in parts) - sum(part.points for part in best.parts)
        known = set.intersection(*(set(rank.missing) for rank in ranks))
        return replace(
            best,
            total=min(100.0, best.total + gained) if best.total >= self.rubric.floor else best.total,
            parts=parts,
            missing=tuple(name for name in best.missing if name in known),
            flags=tuple(dict.fromkeys(flag for rank in ranks for flag in rank.flags)),
        )

    def _part(self, signal: Signal, finding: Finding | None) -> RankPart:
        if finding is None:
            return RankPart(signal.block, signal.name, 0.0, signal.maximum)
        points = max((signal.levels.get(level, 0.0) for level in finding.level.split("|")), default=0.0)
        if finding.number is not None:
            points = max(points, signal.reached(finding.number))
        share = self.rubric.far_share if finding.far else 1.0
        return RankPart(signal.block, signal.name, points * share, signal.maximum, finding.spans)

    def _total(self, parts: Sequence[RankPart], scope: float, *, raised: bool) -> float:
        floor = self.rubric.floor
        if not raised:
            return round(min(scope, 0.999) * floor, 4)
        return round(floor + (100 - floor) * sum(part.points for part in parts) / 100 * scope, 4)

    def _grade(self, parts: Sequence[RankPart]) -> Grade:
        points = sum(part.points for part in parts if part.block == CHECKABLE)
        return next((grade for grade, start in self.rubric.grades if points >= start), Grade.NONE)
