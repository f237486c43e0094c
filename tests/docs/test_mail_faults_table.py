from pathlib import Path

from tools.mail_faults_table import table


def test_the_table_of_broken_lines_is_the_one_that_is_tried() -> None:
    written = Path(__file__).resolve().parents[2] / "docs" / "mail_faults.md"
    assert written.read_text("utf-8") == table(), "run python -m tools.mail_faults_table"
