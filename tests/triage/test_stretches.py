from hypothesis import given
from hypothesis import strategies as st

from xiansuo.domain.spans import Span
from xiansuo.triage.stretches import Stretches

PLACES = st.tuples(st.integers(0, 30), st.integers(0, 8)).map(lambda drawn: Span(drawn[0], sum(drawn)))


@given(st.lists(PLACES, max_size=8), PLACES)
def test_a_span_touches_stretches_exactly_when_it_overlaps_one(spans: list[Span], asked: Span) -> None:
    assert Stretches.of(spans).touch(asked) is any(span.overlaps(asked) for span in spans)
