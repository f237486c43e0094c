"""What is made ready for comparisons says the same as the plain comparison of every name with every other."""

from hypothesis import given
from hypothesis import strategies as st

from xiansuo.domain.suggestion import Facts
from xiansuo.triage.facts import PARTIAL
from xiansuo.triage.identity import Shared
from xiansuo.triage.terms import all_terms
from xiansuo.triage.traits import same_unit, traits

NAMES = st.frozensets(
    st.builds(
        "".join,
        st.tuples(
            st.sampled_from(["", PARTIAL]),
            st.sampled_from(["", "清水县", "公交集团"]),
            st.sampled_from(["二修厂", "公安局", "学校", "林业局"]),
        ),
    )
)
WORDS = st.frozensets(st.sampled_from(["仕良", "覃仕", "柳河", "药材", "转账", "租金"]))
FACTS = st.builds(Facts, units=NAMES, names=WORDS, strange=WORDS, rare=WORDS, topics=WORDS)


def _is_same(one: str, other: str) -> bool:
    first, second = one.lstrip(PARTIAL), other.lstrip(PARTIAL)
    if min(len(first), len(second)) <= len("学校") or first.endswith(("公安局", "学校")):
        return False
    return first.endswith(second) or second.endswith(first)


@given(FACTS, FACTS)
def test_units_are_the_same_where_one_name_ends_with_another(one: Facts, other: Facts) -> None:
    plainly = any(_is_same(here, there) for here in one.units for there in other.units)
    assert same_unit(traits(one), traits(other)) == plainly


@given(FACTS, FACTS)
def test_names_are_shared_that_one_letter_holds_as_a_name_and_the_other_at_all(one: Facts, other: Facts) -> None:
    shared = Shared.by(traits(one), traits(other))
    assert shared.names == (one.names & all_terms(other)) | (other.names & all_terms(one))
    assert shared.strange == (one.strange & all_terms(other)) | (other.strange & all_terms(one))
