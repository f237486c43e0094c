from hypothesis import given
from hypothesis import strategies as st

from xiansuo.triage.compare import Change, Row, compare

FIRST = "村会计冒领补助款三万元。存进他妻子的存折。请派人查账。"
SECOND = "村会计冒领补助款三万六千元。存进他妻子的存折。账本是我亲手记的。请派人查账。"


def side(rows: tuple[Row, ...], name: str) -> str:
    return "".join(piece.text for row in rows for piece in getattr(row, name))


def test_a_changed_sum_is_marked_within_its_sentence() -> None:
    rows = compare(FIRST, SECOND).rows
    assert [row.change for row in rows] == [Change.REWORDED, Change.SAME, Change.ONLY_RIGHT, Change.SAME]
    assert [piece.text for piece in rows[0].right if piece.differs] == ["六千"]


def test_a_sentence_that_only_one_letter_has_stands_alone() -> None:
    (row,) = [row for row in compare(FIRST, SECOND).rows if row.change is Change.ONLY_RIGHT]
    assert (side((row,), "right"), row.left) == ("账本是我亲手记的。", ())


def test_line_breaks_are_no_difference() -> None:
    assert compare("他收了钱。\n\n他打了人。", "他收了钱。他打了人。").same == 1.0


def test_letters_with_nothing_in_common_share_no_row() -> None:
    changes = {row.change for row in compare("他在福满楼摆酒。", "雨水倒灌进教室里面。").rows}
    assert changes == {Change.ONLY_LEFT, Change.ONLY_RIGHT}


SENTENCES = st.lists(st.text(st.sampled_from("村会计领款三万元账，"), min_size=1, max_size=14), max_size=8)


@given(SENTENCES, SENTENCES)
def test_both_sides_read_in_order_are_the_letters(left: list[str], right: list[str]) -> None:
    ours, theirs = ("。".join([*said, ""]) for said in (left, right))
    rows = compare(ours, theirs).rows
    assert (side(rows, "left"), side(rows, "right")) == (ours, theirs)


def test_two_letters_of_twenty_thousand_characters_are_compared_sentence_by_sentence() -> None:
    left = "".join(f"第{i}户的补助款{i * 7}元被村会计{i % 13}次冒领，钱没有到户。" for i in range(800))
    right = "".join(f"第{i}户的补助款{i * 7 + i % 3}元被会计{i % 13}次冒领，钱没到户。" for i in range(800))
    assert compare(left, right).count(Change.REWORDED) > 750
