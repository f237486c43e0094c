import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import islice
from typing import Any

import pytest

from tests.services.samples import BANQUET, BENEFITS, REGISTER, TO_SEAL
from xiansuo.domain.category import CATEGORIES
from xiansuo.domain.letter import Kind
from xiansuo.domain.register import OrganisationRegister
from xiansuo.domain.text import CONTRACT_TYPES
from xiansuo.rulebook.seal import SealCheck
from xiansuo.services.analysis import Analyser
from xiansuo.services.classify import answer, classify
from xiansuo.services.records import BATCH, Record
from xiansuo.settings import Settings
from xiansuo.triage.suggest import Thresholds

KEYS = {
    "id", "labels", "scores", "scope", "rank", "rank_parts", "abstained", "seal", "allegations", "entities", "masked",
    "masked_subject", "referral",
}  # fmt: skip
SIGNED = "我叫冯秀兰，电话１３８１２３４５６７８，家住青石村三组。\n" + BENEFITS + "\n举报人：冯秀兰"
TRADITIONAL = "村會計馬德才冒領低保金，\r\n把  錢存進妻子的存摺。ＡＢＣ公司的發票也是假的,從來沒有公示過."
INTERVIEW = "谈话人：周正\n被谈话人：冯秀兰\n问：村里发过补助吗？\n答：发过，马德才扣了我家六百元，还叫我们签空白单子。\n问：马德才有没有打人？\n答：没有。"
RECORDS = (
    Record("1", BENEFITS, "反映马德才", Kind.FORM, date(2026, 3, 2)),
    Record("2", SIGNED, "冯秀兰的举报信"),
    Record("3", TRADITIONAL),
    Record("4", INTERVIEW, "谈话笔录", Kind.TRANSCRIPT),
    Record("5", ""),
    Record("6", "请问社保卡在哪里办？谢谢。"),
    Record("7", BANQUET * 6),
    Record("1", BANQUET),
)


@pytest.fixture(scope="module")
def seal_check() -> SealCheck:
    return SealCheck(Settings().rules, REGISTER)


@pytest.fixture(scope="module")
def rows(analyser: Analyser, seal_check: SealCheck) -> list[Any]:
    return list(classify(RECORDS, analyser, seal_check))


def test_every_record_yields_one_row_in_its_order(rows: list[Any]) -> None:
    assert [row["id"] for row in rows] == [record.id for record in RECORDS]
    assert all(set(row) == KEYS and set(row["scores"]) == set(CATEGORIES) for row in rows)


@pytest.mark.parametrize("at_once", [1, 3])
def test_no_row_depends_on_the_other_records(
    rows: list[Any], analyser: Analyser, seal_check: SealCheck, at_once: int
) -> None:
    backwards = list(reversed(RECORDS))
    parts = [backwards[start : start + at_once] for start in range(0, len(backwards), at_once)]
    assert [row for part in parts for row in classify(part, analyser, seal_check)] == rows[::-1]


def test_quotes_and_reasons_stand_in_the_text_as_it_was_given(rows: list[Any]) -> None:
    found = [(record, one) for record, row in zip(RECORDS, rows, strict=True) for one in row["allegations"]]
    assert len({record.id for record, _ in found}) >= 4
    for record, one in found:
        assert one["quote"] == record.text[one["start"] : one["end"]] != ""
        assert all(one["start"] <= r["start"] < r["end"] <= len(record.text) for r in one["reasons"])


def test_a_quote_behind_masked_passages_is_the_conduct_itself(rows: list[Any]) -> None:
    quotes = "".join(one["quote"] for one in rows[1]["allegations"])
    assert "领走危房改造补助款" in quotes
    assert "冯秀兰" not in quotes


def test_entities_are_of_the_contract_and_stand_where_they_say(rows: list[Any]) -> None:
    for record, row in zip(RECORDS, rows, strict=True):
        for entity in row["entities"]:
            given = {"text": record.text, "subject": record.subject}[entity["field"]]
            assert entity["type"] in CONTRACT_TYPES
            assert entity["text"] == given[entity["start"] : entity["end"]]


def test_both_fields_show_their_people(rows: list[Any]) -> None:
    found = {(entity["type"], entity["field"], entity["text"]) for entity in rows[1]["entities"]}
    assert {
        ("petitioner", "subject", "冯秀兰"),
        ("petitioner", "text", "冯秀兰"),
        ("respondent", "text", "马德才"),
    } <= found
    assert ("phone", "text", "１３８１２３４５６７８") in found


def test_the_masked_text_is_the_given_text_outside_masked_passages(rows: list[Any]) -> None:
    for record, row in zip(RECORDS, rows, strict=True):
        kept = [re.escape(piece) for piece in re.split("〔[^〕]+〕", row["masked"])]
        assert re.fullmatch("(.+?)".join(kept), record.text, re.DOTALL)
    assert rows[2]["masked"] == TRADITIONAL


def test_the_petitioner_is_masked_and_the_respondent_stays_readable(rows: list[Any]) -> None:
    masked = rows[1]["masked"] + rows[1]["masked_subject"]
    assert "冯秀兰" not in masked
    assert "１３８１２３４５６７８" not in masked
    assert "马德才" in masked


def test_a_question_and_a_denial_are_no_allegation(rows: list[Any]) -> None:
    assert not any("打人" in one["quote"] for one in rows[3]["allegations"])
    assert "bullying" not in rows[3]["labels"]


def test_rank_parts_add_up_to_a_rubric_of_a_hundred_points(rows: list[Any]) -> None:
    for row in rows:
        assert sum(part["maximum"] for part in row["rank_parts"]) == 100
        assert all(0 <= part["points"] <= part["maximum"] for part in row["rank_parts"])


def test_what_is_out_of_scope_ranks_below_twenty(rows: list[Any]) -> None:
    assert rows[5]["labels"] == []
    assert rows[5]["rank"] < 20 < rows[0]["rank"]


def test_a_letter_to_be_sealed_still_has_its_row(analyser: Analyser, seal_check: SealCheck) -> None:
    (row,) = classify([Record("s", TO_SEAL)], analyser, seal_check)
    assert row["seal"] == "higher-jurisdiction"
    nobody = SealCheck(Settings().rules, OrganisationRegister())
    assert [one["seal"] for one in classify([Record("s", TO_SEAL)], analyser, nobody)] == [None]


def test_records_are_read_a_batch_at_a_time(analyser: Analyser) -> None:
    taken = 0

    def endless() -> Iterator[Record]:
        nonlocal taken
        while True:
            taken += 1
            yield Record(str(taken), "路灯不亮")

    assert len(list(islice(answer(endless(), analyser), 3))) == 3
    assert taken == BATCH


def test_a_letter_outside_the_categories_says_where_it_could_go(rows: list[Any]) -> None:
    asking, accusing = rows[5]["referral"], rows[0]["referral"]
    assert asking["name"] == "咨询、感谢"
    assert asking["to"]
    assert accusing is None


def test_a_letter_that_a_person_must_read_is_not_sent_on(analyser: Analyser) -> None:
    unsure = replace(analyser.trained, thresholds=Thresholds(scope=1.1, abstain=(0.0, 1.1)))
    (one,) = answer(RECORDS[5:6], replace(analyser, trained=unsure))
    assert one.analysis.suggestion.abstained
    assert one.analysis.referral is None
