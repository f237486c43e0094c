"""PostgreSQL ends at once and starts again while a run works with it, or while people look at pages."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from tests.e2e.command import REGISTER, Said, Warm
from tests.e2e.faults import STAGES
from tests.e2e.picture import Picture, picture_of
from tests.e2e.piles import make_pile
from tests.servers.postgres import PostgresServer, running_postgres
from xiansuo.review.app import create_app
from xiansuo.services.office import open_office
from xiansuo.settings import Settings

BATCH = 12
AT = {name: stage.at for name, stage in STAGES.items() if stage.at} | {"last commit of a batch": ("COMMIT", 2)}
MakeState = Callable[[], Path]


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    with running_postgres() as found:
        yield found


@pytest.fixture(scope="module")
def pile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_pile(tmp_path_factory.mktemp("pile") / "letters", less=4)


@pytest.fixture(scope="module")
def make_state(server: PostgresServer, warm: Warm, tmp_path_factory: pytest.TempPathFactory) -> MakeState:
    def make() -> Path:
        state = tmp_path_factory.mktemp("installation") / "state"
        server.create_database(name := f"office{time.monotonic_ns()}")
        assert warm("init", "--database", server.url(name), state=state).status == 0
        assert warm("org", "import", REGISTER, state=state).status == 0
        return state

    return make


@pytest.fixture(scope="module")
def undisturbed(warm: Warm, pile: Path, make_state: MakeState) -> Picture:
    state = make_state()
    assert warm("ingest", pile, state=state, batch=BATCH).status == 0
    return picture_of(state)


def restarted_within(warm: Warm, server: PostgresServer, run: Callable[[], Said]) -> Said:
    """Restart the server while the run has stopped itself, and let it go on."""
    said: list[Said] = []
    running = threading.Thread(target=lambda: said.append(run()))
    running.start()
    child = stopped_child(warm.process.pid, running)
    server.restart()
    os.kill(child, signal.SIGCONT)
    running.join()
    return said[0]


def stopped_child(parent: int, running: threading.Thread) -> int:
    while running.is_alive():
        for child in Path(f"/proc/{parent}/task/{parent}/children").read_text("ascii").split():
            stat = Path(f"/proc/{child}/stat")
            if stat.exists() and stat.read_text("ascii").rsplit(")", 1)[1].split()[0] == "T":
                return int(child)
        time.sleep(0.02)
    pytest.fail("the run ended before it came to the statement")


def held(found: Picture) -> tuple[object, ...]:
    """Return what does not tell how often it was tried: each start of a run draws turns anew, which moves clues and says so."""
    queue = [{name: value for name, value in one.items() if name != "why"} for one in found.queue]
    rows = {name: count for name, count in found.rows.items() if name != "samples"}
    return sorted(queue, key=lambda one: str(one["clue"])), found.letters, found.originals, found.quarantine, rows


@pytest.mark.slow
@pytest.mark.parametrize("stage", AT)
def test_a_run_whose_database_restarts_says_what_to_do_and_the_next_completes(
    stage: str, warm: Warm, server: PostgresServer, pile: Path, make_state: MakeState, undisturbed: Picture
) -> None:
    state = make_state()
    said = restarted_within(
        warm,
        server,
        lambda: warm("ingest", pile, state=state, batch=BATCH, at=AT[stage], signal=signal.SIGSTOP),
    )
    assert "Traceback" not in said.all
    assert said.status == 1, said.all
    assert all(word in said.err for word in ("PostgreSQL", "已经提交的都在", "重新运行")), said.all
    assert warm("ingest", pile, state=state, batch=BATCH).status == 0
    assert held(picture_of(state)) == held(undisturbed)


def test_a_page_asked_for_after_the_database_restarted_is_answered(
    server: PostgresServer, make_state: MakeState
) -> None:
    office = open_office(Settings(state_dir=make_state()))
    client = TestClient(create_app(office), follow_redirects=False, cookies={"xiansuo": "0" * 43})
    before = [client.get("/queue").status_code for _ in range(3)]
    server.restart()
    assert [client.get("/queue").status_code for _ in range(3)] == before == [303] * 3
    office.engine.dispose()
