"""Reads from the first words of an answer in an interview whether it says yes, no, hearsay or nothing about what was asked."""

import re
from collections.abc import Iterable
from enum import Enum, auto

from xiansuo.rulebook.schema import Answers

_ASIDE = re.compile(
    r"^(?:\s|[（(【][^）)】]*[）)】]|…|—|，|、|。|嗯|呃|啊|哎|唉|哦|噢|这个|那个|怎么说呢|怎么讲呢|说实话|老实说|老实讲|实话讲|要说)*"
)
_HAPPENED = r"[收拿送发吃请领报用办给分挪套卖打骂罚扣借批占推塞要]"
_ECHO = re.compile(rf"{_HAPPENED}([^，。；？]{{0,4}})[过了]")
_AMOUNT = r"[0-9０-９一二三四五六七八九十两几半][^，。]{0,3}[次张回条万千百块元箱瓶户顿桌天盒桶袋斤份]"
_SIZE = re.compile(rf"^(?:也?就|都|只|大概|可能|有)?(?:是|有|收|拿|发|吃|去)?[过了]?{_AMOUNT}")
_DENIAL = ("真没", "没有这", "没听说", "没发现", "没有发现", "没遇到", "没听到", "没有过")
_BUT = re.compile(r"[，。；,;…）]\s*(?:就是|只是|不过|但是?|可是|除了|顶多|最多|倒是|反正|要说有|真要说)")
_SLIP = re.compile(rf"(?:{_HAPPENED}[^，。；？]{{0,6}}[过了]|有[过一几两]|{_AMOUNT})")
_SLIP_REACH = 40
_PAID = re.compile(
    rf"[给塞送][了过]?(?:他|她|领导|[^，。没不]{{0,4}}(?:长|书记|主任))[^，。没不]{{0,6}}(?:{_AMOUNT}|百|千|[烟酒卡钱]|红包)"
)


class Polarity(Enum):
    """What an answer says about what it was asked."""

    NO = auto()
    NOTHING = auto()
    HEARSAY = auto()
    YES = auto()
    ADMITTED = auto()


def polarity(answer: str, question: str, words: Answers) -> Polarity:
    """Return what an answer says, by its first words.

    Not knowing says nothing, and so does an answer to something else. A hedge (多少都有一点) affirms, and so does one that repeats
    the question's verb with 过 or 了, begins with an amount, or denies the word and then grants the thing (挪用谈不上，就是借了八万).
    """
    said = _ASIDE.sub("", answer)
    first = re.split(r"[，。；！？,;!?\n]", said, maxsplit=1)[0]
    denies = _starts(said, words.negative) or _holds(first, words.belittling)
    verdicts = (
        (_starts(said, words.reversal), Polarity.YES),
        (denies and _slips(said, words), Polarity.YES),
        (denies, Polarity.NO),
        (_holds(first, words.unknown), Polarity.NOTHING),
        (_holds(said[:60], words.declined), Polarity.NO),
        (_holds(first, words.hearsay), Polarity.HEARSAY),
        (_holds(first, words.lawful) and not _holds(first, words.admitted), Polarity.NOTHING),
        (_holds(said[:40], words.admitted), Polarity.ADMITTED),
        (_holds(said[:60], _DENIAL), Polarity.NO),
        (_holds(said[:50], words.hedged), Polarity.YES),
        (_starts(said, words.affirmative) or _echoes(first, question) or _SIZE.match(said) is not None, Polarity.YES),
        (_PAID.search(said) is not None and not _holds(said, words.lawful), Polarity.YES),
    )
    return next((verdict for holds, verdict in verdicts if holds), Polarity.NOTHING)


def denied_until(answer: str) -> int:
    """Return how many characters of a denying answer are denied: up to the first `but`."""
    turn = _BUT.search(answer)
    return len(answer) if turn is None else turn.start() + 1


def _starts(text: str, words: Iterable[str]) -> bool:
    return text.startswith(tuple(words))


def _holds(text: str, words: Iterable[str]) -> bool:
    return any(word in text for word in words)


def _slips(said: str, words: Answers) -> bool:
    turn = _BUT.search(said)
    if turn is None:
        return False
    granted = said[turn.end() : turn.end() + _SLIP_REACH]
    return _SLIP.search(granted) is not None and not _holds(granted, words.lawful)


def _echoes(first: str, question: str) -> bool:
    echo = _ECHO.search(first)
    return echo is not None and echo[0][0] in question and not re.search(r"[没未不]", first[: echo.start()])
