"""Owns the recognition of interview records and their turns: who asks, who answers, what a note-taker sums up."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from xiansuo.domain.spans import Span
from xiansuo.domain.text import Interview, Speaker, Turn
from xiansuo.text.interview_header import Head, has_title, read_head, side_of

_ASK = frozenset({"问", "Q", "q", "谈", "主谈", "巡察组", "巡查组", "组"})
_REPLY = frozenset({"答", "A", "a", "被"})
_HAN = r"[\u4e00-\u9fff×]"
_MARK = re.compile(
    rf"""
    (?: ^ | (?<=[。！？…”）；?!\s]) )[ \t\u3000]{{0,12}}
    (?: 【\s*(?P<lenticular>{_HAN}{{1,6}})\s*】[：:]? | [（(](?P<round>[问答])[）)][：:]?
      | (?P<plain>{_HAN}{{1,6}}|[QAqa]\d{{0,2}})(?:[（(](?P<note>[^）)\n]{{1,6}})[）)])?[ ]*[：:] )[ \u3000]*
    """,
    re.MULTILINE | re.VERBOSE,
)
_FOOTER = re.compile(
    r"^[ \u3000（(]*(?:以上.{0,8}(?:记录|笔录|内容|谈话|情况).{0,16}(?:看过|核对|相符|一致|属实|无误|一样)|(?:被谈话人|谈话人|谈话对象|记录人|本人)?(?:签名|签字|捺印)[：:（(\s]|第\s*\d+\s*页)",
    re.MULTILINE,
)
_POINT = re.compile(
    r"(?:^|(?<=[。；：]))[ \u3000]*(?=[一二三四五六七八九十]是|（[一二三四五六七八九十\d]{1,2}）|\d{1,2}[.、](?!\d)|[①-⑳])|^",
    re.MULTILINE,
)
_LEAD = re.compile(r"(?:情况摘要|主要内容|谈话内容|谈话要点|主要情况|反映情况|要点|内容)[：:][ \u3000]*")
# What every record has: speakers' labels, or the word for such talks in its head or title.
_COLON = re.compile(r"[：:】）)][^：:】）)]*[：:】）)]")
_TALK = re.compile("谈|访|询问|记录|对象")
_FEW, _SURE, _COVER = 2, 3, 0.6


class _Mark(NamedTuple):
    """A speaker's label at `start` ≤ i < `end`; `first` tells whether it begins its line."""

    start: int
    end: int
    label: str
    note: str
    first: bool


def parse_interview(text: str, *, subject: str = "") -> Interview | None:
    """Return the header fields and turns of an interview record, or None where the text is something else.

    A record shows by its header (both sides of the table named), by its title, or by questions and answers that make up the text. Turns hold no
    speaker's label; a bracketed aside stays in its turn; every answer points to its question. A summary in the third person becomes narrator turns,
    one per point. The closing formula and signatures stand in the header as 签注 and in no turn.
    """
    if not _COLON.search(text) and not _TALK.search(text) and not _TALK.search(subject):
        return None
    marks = _marks(text)
    head = read_head(text, _first_turn(text, marks))
    if not (has_title(text, subject) or len(head.sides()) > 1 or _is_dialogue(text, marks, head)):
        return None
    speakers = _speakers(text, marks, head)
    heard = [mark for mark in marks if mark.label in speakers and mark.start >= head.end]
    end, footer = _footer(text, heard[-1].start if heard else head.end)
    body = heard[0].start if heard else end
    turns = [*_narrated(text, head.end, body), *_spoken(text, heard, speakers, end)]
    return Interview((*head.fields, *footer), tuple(_paired(turns))) if turns else None


def _marks(text: str) -> list[_Mark]:
    """Return every place that looks like a speaker's label."""
    found = []
    for hit in _MARK.finditer(text):
        label = hit["lenticular"] or hit["round"] or hit["plain"]
        line = text[text.rfind("\n", 0, hit.start()) + 1 : hit.start()]
        found.append(
            _Mark(hit.start(), hit.end(), label.rstrip("0123456789").upper(), hit["note"] or "", not line.strip())
        )
    return found


def _plain_side(label: str) -> Speaker | None:
    if label in _ASK:
        return Speaker.INTERVIEWER
    return Speaker.INTERVIEWEE if label in _REPLY else None


def _first_turn(text: str, marks: Sequence[_Mark]) -> int:
    """Return where the head must end: at the first 问 or 答, or where a field label is used as a speaker's."""
    counts = Counter(mark.label for mark in marks if mark.first)
    seen: set[str] = set()
    for mark in marks:
        returns = counts[mark.label] >= _SURE and (mark.label in seen or "？" in _line(text, mark))
        if _plain_side(mark.label) or (side_of(mark.label) and returns):
            return mark.start
        seen.add(mark.label)
    return len(text)


def _line(text: str, mark: _Mark) -> str:
    end = text.find("\n", mark.end)
    return text[mark.end : end if end >= 0 else len(text)]


def _is_dialogue(text: str, marks: Sequence[_Mark], head: Head) -> bool:
    """Tell whether questions and answers carry the text; with a header two pairs do, without one the dialogue must be nearly all there is."""
    heard = [mark for mark in marks if mark.start >= head.end]
    counts = Counter(mark.label for mark in heard if mark.first or _plain_side(mark.label))
    sides = {label: _plain_side(label) or side_of(label) for label in counts}
    asked = sum(count for label, count in counts.items() if sides[label] is Speaker.INTERVIEWER)
    told = sum(count for label, count in counts.items() if sides[label] is not Speaker.INTERVIEWER and count >= _FEW)
    if head.sides():
        return min(asked, told) >= _FEW
    return min(asked, told) >= _SURE and len(text) - heard[0].start >= _COVER * len(text)


def _speakers(text: str, marks: Sequence[_Mark], head: Head) -> dict[str, Speaker]:
    """Return the side of every label that marks a turn: by convention, by the names in the header, else by who asks the questions."""
    by_label: dict[str, list[_Mark]] = defaultdict(list)
    for mark in marks:
        if mark.start >= head.end:
            by_label[mark.label].append(mark)
    askers, tellers = head.names(text, Speaker.INTERVIEWER), head.names(text, Speaker.INTERVIEWEE)
    speakers = {}
    for label, uses in by_label.items():
        lines = sum(mark.first for mark in uses)
        side = _plain_side(label) or _named_side(label, uses, askers, tellers)
        if side is None and lines >= _FEW:
            side = _asking_side(text, uses)
        if side and (lines or _plain_side(label)):
            speakers[label] = side
    return speakers


def _named_side(label: str, uses: Sequence[_Mark], askers: Sequence[str], tellers: Sequence[str]) -> Speaker | None:
    if any("谈" in mark.note for mark in uses):
        return Speaker.INTERVIEWER
    if side_of(label):
        return side_of(label)
    if any(name.startswith(label) for name in askers):
        return Speaker.INTERVIEWER
    return Speaker.INTERVIEWEE if any(label in name for name in tellers) else None


def _asking_side(text: str, uses: Sequence[_Mark]) -> Speaker:
    asking = sum(_line(text, mark).rstrip().endswith(("？", "?")) for mark in uses)
    return Speaker.INTERVIEWER if asking * 2 > len(uses) else Speaker.INTERVIEWEE


def _footer(text: str, after: int) -> tuple[int, tuple[tuple[str, Span], ...]]:
    """Return where the talk ends and the closing formula, if there is one."""
    hit = _FOOTER.search(text, after)
    end = len(text.rstrip())
    return (hit.start(), (("签注", Span(hit.start(), end)),)) if hit and hit.start() < end else (end, ())


def _spoken(text: str, marks: Sequence[_Mark], speakers: dict[str, Speaker], end: int) -> Iterator[Turn]:
    stops = [*(mark.start for mark in marks[1:]), end]
    for mark, stop in zip(marks, stops, strict=False):  # without marks there is one stop and no turn
        yield from _turn(text, speakers[mark.label], mark.end, stop)


def _narrated(text: str, start: int, end: int) -> Iterator[Turn]:
    """Yield the points of a summary; a lead-in such as 该同志反映： says nothing itself."""
    cuts = sorted({start, *(hit.start() for hit in _POINT.finditer(text, start, end)), end})
    for first, stop in pairwise(cuts):
        lead = _LEAD.match(text, first, stop)
        if not text[first:stop].rstrip().endswith(("：", ":")):
            yield from _turn(text, Speaker.NARRATOR, lead.end() if lead else first, stop)


def _turn(text: str, speaker: Speaker, start: int, end: int) -> Iterator[Turn]:
    said = text[start:end]
    if said.strip():
        yield Turn(speaker, start + len(said) - len(said.lstrip()), start + len(said.rstrip()))


def _paired(turns: Iterable[Turn]) -> Iterator[Turn]:
    """Point every answer to the last question before it."""
    question: int | None = None
    for index, turn in enumerate(turns):
        if turn.speaker is Speaker.INTERVIEWER:
            question = index
        yield Turn(turn.speaker, turn.start, turn.end, question) if turn.speaker is Speaker.INTERVIEWEE else turn
