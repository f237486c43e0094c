from typing import Any

from tests.services.samples import BANQUET, BENEFITS
from xiansuo.services.analysis import Analyser
from xiansuo.services.link_records import link_records
from xiansuo.services.records import Record

MORE = (
    "青石村会计马德才冒用村民名字领走危房改造款三万六千元的事，是2024年3月办的。"
    "2025年1月他又冒领低保金8400元，取款的收据在我手里。"
)


def link(analyser: Analyser, *records: Record) -> list[Any]:
    return list(link_records(records, analyser))


def test_copies_share_a_clue_and_other_matters_have_their_own(analyser: Analyser) -> None:
    rows = link(analyser, Record("a", BENEFITS), Record("b", BANQUET), Record("c", BENEFITS + "。"))
    assert [(row["id"], row["clue"], row["relation"]) for row in rows] == [
        ("a", "a", "original"),
        ("b", "b", "original"),
        ("c", "a", "copy"),
    ]


def test_the_first_letter_names_the_clue_whatever_the_order(analyser: Analyser) -> None:
    rows = link(analyser, Record("c", BENEFITS), Record("a", BENEFITS))
    assert {row["clue"] for row in rows} == {"c"}


def test_a_bundled_letter_says_what_else_it_touches(analyser: Analyser) -> None:
    rows = link(analyser, Record("a", BENEFITS), Record("b", BANQUET), Record("c", f"{BENEFITS}\n{BANQUET}"))
    assert rows[2]["relation"] == "bundled"
    assert {rows[2]["clue"], *rows[2]["also"]} == {"a", "b"}


def test_a_letter_on_the_same_matter_tells_what_it_adds(analyser: Analyser) -> None:
    rows = link(analyser, Record("a", BENEFITS), Record("b", MORE))
    assert (rows[1]["clue"], rows[1]["relation"]) == ("a", "same_matter")
    assert {"时间：2025-01", "材料：收据"} <= set(rows[1]["adds"])


def test_letters_out_of_scope_are_linked_too(analyser: Analyser) -> None:
    asked = "请问柳河镇到县城的公交车几点发车？周末有没有加班车？老年卡能不能用？谢谢。"
    rows = link(analyser, Record("a", asked), Record("b", asked))
    assert [row["clue"] for row in rows] == ["a", "a"]


def test_records_with_the_same_id_have_a_row_and_a_clue_each(analyser: Analyser) -> None:
    rows = link(analyser, Record("a", BENEFITS), Record("a", BANQUET), Record("a#2", "路灯坏了半个月，没人来修。"))
    assert [row["id"] for row in rows] == ["a", "a", "a#2"]
    assert len({row["clue"] for row in rows}) == 3
