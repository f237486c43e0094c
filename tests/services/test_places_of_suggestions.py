"""Whatever a suggestion points at is moved to its place in the stored text."""

from xiansuo.domain.category import Category
from xiansuo.domain.spans import Span
from xiansuo.domain.suggestion import (
    Allegation,
    Context,
    Particular,
    ParticularKind,
    Rank,
    RankPart,
    Reason,
    Referral,
    Suggestion,
)
from xiansuo.services.places import in_stored_text
from xiansuo.storage.repositories.suggestions import NewSuggestion


class Shifted:
    """Three characters further on."""

    def span(self, start: int, end: int) -> Span:
        return Span(start + 3, end + 3)


def test_every_span_of_a_suggestion_moves_and_nothing_else_changes() -> None:
    assert in_stored_text(_suggestion(0), Shifted()) == _suggestion(3)


def _suggestion(by: int) -> NewSuggestion:
    here = Span(5 + by, 9 + by)
    allegation = Allegation(
        Category.FOUR_WINDS,
        here,
        0.5,
        (Reason("rule:x", "句", here, 1.0),),
        subtype="dining",
        particulars=(Particular(ParticularKind.TIME, here, value="2024"),),
        missing=("证据",),
    )
    parts = RankPart("可查性", "时间", 2.0, 5.0, (here,), "去年"), RankPart("可查性", "证据", 0.0, 5.0)
    return NewSuggestion(
        1,
        "model",
        "rules",
        Suggestion(0.9, {Category.FOUR_WINDS: 0.8}, (Category.FOUR_WINDS,), abstained=False, allegations=(allegation,)),
        Rank(50.0, parts, None),
        scopes=((here, frozenset({Context.NEGATED})),),
        referral=Referral("code", "名", "去向", ("句",), (here,)),
    )
