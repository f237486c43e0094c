import json
from pathlib import Path

from tools.faults_table import figures, table

HOME = Path(__file__).resolve().parents[2]


def test_the_table_of_faults_is_the_one_that_is_tried() -> None:
    assert (HOME / "docs" / "faults.md").read_text("utf-8") == table(), "run python -m tools.faults_table"


def test_the_figures_of_faults_are_those_of_the_table() -> None:
    written = json.loads((HOME / "evaluation" / "reports" / "faults.json").read_text("utf-8"))
    assert written == figures(), "run python -m tools.faults_table"
