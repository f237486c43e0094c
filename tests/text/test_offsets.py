"""Positions go from an edited text to its source and forward again."""

import pytest

from xiansuo.text.offsets import Chain, Edit, Identity, TwoWay, apply_edits

SOURCE = "一  二\r\n三ﬁ四"
GAPS, BREAK, LIGATURE = Edit(1, 3, ""), Edit(4, 6, "\n"), Edit(7, 8, "fi")


def _searched(offsets: TwoWay, length: int, position: int) -> int:
    return next((at for at in range(length) if offsets.span(at, at + 1).start >= position), length)


@pytest.mark.parametrize("edits", [[], [GAPS], [BREAK], [LIGATURE], [GAPS, BREAK], [GAPS, BREAK, LIGATURE]])
def test_a_source_position_leads_to_the_first_derived_one_at_or_behind_it(edits: list[Edit]) -> None:
    text, offsets = apply_edits(SOURCE, edits)
    places = range(len(SOURCE) + 1)
    assert [offsets.derived(at) for at in places] == [_searched(offsets, len(text), at) for at in places]


def test_maps_applied_one_after_the_other_lead_forward_through_all_of_them() -> None:
    middle, first = apply_edits(SOURCE, [GAPS, LIGATURE])
    text, last = apply_edits(middle, [Edit(0, 1, "壹壹"), Edit(2, 4, "")])
    chain, places = Chain((last, first)), range(len(SOURCE) + 1)
    assert [chain.derived(at) for at in places] == [_searched(chain, len(text), at) for at in places]


def test_an_unedited_text_keeps_its_positions() -> None:
    assert Identity().derived(5) == 5
