"""Owns what a clue's letters tell together, point by point: copies tell nothing twice, and a bare name of an offence is no point."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from xiansuo.domain.category import Category
from xiansuo.domain.figures import REPEATS
from xiansuo.domain.spans import Span
from xiansuo.domain.subtypes import SUBTYPES
from xiansuo.domain.suggestion import Particular, ParticularKind, Reach, Relation
from xiansuo.triage.checklist import missing, present
from xiansuo.triage.telling import told

_MOST = 6
_CENTS = re.compile(r"0\.\d+-0\.\d+ 元")
"""一分钱没给 names no sum."""
_SUBSTANCE = frozenset(
    {
        ParticularKind.TIME,
        ParticularKind.AMOUNT,
        ParticularKind.COUNT,
        ParticularKind.FUND,
        ParticularKind.EVIDENCE,
        ParticularKind.PLACE,
    }
)
_WHERE = (ParticularKind.UNIT, ParticularKind.PLACE)
_HOW_MUCH = (ParticularKind.AMOUNT, ParticularKind.COUNT)


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter of a clue: its masked text and how it relates to the earlier ones."""

    id: int
    relation: Relation
    text: str = field(repr=False)

    @property
    def repeats(self) -> bool:
        """Whether the letter only says what an earlier one says."""
        return self.relation in REPEATS


@dataclass(frozen=True, slots=True)
class Telling:
    """One place where a letter tells of an allegation, with the particulars found there."""

    letter: int
    category: Category
    subtype: str
    particulars: tuple[Particular, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Point:
    """An allegation with substance, from all letters that tell of it; `letters` without copies, `missing` what to ask first."""

    category: Category
    subtype: str
    when: tuple[str, ...]
    where: tuple[str, ...] = field(repr=False)
    how_much: tuple[str, ...]
    evidence: tuple[str, ...] = field(repr=False)
    hearsay: bool
    missing: tuple[str, ...]
    letters: int

    @property
    def kind(self) -> str:
        """The sub-type in words, '' where there is none."""
        return SUBTYPES.get(self.subtype, "")


def points_of(letters: Sequence[Letter], tellings: Iterable[Telling], *, about: str = "") -> tuple[Point, ...]:
    """Return the points with substance, by category and sub-type, in order of telling.

    With `about`, a name, those that the text lays at others' doors are left out. What has no sub-type joins the others of its category.
    """
    texts = {letter.id: letter for letter in letters}
    groups: dict[tuple[Category, str], list[Telling]] = {}
    for one in tellings:
        if one.letter in texts and _concerns(one, texts[one.letter].text, about):
            groups.setdefault((one.category, one.subtype), []).append(one)
    points = [_point(key, some, texts) for key, some in _joined(groups).items() if _has_substance(some)]
    return tuple(points)


def _joined(groups: Mapping[tuple[Category, str], list[Telling]]) -> dict[tuple[Category, str], list[Telling]]:
    joined: dict[tuple[Category, str], list[Telling]] = {key: list(some) for key, some in groups.items() if key[1]}
    for (category, subtype), some in groups.items():
        if not subtype:
            home = next((key for key in joined if key[0] is category), (category, ""))
            joined.setdefault(home, []).extend(some)
    return joined


def _concerns(telling: Telling, text: str, about: str) -> bool:
    """Tell whether an allegation is laid at somebody's door: the person is named with it, or nobody is."""
    named = [one.span.of(text) for one in telling.particulars if one.kind is ParticularKind.RESPONDENT]
    return not about or not named or any(about in one or one in about for one in named)


def _has_substance(tellings: Sequence[Telling]) -> bool:
    return any(
        one.kind in _SUBSTANCE and one.reach is not Reach.INHERITED for some in tellings for one in some.particulars
    )


def _point(key: tuple[Category, str], tellings: Sequence[Telling], letters: Mapping[int, Letter]) -> Point:
    facts = [one for some in tellings for one in some.particulars]
    kinds = {one.kind for one in facts}
    return Point(
        category=key[0],
        subtype=key[1],
        when=_words(tellings, letters, (ParticularKind.TIME,)),
        where=_words(tellings, letters, _WHERE),
        how_much=_words(tellings, letters, _HOW_MUCH),
        evidence=_words(tellings, letters, (ParticularKind.EVIDENCE,)),
        hearsay=ParticularKind.HEARSAY in kinds and ParticularKind.FIRSTHAND not in kinds,
        missing=missing(present([*facts, _conduct()]), (key[0],)),
        letters=len({one.letter for one in tellings if not letters[one.letter].repeats}) or 1,
    )


def _conduct() -> Particular:
    return Particular(ParticularKind.CONDUCT, Span(0, 0))


def _words(
    tellings: Sequence[Telling], letters: Mapping[int, Letter], kinds: Sequence[ParticularKind]
) -> tuple[str, ...]:
    """Return the particulars of some kinds in words, each once, none inside another."""
    found: dict[str, None] = {}
    for some in tellings:
        for one in some.particulars:
            if one.kind in kinds and one.reach is not Reach.INHERITED and not _CENTS.match(one.value):
                found[told(one.value) if one.value else one.span.of(letters[some.letter].text)] = None
    whole = [one for one in found if not any(one != other and one in other for other in found)]
    return tuple(whole[:_MOST])
