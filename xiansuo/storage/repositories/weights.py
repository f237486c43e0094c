"""Which suggestions are to be weighed again because the points of the rubric changed, and how they are stored with another rank."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Insert, LargeBinary, Select, Table, bindparam, func, insert, select
from sqlalchemy.orm import Session

from xiansuo.domain.category import Category
from xiansuo.domain.suggestion import Rank
from xiansuo.storage.repositories import numbers, ranks
from xiansuo.storage.repositories.renewals import of_unread
from xiansuo.storage.session import now, table_of
from xiansuo.storage.tables import Allegations, Suggestions
from xiansuo.storage.tables.base import Json

# Suggestions name what made them by 16 bytes for the letter and 16 for the version.
_MARK = func.substr(Suggestions.inputs, 17, type_=LargeBinary)
_TOLD = ("id", "letter_id", "scope", "labels", "found", "why", "inputs")


@dataclass(frozen=True, slots=True)
class ToWeigh:
    """A suggestion whose rank is to be weighed anew: what its rank and the sentences about it hang on."""

    id: int
    letter: int
    scope: float
    labels: tuple[Category, ...]
    found: Json = field(repr=False)
    why: tuple[str, ...] = field(repr=False)
    inputs: bytes
    referred: bool


@dataclass(frozen=True, slots=True)
class Weighed:
    """A suggestion to be stored that says what suggestion `before` says, but for its rank, the sentences about it and what it was made from."""

    before: int
    rank: Rank
    why: tuple[str, ...] = field(repr=False)
    inputs: bytes


def of_versions(marks: Collection[bytes]) -> Select[tuple[int]]:
    """Select the letters of clues that nobody has read, whose latest suggestion was made from one of these versions."""
    return of_unread(Suggestions.letter_id).where(_MARK.in_(sorted(marks)))


def to_weigh(session: Session, marks: Collection[bytes], *, after: int, limit: int) -> list[ToWeigh]:
    """Return up to `limit` latest suggestions of such letters that follow the suggestion `after`."""
    columns = (getattr(Suggestions, name) for name in _TOLD)
    wanted = of_unread(*columns, Suggestions.referral.is_not(None)).where(_MARK.in_(sorted(marks)))
    rows = session.execute(wanted.where(Suggestions.id > after).order_by(Suggestions.id).limit(limit)).tuples()
    return [
        ToWeigh(id_, letter, scope, tuple(map(Category, labels)), found, tuple(why), inputs, referred)
        for id_, letter, scope, labels, found, why, inputs, referred in rows
    ]


def add(session: Session, weighed: Sequence[Weighed]) -> None:
    """Store suggestions that are earlier ones with another rank; the earlier ones stay."""
    ids, created = numbers.take(session, "suggestions", len(weighed)), now()
    rows = [
        {
            "before": one.before,
            "new_id": id_,
            "new_rank": ranks.to_json(one.rank),
            "new_why": list(one.why),
            "new_inputs": one.inputs,
            "new_created": created,
        }
        for id_, one in zip(ids, weighed, strict=True)
    ]
    own, accused = table_of(Suggestions), table_of(Allegations)
    changed = {name: f"new_{name}" for name in ("id", "rank", "why", "inputs", "created")}
    for statement in (
        _again(own, own.c.id, changed),
        _again(accused, accused.c.suggestion_id, {"suggestion_id": "new_id"}, without="id"),
    ):
        session.connection().execute(statement, rows)


def _again(table: Table, key: ColumnElement[int], changed: Mapping[str, str], *, without: str = "") -> Insert:
    """Insert the rows of a key again, some columns from parameters; the database copies the others by itself."""
    given = [column for column in table.c if column.name != without]
    values = [bindparam(changed[one.name], type_=one.type) if one.name in changed else one for one in given]
    rows = select(*values).where(key == bindparam("before")).order_by(table.c.id)
    return insert(table).from_select([one.name for one in given], rows)
