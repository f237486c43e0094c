"""What was erased is nowhere any more: no table, no file, no index, no model, no copy; a killed erasure goes on, a restored backup brings nothing back."""

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select, update

from tests.servers.state import sqlite_only
from tests.services.backing_up import made, quiet, unlock
from tests.services.deciding import Room, furnish
from tests.services.erasing_samples import ended, erased, proposed
from tests.services.samples import BANQUET, holding, item, write
from xiansuo.domain.reveal import Secret
from xiansuo.domain.suggestion import Relation
from xiansuo.errors import BackupError, RefusedError
from xiansuo.services import erasure
from xiansuo.services.erasure import carry_out, confirm, unfinished
from xiansuo.services.erasure_record import SUFFIX, older_backups
from xiansuo.services.ingest import Intake
from xiansuo.services.link import relation_to
from xiansuo.services.office import Office, open_office
from xiansuo.services.remask import remask
from xiansuo.services.restore import restore
from xiansuo.services.reveal import Answer, Ask, answer, ask, look
from xiansuo.services.search import index_all
from xiansuo.services.triage import Bench, ingest_paths, work_off
from xiansuo.services.upgrade import copy
from xiansuo.settings import Settings
from xiansuo.storage.repositories import letters, retention
from xiansuo.storage.repositories.letters import LetterState
from xiansuo.storage.repositories.retention import Kind
from xiansuo.storage.session import now, reading, transaction
from xiansuo.storage.tables import (
    Base,
    ClueLetters,
    Clues,
    Decisions,
    Drafts,
    EntityCorrections,
    Letters,
    LinkChanges,
    Sketches,
)
from xiansuo.text.entities import EntityFinder

NAME, PHONE, WORD = "庾知鹤", "13900051827", "河滩磨坊的铜锁"
LETTER = f"{BANQUET}他把{WORD}也换走了。\n举报人：{NAME}，电话：{PHONE}。"
OTHER = "青石村村支书用公款修自家院墙，花了两万元，砖是从学校工地拉来的。"
_KILLED = """
import os, signal, sys
from pathlib import Path
from xiansuo.services import erasure
from xiansuo.services.office import open_office
from xiansuo.settings import Settings
erasure.BATCH, erase, done = 1, erasure.erase, []
def dying(*given):
    erase(*given)
    done.append(1)
    if len(done) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
erasure.erase = dying
erasure.carry_out(open_office(Settings(state_dir=Path(sys.argv[1]))), int(sys.argv[2]))
"""


@pytest.fixture
def worked(bench: Bench, letters_folder: Path) -> Room:
    """An office that worked through two letters; the clue of the first, decided with a note, ended long ago."""
    room = furnish(bench.office, 0)
    ingest_paths(bench, [write(letters_folder, {"1.txt": LETTER, "2.txt": OTHER})])
    work_off(bench)
    with reading(room.office.engine) as session:
        rows = session.execute(select(Clues.number, Clues.main_letter).order_by(Clues.main_letter)).tuples().all()
    room.numbers, room.letters = [number for number, _ in rows], dict(rows)
    _write_everywhere(room, room.numbers[0])
    return room


def _write_everywhere(room: Room, number: str) -> None:
    """Let people have written the letter's words wherever they can."""
    ended(room, 0)
    clue, letter, lead = room.clue(number).id, room.letters[number], room.people["lead"]
    standing = {"state": "open", "main_letter": letter, "relations": [[letter, "original", [WORD]]]}
    with transaction(room.office.engine) as session:
        session.execute(update(Decisions).values(note=f"信中提到{WORD}"))
        session.execute(update(ClueLetters).where(ClueLetters.clue_id == clue).values(adds=[WORD]))
        session.execute(update(Clues).where(Clues.id == clue).values(respondents=[WORD], why=[WORD], unit=WORD))
        session.add(Drafts(account_id=lead.account, clue_id=clue, content={"words": WORD}, note=WORD, saved=now()))
        moved = LinkChanges(account_id=lead.account, letter_id=letter, from_clue=clue, to_clue=clue, request="m")
        moved.before, moved.created = {"from": standing, "to": None}, now()
        named = EntityCorrections(account_id=lead.account, clue_id=clue, type="respondent", value=WORD, request="e")
        named.new_type, named.new_value, named.created = "respondent", WORD, now()
        named.changed = [[letter, [[0, 2, "respondent", WORD]], [], [], []]]
        session.add_all([moved, named])


def traces(room: Room) -> dict[str, list[str]]:
    return holding(room.office.state_dir, WORD, NAME, PHONE, "福满楼")


def rows_holding(office: Office, *words: str) -> set[str]:
    """Return the tables that hold one of the words in any of their values."""
    found = set()
    with office.engine.connect() as connection:
        for table in Base.metadata.sorted_tables:
            told = repr([tuple(row) for row in connection.execute(select(table))])
            escaped = [word.encode("unicode_escape").decode() for word in words]
            if any(word in told for word in [*words, *escaped]):
                found.add(table.name)
    return found


@sqlite_only
def test_no_word_of_an_erased_letter_is_left_in_any_file_or_table(worked: Room) -> None:
    assert traces(worked)
    copy_of = copy(worked.office.engine, worked.office.state_dir)
    done = erased(worked)
    worked.office.engine.dispose()
    assert done.certificate["counts"] == {"letter": 1}
    assert done.certificate["database_copies_removed"] == [copy_of.name]
    assert traces(worked) == {}
    assert rows_holding(worked.office, WORD, NAME, PHONE, "福满楼") == set()
    with reading(worked.office.engine) as session:
        letter = worked.letters[worked.numbers[0]]
        assert session.scalars(select(Sketches.letter_id).where(Sketches.letter_id == letter)).all() == []
        assert worked.office.vault.find(session, PHONE) == []


def test_everything_else_goes_on_as_before(
    worked: Room, bench: Bench, finder: EntityFinder, letters_folder: Path
) -> None:
    erased(worked)
    report = ingest_paths(bench, [letters_folder])
    assert report.as_json() == {"in": 2, "stored": 0, "seen": 2, "sealed": 0, "quarantined": 0}
    assert remask(worked.office, finder).seen == 1
    ingest_paths(bench, [write(letters_folder.parent / "new", {"3.txt": OTHER + "群众都看见了。"})])
    work_off(bench)
    index_all(worked.office)
    with reading(worked.office.engine) as session:
        assert letters.count(session) == {LetterState.ERASED: 1, LetterState.RANKED: 2}


def test_the_original_goes_alone_and_the_text_stays(room: Room, finder: EntityFinder) -> None:
    Intake(room.office, finder, source="来件", kind="paths").take_in([item(LETTER)])
    with transaction(room.office.engine) as session:
        last = max(session.scalars(select(Letters.id)))
        erasure.erase(room.office, session, Kind.ORIGINAL, [last], "")
    with reading(room.office.engine) as session:
        assert room.office.vault.find(session, PHONE) == [last]
        with pytest.raises(LookupError):
            room.office.vault.read_original(session, last)
        assert WORD in letters.get(session, [last])[0].text


def test_postgresql_keeps_nothing_of_it_either(postgres_office: Office, bench: Bench, letters_folder: Path) -> None:
    room = furnish(postgres_office, 0)
    there = replace(bench, office=postgres_office)
    ingest_paths(there, [write(letters_folder, {"1.txt": LETTER})])
    work_off(there)
    with reading(postgres_office.engine) as session:
        room.numbers = list(session.scalars(select(Clues.number)))
        room.letters = dict(session.execute(select(Clues.number, Clues.main_letter)).tuples().all())
    _write_everywhere(room, room.numbers[0])
    assert rows_holding(postgres_office, WORD)
    erased(room)
    assert rows_holding(postgres_office, WORD, NAME, PHONE, "福满楼") == set()


@sqlite_only
def test_an_erasure_killed_half_way_goes_on(office: Office) -> None:
    room = furnish(office)
    for place in range(4):
        ended(room, place)
    id_, _ = proposed(room)
    confirm(office, room.people["head"], id_)
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, str(office.state_dir), str(id_)], check=False, env=os.environ, timeout=120
    )
    assert killed.returncode == -signal.SIGKILL
    with reading(office.engine) as session:
        assert letters.count(session)[LetterState.ERASED] == 2
    assert unfinished(office) == [id_]
    done = carry_out(office, id_)
    assert done.certificate["counts"] == {"letter": 4}
    assert len(done.certificate["digests"]) == 4
    assert unfinished(office) == []


@sqlite_only
def test_an_older_backup_brings_nothing_back(worked: Room, tmp_path: Path) -> None:
    older = made(worked.office)
    done = erased(worked)
    (told,) = done.certificate["older_backups"]
    assert (told["name"], told["name"]) == (older.file.name, older_backups(worked.office, now())[0].name)
    restored = restore(older.file, unlock(worked.office), tmp_path / "new", actor="uid:0", tell=quiet)
    assert restored.erased == 1
    again = open_office(Settings(state_dir=tmp_path / "new"))
    again.engine.dispose()
    assert holding(tmp_path / "new", WORD, NAME, PHONE, "福满楼") == {}
    with reading(again.engine) as session:
        assert letters.erased(session) == letters.erased(session) == {worked.letters[worked.numbers[0]]}
        assert retention.erased(session, [Kind.LETTER]) == letters.erased(session)
    again.engine.dispose()


@sqlite_only
def test_what_an_older_backup_never_held_is_told_as_seen_when_it_comes_again(
    office: Office, bench: Bench, letters_folder: Path, tmp_path: Path
) -> None:
    room = furnish(office, 0)
    older = made(office)
    ingest_paths(bench, [write(letters_folder, {"1.txt": LETTER})])
    work_off(bench)
    with reading(office.engine) as session:
        room.letters = dict(session.execute(select(Clues.number, Clues.main_letter)).tuples().all())
    room.numbers = list(room.letters)
    ended(room)
    erased(room)
    restore(older.file, unlock(office), tmp_path / "new", actor="uid:0", tell=quiet)
    again = replace(bench, office=open_office(Settings(state_dir=tmp_path / "new")))
    report = ingest_paths(again, [letters_folder])
    assert report.as_json() == {"in": 1, "stored": 0, "seen": 1, "sealed": 0, "quarantined": 0}
    again.office.engine.dispose()


@sqlite_only
def test_a_changed_record_of_erasures_stops_the_restore(worked: Room, tmp_path: Path) -> None:
    older = made(worked.office)
    erased(worked)
    (record,) = older.file.parent.glob(f"*{SUFFIX}")
    record.write_text(record.read_text("utf-8").replace('"letter"', '"receipt"', 1), "utf-8")
    with pytest.raises(BackupError, match="销毁记录"):
        restore(older.file, unlock(worked.office), tmp_path / "new", actor="uid:0", tell=quiet)
    assert not list((tmp_path / "new").iterdir())


def test_a_certificate_holds_no_more_than_digests(worked: Room) -> None:
    told = str(erased(worked).certificate)
    for word in (WORD, NAME, PHONE, worked.numbers[0], "2026-0"):
        assert word not in told.replace("XH-2026-0", "")


@pytest.mark.parametrize("kind", [Kind.ORIGINAL, Kind.IDENTITY])
def test_a_window_shows_what_is_left_and_says_what_was_erased(worked: Room, kind: Kind) -> None:
    number, head, lead = worked.numbers[1], worked.people["head"], worked.people["lead"]
    with transaction(worked.office.engine) as session:
        letter = letters.get(session, [worked.letters[number]])[0]
        erasure.erase(worked.office, session, kind, [letter.id], "")
        session.execute(update(Clues).values(screened=True))
    id_ = ask(worked.office, head, Ask(number, letter.number, Secret.IDENTITY, "核实联系方式是否有误。", "a"))
    answer(worked.office, lead, id_, Answer(granted=True))
    if kind is Kind.IDENTITY:
        with pytest.raises(RefusedError, match="销毁"):
            look(worked.office, head, id_)
    else:
        assert not look(worked.office, head, id_).readable


def test_an_erased_letter_moved_by_hand_is_compared_with_nothing(worked: Room) -> None:
    one, other = (worked.letters[number] for number in worked.numbers)
    erased(worked)
    with reading(worked.office.engine) as session:
        assert relation_to(session, one, [other]) == (Relation.SAME_MATTER, ())
