"""The shingle index: which stored letters share hashed stretches of text with a new one."""

from collections import Counter
from collections.abc import Iterable, Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from xiansuo.storage.session import add_missing, chunks
from xiansuo.storage.tables import Sketches

_SIGN = 1 << 63


def add_sketches(session: Session, sketches: Mapping[int, Iterable[int]]) -> None:
    """Index letters (letter id → its hashes, 64 bits, with or without sign)."""
    rows = [
        {"hash": _signed(one), "letter_id": letter_id} for letter_id, hashes in sketches.items() for one in set(hashes)
    ]
    # Sorted, because the index is clustered by hash and neighbours share a page.
    add_missing(session, Sketches, sorted(rows, key=lambda row: (row["hash"], row["letter_id"])))


def add_sketch(session: Session, letter_id: int, hashes: Iterable[int]) -> None:
    """Index one letter."""
    add_sketches(session, {letter_id: hashes})


def sharing(session: Session, hashes: Iterable[int], limit_per_hash: int = 200) -> dict[int, int]:
    """Return how many of `hashes` each stored letter shares.

    Of every hash only the `limit_per_hash` earliest letters count: a phrase of many letters must not cost a walk through all,
    and the letter a copy belongs to is among the earliest.
    """
    shared: Counter[int] = Counter()
    place = func.row_number().over(partition_by=Sketches.hash, order_by=Sketches.letter_id).label("place")
    for chunk in chunks({_signed(one) for one in hashes}):
        placed = select(Sketches.letter_id, place).where(Sketches.hash.in_(chunk)).subquery()
        early = select(placed.c.letter_id, func.count()).where(placed.c.place <= limit_per_hash)
        for letter_id, total in session.execute(early.group_by(placed.c.letter_id)):
            shared[letter_id] += total
    return dict(shared)


def _signed(value: int) -> int:
    return value - 2 * _SIGN if value >= _SIGN else value
