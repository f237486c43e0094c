"""The pages on which leads and heads keep rounds: period, units, members, draws by lot, closing."""

import secrets
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from xiansuo.domain.people import Power, Role
from xiansuo.domain.rounds import RoundPlan
from xiansuo.errors import ConflictError, RefusedError, UsageError
from xiansuo.review.guard import needs
from xiansuo.review.page import Number, Page
from xiansuo.services import rounds

router = APIRouter()
# Without others that are read blind first everybody would see which clues were drawn for the figures.
_BLIND = 0.05
_USUAL = timedelta(days=60)

Keeper = Annotated[Page, needs(Power.ROUNDS)]
Key = Annotated[str, Form(min_length=8, max_length=64)]
Units = Annotated[list[str], Form(default_factory=list)]


@router.get("/rounds")
def show_all(page: Keeper) -> Response:
    """List the rounds."""
    page.record("round.list")
    return page.render("rounds/list.html", rows=rounds.listed(page.office, page.viewer))


@router.get("/rounds/new")
def ask_new(page: Keeper) -> Response:
    """Ask for a new round."""
    today = page.viewer.today
    return _form(page, RoundPlan("", today, today + _USUAL, takes_unplaced=True, blind_share=_BLIND))


@router.post("/rounds")
def create(
    page: Keeper,
    request_key: Key,
    units: Units,
    name: Annotated[str, Form()] = "",
    starts: Annotated[str, Form()] = "",
    ends: Annotated[str, Form()] = "",
    scope: Annotated[str, Form()] = "",
    unplaced: Annotated[str, Form()] = "",
    double_share: Annotated[str, Form()] = "",
    blind_share: Annotated[str, Form()] = "",
) -> Response:
    """Open a round."""
    plan = _blank(page, name, units)
    try:
        plan = _plan(name, (starts, ends), (scope, unplaced), units, (double_share, blind_share))
        id_ = rounds.create(page.office, page.viewer, plan, request_key)
    except UsageError as error:
        return _form(page, plan, wrong=str(error), key=request_key)
    return page.redirect(f"/rounds/{id_}", said=page.gettext("轮次已建立。请添加成员，或者摇号产生。"))


@router.get("/rounds/{id_}")
def show(page: Keeper, id_: Number) -> Response:
    """Show a round, its members and draws, and what may be done with it."""
    page.record("round.read", "round", str(id_))
    return _show(page, id_)


@router.post("/rounds/{id_}/change")
def change(
    page: Keeper,
    id_: Number,
    units: Units,
    stamp: Annotated[str, Form(min_length=1)],
    name: Annotated[str, Form()] = "",
    starts: Annotated[str, Form()] = "",
    ends: Annotated[str, Form()] = "",
    scope: Annotated[str, Form()] = "",
    unplaced: Annotated[str, Form()] = "",
    double_share: Annotated[str, Form()] = "",
    blind_share: Annotated[str, Form()] = "",
) -> Response:
    """Change the plan of a round."""
    try:
        plan = _plan(name, (starts, ends), (scope, unplaced), units, (double_share, blind_share))
        rounds.change(page.office, page.viewer, id_, plan, stamp=stamp)
    except (UsageError, RefusedError, ConflictError) as error:
        return _show(page, id_, wrong=str(error))
    return page.redirect(f"/rounds/{id_}", said=page.gettext("轮次设置已保存，授权范围已更新。"))


@router.post("/rounds/{id_}/members")
def put_member(page: Keeper, id_: Number, units: Units, account: Annotated[Number, Form()]) -> Response:
    """Authorise a person for a round."""
    try:
        rounds.put_member(page.office, page.viewer, id_, account, units)
    except (UsageError, RefusedError) as error:
        return _show(page, id_, wrong=str(error))
    return page.redirect(f"/rounds/{id_}", said=page.gettext("成员已保存。"))


@router.post("/rounds/{id_}/members/{account}/end")
def end_member(page: Keeper, id_: Number, account: Number) -> Response:
    """End a person's access through a round."""
    rounds.end_member(page.office, page.viewer, id_, account)
    return page.redirect(f"/rounds/{id_}", said=page.gettext("已收回这名成员的授权。"))


@router.post("/rounds/{id_}/draw")
def draw(
    page: Keeper,
    id_: Number,
    request_key: Key,
    candidates: Annotated[list[Number], Form(default_factory=list)],
    units: Units,
    wanted: Annotated[Number, Form()] = 1,
    seed: Annotated[str, Form()] = "",
) -> Response:
    """Draw members by lot."""
    asked = rounds.AskedDraw(request_key, frozenset(candidates), wanted, seed, tuple(units))
    try:
        made = rounds.draw(page.office, page.viewer, id_, asked)
    except (UsageError, RefusedError) as error:
        return _show(page, id_, wrong=str(error))
    said = page.gettext("摇号完成：%(drawn)s。", drawn="、".join(made.drawn))
    return page.redirect(f"/rounds/{id_}", said=said)


@router.post("/rounds/{id_}/close")
def close(page: Keeper, id_: Number) -> Response:
    """End a round."""
    try:
        rounds.close(page.office, page.viewer, id_)
    except RefusedError as error:
        return _show(page, id_, wrong=str(error), unanswered=rounds.unanswered(page.office, page.viewer, id_))
    return page.redirect(f"/rounds/{id_}", said=page.gettext("本轮已结束，成员的授权同时收回。"))


def _form(page: Page, plan: RoundPlan, *, wrong: str = "", key: str = "") -> Response:
    return page.render(
        "rounds/new.html",
        status=400 if wrong else 200,
        plan=plan,
        tree=rounds.unit_tree(page.office),
        key=key or secrets.token_hex(16),
        wrong=wrong and page.gettext(wrong),
    )


def _show(page: Page, id_: Number, *, wrong: str = "", unanswered: Sequence[str] = ()) -> Response:
    standing = rounds.get(page.office, page.viewer, id_)
    tree = rounds.unit_tree(page.office)
    inside = {one.account for one in standing.inside}
    people = rounds.candidates(page.office, page.viewer)
    return page.render(
        "rounds/one.html",
        status=400 if wrong else 200,
        one=standing,
        plan=standing.round.plan,
        tree=tree,
        own_tree=rounds.within(tree, standing.round.plan),
        free=[person for person in people if person.account not in inside],
        roles={role.value: role.chinese for role in Role},
        key=secrets.token_hex(16),
        unanswered=unanswered,
        wrong=wrong and page.gettext(wrong),
    )


def _blank(page: Page, name: str, units: Sequence[str]) -> RoundPlan:
    return RoundPlan(name, page.viewer.today, page.viewer.today + _USUAL, tuple(units))


def _plan(
    name: str,
    period: tuple[str, str],
    scope: tuple[str, str],
    units: Sequence[str],
    shares: tuple[str, str],
) -> RoundPlan:
    starts, ends = (_day(one) for one in period)
    every = scope[0] == "all"
    double_share, blind_share = (_share(one) for one in shares)
    return RoundPlan(
        name.strip(), starts, ends, () if every else tuple(units), every, bool(scope[1]), double_share, blind_share
    )


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise UsageError("请填写开始日期和结束日期，如 2026-11-23。") from None


def _share(written: str) -> float:
    try:
        return float(written or 0) / 100
    except ValueError:
        raise UsageError("比例请填 0 到 100 之间的数字。") from None
