"""Runs the command in processes of its own: started anew as a person does it, or forked from one that has loaded everything."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xiansuo
from tests.offline import FOLDER

HOME = Path(xiansuo.__file__).resolve().parent.parent
PROGRAM = Path(sys.executable).with_name("xiansuo")
SAMPLES = HOME / "data" / "samples"
REGISTER = SAMPLES / "register.xlsx"
# Root reads everything; without these two powers it is refused like anybody else.
AS_ANYBODY = ("setpriv", "--bounding-set=-dac_override,-dac_read_search") if os.geteuid() == 0 else ()
_SECONDS = 240


@dataclass(frozen=True, slots=True)
class Said:
    """What a command left behind: its exit status (negative: the signal that killed it) and what it wrote.

    `seconds` of processor time and the largest memory in KB are known of forked commands only.
    """

    status: int
    out: str
    err: str
    seconds: float = 0
    memory: int = 0

    @property
    def all(self) -> str:
        return self.out + self.err

    @property
    def flat(self) -> str:
        """Everything it wrote without blanks and the line breaks of a narrow screen."""
        return "".join(self.all.split())

    @property
    def counts(self) -> dict[str, int]:
        """The counts of `ingest --json`."""
        found: dict[str, int] = json.loads(self.out.splitlines()[-1])
        return found

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def run(*arguments: object, state: Path | None = None, env: Mapping[str, str] | None = None, **options: Any) -> Said:
    """Start `xiansuo` and let it end. One that asks for input would wait for ever and fails by time."""
    with silent_input() as silence:
        done = subprocess.run(
            [*options.pop("before", ()), *command(*arguments, state=state)], env=environment(env), stdin=silence,
            capture_output=True, text=True, timeout=_SECONDS, check=False, cwd=options.pop("cwd", "/"), **options,
        )  # fmt: skip
    return Said(done.returncode, done.stdout, done.stderr)


def command(*arguments: object, state: Path | None = None) -> list[str]:
    """Return the command line of `xiansuo` with these arguments."""
    return [str(PROGRAM), *(["--state", str(state)] if state else []), *map(str, arguments)]


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return this process's environment with a Chinese locale, and without what would point to another installation."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("XIANSUO_", "PREFECT_", "LC_"))}
    fixed = {
        "PYTHONPATH": f"{FOLDER}{os.pathsep}{HOME}",
        "LANG": "zh_CN.UTF-8",
        "PYTHONUTF8": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    return {**kept, **fixed, **(more or {})}


@contextmanager
def silent_input() -> Iterator[int]:
    """Give the reading end of a pipe into which nobody writes."""
    reading, writing = os.pipe()
    try:
        yield reading
    finally:
        os.close(reading)
        os.close(writing)


@dataclass(frozen=True, slots=True)
class Warm:
    """A process that has imported what commands import, and forks one child per command line."""

    process: "subprocess.Popen[str]"

    def __call__(
        self, *arguments: object, state: Path | None = None, env: Mapping[str, str] | None = None, cwd: object = "/",
        **knobs: object,
    ) -> Said:  # fmt: skip
        """Run a command line to its end; see `warm.py` for the knobs."""
        with tempfile.TemporaryDirectory() as folder:
            files = [str(Path(folder) / name) for name in ("out", "err")]
            order = {"argv": command(*arguments, state=state), "env": environment(env), "cwd": str(cwd), "files": files}
            assert self.process.stdin
            assert self.process.stdout
            print(json.dumps(order | knobs), file=self.process.stdin, flush=True)
            answer = json.loads(self.process.stdout.readline())
            out, err = (Path(file).read_text("utf-8") for file in files)
        return Said(answer["status"], out, err, answer["seconds"], answer["memory"])


@contextmanager
def warmed() -> Iterator[Warm]:
    """Keep a loaded process for a while."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.warm"], env=environment(), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    with process:
        yield Warm(process)
        assert process.stdin
        process.stdin.close()
