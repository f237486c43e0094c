"""Documents made by hand, and training on prepared letters."""

from pathlib import Path

from xiansuo.classifiers.predict import Model
from xiansuo.classifiers.prepare import Prepared
from xiansuo.classifiers.recipe import Recipe
from xiansuo.classifiers.train import train
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


def fit(data: Prepared, recipe: Recipe) -> Model:
    return train(data.letters, recipe=recipe, documents=data.documents, readings=data.readings, quotes=data.quotes)
