"""Decides about the names that no cue introduced: blamed in the letter, or witnesses, neighbours and victims to protect."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from xiansuo.domain.text import EntityType
from xiansuo.text.evidence import CERTAIN, Evidence
from xiansuo.text.mentions import Mention
from xiansuo.text.names import is_word
from xiansuo.text.roles import Role, RoleCues

_ASIDE = r"(?:[（(][^）)\n]{0,16}[）)])?"
_LIST = re.compile(
    rf"(?<![\u3400-\u9fff])[\u3400-\u9fff]{{2,3}}{_ASIDE}(?:[、，,\s]{{1,3}}[\u3400-\u9fff]{{2,3}}{_ASIDE}(?![\u3400-\u9fff])){{2,}}"
)
_MEMBER = re.compile(r"(?:^|(?<=[、，,\s）)]))[\u3400-\u9fff]{2,3}(?=$|[、，,\s（(])")
_MANY, _MEMBER_SCORE = 3, 1.5
_JOINED = re.compile(
    r"(?:[（(][^）)\n]{0,12}[）)])?(?:家的?[\u3400-\u9fff]{0,3}|两家)?(?:[、和及与跟同]|还有|以及|，?(?:小名|大名|外号|绰号|诨名|又名|原名|曾用名)叫?|，(?=[\u3400-\u9fff]{2,3}[，、]))$"
)
# How sure a stretch must be a name when the words around it speak clearly, faintly, or not at all.
_LIKELY, _CLEAR, _FAINT, _ALONE = 0.5, 1.0, 1.7, 2.4
_STRONG = 3
_KNOWN, _WHOLE = 9.0, 2.0
# A letter that names somebody so often speaks about that person.
_CENTRAL = 2


@dataclass(slots=True)
class _Person:
    """All mentions of one name: how sure it is a name, and the strongest words around it."""

    name: str
    score: float
    harmed: int = 0
    blamed: int = 0
    times: int = 0

    def hear(self, role: Role) -> None:
        self.harmed, self.blamed = max(self.harmed, role.harmed), max(self.blamed, role.blamed)


def weigh_bystanders(
    text: str, evidence: dict[str, Evidence], mentions: Sequence[Mention], cues: RoleCues, *, officials: Collection[str]
) -> None:
    """Add to `evidence` what the words around every name tell; `officials` are surnames that stand with a post."""
    if not mentions and not evidence:
        return
    lists = list(_LIST.finditer(text))
    mentions = [*mentions, *_listed(lists, {mention.name for mention in mentions} | set(evidence))]
    _widen(text, evidence, mentions)
    places = _places(text, evidence, mentions)
    persons: dict[str, _Person] = {}
    for mention in places:
        person = persons.setdefault(mention.name, _Person(mention.name, mention.score))
        person.times += 1
        person.score = max(person.score, mention.score)
        told = evidence.get(mention.name)
        if told is None or max(told.writer, told.accused) < CERTAIN:
            person.hear(cues.around(text, mention.start, mention.end))
    _share(text, places, persons, evidence)
    blamed = bool(officials) or any(found.side() is EntityType.RESPONDENT for found in evidence.values())
    blamed = blamed or any(person.blamed > max(1, person.harmed) for person in persons.values())
    _sign(lists, persons, evidence)
    for person in persons.values():
        _conclude(person, evidence, holds_office=person.name[0] in officials, blamed=blamed)


def _listed(lists: Iterable[re.Match[str]], names: Collection[str]) -> Iterator[Mention]:
    """Yield the other members of a list of which half or more are names: they are names too, however rare."""
    for match in lists:
        members = [(piece.start() + match.start(), piece[0]) for piece in _MEMBER.finditer(match[0])]
        known = sum(member in names for _, member in members)
        if 2 * known >= len(members) >= _MANY:
            yield from (Mention(at, at + len(name), _MEMBER_SCORE, name) for at, name in members if not is_word(name))


def _sign(lists: Iterable[re.Match[str]], persons: Mapping[str, _Person], evidence: Mapping[str, Evidence]) -> None:
    """Protect the members of long lists of which nobody is blamed: such lists are of signers and of those concerned."""
    for match in lists:
        members = [persons[piece[0]] for piece in _MEMBER.finditer(match[0]) if piece[0] in persons]
        if len(members) >= _MANY and not any(person.blamed or person.name in evidence for person in members):
            for person in members:
                person.hear(Role(harmed=2))


def _widen(text: str, evidence: dict[str, Evidence], mentions: Iterable[Mention]) -> None:
    """Give what a cue told of a cut name (海涛) to the whole name (余海涛) that stands wherever the cut one does."""
    for mention in mentions:
        if mention.score < _WHOLE or mention.name in evidence:
            continue
        for cut in [name for name in evidence if name in mention.name]:
            if text.count(cut) == text.count(mention.name):
                evidence[mention.name] = evidence.pop(cut)


def _places(text: str, evidence: Mapping[str, Evidence], mentions: Iterable[Mention]) -> list[Mention]:
    """Return the mentions in order: of names that cues found already, then of the recognised ones that overlap none of them."""
    known = [
        Mention(start, start + len(name), _KNOWN, name)
        for name in sorted(evidence, key=len, reverse=True)
        for start in _starts(text, name)
    ]
    taken = {place for mention in known for place in range(mention.start, mention.end)}
    fresh = (mention for mention in mentions if taken.isdisjoint(range(mention.start, mention.end)))
    return sorted([*known, *fresh], key=lambda mention: mention.start)


def _starts(text: str, name: str) -> Iterable[int]:
    start = text.find(name)
    while start >= 0:
        yield start
        start = text.find(name, start + len(name))


def _share(text: str, places: list[Mention], persons: Mapping[str, _Person], evidence: Mapping[str, Evidence]) -> None:
    """Let names of one list share what the words around its ends tell."""
    pairs = [
        (a, b) for a, b in pairwise(places) if 0 < b.start - a.end <= 16 and _JOINED.fullmatch(text, a.end, b.start)
    ]
    for pair in (*pairs, *((b, a) for a, b in reversed(pairs))):
        one, other = (persons[mention.name] for mention in pair)
        told = evidence.get(one.name)
        harmed, blamed = one.harmed, max(one.blamed, min(3, told.accused) if told else 0)
        if told and told.writer:
            harmed = 3
        if not other.harmed and other.blamed < 2 and other.name not in evidence:
            other.hear(Role(harmed if harmed >= blamed else 0, blamed if blamed > harmed else 0))


def _conclude(person: _Person, evidence: dict[str, Evidence], *, holds_office: bool, blamed: bool) -> None:
    found = evidence.get(person.name)
    if found is not None:
        found.other = max(found.other, person.harmed)
        found.accused = max(found.accused, person.blamed if person.blamed > 1 or found.accused else 0)
        return
    harmed, accused = person.harmed, max(person.blamed, _STRONG * holds_office)
    # One mention that blames and another that does not: the letter is about this person.
    blames = accused > max(1, harmed) or (accused == harmed == _STRONG and person.times > 1)
    if blames and person.score >= _CLEAR:
        evidence[person.name] = Evidence(accused=accused)
    elif harmed > 1 and person.score >= (_CLEAR if harmed < _STRONG else _LIKELY):
        evidence[person.name] = Evidence(other=harmed)
    elif harmed > accused and person.score >= _FAINT:
        evidence[person.name] = Evidence(other=1)
    elif person.score >= _ALONE:
        central = accused or person.times >= _CENTRAL or not blamed
        evidence[person.name] = Evidence(accused=1) if central else Evidence(other=1)
