import os
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.intake import pages
from tests.intake.made import locked, word_document, zipped
from tests.services.samples import BANQUET, BENEFITS, SEAL_CANARY, TO_SEAL, holding, item, mail, write
from xiansuo.domain.letter import Item, Trouble, Unreadable
from xiansuo.errors import UsageError
from xiansuo.intake import media, scans
from xiansuo.intake.limits import Limits
from xiansuo.services.ingest import Intake
from xiansuo.services.office import Office
from xiansuo.services.quarantine import list_open, locator_of, retry, show
from xiansuo.services.seal import unseal
from xiansuo.services.sealed import list_receipts
from xiansuo.services.triage import Bench, ingest_paths
from xiansuo.storage.repositories import audit, letters, quarantine, seen
from xiansuo.storage.repositories.letters import StoredLetter
from xiansuo.storage.session import reading

# What an older program could not read and this one can.
LATER_READABLE = {
    "a mail": mail(),
    "a document": word_document(BENEFITS),
    "a text": BENEFITS.encode(),
}
if scans.can_recognise() or os.environ.get("CI") == "true":
    LATER_READABLE["a scan that waited for the extra"] = pages.saved(pages.page(BENEFITS)[0])


def quarantined(bench: Bench, one: Item, trouble: Trouble = Trouble.FAILED) -> int:
    """Put a letter into quarantine, as if it could not be read."""
    intake = Intake(bench.office, bench.analyser.finder, source="测试", kind="paths")
    return intake.take_in([Unreadable(one, trouble)]).problems[0].number


def stored(office: Office) -> list[StoredLetter]:
    with reading(office.engine) as session:
        return letters.get(session, letters.ids(session))


def kept(office: Office) -> int:
    with reading(office.engine) as session:
        return int(session.execute(text("SELECT count(*) FROM vault_records WHERE kind = 'quarantine'")).scalar_one())


def smaller(bench: Bench, most: int) -> Bench:
    return Bench(replace(bench.office, limits=Limits(max_letter_bytes=most)), bench.analyser)


def test_what_waits_is_listed_with_its_reason_and_without_its_name(bench: Bench, letters_folder: Path) -> None:
    write(letters_folder, {"马桂花来信.txt": b"", "封存.zip": locked(zipped({"马桂花.txt": b"x"}))})
    ingest_paths(bench, [letters_folder])
    waiting = list_open(bench.office)
    assert [one.trouble for one in waiting] == [Trouble.ENCRYPTED, Trouble.EMPTY]
    assert [show(bench.office, one.number) for one in waiting] == waiting
    assert "密码" in waiting[0].sentence
    assert "马桂花" not in repr(waiting) + "".join(one.sentence for one in waiting)


@pytest.mark.parametrize("number", [0, 1, 99])
def test_a_number_that_does_not_wait_is_wrong_usage(bench: Bench, number: int) -> None:
    for action in (show, locator_of):
        with pytest.raises(UsageError, match="quarantine list"):
            action(bench.office, number)
    with pytest.raises(UsageError, match="quarantine list"):
        retry(bench, [number])


def test_asking_where_a_letter_came_from_leaves_a_trace(bench: Bench) -> None:
    number = quarantined(bench, item(name="马桂花"))
    assert locator_of(bench.office, number, actor="王操作员") == "/来件/马桂花.txt"
    with reading(bench.office.engine) as session:
        (event,) = audit.page(session)
    assert (event.actor, event.action, event.object_id) == ("王操作员", "quarantine.locator", str(number))


@pytest.mark.parametrize("data", LATER_READABLE.values(), ids=LATER_READABLE)
def test_a_letter_that_can_be_read_now_is_stored_once(bench: Bench, data: bytes) -> None:
    number = quarantined(bench, item(data=data, media_type=media.UNKNOWN))
    assert retry(bench, [number]).as_json() == {"in": 1, "stored": 1, "seen": 0, "sealed": 0, "quarantined": 0}
    (letter,) = stored(bench.office)
    assert "马德才" in letter.text
    assert (list_open(bench.office), kept(bench.office)) == ([], 0)
    assert retry(bench).as_json()["in"] == 0
    with reading(bench.office.engine) as session:
        assert bench.office.vault.read_original(session, letter.id).data == data


def test_what_was_stored_after_all_is_seen_when_it_comes_again(bench: Bench) -> None:
    quarantined(bench, item())
    retry(bench)
    intake = Intake(bench.office, bench.analyser.finder, source="别处", kind="paths")
    assert intake.take_in([item(name="别名")]).counts == {"seen": 1}
    with reading(bench.office.engine) as session:
        (key,) = session.execute(text("SELECT key FROM seen")).scalars()
        assert seen.known(session, [key]) == {key: seen.Outcome.STORED}


def test_what_still_cannot_be_read_stays_and_the_try_is_counted(bench: Bench) -> None:
    number = quarantined(bench, item(data=b"%PDF-1.4 broken", media_type=media.PDF))
    report = retry(bench)
    assert report.counts == {"quarantined": 1}
    assert [one.number for one in report.problems] == [number]
    (waiting,) = list_open(bench.office)
    assert (waiting.tries, waiting.trouble) == (2, Trouble.DAMAGED)
    assert kept(bench.office) == 1


def test_a_letter_that_proves_to_be_sealed_leaves_the_vault_for_the_sealed_folder(bench: Bench) -> None:
    number = quarantined(bench, item(TO_SEAL, name=SEAL_CANARY))
    assert retry(bench, [number]).counts == {"sealed": 1}
    (receipt,) = list_receipts(bench.office)
    state = bench.office.state_dir
    assert unseal(state / "sealed" / receipt.file, head_private=state / "head-private-key.pem") == TO_SEAL.encode()
    assert (list_open(bench.office), kept(bench.office), stored(bench.office)) == ([], 0, [])
    assert holding(state, SEAL_CANARY) == {}


def test_a_container_is_taken_apart_and_its_letters_counted_one_by_one(bench: Bench) -> None:
    archive = zipped({"1.txt": BENEFITS.encode(), "2.txt": BANQUET.encode(), "3.txt": TO_SEAL.encode(), "4.txt": b""})
    quarantined(bench, item(data=archive, media_type=media.UNKNOWN))
    report = retry(bench)
    assert report.as_json() == {"in": 4, "stored": 2, "seen": 0, "sealed": 1, "quarantined": 1}
    assert [one.trouble for one in list_open(bench.office)] == [Trouble.EMPTY]
    assert len(stored(bench.office)) == 2


def test_an_archive_that_stays_locked_adds_nothing_twice(bench: Bench, letters_folder: Path) -> None:
    write(letters_folder, {"a.zip": zipped({"1.txt": BENEFITS.encode(), "2.zip": locked(zipped({"x.txt": b"x"}))})})
    ingest_paths(bench, [letters_folder])
    assert retry(bench).counts == {"quarantined": 1}
    assert (len(stored(bench.office)), len(list_open(bench.office))) == (1, 1)


def test_an_archive_that_stays_broken_is_sealed_with_the_letter_found_in_it(bench: Bench) -> None:
    archive = zipped({"1.txt": TO_SEAL.encode(), "2.txt": b"x" * 99}).replace(b"2.txt", b"?.txt", 1)
    quarantined(bench, item(data=archive, media_type=media.UNKNOWN))
    assert retry(bench).counts == {"sealed": 2}
    assert (list_open(bench.office), kept(bench.office)) == ([], 0)


def test_a_letter_too_large_once_is_stored_under_a_higher_bound(bench: Bench, letters_folder: Path) -> None:
    write(letters_folder, {"1.txt": BENEFITS})
    strict = smaller(bench, 50)
    ingest_paths(strict, [letters_folder])
    assert retry(strict).counts == {"quarantined": 1}
    assert retry(bench).counts == {"stored": 1}


def test_headers_of_a_mail_too_large_to_fetch_are_never_taken_for_the_mail(bench: Bench) -> None:
    headers = mail().split(b"\n\n")[0] + b"\n\n"
    number = quarantined(bench, item(data=headers, media_type=media.MAIL_HEADERS), Trouble.TOO_LARGE)
    assert retry(bench, [number]).counts == {"quarantined": 1}
    assert show(bench.office, number).trouble is Trouble.TOO_LARGE
    assert stored(bench.office) == []


def test_a_file_that_could_not_be_opened_is_read_from_its_place(bench: Bench, letters_folder: Path) -> None:
    os.mkfifo(letters_folder / "1.txt")
    ingest_paths(bench, [letters_folder])
    (letters_folder / "1.txt").unlink()
    assert retry(bench).counts == {"quarantined": 1}
    assert "原处" in list_open(bench.office)[0].sentence
    write(letters_folder, {"1.txt": BENEFITS})
    assert retry(bench).counts == {"stored": 1}
    assert list_open(bench.office) == []


def test_a_place_settled_once_may_trouble_again(bench: Bench, letters_folder: Path) -> None:
    write(letters_folder, {"1.txt": b""})
    ingest_paths(bench, [letters_folder])
    write(letters_folder, {"1.txt": BENEFITS})
    assert ingest_paths(bench, [letters_folder]).counts == {"stored": 1}
    assert retry(bench).counts == {"seen": 1}
    write(letters_folder, {"1.txt": b""})
    assert ingest_paths(bench, [letters_folder]).counts == {"quarantined": 1}


def test_only_the_numbers_given_are_tried(bench: Bench) -> None:
    first, second = quarantined(bench, item(BENEFITS)), quarantined(bench, item(BANQUET))
    assert retry(bench, [second, second]).counts == {"stored": 1}
    assert [one.number for one in list_open(bench.office)] == [first]


def test_a_killed_retry_loses_and_doubles_nothing(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    archive = zipped({"1.txt": BENEFITS.encode(), "2.txt": BANQUET.encode()})
    quarantined(bench, item(data=archive, media_type=media.UNKNOWN))

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(quarantine, "resolve", killed)
        with pytest.raises(KeyboardInterrupt):
            retry(bench)
    assert (len(stored(bench.office)), len(list_open(bench.office)), kept(bench.office)) == (2, 1, 1)
    assert retry(bench).counts == {"seen": 2}
    assert (len(stored(bench.office)), len(list_open(bench.office)), kept(bench.office)) == (2, 0, 0)
