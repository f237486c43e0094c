"""The pages each role works on, with paths filled in from an office, for tests that go over every page."""

from typing import Any

from fastapi import FastAPI
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from tests.review.desk import Desk
from tests.review.routes import doors
from xiansuo.domain.people import MATRIX, Power, Role
from xiansuo.storage.session import reading
from xiansuo.storage.tables import (
    ClueLetters,
    Clues,
    Entities,
    Erasures,
    HandOvers,
    Letters,
    OrgUnits,
    Registrations,
    Reveals,
    Rounds,
    SiteModels,
)

# Answers that are no page: a file, a picture, or a redirect that takes a clue.
_NO_PAGE = ("/next", ".svg", ".xlsx", ".docx", "/export", "/print", "/poll", "/lease", ".json")


def places(desk: Desk, app: FastAPI, role: Role) -> list[str]:
    """Return the paths of the pages that a role may open."""
    with reading(desk.office.engine) as session:
        clue = session.scalars(select(Clues).order_by(Clues.letters_count.desc(), Clues.rank.desc())).first()
        assert clue is not None
        common, special = _values(session, clue), _special(session, desk.accounts[role])
        asked = _asked(session, clue) if Power.CORRECT_ENTITIES in MATRIX[role] else []
        asked += _proposed(session) if _decides(role) else []
    opened = (
        door for door in doors(app) if door.method == "GET" and (door.power is None or door.power in MATRIX[role])
    )
    pages = {
        door.filled({**common, **special.get(door.path.split("/")[1], {})})
        for door in opened
        if not any(part in door.path for part in _NO_PAGE) and (_decides(role) or "/retention/{id_}" not in door.path)
    }
    return sorted({*pages, *asked})


def _decides(role: Role) -> bool:
    """Tell whether the role proposes or confirms what is erased; nobody else may open a proposal, whatever the door says."""
    return bool({Power.HAND_OVER, Power.DISPOSE} & set(MATRIX[role]))


def _proposed(session: Session) -> list[str]:
    """Return the page of a proposal that waits, beside the one that was carried out."""
    return [f"/retention/{one}" for one in session.scalars(select(Erasures.id).where(Erasures.state == "proposed"))]


def _values(session: Session, clue: Clues) -> dict[str, str]:
    letter = session.get(Letters, clue.main_letter)
    unit = session.scalars(select(OrgUnits.name).order_by(OrgUnits.id.desc())).first()
    assert letter is not None
    report = {"kind": "round", "key": str(session.scalars(select(Rounds.id).order_by(Rounds.id)).first())}
    return {
        "number": clue.number,
        "letter": letter.number,
        "letter_number": letter.number,
        "unit": unit or "",
        **report,
    }


def _special(session: Session, account: int) -> dict[str, dict[str, str]]:
    """Return what the paths under a first word are filled with, where there is something to show."""
    found: dict[str, tuple[str, Select[Any]]] = {
        "handover": ("number", select(HandOvers.number).order_by(HandOvers.id)),
        "adjudicate": ("number", select(Clues.number).where(Clues.state == "disputed")),
        "vault": ("id_", select(Reveals.id).where(Reveals.account_id == account).order_by(Reveals.expires.desc())),
        "operate": ("name", select(SiteModels.name).order_by(SiteModels.id.desc())),
        "retention": ("id_", select(Erasures.id).where(Erasures.state == "done")),
        "register": ("id_", select(Registrations.id).order_by(Registrations.id)),
    }
    first = {word: (name, session.scalars(wanted).first()) for word, (name, wanted) in found.items()}
    return {word: {name: str(value)} for word, (name, value) in first.items() if value is not None}


def _asked(session: Session, clue: Clues) -> list[str]:
    """Return pages that want more than a path: two letters side by side, a name to be corrected."""
    wanted = select(Letters).join(ClueLetters, ClueLetters.letter_id == Letters.id)
    letters = session.scalars(wanted.where(ClueLetters.clue_id == clue.id).order_by(Letters.id)).all()
    named = session.scalars(
        select(Entities).where(Entities.letter_id == letters[0].id, Entities.type == "respondent")
    ).first()
    pages = [f"/clues/{clue.number}/compare?left={letters[0].number}&right={letters[-1].number}"]
    if named is not None:
        place = f"letter={letters[0].number}&start={named.start}&type={named.type}"
        pages.append(f"/clues/{clue.number}/entities?{place}")
    return pages
