"""Owns which clauses of a letter are shown as its allegations."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from xiansuo.domain.category import Category
from xiansuo.domain.spans import Span
from xiansuo.domain.suggestion import Allegation, Context, CueKind, ModelScores, Reading, Reason, RuleHit
from xiansuo.domain.text import Document, Speaker

_LEAST = 0.03
"""A clause below this probability is no conduct, however weak the letter's best clause is."""
_RELATIVE = 0.1
"""A clause below this share of its category's best one adds reading, not evidence."""
_GAP = 2
"""A clause mark and a blank between two clauses do not part them."""


@dataclass(frozen=True, slots=True)
class _Piece:
    category: Category
    span: Span
    probability: float
    hits: tuple[RuleHit, ...] = ()
    model: float | None = None


def find_allegations(
    document: Document,
    reading: Reading,
    scores: ModelScores,
    proposed: Mapping[Category, float],
    *,
    text_share: float = 0.45,
) -> tuple[Allegation, ...]:
    """Return the clauses of conduct for each proposed category, in text order, together at most `text_share` of the text.

    The best clause of every category is kept even where it alone is longer. In an interview record a span lies in an answer.
    """
    pieces = [piece for category in proposed for piece in _pieces(document, reading, scores, category)]
    chosen = _within_budget(pieces, int(text_share * len(document.text)))
    merged = [piece for category in proposed for piece in _merge(document.text, chosen, category)]
    found = [_allegation(document, reading, piece, proposed[piece.category]) for piece in merged]
    return tuple(sorted(found, key=lambda allegation: (allegation.span, allegation.category)))


def _pieces(document: Document, reading: Reading, scores: ModelScores, category: Category) -> list[_Piece]:
    hits = [hit for hit in reading.hits if hit.category is category]
    pieces = list(_rule_pieces(document, [hit for hit in hits if hit.counts]))
    pieces += _model_pieces(document, hits, scores, category)
    if not pieces:
        pieces = _last_resort(document, reading, scores, category)
    best = max((piece.probability for piece in pieces), default=0.0)
    floor = min(best, max(_LEAST, _RELATIVE * best))
    return [piece for piece in pieces if piece.probability >= floor]


def _rule_pieces(document: Document, hits: Sequence[RuleHit]) -> Iterator[_Piece]:
    for hit in hits:
        span = _spoken(document, hit.clause)
        if span:
            # An ordinary weight of 1 leaves it open, a strong one of 3 makes it likely.
            yield _Piece(hit.category, span, 1.0 / (1.0 + math.exp(1.0 - hit.weight)), (hit,))


def _model_pieces(
    document: Document, hits: Sequence[RuleHit], scores: ModelScores, category: Category
) -> Iterator[_Piece]:
    for clause, probabilities in scores.clauses:
        here = [hit for hit in hits if hit.span.overlaps(clause)]
        # A clause in which every hit is denied, asked or quoted is no accusation, whatever its words weigh.
        silenced = here and not any(hit.counts for hit in here)
        span = None if silenced else _spoken(document, clause)
        probability = probabilities.get(category, 0.0)
        if span and probability > 0:
            yield _Piece(category, span, probability, model=probability)


def _last_resort(document: Document, reading: Reading, scores: ModelScores, category: Category) -> list[_Piece]:
    """Take the sentence that holds most of the model's own reasons, so that a proposal always points somewhere."""
    silenced = [hit.span for hit in reading.hits if hit.category is category and not hit.counts]

    def share(sentence: Span) -> float:
        reasons = sum(weight for span, weight in scores.contributions if weight > 0 and span.overlaps(sentence))
        return reasons - sum(span.overlaps(sentence) for span in silenced)

    spoken = [span for sentence in document.sentences if (span := _spoken(document, sentence))]
    best = max(spoken, key=lambda span: (share(span), span.end - span.start, -span.start), default=None)
    return [_Piece(category, best, _LEAST, model=_LEAST)] if best else []


def _spoken(document: Document, span: Span) -> Span | None:
    """Move a span out of an interviewer's question, into the answer; None where there is no answer."""
    if document.interview is None:
        return _trim(document.text, span)
    turns = document.interview.turns
    asked = {index for index, turn in enumerate(turns) if turn.speaker is Speaker.INTERVIEWER}
    said = [Span(turn.start, turn.end) for index, turn in enumerate(turns) if index not in asked]
    overlaps = [_cut(span, turn) for turn in said if turn.overlaps(span)]
    if overlaps:
        return _trim(document.text, max(overlaps, key=lambda part: part.end - part.start))
    questions = {index for index in asked if Span(turns[index].start, turns[index].end).overlaps(span)}
    answers = [Span(turn.start, turn.end) for turn in turns if turn.answers in questions]
    return _opening(document, answers[0]) if answers else None


def _opening(document: Document, answer: Span) -> Span | None:
    """Return an answer's first sentence, the one that says yes or no to the question."""
    inside = [_cut(sentence, answer) for sentence in document.sentences if sentence.overlaps(answer)]
    return _trim(document.text, inside[0] if inside else answer)


def _cut(span: Span, within: Span) -> Span:
    return Span(max(span.start, within.start), min(span.end, within.end))


def _trim(text: str, span: Span) -> Span | None:
    part = text[span.start : span.end]
    start = span.start + len(part) - len(part.lstrip())
    end = span.start + len(part.rstrip())
    return Span(start, end) if start < end else None


def _within_budget(pieces: Sequence[_Piece], budget: int) -> list[_Piece]:
    """Keep each category's best piece, then the likeliest others while the letter's shown characters stay in budget."""
    ordered = sorted(pieces, key=lambda piece: (-piece.probability, piece.span, piece.category))
    first: dict[Category, _Piece] = {}
    for piece in ordered:
        first.setdefault(piece.category, piece)
    chosen = list(first.values())
    taken = set(chosen)
    shown = {position for piece in chosen for position in range(*piece.span)}
    for piece in ordered:
        new = set(range(*piece.span)) - shown
        if piece not in taken and len(shown) + len(new) <= budget:
            chosen.append(piece)
            taken.add(piece)
            shown |= new
    return chosen


def _merge(text: str, pieces: Sequence[_Piece], category: Category) -> list[_Piece]:
    merged: list[_Piece] = []
    for piece in sorted((piece for piece in pieces if piece.category is category), key=lambda piece: piece.span):
        if merged and _adjacent(text, merged[-1].span, piece.span):
            merged[-1] = _join(merged[-1], piece)
        else:
            merged.append(piece)
    return merged


def _adjacent(text: str, left: Span, right: Span) -> bool:
    between = text[left.end : right.start]
    return len(between) <= _GAP and "\n" not in between and not any(char.isalnum() for char in between)


def _join(left: _Piece, right: _Piece) -> _Piece:
    model = max((value for value in (left.model, right.model) if value is not None), default=None)
    span = Span(left.span.start, max(left.span.end, right.span.end))
    hits = left.hits + tuple(hit for hit in right.hits if hit not in left.hits)
    return _Piece(left.category, span, max(left.probability, right.probability), hits, model)


def _allegation(document: Document, reading: Reading, piece: _Piece, score: float) -> Allegation:
    heard = [cue.span for cue in reading.cues if cue.kind is CueKind.HEARSAY]
    sentences = [sentence for sentence in document.sentences if sentence.overlaps(piece.span)]
    hearsay = any(Context.HEARSAY in hit.contexts for hit in piece.hits) or any(
        span.overlaps(sentence) for span in heard for sentence in sentences
    )
    strongest = max(piece.hits, key=lambda hit: (hit.weight, -hit.span.start), default=None)
    return Allegation(
        category=piece.category,
        span=piece.span,
        probability=min(score, piece.probability),
        reasons=_reasons(piece),
        subtype=strongest.subtype if strongest else "",
        hearsay=hearsay,
    )


def _reasons(piece: _Piece) -> tuple[Reason, ...]:
    rules: dict[str, Reason] = {}
    for hit in sorted(piece.hits, key=lambda hit: -hit.weight):
        rules.setdefault(hit.rule, Reason(f"rule:{hit.rule}", hit.sentence, hit.span, hit.weight))
    if piece.model is None:
        return tuple(rules.values())
    sentence = f"模型认为这段文字与“{piece.category.chinese}”类来信的写法相近"
    return (*rules.values(), Reason("model", sentence, piece.span, piece.model))
