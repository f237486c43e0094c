"""Who is kept away from which clue. Why is not kept: the reason could tell who wrote."""

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from xiansuo.domain.people import Power, Viewer
from xiansuo.storage.repositories.visibility import visible
from xiansuo.storage.session import add_missing, chunks, now
from xiansuo.storage.tables import Accounts, ClueBlocks, ClueLetters, Clues, Leases, LinkChanges

Block: TypeAlias = tuple[int, int]
"""An account and a clue that it must never meet."""


class Source(StrEnum):
    """How a block came: checked by the program, or the person's own word, which only a lead takes back."""

    CHECKED = "checked"
    SELF = "self"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works here; `screened` is false while the clues are being checked anew for the person, who sees none meanwhile."""

    account: int
    login: str
    name: str = field(repr=False)
    role: str
    screened: bool


@dataclass(frozen=True, slots=True)
class GivenUp:
    """That a person gave up a clue. Nothing says why."""

    account: int
    name: str = field(repr=False)
    clue: str
    at: datetime


def replace(
    session: Session, clue_ids: Iterable[int], blocks: AbstractSet[Block], *, account: int | None = None
) -> None:
    """Put what was checked of clues, for all accounts or one, in the place of what is stored; what people gave up stays given up."""
    clue_ids = list(clue_ids)
    ours = () if account is None else (ClueBlocks.account_id == account,)
    for chunk in chunks(clue_ids):
        stored = (ClueBlocks.clue_id.in_(chunk), ClueBlocks.source == Source.CHECKED)
        session.execute(delete(ClueBlocks).where(*stored, *ours))
    spread = {block for block in _spread(session, clue_ids) if account in {None, block[0]}}
    _add(session, blocks | spread, Source.CHECKED)


def give_up(session: Session, account_id: int, clue_id: int) -> bool:
    """Keep a clue, and all that share a letter with it, from a person who gave it up; tell whether it was new."""
    if gave_up(session, account_id, clue_id):
        return False
    _add(session, {(account_id, clue_id)}, Source.SELF)
    near = {(account_id, other) for _, other in _neighbours(session, [clue_id])}
    _add(session, near, Source.CHECKED)
    held = (Leases.clue_id.in_({clue_id, *(clue for _, clue in near)}), Leases.account_id == account_id)
    session.execute(delete(Leases).where(*held))
    return True


def gave_up(session: Session, account_id: int, clue_id: int) -> bool:
    """Tell whether a person gave up a clue."""
    return session.get(ClueBlocks, (account_id, clue_id, Source.SELF.value)) is not None


def give_back(session: Session, account_id: int, clue_id: int) -> bool:
    """Forget that a person gave up a clue; tell whether there was anything to forget. What was checked stays."""
    own = (ClueBlocks.account_id == account_id, ClueBlocks.clue_id == clue_id, ClueBlocks.source == Source.SELF)
    return session.connection().execute(delete(ClueBlocks).where(*own)).rowcount > 0


def given_up(session: Session, viewer: Viewer, *, limit: int = 200) -> list[GivenUp]:
    """Return who gave up which of the clues that `viewer` may see, the latest first."""
    wanted = select(ClueBlocks.account_id, Accounts.name, Clues.number, ClueBlocks.created)
    wanted = wanted.join(Clues, Clues.id == ClueBlocks.clue_id).join(Accounts, Accounts.id == ClueBlocks.account_id)
    wanted = wanted.where(ClueBlocks.source == Source.SELF, visible(viewer, Power.RECUSALS))
    rows = session.execute(wanted.order_by(ClueBlocks.created.desc(), Clues.id).limit(limit)).tuples()
    return [GivenUp(*row) for row in rows]


def counts(session: Session, viewer: Viewer) -> dict[int, int]:
    """Return from how many of the clues that `viewer` may see each account is kept away."""
    kept = select(ClueBlocks.account_id, func.count(ClueBlocks.clue_id.distinct()))
    kept = kept.join(Clues, Clues.id == ClueBlocks.clue_id).where(visible(viewer, Power.RECUSALS))
    return dict(session.execute(kept.group_by(ClueBlocks.account_id)).tuples().all())


def sharing(session: Session, clue_id: int) -> set[int]:
    """Return the clues that hold or held a letter which this clue holds or held."""
    return {other for _, other in _neighbours(session, [clue_id])}


def people(session: Session) -> list[Person]:
    """Return everybody who works here, in order of login."""
    rows = session.execute(
        select(Accounts.id, Accounts.login, Accounts.name, Accounts.role, Accounts.screened)
        .where(Accounts.state != "closed")
        .order_by(Accounts.login)
    )
    return [Person(*row) for row in rows.tuples()]


def _spread(session: Session, clue_ids: Iterable[int]) -> AbstractSet[Block]:
    """Return who gave up a clue that shares a letter, now or before a letter was moved, with one of these."""
    pairs = _neighbours(session, clue_ids)
    gave: dict[int, set[int]] = {}
    for chunk in chunks({other for _, other in pairs}):
        own = select(ClueBlocks.clue_id, ClueBlocks.account_id).where(ClueBlocks.source == Source.SELF)
        for clue, account in session.execute(own.where(ClueBlocks.clue_id.in_(chunk))):
            gave.setdefault(clue, set()).add(account)
    return {(account, clue) for clue, other in pairs for account in gave.get(other, ())}


def _neighbours(session: Session, clue_ids: Iterable[int]) -> set[tuple[int, int]]:
    """Return (clue, other clue) for every other clue that holds or held a letter which the clue holds or held."""
    held: dict[int, set[int]] = {}
    for chunk in chunks(clue_ids):
        for clue, letter in session.execute(
            select(ClueLetters.clue_id, ClueLetters.letter_id).where(ClueLetters.clue_id.in_(chunk))
        ):
            held.setdefault(letter, set()).add(clue)
        moved = select(LinkChanges.letter_id, LinkChanges.from_clue, LinkChanges.to_clue)
        for letter, *clues in session.execute(
            moved.where(or_(LinkChanges.from_clue.in_(chunk), LinkChanges.to_clue.in_(chunk)))
        ):
            held.setdefault(letter, set()).update(set(clues) & set(chunk))
    others: set[tuple[int, int]] = set()
    for chunk in chunks(held):
        placed = select(ClueLetters.letter_id, ClueLetters.clue_id).where(ClueLetters.letter_id.in_(chunk))
        moved = select(LinkChanges.letter_id, LinkChanges.from_clue, LinkChanges.to_clue)
        rows = [*session.execute(placed), *session.execute(moved.where(LinkChanges.letter_id.in_(chunk)))]
        others |= {(own, other) for letter, *clues in rows for other in clues for own in held[letter] if own != other}
    return others


def _add(session: Session, blocks: Iterable[Block], source: Source) -> None:
    at = now()
    rows = [{"account_id": who, "clue_id": clue, "source": source, "created": at} for who, clue in sorted(blocks)]
    add_missing(session, ClueBlocks, rows)
