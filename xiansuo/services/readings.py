"""Double reading: which clues are read twice or blind first, drawn by lot, and who may see what of whose reading."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from xiansuo.domain.decision import ClueState, Lots, Mode
from xiansuo.domain.keys import Purpose
from xiansuo.domain.people import Power, Viewer
from xiansuo.services.office import Office
from xiansuo.storage.repositories import decisions, lots, samples
from xiansuo.storage.repositories.decisions import ClueAtWork, StoredDecision
from xiansuo.storage.repositories.lots import RoundShares
from xiansuo.storage.session import chunks, reading
from xiansuo.storage.tables import Clues

_WHOLE = 2.0**64
_UNREAD = (ClueState.OPEN, ClueState.POSTPONED)
_ENDED = {ClueState.CLOSED: "这条线索已经办结。", ClueState.MERGED: "这条线索的来件已并入其他线索。"}


@dataclass(frozen=True, slots=True)
class Turn:
    """What a person may do with a clue now. `mode` None: only read, for the reason in `why_not`.

    `blind`: the suggestion is not shown yet. `revises` is the person's own blind choice, which waits to be kept or changed.
    """

    mode: Mode | None
    why_not: str = ""
    blind: bool = False
    round: int | None = None
    lots: Lots | None = None
    readings: tuple[StoredDecision, ...] = ()
    revises: StoredDecision | None = None


def draw(office: Office, clue_id: int, shares: RoundShares) -> Lots:
    """Return a clue's lots in a round. They hang on the office's secret key and the round's seed, so nobody can foresee or steer them."""
    double = _secret(office, f"double|{shares.seed}|{shares.round}|{clue_id}") / _WHOLE
    blind = lots.blind_lot(clue_id, _offset(office, shares))
    return Lots(double, shares.double_share, blind, shares.blind_share)


def _secret(office: Office, what: str) -> int:
    return int.from_bytes(office.keyring.digest(Purpose.LOT, what.encode())[:8])


def _offset(office: Office, shares: RoundShares) -> int:
    """Return the secret number of a round from which the database works out by itself what is read blind first."""
    return _secret(office, f"blind|{shares.seed}|{shares.round}") >> 32


def turn_of(office: Office, session: Session, viewer: Viewer, clue: ClueAtWork) -> Turn:
    """Return what `viewer` may do with a clue that is visible to them."""
    if not viewer.may(Power.DECIDE):
        return Turn(None, "您可以阅读，认定由审核员和组长作出。")
    drawn = _drawn(office, session, viewer, [clue.id]).get(clue.id)
    round_, lots_ = drawn or (None, None)
    unread = clue.standing.state in _UNREAD
    readings = () if unread else tuple(decisions.readings(decisions.of_clue(session, clue.id)))
    own = next((one for one in reversed(readings) if one.account == viewer.account), None)
    mode, why_not = _mode(session, viewer, clue, own)
    blind = own is None and mode in {Mode.OPEN, Mode.SECOND} and _is_blind(session, clue, lots_)
    if blind and mode is Mode.OPEN:
        mode = Mode.BLIND_FIRST
    revises = (
        own if own and not own.saw and readings[-1] == own and clue.standing.state is not ClueState.CLOSED else None
    )
    return Turn(mode, why_not, blind, round_, lots_, readings, revises)


def _is_blind(session: Session, clue: ClueAtWork, drawn: Lots | None) -> bool:
    """Tell whether a clue is read blind first: drawn for it in its round, or drawn for the figures, which nobody shall notice."""
    return drawn is not None and (drawn.is_blind or samples.holds(session, clue.id))


def _mode(session: Session, viewer: Viewer, clue: ClueAtWork, own: StoredDecision | None) -> tuple[Mode | None, str]:
    state = clue.standing.state
    if state in _UNREAD:
        return Mode.OPEN, ""
    if state is ClueState.SECOND:
        if own is None:
            return Mode.SECOND, ""
        alone = viewer.may(Power.ADJUDICATE) and lots.without_second_reader(
            session, {clue.id: own.account}, viewer.today
        )
        return (Mode.ADJUDICATED, "") if alone else (None, "您已读过，正等另一人二次审读。")
    if state in _ENDED:
        return None, _ENDED[state]
    if viewer.may(Power.ADJUDICATE):
        return Mode.ADJUDICATED, ""
    return (
        None,
        "两份审读不一致，正等组长裁定。" if state is ClueState.DISPUTED else "这条线索已经认定。需要改动请找组长。",
    )


def hidden_suggestions(office: Office, viewer: Viewer, clue_ids: Iterable[int]) -> frozenset[int]:
    """Return those clues whose suggestion `viewer` must not see yet: drawn to be read blind first, and not read by them.

    Lists leave out their categories, likelihood, reasons and marked passages.
    """
    with reading(office.engine) as session:
        return hidden_in(office, session, viewer, clue_ids)


def hidden_in(office: Office, session: Session, viewer: Viewer, clue_ids: Iterable[int]) -> frozenset[int]:
    """Do the same within a session."""
    hidden = select(Clues.id).where(veiled(office, session, viewer))
    return frozenset(clue for chunk in chunks(clue_ids) for clue in session.scalars(hidden.where(Clues.id.in_(chunk))))


def veiled(office: Office, session: Session, viewer: Viewer) -> ColumnElement[bool]:
    """Return the same as a condition on `Clues`, for whatever counts or chooses clues by what is suggested."""
    rounds = [one.round for one in viewer.rounds] if viewer.may(Power.DECIDE) else []
    return lots.veiled(viewer, [(one, _offset(office, one)) for one in lots.shares(session, rounds)])


def _drawn(office: Office, session: Session, viewer: Viewer, clue_ids: Iterable[int]) -> dict[int, tuple[int, Lots]]:
    rounds = [one.round for one in viewer.rounds]
    found = lots.shares_of(session, clue_ids, rounds)
    return {clue: (shares.round, draw(office, clue, shares)) for clue, shares in found.items()}
