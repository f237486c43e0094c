"""The page of words proposed for rules: words and counts only, never a sentence of a letter; a person writes the rule."""

from typing import Annotated

from fastapi import APIRouter, Form
from pydantic import BaseModel
from starlette.responses import Response

from xiansuo.domain.people import Power
from xiansuo.errors import ConflictError, NotVisibleError, XiansuoError
from xiansuo.review import fields
from xiansuo.review.guard import needs
from xiansuo.review.page import Page
from xiansuo.services import rule_draft, rule_proposals
from xiansuo.services.rule_draft import Wording

router = APIRouter()
Modeller = Annotated[Page, needs(Power.MODELS)]
Text = Annotated[str, Form()]


class Filled(BaseModel):
    """The form of a rule; examples stand one a line."""

    sentence: str = ""
    subtype: str = ""
    match: str = ""
    reject: str = ""


@router.get("/operate/proposals", name="proposals")
def show(page: Modeller) -> Response:
    """List the words that wait."""
    page.record("proposal.list")
    return _list(page)


@router.post("/operate/proposals/{proposal}/accept")
def accept(page: Modeller, proposal: str, filled: Annotated[Filled, Form()]) -> Response:
    """Write a draft of the rule book."""
    wording = Wording(filled.sentence, filled.subtype, _lines(filled.match), _lines(filled.reject))
    try:
        file = rule_draft.accept(page.office, page.viewer, fields.number(proposal), wording)
    except (NotVisibleError, ConflictError):
        raise
    except XiansuoError as error:
        return _list(page, status=400, wrong=fields.number(proposal), trouble=str(error), filled=filled)
    place = file.relative_to(page.office.state_dir).as_posix()
    said = page.gettext(
        "已写成草稿，还没有生效。请先试算：xiansuo rules preview --rules 状态目录/%(place)s", place=place
    )
    return page.redirect("/operate/proposals", said=said)


@router.post("/operate/proposals/{proposal}/refuse")
def refuse(page: Modeller, proposal: str, note: Text = "") -> Response:
    """Put a proposal aside for good."""
    try:
        rule_draft.refuse(page.office, page.viewer, fields.number(proposal), note)
    except (NotVisibleError, ConflictError):
        raise
    except XiansuoError as error:
        return _list(page, status=400, wrong=fields.number(proposal), trouble=str(error))
    return page.redirect("/operate/proposals", said=page.gettext("已记为不采用，不再提出。"))


def _list(
    page: Page,
    *,
    status: int = 200,
    wrong: int = 0,
    trouble: str = "",
    filled: Filled = Filled(),  # noqa: B008
) -> Response:
    return page.render(
        "operate/proposals.html",
        status=status,
        waiting=rule_proposals.waiting(page.office, page.viewer),
        subtypes=rule_draft.subtypes,
        wrong=wrong,
        trouble=trouble,
        filled=filled,
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())
