import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from xiansuo.domain.category import Category
from xiansuo.domain.letter import Kind
from xiansuo.domain.spans import Span
from xiansuo.domain.suggestion import Context, Cue, CueKind, ModelScores, Reading, RuleHit, Suggestion
from xiansuo.domain.text import Document, Entity, EntityType, Interview, Speaker, Turn

NOTHING = Reading((), ())


@dataclass(frozen=True)
class Same:
    def span(self, start: int, end: int) -> Span:
        return Span(start, end)


def place(text: str, words: str) -> Span:
    start = text.index(words)
    return Span(start, start + len(words))


def sentences(text: str) -> tuple[Span, ...]:
    return tuple(Span(*found.span()) for found in re.finditer(r"[^。！？\n]+[。！？]?", text))


def clauses(text: str) -> tuple[Span, ...]:
    return tuple(Span(*found.span()) for found in re.finditer(r"[^，。！？\n]+[，。！？]?", text))


def document(text: str, *named: tuple[str, str, str] | tuple[str, str], kind: Kind = Kind.LETTER) -> Document:
    found = [entity(text, *one) for one in named]
    talk = interview(text) if kind is Kind.TRANSCRIPT else None
    entities = tuple(sorted(found, key=lambda one: one.start))
    return Document(kind, "", text, date(2026, 3, 1), sentences(text), talk, entities, Same())


def entity(text: str, type_: str, words: str, value: str = "") -> Entity:
    span = place(text, words)
    return Entity(EntityType(type_), span.start, span.end, words, value)


def interview(text: str) -> Interview:
    turns: list[Turn] = []
    for line in re.finditer(r"([问答])：(.*)", text):
        asked = line[1] == "问"
        speaker = Speaker.INTERVIEWER if asked else Speaker.INTERVIEWEE
        turns.append(Turn(speaker, line.start(2), line.end(2), None if asked else len(turns) - 1))
    return Interview((), tuple(turns))


def hit(text: str, words: str, category: Category, weight: float = 1.0, *contexts: Context, rule: str = "") -> RuleHit:
    span = place(text, words)
    clause = next(one for one in clauses(text) if one.overlaps(span))
    return RuleHit(rule or words, category, "冒领", span, clause, weight, f"写到“{words}”", frozenset(contexts))


def cue(text: str, words: str, kind: CueKind) -> Cue:
    return Cue(kind, place(text, words))


def scores(
    scope: float = 0.02, *, among: Sequence[tuple[Span, Mapping[Category, float]]] = (), **categories: float
) -> ModelScores:
    return ModelScores(scope, {Category(name): value for name, value in categories.items()}, tuple(among))


def suggestion(scope: float = 0.9, *labels: Category) -> Suggestion:
    return Suggestion(scope, dict.fromkeys(labels, scope), labels, abstained=False)
