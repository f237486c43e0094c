"""Whatever breaks at whatever stage, a run continues or says what to do, and running again completes with nothing lost or doubled."""

import os
import shutil
import signal
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.command import Said, Warm
from tests.e2e.faults import FAULTS, SAMPLE, STAGES, Outcome, cells
from tests.e2e.picture import Picture, picture_of
from tests.e2e.piles import make_pile
from tests.servers.state import sqlite_only
from xiansuo.services.keys import HEAD_PRIVATE_FILE

pytestmark = sqlite_only
BATCH = 12
Knobs = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """A small disk of its own with an installation that stands at a stage, and what is needed to go on."""

    warm: Warm
    disk: Path
    pile: Path
    stage: str

    @property
    def state(self) -> Path:
        return self.disk / "state"

    @property
    def target(self) -> Path:
        """Where the stage writes."""
        return self.disk / "restored" if self.stage == "restore" else self.state

    def run(self, **knobs: Any) -> Said:
        """Go on from the stage to the end."""
        match STAGES[self.stage].command:
            case "ingest":
                return self.warm("ingest", self.pile, "--json", state=self.state, batch=BATCH, **knobs)
            case "restore":
                key = next(self.state.glob("backup-private-key-*.pem"))
                file = max((self.state / "backups").glob("*.backup"))
                return self.warm("restore", file, "--to", self.target, "--key", key, state=self.state, **knobs)
            case command:
                return self.warm(command, state=self.state, **knobs)

    def remount(self, options: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{options}", self.disk], check=True)


@pytest.fixture(scope="module")
def pile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_pile(tmp_path_factory.mktemp("pile") / "letters", less=4)


@pytest.fixture(scope="module")
def undisturbed(warm: Warm, pile: Path, new_state: Callable[[], Path]) -> tuple[Path, Picture]:
    state = new_state()
    assert warm("ingest", pile, state=state, batch=BATCH).status == 0
    picture = picture_of(state)
    assert warm("backup", state=state).status == 0
    return state, picture


@pytest.fixture
def standing(stood: Callable[[str], Path], warm: Warm, pile: Path, disk: Path) -> Callable[[str], Place]:
    """Put an installation that stands at a stage on the small disk."""

    def stand(stage: str) -> Place:
        shutil.copytree(stood(stage), disk / "state")
        return Place(warm, disk, pile, stage)

    return stand


@pytest.fixture(scope="module")
def stood(
    warm: Warm, pile: Path, new_state: Callable[[], Path], undisturbed: tuple[Path, Picture]
) -> Callable[[str], Path]:
    """Return an installation that stands at a stage, to be copied."""
    made: dict[str, Path] = {}

    def stand(stage: str) -> Path:
        at = STAGES[stage].at
        if at is None:
            return undisturbed[0]
        if stage not in made:
            made[stage] = new_state()
            assert warm("ingest", pile, state=made[stage], batch=BATCH, at=at).status == -signal.SIGKILL
        return made[stage]

    return stand


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "none", place], check=False).returncode:
        pytest.skip("only root can mount a small disk")
    yield place
    subprocess.run(["umount", "--lazy", place], check=True)


@contextmanager
def killed(_place: Place) -> Iterator[Knobs]:
    # A quarter of the way through, whatever the stage does.
    yield {"after": 0.25}


@contextmanager
def stopped(place: Place) -> Iterator[Knobs]:
    """Let the run stop itself before a commit, and somebody continue it."""
    done = threading.Event()

    def go_on() -> None:
        while not done.wait(0.1):
            for child in children(place.warm.process.pid):
                if state_of(child) == "T":
                    os.kill(child, signal.SIGCONT)

    thread = threading.Thread(target=go_on)
    thread.start()
    yield {"at": ("COMMIT", 1), "signal": signal.SIGSTOP}
    done.set()
    thread.join()


@contextmanager
def full(place: Place) -> Iterator[Knobs]:
    used = shutil.disk_usage(place.disk).used
    place.remount(f"size={used + 4096}")
    yield {}
    place.remount("size=256m")


@contextmanager
def read_only(place: Place) -> Iterator[Knobs]:
    place.remount("ro")
    yield {}
    place.remount("rw")


@contextmanager
def locked(place: Place) -> Iterator[Knobs]:
    holder = sqlite3.connect(place.state / "xiansuo.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    yield {"patience": 200}
    holder.close()


@contextmanager
def a_year_back(_place: Place) -> Iterator[Knobs]:
    yield {"days": -365}


@contextmanager
def a_year_ahead(_place: Place) -> Iterator[Knobs]:
    yield {"days": 365}


@contextmanager
def corrupted(place: Place) -> Iterator[Knobs]:
    """Overwrite pages in the middle of the database, and put the good file back."""
    file = place.state / "xiansuo.db"
    good = file.read_bytes()
    pages = range(4096 * 2, len(good), 4096)
    bad = bytearray(good)
    for start in pages:
        bad[start : start + 64] = bytes(byte ^ 0xA5 for byte in bad[start : start + 64])
    file.write_bytes(bad)
    yield {}
    for left in (file.with_name("xiansuo.db-wal"), file.with_name("xiansuo.db-shm")):
        left.unlink(missing_ok=True)
    file.write_bytes(good)


@contextmanager
def no_content(_place: Place) -> Iterator[Knobs]:
    yield {"env": {"XIANSUO_HOME": "/nonexistent"}}


@contextmanager
def no_memory(_place: Place) -> Iterator[Knobs]:
    yield {"memory": 1 << 20}


@contextmanager
def no_temporary_folder(_place: Place) -> Iterator[Knobs]:
    yield {"env": {"TMPDIR": "/nonexistent"}}


HARMS: dict[str, Callable[[Place], Any]] = {
    "kill -9": killed,
    "stopped and continued": stopped,
    "full disk": full,
    "read-only disk": read_only,
    "locked database": locked,
    "clock a year back": a_year_back,
    "clock a year ahead": a_year_ahead,
    "corrupted page": corrupted,
    "content folder missing": no_content,
    "out of memory": no_memory,
    "temporary folder lost": no_temporary_folder,
}


def children(process: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text("ascii").split()]


def state_of(process: int) -> str:
    try:
        return Path(f"/proc/{process}/stat").read_text("ascii").rsplit(")", 1)[1].split()[0]
    except OSError:
        return ""


def fits(found: Outcome, expected: Outcome) -> bool:
    return found is expected or (expected is Outcome.ENDED and found in {Outcome.KILLED, Outcome.TOLD})


def outcome_of(said: Said) -> Outcome:
    if said.status < 0:
        return Outcome.KILLED
    return Outcome.CONTINUED if said.status == 0 else Outcome.TOLD


@pytest.mark.parametrize(
    ("fault", "stage"),
    [pytest.param(*cell, marks=() if cell in SAMPLE else pytest.mark.slow, id="-".join(cell)) for cell in cells()],
)
def test_whatever_breaks_the_run_continues_or_says_what_to_do_and_the_next_completes(
    fault: str, stage: str, standing: Callable[[str], Place], undisturbed: tuple[Path, Picture]
) -> None:
    place = standing(stage)
    with HARMS[fault](place) as knobs:
        said = place.run(**knobs)
    assert "Traceback" not in said.all
    assert fits(outcome_of(said), FAULTS[fault].at(stage)), said.all
    if outcome_of(said) is Outcome.TOLD:
        assert said.status == 1
        assert len(said.err.splitlines()) <= 5, said.err
        assert all(word in said.all for word in FAULTS[fault].words), said.all
    if not (stage == "restore" and outcome_of(said) is Outcome.CONTINUED):
        again = place.run()
        if "不是空目录" in again.all:  # what a killed restoring left is taken away by a person, as the sentence says
            shutil.rmtree(place.target)
            again = place.run()
        assert again.status == 0, again.all
    if stage == "restore":  # the head's key is in no backup
        shutil.copy(place.state / HEAD_PRIVATE_FILE, place.target)
    compare(picture_of(place.target), undisturbed[1], is_timed="clock" in fault)


def compare(found: Picture, whole: Picture, *, is_timed: bool) -> None:
    """Compare what an installation holds; the order and the moments in it follow the clock."""
    assert found.originals == whole.originals
    assert len(found.letters) == len(whole.letters)
    assert len(found.queue) == len(whole.queue)
    assert len(found.quarantine) == len(whole.quarantine)
    assert len(found.sealed) == len(whole.sealed)
    if not is_timed:
        assert (found.queue, found.letters, found.quarantine) == (whole.queue, whole.letters, whole.quarantine)
