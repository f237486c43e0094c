"""A process that has loaded the program. It forks one child per command line, so that commands cost little and can be killed often.

Orders come as lines of JSON on standard input; each is answered by a line of JSON when its child has ended. A child runs
`xiansuo.cli.main` with its own arguments, environment, folder, output files and an input that never says anything. Knobs:
`batch` letters per commit; `after` seconds of processor time the child is killed; or gets a signal `at` the nth
statement of a kind; `file_size` in bytes beyond which no file of its may grow; `memory` in bytes of address space beyond what
the loaded program has; `patience` in milliseconds until a locked database is given up; `days` by which its clock is wrong;
`signal` that it gets `at` the statement in the place of the one that kills.
"""

import gc
import json
import os
import re
import resource
import signal
import sys
import time
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from tests.e2e.command import silent_input
from xiansuo.cli import main as main_of_xiansuo
from xiansuo.domain.register import OrganisationRegister
from xiansuo.services import backup, doctor, ingest, quarantine, queue, restore, sealed, triage, upgrade
from xiansuo.services.analysis import load_analyser
from xiansuo.settings import Settings
from xiansuo.storage import session

LOADED = (backup, doctor, ingest, quarantine, queue, restore, sealed, triage, upgrade)
Order = dict[str, Any]


def main() -> None:
    # Fills what the program keeps per process: word lists, compiled expressions.
    load_analyser(Settings(), OrganisationRegister(), tell=lambda _sentence: None)
    gc.freeze()
    with silent_input() as silence:
        for line in sys.stdin:
            sys.stdout.write(json.dumps(_serve(json.loads(line), silence)) + "\n")
            sys.stdout.flush()


def _serve(order: Order, silence: int) -> Order:
    child = os.fork()
    if child == 0:
        _run(order, silence)
    if after := order.get("after"):
        _kill_after(child, after)
    _, status, usage = os.wait4(child, 0)
    return {
        "status": os.waitstatus_to_exitcode(status),
        "seconds": usage.ru_utime + usage.ru_stime,
        "memory": usage.ru_maxrss,
    }


def _run(order: Order, silence: int) -> None:
    """Be the command line of an order, and end as the interpreter ends."""
    # Whoever started the tests in the background had them ignore it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.environ.clear()
    os.environ.update(order["env"])
    os.chdir(order["cwd"])
    os.dup2(silence, 0)
    for target, file in enumerate(order["files"], 1):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600), target)
    sys.argv = order["argv"]
    if batch := order.get("batch"):
        for module in (ingest, triage):
            vars(module)["BATCH"] = batch
    if size := order.get("file_size"):
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    if room := order.get("memory"):
        _leave_memory(room)
    if patience := order.get("patience"):
        vars(session)["_PRAGMAS"] = (*vars(session)["_PRAGMAS"], f"busy_timeout={patience}")
    if days := order.get("days"):
        _set_clock(timedelta(days=days))
    if at := order.get("at"):
        statement, number, *how = at
        _die_at(statement, number, *(how or [order.get("signal", signal.SIGKILL)]))
    main_of_xiansuo()
    sys.exit()


def _leave_memory(room: int) -> None:
    """Leave this process so much more address space than it has, and no arenas to hide in."""
    used = int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + room, used + room))


def _set_clock(wrong: timedelta) -> None:
    """Let everything that asks the program's clock hear a wrong time."""

    class Shifted(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Shifted":
            moment = datetime.now(tz) + wrong
            return cls.fromtimestamp(moment.timestamp(), tz)

    vars(session)["datetime"] = Shifted


def _kill_after(child: int, seconds: float) -> None:
    """Kill the child once it has used so much time of the processor: its place then does not depend on other processes."""
    used = Path(f"/proc/{child}/schedstat")
    while int((used.read_text("ascii") or "0").split()[0]) < seconds * 1e9 and not _ended(child):
        time.sleep(0.0005)
    os.kill(child, signal.SIGKILL)


def _ended(child: int) -> bool:
    return Path(f"/proc/{child}/stat").read_text("ascii").rsplit(")", 1)[1].split()[0] == "Z"


def _die_at(statement: str, number: int, how: int = signal.SIGKILL) -> None:
    """Send this process a signal before the database hears the `number`th statement of this kind."""
    left = number

    def count(_connection: object, _cursor: object, text: str, *_rest: object) -> None:
        nonlocal left
        left -= bool(re.match(statement, text))
        if left == 0:
            os.kill(os.getpid(), how)

    event.listen(Engine, "before_cursor_execute", count)
    event.listen(Engine, "commit", lambda connection: count(connection, None, "COMMIT"))


if __name__ == "__main__":
    main()
