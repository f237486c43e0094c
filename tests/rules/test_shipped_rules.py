from pathlib import Path

import pytest

from xiansuo.domain.category import CATEGORIES
from xiansuo.domain.register import OrganisationRegister
from xiansuo.rulebook.check import lint, run_examples
from xiansuo.rulebook.load import load_rule_books
from xiansuo.rulebook.match import RuleBooks
from xiansuo.rulebook.seal import SealCheck, load_seal

RULES = Path(__file__).parents[2] / "rules"


@pytest.fixture(scope="module")
def books() -> RuleBooks:
    return load_rule_books(RULES)


def test_every_example_of_every_rule_does_what_the_rule_says(books: RuleBooks) -> None:
    assert [failure.sentence for failure in run_examples(books)] == []


def test_the_shipped_rules_have_nothing_doubtful(books: RuleBooks) -> None:
    assert lint(books) == ()


@pytest.mark.parametrize("category", CATEGORIES)
def test_every_category_has_conduct_rules_that_outweigh_its_plain_words(books: RuleBooks, category: str) -> None:
    rules = [rule for rule in books.rules if rule.category == category]
    words = [rule.weight for rule in rules if rule.words_only]
    assert max(rule.weight for rule in rules if not rule.words_only) > max(words, default=0.0)


def test_only_checked_clauses_are_cited_as_authority(books: RuleBooks) -> None:
    unchecked = ("第九十七条", "第一百一十六条", "第一百一十七条", "第一百一十八条", "第一百一十九条", "第一百二十条")
    assert [rule.id for rule in books.rules if any(clause in rule.source for clause in unchecked)] == []


@pytest.mark.parametrize("text", load_seal(RULES / "seal.yaml").match)
def test_letters_about_people_above_the_office_are_sealed(text: str) -> None:
    assert SealCheck(RULES, OrganisationRegister()).match("", text, ()) == "higher-jurisdiction"


@pytest.mark.parametrize("text", load_seal(RULES / "seal.yaml").reject)
def test_letters_that_only_mention_such_people_are_kept(text: str) -> None:
    assert SealCheck(RULES, OrganisationRegister()).match("", text, ()) is None
