"""The pages each role works on, with paths filled in from an office, for tests that go over every page."""

from fastapi import FastAPI
from sqlalchemy import select

from tests.review.desk import Desk
from tests.review.routes import doors
from xiansuo.domain.people import MATRIX, Role
from xiansuo.storage.session import reading
from xiansuo.storage.tables import Clues, Letters

# Answers that are no page: a file, a picture, or a redirect that takes a clue.
_NO_PAGE = ("/next", ".svg", ".xlsx", ".docx", "/export", "/print", "/poll", "/lease")


def places(desk: Desk, app: FastAPI, role: Role) -> list[str]:
    """Return the paths of the pages that a role may open."""
    values = _values(desk)
    opened = (
        door for door in doors(app) if door.method == "GET" and (door.power is None or door.power in MATRIX[role])
    )
    return sorted({door.filled(values) for door in opened if not any(part in door.path for part in _NO_PAGE)})


def _values(desk: Desk) -> dict[str, str]:
    with reading(desk.office.engine) as session:
        clue = session.scalars(select(Clues).order_by(Clues.rank.desc(), Clues.id)).first()
        assert clue is not None
        letter = session.get(Letters, clue.main_letter)
        assert letter is not None
        return {"number": clue.number, "letter": letter.number, "letter_number": letter.number}
