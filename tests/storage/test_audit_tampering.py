"""Every way to tamper with the audit trail is found, in the database and in an exported file."""

from random import Random
from threading import Thread

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from tests.storage.tampering import KINDS, LENGTH
from xiansuo.domain.audit import Fault, Result, as_line, end_line, examine, read_anchors, read_lines
from xiansuo.domain.audit import Link as ChainLink
from xiansuo.storage.repositories import audit
from xiansuo.storage.session import reading, transaction


@pytest.fixture
def trail(engine: Engine) -> Engine:
    with transaction(engine) as session:
        for number in range(1, LENGTH + 1):
            result = Result.REFUSED if number % 7 == 0 else Result.DONE
            audit.append(
                session,
                actor=f"人{number % 3}",
                action="clue.read",
                object_kind="clue",
                object_id=str(number),
                result=result,
            )
    return engine


def _undetected(engine: Engine, seeds: range) -> list[tuple[int, str]]:
    missed = []
    with reading(engine) as session:
        anchor = audit.head(session)
    for seed in seeds:
        random = Random(seed)  # noqa: S311 - the same tamperings on every run
        name = list(KINDS)[seed % len(KINDS)]
        with Session(engine) as session:
            KINDS[name].do(session, random)
            session.flush()
            if audit.verify(session, [anchor] if KINDS[name].anchored else ()).holds:
                missed.append((seed, name))
            session.rollback()
    return missed


def test_a_hundred_random_tamperings_are_all_found(trail: Engine) -> None:
    assert _undetected(trail, range(100)) == []
    with reading(trail) as session:
        assert audit.verify(session).fine == LENGTH


@pytest.mark.slow
def test_a_thousand_random_tamperings_are_all_found(trail: Engine) -> None:
    assert _undetected(trail, range(1000, 2000)) == []


def test_the_first_event_that_does_not_fit_is_named_with_the_reason(trail: Engine) -> None:
    with Session(trail) as session:
        session.execute(text("UPDATE audit_events SET actor = '别人' WHERE id = 17"))
        found = audit.verify(session)
    assert (found.fine, found.first_bad, found.fault) == (16, 17, Fault.CHANGED)


def test_a_value_of_a_wrong_sort_is_told_and_stops_nobody(sqlite_engine: Engine) -> None:
    with transaction(sqlite_engine) as session:
        for _ in range(3):
            audit.append(session, actor="甲", action="clue.read")
    for column, value in (("hash", "'text'"), ("at", "'nonsense'"), ("result", "'else'"), ("actor", "x'00ff'")):
        with Session(sqlite_engine) as session:
            session.execute(text(f"UPDATE audit_events SET {column} = {value} WHERE id = 2"))  # noqa: S608
            assert audit.verify(session).first_bad == 2, column
            session.rollback()


def test_events_from_before_results_were_kept_still_fit(session: Session) -> None:
    event = audit.append(session, actor="甲", action="quarantine.locator", object_kind="quarantine", object_id="3")
    fields = [event.id, event.at.isoformat(), "甲", "quarantine.locator", "quarantine", "3", "00" * 32]
    import hashlib  # noqa: PLC0415
    import json  # noqa: PLC0415

    old = hashlib.sha256(json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()).digest()
    assert audit.head(session).hash == old


def test_a_spoken_anchor_written_down_betrays_a_rewritten_trail(trail: Engine) -> None:
    with reading(trail) as session:
        anchor = audit.head(session)
    written = f"第 {anchor.id} 条   {anchor.spoken.lower().replace('0', 'o')}"
    (kept,) = read_anchors(written)
    with Session(trail) as session:
        assert audit.verify(session, [kept]).holds
        KINDS["改字段并重算以后各条"].do(session, Random(1))  # noqa: S311
        assert audit.verify(session).holds
        assert audit.verify(session, [kept]).fault is Fault.OTHER_HISTORY
        session.rollback()


def _exported(engine: Engine) -> list[str]:
    with reading(engine) as session:
        lines = [as_line(link) for link in audit.links(session) if isinstance(link, ChainLink)]
        return [*lines, end_line(audit.head(session))]


def test_an_exported_file_proves_itself(trail: Engine) -> None:
    lines = [line + "\n" for line in _exported(trail)]
    assert examine(read_lines(lines)).fine == LENGTH
    assert examine(read_lines(lines)).holds


def test_no_character_of_an_exported_file_can_be_changed(trail: Engine) -> None:
    lines, random = _exported(trail), Random(7)  # noqa: S311
    for _ in range(200):
        number = random.randrange(len(lines))
        place = random.randrange(len(lines[number]))
        other = "8" if lines[number][place] != "8" else "9"
        changed = lines[number][:place] + other + lines[number][place + 1 :]
        assert not examine(read_lines([*lines[:number], changed, *lines[number + 1 :]])).holds, (number, place)


@pytest.mark.parametrize("cut", [0, 1, LENGTH // 2, LENGTH])
def test_an_exported_file_cannot_be_cut_short(trail: Engine, cut: int) -> None:
    assert not examine(read_lines(_exported(trail)[:cut])).holds


def test_lines_of_an_exported_file_cannot_be_dropped_doubled_or_exchanged(trail: Engine) -> None:
    lines, random = _exported(trail), Random(3)  # noqa: S311
    for _ in range(60):
        one, other = sorted(random.sample(range(LENGTH), 2))
        assert not examine(read_lines(lines[:one] + lines[one + 1 :])).holds
        assert not examine(read_lines([*lines[:one], lines[one], *lines[one:]])).holds
        lines[one], lines[other] = lines[other], lines[one]
        assert not examine(read_lines(lines)).holds
        lines[one], lines[other] = lines[other], lines[one]


def test_writers_at_the_same_time_make_one_chain(engine: Engine) -> None:
    def write(actor: str) -> None:
        for number in range(15):
            with transaction(engine) as session:
                audit.append(session, actor=actor, action="clue.read", object_kind="clue", object_id=str(number))

    threads = [Thread(target=write, args=(f"人{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        with reading(engine) as session:
            assert audit.verify(session).holds
        threads[0].join(0.05)
    with reading(engine) as session:
        assert audit.verify(session).fine == 60
