"""The search index over masked letters: which are in it, which have to be indexed again, and which hold given words.

Pairs of neighbouring characters are indexed by FTS5 on SQLite and by GIN on PostgreSQL; what they let through is compared with the folded
text itself, so that both databases find exactly the same. Folded text stays beside the index because FTS5 has to be told what to forget.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from sqlalchemy import ColumnElement, Select, Text, TextClause, and_, column, delete, func, select, table, true, update
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from xiansuo.storage.bulk import insert_tuples
from xiansuo.storage.repositories.letters import AT_REST
from xiansuo.storage.session import chunks
from xiansuo.storage.tables import Clues, Letters, LetterSearch
from xiansuo.text.search import grams, some_grams

# FTS5 knows itself as a column; the one of the pairs cannot be named where no columns are kept apart (detail=none).
_FTS = table("letter_grams", column("rowid"), column("letter_grams"))
_GIN = table("letter_grams", column("letter_id"), column("grams", ARRAY(Text)))
_PUT = {
    "sqlite": sql("INSERT INTO letter_grams (rowid, grams) VALUES (:letter, :grams)"),
    "postgresql": sql("INSERT INTO letter_grams (letter_id, grams) VALUES (:letter, :grams) ON CONFLICT DO NOTHING"),
}
_DROP = {
    "sqlite": sql("INSERT INTO letter_grams (letter_grams, rowid, grams) VALUES ('delete', :letter, :grams)"),
    "postgresql": sql("DELETE FROM letter_grams WHERE letter_id = :letter"),
}


@dataclass(frozen=True, slots=True)
class Searchable:
    """A letter's fields as they are searched: numbers, unit and respondents of the letter and of the clue it opened, subject, text."""

    letter: int
    fields: tuple[str, ...] = field(repr=False)


def outdated(session: Session, version: int, *, limit: int) -> list[int]:
    """Return up to `limit` letters that are not indexed as `version` has it."""
    return list(session.scalars(select(LetterSearch.letter_id).where(LetterSearch.version < version).limit(limit)))


def new(session: Session, *, limit: int) -> list[int]:
    """Return up to `limit` letters that were never indexed, in order of intake, up to the first that has not reached the queue.

    Before it stands in a clue nobody finds a letter, and once it does its words change.
    """
    last = session.scalar(select(func.max(LetterSearch.letter_id))) or 0
    following = select(Letters.id, Letters.state).where(Letters.id > last).order_by(Letters.id).limit(limit)
    rows = session.execute(following).tuples()
    return [id_ for id_, _ in takewhile(lambda row: row[1] in AT_REST, rows)]


def searchable(session: Session, letters: Sequence[int]) -> list[Searchable]:
    """Return what can be searched of each letter."""
    opened: dict[int, list[str]] = {}
    heads = select(Clues.main_letter, Clues.number, Clues.unit, Clues.respondents).where(Clues.main_letter.in_(letters))
    for main, number, unit, respondents in session.execute(heads).tuples():
        opened.setdefault(main, []).extend((number, unit, *respondents))
    columns = (Letters.id, Letters.number, Letters.named_unit, Letters.named_respondents, Letters.subject, Letters.text)
    rows = session.execute(select(*columns).where(Letters.id.in_(letters))).tuples()
    return [
        Searchable(id_, (*opened.get(id_, ()), number, unit, *named, subject, text))
        for id_, number, unit, named, subject, text in rows
    ]


def put(session: Session, folded: Sequence[tuple[int, str]], version: int) -> None:
    """Put the folded text of letters that were never indexed into the index."""
    names = ("letter_id", "version", "folded")
    insert_tuples(session, LetterSearch, names, [(letter, version, text) for letter, text in folded], missing=True)
    _grams(session, _PUT, folded)


def replace(session: Session, folded: Sequence[tuple[int, str]], version: int) -> None:
    """Put the folded text of letters into the index, in the place of what is there."""
    letters = [letter for letter, _ in folded]
    _drop(session, letters)
    session.execute(delete(LetterSearch).where(LetterSearch.letter_id.in_(letters)))
    put(session, folded, version)


def outdate(session: Session, letters: Iterable[int]) -> None:
    """Note that letters have to be indexed again; until then they are found as before."""
    for chunk in chunks(letters):
        session.execute(update(LetterSearch).where(LetterSearch.letter_id.in_(chunk)).values(version=0))


def outdate_clues(session: Session, named: Mapping[int, tuple[str, list[str]]]) -> None:
    """Note which letters that opened clues have to be indexed again, because the unit and respondents they stand for are now `named` otherwise."""
    wanted = select(Clues.id, Clues.main_letter, Clues.unit, Clues.respondents)
    for chunk in chunks(named):
        rows = session.execute(wanted.where(Clues.id.in_(chunk))).tuples()
        outdate(session, [main for id_, main, unit, respondents in rows if (unit, respondents) != named[id_]])


def blank(session: Session, letters: Iterable[int]) -> None:
    """Take the words of letters out of the index at once; they wait to be indexed again."""
    for chunk in chunks(letters):
        _drop(session, chunk)
        session.execute(update(LetterSearch).where(LetterSearch.letter_id.in_(chunk)).values(version=0, folded=""))


def forget(session: Session, letters: Iterable[int]) -> None:
    """Take letters out of the index for good, before they themselves are deleted."""
    for chunk in chunks(letters):
        _drop(session, chunk)
        session.execute(delete(LetterSearch).where(LetterSearch.letter_id.in_(chunk)))


def compact(session: Session) -> None:
    """Write the index anew without what was taken out; FTS5 keeps that until then. PostgreSQL's vacuum does it by itself."""
    if _dialect(session) == "sqlite":
        session.execute(sql("INSERT INTO letter_grams (letter_grams) VALUES ('optimize')"))


def rebuild(session: Session) -> None:
    """Put the pairs of all folded text into an index that is empty, as after rows were loaded from elsewhere."""
    rows = session.execute(
        select(LetterSearch.letter_id, LetterSearch.folded).where(LetterSearch.folded != "")
    ).tuples()
    for chunk in chunks(rows):
        _grams(session, _PUT, chunk)


def holding(session: Session, terms: Sequence[str]) -> Select[tuple[int]]:
    """Select the letters that hold every one of the folded `terms`, each anywhere in one of its fields."""
    narrow = some_grams(terms)
    index = _FTS if _dialect(session) == "sqlite" else _GIN
    own = index.c.rowid if index is _FTS else index.c.letter_id
    found = select(own).select_from(index).where(_has_all(session, narrow))
    # A term of two characters is exactly what the index holds; of a longer one the pairs could stand scattered.
    longer = [term for term in terms if term not in narrow]
    if not longer:
        return found
    # The index comes first, so that a limit stops it early.
    return found.join(LetterSearch, LetterSearch.letter_id == own).where(said(longer))


def said(terms: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition on `LetterSearch` that a letter holds the folded `terms`, by reading it."""
    return and_(true(), *(LetterSearch.folded.contains(term, autoescape=True) for term in terms))


def _has_all(session: Session, wanted: Sequence[str]) -> ColumnElement[bool]:
    if _dialect(session) == "sqlite":
        return _FTS.c.letter_grams.match(" ".join(f'"{gram}"' for gram in wanted))
    return _GIN.c.grams.contains(list(wanted))


def _drop(session: Session, letters: Sequence[int]) -> None:
    there = select(LetterSearch.letter_id, LetterSearch.folded).where(LetterSearch.letter_id.in_(letters))
    _grams(session, _DROP, [(letter, folded) for letter, folded in session.execute(there).tuples() if folded])


def _grams(session: Session, statements: dict[str, TextClause], folded: Sequence[tuple[int, str]]) -> None:
    """Run a statement for the pairs of each letter; FTS5 takes them as one string of words."""
    dialect = _dialect(session)
    rows = [
        {"letter": letter, "grams": " ".join(grams(text)) if dialect == "sqlite" else list(grams(text))}
        for letter, text in folded
    ]
    if rows:
        session.connection().execute(statements[dialect], rows)


def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name
