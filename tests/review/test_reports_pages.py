"""The pages and the command of reports: read in the app, taken away as files, and no count of a clue that the reader may not meet."""

import io
import json
import re
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from tests.review.desk import Desk, open_desk
from tests.review.worked_desk import viewer, work_through
from xiansuo.cli import app
from xiansuo.domain.people import Role
from xiansuo.services import report
from xiansuo.services.period import month_of
from xiansuo.storage.session import CHINA, now, reading, transaction
from xiansuo.storage.tables import AuditEvents, ClueBlocks, Clues, Exports, PeriodReports

MONTH = f"{now().astimezone(CHINA):%Y-%m}"
PLACE = f"/reports/month/{MONTH}"


@pytest.fixture(scope="module")
def worked(desk_template, tmp_path_factory: pytest.TempPathFactory):  # noqa: ANN001, ANN201 - fixtures of the desk
    """One worked desk for the tests that change nothing that others count."""
    desk = open_desk(desk_template, tmp_path_factory.mktemp("reports") / "desk")
    work_through(desk)
    yield desk
    desk.office.engine.dispose()


def block(desk: Desk, login: str) -> None:
    with transaction(desk.office.engine) as session:
        clue = session.scalars(select(Clues.id)).first()
        session.add(ClueBlocks(account_id=desk.accounts[login], clue_id=clue, source="self", created=now()))


def export(desk: Desk, who: Role, form: str) -> bytes:
    answer = desk.client(who).post(f"{PLACE}/export", data={"form": form})
    assert answer.status_code == 200
    assert "attachment" in answer.headers["content-disposition"]
    return answer.content


def test_the_list_leads_to_the_month_and_the_round(worked: Desk) -> None:
    client = worked.client(Role.LEAD)
    found = re.findall(r'href="(/reports/[a-z]+/[^"]+)"', client.get("/reports").text)
    assert PLACE in found
    assert "/reports/round/1" in found
    for path in found:
        assert 'class="told"' in client.get(path).text


def test_the_page_keeps_to_the_policy_of_the_app(worked: Desk) -> None:
    client = worked.client(Role.LEAD)
    page = client.get(PLACE).text
    assert " style=" not in page
    assert "<style" not in page
    styles = re.findall(r'href="(/static/report\.css[^"]*)"', page)
    assert ".report" in client.get(styles[0]).text


@pytest.mark.parametrize("path", ["/reports/round/99", "/reports/round/x", "/reports/week/1"])
def test_what_there_is_not_is_not_found(worked: Desk, path: str) -> None:
    assert worked.client(Role.LEAD).get(path).status_code == 404


@pytest.mark.parametrize("key", ["2026-13", "2199-01", "heute"])
def test_a_month_that_cannot_be_reported_is_said_to_be_so(worked: Desk, key: str) -> None:
    assert worked.client(Role.LEAD).get(f"/reports/month/{key}").status_code in {400, 404}


def test_a_reader_of_totals_is_told_what_is_left_out(worked: Desk) -> None:
    page = worked.client(Role.MODELLER).get(PLACE).text
    assert "不向您的岗位显示" in page
    assert "金沟村" not in page


def test_the_three_files_say_the_same(worked: Desk) -> None:
    data = json.loads(export(worked, Role.LEAD, "json"))
    letters = data["report"]["verdict"]["letters"]
    assert f"收到来件{letters}件" in export(worked, Role.LEAD, "html").decode()
    first = openpyxl.load_workbook(io.BytesIO(export(worked, Role.LEAD, "xlsx"))).worksheets[0]
    told = [str(cell.value) for row in first.iter_rows() for cell in row]
    assert any(f"收到来件{letters}件" in text for text in told)


def test_a_file_that_leaves_is_numbered_and_written_down(desk: Desk) -> None:
    text = export(desk, Role.LEAD, "html").decode()
    with reading(desk.office.engine) as session:
        assert session.scalars(select(Exports.kind)).all() == ["report"]
        wanted = select(AuditEvents.object_id).where(AuditEvents.action == "report.export")
        number = session.scalars(wanted).one()
    assert number in text
    assert "演示组长" in text


def kept(desk: Desk) -> list[PeriodReports]:
    with reading(desk.office.engine) as session:
        return list(session.scalars(select(PeriodReports).order_by(PeriodReports.version)))


def test_figures_are_kept_only_of_a_report_from_which_nothing_was_hidden(desk: Desk) -> None:
    block(desk, "lead")
    for who in (Role.LEAD, Role.MODELLER, Role.HEAD):
        export(desk, who, "json")
    rows = {row.made_by: row for row in kept(desk)}
    assert [bool(rows[who].content) for who in ("lead", "modeller", "head")] == [False, False, True]
    assert rows["head"].version == 3


def test_the_same_figures_make_no_new_version(desk: Desk) -> None:
    for form in ("html", "json", "xlsx"):
        export(desk, Role.HEAD, form)
    assert [row.version for row in kept(desk)] == [1]


@pytest.mark.parametrize(("who", "status"), [(Role.HEAD, 200), (Role.MODELLER, 404), (Role.LEAD, 404)])
def test_kept_figures_open_only_to_whom_nothing_is_hidden_now(desk: Desk, who: Role, status: int) -> None:
    export(desk, Role.HEAD, "json")
    block(desk, "lead")
    client = desk.client(who)
    assert client.get(f"{PLACE}/kept/1.json").status_code == status
    assert ("/kept/1.json" in client.get(PLACE).text) is (status == 200)


def test_a_clue_that_one_may_not_meet_is_in_no_number(desk: Desk) -> None:
    before = json.loads(export(desk, Role.LEAD, "json"))["report"]
    block(desk, "lead")
    after = json.loads(export(desk, Role.LEAD, "json"))["report"]
    assert after["verdict"]["clues"] == before["verdict"]["clues"] - 1
    assert (before["whole"], after["whole"]) == (True, False)
    page = desk.client(Role.LEAD).get(PLACE).text
    assert f"新形成线索{after['verdict']['clues']}条" in page


def test_the_monthly_job_keeps_last_month_as_somebody_sees_it_who_sees_all(desk: Desk) -> None:
    assert report.keep_last_month(desk.office) == 1
    last = report.months(desk.office, viewer(desk, "head"))
    assert last[0] == month_of(MONTH)
    [row] = kept(desk)
    assert (row.made_by, row.kind, bool(row.content)) == ("system", "month", True)


def test_nothing_is_kept_where_something_is_hidden_from_everybody(desk: Desk) -> None:
    for login in ("head", "lead", "transfer"):
        block(desk, login)
    assert report.keep_last_month(desk.office) is None
    assert kept(desk) == []


def run(desk: Desk, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["--state", str(desk.office.state_dir), "report", *arguments])
    return done.exit_code, f"{done.output}{done.exception or ''}"


@pytest.mark.parametrize("chosen", [("--month", MONTH), ("--round", "1"), ("--round", "2026年第四轮巡察")])
def test_the_command_says_the_verdict(worked: Desk, chosen: tuple[str, str]) -> None:
    status, said = run(worked, "--as", "lead", *chosen)
    assert status == 0, said
    assert "收到来件5" in said


def test_the_command_writes_files_for_their_owner_only(worked: Desk, tmp_path: Path) -> None:
    status, _ = run(worked, "--as", "lead", "--month", MONTH, "--output", str(tmp_path / "out"), "--english")
    assert status == 0
    files = sorted((tmp_path / "out").iterdir())
    assert [file.suffix for file in files] == [".html", ".xlsx", ".json"]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert "1. In short" in files[0].read_text(encoding="utf-8")


def test_the_data_go_to_standard_output(worked: Desk) -> None:
    status, said = run(worked, "--as", "lead", "--month", MONTH, "--json")
    assert status == 0
    assert json.loads(said)["report"]["period"]["key"] == MONTH


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--as", "nobody", "--month", MONTH], "没有这个账号"),
        (["--as", "operator", "--month", MONTH], "没有查看统计和报告的权限"),
        (["--as", "lead", "--round", "没有的轮"], "没有这个轮次"),
        (["--as", "lead", "--month", "十一月"], "月份要写成"),
    ],
)
def test_what_cannot_be_reported_is_said_to_the_person(worked: Desk, arguments: list[str], said: str) -> None:
    status, output = run(worked, *arguments)
    assert status != 0
    assert said in output


@pytest.mark.parametrize("arguments", [[], ["--month", MONTH, "--round", "1"]])
def test_the_command_wants_a_month_or_a_round(worked: Desk, arguments: list[str]) -> None:
    assert run(worked, "--as", "lead", *arguments)[0] == 2
