from dataclasses import replace

import pytest

from tests.triage.letters import NOTHING, document, place, suggestion
from xiansuo.domain.category import Category
from xiansuo.domain.suggestion import Allegation
from xiansuo.settings import Settings
from xiansuo.triage.particulars import Particulars
from xiansuo.triage.rank import Ranking
from xiansuo.triage.why import likelihood, why

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
