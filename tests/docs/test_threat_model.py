"""Holds the threat model to its form: no claim stands without a test that would fail if it were untrue."""

import re
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parent.parent.parent
CLAIMS = (HOME / "docs/threat-model.md").read_text(encoding="utf-8").split("## Out of reach")[0]
ROWS = [
    line
    for line in CLAIMS.splitlines()
    if line.startswith("| ") and "shown by |" not in line and set(line) - set("|- ")
]
ATTACKERS = ("respondent", "colleague", "thief", "sender of hostile files", "inverter", "forger")


@pytest.mark.parametrize("row", ROWS, ids=[f"row{number}" for number in range(len(ROWS))])
def test_every_claim_names_a_test(row: str) -> None:
    assert re.search(r"`tests/[\w/]+\.py::test_\w+`", row.rsplit("|", 2)[1]), row


@pytest.mark.parametrize("attacker", ATTACKERS)
def test_every_attacker_has_a_table(attacker: str) -> None:
    sections = [part for part in CLAIMS.split("\n### ") if attacker in part.splitlines()[0]]
    assert sections
    assert sections[0].count("::test_") >= 3
