"""Owns how gold letters become what a model learns from: documents, readings, and quotes in the documents' coordinates."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from xiansuo.classifiers.corpus import GoldLetter, Quote
from xiansuo.domain.spans import Span
from xiansuo.domain.suggestion import Reading
from xiansuo.domain.text import Document
from xiansuo.rulebook.match import RuleBooks
from xiansuo.text.normalise import normalise

_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;\n]*")


@dataclass(frozen=True, slots=True)
class Prepared:
    """Gold letters with their documents, readings and quotes, row by row."""

    letters: tuple[GoldLetter, ...]
    documents: tuple[Document, ...]
    readings: tuple[Reading, ...]
    quotes: tuple[tuple[Quote, ...], ...]

    def take(self, rows: Sequence[int]) -> "Prepared":
        """Return the given rows only."""
        return Prepared(
            tuple(self.letters[row] for row in rows),
            tuple(self.documents[row] for row in rows),
            tuple(self.readings[row] for row in rows),
            tuple(self.quotes[row] for row in rows),
        )


def prepare(letters: Sequence[GoldLetter], books: RuleBooks) -> Prepared:
    """Return letters ready for training or measuring."""
    documents = tuple(_document(letter) for letter in letters)
    readings = tuple(books.read(document) for document in documents)
    quotes = tuple(moved_quotes(letter, document) for letter, document in zip(letters, documents, strict=True))
    return Prepared(tuple(letters), documents, readings, quotes)


def _document(letter: GoldLetter) -> Document:
    text = normalise(letter.text)
    sentences = tuple(Span(*found.span()) for found in _SENTENCE.finditer(text.text) if found.group().strip())
    return Document(
        letter.kind, normalise(letter.subject).text, text.text, letter.received, sentences, None, (), text.offsets
    )


def moved_quotes(letter: GoldLetter, document: Document) -> tuple[Quote, ...]:
    """Return the quotes of a letter as spans of its document; a quote that the document does not hold is left out."""
    if not letter.quotes:
        return ()
    sources = [document.offsets.span(place, place + 1) for place in range(len(document.text))]
    moved = []
    for quote in letter.quotes:
        places = [place for place, source in enumerate(sources) if source.overlaps(quote.span)]
        if places:
            moved.append(Quote(quote.category, Span(places[0], places[-1] + 1)))
    return tuple(moved)
