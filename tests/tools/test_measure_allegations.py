from dataclasses import replace

from tests.triage.letters import NOTHING, document, place, suggestion
from tools.measure_allegations import report
from xiansuo.classifiers.corpus import GoldLetter, Quote
from xiansuo.classifiers.prepare import Prepared
from xiansuo.domain.category import Category
from xiansuo.domain.letter import Kind
from xiansuo.domain.suggestion import Allegation, Grade, Rank

TEXT = "会计冒领低保。主任打人。没有人管。"
TAKEN, BEATEN = Category.BENEFIT_MISUSE, Category.BULLYING


def told(*shown: tuple[Category, str]) -> str:
    quotes = (Quote(TAKEN, place(TEXT, "冒领低保")), Quote(BEATEN, place(TEXT, "主任打人")))
    labels = frozenset({TAKEN, BEATEN})
    gold = GoldLetter("1", "half", "a", "m", Kind.LETTER, "", TEXT, None, in_scope=True, labels=labels, priority=3)
    found = tuple(Allegation(category, place(TEXT, words), 0.9) for category, words in shown)
    offered = replace(suggestion(0.9, TAKEN), allegations=found)
    data = Prepared((gold, replace(gold, priority=2)), (document(TEXT),) * 2, (NOTHING,) * 2, (quotes, ()))
    rank = Rank(50.0, (), Grade.WEAK)
    return "\n".join(report("编写的信", data, [(offered, rank), (offered, replace(rank, total=40.0))]))


def test_quotes_are_counted_by_what_was_shown_for_them() -> None:
    lines = told((TAKEN, "会计冒领低保"), (TAKEN, "主任打人"))
    assert "shown in another 0.500, shown in its category 0.500" in lines
    assert f"share of the text shown {10 / len(TEXT):.3f}" in lines


def test_grades_are_set_against_priorities() -> None:
    assert "弱 [0, 0, 1, 1, 0, 0]" in told((TAKEN, "会计冒领低保"))
