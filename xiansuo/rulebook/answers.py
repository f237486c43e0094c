"""Gives an answer its topic: in an interview the question names the matter and the answer says yes or no."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from xiansuo.domain.spans import Span
from xiansuo.domain.suggestion import Context, RuleHit
from xiansuo.domain.text import Interview, Speaker, Turn
from xiansuo.rulebook.compile import Compiled
from xiansuo.rulebook.page import Page
from xiansuo.rulebook.polarity import Polarity, denied_until, polarity
from xiansuo.rulebook.scopes import Scope

_TOPICS = 3
_FIRST = re.compile(r"[^。！!？?\n]+")
_CLOSING = re.compile(r"补充|建议|其他|别的|困难|意见|签字|核对|保密|谢谢|辛苦")
_CONTEXTS = {
    Polarity.YES: frozenset[Context](),
    Polarity.HEARSAY: frozenset({Context.HEARSAY}),
    Polarity.ADMITTED: frozenset({Context.ADMITTED}),
}


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer with the question it belongs to and what it says about it."""

    question: Turn
    answer: Turn
    says: Polarity


def replies(page: Page, compiled: Compiled, interview: Interview | None) -> tuple[Reply, ...]:
    """Return every answer of an interview record. A question that only follows up (你放心说) passes on the one before it."""
    if interview is None:
        return ()
    found: list[Reply] = []
    for turn in interview.turns:
        if turn.answers is None or turn.speaker is Speaker.INTERVIEWER:
            continue
        asked = interview.turns[turn.answers]
        if found and _follows_up(page, compiled, found[-1], asked):
            asked = found[-1].question
        question, answer = page.text[asked.start : asked.end], page.text[turn.start : turn.end]
        found.append(Reply(asked, turn, polarity(answer, question, compiled.context.answers)))
    return tuple(found)


def _follows_up(page: Page, compiled: Compiled, before: Reply, asked: Turn) -> bool:
    if before.says is not Polarity.NOTHING or _CLOSING.search(page.text, asked.start, asked.end):
        return False
    return _names_a_topic(page, compiled, before.question) and not _names_a_topic(page, compiled, asked)


def _names_a_topic(page: Page, compiled: Compiled, question: Turn) -> bool:
    return any(page.inside(slot, (question.start, question.end)) for slot in compiled.topics)


def reply_scopes(page: Page, given: Sequence[Reply]) -> Iterator[Scope]:
    """Yield what answers say of their own words: a denial stands as far as the first `but`, an admission as far as its sentence."""
    for reply in given:
        start, end = reply.answer.start, reply.answer.end
        if reply.says is Polarity.NO:
            yield Scope(Context.DENIED, start, start + denied_until(page.text[start:end]), (start, start))
        elif reply.says is Polarity.ADMITTED:
            yield Scope(Context.ADMITTED, start, _first(page, reply).end, (start, start))


def _first(page: Page, reply: Reply) -> Span:
    said = _FIRST.search(page.text, reply.answer.start, reply.answer.end)
    return Span(*said.span()) if said is not None else Span(reply.answer.start, reply.answer.end)


def adopted(page: Page, compiled: Compiled, given: Sequence[Reply], hits: Sequence[RuleHit]) -> list[RuleHit]:
    """Return the hits that answers take over from their questions, placed on the answers."""
    return [hit for reply in given if reply.says in _CONTEXTS for hit in _taken_over(page, compiled, reply, hits)]


def _taken_over(page: Page, compiled: Compiled, reply: Reply, hits: Sequence[RuleHit]) -> list[RuleHit]:
    question, answer = reply.question, reply.answer
    topics = {hit.rule: hit for hit in hits if question.start <= hit.span.start < question.end}
    named = {hit.category for hit in topics.values()}
    topics |= {hit.rule: hit for hit in _asked_about(page, compiled, question) if hit.category not in named}
    if not 0 < len({hit.category for hit in topics.values()}) <= _TOPICS:
        return []
    span, contexts = _first(page, reply), _CONTEXTS[reply.says]
    own = {hit.rule for hit in hits if answer.start <= hit.span.start < answer.end and hit.counts}
    return [replace(hit, span=span, clause=span, contexts=contexts) for rule, hit in topics.items() if rule not in own]


def _asked_about(page: Page, compiled: Compiled, question: Turn) -> Iterator[RuleHit]:
    """Yield a hit for every category whose topic words the question holds; rules are too strict for how people ask."""
    for slot, topic in compiled.topics.items():
        places = page.inside(slot, (question.start, question.end))
        if places:
            span, name = Span(*places[0]), f"asked-{topic.category.value.replace('_', '-')}"
            yield RuleHit(name, topic.category, topic.subtype, span, span, topic.weight, topic.sentence)
