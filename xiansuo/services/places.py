"""Moves what was found in a normalised text back to the places of the stored text."""

from collections.abc import Sequence
from dataclasses import replace

from xiansuo.domain.spans import Span
from xiansuo.domain.suggestion import Allegation, Particular, RankPart, Reason
from xiansuo.domain.text import OffsetMap
from xiansuo.storage.repositories.suggestions import NewSuggestion


def in_stored_text(made: NewSuggestion, offsets: OffsetMap) -> NewSuggestion:
    """Return a suggestion whose spans count characters of the text that `offsets` leads back to."""
    return replace(
        made,
        suggestion=replace(
            made.suggestion, allegations=tuple(_allegation(one, offsets) for one in made.suggestion.allegations)
        ),
        rank=replace(made.rank, parts=tuple(_rank_part(part, offsets) for part in made.rank.parts)),
        scopes=tuple((offsets.span(*span), contexts) for span, contexts in made.scopes),
        referral=made.referral and replace(made.referral, spans=_moved(made.referral.spans, offsets)),
    )


def _allegation(one: Allegation, offsets: OffsetMap) -> Allegation:
    return replace(
        one,
        span=offsets.span(*one.span),
        # Constructors, not `replace`, which takes five times as long: a letter has dozens of these.
        reasons=tuple(Reason(it.source, it.sentence, offsets.span(*it.span), it.weight) for it in one.reasons),
        particulars=tuple(Particular(it.kind, offsets.span(*it.span), it.reach, it.value) for it in one.particulars),
    )


def _rank_part(part: RankPart, offsets: OffsetMap) -> RankPart:
    return replace(part, spans=_moved(part.spans, offsets)) if part.spans else part


def _moved(spans: Sequence[Span], offsets: OffsetMap) -> tuple[Span, ...]:
    return tuple(offsets.span(*span) for span in spans)
