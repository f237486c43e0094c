import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiansuo.domain.letter import Identity, IdentityKind
from xiansuo.domain.spans import Span
from xiansuo.domain.text import Entity, EntityType
from xiansuo.text.mask import mask, to_clear, to_masked


def entity(kind: EntityType, text: str, part: str) -> Entity:
    start = text.index(part)
    return Entity(kind, start, start + len(part), part)


def test_each_type_has_its_own_placeholder() -> None:
    text = "甲乙丙"
    found = [
        Entity(kind, i, i + 1, text[i])
        for i, kind in enumerate((EntityType.PHONE, EntityType.EMAIL, EntityType.ADDRESS))
    ]
    assert mask(text, found).text == "〔电话〕〔邮箱〕〔住址〕"


def test_overlapping_passages_become_one_and_the_person_wins() -> None:
    text = "我是三组的尚国华，请查。"
    clause, name = (
        entity(EntityType.SELF_DISCLOSURE, text, "三组的尚国华"),
        entity(EntityType.PETITIONER, text, "尚国华"),
    )
    assert mask(text, [clause, name]).text == "我是〔反映人〕，请查。"


@pytest.mark.parametrize(
    ("identity", "text", "masked"),
    [
        (Identity(IdentityKind.PHONE, "138 0000 7788"), "打１３８００００７７８８找我", "打〔电话〕找我"),
        (Identity(IdentityKind.PHONE, "13800007788"), "一三八〇〇〇〇七七八八", "〔电话〕"),
        (Identity(IdentityKind.ADDRESS, "青石县白马镇柳林村二组"), "我在柳林村二组", "我在〔住址〕"),
        (Identity(IdentityKind.NAME, "温若海"), "温 若海说", "〔反映人〕说"),
        (Identity(IdentityKind.NAME, "温"), "温度很高", "温度很高"),
        (Identity(IdentityKind.EMAIL, "a.b@example.com"), "写到a.b@example.com", "写到〔邮箱〕"),
        (Identity(IdentityKind.HEADER, "1"), "第1页", "第1页"),
    ],
)
def test_known_identities_are_found_in_any_spelling(identity: Identity, text: str, masked: str) -> None:
    assert mask(text, [], [identity]).text == masked


def test_an_identity_that_a_respondent_bears_stays() -> None:
    text = "局长卢金贵收钱"
    respondent = entity(EntityType.RESPONDENT, text, "卢金贵")
    assert mask(text, [respondent], [Identity(IdentityKind.NAME, "卢金贵")]).text == text


@given(
    st.text("甲乙丙丁。", min_size=1, max_size=30),
    st.lists(st.tuples(st.integers(0, 29), st.integers(1, 5)), max_size=5),
)
def test_mapping_there_and_back_covers_the_span(text: str, cuts: list[tuple[int, int]]) -> None:
    found = [Entity(EntityType.PHONE, s, min(len(text), s + n), text[s : s + n]) for s, n in cuts if s < len(text)]
    masked = mask(text, found)
    for start in range(len(text)):
        there = to_masked(masked, Span(start, start + 1))
        back = to_clear(masked, there)
        assert back.start <= start < back.end


def test_nothing_is_replaced_where_nothing_was_found() -> None:
    assert mask("请查账。", []).replacements == ()
