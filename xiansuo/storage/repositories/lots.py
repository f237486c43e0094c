"""Which round a clue is read in, and who of that round could read it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from xiansuo.domain.people import Role
from xiansuo.storage.session import chunks
from xiansuo.storage.tables import Accounts, ClueBlocks, ClueRounds, ClueUnits, RoundMembers, Rounds

_READERS = (Role.REVIEWER.value, Role.LEAD.value)


@dataclass(frozen=True, slots=True)
class RoundShares:
    """How much of a round is read twice and how much blind first, and the seed of its lots."""

    round: int
    double_share: float
    blind_share: float
    seed: str = field(repr=False)


def shares_of(session: Session, clue_ids: Iterable[int], rounds: Sequence[int]) -> dict[int, RoundShares]:
    """Return, for each clue, the first of `rounds` that it belongs to."""
    first = select(ClueRounds.clue_id, func.min(ClueRounds.round_id).label("round"))
    found: dict[int, RoundShares] = {}
    for chunk in chunks(clue_ids):
        of = first.where(ClueRounds.clue_id.in_(chunk), ClueRounds.round_id.in_(rounds)).group_by(ClueRounds.clue_id)
        sub = of.subquery()
        for row in session.execute(select(sub.c.clue_id, Rounds).join(Rounds, Rounds.id == sub.c.round)):
            one = row.Rounds
            found[row.clue_id] = RoundShares(one.id, one.double_share, one.blind_share, one.lot_seed)
    return found


def without_second_reader(session: Session, first_readers: Mapping[int, int], today: date) -> set[int]:
    """Return those clues (with their first readers) that nobody else of any of their rounds could read today."""
    could = (
        select(ClueRounds.clue_id, RoundMembers.account_id, RoundMembers.units)
        .join(RoundMembers, RoundMembers.round_id == ClueRounds.round_id)
        .join(Rounds, Rounds.id == ClueRounds.round_id)
        .join(Accounts, Accounts.id == RoundMembers.account_id)
        .where(RoundMembers.ended.is_(None), Rounds.closed.is_(None), Rounds.starts <= today, Rounds.ends >= today)
        .where(Accounts.state == "active", Accounts.role.in_(_READERS), Accounts.screened)
        .where(
            ~exists().where(ClueBlocks.clue_id == ClueRounds.clue_id, ClueBlocks.account_id == RoundMembers.account_id)
        )
    )
    alone = set(first_readers)
    for chunk in chunks(first_readers):
        units = _units_of(session, chunk)
        for clue, account, wanted in session.execute(could.where(ClueRounds.clue_id.in_(chunk))):
            if account != first_readers[clue] and (not wanted or units.get(clue, set()) & set(wanted)):
                alone.discard(clue)
    return alone


def _units_of(session: Session, clue_ids: Sequence[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for clue, unit in session.execute(select(ClueUnits.clue_id, ClueUnits.unit).where(ClueUnits.clue_id.in_(clue_ids))):
        found.setdefault(clue, set()).add(unit)
    return found
