"""Deciding: the acts of the bar under a clue, the next clue, second readings, and the lead's word between two readings."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel
from starlette.responses import Response

from xiansuo.domain.category import Category
from xiansuo.domain.decision import Act, Outcome
from xiansuo.domain.people import Power
from xiansuo.errors import NotVisibleError, RefusedError, XiansuoError
from xiansuo.review import fields
from xiansuo.review.guard import needs
from xiansuo.review.page import Number, Page
from xiansuo.services import adjudicate, drafting, leases
from xiansuo.services.decide import Asked, Choice, Done, decide, postpone, undo
from xiansuo.services.drafting import Typed
from xiansuo.services.guidelines import guidelines
from xiansuo.services.recusal import recuse
from xiansuo.services.workplace import open_clue

router = APIRouter()
Deciding = Annotated[Page, needs(Power.DECIDE)]
Adjudicating = Annotated[Page, needs(Power.ADJUDICATE)]
Text = Annotated[str, Form()]

_ONWARD = {"second": "/second/next", "adjudicate": "/adjudicate"}


class Filled(BaseModel):
    """The form of the bar. `outcome` is empty for the chosen categories, or an outcome with its destination (out_of_scope:Z1)."""

    request_key: str
    version: Number
    outcome: str = ""
    labels: list[str] = []
    note: str = ""
    until: str = ""
    revises: str = ""
    then: str = ""


Form_ = Annotated[Filled, Form()]


@router.get("/next", name="next")
def next_(page: Deciding, after: str = "") -> Response:
    """Take the next clue that nobody reads and go to it."""
    return _go(page, leases.next_clue(page.office, page.viewer, after=after), second=False)


@router.get("/second", name="second")
def second(page: Deciding) -> Response:
    """List the clues that wait for a second reading by this person."""
    return page.render("decide/second.html", waiting=adjudicate.seconds_waiting(page.office, page.viewer))


@router.get("/second/next", name="second_next")
def second_next(page: Deciding, after: str = "") -> Response:
    """Take the next clue to be read a second time and go to it."""
    return _go(page, leases.next_second(page.office, page.viewer, after=after), second=True)


@router.post("/clues/{number}/decide")
def decide_(page: Deciding, number: str, filled: Form_) -> Response:
    """Decide about a clue."""
    kind, _, destination = filled.outcome.partition(":")
    choice = Choice(Outcome(kind) if kind else None, _categories(filled.labels), destination, bool(filled.revises))
    asked = _asked(number, filled)
    return _answered(page, number, filled, lambda: decide(page.office, page.viewer, asked, choice))


@router.post("/clues/{number}/postpone")
def postpone_(page: Deciding, number: str, filled: Form_) -> Response:
    """Take a clue out of the queue until a day."""
    asked, until = _asked(number, filled), fields.day(filled.until)
    return _answered(page, number, filled, lambda: postpone(page.office, page.viewer, asked, until))


@router.post("/clues/{number}/undo")
def undo_(page: Deciding, number: str, request_key: Text, act: Annotated[Number, Form()]) -> Response:
    """Take one's own last act back and open the clue again."""
    filled = Filled(request_key=request_key, version=0)
    return _answered(page, number, filled, lambda: undo(page.office, page.viewer, _asked(number, filled), act))


@router.post("/clues/{number}/recuse")
def recuse_(page: Deciding, number: str, request_key: Text) -> Response:
    """Give a clue up for good and go to the next."""
    recuse(page.office, page.viewer, number, request_key)
    return page.redirect("/next", said=page.gettext("已回避 %(number)s，今后不再向您显示。", number=number))


@router.post("/clues/{number}/draft")
def draft(page: Deciding, number: str, filled: Form_) -> Response:
    """Keep what is typed and chosen."""
    drafting.keep(page.office, page.viewer, number, _typed(filled))
    return Response(status_code=204)


@router.post("/clues/{number}/lease")
def lease(page: Deciding, number: str) -> Response:
    """Keep holding the clue, or say who holds it now."""
    held = leases.renew(page.office, page.viewer, number)
    return page.render("decide/held.html", held=held)


@router.post("/clues/{number}/release")
def release(page: Deciding, number: str) -> Response:
    """Free a clue that one holds; a lead frees it whoever holds it."""
    leases.free(page.office, page.viewer, number)
    return page.redirect(f"/clues/{number}" if page.viewer.may(Power.ADJUDICATE) else "/queue")


@router.post("/clues/{number}/allegations")
def add_allegation(
    page: Deciding,
    number: str,
    letter: Text,
    start: Annotated[Number, Form()],
    end: Annotated[Number, Form()],
    category: Text,
) -> Response:
    """Add an allegation from marked text."""
    (chosen,) = _categories([category])
    drafting.add_allegation(page.office, page.viewer, number, letter, (start, end), chosen)
    return _bar(page, number)


@router.post("/clues/{number}/allegations/{key}/{change}")
def change_allegation(page: Deciding, number: str, key: str, change: str, category: Text = "") -> Response:
    """Drop an allegation, put it back, or put it under another category."""
    if change == "refile":
        (chosen,) = _categories([category])
        drafting.refile_allegation(page.office, page.viewer, number, key, chosen)
    elif change == "drop":
        drafting.drop_allegation(page.office, page.viewer, number, key)
    elif change == "restore":
        drafting.restore_allegation(page.office, page.viewer, number, key)
    else:
        raise NotVisibleError
    return _bar(page, number)


@router.get("/adjudicate", name="adjudicate")
def adjudicate_(page: Adjudicating) -> Response:
    """List the clues whose readings differ, and those that nobody could read a second time."""
    return page.render(
        "decide/adjudicate.html",
        disputed=adjudicate.disputed(page.office, page.viewer),
        unread=adjudicate.unread(page.office, page.viewer),
    )


@router.get("/adjudicate/{number}", name="dispute")
def dispute(page: Adjudicating, number: str) -> Response:
    """Show the readings of a clue side by side, without names."""
    found = adjudicate.dispute(page.office, page.viewer, number)
    page.record("clue.adjudicate.read", "clue", number)
    place = open_clue(page.office, page.viewer, number)
    return page.render("decide/dispute.html", found=found, place=place, guidelines=guidelines(page.office))


def _go(page: Page, number: str | None, *, second: bool) -> Response:
    if number is None:
        return page.render("decide/next_empty.html", second=second)
    page.record("clue.take", "clue", number)
    return page.redirect(f"/clues/{number}")


def _answered(page: Page, number: str, filled: Filled, act: Callable[[], Done]) -> Response:
    """Do an act and go on; where it could not be done say why, and keep what was typed."""
    try:
        done = act()
    except (NotVisibleError, RefusedError):
        raise
    except XiansuoError as error:
        drafting.keep(page.office, page.viewer, number, _typed(filled))
        place = open_clue(page.office, page.viewer, number)
        stale = place.version != filled.version or bool(place.held.by)
        context = {"sentence": page.gettext(str(error)), "filled": filled, "place": place, "stale": stale}
        return page.render("decide/not_saved.html", status=409 if stale else 400, **context)
    onward = _ONWARD.get(filled.then, "/next")
    if done.compare or done.act is Act.UNDO:
        onward = f"/clues/{done.number}"
    return page.learn_afterwards(page.redirect(onward, said=_said(page, done)))


def _said(page: Page, done: Done) -> str:
    if done.act is Act.UNDO:
        return page.gettext("已撤销，%(number)s 恢复原状。", number=done.number)
    if done.compare:
        return page.gettext("已保存您的盲审选择。请对照系统建议，保持或更改。")
    words = page.gettext(done.outcome.chinese if done.outcome else done.act.chinese)
    return page.gettext("已保存：%(number)s %(words)s。按 z 可以撤销。", number=done.number, words=words)


def _bar(page: Page, number: str) -> Response:
    if not page.is_htmx:
        return page.redirect(f"/clues/{number}")
    place = open_clue(page.office, page.viewer, number)
    return page.render("decide/bar.html", bar=place)


def _asked(number: str, filled: Filled) -> Asked:
    return Asked(filled.request_key[:64], number, filled.version, filled.note)


def _typed(filled: Filled) -> Typed:
    destination = filled.outcome.partition(":")[2]
    return Typed(filled.note, _categories(filled.labels), destination, fields.day(filled.until))


def _categories(codes: list[str]) -> tuple[Category, ...]:
    try:
        return tuple(Category(code) for code in codes)
    except ValueError as error:
        raise XiansuoError("问题类别不认得，没有保存。请刷新页面后重新选择。") from error
