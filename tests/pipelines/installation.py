"""An installation whose sources are a folder and a mailbox, and its commands run as an operator runs them."""

import base64
import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

from sqlalchemy import text

from pipelines.server import free_port
from tests.offline import FOLDER
from tests.servers.dovecot import Dovecot
from tests.servers.state import empty_state
from tests.services.samples import BANQUET, BENEFITS, REGISTER, mail, write
from xiansuo.intake.schedule import JOBS
from xiansuo.services.office import import_register, initialise, open_office
from xiansuo.settings import Settings
from xiansuo.storage.session import open_engine

WRITER = "chen.canary@example.com"
PHONE = "13907318824"
CANARIES = (WRITER, PHONE, "后山石灰窑旁的水井", "马德才", "孙广田")
_REPOSITORY = Path(__file__).resolve().parents[2]
_MAIN = "from xiansuo.cli import main; main()"
_OFF = "".join(f'{job} = "off"\n' for job in JOBS if job != "sample")
_SCHEDULE = f'[schedule]\nsample = "* * * * *"\n{_OFF}\n'
_FOLDER = '[[source]]\nname = "扫描件"\ntype = "folder"\npath = "{path}"\ncron = "0 3 1 1 *"\n'
_MAILBOX = """
[[source]]
name = "{name}"
type = "imap"
host = "{host}"
port = {port}
tls = "none"
user = "{user}"
password_file = "{password_file}"
cron = "* * * * *"
"""


@dataclass(frozen=True)
class Installation:
    """A state directory with sources, and the content folders it works with."""

    state_dir: Path
    home: Path

    def command(self, *arguments: str, code: str = _MAIN) -> "subprocess.Popen[str]":
        """Start a command of the program."""
        places = {"XIANSUO_HOME": str(self.home), "PYTHONPATH": f"{FOLDER}{os.pathsep}{_REPOSITORY}", "LANG": "C.UTF-8"}
        return subprocess.Popen(
            [sys.executable, "-W", "default", "-c", code, "--state", str(self.state_dir), *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, **places}, cwd=self.state_dir.parent,
        )  # fmt: skip

    def run(self, *, code: str = _MAIN) -> "subprocess.CompletedProcess[str]":
        """Run the whole triage once and wait for its end."""
        process = self.command("run", code=code)
        out, err = process.communicate(timeout=200)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    @contextlib.contextmanager
    def schedule(self, *, code: str = _MAIN) -> Iterator["Serving"]:
        """Serve the schedules while the block lasts."""
        port = free_port()
        process = self.command("schedule", "--port", str(port), code=code)
        try:
            yield Serving(process, f"http://127.0.0.1:{port}")
        finally:
            process.kill()
            process.communicate()

    @contextlib.contextmanager
    def other_sources(self) -> Iterator[None]:
        """Put the list of sources back at the end of the block."""
        sources = self.state_dir / "xiansuo.toml"
        before = sources.read_bytes()
        yield
        sources.write_bytes(before)

    def login(self) -> str:
        """Return the name and password of Prefect's server."""
        return (self.state_dir / "prefect" / "password").read_text().strip()

    def ask(self, query: str) -> list[tuple[object, ...]]:
        """Ask the program's own database."""
        engine = open_engine(self.state_dir)
        with engine.connect() as connection:
            found = [tuple(row) for row in connection.execute(text(query))]
        engine.dispose()
        return found

    def ask_prefect(self, query: str) -> list[tuple[object, ...]]:
        """Ask Prefect's database."""
        return _ask(self.state_dir / "prefect" / "prefect.db", query)

    def change_prefect(self, statement: str) -> None:
        """Change Prefect's database."""
        with contextlib.closing(sqlite3.connect(self.state_dir / "prefect" / "prefect.db", timeout=30)) as connection:
            connection.execute(statement)
            connection.commit()

    def count(self, table: str) -> object:
        """Count the rows of a table of the program's own database."""
        return self.ask(f"SELECT count(*) FROM {table}")[0][0]  # noqa: S608 - a table's name

    def ranked(self) -> int:
        """Count the letters that have reached the queue."""
        return int(str(self.ask("SELECT count(*) FROM letters WHERE state = 'ranked'")[0][0]))

    def runs_done(self, flow: str = "fetch") -> int:
        """Count the scheduled runs of a flow that have come to their end."""
        ended = "SELECT 1 FROM flow_run JOIN flow ON flow.id = flow_id AND flow.name = '{}' WHERE auto_scheduled AND state_name = 'Completed'"
        return len(self.ask_prefect(ended.format(flow)))


@dataclass(frozen=True)
class Serving:
    """A schedule that runs."""

    process: "subprocess.Popen[str]"
    url: str

    def answers(self, login: str) -> int:
        """Return the HTTP status that the server gives to somebody with this name and password."""
        token = base64.b64encode(login.encode()).decode()
        request = urllib.request.Request(f"{self.url}/api/admin/version", headers={"Authorization": f"Basic {token}"})  # noqa: S310 - loopback
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - loopback
                return int(answer.status)
        except urllib.error.HTTPError as refusal:
            return refusal.code

    def page_headers(self) -> Message:
        """Return the headers of the pages, as they go to a page of somebody else."""
        request = urllib.request.Request(self.url, headers={"Origin": "http://elsewhere.example"})  # noqa: S310 - loopback
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - loopback
            headers: Message = answer.headers
            return headers


def install(state_dir: Path, home: Path, mailbox: Dovecot) -> Installation:
    """Make an installation over a folder of three files and `mailbox`."""
    settings = Settings(state_dir=empty_state(state_dir), home=home)
    initialise(settings)
    office = open_office(settings)
    import_register(office, REGISTER)
    office.engine.dispose()
    folder = write(state_dir.parent / "来件", {"1.txt": BENEFITS, "2.txt": BANQUET, "3.txt": b""})
    (state_dir / "xiansuo.toml").write_text(_SCHEDULE + _FOLDER.format(path=folder), "utf-8")
    add_mailbox(state_dir, mailbox, name="信访邮箱", password=mailbox.password)
    return Installation(state_dir, home)


def add_mailbox(state_dir: Path, mailbox: Dovecot, *, name: str, password: str) -> None:
    """Add a mailbox to the sources."""
    secret = state_dir / f"{name}.password"
    secret.touch(mode=0o600)
    secret.write_text(password, "utf-8")
    entry = _MAILBOX.format(
        name=name, host=mailbox.host, port=mailbox.port, user=mailbox.user, password_file=secret.name
    )
    with (state_dir / "xiansuo.toml").open("a", encoding="utf-8") as sources:
        sources.write(entry)


def mails(numbers: range) -> list[bytes]:
    """Write mails whose writer, phone number and story must stay out of Prefect's files."""
    story = f"{BENEFITS}账本藏在{CANARIES[2]}里，第{{}}页。我的电话是{PHONE}。"
    return [mail(story.format(n), sender=WRITER, message_id=f"<{n}@example.com>") for n in numbers]


def end(process: "subprocess.Popen[str]", number: signal.Signals) -> tuple[int, str, str]:
    """Send a signal and return the status and what was said."""
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def _ask(file: Path, query: str) -> list[tuple[object, ...]]:
    if not file.exists():
        return []
    with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=30)) as connection:
        try:
            return connection.execute(query).fetchall()
        except sqlite3.OperationalError as error:
            if "no such table" not in str(error):
                raise
            return []
