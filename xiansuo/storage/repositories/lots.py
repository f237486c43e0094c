"""Which round a clue is read in, and who of that round could read it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import BigInteger, ColumnElement, and_, cast, exists, false, func, literal, or_, select
from sqlalchemy.orm import Session

from xiansuo.domain.decision import ClueState
from xiansuo.domain.people import Role, Viewer
from xiansuo.storage.repositories import samples
from xiansuo.storage.session import chunks
from xiansuo.storage.tables import Accounts, ClueBlocks, ClueRounds, Clues, ClueUnits, RoundMembers, Rounds

_READERS = (Role.REVIEWER.value, Role.LEAD.value)
# A prime below 2^31, so that products stay within 64 bits, for which fifth powers are a permutation.
_LOTS = 2**31 - 1
_UNREAD = (ClueState.OPEN, ClueState.POSTPONED, ClueState.SECOND)


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


def blind_lot(clue_id: int, offset: int) -> float:
    """Return the lot, 0 ≤ lot < 1, by which a clue is read blind first; `offset` is the round's secret number."""
    return pow(clue_id + offset, 5, _LOTS) / _LOTS


def shares(session: Session, rounds: Sequence[int]) -> list[RoundShares]:
    """Return what share of each round is read twice and blind first, the round that counts before others first."""
    rows = session.scalars(select(Rounds).where(Rounds.id.in_(rounds)).order_by(Rounds.id))
    return [RoundShares(one.id, one.double_share, one.blind_share, one.lot_seed) for one in rows]


def veiled(viewer: Viewer, drawn: Sequence[tuple[RoundShares, int]]) -> ColumnElement[bool]:
    """Return the condition on `Clues` that they are drawn to be read blind first, and not read by the person yet.

    `drawn` are the person's rounds with their secret numbers; the first that a clue belongs to says whether it is drawn. A clue drawn for the
    figures is read blind first in every round.
    """
    if not drawn:
        return false()
    blind = [
        and_(_in_round(one.round), *(~_in_round(earlier.round) for earlier, _ in drawn[:place]), _below(one, offset))
        for place, (one, offset) in enumerate(drawn)
        if one.blind_share > 0
    ]
    other = or_(Clues.first_reader.is_(None), Clues.first_reader != viewer.account)
    return and_(Clues.state.in_(_UNREAD), other, or_(samples.drawn(), *blind))


def _in_round(round_id: int) -> ColumnElement[bool]:
    return exists().where(ClueRounds.clue_id == Clues.id, ClueRounds.round_id == round_id).correlate(Clues)


def _below(one: RoundShares, offset: int) -> ColumnElement[bool]:
    """Return the condition that a clue's lot, as `blind_lot` has it, is below the share."""
    base = (cast(Clues.id, BigInteger) + literal(offset, BigInteger)) % _LOTS
    square = base * base % _LOTS
    return square * square % _LOTS * base % _LOTS < one.blind_share * _LOTS


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
