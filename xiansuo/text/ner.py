"""Owns the trained tagger of persons, bodies and places: spaCy's `ner` over our own words and what the lexicons say of their signs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Any, TypeAlias

from xiansuo.domain.spans import Span
from xiansuo.domain.text import Document, Entity, EntityType
from xiansuo.text.lexicon import Lexicons
from xiansuo.text.segment import Segmenter

PERSON, ORG, PLACE = "PERSON", "ORG", "PLACE"
Language: TypeAlias = Any
"""spaCy's pipeline; spaCy brings no types that strict checking accepts."""

_TYPES: Mapping[str, EntityType] = {ORG: EntityType.ORG, PLACE: EntityType.PLACE}
_HAN_FIRST, _HAN_LAST = "\u3400", "\u9fff"
_LEAST = 2
# Ends that tell a person's post or a part of speech, not a body or place.
_NO_ENDS = ("长", "任", "记", "员", "师", "板", "乎", "我", "他", "的", "了", "远", "装", "票")


@dataclass(frozen=True, slots=True)
class Network:
    """The size of the net: `width` numbers a word, `depth` words to either side, `rows` of each hashed table."""

    width: int
    depth: int
    rows: int


class Words:
    """spaCy's tokenizer: our segmenter's words, each marked by whether its signs begin or make up personal names.

    The marks carry over to names never seen, which the words themselves do not.
    """

    def __init__(self, segmenter: Segmenter, lexicons: Lexicons) -> None:
        self._segmenter = segmenter
        self._single, self._double = lexicons.surnames, lexicons.compound_surnames
        self._common, self._rare = lexicons.given
        self._doc = import_module("spacy.tokens").Doc
        self._mark = lru_cache(maxsize=50_000)(self._marked)
        self.vocab: Any = None

    def __call__(self, text: str) -> Any:
        """Return the words of a text as spaCy's document."""
        words = self._segmenter.words(text)
        doc = self._doc(self.vocab, words=words, spaces=[False] * len(words))
        for token, word in zip(doc, words, strict=True):
            token.tag_ = self._mark(word)
        return doc

    def _marked(self, word: str) -> str:
        if not _HAN_FIRST <= word[0] <= _HAN_LAST:
            return "digit" if word[0].isdigit() else "other"
        surname = "D" if word in self._double else "S" if word[0] in self._single else "-"
        return surname + "".join("A" if c in self._common else "B" if c in self._rare else "-" for c in word[:3])


def pipeline(words: Words, network: Network) -> Language:
    """Return an untrained pipeline."""
    nlp = import_module("spacy").blank("zh")
    words.vocab = nlp.vocab
    nlp.tokenizer = words
    nlp.add_pipe("ner", config={"model": _model(network)})
    return nlp


def _model(network: Network) -> dict[str, object]:
    rows = network.rows
    embed = {
        "@architectures": "spacy.MultiHashEmbed.v2",
        "width": network.width,
        "attrs": ["NORM", "PREFIX", "SUFFIX", "TAG"],
        "rows": [rows, rows, rows, 500],
        "include_static_vectors": False,
    }
    encode = {
        "@architectures": "spacy.MaxoutWindowEncoder.v2",
        "width": network.width,
        "depth": network.depth,
        "window_size": 1,
        "maxout_pieces": 3,
    }
    return {
        "@architectures": "spacy.TransitionBasedParser.v2",
        "state_type": "ner",
        "extra_state_tokens": False,
        "hidden_width": network.width,
        "maxout_pieces": 2,
        "use_upper": True,
        "tok2vec": {"@architectures": "spacy.Tok2Vec.v2", "embed": embed, "encode": encode},
    }


class Tagger:
    """Finds bodies and places by what the corpus taught; persons are told apart but not returned, the rules know their side."""

    def __init__(self, nlp: Language) -> None:
        self._nlp = nlp

    def find(self, text: str, sentences: Sequence[Span]) -> list[Entity]:
        """Return what is found in the sentences of a text, in order."""
        return [
            Entity(_TYPES[label], span.start, span.end, span.of(text))
            for label, span in self.named(text, sentences)
            if label in _TYPES and _may_be_name(span.of(text))
        ]

    def named(self, text: str, sentences: Sequence[Span]) -> Iterator[tuple[str, Span]]:
        """Yield every label and place, persons included, as the net gives them."""
        for sentence, doc in zip(sentences, self._nlp.pipe([span.of(text) for span in sentences]), strict=True):
            for one in doc.ents:
                yield one.label_, Span(sentence.start + one.start_char, sentence.start + one.end_char)

    def add(self, document: Document) -> tuple[Entity, ...]:
        """Return what is found in a document beside its entities: rules go first, and nothing overlaps what they found."""
        kept = [one.span for one in document.entities if one.type not in {EntityType.POSITION, EntityType.BENEFIT}]
        found = self.find(document.text, document.sentences)
        return tuple(one for one in found if not any(one.span.overlaps(span) for span in kept))


def _may_be_name(written: str) -> bool:
    return len(written) >= _LEAST and not written.endswith(_NO_ENDS) and _HAN_FIRST <= written[-1] <= _HAN_LAST


def merged(entities: Iterable[Entity], more: Iterable[Entity]) -> tuple[Entity, ...]:
    """Return both in order of their places."""
    return tuple(sorted([*entities, *more], key=lambda one: (one.start, one.end)))
