"""Gives an answer its topic: in an interview the question names the matter and the answer says yes or no."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import Enum, auto

from xiansuo.domain.spans import Span
from xiansuo.domain.suggestion import Context, RuleHit
from xiansuo.domain.text import Speaker, Turn
from xiansuo.rulebook.context import Scene
from xiansuo.rulebook.schema import Answers

_TOPICS = 3
_FIRST = re.compile(r"[^。！!？?\n]+")
_ASIDE = re.compile(r"^(?:\s|[（(【][^）)】]*[）)】]|…|—|，|、|嗯|呃|啊|哎|唉|这个|那个|怎么说呢|说实话|老实说|要说)*")
_ECHO = re.compile(r"[收拿送发吃请领报用办给分挪套卖打骂罚扣]([^，。；？]{0,4})[过了]")
_SIZE = re.compile(
    r"^(?:也?就|都|只|大概|可能|有)?(?:是|有|收|拿|发|吃|去)?[过了]?[0-9０-９一二三四五六七八九十两几][^，。]{0,3}[次张回条万千百块元箱瓶户顿桌天]"
)
_DENIAL = ("真没", "没有这", "没听说", "没发现", "没有发现", "没遇到", "没听到", "没有过")


class Polarity(Enum):
    """What an answer says about what it was asked."""

    NO = auto()
    NOTHING = auto()
    HEARSAY = auto()
    YES = auto()
    ADMITTED = auto()


def polarity(answer: str, question: str, words: Answers) -> Polarity:
    """Return what an answer says, by its first words.

    A hedge (不好说, 不太清楚) says nothing; `没有……不过` is a no whose second half speaks for itself; an answer
    that repeats the question's verb with 过 or 了, or begins with an amount, affirms.
    """
    said = _ASIDE.sub("", answer)
    first = re.split(r"[，。；！？,;!?\n]", said, maxsplit=1)[0]
    verdicts = (
        (_starts(said, words.reversal), Polarity.YES),
        (_starts(said, words.negative), Polarity.NO),
        (_holds(first, words.unknown), Polarity.NOTHING),
        (_holds(first, words.hearsay), Polarity.HEARSAY),
        (_holds(said[:40], words.admitted), Polarity.ADMITTED),
        (_holds(said[:60], _DENIAL), Polarity.NO),
        (_starts(said, words.affirmative) or _echoes(first, question) or _SIZE.match(said) is not None, Polarity.YES),
    )
    return next((verdict for holds, verdict in verdicts if holds), Polarity.NOTHING)


def _starts(text: str, words: Iterable[str]) -> bool:
    return text.startswith(tuple(words))


def _holds(text: str, words: Iterable[str]) -> bool:
    return any(word in text for word in words)


def _echoes(first: str, question: str) -> bool:
    echo = _ECHO.search(first)
    return echo is not None and echo[0][0] in question and not re.search(r"[没未不]", first[: echo.start()])


def adopted(setting: Scene, hits: Sequence[RuleHit]) -> list[RuleHit]:
    """Return the hits that answers take over from their questions, placed on the answers."""
    interview = setting.interview
    if interview is None:
        return []
    taken: list[RuleHit] = []
    for turn in interview.turns:
        if turn.answers is not None and turn.speaker is not Speaker.INTERVIEWER:
            taken += _taken_over(setting, hits, interview.turns[turn.answers], turn)
    return taken


def _taken_over(setting: Scene, hits: Sequence[RuleHit], question: Turn, answer: Turn) -> list[RuleHit]:
    topics = {hit.rule: hit for hit in hits if question.start <= hit.span.start < question.end}
    if not 0 < len({hit.category for hit in topics.values()}) <= _TOPICS:
        return []
    text = setting.page.text
    said = text[answer.start : answer.end]
    contexts = _CONTEXTS.get(polarity(said, text[question.start : question.end], setting.compiled.context.answers))
    first = _FIRST.search(said)
    if contexts is None or first is None:
        return []
    span = Span(answer.start + first.start(), answer.start + first.end())
    own = {hit.rule for hit in hits if answer.start <= hit.span.start < answer.end and hit.counts}
    return [replace(hit, span=span, clause=span, contexts=contexts) for rule, hit in topics.items() if rule not in own]


_CONTEXTS = {
    Polarity.YES: frozenset[Context](),
    Polarity.HEARSAY: frozenset({Context.HEARSAY}),
    Polarity.ADMITTED: frozenset({Context.ADMITTED}),
}
