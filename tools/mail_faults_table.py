"""Writes docs/mail_faults.md: where the line to a mail server may break and what comes of it, read off the table that is tried.

usage: python -m tools.mail_faults_table
"""

from collections.abc import Mapping
from pathlib import Path

from tests.services.mail_faults import CUTS, DRIPS, SILENCES, Fault, Stored

_FILE = Path(__file__).resolve().parents[1] / "docs" / "mail_faults.md"
_LINES = {"none": "plain", "starttls": "STARTTLS", "ssl": "TLS"}
_HEAD = """# When the line to a mail server breaks

Written by `python -m tools.mail_faults_table` from the table in `tests/services/mail_faults.py`. Each row is tried with a real Dovecot behind a
line that breaks at this very moment (`tests/services/test_mailbox_faults.py`); those marked ○ in `make soak` only. In every row the mailbox
holds 22 mails: 20 letters, one to be sealed and one over the limit, all to be marked as read and moved once they are stored.

Whatever breaks, the next run completes: each mail is stored once, each is marked and moved, and a third run finds nothing new. The source is tried
again 5 minutes after a break, and after growing pauses up to an hour while it lasts.
"""
_FACES: tuple[tuple[str, str, str, Mapping[str, Fault]], ...] = (
    ("The line is cut", "told as a broken line", "ends well", CUTS),
    (
        "The server keeps the line and says nothing more",
        "given up after `timeout` seconds without a byte",
        "",
        SILENCES,
    ),
    (
        "The server goes on byte by byte, each just in time (over TLS a silence like any other, as only whole records count)",
        "given up after an hour, so that it holds up no other source",
        "",
        DRIPS,
    ),
)


def table() -> str:
    """Return the page."""
    return _HEAD + "".join(_face(*face) for face in _FACES)


def _face(heading: str, told: str, well: str, faults: Mapping[str, Fault]) -> str:
    rows = [_row(name, fault, well if fault.stored is Stored.ALL else told) for name, fault in faults.items()]
    return "\n".join(
        [f"\n## {heading}\n", "| | At | Line | The run | In the office by then |", "|---|---|---|---|---|", *rows, ""]
    )


def _row(name: str, fault: Fault, run: str) -> str:
    return f"| {'○' if fault.rare else ''} | {name} | {_LINES[fault.tls]} | {run} | {fault.stored} |"


def main() -> None:
    """Write the page."""
    _FILE.write_text(table(), encoding="utf-8")


if __name__ == "__main__":
    main()
