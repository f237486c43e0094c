"""Handing clues on in batches (移交批次): the list, who handed and who received it, and what came back; nothing is sent by the program."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import Session

from xiansuo.domain.decision import ClueState
from xiansuo.domain.handling import BatchState
from xiansuo.domain.ledger import LedgerRow
from xiansuo.domain.people import Power, Viewer
from xiansuo.errors import ConflictError, NotVisibleError, RefusedError, XiansuoError
from xiansuo.services.ledger import rows_of
from xiansuo.services.office import Office
from xiansuo.storage.repositories import audit, handovers, ledger, outstanding
from xiansuo.storage.repositories.handovers import Batch, Handed
from xiansuo.storage.repositories.ledger import LedgerClue
from xiansuo.storage.repositories.visibility import visible
from xiansuo.storage.session import reading, transaction

LONGEST = 200
MOST = 500
"""Clues of a batch: what two people can check against a printed list."""


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch in the list of batches, counting only clues that the person may see."""

    batch: Batch
    clues: int
    returned: int


@dataclass(frozen=True, slots=True)
class BatchLine:
    """A clue on a batch's list."""

    place: Handed
    row: LedgerRow = field(repr=False)


@dataclass(frozen=True, slots=True)
class BatchView:
    """A batch with those of its clues that the person may see, in the order of its list."""

    batch: Batch
    lines: tuple[BatchLine, ...]


def listed(office: Office, viewer: Viewer, *, before: int | None = None, limit: int = 50) -> list[BatchRow]:
    """Return batches, newest first, older than the one with id `before`."""
    with reading(office.engine) as session:
        found = handovers.listed(session, before=before, limit=limit)
        held = handovers.tally(session, [batch.id for batch in found], _seen(viewer))
        return [BatchRow(batch, *held.get(batch.id, (0, 0))) for batch in found]


def look(office: Office, viewer: Viewer, number: str) -> BatchView:
    """Return a batch. Raises NotVisibleError."""
    with reading(office.engine) as session:
        batch = handovers.by_number(session, number)
        if batch is None:
            raise NotVisibleError
        places = handovers.places(session, batch.id, _seen(viewer))
        rows = {row.id: row for row in rows_of(session, office, [one.clue_id for one in places])}
        return BatchView(batch, tuple(BatchLine(one, rows[one.clue_id]) for one in places))


def waiting(
    office: Office, viewer: Viewer, *, unit: str = "", after: int = 0, limit: int = 50, returned: bool = False
) -> list[LedgerRow]:
    """Return decided clues that are in no batch, or with `returned` those that came back, after the clue `after`."""
    wanted = and_(_seen(viewer), _free(), outstanding.returned() if returned else ~outstanding.returned())
    if unit:
        wanted = and_(wanted, ledger.in_unit(unit))
    with reading(office.engine) as session:
        found = ledger.page(session, wanted, after=after, limit=limit)
        return rows_of(session, office, [clue.id for clue in found])


def open_batch(
    office: Office, viewer: Viewer, receiver: str, numbers: Sequence[str], *, note: str = "", request: str
) -> Batch:
    """Open a batch for a receiver with some clues. Raises XiansuoError, and ConflictError naming the batch a clue is in already."""
    receiver, note = receiver.strip(), note.strip()
    if not receiver:
        raise XiansuoError("没有写接收单位，没有建立移交批次。请填写接收单位。")
    _require_short(receiver, "接收单位")
    _require_short(note, "备注")
    with transaction(office.engine) as session:
        handovers.take_turn(session)
        batch = handovers.by_request(session, request)
        if batch is None:
            batch = handovers.create(session, receiver, by=viewer.account, request=request, note=note)
            _put(session, viewer, batch, numbers)
            _record(session, viewer, "handover.open", batch)
    return batch


def add(office: Office, viewer: Viewer, number: str, numbers: Sequence[str]) -> Batch:
    """Put more clues into a batch that is being prepared. Those already in it stay once. Raises as `open_batch`."""
    with transaction(office.engine) as session:
        batch = _in_state(session, number, BatchState.DRAFT, "已经移交，不能再加线索。请另建一批。")
        _put(session, viewer, batch, numbers)
        _record(session, viewer, "handover.add", batch)
    return batch


def take_out(office: Office, viewer: Viewer, number: str, clue: str) -> Batch:
    """Take a clue out of a batch that is being prepared."""
    with transaction(office.engine) as session:
        batch = _in_state(session, number, BatchState.DRAFT, "已经移交，不能再取出线索。退回请登记退回。")
        for one in _clues(session, viewer, [clue]):
            handovers.take_out(session, batch.id, one.id)
        _record(session, viewer, "handover.take_out", batch)
    return batch


def hand(office: Office, viewer: Viewer, number: str, *, by: str, on: date) -> Batch:
    """Note that a batch was handed over, by whom and on which day. Doing so again with the same words changes nothing."""
    by = _named(by, "移交人")
    _require_past(on, viewer.today, "移交日期")
    with transaction(office.engine) as session:
        batch = _locked(session, number)
        if (batch.state, batch.handed_by, batch.handed_on) == (BatchState.HANDED, by, on):
            return batch
        batch = _in_state(session, number, BatchState.DRAFT, "已经登记过移交。请刷新页面查看。")
        if not handovers.places(session, batch.id, _seen(viewer)):
            raise XiansuoError(f"移交批次 {number} 里没有线索，没有登记。请先加入线索。")
        handovers.hand(session, batch.id, on=on, by=by)
        _record(session, viewer, "handover.hand", batch)
    return batch


def receive(office: Office, viewer: Viewer, number: str, *, by: str, on: date) -> Batch:
    """Note who signed for a batch and on which day. Doing so again with the same words changes nothing."""
    by = _named(by, "签收人")
    _require_past(on, viewer.today, "签收日期")
    with transaction(office.engine) as session:
        batch = _locked(session, number)
        if (batch.state, batch.received_by, batch.received_on) == (BatchState.RECEIVED, by, on):
            return batch
        batch = _in_state(session, number, BatchState.HANDED, "还没有移交，或者已经签收过。请刷新页面查看。")
        if by == batch.handed_by:
            raise RefusedError("移交人和签收人不能是同一个人。请填写对方的签收人。")
        if batch.handed_on and on < batch.handed_on:
            raise XiansuoError(f"签收日期早于移交日期（{batch.handed_on:%Y-%m-%d}），没有保存。请核对日期。")
        handovers.receive(session, batch.id, on=on, by=by)
        _record(session, viewer, "handover.receive", batch)
    return batch


def give_back(office: Office, viewer: Viewer, number: str, clue: str, *, reason: str, on: date) -> Batch:
    """Note that a clue came back, and why; it is on the list of what is unanswered until it goes on or ends."""
    reason = reason.strip()
    if not reason:
        raise XiansuoError(f"没有写线索 {clue} 的退回理由，没有保存。请写明对方为什么退回。")
    _require_short(reason, "退回理由")
    _require_past(on, viewer.today, "退回日期")
    with transaction(office.engine) as session:
        batch = _locked(session, number)
        if batch.state is BatchState.DRAFT:
            raise ConflictError(f"移交批次 {number} 还没有移交，不会有退回。要拿出来，请用“取出”。")
        (found,) = _clues(session, viewer, [clue])
        place = next(
            (one for one in handovers.places(session, batch.id, _seen(viewer)) if one.clue_id == found.id), None
        )
        if place is None:
            raise NotVisibleError
        if place.returned_on is None:
            handovers.give_back(session, batch.id, found.id, on=on, reason=reason)
            _record(session, viewer, "handover.return", batch)
            audit.append(session, actor=viewer.login, action="clue.return", object_kind="clue", object_id=clue)
    return batch


def _seen(viewer: Viewer) -> ColumnElement[bool]:
    return visible(viewer, Power.HAND_OVER)


def _free() -> ColumnElement[bool]:
    return and_(ledger.in_states([ClueState.DECIDED]), ~outstanding.handed_on())


def _put(session: Session, viewer: Viewer, batch: Batch, numbers: Sequence[str]) -> None:
    if not numbers:
        raise XiansuoError("没有选线索，没有保存。请先勾选要移交的线索。")
    clues = _clues(session, viewer, numbers)
    placed = handovers.latest(session, [clue.id for clue in clues])
    new = [clue for clue in clues if not _inside(placed.get(clue.id), batch)]
    for clue in new:
        _require_free(clue, placed.get(clue.id))
    inside = handovers.size(session, batch.id)
    if inside + len(new) > MOST:
        raise XiansuoError(f"一批最多 {MOST} 条，没有保存。请分批移交。")
    handovers.put(session, batch.id, [clue.id for clue in new])


def _inside(place: Handed | None, batch: Batch) -> bool:
    return place is not None and place.batch.id == batch.id


def _require_free(clue: LedgerClue, place: Handed | None) -> None:
    if place is not None and place.pending:
        raise ConflictError(
            f"线索 {clue.number} 已在移交批次 {place.batch.number} 中（{place.batch.state.chinese}），没有保存。"
        )
    if clue.state is not ClueState.DECIDED:
        raise ConflictError(f"线索 {clue.number} 现在是“{clue.state.chinese}”，不能移交，没有保存。")


def _clues(session: Session, viewer: Viewer, numbers: Sequence[str]) -> list[LedgerClue]:
    """Return clues by number, in the order given. Raises NotVisibleError where one is not there for this person."""
    unique = list(dict.fromkeys(numbers))
    wanted = or_(*(ledger.numbered(number) for number in unique))
    found = {clue.number: clue for clue in ledger.page(session, and_(_seen(viewer), wanted), limit=len(unique))}
    if len(found) != len(unique):
        raise NotVisibleError
    return [found[number] for number in unique]


def _locked(session: Session, number: str) -> Batch:
    batch = handovers.by_number(session, number, lock=True)
    if batch is None:
        raise NotVisibleError
    return batch


def _in_state(session: Session, number: str, state: BatchState, otherwise: str) -> Batch:
    batch = _locked(session, number)
    if batch.state is not state:
        raise ConflictError(f"移交批次 {number} {otherwise}")
    return batch


def _named(name: str, what: str) -> str:
    name = name.strip()
    if not name:
        raise XiansuoError(f"没有写{what}，没有保存。请填写姓名。")
    _require_short(name, what)
    return name


def _require_short(text: str, what: str) -> None:
    if len(text) > LONGEST:
        raise XiansuoError(f"{what}超过 {LONGEST} 字，没有保存。请删减后再提交。")


def _require_past(day: date, today: date, what: str) -> None:
    if day > today:
        raise XiansuoError(f"{what}（{day:%Y-%m-%d}）晚于今天，没有保存。请核对日期。")


def _record(session: Session, viewer: Viewer, action: str, batch: Batch) -> None:
    audit.append(session, actor=viewer.login, action=action, object_kind="handover", object_id=batch.number)
