"""An office that moved to PostgreSQL answers every page as it did on SQLite."""

import re
from collections.abc import Iterator
from difflib import ndiff
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from tests.review.desk import Desk, open_desk
from tests.review.routes import doors
from tests.review.worked_desk import work_through
from tests.servers.state import shared_postgres, sqlite_only
from xiansuo.domain.people import MATRIX, Role
from xiansuo.review.app import create_app
from xiansuo.services.backup import back_up
from xiansuo.services.backup_key import Unlock
from xiansuo.services.office import open_office
from xiansuo.services.restore import restore
from xiansuo.settings import Settings
from xiansuo.storage.session import reading
from xiansuo.storage.tables import Clues

pytestmark = sqlite_only
_ASKED = 2
"""Clues whose own pages are read; each has a page per route."""
_GOES_ON = {"/audit", "/operate", "/operate/health"}
"""Pages that tell of the machine, or of the trail, on which the restoration itself stands."""
_UNREAD = re.compile(r"<[^>]+>|\b\d\d:\d\d\b")


@pytest.fixture(scope="module")
def both(desk_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, Desk]]:
    """An office after days of work, and the same one restored to PostgreSQL from its backup."""
    folder = tmp_path_factory.mktemp("moved")
    here = open_desk(desk_template, folder / "sqlite")
    work_through(here)
    done = back_up(here.office, actor="uid:0")
    key = next(here.office.state_dir.glob("backup-private-key-*.pem"))
    shared_postgres().create_database("pages")
    url = shared_postgres().url("pages")
    restore(done.file, Unlock(key), folder / "moved", actor="uid:0", database=url, tell=lambda _sentence: None)
    office = open_office(Settings(state_dir=folder / "moved"))
    yield here, Desk(office, here.accounts, create_app(office))
    for one in (here.office, office):
        one.engine.dispose()


def _answers(desk: Desk, role: Role) -> dict[str, tuple[int, list[str]]]:
    client = desk.client(role)
    with reading(desk.office.engine) as session:
        numbers = session.scalars(select(Clues.number).order_by(Clues.id).limit(_ASKED)).all()
    paths = {
        door.filled({"number": number})
        for number in numbers
        for door in doors(desk.app)
        if door.method == "GET" and door.power in MATRIX[role] and door.path not in _GOES_ON
    }
    return {path: _told(client.get(path)) for path in sorted(paths)}


def _told(answer: httpx.Response) -> tuple[int, list[str]]:
    """Return what a person reads; keys of forms stand inside of tags and differ from page to page, and so may the minute."""
    readable = answer.text if answer.headers.get("content-type", "").startswith("text/html") else ""
    return answer.status_code, [line for line in _UNREAD.sub("", readable).splitlines() if line.strip()]


@pytest.mark.parametrize("role", [Role.LEAD, Role.HEAD])
def test_every_page_is_the_same_on_postgresql(both: tuple[Desk, Desk], role: Role) -> None:
    here, moved = (_answers(desk, role) for desk in both)
    assert list(here) == list(moved)
    differ = {path: [*ndiff(here[path][1], moved[path][1])] for path in here if here[path] != moved[path]}
    assert {path: [line for line in lines if line[0] in "+-"] for path, lines in differ.items()} == {}
