"""A folder into which another office puts files and writes them anew."""

from pathlib import Path

import pytest

from tests.services.samples import BANQUET, BENEFITS
from xiansuo.services.office import Office
from xiansuo.services.sources import ingest_source, source_at

_SOURCE = '[[source]]\nname = "审计移送"\ntype = "register"\npath = "{path}"\nstill_seconds = 0\n'
_HEAD = "编号,来信时间,反映内容"
_OLD = [f"1,2026-03-01,{BENEFITS}", f"2,2026-03-02,{BANQUET}"]
_NEW = "3,2026-03-03,东山村文书把修路款存在自己名下，已有两年。"


def fetched(office: Office, path: Path, *rows: str) -> tuple[int, int]:
    path.write_text("\n".join([_HEAD, *rows, ""]), "utf-8")
    office.sources_file.write_text(_SOURCE.format(path=path.parent), "utf-8")
    report = ingest_source(office, source_at(office, 0)).as_json()
    return report["stored"], report["seen"]


@pytest.mark.parametrize(
    "rows",
    [[*_OLD, _NEW], [_NEW, *_OLD], [_NEW, *reversed(_OLD)]],
    ids=["added below", "added above", "in another order"],
)
def test_a_register_that_is_written_anew_gives_only_its_new_rows(
    office: Office, letters_folder: Path, rows: list[str]
) -> None:
    register = letters_folder / "台账.csv"
    assert fetched(office, register, *_OLD) == (2, 0)
    assert fetched(office, register, *rows) == (1, 2)
    assert fetched(office, register, *rows) == (0, 3)


def test_a_register_under_another_name_gives_only_its_new_rows(office: Office, letters_folder: Path) -> None:
    assert fetched(office, letters_folder / "三月.csv", *_OLD) == (2, 0)
    assert fetched(office, letters_folder / "四月.csv", *_OLD, _NEW) == (1, 4)
