"""What is wrong about the jobs of the schedule: failed, behind their time, cut off."""

from datetime import datetime, timedelta

import pytest

from xiansuo.domain.times import CHINA
from xiansuo.errors import OfficeError
from xiansuo.intake.schedule import JOBS
from xiansuo.services.doctor import examine
from xiansuo.services.office import Office
from xiansuo.services.standing import standings
from xiansuo.services.watch import verify_and_anchor
from xiansuo.storage.repositories import audit, runs
from xiansuo.storage.repositories.runs import RunStatus
from xiansuo.storage.session import now, reading, transaction
from xiansuo.storage.tables import Runs

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=CHINA)


def ran(office: Office, job: str, at: datetime, status: RunStatus = RunStatus.DONE, said: tuple[str, ...] = ()) -> None:
    with transaction(office.engine) as session:
        run = runs.start(session, job)
        session.get_one(Runs, run).started = at
        if status is not RunStatus.RUNNING:
            runs.finish(session, run, {"letters": 3}, status=status, said=said)


def wrong(office: Office, crons: dict[str, str], at: datetime = NOON) -> list[str]:
    with reading(office.engine) as session:
        return [one.wrong for one in standings(session, crons, at) if one.wrong]


def test_in_an_office_that_never_served_a_schedule_no_job_is_late_but_a_failed_one_is_told(office: Office) -> None:
    crons = {"backup": "30 5 * * *"}
    ran(office, "backup", NOON - timedelta(days=9))
    with reading(office.engine) as session:
        assert [one.wrong for one in standings(session, crons, NOON, scheduled=False)] == [""]
    ran(office, "backup", NOON - timedelta(days=8), RunStatus.FAILED, ("磁盘已满。",))
    with reading(office.engine) as session:
        assert "磁盘已满。" in standings(session, crons, NOON, scheduled=False)[0].wrong


@pytest.mark.parametrize(
    ("cron", "hours", "late"),
    [
        ("30 5 * * *", 7, False),
        ("30 5 * * *", 30, False),
        ("30 5 * * *", 55, True),
        ("0 4 * * 1", 24 * 6, True),
        ("0 4 * * 0", 24 * 2 + 6, False),
        ("0 5 1 * *", 24 * 22, False),
        ("0 5 1 * *", 24 * 40, True),
    ],
)
def test_a_job_a_day_behind_its_time_is_told(office: Office, cron: str, hours: int, *, late: bool) -> None:
    ran(office, "backup", NOON - timedelta(hours=hours))
    assert bool(wrong(office, {"backup": cron})) is late


def test_a_job_that_never_ran_is_told_once_it_should_have(office: Office) -> None:
    assert wrong(office, dict(JOBS)) == []
    ran(office, "sample", NOON)
    assert wrong(office, {"backup": JOBS["backup"]}) == []
    ran(office, "report", NOON - timedelta(days=3))
    assert "从来没有执行过" in wrong(office, {"backup": JOBS["backup"]})[0]


def test_a_job_that_failed_is_told_by_doctor_until_it_ran_well(office: Office) -> None:
    ran(office, "backup", now() - timedelta(hours=1), RunStatus.FAILED, said=("备份文件夹不存在。",))
    told = [one for one in examine(office.settings) if one.what == "定时任务"]
    assert [(one.well, "备份文件夹不存在" in one.sentence) for one in told] == [(False, True)]
    ran(office, "backup", now())
    assert [one.well for one in examine(office.settings) if one.what == "定时任务"] == [True]


def test_a_job_that_never_ended_is_told(office: Office) -> None:
    ran(office, "audit", NOON - timedelta(hours=30), RunStatus.RUNNING)
    assert "没有结束" in wrong(office, {"audit": "0 4 * * 1"})[0]


def test_what_a_job_counted_is_told_in_words(office: Office) -> None:
    ran(office, "backup", NOON)
    with reading(office.engine) as session:
        (one,) = standings(session, {"backup": JOBS["backup"]}, NOON)
    assert one.did == [("备份来件", 3)]


def test_the_weekly_check_of_the_trail_finds_one_written_anew(office: Office) -> None:
    with transaction(office.engine) as session:
        audit.append(session, actor="jia", action="clue.read")
    assert verify_and_anchor(office, actor="定时任务") == 1
    with transaction(office.engine) as session:
        session.connection().exec_driver_sql("DELETE FROM audit_events")
        session.connection().exec_driver_sql("UPDATE counters SET value = 0 WHERE name = 'audit'")
        audit.append(session, actor="yi", action="clue.read")
    with pytest.raises(OfficeError, match="审计日志不完整"):
        verify_and_anchor(office, actor="定时任务")
