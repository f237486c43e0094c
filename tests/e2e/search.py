"""Searches files and tables for strings in every form in which a program may keep them."""

import json
import os
import sqlite3
from base64 import b64encode
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from ahocorasick_rs import BytesAhoCorasick

from tests.servers.state import values_on_server
from tests.small_home import shipped_content
from xiansuo.storage.address import ADDRESS_FILE, DATABASE_FILE

Places = Iterable[tuple[str, bytes]]
_LEAST = 6


class Seeker:
    """Finds strings in bytes: as UTF-8, UTF-16, GB18030, JSON escapes, percent signs, quoted-printable or Base64."""

    def __init__(self, strings: Iterable[str]) -> None:
        found = {form: one for one in strings for form in _forms(one)}
        self._owners = list(found.values())
        self._automaton = BytesAhoCorasick(list(found))

    def find(self, places: Places) -> dict[str, list[str]]:
        """Return the names of the places where each string stands; strings that are nowhere are left out."""
        found = defaultdict[str, set[str]](set)
        for name, data in places:
            for index, _, _ in self._automaton.find_matches_as_indexes(data):
                found[self._owners[index]].add(name)
        return {one: sorted(names) for one, names in sorted(found.items())}


def _forms(text: str) -> set[bytes]:
    data = text.encode()
    forms = {data, text.encode("gb18030"), text.encode("utf-16-le"), text.encode("utf-16-be")}
    forms |= {json.dumps(text)[1:-1].encode(), quote(text, safe="").encode(), quote(text, safe="").lower().encode()}
    forms |= {quote(text, safe="", encoding=code).replace("%", "=").encode() for code in ("utf-8", "gb18030")}
    for pad in range(3):
        # Only whole groups of four, which do not depend on what stands before and behind.
        turn = b64encode(bytes(pad) + data)[4 * (pad > 0) :]
        whole = turn[: len(turn) // 4 * 4 - 4 * ((pad + len(data)) % 3 > 0)]
        forms.add(whole)
    # Shorter ones stand in ciphertext by chance.
    return {form for form in forms if len(form) >= _LEAST}


def files(*folders: Path) -> Iterator[tuple[str, bytes]]:
    """Yield all files below the folders, their names among their content; copies of shipped rules and word lists are left out."""
    for folder in folders:
        for root, _, names in os.walk(folder):
            for name in names:
                path = Path(root) / name
                relative = str(path.relative_to(folder))
                yield f"{folder.name}/{relative} (name)", os.fsencode(relative)
                if path.is_file() and (data := path.read_bytes()) not in shipped_content():
                    yield f"{folder.name}/{relative}", data


def office_tables(state: Path, *, leave_out: str = "") -> Iterator[tuple[str, bytes]]:
    """Yield every column of every table of an installation as the bytes that are stored."""
    if (state / ADDRESS_FILE).exists():
        for name, value in values_on_server(state):
            if not leave_out or not name.startswith(leave_out):
                yield f"table {name}", value
    else:
        yield from tables(state / DATABASE_FILE, leave_out=leave_out)


def tables(database: Path, *, leave_out: str = "") -> Iterator[tuple[str, bytes]]:
    """Yield every column of every table of a SQLite database as the bytes that are stored."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        connection.text_factory = bytes
        # What a virtual table holds lies in tables of its own, which are read like any other.
        listed = "SELECT name FROM sqlite_master WHERE type='table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
        names = [row[0].decode() for row in connection.execute(listed)]
        for name in names:
            if leave_out and name.startswith(leave_out):
                continue
            for row in connection.execute(f'SELECT * FROM "{name}"'):  # noqa: S608 - a name from the schema
                for value in row:
                    yield f"table {name}", value if isinstance(value, bytes) else str(value).encode()
