from collections.abc import Sequence

import pytest

from xiansuo.domain.spans import Span
from xiansuo.evaluation.rule_words import FEWEST_CLUES, Phrasing, Told, mine
from xiansuo.services.rule_proposals import phrasing_of
from xiansuo.settings import Settings

PHRASING = phrasing_of(Settings(), ["柳林渡", "河湾便民服务站"])


def _letters(*told: str, first: int = 1) -> list[Told]:
    return [Told(place, PHRASING.phrases(text)) for place, text in enumerate(told, first)]


def _words(confirmed: Sequence[str], outside: Sequence[str], **known: Sequence[str]) -> list[str]:
    return [one.words for one in mine(_letters(*confirmed), _letters(*outside, first=100), **known)]


HARMLESS = [f"请问医保卡怎么办理，第{number}次咨询，希望回复。" for number in range(40)]
ARTFUL = ["他把砂石料借道出库卖了钱。", "夜里借道出库好几车。", "年底又借道出库，账上没有。"]


def test_words_that_mark_uncaught_clues_and_no_other_are_found() -> None:
    found = mine(_letters(*ARTFUL), _letters(*HARMLESS, first=100))
    assert "借道出库" in found[0].words or found[0].words in "借道出库"
    assert (found[0].confirmed, found[0].outside) == ((1, 2, 3), ())


def test_what_stands_in_fewer_than_three_clues_is_never_found() -> None:
    assert _words(ARTFUL[: FEWEST_CLUES - 1], HARMLESS) == []


def test_words_common_out_of_scope_or_in_rules_already_are_not_found() -> None:
    assert _words(ARTFUL, [*HARMLESS, *ARTFUL]) == []
    assert not [
        one for one in _words(ARTFUL, HARMLESS, known=["借道", "出库", "借道出库"]) if "道" in one or "库" in one
    ]


@pytest.mark.parametrize(
    "text",
    ["柳林渡", "在柳林渡借", "河湾便民服务站", "河湾便民", "〔反映人甲〕", "北京", "三万元", "二月", "一二三四", "abc"],
)
def test_names_places_masks_and_numbers_are_no_phrases(text: str) -> None:
    found = PHRASING.phrases(f"，{text}，")
    assert not [phrase for phrase in found if phrase in text and phrase != "万元"]


def test_phrases_are_taken_from_the_marked_passage_and_outside_what_is_named() -> None:
    text = "补助款不入账，群众议论纷纷"
    assert "议论纷纷" not in PHRASING.phrases(text, within=[Span(0, 6)])
    assert not [one for one in PHRASING.phrases(text, without=[Span(0, 3)]) if "补助" in one]


def test_letters_from_before_weigh_against_a_phrase() -> None:
    plain = Phrasing(PHRASING.cut)
    authored = [plain.phrases("他们借道出库是正常调拨") for _ in range(60)]
    assert mine(_letters(*ARTFUL), _letters(*HARMLESS, first=100), authored) == []
