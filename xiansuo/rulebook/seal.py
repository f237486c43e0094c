"""Decides whether a letter must not enter the system because of whom it complains about.

Letters about a person above the office's authority, about the office's own head, staff or the office itself are
sealed and handed over unread by others. What counts is the respondent: a leader who is addressed, asked for help,
quoted, or told about the matter is none. Works on normalised clear text in memory; keeps and logs nothing.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ahocorasick_rs import AhoCorasick

from xiansuo.domain.register import Level, OrganisationRegister
from xiansuo.domain.text import Entity, EntityType
from xiansuo.rulebook import fields
from xiansuo.rulebook.fields import Place
from xiansuo.rulebook.schema import SealWords

_NAME = r"[^，。；！？,;!?\n：:]"
_CLAUSE_END = re.compile(r"[，。；！？,;!?\n]")
_SENTENCE_END = re.compile(r"[。！？!?\n]")
_GREETING_LINE = re.compile(
    rf"{_NAME}{{0,10}}[：:]|{_NAME}{{0,10}}[：:，,]?\s*(?:您好|你好|好[！!])|{_NAME}{{0,4}}[，,]?$"
)
_GREETING_REACH = 80
_BEFORE = 18
_AFTER = 48
_LABEL_REACH = 40


@dataclass(frozen=True, slots=True)
class Respondent:
    """A name or title that seals a letter when it is complained about, and the rule that then applies."""

    words: str
    rule: str
    whole_name: bool


class SealCheck:
    """The seal rules of one office. `register` supplies its ceiling, heads and staff."""

    def __init__(self, rules: Path, register: OrganisationRegister) -> None:
        self._words = load_seal(rules / "seal.yaml")
        self._respondents = tuple(_respondents(self._words, register))
        terms = [respondent.words for respondent in self._respondents]
        self._scan = AhoCorasick([*terms, *sorted(self._words.pseudo)]) if terms else None

    def match(self, subject: str, text: str, entities: Sequence[Entity] = ()) -> str | None:
        """Return the id of the rule that seals this letter, None when it may be kept.

        `text` is the normalised clear text that `entities` counts characters of.
        """
        named = [entity for entity in entities if entity.type is EntityType.RESPONDENT]
        found = [*self._found(subject, ()), *self._found(text, named)]
        rules = [self._words.higher, self._words.own]
        return next((rule for rule in rules if rule in found), None)

    def _found(self, text: str, named: Sequence[Entity]) -> Iterator[str]:
        if self._scan is None:
            return
        places = self._scan.find_matches_as_indexes(text, overlapping=True)
        count = len(self._respondents)
        pseudo = [(start, end) for term, start, end in places if term >= count]
        for term, start, end in places:
            if term >= count or _is_pseudo(text, start, end, pseudo):
                continue
            respondent = self._respondents[term]
            blamed = respondent.whole_name and any(entity.start < end and start < entity.end for entity in named)
            if is_blamed(text, start, end, self._words, named=blamed):
                yield respondent.rule


def _is_pseudo(text: str, start: int, end: int, pseudo: Iterable[tuple[int, int]]) -> bool:
    """Whether the words only look like a title: `城市长期`, or a street in a city, `A市长江路`."""
    return any(first <= start and end <= last for first, last in pseudo) or (
        text.startswith("市长", start) and re.match(r"[A-Za-z0-9]", text[max(0, start - 1) : start]) is not None
    )


def is_blamed(text: str, start: int, end: int, words: SealWords, *, named: bool = False) -> bool:
    """Tell whether the letter complains about the person or body at `start` ≤ i < `end`.

    `named` says that the entity stage took the name for a respondent.
    """
    before, after = _before(text, start), _after(text, end)
    if _labelled(text, start, words):
        return True
    if _greeted(text, start, end) or _told(before, words) or _elsewhere(text, start, words):
        return False
    if _accused(before, words) or _about(before, after):
        return True
    if _told_by(after, words):
        return False
    return named or _given(before, words) or _does(after, words)


def _before(text: str, start: int) -> str:
    return _CLAUSE_END.split(text[max(0, start - _BEFORE) : start])[-1]


def _after(text: str, end: int) -> str:
    return _SENTENCE_END.split(text[end : end + _AFTER], maxsplit=1)[0]


def _labelled(text: str, start: int, words: SealWords) -> bool:
    line = text[max(0, start - _LABEL_REACH) : start].rpartition("\n")[2]
    return any(label in line for label in words.labels)


def _greeted(text: str, start: int, end: int) -> bool:
    """Whether the words stand in the salutation, the first line of a letter, which blames nobody."""
    if start > _GREETING_REACH or re.search(r"[，。；！？]|举报|关于|反映", text[:start].strip()):
        return False
    return _GREETING_LINE.match(text[end : end + 20].partition("\n")[0]) is not None


def _elsewhere(text: str, start: int, words: SealWords) -> bool:
    sentence = _SENTENCE_END.split(text[max(0, start - _LABEL_REACH) : start])[-1]
    return any(word in sentence for word in words.elsewhere)


def _told(before: str, words: SealWords) -> bool:
    """Whether the words before ask the leader for help or say that he was told: `请市长`, `我向市长反映`."""
    asked = re.search(rf"(?:{_any(words.addressing)}){_NAME}{{0,8}}$", before)
    told = re.search(rf"(?:{_any(words.reporting)})(?:了|过|我们|咱们|到了)?{_NAME}{{0,6}}$", before)
    accused = _last_end(before, words.accusing)
    if asked is not None and asked.start() >= accused:
        return True
    return told is not None and told.start() >= accused and not _given(before, words)


def _last_end(before: str, found: Iterable[str]) -> int:
    return max((before.rfind(word) + len(word) for word in found if word in before), default=0)


def _accused(before: str, words: SealWords) -> bool:
    """Whether a verb of complaint stands before, with only a unit or a name between."""
    return re.search(rf"(?:{_any(words.accusing)})(?:的是|了|：|:)?{_NAME}{{0,12}}$", before) is not None


def _about(before: str, after: str) -> bool:
    return (
        re.search(rf"关于{_NAME}{{0,10}}$", before) is not None
        and re.search(r"举报|反映|检举|控告|问题", after) is not None
    )


def _given(before: str, words: SealWords) -> bool:
    return re.search(rf"(?:{_any(words.giving)}){_NAME}{{0,6}}$", before) is not None


def _told_by(after: str, words: SealWords) -> bool:
    return re.match(rf"{_NAME}{{0,5}}(?:{_any(words.speaking)})", after) is not None


def _does(after: str, words: SealWords) -> bool:
    """Whether misconduct follows and nobody of a lower level is named between, whose conduct it would then be."""
    conduct = re.match(rf"([^。！？!?\n]{{0,30}}?)(?:{_any(words.conduct)})", after)
    return conduct is not None and not any(lower in conduct[1] for lower in words.lower)


def _any(found: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(found, key=len, reverse=True))


def _respondents(words: SealWords, register: OrganisationRegister) -> Iterator[Respondent]:
    higher, own, ceiling = words.higher, words.own, register.ceiling
    low = {unit.name for unit in register.units if unit.level <= ceiling}
    for level, titles in words.titles.items():
        if level > ceiling:
            yield from (Respondent(title, higher, whole_name=False) for title in sorted(titles))
    for head in register.heads:
        if head.level > ceiling and head.unit not in low:
            yield from _person(head.name, higher)
        elif head.principal and head.unit == register.office:
            yield from _person(head.name, own)
            yield from _position(register, head.position, own)
    for member in register.staff:
        yield from _person(member.name, own)
        if member.principal:
            yield from _position(register, member.position, own)
    for name in _office_names(register):
        yield Respondent(name, own, whole_name=False)


def _person(name: str, rule: str) -> Iterator[Respondent]:
    if len(name) > 1:
        yield Respondent(name, rule, whole_name=True)


def _position(register: OrganisationRegister, position: str, rule: str) -> Iterator[Respondent]:
    yield from (Respondent(name + position, rule, whole_name=False) for name in _office_names(register) if position)


def _office_names(register: OrganisationRegister) -> tuple[str, ...]:
    own = [unit for unit in register.units if unit.name == register.office]
    return tuple(
        name for name in (register.office, *(alias for unit in own for alias in unit.aliases)) if len(name) > 1
    )


_FIELDS = (
    "higher",
    "own",
    "titles",
    "pseudo",
    "accusing",
    "labels",
    "conduct",
    "giving",
    "addressing",
    "reporting",
    "speaking",
    "elsewhere",
    "lower",
    "match",
    "reject",
)
_LISTS = (
    "pseudo",
    "accusing",
    "labels",
    "conduct",
    "giving",
    "addressing",
    "reporting",
    "speaking",
    "elsewhere",
    "lower",
)


def load_seal(path: Path) -> SealWords:
    """Load seal.yaml; raises RuleBookError."""
    raw, place = fields.read_yaml(path), Place(path.name)
    fields.known(raw, _FIELDS, place)
    titles = fields.section(raw.get("titles"), "titles", place)
    lists = {name: frozenset(fields.required_words(raw.get(name), name, place)) for name in _LISTS}
    return SealWords(
        higher=fields.identifier(fields.section(raw.get("higher"), "higher", place), place),
        own=fields.identifier(fields.section(raw.get("own"), "own", place), place),
        titles={
            _level(name, place): frozenset(fields.words(listed, f"titles.{name}", place))
            for name, listed in titles.items()
        },
        match=fields.required_words(raw.get("match"), "match", place),
        reject=fields.required_words(raw.get("reject"), "reject", place),
        **lists,
    )


def _level(name: str, place: Place) -> Level:
    found = next((level for level in Level if level.chinese == name), None)
    if found is None:
        raise place.error("titles", name, "下列级别之一：" + "、".join(level.chinese for level in Level))
    return found
