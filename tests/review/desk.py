"""An office with the sample letters analysed, one account per role and a round over all units, for tests and screenshots of the pages."""

import fcntl
import hashlib
import os
import shutil
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from argon2 import PasswordHasher
from fastapi import FastAPI
from sqlalchemy import select, update
from starlette.testclient import TestClient

from tests.servers.state import ON_POSTGRES, copied_state, empty_state
from xiansuo.domain.people import Role
from xiansuo.intake.orgs import read_register
from xiansuo.review.app import create_app
from xiansuo.services.office import Office, import_register, initialise, open_office
from xiansuo.services.screening import screen_waiting
from xiansuo.services.sessions import open_session
from xiansuo.services.triage import Bench, ingest_paths, work_off
from xiansuo.settings import Settings
from xiansuo.storage.session import CHINA, now, transaction
from xiansuo.storage.tables import Accounts, Clues, RoundMembers, Rounds

PASSWORD = "qinglian-2026-mima"
SAMPLES = Path(__file__).resolve().parents[2] / "data" / "samples"
NAMES = {
    Role.REGISTRAR: "演示登记员",
    Role.REVIEWER: "演示审核员甲",
    Role.LEAD: "演示组长",
    Role.HEAD: "演示分管领导",
    Role.TRANSFER: "演示移交员",
    Role.MODELLER: "演示模型员",
    Role.OPERATOR: "演示管理员",
    Role.AUDITOR: "演示审计员",
}
SECOND_REVIEWER = "reviewer2"


@dataclass(slots=True)
class Desk:
    """An opened office with its application; `accounts` are the ids by login (the role's name, and `reviewer2`)."""

    office: Office
    accounts: dict[str, int]
    app: FastAPI = field(repr=False)

    def client(self, who: Role | str) -> TestClient:
        """Return a browser in which `who` is logged in. Its `csrf` header is set, as the pages' forms would."""
        cookie = open_session(self.office, self.accounts[str(who)])
        client = self.stranger()
        client.cookies.set("xiansuo", cookie)
        client.headers["X-CSRF-Token"] = token_of(self.office, cookie)
        return client

    def stranger(self) -> TestClient:
        """Return a browser in which nobody is logged in."""
        # As every browser says it of a program's own forms.
        headers = {"Sec-Fetch-Site": "same-origin"}
        return TestClient(self.app, base_url="http://testserver", follow_redirects=False, headers=headers)


def token_of(office: Office, cookie: str) -> str:
    """Return what the forms of a logged-in browser bring back."""
    from xiansuo.services.sessions import logged_in  # noqa: PLC0415

    found = logged_in(office, cookie)
    assert found is not None
    return found.token


def make_template(state: Path) -> Path:
    """Make the installation once, as the commands would."""
    if (state / "ready").exists():
        return state
    shutil.rmtree(state, ignore_errors=True)
    settings = Settings(state_dir=empty_state(state))
    initialise(settings)
    office = open_office(settings)
    import_register(office, read_register(SAMPLES / "register.xlsx"))
    office.engine.dispose()
    bench = Bench.prepare(settings)
    ingest_paths(bench, [SAMPLES / "inbox"])
    work_off(bench)
    add_people(bench.office)
    bench.office.engine.dispose()
    (state / "ready").touch()
    return state


def shared_template(base: Path) -> Path:
    """Return the installation that all test processes copy; one makes it and the others wait.

    Without several processes `base` outlives the tests, so the name tells which checkout with which tables made it.
    """
    root = Path(__file__).resolve().parents[2]
    versions = sorted((root / "xiansuo" / "storage" / "migrations" / "versions").glob("*.py"))
    # A server lasts as long as the test process.
    database = f"postgresql {os.getpid()}" if ON_POSTGRES else ""
    parts = [f"{root}{database}".encode(), Path(__file__).read_bytes(), *(file.read_bytes() for file in versions)]
    name = f"desk-{hashlib.sha256(b''.join(parts)).hexdigest()[:12]}"
    with (base / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return make_template(base / name)


def open_desk(template: Path, state: Path) -> Desk:
    """Open a copy of the installation."""
    copied_state(template, state)
    office = open_office(Settings(state_dir=state))
    with transaction(office.engine) as session:
        accounts = dict(session.execute(select(Accounts.login, Accounts.id)).tuples().all())
    return Desk(office, accounts, create_app(office))


def add_people(office: Office) -> None:
    """Add one account per role, a second reviewer, and a round over all units with the reviewers and the lead in it."""
    hashed, at, today = PasswordHasher(time_cost=1).hash(PASSWORD), now(), now().astimezone(CHINA).date()
    people = [(role.value, role, name) for role, name in NAMES.items()]
    people.append((SECOND_REVIEWER, Role.REVIEWER, "演示审核员乙"))
    with transaction(office.engine) as session:
        for login, role, name in people:
            session.add(_account(login, role, name, hashed))
        session.flush()
        ids = dict(session.execute(select(Accounts.login, Accounts.id)).tuples().all())
        round_ = _round(today, ids["head"])
        session.add(round_)
        session.flush()
        for login in ("reviewer", SECOND_REVIEWER, "lead"):
            session.add(
                RoundMembers(round_id=round_.id, account_id=ids[login], units=[], added=at, added_by=ids["head"])
            )
        session.execute(update(Clues).values(screened=False))
    screen_waiting(office)


def _account(login: str, role: Role, name: str, hashed: str) -> Accounts:
    row = Accounts(login=login, name=name, role=role.value, state="active", password=hashed, must_change=False)
    row.failures, row.locked_until, row.locale, row.screened = 0, None, "zh", False
    row.created, row.created_by = now(), "安装"
    return row


def _round(today: date, head: int) -> Rounds:
    row = Rounds(
        name="2026年第四轮巡察", starts=today - timedelta(days=20), ends=today + timedelta(days=40), closed=None
    )
    row.all_units, row.takes_unplaced, row.double_share, row.blind_share = True, True, 0.0, 0.0
    row.lot_seed, row.created, row.created_by = "", now(), head
    return row
