from dataclasses import replace

import pytest

from tests.triage.letters import NOTHING, document, place, suggestion
from xiansuo.domain.category import Category
from xiansuo.domain.suggestion import Allegation, Grade, Rank, RankPart, Referral
from xiansuo.settings import Settings
from xiansuo.triage.particulars import Particulars
from xiansuo.triage.rank import Ranking
from xiansuo.triage.why import likelihood, why, why_clue

RANKING = Ranking.load(Settings().rules / "ranking.yaml")
TEXT = "会计冒领低保4.2万元。"


def _why(scope: float = 0.9, *labels: Category, hearsay: bool = False, abstained: bool = False) -> tuple[str, ...]:
    letter = document(TEXT, ("money", "4.2万元", "42000-42000 元"))
    found = tuple(Allegation(label, place(TEXT, "会计冒领低保"), 0.9, hearsay=hearsay) for label in labels)
    offered = replace(suggestion(scope, *labels), allegations=found, abstained=abstained)
    told = Particulars(letter, NOTHING)
    offered = replace(offered, allegations=tuple(replace(one, particulars=told.of(one.span)) for one in found))
    return why(RANKING.rank(letter, NOTHING, offered), offered)


@pytest.mark.parametrize(("probability", "word"), [(0.9, "很可能"), (0.6, "较可能"), (0.3, "存疑")])
def test_a_probability_is_told_as_a_word(probability: float, word: str) -> None:
    assert likelihood(probability) == word


def test_the_queue_says_what_is_suspected_what_is_there_and_what_is_missing() -> None:
    lines = _why(0.9, Category.BENEFIT_MISUSE)
    assert lines[0] == "疑似惠民待遇侵占（很可能）"
    assert "有金额数量“4.2万元”" in lines[1]
    assert lines[-1] == "缺：被反映人姓名、职务、单位、地点、时间、证据"


def test_hearsay_and_abstention_are_told() -> None:
    assert _why(0.9, Category.BENEFIT_MISUSE, hearsay=True)[0].endswith("多为听说")
    assert _why(0.5, Category.BENEFIT_MISUSE, abstained=True)[0].endswith("需人工通读")
    assert _why(0.5, abstained=True)[0] == "拿不准是否反映问题，需人工通读"


def test_nothing_is_said_about_guilt_or_disposition() -> None:
    every = "".join(line for labels in ((), tuple(Category)) for line in _why(0.9, *labels))
    assert not any(word in every for word in ("违法", "有罪", "属实", "诬告", "立案", "处分", "认定为"))


PART = RankPart("可查性", "时间", 5.0, 6.0, quote="2021年3月")


def test_a_clue_says_what_other_letters_tell_beside_its_best() -> None:
    best = Rank(60.0, (replace(PART, name="证据", quote="收条"),), Grade.AVERAGE, ("时间", "金额"))
    clue = replace(best, missing=("金额",))
    told = why_clue(clue, ("疑似四风（很可能）", "缺：时间、金额"), [Rank(50.0, (PART,), Grade.WEAK)])
    assert told == ("疑似四风（很可能）", "另有来件有时间“2021年3月”", "缺：金额")


def test_a_clue_repeats_nothing_that_its_best_letter_tells() -> None:
    best = Rank(60.0, (PART,), Grade.AVERAGE)
    assert why_clue(best, ("疑似四风（很可能）",), [best]) == ("疑似四风（很可能）",)


def test_the_largest_sum_is_quoted_and_never_a_price() -> None:
    text = "会计先扣了300元，又扣了8万元，每亩1000元。"
    letter = document(
        text,
        ("money", "300元", "300-300 元"),
        ("money", "8万元", "80000-80000 元"),
        ("money", "1000元", "1000-1000 元/亩"),
    )
    offered = replace(suggestion(0.9, Category.EMBEZZLEMENT), allegations=())
    found = Allegation(Category.EMBEZZLEMENT, place(text, "扣了300元"), 0.9)
    found = replace(found, particulars=Particulars(letter, NOTHING).of(found.span))
    offered = replace(offered, allegations=(found,))
    assert "有金额数量“8万元”" in why(RANKING.rank(letter, NOTHING, offered), offered)[1]


def test_of_a_letter_without_allegations_only_the_first_is_said() -> None:
    letter = document(TEXT, ("money", "4.2万元", "42000-42000 元"))
    rank = RANKING.rank(letter, NOTHING, suggestion(0.02))
    assert (rank.grade, rank.missing) == (None, ())
    assert why(rank, suggestion(0.02)) == ("未见属于六类问题的反映",)


def test_a_letter_outside_the_categories_says_where_it_could_go() -> None:
    letter = document("路灯坏了。")
    referral = Referral("Z3", "个人诉求", "建议转信访部门", ("说的是路灯。",))
    lines = why(RANKING.rank(letter, NOTHING, suggestion(0.02)), suggestion(0.02), referral)
    assert lines[1] == "像是个人诉求，建议转信访部门（由人决定）"
