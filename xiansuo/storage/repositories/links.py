"""What linking knows of stored letters: the index of hashed stretches and fact pairs, and the facts themselves."""

import json
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import orjson
from sqlalchemy import ARRAY, CTE, BigInteger, Select, Text, and_, bindparam, cast, column, delete, func, select
from sqlalchemy.orm import Session

from xiansuo.domain.category import Category
from xiansuo.domain.suggestion import Facts
from xiansuo.storage.bulk import insert_tuples
from xiansuo.storage.repositories import numbers
from xiansuo.storage.session import add_rows, chunks, table_of
from xiansuo.storage.tables import ClueLetters, Clues, Letters, LinkFacts, Sketches
from xiansuo.storage.tables.base import Json

_SIGN = 1 << 63
_HASH_BYTES = 8
_MOST_ASKED = 50_000
"""So many hashes are one parameter of one statement."""
_NAMES = ("respondents", "units", "places", "sums", "times", "documents", "names", "strange", "rare", "topics")


@dataclass(frozen=True, slots=True)
class StoredFacts:
    """A letter's sketch (signed 64-bit hashes) and facts."""

    sketch: tuple[int, ...]
    facts: Facts


@dataclass(frozen=True, slots=True)
class Earlier(StoredFacts):
    """What linking compares of an earlier letter: also the digest of its Message-ID and the letter its clue is named after, if it has one."""

    message_key: bytes | None
    main: int | None


def take_turn(session: Session) -> None:
    """Wait until nobody else links or ranks letters; they wait until this transaction ends."""
    numbers.take_turn(session, "linking")


def add_sketches(session: Session, sketches: Mapping[int, Iterable[int]]) -> None:
    """Index letters (letter id → its hashes, 64 bits, with or without sign); those indexed already stay as they are."""
    rows = [(_signed(one), letter_id) for letter_id, hashes in sketches.items() for one in set(hashes)]
    # Sorted, because the index is clustered by hash and neighbours share a page.
    insert_tuples(session, Sketches, ("hash", "letter_id"), sorted(rows), missing=True)


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
        for key, letter_id in session.connection().execute(_earliest(_asked(session, chunk), limit_per_hash)):
            found.setdefault(key, []).append(letter_id)
    return {key: sorted(letter_ids) for key, letter_ids in found.items()}


def rare_postings(session: Session, hashes: Iterable[int], most: int) -> dict[int, Sequence[int]]:
    """Return the letters under each hash (signed) that has any, in order of intake; none for a hash of more than `most` letters."""
    found: dict[int, Sequence[int]] = {}
    for chunk in chunks(sorted({_signed(one) for one in hashes}), _MOST_ASKED):
        for key, told in session.connection().execute(_listed(_asked(session, chunk), most + 1)).all():
            if told:
                ids = told.split(",")
                found[key] = sorted(map(int, ids)) if len(ids) <= most else ()
    return found


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
    stored = table_of(LinkFacts).c
    wanted = select(stored.letter_id, stored.sketch, cast(stored.facts, Text))
    return {
        id_: StoredFacts(tuple(array("q", sketch)), _parsed(facts))
        for chunk in chunks(letter_ids)
        for id_, sketch, facts in session.connection().execute(wanted.where(stored.letter_id.in_(chunk))).all()
    }


def facts_of_clue(session: Session, main: int, most: int) -> list[Facts]:
    """Return the facts of up to `most` letters, the first in order of intake, that mainly belong to the clue which letter `main` opened."""
    facts, placed, clue = (table_of(entity) for entity in (LinkFacts, ClueLetters, Clues))
    wanted = (
        select(cast(facts.c.facts, Text))
        .join_from(clue, placed, and_(placed.c.clue_id == clue.c.id, placed.c.main))
        .join(facts, facts.c.letter_id == placed.c.letter_id)
        .where(clue.c.main_letter == main)
        .order_by(placed.c.letter_id)
        .limit(most)
    )
    return [_parsed(told) for (told,) in session.connection().execute(wanted)]


def earlier(session: Session, letter_ids: Iterable[int]) -> dict[int, Earlier]:
    """Return what linking compares of letters that were linked before, without reading their text."""
    facts, letter, placed, clue = (table_of(entity) for entity in (LinkFacts, Letters, ClueLetters, Clues))
    columns = (facts.c.letter_id, facts.c.sketch, cast(facts.c.facts, Text), letter.c.message_key, clue.c.main_letter)
    wanted = (
        select(*columns)
        .join(letter, letter.c.id == facts.c.letter_id)
        .outerjoin(placed, and_(placed.c.letter_id == facts.c.letter_id, placed.c.main))
        .outerjoin(clue, clue.c.id == placed.c.clue_id)
    )
    return {
        id_: Earlier(tuple(array("q", sketch)), _parsed(told), message_key, main)
        for chunk in chunks(letter_ids)
        for id_, sketch, told, message_key, main in session.connection()
        .execute(wanted.where(facts.c.letter_id.in_(chunk)))
        .all()
    }


def sketch_sizes(session: Session, letter_ids: Iterable[int]) -> dict[int, int]:
    """Return how many hashes the sketch of each linked letter has, without reading its facts."""
    stored = table_of(LinkFacts).c
    sizes = select(stored.letter_id, func.length(stored.sketch))
    return {
        id_: size // _HASH_BYTES
        for chunk in chunks(letter_ids)
        for id_, size in session.connection().execute(sizes.where(stored.letter_id.in_(chunk))).all()
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
    index, bounds = table_of(Sketches).c, _bounds(asked, limit_per_hash)
    last = func.coalesce(bounds.c.last, _SIGN - 1)
    early = and_(index.hash == bounds.c.hash, index.letter_id <= last)
    return select(index.hash, index.letter_id).join_from(bounds, table_of(Sketches), early)


def _listed(asked: CTE, most: int) -> Select[tuple[int, str | None]]:
    """Select each hash with its letters, `most` at most, in one text: a row for every letter would cost twice as much."""
    index = table_of(Sketches).c
    of_hash = select(index.letter_id).where(index.hash == asked.c.hash).order_by(index.letter_id).limit(most)
    few = of_hash.correlate(asked).subquery("few")
    listed = select(func.aggregate_strings(cast(few.c.letter_id, Text), ",")).scalar_subquery()
    return select(asked.c.hash, listed)


def _bounds(asked: CTE, place: int) -> CTE:
    """Select for each hash the letter at this place of its letters, null where it has fewer."""
    # That letter is found by itself, in one step down the index; numbering all letters of a hash with a window
    # function costs ten times as much once phrases are shared by thousands.
    index = table_of(Sketches).c
    of_hash = select(index.letter_id).where(index.hash == asked.c.hash).order_by(index.letter_id)
    return select(asked.c.hash, of_hash.offset(place - 1).limit(1).scalar_subquery().label("last")).cte("bounds")


def _signed(value: int) -> int:
    return value - 2 * _SIGN if value >= _SIGN else value


def _to_json(facts: Facts) -> dict[str, list[str]]:
    named = {name: sorted(getattr(facts, name)) for name in _NAMES}
    return {**named, "categories": sorted(facts.categories)}


@lru_cache(maxsize=2048)
def _parsed(stored: str) -> Facts:
    """Parse stored facts. The same text is the same object, so that letters that are compared often are made ready for it once."""
    return _from_json(orjson.loads(stored))


def _from_json(stored: Json) -> Facts:
    categories = frozenset(Category(one) for one in stored["categories"])
    return Facts(categories=categories, **{name: frozenset(stored.get(name, ())) for name in _NAMES})
