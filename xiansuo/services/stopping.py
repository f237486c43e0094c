"""What a lead sees of how much may have been missed, and what a lead may do about it: draw more, stop reading, read on."""

import json
import math
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from xiansuo.domain.people import Power, Reach, Viewer
from xiansuo.errors import ConflictError, NotVisibleError, RefusedError, UsageError
from xiansuo.evaluation.elusion import Statement
from xiansuo.evaluation.found_curve import Curve, curve
from xiansuo.services.elusion import SHARE, drawn_now, statement
from xiansuo.services.office import Office
from xiansuo.services.sessions import asking
from xiansuo.services.statistics import sight_of
from xiansuo.storage.repositories import audit, samples, stops
from xiansuo.storage.repositories.stops import Stop
from xiansuo.storage.repositories.visibility import met
from xiansuo.storage.session import CHINA, now, reading, transaction

_WEEKS = 4
_LONGEST_REASON = 500
_STEP = 0.005
COMMAND = "命令行"


@dataclass(frozen=True, slots=True)
class Offer:
    """A larger share, and the share of the pile that could then be stated if nothing more is found, after `more` clues were read."""

    share: float
    target: float
    more: int


@dataclass(frozen=True, slots=True)
class Elusion:
    """The page of a round or of all a person may see: what can be said, how reading went, what is drawn, and what was stopped.

    `a_week` is how many clues a week are drawn at the present share, `unread` how many drawn ones are not settled.
    """

    said: Statement
    curve: Curve
    share: float
    a_week: float
    unread: int
    offers: tuple[Offer, ...]
    stops: tuple[Stop, ...]
    may_act: bool
    stopped: bool


def look(office: Office, viewer: Viewer, round_id: int | None = None) -> Elusion:
    """Return what a person may know of how much was missed. Raises RefusedError, NotVisibleError."""
    seen = sight_of(office, viewer, round_id).condition
    rounds = None if viewer.reach(Power.STATISTICS) is Reach.ALL else [one.round for one in viewer.rounds]
    with reading(office.engine) as session:
        said = statement(session, where=seen)
        share = samples.share(session, SHARE)
        aside, _ = samples.drawn_since(session, viewer.today - timedelta(weeks=_WEEKS), seen)
        return Elusion(
            said=said,
            curve=curve(samples.in_order_of_reading(session, seen)),
            share=share,
            a_week=aside / _WEEKS * share,
            unread=samples.unread(session, seen),
            offers=_offers(said, share),
            stops=tuple(stops.listed(session, rounds)),
            may_act=_may_act(viewer, round_id),
            stopped=stops.in_force(session, round_id),
        )


def stop(office: Office, viewer: Viewer, round_id: int | None, request: str, reason: str) -> None:
    """Decide that the set-aside clues of a round, or of the office, are read no further. They stay in the queue behind all others, and drawn.

    What was known is kept with it. Raises RefusedError, NotVisibleError, UsageError without a reason, ConflictError where it is stopped already.
    """
    _require(viewer, round_id)
    reason = _reason(reason)
    seen = sight_of(office, viewer, round_id).condition
    with transaction(office.engine) as session:
        samples.alone(session)
        if stops.by_request(session, request) is not None:
            return
        if stops.in_force(session, round_id):
            raise ConflictError("这里已经停止阅读延后部分，没有重复记录。请刷新页面。")
        kept = as_record(statement(session, where=seen))
        id_ = stops.add(
            session, round_id=round_id, account=viewer.account, request=request, reason=reason, statement=kept
        )
        audit.append(session, actor=viewer.login, action="elusion.stop", object_kind="stop", object_id=str(id_))


def read_on(office: Office, viewer: Viewer, stop_id: int) -> None:
    """Take a stop back. Doing it twice does it once. Raises RefusedError, NotVisibleError."""
    with transaction(office.engine) as session:
        found = stops.find(session, stop_id)
        if found is None:
            raise NotVisibleError
        _require(viewer, found.round)
        if found.withdrawn is None:
            stops.withdraw(session, stop_id, viewer.account)
            audit.append(
                session, actor=viewer.login, action="elusion.read_on", object_kind="stop", object_id=str(stop_id)
            )


def draw_more(office: Office, viewer: Viewer, share: float, reason: str) -> int:
    """Draw a larger share of what was set aside from now on; return how many clues that adds at once, of those that the person may meet.

    Asking again for a share that was reached does nothing. Raises RefusedError, UsageError.
    """
    if not viewer.may(Power.ROUNDS):
        raise RefusedError("您的岗位不能改变抽取比例。")
    with transaction(office.engine) as session:
        added = _draw_more(office, session, viewer.login, share, reason)
        return len(met(session, viewer, Power.ROUNDS, added))


def draw_more_by_command(office: Office, login: str, share: float, reason: str) -> int:
    """Do the same from the command line, on behalf of an account once there are any. Raises RefusedError, UsageError."""
    otherwise = "请用 --as 指明一个能管理轮次的账号（组长或分管领导），如 xiansuo sample --share 0.05 --as li.na。"
    viewer = asking(office, login, Power.ROUNDS, otherwise)
    if viewer:
        return draw_more(office, viewer, share, reason)
    with transaction(office.engine) as session:
        return len(_draw_more(office, session, COMMAND, share, reason))


def as_record(said: Statement) -> dict[str, Any]:
    """Return a statement as plain numbers and strings."""
    record: dict[str, Any] = json.loads(json.dumps(asdict(said), default=str))
    return record


def _draw_more(office: Office, session: Session, actor: str, share: float, reason: str) -> list[int]:
    samples.alone(session)
    present = samples.share(session, SHARE)
    if share == present:
        return []
    if not present < share <= 1:
        raise UsageError(
            f"抽取比例现在是 {present:.1%}，只能调高，最高 100%。抽过的不能算没抽过，否则就不是随机抽查了。没有改动。"
        )
    samples.raise_share(session, share, actor, _reason(reason))
    audit.append(session, actor=actor, action="sample.raise", object_kind="share", object_id=f"{share:.4f}")
    return [one.clue for one in drawn_now(office, session, now().astimezone(CHINA).date())]


def _offers(said: Statement, present: float) -> tuple[Offer, ...]:
    """Return the shares that would do for the next tighter statements, rounded up so that chance does not leave too few."""
    offers = []
    for needed in said.needed:
        if not needed.if_none or not said.pile:
            continue
        wanted = said.read + said.pending + needed.if_none
        share = min(1.0, math.ceil((wanted + 2 * math.sqrt(wanted)) / said.pile / _STEP) * _STEP)
        if share > present:
            offers.append(Offer(round(share, 4), needed.target, needed.if_none))
    return tuple(offers)


def _may_act(viewer: Viewer, round_id: int | None) -> bool:
    reach = viewer.reach(Power.ROUNDS)
    if reach is Reach.ROUND:
        return round_id is not None and round_id in {one.round for one in viewer.rounds}
    return reach is Reach.ALL


def _require(viewer: Viewer, round_id: int | None) -> None:
    if not viewer.may(Power.ROUNDS):
        raise RefusedError("是否停止阅读延后部分，由组长或分管领导决定。")
    if not _may_act(viewer, round_id):
        raise RefusedError("请先选定您带的一个轮次；整个单位的，由分管领导决定。")


def _reason(text: str) -> str:
    reason = text.strip()
    if not reason:
        raise UsageError("要写明理由，没有保存。")
    if len(reason) > _LONGEST_REASON:
        raise UsageError(f"理由超过 {_LONGEST_REASON} 字，没有保存。请删减后再提交。")
    return reason
