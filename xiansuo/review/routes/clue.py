"""The clue page: the letter with its highlights, the cards beside it, and two letters side by side."""

from typing import Annotated

from fastapi import APIRouter
from starlette.responses import Response

from xiansuo.domain.people import Power
from xiansuo.review import clue_words
from xiansuo.review.guard import needs
from xiansuo.review.page import Page
from xiansuo.services import relink
from xiansuo.services.comparison import side_by_side
from xiansuo.services.dossier import dossier, find_clue
from xiansuo.services.guidelines import guidelines
from xiansuo.services.order_told import moved_clue
from xiansuo.services.workplace import open_clue

router = APIRouter()
Reading = Annotated[Page, needs(Power.READ_CLUES)]


@router.get("/clues/{number}", name="clue")
def clue(page: Reading, number: str) -> Response:
    """Show a clue with its main letter."""
    return _show(page, number, "")


@router.get("/clues/{number}/letters/{letter_number}", name="clue_letter")
def clue_letter(page: Reading, number: str, letter_number: str) -> Response:
    """Show a clue with one of its letters."""
    return _show(page, number, letter_number)


@router.get("/clues/{number}/compare", name="clue_compare")
def compare(page: Reading, number: str, left: str = "", right: str = "") -> Response:
    """Show two letters of a clue side by side; without a choice its first two."""
    found = side_by_side(page.office, page.viewer, number, left=left, right=right)
    page.record("clue.compare", "clue", number)
    return page.render("clue/compare.html", found=found, words=clue_words)


def _show(page: Page, number: str, letter: str) -> Response:
    bar = open_clue(page.office, page.viewer, number)
    found = dossier(page.office, page.viewer, number, letter=letter, blind=bar.blind)
    page.record("clue.read", "clue", number)
    if found is None:
        moves = relink.history(page.office, page.viewer, number)
        return page.render("clue/merged.html", clue=find_clue(page.office, page.viewer, number), moves=moves)
    return page.render(
        "clue/page.html",
        moved=moved_clue(found.clue),
        dossier=found,
        clue=found.clue,
        letter=found.letter,
        blind=found.blind,
        words=clue_words,
        bar=bar,
        guidelines=guidelines(page.office),
    )
