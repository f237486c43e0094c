"""Writes docs/faults.md and evaluation/reports/faults.json: what breaks at which stage and what comes of it, read off the table that is tried.

usage: python -m tools.faults_table
"""

import json
from collections import Counter
from pathlib import Path

from tests.e2e.faults import FAULTS, SAMPLE, STAGES, Outcome, cells

_HOME = Path(__file__).resolve().parents[1]
_FILE, _REPORT = _HOME / "docs" / "faults.md", _HOME / "evaluation" / "reports" / "faults.json"
_HEAD = """# When something breaks

Written by `python -m tools.faults_table` from the table in `tests/e2e/faults.py`. Each cell is tried by `tests/e2e/test_faults.py` with real
commands on a small disk of its own; those marked ● in `make test`, all in `make soak`. Breaks of the line to a mail server: mail_faults.md.

Whatever breaks, there is no traceback, and once it is mended the same command completes: the same letters, originals, sealed and quarantined
letters and clues as in a run that nobody disturbed, none lost and none twice. What a restoring that was killed left behind stays until a person
takes it away; the program says so and writes over nothing.

A PostgreSQL server that ends at once and starts again in the middle of ingest, analyse, link, rank or a commit: the run says what to do and ends
with status 1, and the next one completes; a page asked for afterwards is answered (`tests/e2e/test_postgres_restart.py`, in `make soak`; the page
in `make test`).

A decision whose process is killed before any one of its statements is not there at all; sent again by the browser it is there once, with one
line on the trail (`tests/services/test_decide_killed.py`, in `make test`, on both databases).

"""


def table() -> str:
    """Return the page."""
    rows = [f"| {fault} | " + " | ".join(_cell(fault, stage) for stage in STAGES) + " |" for fault in FAULTS]
    return _HEAD + "\n".join(["| | " + " | ".join(STAGES) + " |", "|---" * (len(STAGES) + 1) + "|", *rows, ""])


def figures() -> dict[str, int]:
    """Return the counts of the table; whether letters are lost is for the test of each cell to say, and is no figure."""
    found = Counter(FAULTS[fault].at(stage) for fault, stage in cells())
    return {
        "faults": len(FAULTS),
        "stages": len(STAGES),
        "cells": len(cells()),
        "continued": found[Outcome.CONTINUED],
        "told": found[Outcome.TOLD],
        "killed": found[Outcome.KILLED] + found[Outcome.ENDED],
    }


def _cell(fault: str, stage: str) -> str:
    return f"{FAULTS[fault].at(stage)}{' ●' if (fault, stage) in SAMPLE else ''}"


def main() -> None:
    """Write both."""
    _FILE.write_text(table(), encoding="utf-8")
    _REPORT.write_text(json.dumps(figures(), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
