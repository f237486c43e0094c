"""Rounds (轮次): who may read which clues from when to when, how members are drawn by lot, and closing a round."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from xiansuo.domain.people import MATRIX, Power, Reach, Role, Viewer
from xiansuo.domain.register import Unit
from xiansuo.domain.rounds import Draw, Member, Round, RoundPlan, lots
from xiansuo.domain.units import UnitTree
from xiansuo.errors import ConflictError, NotVisibleError, RefusedError, UsageError
from xiansuo.services.office import Office
from xiansuo.services.screening import watch_of
from xiansuo.storage.repositories import audit, recusals, rounds, screening
from xiansuo.storage.repositories import register as register_rows
from xiansuo.storage.repositories.recusals import Person
from xiansuo.storage.session import now, reading, transaction

_LONGEST_NAME = 60
_MOST_YEARS = 2
_SEED_DIGITS = 12
_LONGEST_SEED = 40


@dataclass(frozen=True, slots=True)
class Standing:
    """A round with what a list shows of it."""

    round: Round
    members: tuple[Member, ...] = field(repr=False)
    clues: int
    open: bool

    @property
    def inside(self) -> tuple[Member, ...]:
        """The people who are in the round now."""
        return tuple(one for one in self.members if one.ended is None)


@dataclass(frozen=True, slots=True)
class AskedDraw:
    """A draw as it is asked for: among whom (account ids), how many, for which units of the round. Without a seed one is made by chance."""

    request: str
    candidates: frozenset[int]
    wanted: int
    seed: str = ""
    units: tuple[str, ...] = ()


def listed(office: Office, viewer: Viewer) -> list[Standing]:
    """Return the rounds that `viewer` keeps, the latest first: a lead those the lead is or was in or made, a head all."""
    with reading(office.engine) as session:
        return [_standing(session, one, viewer) for one in rounds.listed(session) if _may_keep(session, viewer, one)]


def get(office: Office, viewer: Viewer, round_id: int) -> Standing:
    """Return one round. Raises NotVisibleError."""
    with reading(office.engine) as session:
        return _standing(session, _kept(session, viewer, round_id), viewer)


def unit_tree(office: Office) -> list[tuple[Unit, int]]:
    """Return the registered units so that each follows the one above it, with its depth."""
    with reading(office.engine) as session:
        return UnitTree.of(register_rows.load(session)).in_order()


def candidates(office: Office, viewer: Viewer) -> list[Person]:
    """Return who can be a member of a round: everybody whose powers over clues end with rounds."""
    _require(viewer)
    with reading(office.engine) as session:
        return _eligible(session)


def create(office: Office, viewer: Viewer, plan: RoundPlan, request_key: str) -> int:
    """Open a round and return its id; whoever leads rounds becomes its member. Doing it twice does it once. Raises UsageError."""
    _require(viewer)
    with transaction(office.engine) as session:
        screening.take_turn(session)
        _check(session, plan)
        known = rounds.made_by(session, request_key)
        if known is not None:
            return known
        id_ = rounds.add(session, plan, by=viewer.account, request=request_key)
        if viewer.reach(Power.ROUNDS) is Reach.ROUND:
            rounds.put_member(session, id_, viewer.account, (), by=viewer.account)
        rounds.place_round(session, id_)
        _record(session, viewer, "round.create", id_)
    return id_


def change(office: Office, viewer: Viewer, round_id: int, plan: RoundPlan, *, stamp: str = "") -> None:
    """Put another plan in the place of the one with `stamp`, which the person saw.

    Raises NotVisibleError, RefusedError for a closed round, ConflictError where somebody else changed it, UsageError.
    """

    def act(session: Session, one: Round) -> None:
        if stamp and stamp != one.plan.stamp:
            raise ConflictError("这个轮次刚被别人改过，没有保存。请刷新页面，看清现在的设置后重新修改。")
        _check(session, plan)
        rounds.change(session, round_id, plan)
        rounds.place_round(session, round_id)

    _act(office, viewer, round_id, "round.change", act)


def put_member(office: Office, viewer: Viewer, round_id: int, account: int, units: Sequence[str] = ()) -> None:
    """Authorise a person for a round, narrowed to `units` where there are any (一拖N). Raises as `change` does."""

    def act(session: Session, one: Round) -> None:
        if account not in {person.account for person in _eligible(session)}:
            raise UsageError("这个账号不能进入轮次：只有审核员和组长按轮次授权。")
        _check_units(session, one.plan, units)
        rounds.put_member(session, round_id, account, units, by=viewer.account)

    _act(office, viewer, round_id, "round.member", act, account)


def end_member(office: Office, viewer: Viewer, round_id: int, account: int) -> None:
    """End a person's access through a round. Raises as `change` does."""
    _act(
        office,
        viewer,
        round_id,
        "round.leave",
        lambda session, one: rounds.end_member(session, one.id, account),
        account,
    )


def draw(office: Office, viewer: Viewer, round_id: int, asked: AskedDraw) -> Draw:
    """Draw members by lot and authorise them; whoever has to stay away from the units is left out first. Raises as `change` does.

    Seed, candidates and result go on record: the same seed over the same candidates draws the same people. The same request draws once.
    """
    made: list[Draw] = []

    def act(session: Session, one: Round) -> None:
        made.extend(drawn for drawn in one.draws if drawn.request == asked.request)
        if not made:
            made.append(_draw(office, session, viewer, one, asked))

    _act(office, viewer, round_id, "round.draw", act)
    return made[0]


def _draw(office: Office, session: Session, viewer: Viewer, one: Round, asked: AskedDraw) -> Draw:
    _check_units(session, one.plan, asked.units)
    seed = asked.seed.strip()[:_LONGEST_SEED] or "".join(str(secrets.randbelow(10)) for _ in range(_SEED_DIGITS))
    named = {person.login: person.account for person in _eligible(session) if person.account in asked.candidates}
    away = watch_of(office, session).kept_from(asked.units or one.plan.units)
    order = lots(seed, [login for login, account in named.items() if account not in away])
    if not 1 <= asked.wanted <= len(order):
        raise UsageError(
            f"候选人中可抽取的有 {len(order)} 人，抽取人数应在 1 到 {len(order)} 之间。请改人数，或增加候选人。"
        )
    drawn = order[: asked.wanted]
    for login in drawn:
        rounds.put_member(session, one.id, named[login], asked.units, by=viewer.account)
    left_out = tuple(sorted(named.keys() - set(order)))
    made = Draw(
        seed,
        now(),
        viewer.login,
        asked.wanted,
        tuple(sorted(named)),
        left_out,
        tuple(drawn),
        asked.units,
        asked.request,
    )
    rounds.add_draw(session, one.id, made)
    return made


def unanswered(office: Office, viewer: Viewer, round_id: int) -> list[str]:
    """Return the numbers of the round's clues that `viewer` may see and nobody has finished, for which the round cannot be closed."""
    with reading(office.engine) as session:
        _kept(session, viewer, round_id)
        return rounds.unfinished(session, round_id, viewer)


def close(office: Office, viewer: Viewer, round_id: int) -> None:
    """End a round for all its members. Raises RefusedError while a clue of it has no end, NotVisibleError."""

    def act(session: Session, _round: Round) -> None:
        # Clues that the person may not know of stay open for others and do not show here by their number.
        if rounds.unfinished(session, round_id, viewer, limit=1):
            raise RefusedError("本轮还有线索没有着落，不能结束。请先逐条审定、处置，件件有着落后再结束。")
        rounds.close(session, round_id)

    _act(office, viewer, round_id, "round.close", act)


def _act(
    office: Office,
    viewer: Viewer,
    round_id: int,
    action: str,
    act: Callable[[Session, Round], None],
    account: int | None = None,
) -> None:
    with transaction(office.engine) as session:
        screening.take_turn(session)
        one = _kept(session, viewer, round_id)
        if one.closed:
            raise RefusedError("这个轮次已经结束，不能再改动。")
        act(session, one)
        _record(session, viewer, action, round_id, account)


def _check(session: Session, plan: RoundPlan) -> None:
    if not plan.name.strip() or len(plan.name) > _LONGEST_NAME:
        raise UsageError(f"请填写轮次名称，不超过 {_LONGEST_NAME} 字。")
    if plan.ends < plan.starts:
        raise UsageError("结束日期早于开始日期，请核对。")
    if plan.ends > date(plan.starts.year + _MOST_YEARS, plan.starts.month, 1):
        raise UsageError(f"一轮授权不超过 {_MOST_YEARS} 年，请核对结束日期。")
    if not (0 <= plan.double_share <= 1 and 0 <= plan.blind_share <= 1):
        raise UsageError("二次审读和先审后看的比例应在 0 到 100 之间。")
    if not (plan.all_units or plan.units or plan.takes_unplaced):
        raise UsageError("请至少选一个单位，或者选“全部单位”。")
    unknown = set(plan.units) - {unit.name for unit in register_rows.load(session).units}
    if unknown:
        raise UsageError("所选单位已不在单位名册中，请刷新页面后重新选择。")


def _check_units(session: Session, plan: RoundPlan, units: Sequence[str]) -> None:
    tree = UnitTree.of(register_rows.load(session))
    inspected = tree.units.keys() if plan.all_units else {below for unit in plan.units for below in tree.below(unit)}
    if set(units) - set(inspected):
        raise UsageError("成员负责的单位要在本轮的单位之内，请重新选择。")


def _eligible(session: Session) -> list[Person]:
    return [person for person in recusals.people(session) if Reach.ROUND in MATRIX[Role(person.role)].values()]


def _require(viewer: Viewer) -> None:
    if viewer.reach(Power.ROUNDS) is None:
        raise NotVisibleError


def _may_keep(session: Session, viewer: Viewer, one: Round) -> bool:
    _require(viewer)
    if viewer.reach(Power.ROUNDS) is Reach.ALL or one.created_by == viewer.account:
        return True
    return viewer.account in rounds.colleagues(session, [one.id])


def _kept(session: Session, viewer: Viewer, round_id: int) -> Round:
    one = rounds.get(session, round_id)
    if one is None or not _may_keep(session, viewer, one):
        raise NotVisibleError
    return one


def _standing(session: Session, one: Round, viewer: Viewer) -> Standing:
    members = tuple(rounds.members(session, one.id))
    return Standing(one, members, rounds.visible_clues(session, one.id, viewer), one.is_open(viewer.today))


def _record(session: Session, viewer: Viewer, action: str, round_id: int, account: int | None = None) -> None:
    id_ = str(round_id) if account is None else f"{round_id}:{account}"
    audit.append(session, actor=viewer.login, action=action, object_kind="round", object_id=id_)


def within(tree: Sequence[tuple[Unit, int]], plan: RoundPlan) -> list[tuple[Unit, int]]:
    """Return those units of the register's tree that a plan inspects, in the tree's order."""
    if plan.all_units:
        return list(tree)
    inside, within_depth = list[tuple[Unit, int]](), -1
    for unit, depth in tree:
        if depth <= within_depth:
            within_depth = -1
        if within_depth < 0 and unit.name in plan.units:
            within_depth = depth
        if within_depth >= 0:
            inside.append((unit, depth))
    return inside
