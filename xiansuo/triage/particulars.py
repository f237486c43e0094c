"""Owns which particulars belong to which allegation: whom, where, when, how much, from what fund, shown by what, told by whom."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from types import MappingProxyType

from xiansuo.domain.spans import Span
from xiansuo.domain.suggestion import Cue, CueKind, Particular, ParticularKind, Reach, Reading
from xiansuo.domain.text import Document, Entity, EntityType, Speaker
from xiansuo.triage.layout import Layout
from xiansuo.triage.stretches import Stretches

_ENTITIES = MappingProxyType(
    {
        EntityType.RESPONDENT: ParticularKind.RESPONDENT,
        EntityType.POSITION: ParticularKind.POST,
        EntityType.ORG: ParticularKind.UNIT,
        EntityType.PLACE: ParticularKind.PLACE,
        EntityType.TIME: ParticularKind.TIME,
        EntityType.MONEY: ParticularKind.AMOUNT,
        EntityType.COUNT: ParticularKind.COUNT,
        EntityType.BENEFIT: ParticularKind.FUND,
        EntityType.DOCUMENT: ParticularKind.EVIDENCE,
    }
)
_CUES = MappingProxyType(
    {
        CueKind.EVIDENCE: ParticularKind.EVIDENCE,
        CueKind.FIRSTHAND: ParticularKind.FIRSTHAND,
        CueKind.HEARSAY: ParticularKind.HEARSAY,
    }
)
_NEVER_LENT = frozenset({ParticularKind.HEARSAY, ParticularKind.FIRSTHAND})
"""What the writer saw or heard is said of one thing and holds for no other."""
_TOPIC = frozenset(
    {
        ParticularKind.RESPONDENT,
        ParticularKind.POST,
        ParticularKind.UNIT,
        ParticularKind.PLACE,
        ParticularKind.FUND,
    }
)
"""What an interviewer's question may lend to the answer; sums and times are only what the answer says."""
_MOST_NEAR, _MOST_INHERITED = 6, 3
# The letter itself and the office's own papers prove nothing, nor does the writer's identity card.
_NO_EVIDENCE = frozenset(
    ["举报信", "检举信", "控告信", "匿名信", "联名信", "情况反映", "申诉书", "建议书", "来访登记表", "转办函", "交办函", "督办函", "问题线索移交单",
     "呈批表", "谈话记录", "谈话笔录", "访谈记录", "座谈会记录", "身份证", "户口本"]
)  # fmt: skip
# Whom letters are written to.
_ADDRESSED = re.compile("巡察|巡视|纪委|监委|信访|信箱")
_WRITTEN_WITHIN = 3
"""A day so close to the letter's arrival, away from any allegation, is the day it was written."""


class Particulars:
    """The particulars of one letter, found once and handed out to its allegations by nearness."""

    def __init__(self, document: Document, reading: Reading) -> None:
        self._layout = Layout.of(document)
        facts = _said(document, [*_named(document), *_told(reading.cues, document)])
        self._facts = sorted(facts, key=lambda fact: (fact.span, fact.kind))
        self._starts = [fact.span.start for fact in self._facts]
        acts = (cue.span for cue in reading.cues if cue.kind is CueKind.CONDUCT)
        self._acts = Stretches.of([*acts, *(hit.span for hit in reading.hits if hit.counts)])
        self._lent: dict[int, list[Particular]] = {}
        self._received = document.received

    def of(self, span: Span) -> tuple[Particular, ...]:
        """Return the particulars of an allegation at `span`, in text order: in its sentence, near it, else taken over from the letter."""
        sentences, near = self._layout.holding(span), self._layout.near(span)
        here = self._within(Span(min(sentences[0].start, near.start), max(sentences[-1].end, near.end)))
        own = Span(sentences[0].start, sentences[-1].end)
        kept = [
            fact if fact.span.overlaps(own) else _at(fact, Reach.NEAR) for fact in _nearest(here, span, most=_MOST_NEAR)
        ]
        kinds = {one.kind for one in kept}
        kept += self._conduct(sentences, [one.span for one in kept if _could_be_wrong(one)])
        lent = (fact for fact in self._lendable(self._layout.point(span)) if fact.kind not in kinds)
        kept += (_at(fact, Reach.INHERITED) for fact in _nearest(lent, span, most=_MOST_INHERITED))
        return tuple(sorted(kept, key=lambda one: (one.span, one.kind)))

    def _within(self, stretch: Span) -> Sequence[Particular]:
        return self._facts[bisect_left(self._starts, stretch.start) : bisect_left(self._starts, stretch.end)]

    def _conduct(self, sentences: Iterable[Span], anchors: Sequence[Span]) -> Iterator[Particular]:
        """Yield the sentences that say how something was done: an act, or a particular that could be wrong."""
        for sentence in sentences:
            if self._acts.touch(sentence) or any(anchor.overlaps(sentence) for anchor in anchors):
                yield Particular(ParticularKind.CONDUCT, sentence)

    def _lendable(self, point: int) -> list[Particular]:
        """Return what an allegation in this point may take over: what the letter says outside its other points."""
        if point not in self._lent:
            self._lent[point] = [
                fact
                for fact in self._facts
                if fact.kind not in _NEVER_LENT
                and self._layout.point(fact.span) in {0, point}
                and not self._just_written(fact)
            ]
        return self._lent[point]

    def _just_written(self, fact: Particular) -> bool:
        """Tell whether a time far from any allegation only says when the letter was written."""
        if fact.kind is not ParticularKind.TIME or self._received is None:
            return False
        try:
            return abs((self._received - date.fromisoformat(fact.value)).days) <= _WRITTEN_WITHIN
        except ValueError:
            return False


def _could_be_wrong(particular: Particular) -> bool:
    return particular.reach is Reach.SENTENCE and particular.kind not in _NEVER_LENT


def _named(document: Document) -> Iterator[Particular]:
    for entity in document.entities:
        kind = _ENTITIES.get(entity.type)
        if kind and not _says_nothing(entity):
            yield Particular(kind, entity.span, value=entity.value)


def _says_nothing(entity: Entity) -> bool:
    if entity.type is EntityType.ORG:
        return bool(_ADDRESSED.search(entity.text))
    return entity.type is EntityType.DOCUMENT and entity.text in _NO_EVIDENCE


def _told(cues: Iterable[Cue], document: Document) -> Iterator[Particular]:
    listed = {entity.start for entity in document.of_type(EntityType.DOCUMENT)}
    for cue in cues:
        kind = _CUES.get(cue.kind)
        if kind and cue.span.start not in listed:
            yield Particular(kind, cue.span)


def _said(document: Document, facts: Sequence[Particular]) -> Iterator[Particular]:
    """Leave out what only an interview's heading says, or a question beyond its topic."""
    interview = document.interview
    turns = interview.turns if interview else ()
    heading = Stretches.of(span for _, span in interview.header) if interview else Stretches.of(())
    asked = Stretches.of(Span(turn.start, turn.end) for turn in turns if turn.speaker is Speaker.INTERVIEWER)
    for fact in facts:
        if not (heading.touch(fact.span) or (asked.touch(fact.span) and fact.kind not in _TOPIC)):
            yield fact


def _at(fact: Particular, reach: Reach) -> Particular:
    return Particular(fact.kind, fact.span, reach, fact.value)


def _nearest(facts: Iterable[Particular], span: Span, *, most: int) -> Iterator[Particular]:
    taken: dict[ParticularKind, int] = {}
    for fact in sorted(facts, key=lambda fact: max(fact.span.start - span.end, span.start - fact.span.end)):
        taken[fact.kind] = taken.get(fact.kind, 0) + 1
        if taken[fact.kind] <= most:
            yield fact
