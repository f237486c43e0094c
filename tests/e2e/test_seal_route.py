"""What is sealed is nowhere: not in the database's pages, the flow engine's store, temporary files, screens, exports or backups."""

import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.e2e.canaries import write
from tests.e2e.command import HOME, Said, Warm, environment, run
from tests.e2e.sealed_samples import COUNT, KEPT, SCANNED, WORDS, sealed_everywhere, sealed_scans
from tests.e2e.search import Places, Seeker, files, office_tables, tables
from tests.servers.state import ON_POSTGRES
from xiansuo.services.office import open_office
from xiansuo.services.seal import unseal
from xiansuo.services.sealed import list_receipts, orphans, sources_of
from xiansuo.settings import Settings
from xiansuo.storage.session import open_engine, reading

KILLED = -9
ALL = COUNT + len(SCANNED)
# In `make test` the same letters go through the flow engine in test_canary.py.
SOAK = pytest.mark.slow
COMMANDS = ("ingest {letters} --json", "queue --json", "quarantine list", "sealed", "backup", "upgrade --remask",
            "vault rotate", "audit export --output {aside}/trail")  # fmt: skip
# Loaded by every interpreter that a command starts: what is removed from the folder of temporary files is kept beside it first.
_KEEPER = """
import os, shutil, sys
from itertools import count
_temporary, _kept = os.environ.get("TMPDIR", "/nowhere"), os.environ.get("KEPT", "")
_numbers = count()

def keep(event, told):
    if event == "os.remove":
        name, folder = told
        where = os.path.join(f"/proc/self/fd/{folder}" if folder != -1 else "", os.fsdecode(name))
        if os.path.realpath(where).startswith(_temporary) and os.path.isfile(where):
            shutil.copyfile(where, f"{_kept}/removed-{os.getpid()}-{next(_numbers)}")
    elif event == "open" and isinstance(told[2], int) and told[2] & os.O_TMPFILE == os.O_TMPFILE:
        # A file without a name can be looked at by nobody; that there was one is noted.
        shutil.copyfile("/dev/null", f"{_kept}/nameless-{os.getpid()}-{next(_numbers)}")

if _kept:
    sys.addaudithook(keep)
"""
_REMOVES = "import tempfile; file = tempfile.NamedTemporaryFile(); file.write(b'glimpse'); file.flush(); file.close()"


@dataclass(frozen=True, slots=True)
class Worked:
    """An installation through which letters to seal went, and all that was written and said."""

    state: Path
    aside: Path
    said: dict[str, Said]

    def everything(self) -> Places:
        """Yield the bytes of every file and row there is, the vault opened, and every screen."""
        yield from files(self.state, self.aside, *(HOME / "models").glob("*/artifacts"))
        yield from office_tables(self.state)
        for database in self.state.glob("prefect/*.db"):
            yield from tables(database)
        yield from (("screen of " + name, one.all.encode()) for name, one in self.said.items())
        yield from opened(self.state)


def opened(state: Path) -> Iterator[tuple[str, bytes]]:
    """Yield what every record of the vault says."""
    office = open_office(Settings(state_dir=state))
    with reading(office.engine) as session:
        for row in session.execute(text("SELECT * FROM vault_records")).all():
            yield f"vault {row.kind} {row.owner_id}", office.vault._clear(row)
    office.engine.dispose()


@pytest.fixture(scope="module")
def worked(new_state: Callable[[], Path], warm: Warm, tmp_path_factory: pytest.TempPathFactory) -> Worked:
    state, aside = new_state(), tmp_path_factory.mktemp("aside")
    for one in ("home", "tmp", "kept", "hook"):
        (aside / one).mkdir()
    (aside / "hook" / "sitecustomize.py").write_text(_KEEPER)
    env = {"HOME": str(aside / "home"), "TMPDIR": str(aside / "tmp"), "KEPT": str(aside / "kept"), "COLUMNS": "400",
           "PYTHONPATH": f"{aside / 'hook'}:{HOME}"}  # fmt: skip
    letters = write(tmp_path_factory.mktemp("letters"), sealed_everywhere() | sealed_scans())
    (state / "xiansuo.toml").write_text(
        f'[[source]]\nname = "收件夹"\ntype = "folder"\npath = "{letters}"\nstill_seconds = 0\n', "utf-8"
    )
    keeper = open_engine(state)
    with keeper.connect() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM letters").all()
        connection.rollback()
        subprocess.run([sys.executable, "-c", _REMOVES], env=environment(env), check=True)
        said = {"run": run("run", state=state, env=env)}
        for command in COMMANDS:
            said[command] = warm(*command.format(letters=letters, aside=aside).split(), state=state, env=env)
        log = b"" if ON_POSTGRES else (state / "xiansuo.db-wal").read_bytes()
        (aside / "write-ahead-log").write_bytes(log)
    keeper.dispose()
    restored = (
        "restore",
        next((state / "backups").glob("*.backup")),
        "--to",
        aside / "restored",
        "--key",
        key_of(state),
    )
    said["restore"] = warm(*restored, state=state, env=env)
    return Worked(state, aside, said)


def key_of(state: Path) -> Path:
    return next(state.glob("backup-private-key-*.pem"))


@SOAK
def test_every_letter_went_where_it_should(worked: Worked) -> None:
    assert {name: one.status for name, one in worked.said.items() if one.status} == {}
    assert f"新收2，已收过0，密封移送{ALL}，待处理0" in worked.said["run"].flat
    assert worked.said["ingest {letters} --json"].counts["stored"] == 0


@SOAK
def test_nothing_of_a_sealed_letter_is_anywhere(worked: Worked) -> None:
    assert Seeker([*WORDS.values(), *SCANNED.values()]).find(worked.everything()) == {}


@SOAK
def test_the_search_would_find_it(worked: Worked) -> None:
    found = Seeker([KEPT, "triage"]).find(worked.everything())
    assert "table letters" in found[KEPT]
    assert any(place.startswith("vault original") for place in found[KEPT])
    assert any(place.startswith(("state/xiansuo.db", "table letters")) for place in found[KEPT])
    assert any("prefect/" in place for place in found["triage"])


@SOAK
def test_temporary_files_were_looked_at_when_they_were_removed(worked: Worked) -> None:
    kept = {file.name.partition("-")[0]: file.read_bytes() for file in (worked.aside / "kept").iterdir()}
    assert b"glimpse" in {file.read_bytes() for file in (worked.aside / "kept").iterdir()}
    assert set(kept) == {"removed"}


@SOAK
def test_every_sealed_letter_is_on_the_list_once_with_its_rule_day_and_source(worked: Worked) -> None:
    office = open_office(Settings(state_dir=worked.state))
    receipts = list_receipts(office)
    assert [one.number[-4:] for one in receipts] == [f"{number:04}" for number in range(1, ALL + 1)]
    assert Counter(one.rule for one in receipts) == {"higher-jurisdiction": 8, "self-related": 1, "sealed-member": 1}
    assert set(sources_of(office, receipts)) == {"收件夹"}
    assert orphans(office) == []
    assert len({one.file for one in receipts}) == ALL
    shown = worked.said["sealed"].out
    assert all(shown.count(one.number) == 1 for one in receipts)
    assert shown.count("收件夹") == ALL
    office.engine.dispose()


@SOAK
def test_what_is_on_the_list_opens_for_the_head_and_says_everything(worked: Worked) -> None:
    key = worked.state / "head-private-key.pem"
    whole = [("letter", unseal(file, head_private=key)) for file in (worked.state / "sealed").iterdir()]
    assert len(whole) == ALL
    # The rest lies compressed in a document or an archive, or names a file.
    plain = {
        WORDS[one]
        for one in ("正文", "署名", "电话", "本办人员", "主题", "发件人", "转发的正文", "登记表内容", "压缩包成员")
    }
    assert plain <= set(Seeker(WORDS.values()).find(whole))


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO sealed_receipts ",
        pytest.param("INSERT INTO seen ", marks=SOAK),
        pytest.param("COMMIT", marks=SOAK),
    ],
)
def test_a_run_killed_while_it_seals_leaves_nothing_in_clear(
    new_state: Callable[[], Path], warm: Warm, tmp_path: Path, statement: str
) -> None:
    state, letters = new_state(), write(tmp_path / "letters", sealed_everywhere())
    (tmp_path / "tmp").mkdir()
    env = {"TMPDIR": str(tmp_path / "tmp")}
    assert warm("ingest", letters, state=state, env=env, at=(statement, 2)).status == KILLED
    assert Seeker(WORDS.values()).find([*files(state, tmp_path / "tmp"), *office_tables(state), *opened(state)]) == {}
    again = warm("ingest", letters, "--json", state=state, env=env)
    office = open_office(Settings(state_dir=state))
    assert len(list_receipts(office)) == COUNT
    office.engine.dispose()
    assert again.counts["in"] == COUNT + 2
    assert Seeker(WORDS.values()).find([*files(state, tmp_path / "tmp"), *office_tables(state), *opened(state)]) == {}
