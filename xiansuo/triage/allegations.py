"""Owns which clauses of a letter are shown as its allegations, and of which categories."""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from xiansuo.domain.category import CATEGORIES, Category
from xiansuo.domain.spans import Span
from xiansuo.domain.suggestion import Allegation, Context, CueKind, ModelScores, Particular, Reading, Reason, RuleHit
from xiansuo.domain.text import Document
from xiansuo.triage.checklist import missing, present
from xiansuo.triage.clauses import Clause, clauses
from xiansuo.triage.particulars import Particulars
from xiansuo.triage.stretches import Stretches

_BEHIND = 2.5
"""A clause speaks of a proposed category when its log-odds are at most this far behind the best proposed one."""
_AHEAD = 1.0
"""A clause speaks of a category that is not proposed when its log-odds are this far ahead of every proposed one."""
_FLOOR = 9.0
"""A clause whose weight is further behind the letter's best one adds reading, not evidence."""
_GAP = 2
"""A clause mark and a blank between two clauses do not part them."""
_MASK = re.compile("〔[^〕]*〕")
_SIGNING = re.compile(
    "(?:反映|举报|投诉|信访|来信|检举|控告|联系|具名)人|联系电话|联系方式|电话|手机|住址|地址|身份证号码?|此致|敬礼"
)
_LETTERS = re.compile(r"[^\W\d_年月日]")


def tells(words: str) -> bool:
    """Tell whether words say anything beside placeholders, dates and what stands before a signature."""
    return bool(_LETTERS.search(_SIGNING.sub("", _MASK.sub("", words))))


@dataclass(frozen=True, slots=True)
class _Piece:
    category: Category
    span: Span
    probability: float
    hits: tuple[RuleHit, ...] = ()
    model: float = 0.0


def find_allegations(
    document: Document,
    reading: Reading,
    scores: ModelScores,
    categories: Mapping[Category, float],
    *,
    labels: Sequence[Category],
    text_share: float = 0.46,
) -> tuple[Allegation, ...]:
    """Return the clauses of conduct in text order, together at most `text_share` of the text.

    Every one of `labels` keeps its best clause and the letter its best one, even where it alone is longer; without labels the clauses show a
    person where to look, none of them from a sentence that denies, asks or quotes. A clause of nothing but placeholders and signing is none. `categories` are the letter's probabilities. In an interview record a span lies in an answer.
    """
    every = [clause for clause in clauses(document, reading, scores) if labels or not clause.doubtful]
    chosen = _within_budget(every, labels, int(text_share * len(document.text)))
    pieces = [piece for clause in chosen for piece in _pieces(clause, labels)]
    pieces += _unspoken(chosen, pieces, labels)
    merged = [piece for category in CATEGORIES for piece in _merge(document.text, pieces, category)]
    merged = [piece for piece in merged if tells(piece.span.of(document.text))]
    heard = _hearsay(document, reading)
    found = [_allegation(piece, categories[piece.category], heard) for piece in merged]
    particulars = Particulars(document, reading)
    at = {span: particulars.of(span) for span in {allegation.span for allegation in found}}
    found = [_with_particulars(allegation, at[allegation.span]) for allegation in found]
    return tuple(sorted(found, key=lambda allegation: (allegation.span, allegation.category)))


def _with_particulars(found: Allegation, particulars: tuple[Particular, ...]) -> Allegation:
    return replace(found, particulars=particulars, missing=missing(present(particulars), [found.category]))


def _within_budget(every: Sequence[Clause], labels: Sequence[Category], budget: int) -> list[Clause]:
    """Keep the best clause, then each label's, then the likeliest others while the shown characters stay in budget."""
    if not every:
        return []
    ordered = sorted(every, key=lambda clause: (-clause.weight, clause.span))
    first = [ordered[0], *(max(ordered, key=lambda clause: clause.weights[label]) for label in labels)]
    kept: dict[Span, Clause] = {}
    left = budget
    worth = (clause for clause in ordered if clause.weight >= ordered[0].weight - _FLOOR)
    for clause in (*first, *worth):
        length = clause.span.end - clause.span.start
        if clause.span not in kept and (length <= left or not kept):
            kept[clause.span] = clause
            left -= length
    return list(kept.values())


def _pieces(clause: Clause, labels: Sequence[Category]) -> list[_Piece]:
    """Return the clause once per category that it speaks of: proposed ones, those whose rule fires in it, and its own where it stands out."""
    weights = clause.weights
    best = max(weights, key=lambda category: weights[category])
    proposed = max((weights[label] for label in labels), default=-math.inf)
    told = {label for label in labels if weights[label] >= proposed - _BEHIND}
    told |= {hit.category for hit in clause.hits}
    told |= {best} if weights[best] >= proposed + _AHEAD else set()
    return [_piece(clause, category) for category in told]


def _unspoken(chosen: Sequence[Clause], pieces: Sequence[_Piece], labels: Sequence[Category]) -> list[_Piece]:
    """Give every label that no clause speaks of its best clause, so that a proposal always points somewhere."""
    told = {piece.category for piece in pieces}
    left = [label for label in labels if label not in told]
    return [_piece(max(chosen, key=lambda clause: clause.weights[label]), label) for label in left if chosen]


def _piece(clause: Clause, category: Category) -> _Piece:
    hits = tuple(hit for hit in clause.hits if hit.category is category)
    model = clause.model.get(category, 0.0)
    # An ordinary weight of 1 leaves it open, a strong one of 3 makes it likely.
    ruled = max((1.0 / (1.0 + math.exp(1.0 - hit.weight)) for hit in hits), default=0.0)
    return _Piece(category, clause.span, max(ruled, model), hits, model)


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
    span = Span(left.span.start, max(left.span.end, right.span.end))
    hits = left.hits + tuple(hit for hit in right.hits if hit not in left.hits)
    return _Piece(left.category, span, max(left.probability, right.probability), hits, max(left.model, right.model))


def _hearsay(document: Document, reading: Reading) -> Stretches:
    """Return the sentences that say they only pass something on."""
    cues = Stretches.of(cue.span for cue in reading.cues if cue.kind is CueKind.HEARSAY)
    return Stretches.of(sentence for sentence in document.sentences if cues.touch(sentence))


def _allegation(piece: _Piece, score: float, heard: Stretches) -> Allegation:
    strongest = max(piece.hits, key=lambda hit: (hit.weight, -hit.span.start), default=None)
    return Allegation(
        category=piece.category,
        span=piece.span,
        probability=min(score, piece.probability),
        reasons=_reasons(piece),
        subtype=strongest.subtype if strongest else "",
        hearsay=any(Context.HEARSAY in hit.contexts for hit in piece.hits) or heard.touch(piece.span),
    )


def _reasons(piece: _Piece) -> tuple[Reason, ...]:
    rules: dict[str, Reason] = {}
    for hit in sorted(piece.hits, key=lambda hit: -hit.weight):
        rules.setdefault(hit.rule, Reason(f"rule:{hit.rule}", hit.sentence, _within(hit.span, piece.span), hit.weight))
    sentence = f"模型认为这段文字与“{piece.category.chinese}”类来信的写法相近"
    return (*rules.values(), Reason("model", sentence, piece.span, piece.model))


def _within(words: Span, shown: Span) -> Span:
    """Return the part of a rule's words that is shown; words in a question, which an answer admits, stay where they are."""
    return Span(max(words.start, shown.start), min(words.end, shown.end)) if words.overlaps(shown) else words
