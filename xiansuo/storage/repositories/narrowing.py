"""The filters of the queue as conditions on clues, the first of which is always that the person may meet the clue."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Text, and_, cast, exists, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.sql.elements import BinaryExpression
from sqlalchemy.sql.operators import in_op

from xiansuo.domain.board import NO_CATEGORY, Filters, Show
from xiansuo.domain.decision import Act
from xiansuo.domain.letter import Channel, Signed
from xiansuo.domain.people import Viewer
from xiansuo.storage.planning import along_indexes
from xiansuo.storage.repositories import search
from xiansuo.storage.repositories.visibility import visible
from xiansuo.storage.tables import ClueLetters, Clues, ClueUnits, Decisions, Letters, LetterSearch
from xiansuo.text.search import fold, terms

_MOST_MATCHES = 2000


class Cut(NamedTuple):
    """Clues of a sort whose clocks run since `last` or earlier, and since `first` or later where that is given."""

    scope: str
    last: date
    first: date | None = None


def narrowing(
    session: Session,
    viewer: Viewer,
    filters: Filters,
    cuts: Sequence[Cut] = (),
    *,
    veiled: ColumnElement[bool],
) -> list[ColumnElement[bool]]:
    """Return the conditions of `filters` but the states, and first of all that the person may meet the clue.

    `cuts` say what the filter by time limits means today. No filter by what is suggested finds a clue that is `veiled`:
    that it is there, or how many there are, would tell its suggestion.
    """
    return [
        visible(viewer),
        *([~veiled] if filters.by_suggestion else []),
        *_about(filters),
        *_dated(filters, cuts, veiled),
        *_own(viewer, filters),
        *_placed(session, filters),
        *_said(session, filters),
    ]


def names_few(wanted: Sequence[ColumnElement[bool]]) -> bool:
    """Whether one of the conditions names the clues it lets through (`IN`), which is done where they are few as a rule."""
    return any(isinstance(one, BinaryExpression) and one.operator is in_op for one in wanted)


def within(cuts: Sequence[Cut]) -> ColumnElement[bool]:
    """Return the condition that a clue's clocks run as one of `cuts` says, whoever asks."""
    return or_(false(), *(_within(cut, false()) for cut in cuts))


def _about(filters: Filters) -> Iterator[ColumnElement[bool]]:
    """Give the conditions on what a clue says."""
    if filters.category:
        yield _has(Clues.labels, filters.category)
    if filters.decided:
        yield _has(Clues.final_labels, filters.decided)
    if filters.grade:
        yield Clues.grade == filters.grade
    if filters.letters:
        yield Clues.letters_count >= filters.letters
    if filters.flag:
        yield _lists(Clues.flags, filters.flag)
    if filters.channel:
        yield _letters(Letters.channel == filters.channel)


def _dated(filters: Filters, cuts: Sequence[Cut], veiled: ColumnElement[bool]) -> Iterator[ColumnElement[bool]]:
    if filters.start:
        yield Clues.received >= filters.start
    if filters.end:
        yield Clues.received <= filters.end
    if filters.due:
        yield or_(false(), *(_within(cut, veiled) for cut in cuts))


def _within(cut: Cut, veiled: ColumnElement[bool]) -> ColumnElement[bool]:
    of_scope = {
        "全部": true(),
        "实名": _letters(Letters.signed == Signed.REAL_NAME),
        "部门移送": _letters(Letters.channel == Channel.TRANSFER),
        "业务范围外": and_(Clues.category.is_(None), ~veiled),
    }
    span = [Clues.since <= cut.last, *([Clues.since >= cut.first] if cut.first else [])]
    return and_(*span, of_scope.get(cut.scope, false()))


def _own(viewer: Viewer, filters: Filters) -> Iterator[ColumnElement[bool]]:
    """Give the conditions that depend on who asks."""
    if filters.show is Show.MINE:
        yield exists().where(
            Decisions.clue_id == Clues.id, Decisions.account_id == viewer.account, Decisions.act == Act.POSTPONE
        )
    if filters.show is Show.SECOND:
        yield or_(Clues.first_reader.is_(None), Clues.first_reader != viewer.account)


def _placed(session: Session, filters: Filters) -> Iterator[ColumnElement[bool]]:
    """Give the condition that a clue is about a unit or one below it, written so that few clues are found by their unit."""
    if filters.unit:
        of_unit = select(ClueUnits.clue_id).where(ClueUnits.unit == filters.unit)
        if len(session.scalars(of_unit.limit(_MOST_MATCHES + 1)).all()) <= _MOST_MATCHES:
            yield Clues.id.in_(of_unit)
        else:
            yield of_unit.where(ClueUnits.clue_id == Clues.id).exists()


def _said(session: Session, filters: Filters) -> Iterator[ColumnElement[bool]]:
    """Give the conditions on words and names, found through the search index."""
    if words := terms(filters.words):
        yield _holding(session, words)
    if filters.respondent:
        yield _lists(Clues.respondents, filters.respondent, whole=False)
        # The letter that opened a clue is indexed with all the clue's respondents.
        if name := terms(fold(filters.respondent)):
            yield Clues.main_letter.in_(search.holding(session, name))


def _holding(session: Session, words: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that a letter behind the clue holds the words.

    Few letters are looked up first and their clues named; with many it is cheaper to read clue by clue until a page is full.
    """
    with along_indexes(session, in_order=False):
        some = list(session.scalars(search.holding(session, words).limit(_MOST_MATCHES + 1)))
    if len(some) <= _MOST_MATCHES:
        return Clues.id.in_(select(ClueLetters.clue_id).where(ClueLetters.letter_id.in_(some)))
    return _behind(LetterSearch.letter_id == ClueLetters.letter_id, search.said(words))


def _letters(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return _behind(Letters.id == ClueLetters.letter_id, condition)


def _behind(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition that a letter behind the clue fulfils all of `conditions`."""
    # Not EXISTS: for that PostgreSQL would first gather all such letters of the office, and a page needs thirty clues.
    one = select(true()).where(ClueLetters.clue_id == Clues.id, *conditions)
    return one.limit(1).correlate(Clues).scalar_subquery().is_not(None)


def _has(labels: InstrumentedAttribute[Any], code: str) -> ColumnElement[bool]:
    if code == NO_CATEGORY:
        return cast(labels, Text) == "[]"
    return _lists(labels, code)


def _lists(values: InstrumentedAttribute[Any], one: str, *, whole: bool = True) -> ColumnElement[bool]:
    """Return the condition that a stored list names `one`, as a whole entry or within one."""
    sought = f'"{one}"' if whole else one
    return cast(values, Text).contains(sought, autoescape=True)
