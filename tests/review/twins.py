"""Two offices that differ in one clue, and a visit of every page that somebody can open in either."""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from sqlalchemy import Table, delete, select, text

from tests.review.desk import Desk
from tests.review.routes import doors
from xiansuo.domain.people import MATRIX, Power, Role
from xiansuo.services.queue import as_records, top
from xiansuo.services.sessions import viewer_of_account
from xiansuo.storage.repositories import screening
from xiansuo.storage.session import now, reading, transaction
from xiansuo.storage.tables import Base, ClueLetters, Clues, Letters

# What differs between two visits whoever makes them: keys of forms, moments, versions of files.
_PASSING = re.compile(
    rb"[0-9a-f]{16,}|[A-Za-z0-9_-]{30,}|\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?|\d{2}:\d{2}(?::\d{2})?|\d+(?:\.\d+)? ms"
)
_ZIP = b"PK\x03\x04"
# The trail names what others did, by number; who keeps the machine sees how much came in. Neither reads clues.
_OTHER_DUTIES = frozenset({Power.AUDIT, Power.OPERATE})


@dataclass(frozen=True, slots=True)
class Hidden:
    """A clue that is to be hidden: its numbers, whom and which unit it names."""

    id: int
    number: str
    letters: Mapping[int, str]
    unit: str
    respondents: tuple[str, ...] = field(repr=False)

    def words(self) -> Iterator[str]:
        """Yield what must not stand on any page: numbers of the clue and of letters that are in no other clue."""
        yield self.number
        yield from self.letters.values()


def some_clue(desk: Desk, place: int) -> Hidden:
    """Return one of the office's clues, any number choosing one."""
    with reading(desk.office.engine) as session:
        ids = session.scalars(select(Clues.id).order_by(Clues.id)).all()
        clue = session.get_one(Clues, ids[place % len(ids)])
        held = select(ClueLetters.letter_id).where(ClueLetters.clue_id == clue.id)
        others = select(ClueLetters.letter_id).where(ClueLetters.clue_id != clue.id)
        own = select(Letters.id, Letters.number).where(Letters.id.in_(held), Letters.id.not_in(others))
        letters = dict(session.execute(own).tuples().all())
        return Hidden(clue.id, clue.number, letters, clue.unit, tuple(clue.respondents))


def remove(desk: Desk, clue: Hidden) -> None:
    """Let a clue and its own letters never have been there."""
    gone = {"clues": [clue.id], "letters": list(clue.letters)}
    on_file = desk.office.engine.dialect.name == "sqlite"
    if on_file:
        with desk.office.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    with transaction(desk.office.engine) as session:
        # Only a superuser may tell PostgreSQL not to look; the one of the tests is one.
        session.execute(
            text("PRAGMA defer_foreign_keys=ON" if on_file else "SET LOCAL session_replication_role = replica")
        )
        for table in reversed(Base.metadata.sorted_tables):
            for name, ids in gone.items():
                for column in _pointing(table, name):
                    session.execute(delete(table).where(column.in_(ids)))


def _pointing(table: Table, name: str) -> list[object]:
    if table.name == name:
        return [table.c.id]
    return [key.parent for key in table.foreign_keys if key.column.table.name == name]


def visits(desk: Desk, role: Role, clue: Hidden) -> dict[str, tuple[int, bytes]]:
    """Visit every page behind a GET route with the clue's own ids in its path and query, as somebody of `role`."""
    client = desk.client(role)
    return {path: _answer(client.get(path)) for path in dict.fromkeys(_paths(desk, role, clue))}


def listed(desk: Desk, role: Role) -> list[dict[str, object]]:
    """Return what `queue --as --json` prints."""
    with reading(desk.office.engine) as session:
        viewer = viewer_of_account(session, desk.accounts[role.value], now())
    assert viewer is not None
    return as_records(top(desk.office, limit=None, viewer=viewer)) if viewer.may(Power.READ_CLUES) else []


def change_state(desk: Desk, clue: Hidden, state: str) -> None:
    """Let a clue stand somewhere else on its way."""
    with transaction(desk.office.engine) as session:
        row = session.get_one(Clues, clue.id)
        row.state = state
        screening.again(session, [clue.id])


def _paths(desk: Desk, role: Role, clue: Hidden) -> Iterator[str]:
    letter = next(iter(clue.letters.items()), (1, "2026-000001"))
    named = {"number": clue.number, "letter_number": letter[1], "letter": letter[1], "clue": clue.number}
    named |= {
        "unit": clue.unit or "无",
        "name": (*clue.respondents, "无")[0],
        "respondent": (*clue.respondents, "无")[0],
    }
    for door in doors(desk.app):
        if door.method != "GET" or (door.power and (door.power not in MATRIX[role] or door.power in _OTHER_DUTIES)):
            continue
        for id_ in dict.fromkeys(("1", str(clue.id), str(letter[0]))):
            ids = dict.fromkeys(re.findall(r"{(\w+)", door.path), id_)
            yield door.filled({**ids, **named})
        path = door.filled(named)
        yield from (f"{path}?{urlencode(query)}" for query in _queries(clue, letter[1]))


def _queries(clue: Hidden, letter: str) -> Iterator[dict[str, str]]:
    asked = {"clue": clue.number, "letter": letter, "what": "identity", "left": letter, "right": letter, "show": "all"}
    name = (*clue.respondents, clue.number)[0]
    yield {"q": name, **asked}
    yield {"unit": clue.unit, "by": "unit", "round": "1", "respondent": name, "name": name, "show": "all"}


def _answer(answer: object) -> tuple[int, bytes]:
    status, body = answer.status_code, answer.content  # type: ignore[attr-defined]
    location = answer.headers.get("location", "")  # type: ignore[attr-defined]
    return status, _PASSING.sub(b"~", _unzipped(body) + location.encode())


def _unzipped(body: bytes) -> bytes:
    if not body.startswith(_ZIP):
        return body
    with zipfile.ZipFile(io.BytesIO(body)) as file:
        return b"\n".join(file.read(name) for name in sorted(file.namelist()) if not name.startswith("docProps/"))
