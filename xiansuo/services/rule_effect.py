"""Tries rules that nobody has written yet on the stored letters: which clues they would newly raise. Nothing is written."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from xiansuo.domain.category import Category
from xiansuo.domain.suggestion import Reading, Suggestion
from xiansuo.domain.text import Document
from xiansuo.rulebook.compile import compile_books
from xiansuo.rulebook.load import CONTEXT_FILE, load_context
from xiansuo.rulebook.match import RuleBooks
from xiansuo.rulebook.schema import Book, Pattern, Rule
from xiansuo.services.analysis import Analyser
from xiansuo.services.office import Office
from xiansuo.services.rule_preview import stored_documents
from xiansuo.storage.repositories import clues, samples
from xiansuo.storage.session import reading
from xiansuo.triage.suggest import suggest

WEIGHT = 1.0
"""What a proposed rule counts: it stands on single words, which alone should not decide."""

Word = tuple[Category, str]


def raised_by(office: Office, analyser: Analyser, words: Sequence[Word]) -> Mapping[Word, tuple[int, ...]]:
    """Return for each word the ids of the clues for which its category would newly be proposed if a rule said just that word.

    Clues of the random sample are left out: nothing that is learned or written may look at them.
    """
    if not words:
        return {}
    rules = {f"try-{place}": word for place, word in enumerate(words)}
    books = books_with(office.settings.rules, analyser.books, rules)
    found: dict[Word, set[int]] = defaultdict(set)
    for batch in stored_documents(office):
        holding = [(one.id, document) for one, document in batch if any(word in document.text for _, word in words)]
        for letter, rule in _raised(analyser, books, holding):
            found[rules[rule]].add(letter)
    place = _clues_of(office, {letter for letters in found.values() for letter in letters})
    return {word: tuple(sorted({place[letter] for letter in found[word] if letter in place})) for word in words}


def books_with(folder: Path, books: RuleBooks, rules: Mapping[str, Word]) -> RuleBooks:
    """Return the rule books of a folder with rules (by id) that say just one word each."""
    context, _ = load_context(folder / CONTEXT_FILE)
    more = [_rule(id_, category, word) for id_, (category, word) in rules.items()]
    added = tuple(
        Book(book.category, (*book.rules, *(rule for rule in more if rule.category is book.category)))
        for book in books.compiled.books
    )
    return RuleBooks(compile_books(added, context), books.destinations, books.version)


def _rule(id_: str, category: Category, word: str) -> Rule:
    return Rule(id_, category, "", word, WEIGHT, (Pattern((frozenset({word}),)),), (), ())


def _raised(analyser: Analyser, books: RuleBooks, letters: Sequence[tuple[int, Document]]) -> list[tuple[int, str]]:
    """Return (letter, rule) where a tried rule counts and its category is newly proposed."""
    documents = [document for _, document in letters]
    before = [analyser.books.read(document) for document in documents]
    after = [books.read(document) for document in documents]
    old, new = _suggested(analyser, documents, before), _suggested(analyser, documents, after)
    return [
        (letter, hit.rule)
        for (letter, _), one, was, now in zip(letters, after, old, new, strict=True)
        for hit in one.hits
        if hit.rule.startswith("try-") and hit.counts and hit.category in set(now.labels) - set(was.labels)
    ]


def _suggested(analyser: Analyser, documents: Sequence[Document], readings: Sequence[Reading]) -> list[Suggestion]:
    trained = analyser.trained
    scores = trained.model.score(documents, readings) if documents else []
    rows = zip(documents, readings, scores, strict=True)
    return [suggest(document, one, score, thresholds=trained.thresholds) for document, one, score in rows]


def _clues_of(office: Office, letter_ids: set[int]) -> dict[int, int]:
    with reading(office.engine) as session:
        places, drawn = clues.of_letters(session, letter_ids), samples.ids(session)
    found = {letter: one.clue_id for letter, listed in places.items() for one in listed if one.main}
    return {letter: clue for letter, clue in found.items() if clue not in drawn}
