from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, inspect, text
from sqlalchemy.orm import Session

from tests.storage.samples import new_letter
from xiansuo.domain.letter import Channel, HandOver, Kind, Part, PartRole, Signed, Trouble
from xiansuo.domain.register import Head, Level, OrganisationRegister, Staff, Unit
from xiansuo.domain.text import Entity, EntityType
from xiansuo.errors import StorageError
from xiansuo.storage.repositories import cursors, entities, letters, quarantine, register, runs, sealed, seen, sources
from xiansuo.storage.repositories.letters import LetterState, NewLetter
from xiansuo.storage.repositories.quarantine import NewQuarantined, QuarantineStatus
from xiansuo.storage.repositories.runs import RunStatus
from xiansuo.storage.repositories.sealed import NewReceipt
from xiansuo.storage.repositories.seen import Outcome, SeenLetter
from xiansuo.storage.session import reading, transaction


def test_a_letter_comes_back_as_it_was_stored(session: Session, source_id: int) -> None:
    new = NewLetter(
        source_id,
        Kind.FORM,
        Channel.TRANSFER,
        date(2026, 3, 2),
        "反映冒领",
        "〔反映人〕反映：村干部冒领。附件",
        parts=(Part(PartRole.BODY, 0, 14), Part(PartRole.ATTACHMENT, 14, 16, "application/pdf", note="第1页起")),
        signed=Signed.REAL_NAME,
        run_id=runs.start(session, "ingest"),
        message_key=b"m" * 32,
        hand_over=HandOver("县信访局", "2026-3", "第5件"),
        named_unit="清河镇",
        named_respondents=("某某",),
    )
    (id_,) = letters.add(session, [new])
    (stored,) = letters.get(session, [id_])
    assert all(getattr(stored, name) == getattr(new, name) for name in new.__slots__)
    assert stored.state is LetterState.STORED


def test_names_of_attached_files_are_not_stored(session: Session, source_id: int) -> None:
    part = Part(PartRole.ATTACHMENT, 0, 2, name="李某某的举报.docx")
    ids = letters.add(session, [replace(new_letter(source_id), parts=(part,))])
    assert letters.get(session, ids)[0].parts == (replace(part, name=""),)


def test_letters_are_numbered_by_the_year_in_china(session: Session, source_id: int) -> None:
    for at in (datetime(2026, 12, 31, 15, 59, tzinfo=UTC), datetime(2026, 12, 31, 16, 0, tzinfo=UTC)):
        letters.add(session, [new_letter(source_id)] * 2, at=at)
    numbers = [letter.number for letter in letters.take(session, LetterState.STORED)]
    assert numbers == ["2026-000001", "2026-000002", "2027-000001", "2027-000002"]


def test_instants_come_back_in_utc(session: Session, source_id: int) -> None:
    at = datetime.fromisoformat("2026-03-02T08:00:00+08:00")
    (stored,) = letters.get(session, letters.add(session, [new_letter(source_id)], at=at))
    assert (stored.ingested_at, stored.ingested_at.tzinfo) == (at, UTC)


def test_an_instant_without_a_time_zone_is_refused(session: Session, source_id: int) -> None:
    with pytest.raises(Exception, match="time zone"):
        letters.add(session, [new_letter(source_id)], at=datetime(2026, 3, 2))  # noqa: DTZ001


def test_characters_no_database_holds_do_not_fail_a_batch(session: Session, source_id: int) -> None:
    new = replace(
        new_letter(source_id, text="冒领\0低保\ud800金", subject="\udfff"), named_respondents=("某\0甲\ud800",)
    )
    (stored,) = letters.get(session, letters.add(session, [new]))
    assert (stored.text, stored.subject) == ("冒领\ufffd低保\ufffd金", "\ufffd")
    assert stored.named_respondents == ("某\0甲\ufffd",)


def test_a_stage_takes_only_letters_of_its_state_in_order(session: Session, letter_ids: list[int]) -> None:
    first, second, third = letter_ids
    letters.advance(session, [second], LetterState.ANALYSED)
    assert [one.id for one in letters.take(session, LetterState.STORED)] == [first, third]
    assert [one.id for one in letters.take(session, LetterState.STORED, limit=1)] == [first]
    assert [one.id for one in letters.take(session, LetterState.STORED, after_id=first)] == [third]
    assert letters.count(session) == {LetterState.STORED: 2, LetterState.ANALYSED: 1}


def test_unknown_letters_are_left_out(session: Session, letter_ids: list[int]) -> None:
    assert [one.id for one in letters.get(session, [999, *reversed(letter_ids)])] == letter_ids


def test_the_first_letter_of_a_message_is_found(session: Session, source_id: int) -> None:
    ids = letters.add(
        session, [replace(new_letter(source_id), message_key=key) for key in (b"a" * 32, b"a" * 32, None)]
    )
    assert letters.with_message(session, [b"a" * 32, b"b" * 32]) == {b"a" * 32: ids[0]}


def test_a_stored_letter_does_not_print_its_text(session: Session, letter_ids: list[int]) -> None:
    assert "反映第" not in repr(letters.get(session, letter_ids))


def test_seen_letters_are_recognised(session: Session) -> None:
    seen.add(session, [SeenLetter(b"a" * 32, Outcome.STORED, 1), SeenLetter(b"b" * 32, Outcome.SEALED, 1, b"p" * 32)])
    assert seen.known(session, [b"a" * 32, b"b" * 32, b"c" * 32]) == {
        b"a" * 32: Outcome.STORED,
        b"b" * 32: Outcome.SEALED,
    }
    assert seen.known_mail(session, [b"p" * 32, b"q" * 32]) == {b"p" * 32}


def test_one_mail_may_lie_in_two_folders(session: Session) -> None:
    seen.add(session, [SeenLetter(b"a" * 32, Outcome.STORED, 1, b"p" * 32)])
    seen.add_mail(session, {b"p" * 32: b"a" * 32, b"q" * 32: b"a" * 32})
    assert seen.known_mail(session, [b"p" * 32, b"q" * 32]) == {b"p" * 32, b"q" * 32}


def test_a_letter_that_another_process_stored_meanwhile_is_not_stored_twice(session: Session) -> None:
    seen.add(session, [SeenLetter(b"a" * 32, Outcome.STORED, 1)])
    with pytest.raises(StorageError, match="重新运行"):
        seen.add(session, [SeenLetter(b"a" * 32, Outcome.STORED, 2)])


def test_the_outcome_of_a_quarantined_letter_can_change(session: Session) -> None:
    seen.add(session, [SeenLetter(b"a" * 32, Outcome.QUARANTINED, 1)])
    seen.change(session, b"a" * 32, outcome=Outcome.STORED, ref=7)
    assert seen.known(session, [b"a" * 32]) == {b"a" * 32: Outcome.STORED}


def quarantined(source_id: int, trouble: Trouble = Trouble.ENCRYPTED) -> NewQuarantined:
    return NewQuarantined(
        source_id, trouble, Channel.MAILBOX, None, "application/pdf", 24_000, "第3件 .pdf 24 KB", b"k" * 32
    )


def test_a_quarantined_letter_waits_until_it_is_resolved(session: Session, source_id: int) -> None:
    first, second = quarantine.add(session, [quarantined(source_id), quarantined(source_id, Trouble.DAMAGED)])
    quarantine.resolve(session, first)
    assert [one.id for one in quarantine.list_open(session)] == [second]
    assert quarantine.count_open(session) == {Trouble.DAMAGED: 1}
    resolved = quarantine.get(session, first)
    assert resolved is not None
    assert resolved.status is QuarantineStatus.RESOLVED


def test_a_quarantined_letter_remembers_how_often_it_was_tried(session: Session, source_id: int) -> None:
    (id_,) = quarantine.add(session, [quarantined(source_id)])
    quarantine.note_try(session, id_, trouble=Trouble.NO_TEXT, detail="扫描件")
    stored = quarantine.get(session, id_)
    assert stored is not None
    assert (stored.tries, stored.trouble, stored.detail, stored.position) == (
        2,
        Trouble.NO_TEXT,
        "扫描件",
        "第3件 .pdf 24 KB",
    )


def test_there_is_no_quarantined_letter_of_an_unknown_number(session: Session) -> None:
    assert quarantine.get(session, 5) is None


def test_receipts_are_numbered_and_hold_nothing_of_the_content(session: Session) -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    for file in ("a.sealed", "b.sealed"):
        sealed.add(session, NewReceipt(date(2026, 3, 1), Channel.POST, "seal.higher", file), at=at)
    assert [one.number for one in sealed.list_all(session)] == ["MF-2026-0001", "MF-2026-0002"]
    columns = {column["name"] for column in inspect(session.connection()).get_columns("sealed_receipts")}
    assert columns == {"id", "number", "received_on", "channel", "rule", "file", "created", "source_id"}


def test_a_source_keeps_its_id(session: Session) -> None:
    ids = [sources.get_or_create(session, name, "imap") for name in ("甲", "乙", "甲")]
    assert ids[0] == ids[2] != ids[1]
    assert sources.names(session) == {ids[0]: "甲", ids[1]: "乙"}


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([(7, 10)], (7, 10)),
        ([(7, 10), (7, 12)], (7, 12)),
        ([(7, 10), (7, 9)], (7, 10)),
        ([(7, 10), (8, 1)], (8, 1)),
        ([(2**32 - 1, 2**32 - 1)], (2**32 - 1, 2**32 - 1)),
    ],
)
def test_a_cursor_goes_back_only_with_a_new_uidvalidity(
    session: Session, source_id: int, steps: list[tuple[int, int]], expected: tuple[int, int]
) -> None:
    for uidvalidity, uid in steps:
        cursors.advance(session, source_id, "INBOX", uidvalidity=uidvalidity, uid=uid)
    assert cursors.get(session, source_id) == {"INBOX": expected}


def test_a_run_tells_what_it_did(session: Session) -> None:
    run_id = runs.start(session, "ingest", model_id="m1", rules_version="r1")
    assert runs.latest(session)[0].status is RunStatus.RUNNING
    runs.finish(session, run_id, {"stored": 3}, status=RunStatus.FAILED)
    (run,) = runs.latest(session)
    assert (run.id, run.kind, run.model_id, run.rules_version, run.counts, run.status) == (
        run_id,
        "ingest",
        "m1",
        "r1",
        {"stored": 3},
        "failed",
    )
    assert run.finished is not None
    assert run.finished >= run.started


REGISTER = OrganisationRegister(
    office="清河县委巡察办",
    ceiling=Level.TOWNSHIP,
    units=(
        Unit("清河镇", "清河县", "乡镇", Level.TOWNSHIP, ("清河", "本镇")),
        Unit("安乐村", "清河镇", "村", Level.VILLAGE),
    ),
    heads=(Head("某甲", "清河镇", "镇长", Level.TOWNSHIP, principal=True),),
    staff=(Staff("某乙", "主任", principal=True), Staff("某丙", "干部")),
)


def test_the_register_comes_back_as_it_was_imported(session: Session) -> None:
    register.replace(session, REGISTER)
    assert register.load(session) == REGISTER


def test_an_import_replaces_the_whole_register(session: Session) -> None:
    register.replace(session, REGISTER)
    smaller = replace(REGISTER, units=REGISTER.units[:1], heads=(), staff=())
    register.replace(session, smaller)
    assert register.load(session) == smaller


def test_before_the_first_import_the_register_is_empty(session: Session) -> None:
    assert register.load(session) == OrganisationRegister()


def test_entities_of_one_place_come_in_one_order_however_they_were_stored(
    session: Session, letter_ids: list[int]
) -> None:
    kinds = (EntityType.ADDRESS, EntityType.ORG, EntityType.PERSON, EntityType.PLACE)
    first, second, _ = letter_ids
    named = [Entity(kind, 2, 4, "清河", "清河") for kind in kinds]
    entities.replace(session, {first: named, second: named[::-1]})
    found = entities.of_letters(session, letter_ids)
    assert [one.type for one in found[first]] == [one.type for one in found[second]] == list(kinds)


def test_entities_are_replaced_and_say_nothing_about_the_petitioner(session: Session, letter_ids: list[int]) -> None:
    first, second, _ = letter_ids
    money = Entity(EntityType.MONEY, 4, 8, "三万元", "30000-30000 元")
    phone = Entity(EntityType.PHONE, 0, 4, "138", "13800000000")
    entities.replace(session, {first: [money, phone, phone], second: [money]})
    entities.replace(session, {second: []})
    found = entities.of_letters(session, letter_ids)
    assert [(one.type, one.start, one.end, one.value) for one in found.pop(first)] == [
        ("phone", 0, 4, ""),
        ("money", 4, 8, "30000-30000 元"),
    ]
    assert found == {}


def store_the_same_letter_twice(engine: Engine, source_id: int) -> None:
    with transaction(engine) as session:
        letters.add(session, [new_letter(source_id)] * 2)
        seen.add(session, [SeenLetter(b"a" * 32, Outcome.STORED, 1)] * 2)


def test_a_batch_is_stored_whole_or_not_at_all(engine: Engine, source_id: int) -> None:
    with pytest.raises(StorageError):
        store_the_same_letter_twice(engine, source_id)
    with transaction(engine) as session:
        letters.add(session, [new_letter(source_id)])
    with reading(engine) as session:
        assert [one.number[-6:] for one in letters.take(session, LetterState.STORED)] == ["000001"]
        assert session.scalar(text("SELECT count(*) FROM seen")) == 0
