"""What is said of a source that is read, not read, or brings nothing."""

import os
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

import xiansuo.services.attempts as attempts_module
from xiansuo.intake.mail_session import MailboxUnreachableError, Setback
from xiansuo.services.attempts import note_failure
from xiansuo.services.ingest import Report
from xiansuo.services.office import Office
from xiansuo.services.scheduled import FLOWS_FOLDER, SERVICE_FILE
from xiansuo.services.source_health import SourceHealth, SourceStanding, alarms, source_health
from xiansuo.services.sources import id_of, source_at
from xiansuo.storage.repositories import runs, source_states
from xiansuo.storage.repositories.runs import RunStatus
from xiansuo.storage.repositories.source_states import SourceState
from xiansuo.storage.session import now, transaction
from xiansuo.storage.tables import Runs

# A Monday, eight in the morning in China.
MONDAY = datetime(2026, 3, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def configure(office: Office, more: str = "") -> None:
    path = office.state_dir / "来件"
    path.mkdir(exist_ok=True)
    office.sources_file.write_text(
        f'[[source]]\nname = "窗口"\ntype = "folder"\npath = "{path}"\ncron = "0 7 * * *"\n{more}', "utf-8"
    )
    serve_a_schedule(office)
    long_ago = (MONDAY - 400 * DAY).timestamp()
    os.utime(office.sources_file, (long_ago, long_ago))


def serve_a_schedule(office: Office) -> None:
    note = office.state_dir / FLOWS_FOLDER / SERVICE_FILE
    note.parent.mkdir(exist_ok=True)
    note.write_text("http://127.0.0.1:4200", "ascii")


def put(office: Office, state: SourceState, *news: datetime) -> None:
    """Keep a state, and a run that brought one letter at each of these times."""
    source_id = id_of(office, source_at(office, 0))
    with transaction(office.engine) as session:
        source_states.put(session, source_id, state)
        for at in news:
            run = runs.start(session, "ingest", source_id=source_id)
            runs.finish(session, run, {"in": 1, "stored": 1}, status=RunStatus.DONE)
            session.get_one(Runs, run).started = at


def look(office: Office, at: datetime = MONDAY) -> SourceHealth:
    (found,) = source_health(office, at=at)
    return found


def read(at: datetime, *, brought: datetime | None = None) -> SourceState:
    return SourceState(tried=at, succeeded=at, brought=brought)


def test_a_source_read_on_time_that_brings_something_is_well(office: Office) -> None:
    configure(office)
    put(office, read(MONDAY - timedelta(hours=1), brought=MONDAY - DAY))
    found = look(office)
    assert (found.standing, found.sentence, found.as_json()["alarming"]) == (SourceStanding.WELL, "正常。", False)
    assert found.as_json()["next"] == "2026-03-03T07:00:00+08:00"
    assert alarms(office, at=MONDAY) == []


def test_read_fine_without_new_mail_differs_from_not_read(office: Office) -> None:
    configure(office, 'silent_after = "3d"\n')
    put(office, read(MONDAY - timedelta(hours=1), brought=MONDAY - 4 * DAY))
    silent = look(office)
    assert silent.standing is SourceStanding.SILENT
    assert silent.sentence == "能读到，但已有 4 天没有新来件（上限 3 天）。请向来源单位核实。"
    put(office, read(MONDAY - 4 * DAY, brought=MONDAY - 4 * DAY))
    overdue = look(office, MONDAY + timedelta(hours=1))
    assert overdue.standing is SourceStanding.OVERDUE
    assert overdue.sentence.startswith("2026-03-02 07:00 应当抓取而没有抓取。")


def test_a_run_may_be_an_hour_late_and_a_source_read_by_hand_only_is_never_late(office: Office) -> None:
    configure(office)
    put(office, read(MONDAY - DAY, brought=MONDAY - DAY))
    assert look(office, MONDAY - timedelta(minutes=30)).standing is SourceStanding.WELL
    assert look(office, MONDAY + timedelta(minutes=30)).standing is SourceStanding.OVERDUE
    office.sources_file.write_text(office.sources_file.read_text("utf-8").replace("0 7 * * *", "off"), "utf-8")
    assert look(office, MONDAY + DAY).standing is SourceStanding.WELL
    assert look(office, MONDAY + DAY).next_run is None


def test_a_source_just_configured_waits_for_its_first_run(office: Office) -> None:
    configure(office)
    os.utime(office.sources_file, (MONDAY.timestamp(), MONDAY.timestamp()))
    assert look(office).standing is SourceStanding.NEW
    assert look(office, MONDAY + timedelta(days=1, hours=1)).standing is SourceStanding.OVERDUE


def test_an_office_that_runs_by_hand_only_keeps_no_times_and_is_never_late(office: Office) -> None:
    configure(office)
    (office.state_dir / FLOWS_FOLDER / SERVICE_FILE).unlink()
    assert look(office).sentence == "还没有抓取过。"
    put(office, read(MONDAY - 4 * DAY, brought=MONDAY - 4 * DAY))
    found = look(office, MONDAY + timedelta(hours=1))
    assert (found.standing, found.next_run) == (SourceStanding.WELL, None)


def test_a_reading_that_made_way_for_others_is_no_failure_if_it_brought_something(office: Office) -> None:
    configure(office)
    error = MailboxUnreachableError("抓取超过 60 分钟。", Setback.LONG)
    for report, standing, failures in (
        (Report(), SourceStanding.FAILING, 1),
        (Report(), SourceStanding.FAILING, 2),
        (Report(Counter(stored=3)), SourceStanding.PARTLY, 1),
    ):
        note_failure(office, source_at(office, 0), error, report)
        found = look(office, now())
        assert (found.standing, found.state.failures, found.next_run) == (standing, failures, found.state.next_try)


@pytest.mark.parametrize(
    ("setback", "standing", "told"),
    [
        (Setback.PASSING, SourceStanding.FAILING, "连续 2 次没有读到，上次成功是 2026-03-01 07:00。邮箱没有回答。"),
        (Setback.REFUSED, SourceStanding.HELD, "邮箱没有回答。没有再试，以免账号被锁；改正密码后自动恢复。"),
        (Setback.PARTLY, SourceStanding.PARTLY, "邮箱没有回答。"),
    ],
)
def test_what_failed_is_told_with_when_it_last_worked(
    office: Office, monkeypatch: pytest.MonkeyPatch, setback: Setback, standing: SourceStanding, told: str
) -> None:
    configure(office)
    put(office, read(MONDAY - timedelta(hours=25), brought=MONDAY - DAY))
    monkeypatch.setattr(attempts_module, "now", lambda: MONDAY)
    for _ in range(2):
        note_failure(office, source_at(office, 0), MailboxUnreachableError("邮箱没有回答。", setback), Report())
    found = look(office)
    assert (found.standing, found.sentence, found.standing.alarming) == (standing, told, True)
    # A held source is not read at any time, a failing one when its pause is over.
    waits = {SourceStanding.HELD: None, SourceStanding.FAILING: MONDAY + timedelta(minutes=10)}
    assert found.next_run == waits.get(standing, found.next_run)


@pytest.mark.parametrize(
    ("every", "count", "days"),
    [(1, 20, 5), (2, 20, 10), (7, 12, 30), (20, 3, 7)],
    ids=["daily", "every other day", "weekly", "too few to tell"],
)
def test_without_a_setting_the_limit_follows_the_usual_rhythm(
    office: Office, every: int, count: int, days: int
) -> None:
    configure(office)
    last = MONDAY - 4 * DAY
    put(office, read(MONDAY, brought=last), *(last - n * every * DAY for n in reversed(range(count))))
    assert look(office).limit == days * DAY


def test_a_source_that_never_brought_anything_is_reckoned_from_its_first_run(office: Office) -> None:
    configure(office)
    put(office, read(MONDAY))
    with transaction(office.engine) as session:
        run = runs.start(session, "ingest", source_id=id_of(office, source_at(office, 0)))
        session.get_one(Runs, run).started = MONDAY - 8 * DAY
    assert look(office).standing is SourceStanding.SILENT
    assert look(office, MONDAY - 2 * DAY).standing is SourceStanding.WELL
