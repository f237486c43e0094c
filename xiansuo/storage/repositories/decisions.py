"""Decisions: what people did with clues, never changed, and what it makes of the clue."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import ColumnElement, CursorResult, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from xiansuo.domain.category import Category
from xiansuo.domain.decision import (
    Act,
    ClueState,
    Finding,
    FoundAllegation,
    Judgement,
    Lots,
    Mode,
    Origin,
    Outcome,
    Standing,
)
from xiansuo.domain.draft import Draft
from xiansuo.domain.spans import Span
from xiansuo.storage.repositories import drafts, numbers
from xiansuo.storage.repositories.done import DoneT
from xiansuo.storage.session import chunks, now
from xiansuo.storage.tables import Accounts, Clues, Decisions, Dispositions
from xiansuo.storage.tables.base import Json

_UNDOABLE = (Act.DECIDE, Act.POSTPONE)
WAITED_FOR = (ClueState.OPEN, ClueState.POSTPONED)
"""The states of a clue that waits for a first reading."""


@dataclass(frozen=True, slots=True)
class ClueAtWork:
    """A clue as an act meets it, locked until the transaction ends."""

    id: int
    number: str
    version: int
    labels: tuple[Category, ...]
    standing: Standing


@dataclass(frozen=True, slots=True)
class NewDecision:
    """An act of a person on a clue. `clue_version` is the one the person saw, `suggestions` the ids of those in force then.

    `draft` are the person's choices as they were, for an undo.
    """

    clue_id: int
    account: int
    request: str
    clue_version: int
    act: Act
    before: Standing
    mode: Mode = Mode.OPEN
    finding: Finding | None = field(default=None, repr=False)
    allegations: tuple[FoundAllegation, ...] = ()
    until: date | None = None
    note: str = field(default="", repr=False)
    saw: bool = True
    shown: str = ""
    seconds: float = 0.0
    lots: Lots | None = None
    suggestions: tuple[int, ...] = ()
    round: int | None = None
    undoes: int | None = None
    draft: Draft = field(default=Draft(), repr=False)


@dataclass(frozen=True, slots=True)
class StoredDecision(NewDecision):
    """An act as stored."""

    id: int = field(kw_only=True)
    created: datetime = field(kw_only=True)

    @property
    def judgement(self) -> Judgement | None:
        """The reading it stands for, where it came to a finding."""
        return Judgement(self.account, self.mode, self.finding) if self.finding else None

    @property
    def begins(self) -> bool:
        """Whether the clue waited for a first reading when the act was done."""
        return self.before.state in WAITED_FOR


def lock(session: Session, number: str, where: ColumnElement[bool]) -> ClueAtWork | None:
    """Return the clue with this number that fulfils `where`, held against other acts until the transaction ends."""
    row = session.scalar(select(Clues).where(Clues.number == number, where).with_for_update(of=Clues))
    return at_work(row) if row else None


def find(session: Session, number: str, where: ColumnElement[bool]) -> ClueAtWork | None:
    """Return the clue with this number that fulfils `where`."""
    row = session.scalar(select(Clues).where(Clues.number == number, where))
    return at_work(row) if row else None


def at_work(row: Clues) -> ClueAtWork:
    """Return what acts need of a clue."""
    standing = Standing(
        ClueState(row.state),
        Outcome(row.outcome) if row.outcome else None,
        _categories(row.final_labels or []),
        row.postponed_until,
        row.first_reader,
    )
    return ClueAtWork(row.id, row.number, row.version, _categories(row.labels), standing)


def add(session: Session, new: NewDecision) -> int:
    """Write an act down and return its id; ids follow the order of commits."""
    (id_,) = numbers.take(session, "decisions")
    finding = new.finding
    row = Decisions(
        id=id_,
        clue_id=new.clue_id,
        account_id=new.account,
        round_id=new.round,
        request=new.request,
        clue_version=new.clue_version,
        suggestions=list(new.suggestions),
        act=new.act,
        mode=new.mode,
        outcome=finding.outcome if finding else "",
        labels=[label.value for label in finding.labels] if finding else [],
        allegations=[_allegation_to_json(one) for one in new.allegations],
        destination=finding.destination if finding else "",
        until=new.until,
        note=new.note,
        saw=new.saw,
        shown=new.shown,
        seconds=new.seconds,
        lots=_lots_to_json(new.lots),
        before={**_standing_to_json(new.before), "draft": drafts.to_json(new.draft)},
        undoes=new.undoes,
        created=now(),
    )
    session.add(row)
    session.flush()
    return id_


def move(session: Session, clue: ClueAtWork, to: Standing) -> bool:
    """Give a clue another standing and a new version; tell whether it still was as it was read."""
    change = {
        "state": to.state,
        "outcome": to.outcome,
        "final_labels": [label.value for label in to.labels],
        "final_category": to.labels[0].value if to.labels else None,
        "postponed_until": to.postponed_until,
        "first_reader": to.first_reader,
        "version": Clues.version + 1,
    }
    asked = update(Clues).where(Clues.id == clue.id, Clues.version == clue.version).values(change)
    done = session.execute(asked.execution_options(synchronize_session=False))
    return isinstance(done, CursorResult) and done.rowcount == 1


def by_request(session: Session, request: str) -> StoredDecision | None:
    """Return the act that carried this request key."""
    row = session.scalar(select(Decisions).where(Decisions.request == request))
    return _from_row(row) if row else None


def of_clue(session: Session, clue_id: int) -> list[StoredDecision]:
    """Return every act on a clue, oldest first, also those taken back and those that took them back."""
    rows = session.scalars(select(Decisions).where(Decisions.clue_id == clue_id).order_by(Decisions.id))
    return [_from_row(row) for row in rows]


def readings(acts: Sequence[DoneT]) -> list[DoneT]:
    """Return those of a clue's acts that are readings in force, oldest first: not taken back, and since the clue last was open."""
    undone = {one.undoes for one in acts}
    standing = [one for one in acts if one.act is Act.DECIDE and one.id not in undone]
    starts = [place for place, one in enumerate(standing) if one.begins]
    return standing[starts[-1] :] if starts else []


def last_own(session: Session, account: int, where: ColumnElement[bool]) -> StoredDecision | None:
    """Return the last act of a person that was not taken back and is none that takes back, None if its clue does not fulfil `where`."""
    undo = aliased(Decisions)
    wanted = select(Decisions).where(
        Decisions.account_id == account,
        Decisions.act.in_(_UNDOABLE),
        ~exists().where(undo.undoes == Decisions.id),
    )
    row = session.scalar(wanted.order_by(Decisions.id.desc()).limit(1))
    met = row is not None and session.scalar(select(Clues.id).where(Clues.id == row.clue_id, where)) is not None
    return _from_row(row) if row and met else None


def built_upon(session: Session, act: StoredDecision) -> bool:
    """Tell whether anybody has done something with the clue since that act, other than take back later acts."""
    acts = of_clue(session, act.clue_id)
    undone = {one.undoes for one in acts}
    later = [one for one in acts if one.id > act.id and one.act is not Act.UNDO and one.id not in undone]
    handled = select(Dispositions.id).where(Dispositions.clue_id == act.clue_id, Dispositions.created > act.created)
    return bool(later) or session.scalar(handled.limit(1)) is not None


def last(session: Session) -> int:
    """Return the id of the last act of anybody, 0 before the first."""
    return session.scalar(select(func.max(Decisions.id))) or 0


def numbers_of(session: Session, clue_ids: Iterable[int]) -> dict[int, str]:
    """Return the numbers of clues."""
    return dict(session.execute(select(Clues.id, Clues.number).where(Clues.id.in_(list(clue_ids)))).tuples().all())


def names_of(session: Session, accounts: Iterable[int]) -> dict[int, str]:
    """Return the names of the people who acted."""
    wanted = select(Accounts.id, Accounts.name).where(Accounts.id.in_(list(accounts)))
    return dict(session.execute(wanted).tuples().all())


def allegations_of(session: Session, ids: Iterable[int]) -> dict[int, tuple[FoundAllegation, ...]]:
    """Return the passages that people marked or kept in the acts with these ids."""
    found = {}
    for chunk in chunks(ids):
        rows = session.execute(select(Decisions.id, Decisions.allegations).where(Decisions.id.in_(chunk)))
        found.update({id_: tuple(map(_allegation_from_json, marked)) for id_, marked in rows})
    return found


def state_of(session: Session, clue_id: int) -> ClueState:
    """Return where a clue stands."""
    return ClueState(session.execute(select(Clues.state).where(Clues.id == clue_id)).scalar_one())


def _from_row(row: Decisions) -> StoredDecision:
    outcome = Outcome(row.outcome) if row.outcome else None
    return StoredDecision(
        id=row.id,
        clue_id=row.clue_id,
        account=row.account_id,
        request=row.request,
        clue_version=row.clue_version,
        act=Act(row.act),
        before=_standing_from_json(row.before),
        mode=Mode(row.mode),
        finding=Finding(outcome, _categories(row.labels), row.destination) if outcome else None,
        allegations=tuple(_allegation_from_json(one) for one in row.allegations),
        until=row.until,
        note=row.note,
        saw=row.saw,
        shown=row.shown,
        seconds=row.seconds,
        lots=Lots(*row.lots) if row.lots else None,
        suggestions=tuple(row.suggestions),
        round=row.round_id,
        undoes=row.undoes,
        draft=drafts.from_json(row.before["draft"], row.note),
        created=row.created,
    )


def _categories(labels: Iterable[str]) -> tuple[Category, ...]:
    return tuple(Category(label) for label in labels)


def _allegation_to_json(one: FoundAllegation) -> Json:
    return [one.letter, one.span.start, one.span.end, one.category.value, one.subtype, one.origin.value]


def _allegation_from_json(row: Json) -> FoundAllegation:
    letter, start, end, category, subtype, origin = row
    return FoundAllegation(letter, Span(start, end), Category(category), subtype, Origin(origin))


def _lots_to_json(lots: Lots | None) -> Json:
    return [lots.double, lots.double_share, lots.blind, lots.blind_share] if lots else []


def _standing_to_json(one: Standing) -> Json:
    return {
        "state": one.state.value,
        "outcome": one.outcome and one.outcome.value,
        "labels": [label.value for label in one.labels],
        "postponed_until": one.postponed_until and one.postponed_until.isoformat(),
        "first_reader": one.first_reader,
    }


def _standing_from_json(row: Json) -> Standing:
    until = row["postponed_until"]
    return Standing(
        ClueState(row["state"]),
        Outcome(row["outcome"]) if row["outcome"] else None,
        _categories(row["labels"]),
        date.fromisoformat(until) if until else None,
        row["first_reader"],
    )
