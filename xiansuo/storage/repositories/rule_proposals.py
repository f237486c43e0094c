"""Words proposed for rules, and what people made of them. The same words are proposed once."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from xiansuo.domain.category import Category
from xiansuo.storage.session import add_missing, now
from xiansuo.storage.tables import RuleProposals


class ProposalState(StrEnum):
    """Where a proposal stands; only a person accepts or refuses one."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class NewProposal:
    """Words of a category: the ids of the confirmed clues and of those out of scope in which they stand, and of those newly raised by a rule of them."""

    category: Category
    words: str
    confirmed: tuple[int, ...]
    outside: tuple[int, ...]
    raised: tuple[int, ...]
    strength: float

    @property
    def key(self) -> str:
        """One name for category and words."""
        return hashlib.sha256(f"{self.category.value}|{self.words}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class StoredProposal(NewProposal):
    """A proposal as stored."""

    id: int = field(kw_only=True)
    state: ProposalState = field(kw_only=True)
    note: str = field(kw_only=True, repr=False)
    created: datetime = field(kw_only=True)


def renew(session: Session, proposals: Sequence[NewProposal]) -> int:
    """Store proposals and return how many are new; of those that wait the counts are brought up to date, answered ones stay as they are."""
    keys = {one.key: one for one in proposals}
    known = session.scalars(select(RuleProposals).where(RuleProposals.key.in_(list(keys)))).all()
    for row in known:
        if row.state == ProposalState.WAITING.value:
            row.evidence = _evidence(keys[row.key])
    new = [one for key, one in keys.items() if key not in {row.key for row in known}]
    add_missing(session, RuleProposals, [_row(one) for one in new])
    return len(new)


def waiting_by_category(session: Session) -> dict[Category, int]:
    """Return how many proposals wait in each category."""
    wanted = select(RuleProposals.category, func.count()).where(RuleProposals.state == ProposalState.WAITING.value)
    return {Category(code): count for code, count in session.execute(wanted.group_by(RuleProposals.category)).tuples()}


def waiting(session: Session) -> list[StoredProposal]:
    """Return the proposals that nobody has answered, oldest first."""
    wanted = select(RuleProposals).where(RuleProposals.state == ProposalState.WAITING.value)
    return [_stored(row) for row in session.scalars(wanted.order_by(RuleProposals.id))]


def lock(session: Session, id_: int) -> StoredProposal | None:
    """Return a proposal, held against other answers until the transaction ends."""
    row = session.scalar(select(RuleProposals).where(RuleProposals.id == id_).with_for_update())
    return _stored(row) if row else None


def answer(session: Session, id_: int, state: ProposalState, *, account: int, note: str) -> None:
    """Write down what a person made of a proposal."""
    row = session.get_one(RuleProposals, id_)
    row.state, row.account_id, row.note, row.answered = state.value, account, note, now()


def _row(one: NewProposal) -> dict[str, object]:
    return {
        "key": one.key,
        "category": one.category.value,
        "words": [one.words],
        "evidence": _evidence(one),
        "state": ProposalState.WAITING.value,
        "note": "",
        "created": now(),
    }


def _evidence(one: NewProposal) -> dict[str, object]:
    places = {"confirmed": one.confirmed, "outside": one.outside, "raised": one.raised}
    return {**{name: list(clues) for name, clues in places.items()}, "strength": one.strength}


def _stored(row: RuleProposals) -> StoredProposal:
    return StoredProposal(
        category=Category(row.category),
        words=row.words[0],
        confirmed=tuple(row.evidence["confirmed"]),
        outside=tuple(row.evidence["outside"]),
        raised=tuple(row.evidence["raised"]),
        strength=row.evidence["strength"],
        id=row.id,
        state=ProposalState(row.state),
        note=row.note,
        created=row.created,
    )
