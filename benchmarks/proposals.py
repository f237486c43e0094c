"""Measures rule proposals: half of the letters is decided, and the words proposed from it are tried as they are on the other half.

usage: python benchmarks/proposals.py GOLD [--seeds 5] [--words 20]
Nobody would accept every word as proposed; the figures say what they are worth before a person has looked at them.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from xiansuo.classifiers.prepare import Prepared, load_tools, prepare
from xiansuo.domain.category import CATEGORIES, Category
from xiansuo.domain.spans import Span
from xiansuo.domain.text import EntityType
from xiansuo.evaluation.gold import read_corpus, read_measured
from xiansuo.evaluation.rule_words import Mined, Phrasing, Told, mine
from xiansuo.rulebook.match import RuleBooks
from xiansuo.services.rule_effect import Word, books_with
from xiansuo.services.rule_proposals import PLAIN, phrasing_of, terms_of
from xiansuo.settings import Settings

Caught = tuple[int, int, int, int, int]


@dataclass(frozen=True, slots=True)
class Desk:
    """Letters, rules and how letters are cut into phrases; `authored` are phrases of the corpus by letter with its categories."""

    data: Prepared
    books: RuleBooks
    phrasing: Phrasing
    authored: Sequence[tuple[frozenset[Category], frozenset[str]]]


def main() -> None:
    """Print what the proposed words catch and raise in letters they were not taken from."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("gold", type=Path)
    asked.add_argument("--seeds", type=int, default=5)
    asked.add_argument("--words", type=int, default=20)
    given = asked.parse_args()
    desk = _desk(given.gold)
    rows = np.array([_run(desk, given.words, seed) for seed in range(given.seeds)])
    words, missed, caught, outside, raised = rows.mean(axis=0)
    print(f"{given.gold.stem}: {len(desk.data.letters)} letters, halves drawn with {given.seeds} seeds; means per half")
    print(f"  words proposed and taken as they are: {words:.1f}")
    print(f"  confirmed letters that no rule of their category caught: {missed:.1f}, caught by the words: {caught:.1f}")
    print(f"  letters out of scope: {outside:.1f}, in which a word would count: {raised:.1f}")


def _desk(gold: Path) -> Desk:
    settings = Settings()
    tools = load_tools(settings.home)
    data = prepare(read_measured(gold), tools)
    named = (EntityType.RESPONDENT, EntityType.PERSON, EntityType.ORG, EntityType.PLACE)
    names = [one.text for document in data.documents for one in document.of_type(*named)]
    plain = phrasing_of(settings, ())
    authored = [(letter.labels, plain.phrases(letter.text)) for letter in read_corpus(settings.corpus)]
    return Desk(data, tools.books, phrasing_of(settings, names), authored)


def _run(desk: Desk, words: int, seed: int) -> Caught:
    """Return (words, confirmed letters missed before, caught now, letters out of scope, raised of them) on the half left out."""
    mixed = np.random.default_rng(seed).permutation(len(desk.data.letters))
    decided, left = np.array_split(mixed, 2)
    found = [(one, category) for category in CATEGORIES for one in _mined(desk, decided.tolist(), category)]
    best = sorted(found, key=lambda pair: -pair[0].strength)[:words]
    taken: dict[str, Word] = {f"try-{place}": (category, one.words) for place, (one, category) in enumerate(best)}
    books = books_with(Settings().rules, desk.books, taken)
    cases = [(row, category) for row in left for category in desk.data.letters[row].labels]
    missed = [(row, category) for row, category in cases if category not in _counted(desk.data, row)]
    hits = {row: _hits(desk, books, row) for row in left}
    outside = [row for row in left if not desk.data.letters[row].in_scope]
    return (
        len(taken),
        len(missed),
        sum(category in hits[row] for row, category in missed),
        len(outside),
        sum(bool(hits[row]) for row in outside),
    )


def _mined(desk: Desk, rows: Sequence[int], category: Category) -> list[Mined]:
    letters = desk.data.letters
    missed = [row for row in rows if category in letters[row].labels and category not in _counted(desk.data, row)]
    outside = [row for row in rows if not letters[row].in_scope]
    authored = [phrases for labels, phrases in desk.authored if category not in labels]
    known = terms_of(desk.books, category)
    return mine(
        [_told(desk, row, category) for row in missed], [_told(desk, row) for row in outside], authored, known=known
    )


def _told(desk: Desk, row: int, category: Category | None = None) -> Told:
    document = desk.data.documents[row]
    within = [one.span for one in desk.data.quotes[row] if category and one.category is category]
    without = [Span(one.start, one.end) for one in document.entities if one.type not in PLAIN]
    return Told(row, desk.phrasing.phrases(document.text, within=within, without=without))


def _counted(data: Prepared, row: int) -> set[Category]:
    return {hit.category for hit in data.readings[row].hits if hit.counts}


def _hits(desk: Desk, books: RuleBooks, row: int) -> set[Category]:
    """Return the categories for which a tried rule counts in a letter."""
    hits = books.read(desk.data.documents[row]).hits
    return {hit.category for hit in hits if hit.rule.startswith("try-") and hit.counts}


if __name__ == "__main__":
    main()
