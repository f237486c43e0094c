import json
from pathlib import Path

import pytest

from tools.figures_page import AREAS, HOME, NOT_MEASURED, Covered, page, reduced, sum_

_RUN = {
    "files": {
        "xiansuo/text/mask.py": {
            "summary": {"covered_lines": 9, "num_statements": 10, "covered_branches": 3, "num_branches": 4}
        }
    }
}


def test_what_was_not_measured_is_said_to_be_so(tmp_path: Path) -> None:
    told = page(tmp_path)
    assert told.lower().count(NOT_MEASURED) >= 2 + len(AREAS) + 3
    assert "%" not in told


def test_figures_of_a_run_are_taken_over_file_by_file(tmp_path: Path) -> None:
    (tmp_path / "coverage.json").write_text(json.dumps(reduced(_RUN)))
    (tmp_path / "tests.json").write_text('{"make test": 11, "make soak": 2}')
    (tmp_path / "fuzz.json").write_text('{"inputs": 100000, "outcomes": {"stored": 7}, "rows": [1, 2]}')
    told = page(tmp_path)
    assert "| `text/mask.py` | 9/10 | 3/4 | 85.7 % |" in told
    assert "| `make test` | 11 |" in told
    assert all(one in told for one in ("| inputs | 100,000 |", "| outcomes: stored | 7 |", "| rows | 2 rows |"))


@pytest.mark.parametrize(
    ("found", "share"),
    [(Covered(9999, 10000, 0, 0), "99.9 %"), (Covered(5, 5, 2, 2), "100.0 %"), (Covered(1, 2, 0, 2), "25.0 %")],
)
def test_almost_everything_is_never_told_as_everything(found: Covered, share: str) -> None:
    assert sum_([found]).share == share


def test_every_module_that_has_to_be_covered_is_there() -> None:
    assert [one for modules in AREAS.values() for one in modules if not (HOME / "xiansuo" / one).is_file()] == []


def test_the_areas_that_keep_people_safe_are_covered_whole() -> None:
    """What was measured last and committed; a branch that nothing tries is named."""
    report = HOME / "evaluation" / "reports" / "coverage.json"
    if not report.is_file():
        return
    found = {name: Covered(*counts) for name, counts in json.loads(report.read_text(encoding="utf-8")).items()}
    named = [f"xiansuo/{one}" for modules in AREAS.values() for one in modules]
    assert [one for one in named if found[one].share != "100.0 %"] == []
