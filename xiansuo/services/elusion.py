"""How much was missed: draws by lot from what was set aside, and says from what was read of it how much may lie there."""

from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from xiansuo.domain.keys import Keyring, Purpose
from xiansuo.evaluation.base_rate import BaseRate
from xiansuo.evaluation.base_rate import base_rate as rate_of
from xiansuo.evaluation.elusion import Ahead, Aside, Drawn, Pile, Statement, settled, state
from xiansuo.services.office import Office
from xiansuo.storage.repositories import samples
from xiansuo.storage.repositories.samples import NewSample
from xiansuo.storage.session import CHINA, transaction
from xiansuo.triage.rank import Ranking

SHARE = 0.02
"""The share of set-aside clues that is drawn until somebody asks for more."""
_WHOLE = 2.0**64


def lot(keyring: Keyring, clue_id: int) -> float:
    """Return a clue's lot, 0 ≤ lot < 1. It hangs on the office's secret key alone, so nobody can foresee or steer it."""
    return int.from_bytes(keyring.digest(Purpose.LOT, f"sample|{clue_id}".encode())[:8]) / _WHOLE


def draw(office: Office, today: date) -> int:
    """Draw from what was set aside whatever has a lot below the share and was not drawn before; return how many that were.

    Nothing is looked at where neither was anything newly set aside nor the share raised, so that it may run after every intake.
    """
    floor = Ranking.load(office.settings.rules / "ranking.yaml").rubric.floor
    with transaction(office.engine) as session:
        samples.alone(session)
        more = samples.set_aside(session, today, floor) or samples.is_raised(session, SHARE)
        return len(drawn_now(office, session, today)) if more else 0


def drawn_now(office: Office, session: Session, today: date) -> list[NewSample]:
    """Draw within a transaction in which `samples.alone` was called."""
    share = samples.share(session, SHARE)
    lots = ((clue, lot(office.keyring, clue), rank) for clue, rank in samples.undrawn(session))
    new = [NewSample(*one) for one in lots if one[1] < share]
    samples.add(session, new, today, share, samples.count_aside(session))
    return new


def statement(
    session: Session,
    *,
    where: ColumnElement[bool] | None = None,
    since: date | None = None,
    until: date | None = None,
) -> Statement:
    """Return what the sample says of the clues that fulfil `where` and were set aside between two days, both included."""
    pile = _pile(session, where, since, until)
    known = settled(pile)
    read, found, waiting = samples.ahead(session, where, _start(since), _start(max(known.days, default=until), 1))
    return state(known, Ahead(read, found, waiting), newer=pile.clues - known.clues)


def base_rate(session: Session) -> BaseRate | None:
    """Return the share of clues that hold an accusation, for calibration; None while too few were read to say."""
    return rate_of(statement(session))


def _pile(session: Session, where: ColumnElement[bool] | None, since: date | None, until: date | None) -> Pile:
    days = samples.aside_days(session, where, since, until)
    drawn = samples.rows(session, where, since, until)
    return Pile(
        {one.day: Aside(one.clues, one.read_besides, one.found_besides) for one in days},
        tuple(Drawn(one.day, one.lot, one.found, one.labels) for one in drawn),
    )


def _start(day: date | None, after: int = 0) -> datetime | None:
    return datetime.combine(day + timedelta(days=after), time.min, CHINA) if day else None
