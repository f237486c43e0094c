"""Owns the cutting of a document into units: a sentence or a run of clauses that is judged on its own."""

import re
from dataclasses import dataclass

from xiansuo.domain.spans import Span
from xiansuo.domain.text import Document, Speaker

_PAUSE = re.compile(r"[，、：,:—]")


@dataclass(frozen=True, slots=True)
class Unit:
    """A stretch of a document. `span` is None for the subject line; `asked` marks an interviewer's words, which accuse nobody."""

    text: str
    span: Span | None
    asked: bool = False


def units(document: Document, *, longest: int) -> list[Unit]:
    """Return the subject and every sentence, long sentences cut at pauses into pieces of at least half of `longest`."""
    subject = [Unit(document.subject, None)] if document.subject.strip() else []
    asked = _asked(document)
    pieces = [piece for sentence in document.sentences for piece in _cut(document.text, sentence, longest)]
    return subject + [
        Unit(piece.of(document.text), piece, asked=any(piece.overlaps(turn) for turn in asked)) for piece in pieces
    ]


def _asked(document: Document) -> list[Span]:
    if document.interview is None:
        return []
    return [Span(turn.start, turn.end) for turn in document.interview.turns if turn.speaker is Speaker.INTERVIEWER]


def _cut(text: str, sentence: Span, longest: int) -> list[Span]:
    if sentence.end - sentence.start <= longest:
        return [sentence]
    pieces, start = [], sentence.start
    for pause in _PAUSE.finditer(text, sentence.start, sentence.end):
        if pause.end() - start >= longest // 2 and pause.end() < sentence.end:
            pieces.append(Span(start, pause.end()))
            start = pause.end()
    return [*pieces, Span(start, sentence.end)]
