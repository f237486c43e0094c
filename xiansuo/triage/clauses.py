"""Owns how likely each clause of a letter tells conduct: the model's word on its sentence, rule hits, and what stands in the clause."""

import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from xiansuo.domain.category import CATEGORIES, Category
from xiansuo.domain.spans import Span
from xiansuo.domain.suggestion import SILENCING, Context, ModelScores, Reading, RuleHit
from xiansuo.domain.text import Document, EntityType, Speaker, Turn
from xiansuo.text.sentences import split_clauses
from xiansuo.triage.stretches import Stretches

_SHORTEST = 7
"""A clause with fewer characters says too little alone and is joined to the next."""
_UNKNOWN = 1e-4
"""The probability of a clause about which the model says nothing."""

# Chosen on the training part of the authored letters (tools/measure_allegations.py); real messages were only measured.
_RULE = 0.6
_SUM, _COUNT, _PERSON = 1.0, 0.7, 0.5
_LENGTH = 0.3
_OPENING, _OPENING_SHARE = -1.5, 0.1
_WISH, _QUESTION, _COURTESY, _UNDER = -1.5, -1.0, -4.0, -3.0
_HEARD = -4.0
"""The log-odds below which no model may hold down a rule hit."""
_NOTHING = re.compile(
    r"(?:这个|我)?(?:从来|确实|真的|也)?(?:没有?|不是|不知道|不清楚|不晓得|没听说)(?:过|的|了|啊|吧)?[，。！；\s]*"
)
"""An answer that says no more than no."""
_DENYING = frozenset({Context.NEGATED, Context.DENIED})
_COURTESIES = re.compile("谢谢|感谢|此致|敬礼|[您你]们?好|尊敬的|祝[您愿工身全]|健康|盼复|敬请")
_WISHES = re.compile("请求|希望|恳请|恳求|要求|建议|请问|盼望")


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause that may tell conduct; `weight` orders the clauses of one letter.

    `model` holds the model's probabilities for its sentence, `weights` the log-odds per category with the rules' word, `hits` the rule hits in it
    that count. `doubtful` says that words in its sentence are denied, or that it is asked or quoted.
    """

    span: Span
    weight: float
    model: Mapping[Category, float]
    weights: Mapping[Category, float]
    hits: tuple[RuleHit, ...] = ()
    doubtful: bool = False


def clauses(document: Document, reading: Reading, scores: ModelScores) -> list[Clause]:
    """Return the clauses of a letter in text order.

    Left out are questions in an interview and clauses in which every hit is denied, asked or quoted: they accuse nobody, whatever their words
    weigh. Where nothing else is left they stay, so that a proposal always points somewhere.
    """
    judged = scores.clauses or tuple((sentence, {}) for sentence in document.sentences)
    look = _Look.of(document, reading)
    found = []
    for unit, model in judged:
        weights = {category: _log_odds(model.get(category, 0.0)) for category in CATEGORIES}
        said = spoken(document, unit, asked=False)
        doubtful = look.denied.touch(unit)
        likely = _log_odds(1.0 - math.prod(1.0 - probability for probability in model.values()))
        for span in _parts(document.text, said) if said else ():
            hits, quoted = look.hits(span), look.quoted(span)
            weight = look.weigh(span, likely, hits, quoted=quoted)
            found.append(Clause(span, weight, model, _with_rules(weights, hits), hits, doubtful or quoted))
    return [clause for clause in found if clause.hits or not look.silent(clause.span)] or found


def _with_rules(weights: Mapping[Category, float], hits: Sequence[RuleHit]) -> Mapping[Category, float]:
    if not hits:
        return weights
    strongest: dict[Category, float] = {}
    for hit in hits:
        strongest[hit.category] = max(hit.weight, strongest.get(hit.category, 0.0))
    return {**weights, **{category: weights[category] + _RULE * weight for category, weight in strongest.items()}}


def spoken(document: Document, span: Span, *, asked: bool = True) -> Span | None:
    """Move a span out of an interviewer's question, into the answer; None where there is no answer.

    Without `asked`, a span that lies in a question alone is None.
    """
    if document.interview is None:
        return _trim(document.text, span)
    turns = document.interview.turns
    touched = _touched(turns, span)
    overlaps = [_cut(span, Span(one.start, one.end)) for _, one in touched if one.speaker is not Speaker.INTERVIEWER]
    if overlaps:
        return _trim(document.text, max(overlaps, key=lambda part: part.end - part.start))
    answers = (_answer(turns, at) for at, _ in touched) if asked else ()
    answer = next(filter(None, answers), None)
    return _opening(document, Span(answer.start, answer.end)) if answer else None


def _touched(turns: Sequence[Turn], span: Span) -> list[tuple[int, Turn]]:
    """Return the turns that share a character with a span, and their numbers; turns stand in text order."""
    first = bisect_right(turns, span.start, key=lambda turn: turn.end)
    last = bisect_left(turns, span.end, key=lambda turn: turn.start)
    return [(at, turns[at]) for at in range(first, last)]


def _answer(turns: Sequence[Turn], question: int) -> Turn | None:
    """Return the first answer to a question; it stands before the next question."""
    for at in range(question + 1, len(turns)):
        if turns[at].speaker is Speaker.INTERVIEWER:
            return None
        if turns[at].answers == question:
            return turns[at]
    return None


@dataclass(frozen=True, slots=True)
class _Look:
    """What of a document the weight of a clause depends on."""

    text: str
    sums: Stretches
    counts: Stretches
    people: Stretches
    counted: tuple[tuple[Span, RuleHit], ...]
    heard: Stretches
    silenced: Stretches
    denied: Stretches
    under: Stretches

    @classmethod
    def of(cls, document: Document, reading: Reading) -> "_Look":
        """Find the places of sums, counts, people and hits; what an answer admits or denies stands in the answer."""
        kinds = (EntityType.MONEY, EntityType.COUNT, EntityType.RESPONDENT)
        sums, counts, people = (Stretches.of(one.span for one in document.of_type(kind)) for kind in kinds)
        homes = [(home, hit) for hit in reading.hits if (home := spoken(document, hit.span))]
        counted = tuple((home, hit) for home, hit in homes if hit.counts)
        heard = Stretches.of(home for home, _ in counted)
        silenced = Stretches.of(home for home, hit in homes if not hit.counts)
        denied = Stretches.of(home for home, hit in homes if hit.contexts & _DENYING)
        under = Stretches.of(span for span, contexts in reading.scopes if contexts & SILENCING)
        return cls(document.text, sums, counts, people, counted, heard, silenced, denied, under)

    def hits(self, span: Span) -> tuple[RuleHit, ...]:
        """Return the rule hits of a clause that count."""
        return tuple(hit for home, hit in self.counted if home.overlaps(span)) if self.heard.touch(span) else ()

    def silent(self, span: Span) -> bool:
        """Tell whether a clause without hits that count accuses nobody."""
        return self.silenced.touch(span) or bool(_NOTHING.fullmatch(span.of(self.text)))

    def quoted(self, span: Span) -> bool:
        """Tell whether a clause stands under a context in which nothing is accused: a question, a policy, a slogan."""
        return self.under.touch(_middle(span))

    def weigh(self, span: Span, likely: float, hits: Sequence[RuleHit], *, quoted: bool) -> float:
        """Return how likely the clause tells conduct, against the other clauses of the letter; `likely` are the model's log-odds for its sentence."""
        words, weight = span.of(self.text), likely
        if hits:
            weight = max(weight, _HEARD) + _RULE * max(hit.weight for hit in hits)
        weight += _LENGTH * math.log(len(words))
        weight += _SUM * self.sums.touch(span) + _COUNT * self.counts.touch(span) + _PERSON * self.people.touch(span)
        weight += _OPENING * (span.start < _OPENING_SHARE * len(self.text))
        weight += _UNDER * (not hits and quoted)
        weight += _COURTESY * bool(_COURTESIES.search(words))
        return weight + _WISH * bool(_WISHES.search(words)) + _QUESTION * words.rstrip("”」").endswith(("？", "?"))


def _parts(text: str, span: Span) -> Iterator[Span]:
    start = span.start
    pieces = split_clauses(text, span)
    for number, piece in enumerate(pieces, 1):
        left = span.end - piece.end
        if number == len(pieces) or (piece.end - start >= _SHORTEST and left >= _SHORTEST):
            yield Span(start, piece.end)
            start = pieces[number].start if number < len(pieces) else piece.end


def _opening(document: Document, answer: Span) -> Span | None:
    """Return an answer's first sentence, the one that says yes or no to the question."""
    inside = [_cut(sentence, answer) for sentence in document.sentences if sentence.overlaps(answer)]
    return _trim(document.text, inside[0] if inside else answer)


def _middle(span: Span) -> Span:
    middle = (span.start + span.end) // 2
    return Span(middle, middle + 1)


def _cut(span: Span, within: Span) -> Span:
    return Span(max(span.start, within.start), min(span.end, within.end))


def _trim(text: str, span: Span) -> Span | None:
    part = text[span.start : span.end]
    start = span.start + len(part) - len(part.lstrip())
    end = span.start + len(part.rstrip())
    return Span(start, end) if start < end else None


def _log_odds(probability: float) -> float:
    inside = min(max(probability, _UNKNOWN), 1 - _UNKNOWN)
    return math.log(inside / (1 - inside))
