"""Everything that the program can be told to do, done with letters of fictional petitioners: commands, flows, pages, failures."""

import io
import logging
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import typer
from sqlalchemy import select

from tests.e2e import canaries, carriers, disguises
from tests.e2e.canaries import Files, write
from tests.e2e.command import HOME, REGISTER, Said, Warm, environment
from tests.e2e.garden import Garden
from tests.e2e.search import Places, files, office_tables, tables
from tests.review.desk import PASSWORD, Desk, add_people
from tests.review.routes import doors
from tests.servers.state import execute
from tests.small_home import make_home
from xiansuo.cli import app
from xiansuo.domain.people import MATRIX, Role
from xiansuo.review.app import create_app
from xiansuo.services.keys import HEAD_PRIVATE_FILE
from xiansuo.services.office import Office, open_office
from xiansuo.settings import Settings
from xiansuo.storage.session import reading
from xiansuo.storage.tables import Accounts, ClueLetters, Clues, Letters

NOT_RUN = {
    "schedule": "waits for ever; every flow that it starts is run on its own",
    "serve": "waits for ever; every page is asked for on its own",
}
_SECRET = "correct-horse-battery-staple"


def leaves() -> list[str]:
    """Return every command there is, as it is typed."""

    def walk(command: object, path: str) -> Iterator[str]:
        below = getattr(command, "commands", {})
        yield from (one for name, inner in below.items() for one in walk(inner, f"{path} {name}"))
        if not below:
            yield path.strip()

    return list(walk(typer.main.get_command(app), ""))


def first_letters(g: Garden) -> Files:
    """Return the files that are given to `ingest`."""
    plain = canaries.plain_letters(g) | canaries.mails(g) | canaries.running_text(g) | canaries.to_seal(g)
    return plain | disguises.disguised_numbers(g) | disguises.disguised_names(g) | disguises.clauses(g)


def second_letters(g: Garden) -> Files:
    """Return the files that lie in a folder which is a source."""
    found = canaries.documents(g) | canaries.interviews(g)
    for plant in carriers.ALL:
        found |= plant(g)
    return found


@dataclass(slots=True)
class Tour:
    """An installation on which everything is done, and what it said; `aside` holds homes, temporary files and what was written for people."""

    state: Path
    aside: Path
    warm: Warm
    garden: Garden
    said: dict[str, Said] = field(default_factory=dict)
    pages: dict[str, bytes] = field(default_factory=dict)
    logs: dict[str, bytes] = field(default_factory=dict)
    visited: set[str] = field(default_factory=set)
    flows: str = ""

    @property
    def env(self) -> Mapping[str, str]:
        """The environment of its commands."""
        return {"HOME": str(self.aside / "home"), "TMPDIR": str(self.aside / "tmp"), "COLUMNS": "400",
                "PYTHONFAULTHANDLER": "1"}  # fmt: skip

    def outside(self) -> dict[str, Places]:
        """Return everything outside the vault by surface."""
        return {
            "files of the installation": files(self.state),
            "temporary files, home, exports, reports, restored backup": files(self.aside),
            "shipped models": [
                found
                for found in files(*(HOME / "models").glob("*/artifacts"), HOME / "evaluation" / "reports")
                # What is planted stands there as an example of its shape.
                if not found[0].startswith("reports/canaries.")
            ],
            "tables": office_tables(self.state, leave_out="vault_"),
            "tables of the restored backup": tables(self.aside / "restored" / "xiansuo.db", leave_out="vault_"),
            "tables of the flow engine": [pair for one in self.state.glob("prefect/*.db") for pair in tables(one)],
            "screens of commands": [(name, one.all.encode()) for name, one in self.said.items()],
            "pages": self.pages.items(),
            "logs at level DEBUG": self.logs.items(),
        }

    def command(self, leaf: str, *arguments: object, env: Mapping[str, str] | None = None, **knobs: object) -> Said:
        """Run a command and keep what it said."""
        said = self.warm(*leaf.split(), *arguments, state=self.state, env={**self.env, **(env or {})},
                         cwd=self.aside / "work", **knobs)  # fmt: skip
        self.said[f"{leaf} {len(self.said)}"] = said
        return said


def take_everything(tour: Tour, folder: Path) -> None:
    """Do everything in an order in which it has something to work on."""
    for name in ("home", "tmp", "out", "work"):
        (tour.aside / name).mkdir()
    first, second = (
        write(folder / "first", first_letters(tour.garden)),
        write(folder / "second", second_letters(tour.garden)),
    )
    (tour.state / "xiansuo.toml").write_text(
        f'[[source]]\nname = "文件夹"\ntype = "folder"\npath = "{second}"\n', "utf-8"
    )
    tour.command("ingest", first, "--json")
    tour.command("run")
    office = open_office(Settings(state_dir=tour.state))
    add_people(office)
    office.engine.dispose()
    _commands(tour, folder)
    _flows(tour)
    _pages(tour)
    _failures(tour, folder)


def _secret_file(path: Path, secret: str) -> Path:
    path.write_text(f"{secret}\n", "utf-8")
    path.chmod(0o600)
    return path


def _commands(tour: Tour, folder: Path) -> None:
    out, g = tour.aside / "out", tour.garden
    # `classify`, `link` and `sealed open` give letters back to the caller alone; that output is not searched.
    given, kept = folder / "given", folder / "kept"
    for one in (given, kept):
        one.mkdir()
    secret, head = _secret_file(given / "1", _SECRET), _secret_file(given / "2", PASSWORD)
    small = {"XIANSUO_HOME": str(make_home(folder / "small"))}
    gold = given / f"{g.name('命令行：标注文件名')}.jsonl"
    gold.write_bytes((folder / "small/data/corpus/natural.jsonl").read_bytes())
    records = given / f"{g.name('命令行：记录文件名')}.jsonl"
    told = f"{g.deed()}举报人：{g.name('命令行：记录里的')}，电话{g.phone('命令行：记录里的手机')}"
    records.write_text(f'{{"id": "1", "text": "{told}"}}\n{{"id": 2, "text": "{told}"\n', "utf-8")
    sealed = min((tour.state / "sealed").iterdir())
    steps: list[tuple[object, ...]] = [
        ("init",), ("doctor",), ("org import", REGISTER), ("org template", out / "register.xlsx"),
        ("ingest", folder / f"{g.name('命令行：不存在的文件')}.txt"), ("ingest", folder / "first", folder / "second"),
        ("queue", "--as", "reviewer"), ("queue", "--json", "--as", "lead"), ("quarantine list",),
        *(("quarantine show", number) for number in range(1, 6)), ("quarantine retry",), ("upgrade", "--remask"), ("sealed",),
        ("sealed open", sealed, "--key", tour.state / HEAD_PRIVATE_FILE, "--output", kept / "sealed"),
        ("accounts list",), ("accounts add", "li.xin", "--name", "李新", "--role", "reviewer", "--password-file", secret),
        ("accounts confirm", "li.xin", "--as", "head", "--password-file", head),
        ("accounts reset", "li.xin", "--password-file", secret), ("accounts close", "li.xin"),
        ("rules lint",), ("rules test",), ("rules preview", "--rules", HOME / "rules"), ("rules propose", "--as", "modeller"), ("sample",), ("sources retry", "文件夹"),
        ("model list",), ("model check",), ("model show", "shipped"), ("model promote", "shipped", "--reason", "x", "--as", "modeller"),
        ("model rollback", "--reason", "x", "--as", "modeller"), ("train", "--from-decisions", "--as", "modeller"),
        ("classify", "--input", records, "--output", kept / "1"), ("link", "--input", records, "--output", kept / "2"),
        ("export ledger", "--output", out / "ledger.xlsx", "--as", "lead"),
        ("report", "--as", "lead", "--round", "2026年第四轮巡察", "--output", out / "report"),
        ("report", "--as", "lead", "--round", "2026年第四轮巡察", "--json"),
        ("audit verify",), ("audit anchor", "--output", out / "anchor"), ("audit export", "--output", out / "trail.jsonl"),
        ("vault check",), ("vault paper", out / "paper.html"), ("vault retype", out / "none"), ("sealed new-key",), ("vault rotate",),
        ("retention plan",), ("retention plan", "--json", "--as", "lead"), ("retention propose", "--reason", "x", "--as", "lead"),
        ("retention hold", "1", "--reason", "x", "--as", "lead"), ("retention holds", "--as", "lead"),
        ("retention release", "1", "--reason", "x", "--as", "lead"), ("retention carry-out", "1", "--as", "head"),
        ("retention withdraw", "1", "--reason", "x", "--as", "lead"), ("retention certificate", "1", "--as", "lead"),
        ("backup", "--new-key", "--passphrase-file", secret), ("backup",),
    ]  # fmt: skip
    for leaf, *arguments in steps:
        tour.command(str(leaf), *arguments)
    for leaf, *arguments in (
        ("train",), ("rules stats", "--gold", gold), ("bench", "--letters", "50"),
        ("evaluate", "--quick", "--rounds", "2", "--gold", gold, "--output", out / "measured"),
        ("simulate", "--gold", gold, "--method", "cold", "--output", out / "replayed"),
    ):  # fmt: skip
        tour.command(str(leaf), *arguments, env=small)
    newest = max((tour.state / "backups").glob("*"), key=lambda one: one.stat().st_mtime)
    tour.command("restore", newest, "--to", tour.aside / "restored", "--passphrase-file", secret)


def _flows(tour: Tour) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.e2e.all_flows", str(tour.state)], env=environment(tour.env), cwd=HOME,
        capture_output=True, timeout=500, check=False,
    )  # fmt: skip
    tour.flows = done.stdout.decode()
    tour.logs |= {"flows": done.stdout + done.stderr}


@contextmanager
def _all_logged() -> Iterator[io.StringIO]:
    """Give all that can be logged. SQLAlchemy has a level of its own, and asks for it when an engine is made."""
    said, root, of_database = io.StringIO(), logging.getLogger(), logging.getLogger("sqlalchemy")
    heard, before = logging.StreamHandler(said), (root.level, of_database.level)
    # The browser's own log is not the program's: it names what the browser asked for.
    heard.addFilter(lambda record: not record.name.startswith(("httpx", "httpcore")))
    heard.setFormatter(logging.Formatter("%(name)s %(message)s"))
    root.addHandler(heard)
    for logger in (root, of_database):
        logger.setLevel(logging.DEBUG)
    try:
        yield said
    finally:
        root.removeHandler(heard)
        for logger, level in zip((root, of_database), before, strict=True):
            logger.setLevel(level)


def _pages(tour: Tour) -> None:
    """Ask for every page as everybody, with all that can be logged switched on."""
    with _all_logged() as said:
        office = open_office(Settings(state_dir=tour.state))
        with reading(office.engine) as session:
            accounts = dict(session.execute(select(Accounts.login, Accounts.id)).tuples().all())
        desk = Desk(office, accounts, create_app(office))
        for role in Role:
            _visit(tour, desk, role)
        office.engine.dispose()
    tour.logs["review app"] = said.getvalue().encode()


def _visit(tour: Tour, desk: Desk, role: Role) -> None:
    client = desk.client(role)
    with reading(desk.office.engine) as session:
        wanted = select(Clues.number, Letters.number).join(ClueLetters, ClueLetters.clue_id == Clues.id)
        pairs = session.execute(wanted.join(Letters, Letters.id == ClueLetters.letter_id)).tuples().all()
    for door in doors(desk.app):
        if door.method != "GET" or door.power not in {None, *MATRIX[role]}:
            continue
        tour.visited.add(door.path)
        for clue, letter in pairs if "{" in door.path else pairs[:1]:
            place = door.filled({"number": clue, "letter": letter, "letter_number": letter})
            if f"{role} {place}" not in tour.pages:
                tour.pages[f"{role} {place}"] = client.get(place).content
    # What is typed is shown to who typed it, and to nobody else.
    typed = tour.garden.name(f"页面上：{role}搜索的姓名")
    client.get("/search", params={"q": typed})
    client.get("/queue", params={"respondent": typed, "words": typed})
    client.post("/queue/views", data={"name": "找人", "query": f"words={typed}"})
    client.get(f"/clues/{tour.garden.name(f'页面上：{role}地址里的姓名')}")
    client.post("/login", data={"login": tour.garden.name(f"页面上：{role}登录名"), "password": "x"})
    client.post("/nowhere", data={"x": tour.garden.phone(f"页面上：{role}表单里的手机")})


def _failures(tour: Tour, folder: Path) -> None:
    """Let the database refuse a letter, and let processes die in the middle of one."""
    g = tour.garden
    for at, (what, how) in enumerate({"拒绝": 0, "中止": 6, "段错误": 11}.items()):
        letter = write(folder / f"failing{at}", {
            f"{g.name(f'坏：{what}的文件名')}.txt": f"{g.deed()}举报人：{g.name(f'坏：{what}')}，{g.phone(f'坏：{what}的手机')}".encode()})  # fmt: skip
        if how:
            tour.command("ingest", letter, at=["INSERT INTO letters", 1, how])
        else:
            execute(tour.state, "CREATE TRIGGER refuse BEFORE INSERT ON letters BEGIN SELECT RAISE(ABORT, 'no'); END")
            tour.command("ingest", letter)
            execute(tour.state, "DROP TRIGGER refuse")


def opened(tour: Tour) -> Office:
    """Open the installation."""
    return open_office(Settings(state_dir=tour.state))
