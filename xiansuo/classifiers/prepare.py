"""Owns how gold letters become what a model learns from: masked documents, readings, and quotes in the documents' coordinates."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from xiansuo.classifiers.corpus import GoldLetter, Quote, read_corpus
from xiansuo.classifiers.predict import Model
from xiansuo.classifiers.recipe import Recipe
from xiansuo.classifiers.threads import one_thread
from xiansuo.classifiers.train import train
from xiansuo.domain.letter import Channel, Item, Letter
from xiansuo.domain.register import OrganisationRegister
from xiansuo.domain.spans import Span
from xiansuo.domain.suggestion import Reading
from xiansuo.domain.text import Document, Masked
from xiansuo.rulebook.load import load_rule_books
from xiansuo.rulebook.match import RuleBooks
from xiansuo.text.entities import EntityFinder
from xiansuo.text.lexicon import Lexicons
from xiansuo.text.mask import to_clear
from xiansuo.text.prepare import Protected, document, masked_entities, protect


@dataclass(frozen=True, slots=True)
class Tools:
    """What letters are prepared with."""

    finder: EntityFinder
    books: RuleBooks


@dataclass(frozen=True, slots=True)
class Prepared:
    """Gold letters with their documents, readings, quotes and masked forms, row by row."""

    letters: tuple[GoldLetter, ...]
    documents: tuple[Document, ...]
    readings: tuple[Reading, ...]
    quotes: tuple[tuple[Quote, ...], ...]
    protected: tuple[Protected, ...] = field(default=(), repr=False)

    def take(self, rows: Iterable[int]) -> "Prepared":
        """Return the given rows only."""
        kept = list(rows)
        return Prepared(
            tuple(self.letters[row] for row in kept),
            tuple(self.documents[row] for row in kept),
            tuple(self.readings[row] for row in kept),
            tuple(self.quotes[row] for row in kept),
            tuple(self.protected[row] for row in kept) if self.protected else (),
        )

    def joined(self, other: "Prepared") -> "Prepared":
        """Return these letters followed by others."""
        return Prepared(
            self.letters + other.letters,
            self.documents + other.documents,
            self.readings + other.readings,
            self.quotes + other.quotes,
            self.protected + other.protected,
        )


def load_tools(home: Path, register: OrganisationRegister | None = None) -> Tools:
    """Load lexicons and rule books from the content folders."""
    return Tools(EntityFinder(Lexicons.load(home / "data" / "lexicons"), register), load_rule_books(home / "rules"))


def prepare(letters: Sequence[GoldLetter], tools: Tools) -> Prepared:
    """Mask, read and cut letters exactly as incoming ones."""
    rows = [_prepare(letter, tools) for letter in letters]
    return Prepared(
        tuple(letters),
        tuple(made for _, made, _, _ in rows),
        tuple(reading for _, _, reading, _ in rows),
        tuple(quotes for _, _, _, quotes in rows),
        tuple(protected for protected, _, _, _ in rows),
    )


def fit(data: Prepared, recipe: Recipe) -> Model:
    """Train on prepared letters."""
    with one_thread():
        return train(data.letters, recipe=recipe, documents=data.documents, readings=data.readings, quotes=data.quotes)


def fit_home(home: Path, recipe: Recipe) -> Model:
    """Train on the whole corpus of the content folders."""
    return fit(prepare(read_corpus(home / "data" / "corpus"), load_tools(home)), recipe)


def _prepare(letter: GoldLetter, tools: Tools) -> tuple[Protected, Document, Reading, tuple[Quote, ...]]:
    item = Item("corpus", letter.id, b"", "text/plain", Channel.POST)
    protected = protect(Letter(item, letter.text, letter.subject, letter.kind, letter.received), tools.finder)
    made = document(
        protected.subject.text,
        protected.text.text,
        kind=protected.kind,
        received=letter.received,
        entities=masked_entities(protected),
    )
    return protected, made, tools.books.read(made), moved_quotes(letter.quotes, made, protected.text)


def moved_quotes(quotes: Sequence[Quote], made: Document, masked: Masked) -> tuple[Quote, ...]:
    """Return quotes of the clear text as spans of the document; a quote that the document does not hold is left out."""
    if not quotes:
        return ()
    sources = [to_clear(masked, made.offsets.span(place, place + 1)) for place in range(len(made.text))]
    moved = []
    for quote in quotes:
        places = [place for place, source in enumerate(sources) if source.overlaps(quote.span)]
        if places:
            moved.append(Quote(quote.category, Span(places[0], places[-1] + 1)))
    return tuple(moved)
