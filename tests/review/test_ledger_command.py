"""`xiansuo export ledger` writes what the account may see, once, for its owner only."""

from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from tests.review.desk import Desk
from xiansuo.cli import app


def run(desk: Desk, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["--state", str(desk.office.state_dir), "export", "ledger", *arguments])
    return done.exit_code, f"{done.output}{done.exception or ''}"


def test_the_ledger_of_a_round_is_written_for_its_owner_only(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "台账.xlsx"
    status, said = run(desk, "--output", str(file), "--as", "lead", "--round", "2026年第四轮巡察")
    assert (status, file.stat().st_mode & 0o777) == (0, 0o600)
    assert openpyxl.load_workbook(file)["台账"].max_row == 41
    assert "DC-2026-" in said


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--as", "nobody"], "没有这个账号"),
        (["--as", "operator"], "没有导出台账的权限"),
        (["--as", "lead", "--round", "没有的轮"], "没有这个轮次"),
    ],
)
def test_who_may_not_export_is_told_so_and_no_file_is_written(
    desk: Desk, tmp_path: Path, arguments: list[str], said: str
) -> None:
    file = tmp_path / "台账.xlsx"
    status, output = run(desk, "--output", str(file), *arguments)
    assert status != 0
    assert said in output
    assert not file.exists()


def test_a_file_that_is_there_is_not_overwritten(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "台账.xlsx"
    file.write_text("已有")
    status, said = run(desk, "--output", str(file), "--as", "lead")
    assert status != 0
    assert "已经存在" in said
    assert file.read_text() == "已有"
