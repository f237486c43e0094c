"""The pages of recusal: one's own declaration, those a lead or head keeps, and clues that people gave up."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Form
from starlette.responses import Response

from xiansuo.domain.people import Power, Role
from xiansuo.domain.recusal import RecusalProfile, Relative
from xiansuo.errors import ConflictError, UsageError
from xiansuo.review.guard import needs
from xiansuo.review.page import Number, Page
from xiansuo.services import recusal

router = APIRouter()

Anybody = Annotated[Page, needs(Power.HOME)]
Keeper = Annotated[Page, needs(Power.RECUSALS)]
Lines = Annotated[list[str], Form(default_factory=list)]


@router.get("/me/recusals")
def show_own(page: Anybody) -> Response:
    """Show what the person declared, and blank fields for more."""
    page.record("recusal.read", "account", str(page.viewer.account))
    return _own(page, RecusalProfile())


@router.post("/me/recusals")
def declare(
    page: Anybody, names: Lines, relatives: Lines, relations: Lines, regions: Lines, systems: Lines, units: Lines
) -> Response:
    """Add to the person's declaration."""
    added = _profile(names, (relatives, relations), regions, systems, units)
    try:
        recusal.declare(page.office, page.viewer, added, check=False)
    except UsageError as error:
        return _own(page, added, wrong=str(error))
    answer = page.redirect("/me/recusals", said=page.gettext("已保存。涉及的线索从现在起不再向您显示。"))
    return page.check_afterwards(answer, page.viewer.account)


@router.get("/recusals")
def show_all(page: Keeper) -> Response:
    """List who declared, and which clues people gave up."""
    page.record("recusal.list")
    return page.render(
        "recusals/list.html",
        rows=recusal.declarations(page.office, page.viewer),
        given_up=recusal.given_up(page.office, page.viewer),
        roles={role.value: role.chinese for role in Role},
    )


@router.get("/recusals/{account}")
def show(page: Keeper, account: Number) -> Response:
    """Show somebody's declaration to be completed."""
    return _one(page, account)


@router.post("/recusals/{account}")
def complete(
    page: Keeper,
    account: Number,
    stamp: Annotated[str, Form(min_length=1)],
    names: Lines,
    relatives: Lines,
    relations: Lines,
    regions: Lines,
    systems: Lines,
    units: Lines,
) -> Response:
    """Correct and complete somebody's declaration."""
    whole = _profile(names, (relatives, relations), regions, systems, units)
    try:
        recusal.complete(page.office, page.viewer, account, whole, stamp=stamp, check=False)
    except (UsageError, ConflictError) as error:
        return _one(page, account, kept=whole, wrong=str(error))
    answer = page.redirect(
        "/recusals", said=page.gettext("回避信息已保存，正在重新核对线索。核对完以前，本人看不到线索。")
    )
    return page.check_afterwards(answer, account)


@router.post("/recusals/{account}/give-back")
def give_back(page: Keeper, account: Number, number: Annotated[str, Form(min_length=1)]) -> Response:
    """Let somebody read a clue again that was given up by mistake."""
    recusal.give_back(page.office, page.viewer, number, account)
    return page.redirect("/recusals", said=page.gettext("已解除 %(number)s 的自行回避。", number=number))


def _own(page: Page, typed: RecusalProfile, *, wrong: str = "") -> Response:
    return page.render(
        "recusals/own.html",
        status=400 if wrong else 200,
        profile=recusal.own_profile(page.office, page.viewer),
        checking=recusal.is_checking(page.office, page.viewer),
        typed=typed,
        wrong=wrong and page.gettext(wrong),
        **_choices(page),
    )


def _one(page: Page, account: Number, *, kept: RecusalProfile | None = None, wrong: str = "") -> Response:
    person, profile = recusal.profile_for(page.office, page.viewer, account)
    return page.render(
        "recusals/one.html",
        status=400 if wrong else 200,
        person=person,
        role=Role(person.role).chinese,
        stamp=profile.stamp,
        typed=kept or profile,
        wrong=wrong and page.gettext(wrong),
        **_choices(page),
    )


def _choices(page: Page) -> dict[str, object]:
    return {"all_systems": recusal.systems(page.office), "all_units": recusal.unit_names(page.office)}


def _profile(
    names: Sequence[str],
    related: tuple[Sequence[str], Sequence[str]],
    regions: Sequence[str],
    systems: Sequence[str],
    units: Sequence[str],
) -> RecusalProfile:
    relatives, relations = related
    said = [*relations, *[""] * len(relatives)]
    pairs = tuple(
        Relative(name.strip(), relation) for name, relation in zip(relatives, said, strict=False) if name.strip()
    )
    return RecusalProfile(_filled(names), pairs, _filled(regions), _filled(systems), _filled(units))


def _filled(lines: Sequence[str]) -> tuple[str, ...]:
    return tuple(line.strip() for line in lines if line.strip())
