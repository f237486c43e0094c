"""Trains the tagger of names from marked sentences: the same recipe and sentences give the same net."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from xiansuo.domain.spans import Span
from xiansuo.text.lexicon import Lexicons
from xiansuo.text.ner import Language, Network, Words, pipeline
from xiansuo.text.ner_examples import Passage, Renamer

_RATE = 0.001
_FIRST_BATCH, _LAST_BATCH, _GROWTH = 8.0, 64.0, 1.003


@dataclass(frozen=True, slots=True)
class Recipe:
    """What training depends on beside the letters and word lists; of passages without names the share `plain_passages` is used."""

    name: str
    seed: int
    epochs: int
    dropout: float
    plain_passages: float
    network: Network


def train(letters: Sequence[Sequence[Passage]], recipe: Recipe, *, words: Words, lexicons: Lexicons) -> Language:
    """Return a trained pipeline. `letters` hold the passages of one letter each."""
    util, training = import_module("spacy.util"), import_module("spacy.training")
    util.fix_random_seed(recipe.seed)
    chance = random.Random(recipe.seed)  # noqa: S311 - shuffling, no secret
    nlp = pipeline(words, recipe.network)
    renamer = Renamer(lexicons, chance)

    def examples() -> list[Any]:
        told = [passage for letter in letters for passage in renamer.rename(letter)]
        kept = [one for one in told if one.named or one.unsure or chance.random() < recipe.plain_passages]
        chance.shuffle(kept)
        return [_example(nlp, training.Example, passage) for passage in kept]

    first = examples()
    nlp.initialize(lambda: first)
    optimizer = import_module("thinc.api").Adam(_RATE, L2=0.01, L2_is_weight_decay=True, use_averages=True)
    for epoch in range(recipe.epochs):
        sizes = util.compounding(_FIRST_BATCH, _LAST_BATCH, _GROWTH)
        for batch in util.minibatch(first if epoch == 0 else examples(), size=sizes):
            nlp.update(batch, drop=recipe.dropout, sgd=optimizer)
    # The mean of the weights over all steps errs less than the last ones.
    averages = optimizer.averages
    for node in nlp.get_pipe("ner").model.walk():
        for name in node.param_names:
            if node.has_param(name) and (node.id, name) in averages:
                node.set_param(name, averages[node.id, name])
    return nlp


def _example(nlp: Language, kind: Any, passage: Passage) -> Any:
    said, truth = nlp.make_doc(passage.text), nlp.make_doc(passage.text)
    sure = [(truth.char_span(*span, label=label), span) for span, label in passage.named]
    named = [span for span, _ in sure if span is not None]
    # A name that the segmenter cut through is neither right nor wrong.
    torn = [place for span, place in sure if span is None]
    truth.set_ents(named, missing=_free(truth, [*torn, *passage.unsure], named), default="outside")
    return kind(said, truth)


def _free(doc: Any, places: Iterable[Span], named: Iterable[Any]) -> list[Any]:
    taken = {index for span in named for index in range(span.start, span.end)}
    free = []
    for place in places:
        span = doc.char_span(*place, alignment_mode="expand")
        if span is not None and taken.isdisjoint(range(span.start, span.end)):
            taken.update(range(span.start, span.end))
            free.append(span)
    return free
