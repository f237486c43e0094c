from pathlib import Path

import pytest
from ahocorasick_rs import AhoCorasick

from xiansuo.domain.category import Category
from xiansuo.domain.suggestion import Context
from xiansuo.rulebook.check import lint, run_examples, statistics
from xiansuo.rulebook.compile import compile_books
from xiansuo.rulebook.destinations import Destinations
from xiansuo.rulebook.example import example_document
from xiansuo.rulebook.load import load_context
from xiansuo.rulebook.match import RuleBooks
from xiansuo.rulebook.schema import Book, Pattern, Rule

RULES = Path(__file__).parents[2] / "rules"


def rule(name: str, *words: str, category: Category = Category.FOUR_WINDS, weight: float = 1.0) -> Rule:
    pattern = Pattern((frozenset(words),))
    return Rule(name, category, "A2", f"{name}。", weight, (pattern,), match=("公款吃喝",), reject=("没有公款吃喝",))


def books(*rules: Rule) -> RuleBooks:
    found = {item.category: [other for other in rules if other.category is item.category] for item in rules}
    context, _ = load_context(RULES / "context.yaml")
    made = tuple(Book(category, tuple(listed)) for category, listed in found.items())
    return RuleBooks(compile_books(made, context), Destinations((), (), AhoCorasick([])), "")


def test_an_example_that_fails_is_reported_in_words() -> None:
    failures = run_examples(books(rule("fw-other", "公车私用")))
    assert [failure.sentence for failure in failures] == ["规则 fw-other：应当命中却没有命中：公款吃喝"]


def test_an_example_that_must_not_match_but_does_is_reported() -> None:
    wrong = rule("fw-other", "公款", "没有公款")
    assert [failure.wanted for failure in run_examples(books(wrong))] == [False]


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ((rule("a-one", "公款吃喝"), rule("a-two", "公款吃喝")), "重复计分"),
        ((rule("a-one", "公款吃喝", weight=4.0),), "只凭词"),
        ((rule("a-one", "吃"),), "一个字"),
    ],
)
def test_lint_names_what_is_doubtful(rules: tuple[Rule, ...], said: str) -> None:
    assert any(said in sentence for sentence in lint(books(*rules)))


def test_statistics_count_letters_overlaps_conflicts_and_precision() -> None:
    pair = books(rule("fw-a", "公款"), rule("fw-b", "吃喝"), rule("em-a", "公款", category=Category.EMBEZZLEMENT))
    texts = ["公款吃喝。", "吃喝。", "没有公款。", "公款。"]
    readings = [pair.read(example_document(text)) for text in texts]
    gold = [frozenset({Category.FOUR_WINDS}), frozenset[Category](), frozenset[Category](), frozenset[Category]()]
    first = statistics(pair, readings, gold)[0]
    assert (first.fired, first.counted, first.overlaps, first.alone, first.conflicts) == (3, 2, 1, 1, 1)
    assert (first.coverage, first.precision) == (0.5, 0.5)


def test_statistics_without_gold_claim_no_precision() -> None:
    one = books(rule("fw-a", "公款"))
    assert statistics(one, [one.read(example_document("公款。"))])[0].precision is None


def test_a_negated_hit_is_kept_but_does_not_count() -> None:
    one = books(rule("fw-a", "公款"))
    hit = one.read(example_document("没有公款。")).hits[0]
    assert (hit.contexts, hit.counts) == (frozenset({Context.NEGATED}), False)
