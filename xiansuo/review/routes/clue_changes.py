"""Changing what a clue is made of: letters moved by hand, names corrected everywhere, both with undo."""

from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Form
from starlette.responses import Response

from xiansuo.domain.correction import Place, Wanted
from xiansuo.domain.people import Power
from xiansuo.errors import ConflictError, NotVisibleError, RefusedError, XiansuoError
from xiansuo.review import clue_words
from xiansuo.review.guard import needs
from xiansuo.review.page import Number, Page
from xiansuo.services import entities, relink
from xiansuo.services.dossier import dossier, find_clue
from xiansuo.services.relink import Asked, Moved

router = APIRouter()
Moving = Annotated[Page, needs(Power.RELINK)]
Correcting = Annotated[Page, needs(Power.CORRECT_ENTITIES)]
Text = Annotated[str, Form()]
Typed = Annotated[Number, Form()]


@router.get("/clues/{number}/move")
def move_form(page: Moving, number: str, letter: str = "") -> Response:
    """Ask where a letter, or all letters of a clue, shall go."""
    return _ask_where(page, number, letter)


@router.post("/clues/{number}/move")
def move(
    page: Moving,
    number: str,
    request_key: Text,
    version: Typed,
    what: Text,
    letter: Text = "",
    to: Text = "",
) -> Response:
    """Move a letter to a clue of its own or to another clue, or all letters to another clue."""
    asked = Asked(request_key, number, version)
    try:
        done = _moved(page, asked, what, letter, to)
    except (NotVisibleError, RefusedError):
        raise
    except XiansuoError as error:
        return _ask_where(
            page, number, letter, trouble=str(error), to=to, what=what, stale=isinstance(error, ConflictError)
        )
    said = page.gettext(
        "已把 %(count)s 件来件移到线索 %(number)s。可以在那里撤销。", count=done.letters, number=done.number
    )
    return page.redirect(_onward(page, done.number), said=said)


@router.post("/clues/{number}/move/undo")
def undo_move(page: Moving, number: str, request_key: Text) -> Response:
    """Take a move back."""
    done = relink.undo(page.office, page.viewer, number, request_key)
    return page.redirect(_onward(page, done.number), said=page.gettext("已撤销，来件回到原来的线索。"))


@router.get("/clues/{number}/entities")
def entity_form(page: Correcting, number: str, letter: str, start: Number, type: str) -> Response:  # noqa: A002 - in addresses
    """Ask what some words are, and show how many letters the answer will touch."""
    return _ask_what(page, Place(number, letter, start, type))


@router.post("/clues/{number}/entities")
def correct(
    page: Correcting,
    number: str,
    request_key: Text,
    letter: Text,
    start: Typed,
    type: Text,  # noqa: A002 - in addresses
    new_type: Text = "",
    value: Text = "",
) -> Response:
    """Correct some words wherever they stand."""
    place, wanted = Place(number, letter, start, type), Wanted(new_type, value)
    try:
        done = entities.correct(page.office, page.viewer, place, wanted, request_key)
    except (NotVisibleError, RefusedError, ConflictError):
        raise
    except XiansuoError as error:
        return _ask_what(page, place, wanted, trouble=str(error))
    said = page.gettext(
        "已更正，共 %(letters)s 件来件、%(places)s 处。可以在本页撤销。", letters=done.letters, places=done.places
    )
    return page.redirect(_onward(page, number, f"/letters/{letter}#entities"), said=said)


@router.post("/clues/{number}/entities/undo")
def undo_correction(page: Correcting, number: str, request_key: Text) -> Response:
    """Take a correction back wherever it was applied."""
    done = entities.undo(page.office, page.viewer, number, request_key)
    said = page.gettext("已撤销更正，共 %(letters)s 件来件恢复原样。", letters=done.letters)
    return page.redirect(_onward(page, number, "#entities"), said=said)


def _moved(page: Page, asked: Asked, what: str, letter: str, to: str) -> Moved:
    if what == "merge":
        return relink.merge(page.office, page.viewer, asked, to=to)
    if what == "other" and not to.strip():
        raise XiansuoError("没有填移到哪一条线索。请填写线索编号。")
    return relink.move(page.office, page.viewer, asked, letter, to=to if what == "other" else "")


def _onward(page: Page, number: str, rest: str = "") -> str:
    """Return the clue's page; what a change puts outside the person's authorisation is left for the queue."""
    try:
        find_clue(page.office, page.viewer, number)
    except NotVisibleError:
        return "/queue"
    return f"/clues/{number}{rest}"


def _ask_where(
    page: Page, number: str, letter: str, *, trouble: str = "", to: str = "", what: str = "", stale: bool = False
) -> Response:
    found = dossier(page.office, page.viewer, number, letter=letter)
    if found is None:
        raise NotVisibleError
    status = 409 if stale else 400 if trouble else 200
    context = {"trouble": trouble, "to": to, "what": what, "words": clue_words, "request": uuid4().hex}
    return page.render("clue/move.html", status=status, dossier=found, clue=found.clue, letter=found.letter, **context)


def _ask_what(page: Page, place: Place, wanted: Wanted | None = None, *, trouble: str = "") -> Response:
    found = entities.preview(page.office, page.viewer, place)
    back = f"/clues/{place.number}/letters/{place.letter}"
    context = {"wanted": wanted, "trouble": trouble, "words": clue_words, "request": uuid4().hex}
    status = 400 if trouble else 200
    return page.render(
        "clue/entity.html", status=status, found=found, clue=found.clue, place=place, back=back, **context
    )
