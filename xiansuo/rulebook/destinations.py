"""Reads rules/out_of_scope.yaml and says where a letter outside the six categories could be sent on to; a person decides."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from pathlib import Path

from ahocorasick_rs import AhoCorasick

from xiansuo.domain.spans import Span
from xiansuo.domain.suggestion import Referral
from xiansuo.domain.text import Document
from xiansuo.rulebook import fields
from xiansuo.rulebook.fields import Groups, Place
from xiansuo.text.variants import canonical

OUT_OF_SCOPE_FILE = "out_of_scope.yaml"
_DESTINATION_FIELDS = ("id", "name", "to", "signs")
_SIGN_FIELDS = ("id", "sentence", "weight", "any", "all", "unless", "match", "reject")
_EXAMPLES = 2
_HEAVIEST = 5.0
_IN_SUBJECT = 2.0
"""A letter's own title says what it wants more surely than a sentence of it."""


@dataclass(frozen=True, slots=True)
class Sign:
    """Words of which one of every slot stands in a sentence, and none of `unless`; `sentence` says what they show."""

    id: str
    sentence: str
    weight: float
    slots: tuple[frozenset[str], ...]
    unless: frozenset[str]
    match: tuple[str, ...]
    reject: tuple[str, ...]


@dataclass(frozen=True)
class Destination:
    """A kind of letter outside the six categories, and where it could be sent on to."""

    code: str
    name: str
    to: str
    signs: tuple[Sign, ...]

    @cached_property
    def firsts(self) -> frozenset[str]:
        """The words of every sign's first slot; a letter without any of them shows no sign."""
        return frozenset().union(*(sign.slots[0] for sign in self.signs))


@dataclass(frozen=True, slots=True)
class Destinations:
    """All destinations with their words compiled."""

    listed: tuple[Destination, ...]
    terms: tuple[str, ...]
    automaton: AhoCorasick

    @property
    def signs(self) -> tuple[Sign, ...]:
        """All signs, in file order."""
        return tuple(sign for destination in self.listed for sign in destination.signs)

    def refer(self, document: Document) -> Referral | None:
        """Return the destination with the weightiest signs, the first one listed among equals; None where there are none."""
        sentences = self._sentences(document)
        # Few signs have their words anywhere in a letter, so most need no look at its sentences one by one.
        words = frozenset().union(*(sentence.words for sentence in sentences))
        possible = [one for one in self.listed if not words.isdisjoint(one.firsts)]
        found = [_referral(destination, sentences, words) for destination in possible]
        return max((one for one in found if one.weight > 0), key=lambda one: one.weight, default=None)

    def shown(self, text: str) -> frozenset[str]:
        """Return the ids of the signs of one sentence."""
        words = frozenset(
            self.terms[term] for term, _, _ in self.automaton.find_matches_as_indexes(text, overlapping=True)
        )
        return frozenset(sign.id for sign in self.signs if _shows(sign, words))

    def _sentences(self, document: Document) -> list["_Sentence"]:
        """Return the known words of the subject (span None) and of every sentence."""
        stretches = [(document.subject, None), *((span.of(document.text), span) for span in document.sentences)]
        starts = [0, *accumulate(len(text) + 1 for text, _ in stretches)]
        words: list[set[str]] = [set() for _ in stretches]
        joined = canonical("\n".join(text for text, _ in stretches))
        for term, start, _ in self.automaton.find_matches_as_indexes(joined, overlapping=True):
            words[bisect_right(starts, start) - 1].add(self.terms[term])
        # A sentence without known words shows nothing.
        return [_Sentence(frozenset(found), span) for found, (_, span) in zip(words, stretches, strict=True) if found]


@dataclass(frozen=True, slots=True)
class _Sentence:
    words: frozenset[str]
    span: Span | None


def _shows(sign: Sign, words: frozenset[str]) -> bool:
    return not any(words.isdisjoint(slot) for slot in sign.slots) and words.isdisjoint(sign.unless)


def _referral(destination: Destination, sentences: Sequence[_Sentence], words: frozenset[str]) -> Referral:
    weight, spans, reasons = 0.0, list[Span](), list[str]()
    for sign in destination.signs:
        if any(words.isdisjoint(slot) for slot in sign.slots):
            continue
        showing = [sentence for sentence in sentences if _shows(sign, sentence.words)]
        if showing:
            weight += sign.weight * (_IN_SUBJECT if any(one.span is None for one in showing) else 1.0)
            reasons.append(sign.sentence)
            spans += [one.span for one in showing if one.span is not None]
    return Referral(destination.code, destination.name, destination.to, tuple(reasons), tuple(spans), weight)


def load_destinations(path: Path) -> Destinations:
    """Load the destinations; raises RuleBookError, and then nothing is loaded."""
    raw, place = fields.read_yaml(path), Place(path.name)
    fields.known(raw, ("groups", "destinations"), place)
    words = fields.groups(raw.get("groups"), place)
    sections = [
        fields.section(entry, "destinations", place)
        for entry in fields.entries(raw.get("destinations"), "destinations", place)
    ]
    listed = tuple(_destination(section, words, place) for section in sections)
    _refuse_duplicates(listed, place)
    terms = sorted({term for one in listed for sign in one.signs for term in _terms(sign)})
    return Destinations(listed, tuple(terms), AhoCorasick(terms))


def failing_examples(book: Destinations) -> Iterator[tuple[Sign, str, bool]]:
    """Yield every example that does not do what its sign says, and whether it should match."""
    for sign in book.signs:
        for text, wanted in [(text, True) for text in sign.match] + [(text, False) for text in sign.reject]:
            if (sign.id in book.shown(text)) is not wanted:
                yield sign, text, wanted


def _terms(sign: Sign) -> Iterable[str]:
    return frozenset().union(*sign.slots, sign.unless)


def _destination(raw: Mapping[str, object], words: Groups, place: Place) -> Destination:
    code = fields.sentence(raw, "id", place)
    here = Place(place.file, code)
    fields.known(raw, _DESTINATION_FIELDS, here)
    signs = [fields.section(entry, "signs", here) for entry in fields.entries(raw.get("signs"), "signs", here)]
    if not signs:
        raise here.error("signs", raw.get("signs"), "至少一条迹象")
    return Destination(
        code,
        fields.sentence(raw, "name", here),
        fields.sentence(raw, "to", here),
        tuple(_sign(sign, words, place) for sign in signs),
    )


def _sign(raw: Mapping[str, object], words: Groups, place: Place) -> Sign:
    name = fields.identifier(raw, place)
    here = Place(place.file, name)
    fields.known(raw, _SIGN_FIELDS, here)
    single = fields.words(raw.get("any"), "any", here)
    listed = [single] if single else [_slot(entry, here) for entry in fields.entries(raw.get("all"), "all", here)]
    slots = tuple(words.expand(slot, "any/all", here) for slot in listed)
    if not slots or not all(slots):
        raise here.error("any/all", None, "写有 any 或 all 的词")
    examples = {kind: fields.words(raw.get(kind), kind, here) for kind in ("match", "reject")}
    for kind, texts in examples.items():
        if len(texts) < _EXAMPLES:
            raise here.error(kind, f"{len(texts)} 个例子", f"至少 {_EXAMPLES} 个例子")
    return Sign(
        id=name,
        sentence=fields.sentence(raw, "sentence", here),
        weight=fields.number(raw.get("weight"), "weight", here, (0.1, _HEAVIEST)),
        slots=slots,
        unless=words.expand(fields.words(raw.get("unless"), "unless", here), "unless", here),
        **examples,
    )


def _slot(entry: object, place: Place) -> tuple[str, ...]:
    return (entry,) if isinstance(entry, str) else fields.words(entry, "all", place)


def _refuse_duplicates(listed: Sequence[Destination], place: Place) -> None:
    seen: set[str] = set()
    for name in [one.code for one in listed] + [sign.id for one in listed for sign in one.signs]:
        if name in seen:
            raise place.error("id", name, "没有用过的名字")
        seen.add(name)
