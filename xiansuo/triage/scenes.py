"""Owns what the rubric looks at: a letter as a whole, and each of its numbered points on its own."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from xiansuo.domain.spans import Span
from xiansuo.domain.suggestion import Allegation, Particular, ParticularKind, Reach, Reading, Suggestion
from xiansuo.domain.text import Document
from xiansuo.triage.layout import Layout
from xiansuo.triage.signals import Circumstances, Positions, Scene
from xiansuo.triage.stretches import Stretches

_KINDS_OF_A_COURSE = 2
_NO_ANCHORS = frozenset({ParticularKind.CONDUCT, ParticularKind.HEARSAY, ParticularKind.FIRSTHAND})
_ORDER = {reach: place for place, reach in enumerate(Reach)}


@dataclass(frozen=True, slots=True)
class Scenes:
    """A letter as a whole, and each of its numbered points that alleges something (one, the whole, without points)."""

    whole: Scene
    points: tuple[Scene, ...]


def set_scenes(
    document: Document, reading: Reading, suggestion: Suggestion, around: Circumstances, positions: Positions
) -> Scenes:
    """Lay out what the signals look at; the suggestion must hold allegations."""
    layout = Layout.of(document)
    groups: dict[int, list[Allegation]] = {}
    for allegation in suggestion.allegations:
        groups.setdefault(layout.point(allegation.span), []).append(allegation)

    def scene(group: Sequence[Allegation]) -> Scene:
        particulars = _together(group)
        told = particulars.get(ParticularKind.CONDUCT, ())
        return Scene(
            document=document,
            allegations=tuple(group),
            particulars=particulars,
            cues=reading.cues,
            near=Stretches.of(layout.near(allegation.span) for allegation in group),
            concrete=tuple(_concrete(told, (one for some in particulars.values() for one in some))),
            around=around,
            positions=positions,
            labels=suggestion.labels,
        )

    whole = scene(suggestion.allegations)
    return Scenes(whole, tuple(map(scene, groups.values())) if len(groups) > 1 else (whole,))


def _concrete(told: Sequence[Particular], particulars: Iterable[Particular]) -> Iterator[Span]:
    """Yield the sentences that tie conduct to particulars of two kinds: who and when, when and how much."""
    by_kind: dict[ParticularKind, list[Span]] = {}
    for one in particulars:
        if one.reach is Reach.SENTENCE and one.kind not in _NO_ANCHORS:
            by_kind.setdefault(one.kind, []).append(one.span)
    kinds = [Stretches.of(spans) for spans in by_kind.values()]
    for sentence in told:
        if sum(kind.touch(sentence.span) for kind in kinds) >= _KINDS_OF_A_COURSE:
            yield sentence.span


def _together(group: Sequence[Allegation]) -> Mapping[ParticularKind, tuple[Particular, ...]]:
    """Return the particulars of some allegations by kind, each once and as near as any of them has it."""
    nearest: dict[tuple[Span, ParticularKind], Particular] = {}
    for particulars in {allegation.span: allegation.particulars for allegation in group}.values():
        for one in particulars:
            known = nearest.setdefault((one.span, one.kind), one)
            if _ORDER[one.reach] < _ORDER[known.reach]:
                nearest[one.span, one.kind] = one
    together: dict[ParticularKind, list[Particular]] = {}
    for (_, kind), one in sorted(nearest.items()):
        together.setdefault(kind, []).append(one)
    return {kind: tuple(some) for kind, some in together.items()}
