"""What linking knows of stored letters: the index of hashed stretches and fact pairs, and the facts themselves."""

import json
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ARRAY, CTE, BigInteger, Select, and_, bindparam, column, delete, func, select
from sqlalchemy.orm import Session

from xiansuo.domain.category import Category
from xiansuo.domain.suggestion import Facts
from xiansuo.storage.session import add_missing, add_rows, chunks, table_of
from xiansuo.storage.tables import LinkFacts, Sketches
from xiansuo.storage.tables.base import Json

_SIGN = 1 << 63
_HASH_BYTES = 8
_NAMES = ("respondents", "units", "places", "sums", "times", "documents", "names", "strange", "rare", "topics")


@dataclass(frozen=True, slots=True)
class StoredFacts:
    """A letter's sketch (signed 64-bit hashes) and facts."""

    sketch: tuple[int, ...]
    facts: Facts


def add_sketches(session: Session, sketches: Mapping[int, Iterable[int]]) -> None:
    """Index letters (letter id → its hashes, 64 bits, with or without sign); those indexed already stay as they are."""
    rows = [
        {"hash": _signed(one), "letter_id": letter_id} for letter_id, hashes in sketches.items() for one in set(hashes)
    ]
    # Sorted, because the index is clustered by hash and neighbours share a page.
    add_missing(session, Sketches, sorted(rows, key=lambda row: (row["hash"], row["letter_id"])))


def remove_sketches(session: Session, sketches: Mapping[int, Iterable[int]]) -> None:
    """Take these hashes (letter id → hashes) out of the index; it is clustered by hash, so they must be named."""
    rows = [{"h": _signed(one), "i": letter_id} for letter_id, hashes in sketches.items() for one in set(hashes)]
    if rows:
        index = table_of(Sketches)
        gone = delete(index).where(index.c.hash == bindparam("h"), index.c.letter_id == bindparam("i"))
        session.connection().execute(gone, sorted(rows, key=lambda row: (row["h"], row["i"])))


def postings(session: Session, hashes: Iterable[int], limit_per_hash: int = 200) -> dict[int, list[int]]:
    """Return the letters under each hash (signed) that has any, in order of intake.

    Of every hash only the `limit_per_hash` earliest letters count: a phrase of many letters must not cost a walk through all.
    """
    found: dict[int, list[int]] = {}
    for chunk in chunks(sorted({_signed(one) for one in hashes})):
        for key, letter_id in session.execute(_earliest(_asked(session, chunk), limit_per_hash)):
            found.setdefault(key, []).append(letter_id)
    return {key: sorted(letter_ids) for key, letter_ids in found.items()}


def replace_facts(session: Session, letters: Mapping[int, StoredFacts]) -> None:
    """Remember the facts of letters (letter id → facts) in the place of those known."""
    for chunk in chunks(letters):
        session.execute(delete(LinkFacts).where(LinkFacts.letter_id.in_(chunk)))
    rows = [
        {"letter_id": id_, "sketch": array("q", one.sketch).tobytes(), "facts": _to_json(one.facts)}
        for id_, one in letters.items()
    ]
    add_rows(session, LinkFacts, rows)


def facts_of(session: Session, letter_ids: Iterable[int]) -> dict[int, StoredFacts]:
    """Return the facts of each letter that has been linked."""
    # Plain columns, not mapped objects: thousands of rows are read for every batch of letters.
    wanted = select(LinkFacts.letter_id, LinkFacts.sketch, LinkFacts.facts)
    rows = (
        row for chunk in chunks(letter_ids) for row in session.execute(wanted.where(LinkFacts.letter_id.in_(chunk)))
    )
    return {row.letter_id: StoredFacts(tuple(array("q", row.sketch)), _from_json(row.facts)) for row in rows}


def sketch_sizes(session: Session, letter_ids: Iterable[int]) -> dict[int, int]:
    """Return how many hashes the sketch of each linked letter has, without reading its facts."""
    sizes = select(LinkFacts.letter_id, func.length(LinkFacts.sketch))
    return {
        id_: size // _HASH_BYTES
        for chunk in chunks(letter_ids)
        for id_, size in session.execute(sizes.where(LinkFacts.letter_id.in_(chunk)))
    }


def _asked(session: Session, hashes: Sequence[int]) -> CTE:
    # One parameter, not one per hash: the statement is compiled once, which saves 5 ms per letter.
    if session.get_bind().dialect.name == "sqlite":
        given = func.json_each(json.dumps(hashes)).table_valued(column("value", BigInteger))
        return select(given.c.value.label("hash")).cte("asked")
    unnested = func.unnest(bindparam("hashes", hashes, type_=ARRAY(BigInteger)))
    given = unnested.table_valued(column("value", BigInteger)).render_derived()
    return select(given.c.value.label("hash")).cte("asked")


def _earliest(asked: CTE, limit_per_hash: int) -> Select[tuple[int, int]]:
    # The last letter that counts is found by itself, in one step down the index; numbering all letters of a hash
    # with a window function costs ten times as much once phrases are shared by thousands.
    of_hash = select(Sketches.letter_id).where(Sketches.hash == asked.c.hash).order_by(Sketches.letter_id)
    last = func.coalesce(of_hash.offset(limit_per_hash - 1).limit(1).scalar_subquery(), _SIGN - 1).label("last")
    bounds = select(asked.c.hash, last).cte("bounds")
    early = and_(Sketches.hash == bounds.c.hash, Sketches.letter_id <= bounds.c.last)
    return select(Sketches.hash, Sketches.letter_id).join_from(bounds, Sketches, early)


def _signed(value: int) -> int:
    return value - 2 * _SIGN if value >= _SIGN else value


def _to_json(facts: Facts) -> dict[str, list[str]]:
    named = {name: sorted(getattr(facts, name)) for name in _NAMES}
    return {**named, "categories": sorted(facts.categories)}


def _from_json(stored: Json) -> Facts:
    categories = frozenset(Category(one) for one in stored["categories"])
    return Facts(categories=categories, **{name: frozenset(stored.get(name, ())) for name in _NAMES})
