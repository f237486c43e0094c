"""What was set aside and which of it was drawn by lot to be read for the figures: the draw, its share, and what reading it came to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, CursorResult, and_, case, exists, func, insert, select, true, update
from sqlalchemy.orm import Session

from xiansuo.domain.category import Category
from xiansuo.domain.decision import ClueState, Outcome
from xiansuo.storage.repositories import numbers
from xiansuo.storage.session import now
from xiansuo.storage.tables import Clues, Decisions, Samples, SampleShares

_SETTLED = (ClueState.DECIDED, ClueState.CLOSED)
_INSIDE = (Outcome.CONFIRMED, Outcome.CORRECTED)


@dataclass(frozen=True, slots=True)
class AsideDay:
    """How many clues were set aside on a day, and of those not drawn how many are settled and hold an accusation."""

    day: date
    clues: int
    read_besides: int
    found_besides: int


@dataclass(frozen=True, slots=True)
class SampleRow:
    """A drawn clue: day and lot of the draw, whether an accusation was found in it (None: not settled yet), and which categories."""

    day: date
    lot: float
    found: bool | None
    labels: tuple[Category, ...]


@dataclass(frozen=True, slots=True)
class NewSample:
    """A clue to be drawn, with its lot and the rank it has."""

    clue: int
    lot: float
    rank: float


def ids(session: Session) -> frozenset[int]:
    """Return the ids of all clues that were ever drawn; nothing is learned from them."""
    return frozenset(session.scalars(select(Samples.clue_id)))


def drawn() -> ColumnElement[bool]:
    """Return the condition on `Clues` that they were drawn."""
    return exists().where(Samples.clue_id == Clues.id).correlate(Clues)


def holds(session: Session, clue_id: int) -> bool:
    """Tell whether a clue was drawn."""
    return session.get(Samples, clue_id) is not None


def alone(session: Session) -> None:
    """Wait until nobody else draws or changes the share, and keep others waiting until the transaction ends."""
    numbers.take_turn(session, "samples")


def share(session: Session, least: float) -> float:
    """Return the share of set-aside clues that is drawn: the largest that anybody asked for, `least` before that."""
    return max(least, session.scalar(select(func.max(SampleShares.share))) or 0.0)


def is_raised(session: Session, least: float) -> bool:
    """Tell whether nothing was drawn at the present share yet."""
    return share(session, least) > (session.scalar(select(func.max(Samples.share))) or 0.0)


def raise_share(session: Session, to: float, actor: str, reason: str) -> None:
    """Write down that more is drawn from now on."""
    session.add(SampleShares(share=to, actor=actor, reason=reason, created=now()))


def set_aside(session: Session, day: date, floor: float) -> int:
    """Mark the waiting clues of a rank below `floor` as set aside since this day; return how many were not before."""
    waiting = Clues.state == ClueState.OPEN, Clues.rank < floor, Clues.screened, Clues.set_aside.is_(None)
    asked = update(Clues).where(*waiting).values(set_aside=day).execution_options(synchronize_session=False)
    done = session.execute(asked)
    return done.rowcount if isinstance(done, CursorResult) else 0


def undrawn(session: Session) -> list[tuple[int, float]]:
    """Return id and rank of every clue that was set aside and not drawn."""
    wanted = select(Clues.id, Clues.rank).where(_aside(), ~drawn()).order_by(Clues.id)
    return list(session.execute(wanted).tuples())


def count_aside(session: Session, where: ColumnElement[bool] | None = None) -> int:
    """Return how many clues were ever set aside."""
    wanted = select(func.count()).select_from(Clues).where(_aside(), _met(where))
    return session.execute(wanted).scalar_one()


def add(session: Session, new: Sequence[NewSample], day: date, share_: float, pile: int) -> None:
    """Write down which clues were drawn on a day, under which share and from how many."""
    same = {"drawn": day, "share": share_, "pile": pile, "created": now()}
    if new:
        session.execute(
            insert(Samples), [{"clue_id": one.clue, "lot": one.lot, "rank": one.rank, **same} for one in new]
        )


def aside_days(
    session: Session, where: ColumnElement[bool] | None, since: date | None, until: date | None
) -> list[AsideDay]:
    """Return what was set aside, by day, of the clues that fulfil `where`."""
    besides = and_(_settled(), Samples.clue_id.is_(None))
    columns = Clues.set_aside, func.count(), _sum(besides), _sum(and_(besides, _inside()))
    wanted = select(*columns).outerjoin(Samples, Samples.clue_id == Clues.id).group_by(Clues.set_aside)
    wanted = wanted.where(_aside(), _met(where), *_between(since, until))
    return [AsideDay(*row) for row in session.execute(wanted.order_by(Clues.set_aside))]


def rows(
    session: Session, where: ColumnElement[bool] | None, since: date | None, until: date | None
) -> list[SampleRow]:
    """Return the drawn clues that fulfil `where`, in the order in which they are given out."""
    columns = Samples.drawn, Samples.lot, Clues.state, Clues.outcome, Clues.final_labels
    wanted = select(*columns).join(Samples, Samples.clue_id == Clues.id).where(_aside(), _met(where))
    wanted = wanted.where(*_between(since, until)).order_by(Samples.drawn, Samples.lot)
    return [_row(*row) for row in session.execute(wanted).tuples()]


def ahead(
    session: Session, where: ColumnElement[bool] | None, since: datetime | None, until: datetime | None
) -> tuple[int, int, int]:
    """Return how many clues never set aside were read and settled, how many of them held an accusation, how many are not settled."""
    wanted = select(func.count(), _sum(_settled()), _sum(and_(_settled(), _inside()))).select_from(Clues)
    wanted = wanted.where(Clues.set_aside.is_(None), Clues.state != ClueState.MERGED, _met(where))
    if since is not None:
        wanted = wanted.where(Clues.created >= since)
    if until is not None:
        wanted = wanted.where(Clues.created < until)
    ((total, read, found),) = session.execute(wanted).tuples()
    return read, found, total - read


def in_order_of_reading(session: Session, where: ColumnElement[bool] | None) -> list[bool]:
    """Return of every settled clue that fulfils `where` whether an accusation was found in it, in the order of their last decisions."""
    last = select(Decisions.clue_id, func.max(Decisions.id).label("act")).group_by(Decisions.clue_id).subquery()
    wanted = select(Clues.outcome).join(last, last.c.clue_id == Clues.id).where(_settled(), _met(where))
    return [outcome in _INSIDE for outcome in session.scalars(wanted.order_by(last.c.act))]


def drawn_since(session: Session, day: date, where: ColumnElement[bool] | None) -> tuple[int, int]:
    """Return how many clues that fulfil `where` were set aside since a day, and how many were drawn since then."""
    aside = select(func.count()).select_from(Clues).where(_aside(), Clues.set_aside >= day, _met(where))
    new = select(func.count()).select_from(Samples).join(Clues, Clues.id == Samples.clue_id)
    drawn_ = session.execute(new.where(_aside(), Samples.drawn >= day, _met(where))).scalar_one()
    return session.execute(aside).scalar_one(), drawn_


def unread(session: Session, where: ColumnElement[bool] | None) -> int:
    """Return how many drawn clues that fulfil `where` are not settled."""
    wanted = select(func.count()).select_from(Samples).join(Clues, Clues.id == Samples.clue_id)
    return session.execute(wanted.where(_aside(), ~_settled(), _met(where))).scalar_one()


def _aside() -> ColumnElement[bool]:
    # One whose letters were all moved to others is none any more.
    return and_(Clues.set_aside.is_not(None), Clues.state != ClueState.MERGED)


def _settled() -> ColumnElement[bool]:
    return and_(Clues.state.in_(_SETTLED), Clues.outcome.is_not(None))


def _inside() -> ColumnElement[bool]:
    return Clues.outcome.in_(_INSIDE)


def _met(where: ColumnElement[bool] | None) -> ColumnElement[bool]:
    return true() if where is None else where


def _between(since: date | None, until: date | None) -> Iterable[ColumnElement[bool]]:
    if since is not None:
        yield Clues.set_aside >= since
    if until is not None:
        yield Clues.set_aside <= until


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _row(day: date, lot: float, state: str, outcome: str | None, labels: list[str] | None) -> SampleRow:
    if state not in _SETTLED or outcome is None:
        return SampleRow(day, lot, None, ())
    return SampleRow(day, lot, outcome in _INSIDE, tuple(Category(one) for one in labels or ()))
