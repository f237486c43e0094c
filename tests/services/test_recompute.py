"""Stored suggestions are made again byte for byte, and what cannot be made again is never called a difference."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.services.samples import BANQUET, BENEFITS, write
from xiansuo.errors import OfficeError
from xiansuo.services import versions
from xiansuo.services.office import Office
from xiansuo.services.recompute import Check, Found, recompute
from xiansuo.services.triage import Bench, ingest_paths, work_off
from xiansuo.services.versions import files_of, keep, kept, version_of
from xiansuo.storage.session import transaction

LETTERS = {
    "1.txt": BENEFITS,
    "2.txt": BANQUET,
    "3.txt": "柳河镇街上的路灯坏了，请有关部门维修。",
    "4.txt": "想咨询一下新农合报销需要带哪些材料。",
}


@pytest.fixture
def ranked(bench: Bench, letters_folder: Path) -> Bench:
    ingest_paths(bench, [write(letters_folder, LETTERS)])
    work_off(bench)
    return bench


def change(office: Office, *statements: str) -> None:
    with transaction(office.engine) as session:
        for statement in statements:
            session.execute(text(statement))


def only(found: Found, count: int = len(LETTERS)) -> dict[Found, int]:
    return {found: count}


def test_every_suggestion_is_made_again_byte_for_byte(ranked: Bench) -> None:
    assert recompute(ranked.office) == Check(only(Found.EQUAL))
    assert recompute(ranked.office, sample=2).counts == only(Found.EQUAL, 2)


@pytest.mark.parametrize(
    ("statement", "columns"),
    [
        ("UPDATE suggestions SET scope = scope + 1e-15 WHERE id = 2", ("scope",)),
        ("UPDATE suggestions SET labels = '[]', why = '[]' WHERE id = 1", ("labels", "why")),
        ("UPDATE allegations SET probability = probability / 2 WHERE id = 1", ("allegations",)),
    ],
)
def test_a_stored_column_that_was_touched_is_found_and_named(
    ranked: Bench, statement: str, columns: Sequence[str]
) -> None:
    change(ranked.office, statement)
    found = recompute(ranked.office)
    assert found.counts == {Found.EQUAL: len(LETTERS) - 1, Found.DIFFERENT: 1}
    assert [set(one.columns) for one in found.differences] == [set(columns)]


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE letters SET text = text || '。' WHERE id = 1", Found.CHANGED),
        ("DELETE FROM entities WHERE letter_id = 1", Found.CHANGED),
        ("UPDATE suggestions SET inputs = NULL WHERE id = 1", Found.UNRECORDED),
        ("UPDATE suggestions SET rules_version = 'earlier' WHERE id = 1", Found.LOST),
        ("UPDATE suggestions SET model_id = 'scope_categories-000000000000' WHERE id = 1", Found.LOST),
    ],
)
def test_what_cannot_be_made_again_is_no_difference(ranked: Bench, statement: str, found: Found) -> None:
    change(ranked.office, statement)
    assert recompute(ranked.office).counts == {Found.EQUAL: len(LETTERS) - 1, found: 1}


def test_suggestions_of_another_program_are_told_apart(ranked: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "_code", lambda: "another")
    assert recompute(ranked.office).counts == only(Found.PROGRAM)


def test_a_changed_register_changes_only_letters_that_name_its_units(ranked: Bench) -> None:
    known = ranked.office.register
    fewer = replace(ranked.office, register=replace(known, units=()))
    found = recompute(fewer).counts
    assert found[Found.CHANGED] + found[Found.EQUAL] == len(LETTERS)
    assert found[Found.EQUAL] >= 1


def test_a_version_is_kept_once_and_read_only_while_its_files_are_what_they_were(ranked: Bench) -> None:
    office = ranked.office
    (version,) = kept(office)
    assert version == version_of(office.settings)
    keep(office, version)
    file = files_of(office, version) / "rules" / "bullying.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "# touched\n", encoding="utf-8")
    with pytest.raises(OfficeError, match="不能重算"):
        files_of(office, version)
    assert recompute(office).counts == only(Found.LOST)


def test_rules_changed_between_reading_and_keeping_stop_the_run(ranked: Bench) -> None:
    version = version_of(ranked.office.settings)
    other = replace(version, files={**version.files, "rules/bullying.yaml": "0" * 64})
    with pytest.raises(OfficeError, match="仍在等待"):
        keep(ranked.office, other)
    assert len(kept(ranked.office)) == 1
