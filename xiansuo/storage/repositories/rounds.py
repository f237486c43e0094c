"""Rounds (轮次): their units and members, the draws on record, and the clues that belong to each."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, exists, func, insert, literal, not_, or_, select, update
from sqlalchemy.orm import Session

from xiansuo.domain.decision import ClueState
from xiansuo.domain.people import Power, Viewer
from xiansuo.domain.rounds import Draw, Member, Round, RoundPlan
from xiansuo.storage.repositories.visibility import visible
from xiansuo.storage.session import add_missing, add_rows, now, table_of
from xiansuo.storage.tables import Accounts, ClueRounds, Clues, ClueUnits, RoundMembers, Rounds, RoundUnits
from xiansuo.storage.tables.base import Json


def add(session: Session, plan: RoundPlan, *, by: int, request: str) -> int:
    """Store a round and return its id."""
    row = Rounds(
        **_columns(plan),
        closed=None,
        lot_seed=secrets.token_hex(16),
        draws=[],
        request=request,
        created=now(),
        created_by=by,
    )
    session.add(row)
    session.flush()
    _set_units(session, row.id, plan.units)
    return row.id


def made_by(session: Session, request: str) -> int | None:
    """Return the round that an act of this key made."""
    return session.scalar(select(Rounds.id).where(Rounds.request == request))


def change(session: Session, round_id: int, plan: RoundPlan) -> None:
    """Put `plan` in the place of a round's plan."""
    session.execute(update(Rounds).where(Rounds.id == round_id).values(_columns(plan)))
    session.execute(delete(RoundUnits).where(RoundUnits.round_id == round_id))
    _set_units(session, round_id, plan.units)


def close(session: Session, round_id: int) -> None:
    """End a round now; nobody has access through it any more."""
    session.execute(update(Rounds).where(Rounds.id == round_id, Rounds.closed.is_(None)).values(closed=now()))


def get(session: Session, round_id: int) -> Round | None:
    """Return a round, None where there is none."""
    return next(iter(_read(session, Rounds.id == round_id)), None)


def listed(session: Session) -> list[Round]:
    """Return all rounds, the latest first."""
    return _read(session)


def members(session: Session, round_id: int) -> list[Member]:
    """Return everybody who is or was in a round, in order of login."""
    row = select(
        Accounts.id,
        Accounts.login,
        Accounts.name,
        Accounts.role,
        RoundMembers.units,
        RoundMembers.added,
        RoundMembers.ended,
    ).join(Accounts, Accounts.id == RoundMembers.account_id)
    found = session.execute(row.where(RoundMembers.round_id == round_id).order_by(Accounts.login))
    return [
        Member(id_, login, name, role, tuple(units), added, ended)
        for id_, login, name, role, units, added, ended in found
    ]


def colleagues(session: Session, round_ids: Iterable[int]) -> set[int]:
    """Return the accounts that are in one of these rounds."""
    inside = select(RoundMembers.account_id).where(RoundMembers.ended.is_(None))
    return set(session.scalars(inside.where(RoundMembers.round_id.in_(list(round_ids)))))


def put_member(session: Session, round_id: int, account_id: int, units: Sequence[str], *, by: int) -> None:
    """Authorise a person for a round, or change the units the access is narrowed to."""
    row = {"round_id": round_id, "account_id": account_id, "units": list(units), "added": now(), "added_by": by}
    add_missing(session, RoundMembers, [row])
    place = (RoundMembers.round_id == round_id, RoundMembers.account_id == account_id)
    session.execute(update(RoundMembers).where(*place).values(units=list(units), ended=None))


def end_member(session: Session, round_id: int, account_id: int) -> None:
    """End a person's access through a round."""
    place = (RoundMembers.round_id == round_id, RoundMembers.account_id == account_id, RoundMembers.ended.is_(None))
    session.execute(update(RoundMembers).where(*place).values(ended=now()))


def add_draw(session: Session, round_id: int, draw: Draw) -> None:
    """Put a draw on record."""
    row = session.get_one(Rounds, round_id)
    row.draws = [*(row.draws or ()), _draw_to_json(draw)]


def place_round(session: Session, round_id: int) -> None:
    """Find anew which clues belong to a round."""
    session.execute(delete(ClueRounds).where(ClueRounds.round_id == round_id))
    _place(session, Rounds.id == round_id)


def place_clues(session: Session, clue_ids: Sequence[int]) -> None:
    """Find anew which rounds clues belong to, from the units they stand under."""
    session.execute(delete(ClueRounds).where(ClueRounds.clue_id.in_(clue_ids)))
    _place(session, Clues.id.in_(clue_ids))


def visible_clues(session: Session, round_id: int, viewer: Viewer) -> int:
    """Return how many clues of a round `viewer` may see."""
    return session.scalar(select(func.count()).select_from(Clues).where(*_seen(round_id, viewer))) or 0


def unfinished(session: Session, round_id: int, viewer: Viewer, *, limit: int = 200) -> list[str]:
    """Return the numbers of the round's clues that `viewer` may see and that have no end yet, the oldest first.

    A clue merged into another ends with that one.
    """
    ended = (ClueState.CLOSED, ClueState.MERGED)
    waiting = select(Clues.number).where(*_seen(round_id, viewer), Clues.state.not_in(ended))
    return list(session.scalars(waiting.order_by(Clues.id).limit(limit)))


def _seen(round_id: int, viewer: Viewer) -> tuple[ColumnElement[bool], ...]:
    inside = exists().where(ClueRounds.clue_id == Clues.id, ClueRounds.round_id == round_id)
    return inside, visible(viewer, Power.ROUNDS)


def _place(session: Session, which: ColumnElement[bool]) -> None:
    under = exists().where(ClueUnits.clue_id == Clues.id)
    listed_ = exists().where(
        ClueUnits.clue_id == Clues.id, RoundUnits.unit == ClueUnits.unit, RoundUnits.round_id == Rounds.id
    )
    belongs = or_(and_(Rounds.all_units, under), listed_, and_(Rounds.takes_unplaced, not_(under)))
    chosen = select(Rounds.id, Clues.id).join(Clues, literal(value=True)).where(which, belongs)
    session.execute(insert(table_of(ClueRounds)).from_select(["round_id", "clue_id"], chosen))


def _set_units(session: Session, round_id: int, units: Iterable[str]) -> None:
    add_rows(session, RoundUnits, [{"round_id": round_id, "unit": unit} for unit in dict.fromkeys(units)])


def _columns(plan: RoundPlan) -> dict[str, object]:
    return {
        "name": plan.name,
        "starts": plan.starts,
        "ends": plan.ends,
        "all_units": plan.all_units,
        "takes_unplaced": plan.takes_unplaced,
        "double_share": plan.double_share,
        "blind_share": plan.blind_share,
    }


def _read(session: Session, *which: ColumnElement[bool]) -> list[Round]:
    rows = session.scalars(select(Rounds).where(*which).order_by(Rounds.starts.desc(), Rounds.id.desc())).all()
    units: dict[int, list[str]] = {row.id: [] for row in rows}
    for id_, unit in session.execute(
        select(RoundUnits.round_id, RoundUnits.unit).where(RoundUnits.round_id.in_(units))
    ):
        units[id_].append(unit)
    return [_from_row(row, units[row.id]) for row in rows]


def _from_row(row: Rounds, units: Sequence[str]) -> Round:
    plan = RoundPlan(
        row.name,
        row.starts,
        row.ends,
        tuple(units),
        row.all_units,
        row.takes_unplaced,
        row.double_share,
        row.blind_share,
    )
    return Round(row.id, plan, row.closed, row.created, row.created_by, tuple(map(_draw_from_json, row.draws or ())))


def _draw_to_json(draw: Draw) -> dict[str, Json]:
    return {
        "seed": draw.seed,
        "at": draw.at.isoformat(),
        "by": draw.by,
        "wanted": draw.wanted,
        "candidates": list(draw.candidates),
        "left_out": list(draw.left_out),
        "drawn": list(draw.drawn),
        "units": list(draw.units),
        "request": draw.request,
    }


def _draw_from_json(stored: Mapping[str, Json]) -> Draw:
    return Draw(
        stored["seed"],
        datetime.fromisoformat(stored["at"]),
        stored["by"],
        stored["wanted"],
        tuple(stored["candidates"]),
        tuple(stored["left_out"]),
        tuple(stored["drawn"]),
        tuple(stored["units"]),
        stored["request"],
    )
