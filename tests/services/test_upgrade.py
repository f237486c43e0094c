import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.servers.state import emptied, empty_state, sqlite_only
from tests.services.backing_up import unlock
from tests.services.samples import BANQUET, BENEFITS, item, write
from xiansuo.errors import KeyFileError, OfficeError, XiansuoError
from xiansuo.services.ingest import Intake
from xiansuo.services.office import Office, open_office
from xiansuo.services.queue import top
from xiansuo.services.restore import drill
from xiansuo.services.triage import Bench, ingest_paths, waiting, work_off
from xiansuo.services.upgrade import Upgraded, copy, upgrade
from xiansuo.settings import Settings
from xiansuo.storage.migrations import migrate_to
from xiansuo.storage.repositories import audit, clues, entities, letters, links, suggestions
from xiansuo.storage.session import open_engine, reading, transaction

COUNT = 5


def silent(_sentence: str) -> None:
    """Tell nobody."""


@pytest.fixture
def ranked(bench: Bench, letters_folder: Path) -> Bench:
    """An office with ranked letters, two of them on the same matter."""
    texts = {"1.txt": BENEFITS, "2.txt": BANQUET, "3.txt": BENEFITS + "请组织为我保密。"}
    others = {"4.txt": "柳河镇街上的路灯坏了，请有关部门维修。", "5.txt": "想咨询一下新农合报销需要带哪些材料。"}
    ingest_paths(bench, [write(letters_folder, {**texts, **others})])
    work_off(bench)
    return bench


def age(office: Office, *, model: str = "older") -> None:
    """Make all suggestions those of another model, and what follows from them worthless."""
    renamed = "replace(CAST(facts AS TEXT), '青石村', '白石村')"
    if office.engine.dialect.name == "postgresql":
        renamed = f"CAST({renamed} AS JSON)"
    with transaction(office.engine) as session:
        for statement in (
            "UPDATE suggestions SET model_id = :model, scope = 0, labels = '[]'",
            "UPDATE clues SET rank = -1, labels = '[]'",
            f"UPDATE link_facts SET facts = {renamed}",  # noqa: S608 - both forms stand above
        ):
            session.execute(text(statement), {"model": model} if ":model" in statement else {})


def everything(office: Office) -> dict[str, object]:
    """Return what the queue shows and linking knows, without suggestions' numbers."""
    with reading(office.engine) as session:
        ids = letters.ids(session)
        return {
            "queue": [(row.clue.number, row.clue.content, row.letters) for row in top(office, limit=None)],
            "places": clues.of_letters(session, ids),
            "entities": entities.of_letters(session, ids),
            "facts": links.facts_of(session, ids),
            "index": sorted(session.execute(text("SELECT hash, letter_id FROM sketches")).tuples()),
        }


def test_letters_of_an_older_model_are_analysed_again_and_clues_ranked_anew(ranked: Bench) -> None:
    before = everything(ranked.office)
    age(ranked.office)
    assert everything(ranked.office) != before
    assert upgrade(ranked.office.settings, silent).analysed == COUNT
    assert everything(ranked.office) == before


def test_older_suggestions_stay_for_the_decisions_that_saw_them(ranked: Bench) -> None:
    age(ranked.office)
    with reading(ranked.office.engine) as session:
        seen = suggestions.for_letters(session, letters.ids(session))
    upgrade(ranked.office.settings, silent)
    with reading(ranked.office.engine) as session:
        assert suggestions.get(session, [one.id for one in seen.values()]) == {one.id: one for one in seen.values()}
        newer = suggestions.for_letters(session, seen)
    assert {one.model_id for one in newer.values()} == {ranked.analyser.trained.id}


def test_a_second_upgrade_analyses_nothing(ranked: Bench) -> None:
    before = everything(ranked.office)
    assert upgrade(ranked.office.settings, silent).analysed == 0
    assert everything(ranked.office) == before


def test_going_back_to_an_older_program_and_forth_again_counts_the_latest(ranked: Bench) -> None:
    settings = ranked.office.settings
    for model in ("older", "oldest"):
        age(ranked.office, model=model)
        assert upgrade(settings, silent).analysed == COUNT
    assert upgrade(settings, silent).analysed == 0


def test_letters_left_waiting_are_finished_as_well(ranked: Bench) -> None:
    Intake(ranked.office, ranked.analyser.finder, source="测试", kind="paths").take_in([item("又反映一件新的事情。")])
    assert upgrade(ranked.office.settings, silent).analysed == 1
    assert waiting(ranked.office) == 0


def test_an_upgrade_killed_on_the_way_goes_on_when_run_again(ranked: Bench) -> None:
    before = everything(ranked.office)
    age(ranked.office)

    def kill(sentence: str) -> None:
        if "重新分析" in sentence:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        upgrade(ranked.office.settings, kill)
    assert waiting(ranked.office) == COUNT
    work_off(ranked, most=1)
    upgrade(ranked.office.settings, silent)
    assert waiting(ranked.office) == 0
    assert everything(ranked.office)["queue"] == before["queue"]


def test_new_letters_join_the_clues_of_letters_analysed_again(ranked: Bench, letters_folder: Path) -> None:
    age(ranked.office)
    upgrade(ranked.office.settings, silent)
    write(letters_folder, {"6.txt": BANQUET + "请尽快查处。"})
    ingest_paths(ranked, [letters_folder])
    work_off(ranked)
    sizes = sorted(len(row.letters) for row in top(ranked.office, limit=None))
    assert sizes == [1, 1, 2, 2]


@sqlite_only
def test_the_copy_is_whole_private_and_as_of_before(ranked: Bench) -> None:
    age(ranked.office)
    done = upgrade(ranked.office.settings, silent)
    assert done.backup
    assert done.backup.parent == ranked.office.state_dir / "backups"
    assert (done.backup.stat().st_mode & 0o777, done.backup.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    with closing(sqlite3.connect(done.backup)) as made:
        assert made.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert made.execute("SELECT DISTINCT model_id FROM suggestions").fetchall() == [("older",)]


def test_every_upgrade_keeps_its_own_copy(ranked: Bench) -> None:
    copies = {upgrade(ranked.office.settings, silent).backup for _ in range(2)}
    assert len(copies) == 2
    assert set((ranked.office.state_dir / "backups").iterdir()) == copies


@sqlite_only
def test_a_copy_holds_nothing_in_clear_that_the_database_encrypts(bench: Bench) -> None:
    intake = Intake(bench.office, bench.analyser.finder, source="测试", kind="paths")
    intake.take_in([item("举报人：马桂花，电话13812345678。" + BENEFITS)])
    data = copy(bench.office.engine, bench.office.state_dir).read_bytes()
    assert "马德才".encode() in data
    assert not [one for one in ("马桂花", "13812345678") if one.encode() in data]


def test_without_a_copy_nothing_is_changed(ranked: Bench) -> None:
    (ranked.office.state_dir / "backups").write_text("a file in the way")
    age(ranked.office)
    with pytest.raises(XiansuoError, match=r"没有改动|没有备份成"):
        upgrade(ranked.office.settings, silent)
    assert waiting(ranked.office) == 0


def test_an_empty_database_is_brought_to_the_newest_tables(settings: Settings) -> None:
    emptied(settings.state_dir)
    said: list[str] = []
    assert isinstance(upgrade(settings, said.append), Upgraded)
    assert any("已升级" in one for one in said)


def test_without_a_database_or_keys_the_operator_is_told_what_to_do(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(OfficeError, match="xiansuo init"):
        upgrade(Settings(state_dir=tmp_path / "none"), silent)
    (settings.state_dir / "keys/current").unlink()
    with pytest.raises(KeyFileError, match="备份"):
        upgrade(settings, silent)


def test_tables_of_an_earlier_program_on_postgresql_are_backed_up_first(office_template: Path, tmp_path: Path) -> None:
    settings = Settings(state_dir=empty_state(tmp_path / "state", postgres=True))
    shutil.copytree(office_template / "keys", settings.state_dir / "keys")
    shutil.copy(office_template / "xiansuo.toml", settings.state_dir)
    engine = open_engine(settings.state_dir)
    with engine.begin() as connection:
        migrate_to(connection, "0004")
    engine.dispose()
    said: list[str] = []
    done = upgrade(settings, said.append, actor="uid:7")
    assert done.backup
    assert any("已升级（2 步）" in one for one in said)
    assert any("备份私钥" in one for one in said)
    office = open_office(settings)
    contents = drill(done.backup, unlock(office), tmp_path, tell=silent)
    with reading(office.engine) as session:
        assert [event.actor for event in audit.search(session, audit.Sought(action="backup.made"), limit=2)] == [
            "uid:7"
        ]
    office.engine.dispose()
    assert contents.manifest["revision"] == "0004"
