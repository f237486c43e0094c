"""Documents made by hand."""

from pathlib import Path

from xiansuo.domain.letter import Kind
from xiansuo.domain.spans import Span
from xiansuo.domain.suggestion import Reading
from xiansuo.domain.text import Document, Interview
from xiansuo.text.offsets import Identity

HOME = Path(__file__).resolve().parents[2]
NOTHING_READ = Reading((), ())


def document(text: str, *, subject: str = "", interview: Interview | None = None) -> Document:
    sentences, start = [], 0
    for place, sign in enumerate(text):
        if sign in "。？！\n" or place == len(text) - 1:
            sentences.append(Span(start, place + 1))
            start = place + 1
    return Document(Kind.LETTER, subject, text, None, tuple(sentences), interview, (), Identity())
