"""Clues: their letters, their rank, and the queue read page by page, best first."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import BindParameter, ColumnElement, bindparam, func, or_, select, true, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from xiansuo.domain.category import Category
from xiansuo.domain.decision import ClueState
from xiansuo.domain.suggestion import Rank, Relation
from xiansuo.storage.repositories import learned, numbers, ranks, search
from xiansuo.storage.repositories.learned import Learned
from xiansuo.storage.session import CHINA, add_rows, chunks, now, table_of
from xiansuo.storage.tables import ClueLetters, Clues
from xiansuo.storage.tables.base import Json

_RANKED = (
    *(
        "unit",
        "respondents",
        "labels",
        "category",
        "scores",
        "scope",
        "rank",
        "rank_parts",
        "grade",
        "missing",
        "flags",
    ),
    *("why", "received", "rubric_rank", "learned"),
)
FOUND = ("outcome", "final_labels", "final_category", "postponed_until", "first_reader")
"""The columns that say what people found; empty while a clue is open."""


@dataclass(frozen=True, slots=True)
class ClueContent:
    """What a clue says, taken together from its letters. `scores` are the probabilities of its labels, `why` are the sentences shown with it."""

    rank: Rank
    scope: float
    labels: tuple[Category, ...] = ()
    scores: Mapping[Category, float] = field(default_factory=dict)
    unit: str = field(default="", repr=False)
    respondents: tuple[str, ...] = field(default=(), repr=False)
    why: tuple[str, ...] = field(default=(), repr=False)
    received: date | None = None


@dataclass(frozen=True, slots=True)
class StoredClue:
    """A clue as stored. `version` rises with every change of its content or letters.

    The rank of its content is the one that orders the queue, `rubric_rank` what the rubric alone gives; `learned` says what lies between.
    """

    id: int
    number: str
    main_letter: int
    created: datetime
    state: ClueState
    version: int
    letters_count: int
    content: ClueContent
    rubric_rank: float = 0.0
    learned: Learned | None = None


@dataclass(frozen=True, slots=True)
class ClueLetter:
    """A letter's place in a clue; `main` marks the one clue the letter mainly belongs to."""

    clue_id: int
    letter_id: int
    relation: Relation
    adds: tuple[str, ...] = field(default=(), repr=False)
    main: bool = True


def create(session: Session, main_letter: int, content: ClueContent, *, at: datetime | None = None) -> int:
    """Open a clue with its first letter, under the next number of the year (XS-2026-0001), and return its id."""
    (id_,) = create_all(session, [(main_letter, content)], at=at)
    return id_


def create_all(session: Session, opened: Sequence[tuple[int, ClueContent]], *, at: datetime | None = None) -> list[int]:
    """Open a clue for each (first letter, content), in order, and return their ids."""
    at = at or now()
    year = at.astimezone(CHINA).year
    ids = list(numbers.take(session, "clues", len(opened)))
    given = numbers.take(session, f"clues-{year}", len(opened))
    common = {"created": at, "state": ClueState.OPEN, "version": 0, "letters_count": 0}
    rows = [
        {
            "id": id_,
            "number": f"XS-{year}-{number:04d}",
            "main_letter": letter,
            "since": content.received or at.astimezone(CHINA).date(),
            "rubric_rank": content.rank.total,
            **common,
            **_to_columns(content),
        }
        for id_, number, (letter, content) in zip(ids, given, opened, strict=True)
    ]
    add_rows(session, Clues, rows)
    first = [ClueLetter(id_, letter, Relation.ORIGINAL) for id_, (letter, _) in zip(ids, opened, strict=True)]
    attach_all(session, first)
    return ids


def attach(session: Session, letter: ClueLetter) -> None:
    """Put a letter into a clue."""
    attach_all(session, [letter])


def attach_all(session: Session, placed: Sequence[ClueLetter]) -> None:
    """Put letters into clues and count them there."""
    rows = [
        {
            "clue_id": one.clue_id,
            "letter_id": one.letter_id,
            "relation": one.relation,
            "adds": list(one.adds),
            "main": one.main,
        }
        for one in placed
    ]
    add_rows(session, ClueLetters, rows)
    added = Counter(one.clue_id for one in placed)
    if added:
        clue: BindParameter[int] = bindparam("clue")
        more: BindParameter[int] = bindparam("more")
        counted = {"letters_count": Clues.letters_count + more, "version": Clues.version + more, "screened": False}
        change = update(table_of(Clues)).where(Clues.id == clue).values(counted)
        session.connection().execute(change, [{"clue": id_, "more": count} for id_, count in added.items()])
        search.outdate(session, [one.letter_id for one in placed])
        _reopen(session, {one.clue_id for one in placed if one.relation is not Relation.COPY})


def _reopen(session: Session, ids: Iterable[int]) -> None:
    """Put clues that persons were done with back into the queue: a letter that is no mere copy came, and nobody has read it."""
    for chunk in chunks(sorted(ids)):
        done = Clues.id.in_(chunk), Clues.state.in_((ClueState.POSTPONED, ClueState.DECIDED, ClueState.CLOSED))
        fresh = {"state": ClueState.OPEN, **dict.fromkeys(FOUND)}
        session.execute(update(Clues).where(*done).values(fresh).execution_options(synchronize_session=False))


def update_ranks(session: Session, contents: Mapping[int, tuple[ClueContent, tuple[float, Learned] | None]]) -> None:
    """Put new content, with the rank that the rubric gives, in the place of that of clues.

    Beside it stands the rank that orders the queue where that is another one, and what was learned about the clue.
    """
    rows = [{"clue": id_, **_ranked(content, moved)} for id_, (content, moved) in contents.items()]
    if not rows:
        return
    table = table_of(Clues)
    given = {name: bindparam(f"new_{name}", type_=table.c[name].type) for name in _RANKED}
    since = func.coalesce(given["received"], table.c.since)
    change = update(table).where(table.c.id == bindparam("clue"))
    change = change.values({**given, "since": since, "version": table.c.version + 1, "screened": False})
    search.outdate_clues(session, {id_: (one.unit, list(one.respondents)) for id_, (one, _) in contents.items()})
    session.connection().execute(change, rows)


def _ranked(content: ClueContent, moved: tuple[float, Learned] | None) -> dict[str, Json]:
    rank, known = moved or (content.rank.total, None)
    columns = {
        **_to_columns(content),
        "rubric_rank": content.rank.total,
        "rank": rank,
        "learned": learned.to_json(known),
    }
    return {f"new_{name}": value for name, value in columns.items()}


def get(session: Session, ids: Iterable[int]) -> dict[int, StoredClue]:
    """Return clues by id."""
    rows = [row for chunk in chunks(ids) for row in session.scalars(select(Clues).where(Clues.id.in_(chunk)))]
    return {row.id: _from_row(row) for row in rows}


def page(
    session: Session,
    *,
    after: tuple[float, int] | None = None,
    limit: int = 50,
    state: ClueState = ClueState.OPEN,
    where: ColumnElement[bool] | None = None,
) -> list[StoredClue]:
    """Return up to `limit` clues, best first, that follow the clue with (rank, id) `after`; equal ranks in order of age.

    Only those that fulfil `where`, such as what a person may see.
    """
    wanted = select(Clues).where(Clues.state == state, true() if where is None else where)
    if after is not None:
        rank, id_ = after
        wanted = wanted.where(Clues.rank <= rank, or_(Clues.rank < rank, Clues.id > id_))
    rows = session.scalars(wanted.order_by(Clues.rank.desc(), Clues.id).limit(limit))
    return [_from_row(row) for row in rows]


def count(session: Session, state: ClueState = ClueState.OPEN, *, where: ColumnElement[bool] | None = None) -> int:
    """Return how many clues in `state` fulfil `where`."""
    wanted = select(func.count()).select_from(Clues).where(Clues.state == state)
    return session.scalar(wanted if where is None else wanted.where(where)) or 0


def letters_of(session: Session, clue_ids: Iterable[int]) -> dict[int, list[ClueLetter]]:
    """Return the letters of each clue, in order of intake."""
    return _grouped(session, ClueLetters.clue_id, clue_ids)


def of_letters(session: Session, letter_ids: Iterable[int]) -> dict[int, list[ClueLetter]]:
    """Return the places of each letter in clues, its main one first."""
    return _grouped(session, ClueLetters.letter_id, letter_ids)


def by_main_letter(session: Session, letter_ids: Iterable[int]) -> dict[int, int]:
    """Return the clue that each of these letters opened, by letter."""
    opened = select(Clues.main_letter, Clues.id)
    return {
        letter: clue
        for chunk in chunks(letter_ids)
        for letter, clue in session.execute(opened.where(Clues.main_letter.in_(chunk)))
    }


def _grouped(session: Session, column: InstrumentedAttribute[int], ids: Iterable[int]) -> dict[int, list[ClueLetter]]:
    places: dict[int, list[ClueLetter]] = {}
    for chunk in chunks(ids):
        wanted = select(ClueLetters, column.label("owner")).where(column.in_(chunk))
        for row, owner in session.execute(wanted.order_by(ClueLetters.main.desc(), ClueLetters.letter_id)):
            places.setdefault(owner, []).append(_to_place(row))
    return places


def _to_place(row: ClueLetters) -> ClueLetter:
    return ClueLetter(row.clue_id, row.letter_id, Relation(row.relation), tuple(row.adds), row.main)


def _to_columns(content: ClueContent) -> dict[str, Json]:
    rank = content.rank
    return {
        "unit": content.unit,
        "respondents": list(content.respondents),
        "labels": [label.value for label in content.labels],
        "category": content.labels[0].value if content.labels else None,
        "scores": {label.value: score for label, score in content.scores.items()},
        "scope": content.scope,
        "rank": rank.total,
        "rank_parts": ranks.parts_to_json(rank.parts),
        "grade": rank.grade or "",
        "missing": list(rank.missing),
        "flags": list(rank.flags),
        "why": list(content.why),
        "received": content.received,
    }


def _from_row(row: Clues) -> StoredClue:
    return StoredClue(
        id=row.id,
        number=row.number,
        main_letter=row.main_letter,
        created=row.created,
        state=ClueState(row.state),
        version=row.version,
        letters_count=row.letters_count,
        content=_to_content(row),
        rubric_rank=row.rubric_rank,
        learned=learned.from_json(row.learned),
    )


def _to_content(row: Clues) -> ClueContent:
    return ClueContent(
        rank=Rank(
            row.rank,
            ranks.parts_from_json(row.rank_parts),
            ranks.grade_from(row.grade),
            tuple(row.missing),
            tuple(row.flags),
        ),
        scope=row.scope,
        labels=tuple(Category(label) for label in row.labels),
        scores={Category(label): score for label, score in row.scores.items()},
        unit=row.unit,
        respondents=tuple(row.respondents),
        why=tuple(row.why),
        received=row.received,
    )
