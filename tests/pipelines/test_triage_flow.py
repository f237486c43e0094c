from collections import Counter
from pathlib import Path

import pytest
from prefect.states import Failed

from pipelines.fetch import counts, ingest
from pipelines.progress import Listener, listen, print_line
from pipelines.steps import may_pass
from pipelines.triage import MOST_BATCHES, _cut, analyse
from tests.servers.state import empty_state
from tests.services.samples import BANQUET, BENEFITS, REGISTER, write
from xiansuo.errors import OfficeError
from xiansuo.intake.mail_session import MailboxUnreachableError, Setback
from xiansuo.services.ingest import Report
from xiansuo.services.office import import_register, initialise, open_office
from xiansuo.services.queue import total
from xiansuo.services.triage import waiting
from xiansuo.settings import Settings


@pytest.fixture
def settings(tmp_path: Path, home: Path) -> Settings:
    """An installation with one folder as its source."""
    settings = Settings(state_dir=empty_state(tmp_path / "state"), home=home)
    initialise(settings)
    import_register(open_office(settings), REGISTER)
    write(tmp_path / "来件", {"1.txt": BENEFITS, "2.txt": BANQUET})
    source = f'[[source]]\nname = "来件"\ntype = "folder"\npath = "{tmp_path / "来件"}"\nstill_seconds = 0\n'
    (settings.state_dir / "xiansuo.toml").write_text(source, "utf-8")
    return settings


def test_the_tasks_take_letters_from_a_source_to_the_queue(settings: Settings) -> None:
    where, heard = (str(settings.state_dir), str(settings.home)), listen(Listener())
    ingest.fn(*where, 0)
    assert waiting(open_office(settings)) == 2
    analyse.fn(*where, 0, 400)
    assert (heard.report.as_json()["stored"], heard.ranked, waiting(open_office(settings))) == (2, 2, 0)
    assert total(open_office(settings)) == 2


def test_a_source_that_is_no_longer_there_is_told(settings: Settings) -> None:
    with pytest.raises(OfficeError, match="第2个可用来源"):
        ingest.fn(str(settings.state_dir), str(settings.home), 1)


@pytest.mark.parametrize("waiting", [0, 1, 400, 401, 16_000, 16_001, 1_000_000])
def test_however_many_letters_wait_all_are_worked_off_in_few_tasks(waiting: int) -> None:
    size, batches = _cut(waiting)
    assert size * batches >= waiting
    assert batches <= MOST_BATCHES
    assert (batches == 0) == (waiting == 0)


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (MailboxUnreachableError("登录被拒绝"), False),
        (MailboxUnreachableError("连接中断", Setback.PASSING), True),
        (OfficeError("没有数据库"), False),
    ],
)
def test_only_what_may_pass_is_tried_again(error: Exception, *, again: bool) -> None:
    assert may_pass(ingest, None, Failed(data=error)) is again


def test_the_counts_have_a_row_for_each_source_and_their_sum() -> None:
    listener = Listener(ranked=3)
    for position, counted in [(1, Counter(stored=2)), (0, Counter(seen=1)), (1, Counter(stored=1, sealed=1))]:
        listener.took_in(position, Report(counted))
    assert counts(listener) == [
        {"source": "1", "in": 1, "stored": 0, "seen": 1, "sealed": 0, "quarantined": 0},
        {"source": "2", "in": 4, "stored": 3, "seen": 0, "sealed": 1, "quarantined": 0},
        {"source": "合计", "in": 5, "stored": 3, "seen": 1, "sealed": 1, "quarantined": 0, "ranked": 3},
    ]


def test_a_scheduled_run_prints_its_counts_and_what_failed(capsys: pytest.CaptureFixture[str]) -> None:
    listener = Listener(ranked=1)
    listener.took_in(0, Report(Counter(stored=1, quarantined=2)))
    listener.failed("邮箱来源“甲”登录被拒绝。")
    print_line(listener)
    line, failure = capsys.readouterr().out.splitlines()
    assert line.endswith("来件 3 件：新收 1，已收过 0，密封移送 0，待处理 2。进入待审队列 1 件。")
    assert failure == "  · 邮箱来源“甲”登录被拒绝。"


@pytest.mark.parametrize(
    ("reports", "ranked", "told"),
    [
        ([Report(Counter(stored=2))], 0, "来件 2 件：新收 2，已收过 0，密封移送 0，待处理 0。"),
        ([], 3, "进入待审队列 3 件。"),
        ([], 0, "这次没有取到来件。"),
    ],
    ids=["fetched only", "worked off only", "nothing"],
)
def test_a_line_tells_only_what_the_run_was_for(
    capsys: pytest.CaptureFixture[str], reports: list[Report], ranked: int, told: str
) -> None:
    print_line(Listener(reports=dict(enumerate(reports)), ranked=ranked))
    assert capsys.readouterr().out.split(" ", 2)[2] == f"{told}\n"
