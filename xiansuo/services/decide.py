"""What a person does with a clue: decides, postpones, takes back. Every act is done once, on the version that was seen, while nobody else holds it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from xiansuo.domain.category import Category
from xiansuo.domain.decision import (
    Act,
    ClueState,
    Finding,
    Judgement,
    Mode,
    Outcome,
    Standing,
    by_weight,
    settle,
)
from xiansuo.domain.draft import Draft, Proposal, found, outcome_of
from xiansuo.domain.people import Power, Viewer
from xiansuo.errors import ConflictError, NotVisibleError, RefusedError, XiansuoError
from xiansuo.services.destinations import destinations
from xiansuo.services.office import Office
from xiansuo.services.proposals import propose
from xiansuo.services.readings import Turn, turn_of
from xiansuo.storage.repositories import audit, decisions, drafts, leases
from xiansuo.storage.repositories.decisions import ClueAtWork, NewDecision, StoredDecision
from xiansuo.storage.repositories.visibility import visible
from xiansuo.storage.session import CHINA, now, transaction

LONGEST_READING = 30 * 60.0
"""Seconds after which a reading counts no longer: the person was elsewhere."""
_LONGEST_NOTE = 2000
_FARTHEST = timedelta(days=366)
_WAITING = (ClueState.OPEN, ClueState.POSTPONED)


class StaleError(ConflictError):
    """The clue is not as the person saw it, or somebody else holds it; nothing was saved."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An act as the browser asks for it: the key that makes it happen once, the clue and the version of it that was on screen."""

    request: str
    number: str
    version: int
    note: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person chose. Without `outcome` the categories tell whether the suggestion is confirmed or corrected.

    `revises` marks the second step of a blind first reading: the suggestion was shown, and the choice is kept or changed.
    """

    outcome: Outcome | None = None
    labels: tuple[Category, ...] = ()
    destination: str = ""
    revises: bool = False


@dataclass(frozen=True, slots=True)
class Done:
    """What an act came to. `compare`: the choice was made blind, and the suggestion can be seen now."""

    number: str
    act: Act
    state: ClueState
    outcome: Outcome | None = None
    compare: bool = False


@dataclass(frozen=True, slots=True)
class _Scene:
    """What an act stands on, read within its transaction."""

    session: Session
    viewer: Viewer
    asked: Asked
    clue: ClueAtWork
    turn: Turn
    draft: Draft
    at: datetime


def decide(office: Office, viewer: Viewer, asked: Asked, choice: Choice) -> Done:
    """Decide about a clue.

    Raises NotVisibleError, RefusedError where it is not the person's turn, StaleError, XiansuoError where something is missing.
    """
    return _act(office, viewer, asked, lambda scene: _decide(office, scene, choice))


def postpone(office: Office, viewer: Viewer, asked: Asked, until: date | None) -> Done:
    """Take a clue out of the queue until a day, for a reason. Raises as `decide`."""
    return _act(office, viewer, asked, lambda scene: _postpone(scene, until))


def undo(office: Office, viewer: Viewer, asked: Asked, act: int) -> Done:
    """Take back one's own last act (its id is `act`), of this day, while nobody built on it; the clue stands as before.

    Raises as `decide`.
    """
    return _act(office, viewer, replace(asked, version=-1), lambda scene: _undo(scene, act))


def last_act(session: Session, viewer: Viewer) -> StoredDecision | None:
    """Return the act that the person could take back now; none on a clue that the person may no longer meet."""
    act = decisions.last_own(session, viewer.account, visible(viewer, Power.DECIDE))
    if act is None or act.created.astimezone(CHINA).date() != viewer.today:
        return None
    return None if decisions.built_upon(session, act) else act


def _act(office: Office, viewer: Viewer, asked: Asked, perform: Callable[[_Scene], Done]) -> Done:
    at = now()
    with transaction(office.engine) as session:
        # Who may not meet the clue any more learns nothing by sending an old request again.
        if decisions.find(session, asked.number, visible(viewer, Power.DECIDE)) is None:
            raise NotVisibleError
        if done := _already(session, viewer, asked):
            return done
        clue = decisions.lock(session, asked.number, visible(viewer, Power.DECIDE))
        if clue is None:
            raise NotVisibleError
        # Of two equal requests the later one waited for the lock; only now it can see what the first one did.
        if done := _already(session, viewer, asked):
            return done
        turn = turn_of(office, session, viewer, clue)
        draft = drafts.get(session, viewer.account, clue.id)
        scene = _Scene(session, viewer, asked, clue, turn, draft, at)
        _require_as_seen(scene)
        return perform(scene)


def _already(session: Session, viewer: Viewer, asked: Asked) -> Done | None:
    act = decisions.by_request(session, asked.request)
    if act is None:
        return None
    number = decisions.numbers_of(session, [act.clue_id])[act.clue_id]
    if act.account != viewer.account or number != asked.number:
        raise StaleError("这个请求已经用过，没有执行。请刷新页面后重新操作。")
    state = decisions.state_of(session, act.clue_id)
    outcome = act.finding.outcome if act.finding else None
    return Done(number, act.act, state, outcome, compare=not act.saw)


def _require_as_seen(scene: _Scene) -> None:
    if len(scene.asked.note) > _LONGEST_NOTE:
        raise XiansuoError(f"备注超过 {_LONGEST_NOTE} 字，没有保存。请删减后再提交。")
    lease = leases.of(scene.session, scene.clue.id, at=scene.at)
    if lease is not None and lease.account != scene.viewer.account:
        name = leases.name_of(scene.session, lease.account)
        raise StaleError(f"线索 {scene.clue.number} 正由 {name} 审读，您这次的操作没有保存。")
    if scene.asked.version not in {-1, scene.clue.version}:
        raise StaleError(f"线索 {scene.clue.number} 在您打开之后有了变化，您这次的操作没有保存。请看过变化再决定。")


def _decide(office: Office, scene: _Scene, choice: Choice) -> Done:
    mode, blind = _mode(scene, choice)
    proposed = propose(scene.session, scene.clue)
    seen = Proposal() if blind else proposed.proposal
    finding = _finding(choice, scene.draft, proposed.proposal)
    _require_complete(office, finding, mode, scene.asked.note)
    standing = _settled(scene, Judgement(scene.viewer.account, mode, finding))
    row = replace(
        _row(scene, Act.DECIDE),
        mode=mode,
        finding=finding,
        allegations=found(scene.draft, seen, finding.labels),
        saw=not blind,
        shown=proposed.word,
        suggestions=proposed.ids,
    )
    _write(scene, row, standing, "clue.adjudicate" if mode is Mode.ADJUDICATED else "clue.decide")
    return Done(scene.clue.number, Act.DECIDE, standing.state, finding.outcome, compare=blind)


def _mode(scene: _Scene, choice: Choice) -> tuple[Mode, bool]:
    """Return the mode of the decision and whether it is made blind."""
    turn = scene.turn
    if choice.revises:
        if turn.revises is None:
            raise StaleError(f"线索 {scene.clue.number} 的盲审选择已经定下，或者已有人接着办理，没有改动。")
        return turn.revises.mode, False
    if turn.mode is None:
        raise RefusedError(turn.why_not)
    return turn.mode, turn.blind


def _finding(choice: Choice, draft: Draft, proposal: Proposal) -> Finding:
    if choice.outcome not in {None, Outcome.CONFIRMED, Outcome.CORRECTED}:
        destination = choice.destination if choice.outcome is Outcome.OUT_OF_SCOPE else ""
        return Finding(choice.outcome, destination=destination)
    labels = by_weight(choice.labels)
    return Finding(outcome_of(labels, proposal, touched=draft.touches_allegations), labels)


def _require_complete(office: Office, finding: Finding, mode: Mode, note: str) -> None:
    if finding.outcome in {Outcome.CONFIRMED, Outcome.CORRECTED} and not finding.labels:
        raise XiansuoError("还没有选问题类别，没有保存。请先选类别；没有问题的，选“业务范围外”或“无实质内容”。")
    if finding.outcome is Outcome.OUT_OF_SCOPE and finding.destination not in {
        one.code for one in destinations(office)
    }:
        raise XiansuoError("还没有选建议去向，没有保存。请选一个去向。")
    if mode is Mode.ADJUDICATED and not note.strip():
        raise XiansuoError("裁定要写理由，没有保存。请写明理由后再提交。")
    if mode is Mode.ADJUDICATED and finding.outcome is Outcome.UNSURE:
        raise XiansuoError("裁定不能是“拿不准”，没有保存。需要再等的，请写明理由后暂缓。")


def _settled(scene: _Scene, judgement: Judgement) -> Standing:
    before, turn = scene.clue.standing, scene.turn
    earlier = [one.judgement for one in turn.readings if one.judgement]
    drawn = turn.readings[0].lots if turn.readings else turn.lots
    state, final = settle([*earlier, judgement], double=bool(drawn and drawn.is_double))
    first = turn.readings[0].account if turn.readings else judgement.reader
    outcome, labels = (final.outcome, final.labels) if final else (None, ())
    return Standing(state, outcome, labels, first_reader=before.first_reader or first)


def _postpone(scene: _Scene, until: date | None) -> Done:
    if scene.clue.standing.state not in _WAITING:
        raise RefusedError(f"线索 {scene.clue.number} 已有人作出认定，不能暂缓。")
    if until is None or not scene.viewer.today < until <= scene.viewer.today + _FARTHEST:
        raise XiansuoError("暂缓要写明到哪一天：今天之后、一年以内。没有保存。")
    if not scene.asked.note.strip():
        raise XiansuoError("暂缓要写理由，没有保存。请写明在等什么。")
    standing = Standing(ClueState.POSTPONED, postponed_until=until)
    _write(scene, replace(_row(scene, Act.POSTPONE), until=until), standing, "clue.postpone")
    return Done(scene.clue.number, Act.POSTPONE, ClueState.POSTPONED)


def _undo(scene: _Scene, act_id: int) -> Done:
    act = last_act(scene.session, scene.viewer)
    if act is None or act.id != act_id or act.clue_id != scene.clue.id:
        raise StaleError(
            f"线索 {scene.clue.number} 的这一步已经撤销过，或者不能再撤销：已有人接着办理，或者不是今天做的。"
        )
    row = replace(_row(scene, Act.UNDO), undoes=act.id, note="", mode=act.mode)
    _write(scene, row, act.before, "clue.undo")
    drafts.save(scene.session, scene.viewer.account, scene.clue.id, replace(act.draft, note=act.note))
    leases.take(scene.session, scene.clue.id, scene.viewer.account, at=scene.at)
    return Done(scene.clue.number, Act.UNDO, act.before.state)


def _row(scene: _Scene, act: Act) -> NewDecision:
    lease = leases.of(scene.session, scene.clue.id, at=scene.at)
    seconds = (scene.at - lease.taken).total_seconds() if lease else 0.0
    return NewDecision(
        clue_id=scene.clue.id,
        account=scene.viewer.account,
        request=scene.asked.request,
        clue_version=scene.clue.version,
        act=act,
        before=scene.clue.standing,
        note=scene.asked.note.strip(),
        seconds=round(min(max(seconds, 0.0), LONGEST_READING), 1),
        lots=scene.turn.lots,
        round=scene.turn.round,
        draft=scene.draft,
    )


def _write(scene: _Scene, row: NewDecision, standing: Standing, action: str) -> None:
    decisions.add(scene.session, row)
    decisions.move(scene.session, scene.clue, standing)
    # Who chose blind still looks at what differs; nobody else gets the clue meanwhile.
    if row.saw:
        leases.release(scene.session, scene.clue.id)
        drafts.drop(scene.session, scene.viewer.account, scene.clue.id)
    audit.append(
        scene.session, actor=scene.viewer.login, action=action, object_kind="clue", object_id=scene.clue.number
    )
