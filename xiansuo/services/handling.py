"""What people record about a clue after the decision: disposition, owner, approval, result, feedback, end; the program proposes none of it."""

from dataclasses import asdict, dataclass, field, replace
from datetime import date

from sqlalchemy.orm import Session

from xiansuo.domain.decision import ClueState
from xiansuo.domain.handling import BatchState, Disposition, Gap, Handling, Move
from xiansuo.domain.people import Power, Role, Viewer
from xiansuo.errors import ConflictError, NotVisibleError, RefusedError, XiansuoError
from xiansuo.services.matters import Followed, follow
from xiansuo.services.office import Office
from xiansuo.storage.repositories import accounts, audit, decisions, dispositions, handovers, ledger
from xiansuo.storage.repositories.decisions import ClueAtWork
from xiansuo.storage.repositories.dispositions import NewStep, Step
from xiansuo.storage.repositories.visibility import visible
from xiansuo.storage.session import reading, transaction
from xiansuo.triage.deadlines import Clock, Deadlines

LONGEST = 2000
_LONGEST_NAME = 100

CRITERIA = (
    (Disposition.INQUIRY, "反映的是苗头性、倾向性或者一般性问题；或者笼统、道听途说难以查证，宜由本人说明。"),
    (Disposition.INQUIRY, "反映的问题比较具体，但被反映人否认或者说明存在明显问题的，应再次谈话函询，或者初步核实。"),
)
"""Published explanations of 监督执纪工作规则（试行） that were found in two places; a reference for people, never applied by the program."""

ANONYMOUS_REASON = "匿名来件，没有可以反馈的对象。"


@dataclass(frozen=True, slots=True)
class Asked:
    """An act as the browser asks for it: the key that makes it happen once, the clue, its version and the last step that were on screen."""

    request: str
    number: str
    version: int
    step: int


@dataclass(frozen=True, slots=True)
class HandlingView:
    """A clue's handling as a page shows it. `clocks` are the limits that run, the first to fall due first."""

    number: str
    version: int
    state: ClueState
    followed: Followed = field(repr=False)
    clocks: tuple[Clock, ...]
    may_record: bool

    @property
    def handling(self) -> Handling:
        """How far it is."""
        return self.followed.handling

    @property
    def step(self) -> int:
        """The id of the last step, 0 before the first."""
        return self.followed.steps[-1].id if self.followed.steps else 0

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What is missing before the clue may end."""
        return self.handling.gaps()


@dataclass(frozen=True, slots=True)
class Done:
    """What an act came to: where the clue stands, and whether a changed disposition made the approval void."""

    number: str
    state: ClueState
    approval_void: bool = False


def look(office: Office, viewer: Viewer, number: str) -> HandlingView:
    """Return a clue's handling. Raises NotVisibleError."""
    with reading(office.engine) as session:
        found = ledger.page(session, visible(viewer) & ledger.numbered(number), limit=1)
        if not found:
            raise NotVisibleError
        (followed,) = follow(session, found)
    clue = followed.clue
    running = Deadlines.load(office.settings.rules).running(followed.matter, viewer.today)
    settled = clue.state in {ClueState.DECIDED, ClueState.CLOSED}
    may_record = viewer.may(Power.DISPOSE) and settled
    clocks = tuple(running) if clue.state is not ClueState.CLOSED else ()
    return HandlingView(clue.number, clue.version, clue.state, followed, clocks, may_record)


def record(office: Office, viewer: Viewer, asked: Asked, wanted: Handling, *, end: bool = False) -> Done:
    """Record how far a clue's handling is; with `end` also that it ended, for which nothing may be missing.

    Raises NotVisibleError, ConflictError where the clue or its handling is no longer as the person saw it, RefusedError where
    the person would approve the own proposal, XiansuoError where something is missing or cannot be.
    """
    with transaction(office.engine) as session:
        if done := _already(session, viewer, asked):
            return done
        clue, last = _at_work(session, viewer, asked)
        # Of two equal requests the later one waited for the lock; only now it can see what the first one did.
        if done := _already(session, viewer, asked):
            return done
        _require_as_seen(clue, last, asked)
        if clue.standing.state is not ClueState.DECIDED:
            raise ConflictError(_not_now(clue))
        handling, void = _checked(session, viewer, wanted, last)
        if end:
            _require_complete(session, clue, handling)
            handling = replace(handling, ended_on=viewer.today)
        move = Move.END if end else Move.RECORD
        _write(session, viewer, asked, _Saying(clue, move, handling, _proposer(viewer, handling, last)))
        state = ClueState.CLOSED if end else ClueState.DECIDED
        if end:
            decisions.move(session, clue, replace(clue.standing, state=state))
        return Done(clue.number, state, approval_void=void)


def reopen(office: Office, viewer: Viewer, asked: Asked, why: str) -> Done:
    """Take up a closed clue again, for a reason. Raises as `record`."""
    why = why.strip()
    if not why:
        raise XiansuoError("重新办理要写理由，没有保存。请写明为什么要重新办理。")
    _require_short(why, "理由", LONGEST)
    with transaction(office.engine) as session:
        if done := _already(session, viewer, asked):
            return done
        clue, last = _at_work(session, viewer, asked)
        # Of two equal requests the later one waited for the lock; only now it can see what the first one did.
        if done := _already(session, viewer, asked):
            return done
        _require_as_seen(clue, last, asked)
        if clue.standing.state is not ClueState.CLOSED:
            raise ConflictError(f"线索 {clue.number} 现在没有办结，不用重新办理。请刷新页面。")
        handling = replace(last.handling if last else Handling(), ended_on=None)
        _write(session, viewer, asked, _Saying(clue, Move.REOPEN, handling, last.proposed_by if last else None, why))
        decisions.move(session, clue, replace(clue.standing, state=ClueState.DECIDED))
        return Done(clue.number, ClueState.DECIDED)


@dataclass(frozen=True, slots=True)
class _Saying:
    """What a step says about the clue at work."""

    clue: ClueAtWork
    move: Move
    handling: Handling
    proposed_by: int | None
    why: str = field(default="", repr=False)


def _already(session: Session, viewer: Viewer, asked: Asked) -> Done | None:
    # Who may not meet the clue any more learns nothing by sending an old request again.
    if decisions.find(session, asked.number, visible(viewer, Power.DISPOSE)) is None:
        raise NotVisibleError
    step = dispositions.by_request(session, asked.request)
    if step is None:
        return None
    number = decisions.numbers_of(session, [step.clue_id])[step.clue_id]
    if step.account_id != viewer.account or number != asked.number:
        raise ConflictError("这个请求已经用过，没有执行。请刷新页面后重新操作。")
    return Done(number, decisions.state_of(session, step.clue_id))


def _at_work(session: Session, viewer: Viewer, asked: Asked) -> tuple[ClueAtWork, Step | None]:
    """Return the clue, held until the transaction ends, and its last step. Raises NotVisibleError."""
    clue = decisions.lock(session, asked.number, visible(viewer, Power.DISPOSE))
    if clue is None:
        raise NotVisibleError
    return clue, dispositions.latest(session, [clue.id]).get(clue.id)


def _require_as_seen(clue: ClueAtWork, last: Step | None, asked: Asked) -> None:
    """Raise ConflictError where the clue or its last step is no longer as the person saw it."""
    if last is not None and last.id != asked.step:
        raise ConflictError(
            f"线索 {clue.number} 的办理情况在您打开之后由 {last.by} 更新过，您这次的内容没有保存。请核对后再保存。"
        )
    if clue.version != asked.version:
        raise ConflictError(
            f"线索 {clue.number} 在您打开之后有了变化（新来件或新的认定），您这次的内容没有保存。请核对后再保存。"
        )


def _not_now(clue: ClueAtWork) -> str:
    if clue.standing.state is ClueState.CLOSED:
        return f"线索 {clue.number} 已经办结。要改，请先写明理由重新办理。"
    return f"线索 {clue.number} 还没有人工认定（{clue.standing.state.chinese}），不能登记办理情况。请先认定。"


def _checked(session: Session, viewer: Viewer, wanted: Handling, last: Step | None) -> tuple[Handling, bool]:
    """Return the handling with clean words, and whether its approval is void because the disposition changed after it."""
    handling = _clean(wanted)
    _require_days(handling, viewer.today)
    before = last.handling if last else Handling()
    approval = handling.approved_by, handling.approved_on
    if before.kind and handling.kind is not before.kind and approval == (before.approved_by, before.approved_on):
        void = bool(handling.approved_by)
        return replace(handling, approved_by="", approved_on=None), void
    if handling.approved_by:
        _require_other(session, viewer, handling, last)
    return handling, False


def _proposer(viewer: Viewer, handling: Handling, last: Step | None) -> int | None:
    if handling.kind is None:
        return None
    if last is not None and last.handling.kind is handling.kind:
        return last.proposed_by
    return viewer.account


def _require_other(session: Session, viewer: Viewer, handling: Handling, last: Step | None) -> None:
    """Refuse an approval by the one who proposes, except by a head, who may do both."""
    proposer = accounts.get(session, _proposer(viewer, handling, last) or viewer.account)
    if proposer and proposer.role is not Role.HEAD and handling.approved_by in {proposer.name, proposer.login}:
        raise RefusedError("审批人不能是提出处置意见的本人。请填写批准的负责人。")


def _clean(wanted: Handling) -> Handling:
    short = {name: getattr(wanted, name).strip() for name in ("owner", "department", "approved_by")}
    long = {name: getattr(wanted, name).strip() for name in ("reason", "feedback_note")}
    notes = {name: text.strip() for name, text in asdict(wanted.notes).items()}
    for text in (*short.values(), *notes.values()):
        _require_short(text, "一栏", _LONGEST_NAME)
    for text in long.values():
        _require_short(text, "理由或说明", LONGEST)
    return replace(wanted, **short, **long, notes=replace(wanted.notes, **notes), ended_on=None)


def _require_short(text: str, what: str, most: int) -> None:
    if len(text) > most:
        raise XiansuoError(f"{what}超过 {most} 字，没有保存。请删减后再提交。")


def _require_days(handling: Handling, today: date) -> None:
    said = {"审批日期": handling.approved_on, "受理告知日期": handling.notified_on, "反馈日期": handling.feedback_on}
    for name, day in said.items():
        if day is not None and day > today:
            raise XiansuoError(f"{name}（{day:%Y-%m-%d}）晚于今天，没有保存。请核对日期。")


def _require_complete(session: Session, clue: ClueAtWork, handling: Handling) -> None:
    gaps = handling.gaps()
    if gaps:
        raise XiansuoError(f"线索 {clue.number} 还不能办结，缺：{'、'.join(gaps)}。没有保存，请补齐后再办结。")
    handed = handovers.latest(session, [clue.id]).get(clue.id)
    if handed and handed.pending and handed.batch.state is BatchState.HANDED:
        raise XiansuoError(f"线索 {clue.number} 已列入移交批次 {handed.batch.number}，对方还没有签收，不能办结。")


def _write(session: Session, viewer: Viewer, asked: Asked, new: _Saying) -> None:
    step = NewStep(
        clue_id=new.clue.id,
        account_id=viewer.account,
        request=asked.request,
        move=new.move,
        handling=new.handling,
        clue_version=new.clue.version,
        why=new.why,
        proposed_by=new.proposed_by,
    )
    dispositions.add(session, step)
    action = f"handling.{new.move}"
    audit.append(session, actor=viewer.login, action=action, object_kind="clue", object_id=new.clue.number)
