"""Masking at its edges: numbers too short to be anybody's, entities that cover nothing."""

import pytest

from xiansuo.domain.letter import Identity, IdentityKind
from xiansuo.domain.text import Entity, EntityType
from xiansuo.text.mask import mask


@pytest.mark.parametrize(
    ("identity", "text", "masked"),
    [
        (Identity(IdentityKind.PHONE, "12345"), "编号12345的发票", "编号〔电话〕的发票"),
        (Identity(IdentityKind.PHONE, "110"), "打110报警", "打110报警"),
        (Identity(IdentityKind.ACCOUNT, "shui-88"), "账号shui-88收款", "账号〔账号〕收款"),
        (Identity(IdentityKind.ACCOUNT, "a1"), "a1区", "a1区"),
        (Identity(IdentityKind.ADDRESS, "柳村"), "家住柳村", "家住柳村"),
    ],
)
def test_a_number_account_or_address_is_searched_as_it_is_written_and_only_if_it_is_long_enough(
    identity: Identity, text: str, masked: str
) -> None:
    assert mask(text, [], [identity]).text == masked


def test_an_entity_that_covers_nothing_masks_nothing() -> None:
    assert mask("甲乙丙", [Entity(EntityType.PHONE, 1, 1, "")]).text == "甲乙丙"
