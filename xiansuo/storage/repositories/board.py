"""The queue as one person may see it: pages of rows by key, counts, and what stands beside each row."""

import heapq
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, Text, case, cast, func, or_, select, true
from sqlalchemy.orm import Session

from xiansuo.domain.board import Filters, Show, Sort
from xiansuo.domain.category import Category
from xiansuo.domain.decision import ClueState, Outcome
from xiansuo.domain.letter import Channel, Signed
from xiansuo.domain.people import Viewer
from xiansuo.domain.suggestion import Relation
from xiansuo.storage.planning import along_indexes
from xiansuo.storage.repositories import learned, search
from xiansuo.storage.repositories.learned import Learned
from xiansuo.storage.repositories.narrowing import names_few
from xiansuo.storage.tables import Accounts, ClueBlocks, ClueLetters, Clues, Decisions, Leases, Letters, LetterSearch
from xiansuo.storage.tables.base import Json

MOST_COUNTED = 1000
"""Counting stops here: beyond it nobody needs the number on the page, and it would cost as much as reading all."""
Key = tuple[float | date, int]


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A clue as a row of the queue."""

    id: int
    number: str
    state: ClueState
    rank: float
    rubric_rank: float
    letters_count: int
    grade: str
    since: date
    received: date | None
    postponed_until: date | None
    outcome: Outcome | None
    labels: tuple[Category, ...]
    scores: Mapping[Category, float]
    final_labels: tuple[Category, ...]
    missing: tuple[str, ...]
    flags: tuple[str, ...]
    unit: str = field(repr=False)
    respondents: tuple[str, ...] = field(repr=False)
    why: tuple[str, ...] = field(repr=False)
    learned: Learned | None = None


@dataclass(frozen=True, slots=True)
class BehindRow:
    """A letter behind a clue."""

    number: str
    relation: Relation
    channel: Channel
    signed: Signed


@dataclass(frozen=True, slots=True)
class Reader:
    """Who is reading a clue now."""

    account: int
    name: str = field(repr=False)


_COLUMNS = (
    Clues.id,
    Clues.number,
    Clues.state,
    Clues.rank,
    Clues.rubric_rank,
    Clues.letters_count,
    Clues.grade,
    Clues.since,
    Clues.received,
    Clues.postponed_until,
    Clues.outcome,
    Clues.labels,
    Clues.scores,
    Clues.final_labels,
    Clues.missing,
    Clues.flags,
    Clues.unit,
    Clues.respondents,
    Clues.why,
    Clues.learned,
)
_RANKS = {Sort.RANK: Clues.rank, Sort.RUBRIC: Clues.rubric_rank}


def page(
    session: Session,
    wanted: Sequence[ColumnElement[bool]],
    filters: Filters,
    *,
    after: Key | None = None,
    limit: int,
) -> list[BoardRow]:
    """Return up to `limit` rows that fulfil `wanted`, in the order of `filters`, that follow the row with the key `after`.

    Each state is read along its own index and the rows are merged, so that no state makes the others slow. Of several states each is
    read only as far as the page reaches into it.
    """
    states = filters.show.states
    at_once = -(-limit // len(states))
    # Few clues are looked up and sorted; any other condition lets a good share of the rows through.
    with along_indexes(session, in_order=not names_few(wanted)), ExitStack() as opened:
        read = [_of_state(state, wanted, filters.sort, after, limit) for state in states]
        found = [opened.enter_context(session.execute(one, execution_options={"yield_per": at_once})) for one in read]
        merged = heapq.merge(*(map(_row, rows) for rows in found), key=lambda row: _order(row, filters.sort))
        return list(islice(merged, limit))


def rows(session: Session, wanted: Sequence[ColumnElement[bool]], ids: Sequence[int]) -> list[BoardRow]:
    """Return the rows of clues in the order of `ids`; those that do not fulfil `wanted` are left out."""
    found = {one.id: _row(one) for one in session.execute(select(*_COLUMNS).where(Clues.id.in_(ids), *wanted))}
    return [found[id_] for id_ in ids if id_ in found]


def count(session: Session, wanted: Sequence[ColumnElement[bool]], show: Show) -> int:
    """Return how many clues fulfil `wanted`, at most one more than `MOST_COUNTED`."""
    some = select(true()).select_from(Clues).where(Clues.state.in_(show.states), *wanted).limit(MOST_COUNTED + 1)
    return session.scalar(select(func.count()).select_from(some.subquery())) or 0


def key_of(row: BoardRow, sort: Sort) -> Key:
    """Return the key by which the page after this row is found."""
    ranks = {Sort.RANK: row.rank, Sort.RUBRIC: row.rubric_rank}
    return ranks.get(sort, row.since), row.id


class Tally(NamedTuple):
    """How many clues share a state, suggested and decided categories and a grade; of `veiled` ones no suggestion is told."""

    state: ClueState
    labels: tuple[str, ...]
    decided: tuple[str, ...]
    grade: str
    clues: int
    veiled: bool = False


def tallies(session: Session, wanted: Sequence[ColumnElement[bool]], veiled: ColumnElement[bool]) -> list[Tally]:
    """Return how many clues fulfil `wanted`, by all that the filters name together, in one reading."""
    columns = (
        Clues.state,
        cast(Clues.labels, Text).label("labels"),
        cast(Clues.final_labels, Text).label("final"),
        Clues.grade,
        case((veiled, 1), else_=0).label("veiled"),
    )
    # PostgreSQL takes an expression with parameters for another one when it stands in GROUP BY again.
    rows = select(*columns).where(*wanted).subquery()
    counted = select(*rows.c, func.count()).group_by(*rows.c)
    return [
        Tally(
            ClueState(state),
            () if hidden else _codes(labels),
            _codes(final),
            "" if hidden else grade,
            number,
            bool(hidden),
        )
        for state, labels, final, grade, hidden, number in session.execute(counted).tuples()
    ]


def behind(session: Session, ids: Sequence[int]) -> dict[int, list[BehindRow]]:
    """Return the letters behind clues, in order of intake."""
    wanted = (
        select(ClueLetters.clue_id, Letters.number, ClueLetters.relation, Letters.channel, Letters.signed)
        .join(Letters, Letters.id == ClueLetters.letter_id)
        .where(ClueLetters.clue_id.in_(ids))
        .order_by(ClueLetters.letter_id)
    )
    found: dict[int, list[BehindRow]] = {}
    for clue, number, relation, channel, signed in session.execute(wanted).tuples():
        found.setdefault(clue, []).append(BehindRow(number, Relation(relation), Channel(channel), Signed(signed)))
    return found


def readers(session: Session, ids: Sequence[int], at: datetime) -> dict[int, Reader]:
    """Return who is reading which of these clues."""
    wanted = (
        select(Leases.clue_id, Accounts.id, Accounts.name)
        .join(Accounts, Accounts.id == Leases.account_id)
        .where(Leases.clue_id.in_(ids), Leases.expires > at)
    )
    return {clue: Reader(account, name) for clue, account, name in session.execute(wanted).tuples()}


def blocks(session: Session, viewer: Viewer) -> tuple[int, datetime | None]:
    """Return what changes whenever a clue is kept away from the person or given back: the number and last of their blocks."""
    of_viewer = ClueBlocks.account_id == viewer.account
    number, last = session.execute(select(func.count(), func.max(ClueBlocks.created)).where(of_viewer)).one()
    return number, last


def last_act(session: Session, viewer: Viewer) -> int:
    """Return the person's last act on a clue, 0 before the first."""
    return session.scalar(select(func.max(Decisions.id)).where(Decisions.account_id == viewer.account)) or 0


def passages(session: Session, ids: Sequence[int], words: Sequence[str]) -> dict[int, tuple[str, str]]:
    """Return subject and masked text of the first letter behind each clue that holds the folded `words`."""
    first = (
        select(ClueLetters.clue_id, func.min(ClueLetters.letter_id).label("letter"))
        .join(LetterSearch, LetterSearch.letter_id == ClueLetters.letter_id)
        .where(ClueLetters.clue_id.in_(ids), search.said(words))
        .group_by(ClueLetters.clue_id)
        .subquery()
    )
    wanted = select(first.c.clue_id, Letters.subject, Letters.text).join(Letters, Letters.id == first.c.letter)
    return {clue: (subject, text) for clue, subject, text in session.execute(wanted).tuples()}


def _of_state(
    state: ClueState,
    wanted: Sequence[ColumnElement[bool]],
    sort: Sort,
    after: Key | None,
    limit: int,
) -> Select[Any]:
    found = select(*_COLUMNS).where(Clues.state == state, *wanted, *_following(sort, after))
    orders = {
        **{one: (column.desc(), Clues.id) for one, column in _RANKS.items()},
        Sort.DUE: (Clues.since, Clues.id),
        Sort.NEW: (Clues.since.desc(), Clues.id.desc()),
    }
    return found.order_by(*orders[sort]).limit(limit)


def _following(sort: Sort, after: Key | None) -> Iterator[ColumnElement[bool]]:
    """Give the bound of the index first, then what decides among equals."""
    if after is None:
        return
    value, id_ = after
    if sort in _RANKS:
        yield _RANKS[sort] <= value
        yield or_(_RANKS[sort] < value, Clues.id > id_)
    elif sort is Sort.DUE:
        yield Clues.since >= value
        yield or_(Clues.since > value, Clues.id > id_)
    else:
        yield Clues.since <= value
        yield or_(Clues.since < value, Clues.id < id_)


def _order(row: BoardRow, sort: Sort) -> tuple[float, int]:
    if sort in _RANKS:
        return -(row.rank if sort is Sort.RANK else row.rubric_rank), row.id
    days = row.since.toordinal()
    return (days, row.id) if sort is Sort.DUE else (-days, -row.id)


def _codes(stored: str | None) -> tuple[str, ...]:
    """Return the codes of a stored list of categories; codes hold no quotes or commas."""
    return tuple(code for code in Category if f'"{code}"' in (stored or ""))


def _row(one: Row[tuple[Json, ...]]) -> BoardRow:
    return BoardRow(
        id=one.id,
        number=one.number,
        state=ClueState(one.state),
        rank=one.rank,
        rubric_rank=one.rubric_rank,
        letters_count=one.letters_count,
        grade=one.grade,
        since=one.since,
        received=one.received,
        postponed_until=one.postponed_until,
        outcome=Outcome(one.outcome) if one.outcome else None,
        labels=_categories(one.labels),
        scores={Category(code): score for code, score in one.scores.items()},
        final_labels=_categories(one.final_labels or ()),
        missing=tuple(one.missing),
        flags=tuple(one.flags),
        unit=one.unit,
        respondents=tuple(one.respondents),
        why=tuple(one.why),
        learned=learned.from_json(one.learned),
    )


def _categories(codes: Iterable[str]) -> tuple[Category, ...]:
    return tuple(map(Category, codes))
