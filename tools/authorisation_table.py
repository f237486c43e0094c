"""Writes docs/authorisation.md: which role may open which page, read off the router and the table of powers."""

from pathlib import Path
from typing import Any

from fastapi import FastAPI

from tests.review.routes import Door, doors
from xiansuo.domain.people import MATRIX, Reach, Role
from xiansuo.review.app import create_app

_FILE = Path(__file__).resolve().parents[1] / "docs" / "authorisation.md"
_REACH = {Reach.ALL: "●", Reach.ROUND: "轮次内", Reach.OWN: "本人"}
_HEAD = """# Who may open what

Read off the router and `xiansuo/domain/people.py` by `python -m tools.authorisation_table`; a test keeps it true.
● the whole office, 轮次内 the clues of the person's open rounds, 本人 the person's own; blank: refused as if it did not exist.
Whatever the table grants, nobody meets a clue that a recusal keeps from them.

"""


def table(app: FastAPI) -> str:
    """Return the page."""
    heads = [role.chinese for role in Role]
    lines = ["| | 未登录 | " + " | ".join(heads) + " |", "|---" * (len(heads) + 2) + "|"]
    lines += [_line(door) for door in sorted(doors(app), key=lambda door: (door.path, door.method))]
    return _HEAD + "\n".join(lines) + "\n"


def _line(door: Door) -> str:
    cells = ["●" if door.power is None else "", *(_cell(door, role) for role in Role)]
    return f"| `{door.method} {door.path}` | " + " | ".join(cells) + " |"


def _cell(door: Door, role: Role) -> str:
    if door.power is None:
        return "●"
    reach = MATRIX[role].get(door.power)
    return _REACH[reach] if reach else ""


def no_office() -> Any:
    """Return what stands where an office would: the router does not need one."""
    return object()


def main() -> None:
    """Write the page."""
    app = create_app(no_office())
    _FILE.write_text(table(app), encoding="utf-8")


if __name__ == "__main__":
    main()
