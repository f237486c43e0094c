import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.intake.made import zipped
from tests.services.samples import BANQUET, BENEFITS, SEAL_CANARY, TO_SEAL, holding, item, mail, write
from xiansuo.domain.letter import Item, Trouble
from xiansuo.domain.suggestion import Relation
from xiansuo.errors import UsageError
from xiansuo.intake import media
from xiansuo.intake.collect import collect
from xiansuo.intake.limits import Limits
from xiansuo.services.ingest import Intake, Report, ingest
from xiansuo.services.office import Office
from xiansuo.services.quarantine import list_open
from xiansuo.services.sealed import list_receipts, orphans
from xiansuo.services.triage import Bench, ingest_paths, work_off
from xiansuo.storage.repositories import clues, letters, seen
from xiansuo.storage.session import reading
from xiansuo.text.entities import EntityFinder


@pytest.fixture
def intake(office: Office, finder: EntityFinder) -> Intake:
    return Intake(office, finder, source="测试", kind="paths")


def stored(office: Office) -> list[str]:
    with reading(office.engine) as session:
        return [letter.text for letter in letters.get(session, letters.ids(session))]


def take(intake: Intake, path: Path) -> Report:
    return ingest(intake, collect(path, source="测试", limits=Limits()))


def test_the_counts_add_up_to_the_letters_that_came(intake: Intake, letters_folder: Path) -> None:
    folder = write(
        letters_folder,
        {
            "a.txt": BENEFITS,
            "b.eml": mail(BANQUET),
            "again.txt": BENEFITS,
            "c.txt": TO_SEAL,
            "empty.txt": b"",
            "odd.bin": bytes(range(256)) * 9,
        },
    )
    report = take(intake, folder)
    assert report.as_json() == {"in": 6, "stored": 2, "seen": 1, "sealed": 1, "quarantined": 2}
    assert take(intake, folder).as_json() == {"in": 6, "stored": 0, "seen": 6, "sealed": 0, "quarantined": 0}


def test_the_same_bytes_are_seen_under_any_name(intake: Intake, office: Office) -> None:
    intake.take_in([item(BENEFITS, name="甲")])
    report = intake.take_in([item(BENEFITS, name="乙"), item(BANQUET, name="甲"), item(BANQUET, name="丙")])
    assert report.as_json() == {"in": 3, "stored": 1, "seen": 2, "sealed": 0, "quarantined": 0}
    assert len(stored(office)) == 2


def test_a_mail_at_a_known_place_is_seen_although_the_server_changed_its_bytes(intake: Intake) -> None:
    first, again = (
        Item("信访邮箱", "INBOX#1:5", data, media.MAIL, item().channel, mailbox_key="信访邮箱/INBOX/1/5")
        for data in (mail(), mail() + b"\r\n")
    )
    assert intake.take_in([first]).counts["stored"] == 1
    assert intake.take_in([again]).counts["seen"] == 1


def test_unreadable_mails_at_the_same_place_of_two_mailboxes_are_two_letters(intake: Intake) -> None:
    mails = [
        Item(name, "INBOX#1:5", b"", media.MAIL, item().channel, mailbox_key=f"{name}/INBOX/1/5") for name in "甲乙"
    ]
    assert intake.take_in(mails).counts["quarantined"] == 2


def relations(office: Office) -> list[Relation]:
    with reading(office.engine) as session:
        placed = clues.of_letters(session, letters.ids(session))
    return [placed[id_][0].relation for id_ in sorted(placed)]


def test_an_equal_message_id_with_other_content_is_a_copy_not_seen(bench: Bench, letters_folder: Path) -> None:
    write(letters_folder, {"1.eml": mail(BENEFITS), "2.eml": mail(BENEFITS + "另外，救灾棉被也没有发。")})
    assert ingest_paths(bench, [letters_folder]).counts["stored"] == 2
    work_off(bench)
    assert relations(bench.office) == [Relation.ORIGINAL, Relation.COPY]


def test_an_equal_text_from_another_sender_is_a_copy_not_seen(bench: Bench, letters_folder: Path) -> None:
    other = mail(BENEFITS, sender="somebody@example.net", message_id="<2@example.net>")
    write(letters_folder, {"1.eml": mail(BENEFITS), "2.eml": other})
    assert ingest_paths(bench, [letters_folder]).counts["stored"] == 2
    work_off(bench)
    assert relations(bench.office) == [Relation.ORIGINAL, Relation.COPY]


def test_a_sealed_letter_leaves_a_receipt_and_nothing_of_its_content(intake: Intake, office: Office) -> None:
    report = intake.take_in([item(TO_SEAL, name=SEAL_CANARY), item(BANQUET)])
    assert report.counts == {"sealed": 1, "stored": 1}
    (receipt,) = list_receipts(office)
    assert receipt.rule == "higher-jurisdiction"
    assert holding(office.state_dir, SEAL_CANARY, "砂场老板") == {}
    assert holding(office.state_dir, "福满楼"), "the search would find what is stored"
    assert SEAL_CANARY not in repr(report)


def damaged_archive(*texts: str) -> bytes:
    """Make an archive of which only the last letter cannot be unpacked."""
    archive = zipped({f"{number}.txt": text.encode() for number, text in enumerate((*texts, "x" * 99))})
    last = f"{len(texts)}.txt".encode()
    return archive.replace(last, b"?.txt", 1)


def test_the_rest_of_a_damaged_archive_is_kept_with_its_bytes(intake: Intake, letters_folder: Path) -> None:
    write(letters_folder, {"all.zip": damaged_archive(BENEFITS)})
    assert take(intake, letters_folder).as_json() == {"in": 2, "stored": 1, "seen": 0, "sealed": 0, "quarantined": 1}


def test_an_archive_that_brings_a_sealed_letter_along_is_sealed_and_not_kept(
    intake: Intake, office: Office, letters_folder: Path
) -> None:
    write(letters_folder, {"a.zip": damaged_archive(BENEFITS, TO_SEAL), "b.zip": damaged_archive(TO_SEAL)})
    assert take(intake, letters_folder).as_json() == {"in": 5, "stored": 1, "seen": 1, "sealed": 3, "quarantined": 0}
    assert [receipt.rule for receipt in list_receipts(office)].count("sealed-member") == 2


def test_an_archive_found_again_with_a_letter_sealed_earlier_is_sealed_too(
    intake: Intake, letters_folder: Path
) -> None:
    intake.take_in([item(TO_SEAL)])
    write(letters_folder, {"a.zip": damaged_archive(TO_SEAL)})
    assert take(intake, letters_folder).counts == {"seen": 1, "sealed": 1}


def test_a_batch_is_committed_as_a_whole_or_not_at_all(intake: Intake, office: Office) -> None:
    def fail(_session: object) -> None:
        raise KeyboardInterrupt

    batch = [item(BENEFITS), item(TO_SEAL), item(data=b"")]
    with pytest.raises(KeyboardInterrupt):
        intake.take_in(batch, within=fail)
    assert (stored(office), list_receipts(office), list_open(office)) == ([], [], [])
    with reading(office.engine) as session:
        assert session.execute(text("SELECT count(*) FROM seen")).scalar() == 0
        assert session.execute(text("SELECT count(*) FROM vault_records WHERE kind <> 'witness'")).scalar() == 0
    assert len(orphans(office)) == 1, "the envelope is on disk before the receipt is committed"
    assert intake.take_in(batch).as_json()["in"] == 3
    assert (len(stored(office)), len(list_receipts(office)), len(list_open(office))) == (1, 1, 1)


def test_an_empty_file_is_quarantined_once_and_told_without_its_name(intake: Intake, letters_folder: Path) -> None:
    write(letters_folder, {"马桂花的举报信.txt": b""})
    report = take(intake, letters_folder)
    (problem,) = report.problems
    assert problem.trouble is Trouble.EMPTY
    assert "马桂花" not in repr(report) + problem.sentence
    assert take(intake, letters_folder).counts == {"seen": 1}


@pytest.mark.skipif(os.geteuid() == 0, reason="root can read everything")
def test_a_file_without_permission_is_quarantined(intake: Intake, letters_folder: Path) -> None:
    write(letters_folder, {"1.txt": BENEFITS})
    (letters_folder / "1.txt").chmod(0)
    assert take(intake, letters_folder).problems[0].trouble is Trouble.UNREADABLE


def test_a_pipe_among_the_files_is_quarantined_and_does_not_block(intake: Intake, letters_folder: Path) -> None:
    os.mkfifo(letters_folder / "1.txt")
    assert take(intake, letters_folder).problems[0].trouble is Trouble.UNREADABLE


def test_a_path_that_does_not_exist_is_wrong_usage_and_nothing_is_taken_in(bench: Bench, letters_folder: Path) -> None:
    write(letters_folder, {"1.txt": BENEFITS})
    with pytest.raises(UsageError, match="第 2 个"):
        ingest_paths(bench, [letters_folder, letters_folder / "none"])
    assert stored(bench.office) == []


def test_two_intakes_at_once_store_each_letter_once(
    open_again: Callable[[], Office], finder: EntityFinder, letters_folder: Path
) -> None:
    write(letters_folder, {f"{number}.txt": f"{BENEFITS}这是第{number}次反映。" for number in range(40)})
    intakes = [Intake(open_again(), finder, source="测试", kind="paths") for _ in range(2)]
    reports: list[Report] = []
    start = threading.Barrier(2)

    def work(intake: Intake) -> None:
        entries = list(collect(letters_folder, source="测试", limits=Limits()))
        start.wait()
        reports.extend(intake.take_in(entries[at : at + 5]) for at in range(0, 40, 5))

    threads = [threading.Thread(target=work, args=(intake,)) for intake in intakes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    total = sum(reports, Report()).as_json()
    assert total == {"in": 80, "stored": 40, "seen": 40, "sealed": 0, "quarantined": 0}
    assert len(stored(open_again())) == 40


def test_the_character_nul_in_a_letter_stops_no_database(intake: Intake, office: Office) -> None:
    assert intake.take_in([item("举报镇长\0韦庆余挪用\0低保款三万元。")]).counts == {"stored": 1}
    with reading(office.engine) as session:
        assert "\0" not in session.execute(text("SELECT text FROM letters")).scalar_one()


def test_what_was_quarantined_is_remembered_as_quarantined(intake: Intake, office: Office) -> None:
    intake.take_in([item(data=b"\x00\x01\x02" * 50, media_type=media.UNKNOWN)])
    with reading(office.engine) as session:
        (key,) = session.execute(text("SELECT key FROM seen")).scalars()
        assert seen.known(session, [key]) == {key: seen.Outcome.QUARANTINED}
