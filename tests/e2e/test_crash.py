import random
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.e2e.command import Said, Warm, command, environment, run
from tests.e2e.picture import Picture, outcomes, picture_of
from tests.e2e.piles import make_pile
from xiansuo.services.office import open_office
from xiansuo.services.sealed import orphans
from xiansuo.settings import Settings
from xiansuo.storage.session import open_engine

KILLED = -signal.SIGKILL
# With small batches some hundred letters have as many commits as thousands have otherwise.
SMALL = 40


@dataclass(frozen=True, slots=True)
class Undisturbed:
    """What a run does that nobody disturbs."""

    picture: Picture
    said: Said


@pytest.fixture(scope="module")
def pile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_pile(tmp_path_factory.mktemp("pile") / "letters")


@pytest.fixture(scope="module")
def ingest(warm: Warm, pile: Path) -> Callable[..., Said]:
    """Take the pile in and work it off; the knobs say where the run is killed."""

    def ingest_pile(state: Path, **knobs: Any) -> Said:
        return warm("ingest", pile, "--json", state=state, batch=knobs.pop("batch", SMALL), **knobs)

    return ingest_pile


@pytest.fixture(scope="module")
def undisturbed(ingest: Callable[..., Said], new_state: Callable[[], Path]) -> Undisturbed:
    state = new_state()
    said = ingest(state)
    assert said.status == 0, said.err
    return Undisturbed(picture_of(state), said)


def compare(state: Path, before: Mapping[str, int], said: Said, undisturbed: Undisturbed) -> None:
    """Compare an installation whose runs were killed: nothing lost, nothing doubled, nothing different."""
    assert said.status == 0, said.err
    counts, whole = said.counts, undisturbed.said.counts
    assert counts["in"] == whole["in"]
    for name in ("stored", "sealed", "quarantined"):
        assert before.get(name, 0) + counts[name] == whole[name], name
    assert counts["seen"] == whole["seen"] + sum(before.values())
    picture = picture_of(state)
    assert picture.rows == undisturbed.picture.rows
    assert picture.letters == undisturbed.picture.letters
    assert picture == undisturbed.picture


def test_the_pile_has_letters_of_every_outcome(undisturbed: Undisturbed) -> None:
    assert undisturbed.said.counts["in"] >= 300
    assert min(undisturbed.said.counts.values()) >= 3
    assert any(row["relations"] for row in undisturbed.picture.queue)
    assert undisturbed.picture.rows["clues"] < undisturbed.picture.rows["letters"]


def test_the_size_of_batches_changes_nothing(
    ingest: Callable[..., Said], undisturbed: Undisturbed, state: Path
) -> None:
    compare(state, {}, ingest(state, batch=None), undisturbed)


def moments(number: int) -> list[float]:
    """Return seeded moments as shares of an undisturbed run's processor time."""
    dice = random.Random(20261123)  # noqa: S311 - the same moments every time
    return [dice.uniform(0.1, 0.95) for _ in range(number)]


FEW, MANY = moments(3), moments(23)[3:]


@pytest.mark.parametrize(
    "moment", [*FEW, *(pytest.param(one, marks=pytest.mark.slow) for one in MANY)], ids="{:.3f}".format
)
def test_a_run_killed_at_any_moment_continues_where_it_was(
    ingest: Callable[..., Said], undisturbed: Undisturbed, new_state: Callable[[], Path], moment: float
) -> None:
    state, after = new_state(), moment * undisturbed.said.seconds
    while (killed := ingest(state, after=after)).status == 0:
        # The same work takes more or less time of the processor from run to run: this one was over before its moment.
        state, after = new_state(), 0.8 * after
    assert killed.status == KILLED
    compare(state, outcomes(state), ingest(state), undisturbed)


STAGES = {
    "letters are inserted": ("INSERT INTO letters ", 3),
    "a batch is remembered as seen": ("INSERT INTO seen ", 4),
    "all letters are committed and none analysed": ("INSERT INTO suggestions ", 1),
    "letters are analysed": ("INSERT INTO suggestions ", 4),
    "letters are linked": ("INSERT INTO clue_letters ", 4),
    "clues are ranked": ("UPDATE clues ", 3),
}


@pytest.mark.parametrize("stage", STAGES)
def test_a_run_killed_in_a_stage_continues_there(
    ingest: Callable[..., Said], undisturbed: Undisturbed, state: Path, stage: str
) -> None:
    assert ingest(state, at=STAGES[stage]).status == KILLED
    compare(state, outcomes(state), ingest(state), undisturbed)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(1, 32, 3))
def test_a_run_killed_before_any_commit_continues_there(
    ingest: Callable[..., Said], undisturbed: Undisturbed, state: Path, number: int
) -> None:
    assert ingest(state, at=("COMMIT", number)).status == KILLED
    compare(state, outcomes(state), ingest(state), undisturbed)


@pytest.mark.slow
def test_a_run_killed_again_and_again_arrives(
    ingest: Callable[..., Said], undisturbed: Undisturbed, state: Path
) -> None:
    kills = 0
    while ingest(state, after=0.4 * undisturbed.said.seconds).status == KILLED:
        kills += 1
        assert kills < 40
    assert kills > 2
    assert picture_of(state) == undisturbed.picture


def test_a_kill_between_envelope_and_receipt_leaves_an_envelope_that_only_a_person_removes(
    ingest: Callable[..., Said], undisturbed: Undisturbed, state: Path
) -> None:
    assert ingest(state, at=("INSERT INTO sealed_receipts ", 1)).status == KILLED
    office = open_office(Settings(state_dir=state))
    (left,) = orphans(office)
    compare(state, outcomes(state), ingest(state), undisturbed)
    assert orphans(office) == [left]
    office.engine.dispose()


def committed(state: Path, table: str) -> int:
    engine = open_engine(state)
    with engine.connect() as connection:
        found = int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())  # noqa: S608 - a table of this test
    engine.dispose()
    return found


@pytest.mark.parametrize("table", ["letters", pytest.param("suggestions", marks=pytest.mark.slow)])
def test_the_command_started_anew_and_killed_in_the_middle_continues_where_it_was(
    pile: Path, undisturbed: Undisturbed, state: Path, table: str
) -> None:
    process = subprocess.Popen(
        command("ingest", pile, state=state), env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    while process.poll() is None and committed(state, table) == 0:
        time.sleep(0.005)
    process.kill()
    assert process.wait() == KILLED
    before = outcomes(state)
    assert before["stored"] > 0
    assert committed(state, "clues") < len(undisturbed.picture.queue)
    compare(state, before, run("ingest", pile, "--json", state=state), undisturbed)
