"""One story with real Prefect and a real mail server: killed, run again, a failing source, then on its schedule."""

import json
import re
import signal
import stat
import subprocess
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

import pytest

from tests.pipelines.installation import CANARIES, Installation, add_mailbox, end, install, mails
from tests.servers.dovecot import Dovecot
from tests.servers.waiting import wait_until
from tests.services.samples import holding

pytestmark = [pytest.mark.prefect, pytest.mark.dovecot, pytest.mark.xdist_group("prefect")]

ERROR_CANARY = "祠堂门槛下的铁盒"
_BREAK_ONE_SOURCE = f"""
from xiansuo.services import sources
take_in = sources.ingest_source
def broken(office, source, **rest):
    if source.name == "坏来源":
        raise ValueError("{ERROR_CANARY}")
    return take_in(office, source, **rest)
sources.ingest_source = broken
from xiansuo.cli import main; main()
"""


Finished = subprocess.CompletedProcess[str]


@dataclass(frozen=True)
class Story:
    """What the schedule's server answered without and with the password, a run by hand beside it, and how it ended."""

    answers: tuple[int, int]
    page_headers: Message
    broken: Finished
    service: tuple[int, str, str]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, home: Path, dovecot_server: Dovecot) -> Installation:
    """Over a folder with two letters and an empty file, and a mailbox with 200 mails; its first run was killed in between."""
    dovecot_server.empty()
    dovecot_server.deliver_all(mails(range(200)))
    office = install(tmp_path_factory.mktemp("office") / "state", home, dovecot_server)
    run = office.command("run")
    wait_until(lambda: run.poll() is not None or office.count("letters") == 202, seconds=150)
    assert end(run, signal.SIGKILL)[0] == -signal.SIGKILL
    return office


@pytest.fixture(scope="module")
def story(office: Installation, dovecot_server: Dovecot) -> Story:
    """Twenty more mails came and were read on schedule; then came a run by hand, with two sources more, which both fail."""
    dovecot_server.deliver_all(mails(range(200, 220)))
    with office.schedule() as service:
        wait_until(
            lambda: (
                service.process.poll() is not None
                or (min(office.runs_done(), office.runs_done("sample")) >= 1 and office.ranked() == 222)
            ),
            seconds=400,
        )
        answers = service.answers("wrong:password"), service.answers(office.login())
        page_headers = service.page_headers()
        with office.other_sources():
            add_mailbox(office.state_dir, dovecot_server, name="密码不对", password="wrong")
            add_mailbox(office.state_dir, dovecot_server, name="坏来源", password=dovecot_server.password)
            broken = office.run(code=_BREAK_ONE_SOURCE)
        return Story(answers, page_headers, broken, end(service.process, signal.SIGTERM))


def test_mails_are_fetched_on_schedule_and_stored_once(story: Story) -> None:
    _, out, _ = story.service
    assert re.search(r"^\d\d-\d\d \d\d:\d\d 来件 20 件：新收 20，已收过 0", out, re.MULTILINE)


def test_what_a_killed_run_left_is_worked_off_by_the_next_one(story: Story, office: Installation) -> None:
    assert story.service[0] == 0
    assert office.ask("SELECT state, count(*) FROM letters GROUP BY state") == [("ranked", 222)]


def test_a_further_run_adds_nothing_and_says_nothing_but_its_own_sentences(story: Story) -> None:
    assert story.broken.stderr.splitlines()[-1] == "正在启动流程引擎（首次约 20 秒）……"
    assert story.broken.stdout.startswith("来件 3 件：新收 0，已收过 3，密封移送 0，待处理 0。\n进入待审队列 0 件。\n")


def test_a_source_that_fails_stops_no_other_and_is_told(story: Story) -> None:
    assert story.broken.returncode == 1
    assert "  · 邮箱来源“密码不对”登录被拒绝。请核对 user" in story.broken.stdout
    assert re.search(r"  · 意外错误 ValueError（.*）", story.broken.stdout)


def test_an_unforeseen_error_never_shows_what_it_says(story: Story, office: Installation) -> None:
    assert ERROR_CANARY not in "".join([story.broken.stdout, story.broken.stderr, *map(str, story.service)])
    assert holding(office.state_dir / "prefect", ERROR_CANARY) == {}


def test_the_counts_of_a_run_equal_the_database(story: Story, office: Installation) -> None:
    assert story.service[0] == 0
    tables = [json.loads(str(data)) for (data,) in office.ask_prefect("SELECT data FROM artifact WHERE type = 'table'")]
    rows = [(json.loads(table) if isinstance(table, str) else table)[-1] for table in tables]
    assert office.count("letters") == 202 + sum(row["stored"] for row in rows) == 222
    assert sum(row["in"] for row in rows) == 20 + 3


def test_a_job_runs_on_schedule_beside_the_triage_and_stands_on_the_operators_page(
    story: Story, office: Installation
) -> None:
    assert re.search(r"^\d\d-\d\d \d\d:\d\d 每日抽样：完成。$", story.service[1], re.MULTILINE)
    # SQLite gives the list as it is written, PostgreSQL as a list.
    told = {(status, str(said)) for status, said in office.ask("SELECT status, said FROM runs WHERE kind = 'sample'")}
    assert told == {("done", "[]")}


def test_what_runs_when_is_listed_at_the_start(story: Story) -> None:
    listed = [line for line in story.service[1].splitlines() if line.startswith("  ")]
    assert listed == [
        "  0 3 1 1 *  第 1 个来源",
        "  * * * * *  第 2 个来源",
        "  有新来件时  分析、归并、排序",
        "  * * * * *  每日抽样",
    ]


def test_a_stopped_service_says_so_and_keeps_its_schedules(story: Story, office: Installation) -> None:
    status, out, err = story.service
    assert (status, err, out.splitlines()[-1]) == (0, "", "定时任务已停止。")
    assert office.ask_prefect("SELECT active FROM deployment_schedule") == [(1,)] * 3
    assert office.ask_prefect("SELECT paused FROM deployment") == [(0,)] * 4


def test_a_cron_time_has_its_next_runs_planned(story: Story, office: Installation) -> None:
    assert story.service[0] == 0
    planned = office.ask_prefect("SELECT count(*) FROM flow_run WHERE auto_scheduled AND state_name = 'Scheduled'")
    assert int(str(planned[0][0])) >= 3


def test_the_server_answers_only_with_the_password(story: Story) -> None:
    assert story.answers == (401, 200)


def test_the_pages_can_send_nothing_to_their_makers_and_give_nothing_to_other_pages(story: Story) -> None:
    assert story.page_headers["Content-Security-Policy"].startswith("default-src 'self' ")
    assert "http" not in story.page_headers["Content-Security-Policy"]
    assert story.page_headers["Access-Control-Allow-Origin"] is None


def test_prefects_files_hold_no_letter_and_nobody(story: Story, office: Installation) -> None:
    assert story.service[0] == 0
    assert holding(office.state_dir / "prefect", *CANARIES) == {}
    assert "prefect.db" in "".join(holding(office.state_dir / "prefect", "triage-counts"))


def test_prefects_files_are_closed_to_others(story: Story, office: Installation) -> None:
    assert story.service[0] == 0
    folder = office.state_dir / "prefect"
    files = [path for path in folder.rglob("*") if "pages" not in path.parts]
    assert {stat.S_IMODE(path.stat().st_mode) for path in [folder, *files]} == {0o700, 0o600}


def test_runs_are_known_by_paths_positions_and_chance_names(story: Story, office: Installation) -> None:
    assert story.service[0] == 0
    where = {"state_dir": str(office.state_dir), "home": str(office.home)}
    for name, parameters in office.ask_prefect("SELECT name, parameters FROM flow_run"):
        given = json.loads(str(parameters))
        assert re.fullmatch(r"[a-z]+-[a-z]+", str(name))
        assert given == {**where, **({"sources": given["sources"]} if "sources" in given else {})}
        assert set(given.get("sources", [])) <= {0, 1, 2, 3}


@pytest.mark.slow
def test_a_service_that_was_down_catches_up_once_and_keeps_its_time(
    story: Story, office: Installation, dovecot_server: Dovecot
) -> None:
    assert story.service[0] == 0
    office.change_prefect(
        "UPDATE flow_run SET expected_start_time = '2026-01-01 00:00:00' WHERE state_name = 'Scheduled'"
    )
    dovecot_server.deliver_all(mails(range(220, 240)))
    before = office.runs_done()
    with office.schedule() as service:
        wait_until(lambda: service.process.poll() is not None or office.runs_done() >= before + 2, seconds=240)
        status, out, err = end(service.process, signal.SIGINT)
    assert (status, err) == (0, "")
    assert out.count("新收 20") == 1
    assert office.count("letters") == 242
    # The two sources and the job that had missed their time; the triage has none and runs whenever letters wait.
    caught_up = """SELECT count(*) FROM flow_run JOIN flow ON flow.id = flow_id
        WHERE NOT auto_scheduled AND deployment_id IS NOT NULL AND flow.name != 'triage'"""
    assert office.ask_prefect(caught_up) == [(3,)]


@pytest.mark.slow
def test_a_run_with_a_server_of_its_own_says_only_its_own_sentences(story: Story, office: Installation) -> None:
    assert story.service[0] == 0
    run = office.run()
    assert (run.returncode, run.stderr) == (0, "正在启动流程引擎（首次约 20 秒）……\n")
    assert re.fullmatch(r"来件 3 件：新收 0，已收过 3，密封移送 0，待处理 0。\n进入待审队列 0 件。\n", run.stdout)
