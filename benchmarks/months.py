"""Spreads what the benchmark's office holds over two months, as if people had worked all the time, and times a month's report of it.

usage: python -m benchmarks.months [--clues 100000] [--state DIR]; with --state an office that was made before is used again.
"""

import argparse
import random
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import yaml
from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from benchmarks.review_office import build
from xiansuo.domain.people import Role, Viewer
from xiansuo.services.elusion import SHARE, lot
from xiansuo.services.office import Office, open_office
from xiansuo.services.period import month_of, period_report
from xiansuo.settings import Settings
from xiansuo.storage.session import CHINA, add_rows, now, reading, table_of, transaction
from xiansuo.storage.tables import (
    Accounts,
    Allegations,
    ClueLetters,
    Clues,
    Decisions,
    Dispositions,
    Letters,
    Rounds,
    Samples,
    Suggestions,
)
from xiansuo.storage.tables.base import Base

_DAYS, _FLOOR, _SLOWEST = 65, 20.0, 14.0
_FOUND_OTHERWISE = 0.2
"""The share of decided clues that people found to be something else than suggested."""
_READ_OF_SAMPLE = 0.8


@dataclass(frozen=True, slots=True)
class _Clue:
    """What is drawn about a clue: its days and what people found."""

    id: int
    opened: datetime
    read: datetime
    state: str
    rank: float
    labels: list[str]
    wrong: bool


def spread(office: Office, *, seed: int = 1) -> None:
    """Let letters have come in, clues been read and handled on days of the last two months, and part of the set-aside ones been drawn."""
    draw = random.Random(seed)  # noqa: S311 - an office that is the same every time
    with transaction(office.engine) as session:
        clues = {one.id: one for one in _clues(session, draw)}
        letters = _letters(session, draw, clues)
        told = _suggestions(session, letters)
        _rules(office, session, draw)
        _decisions(session, draw, clues, told)
        _steps(session, clues)
        _samples(office, session, draw, clues)
        start = min(one.opened for one in clues.values()) - timedelta(days=30)
        session.execute(update(Accounts).values(created=start))
        session.execute(update(Rounds).values(starts=start.date(), created=start))
    with office.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()


def _clues(session: Session, draw: random.Random) -> list[_Clue]:
    columns = Clues.id, Clues.state, Clues.rank, Clues.labels
    rows = session.execute(select(*columns).order_by(Clues.id)).tuples().all()
    found, start, end = [], now() - timedelta(days=_DAYS), now() - timedelta(hours=1)
    for place, (id_, state, rank, labels) in enumerate(rows):
        opened = min(start + _DAYS * place / len(rows) * timedelta(days=1) + timedelta(hours=draw.uniform(-9, 9)), end)
        days = draw.expovariate(1.0) * (1.0 - rank / 120) * _SLOWEST
        read = min(opened + timedelta(days=days, minutes=20), now() - timedelta(minutes=5))
        wrong = bool(labels) and draw.random() < _FOUND_OTHERWISE
        found.append(_Clue(id_, opened, read, state, rank, labels, wrong))
    _change(session, Clues, [{"key": one.id, "created": one.opened, "since": _day(one.opened)} for one in found])
    return found


def _letters(session: Session, draw: random.Random, clues: Mapping[int, _Clue]) -> dict[int, tuple[int, datetime]]:
    """Return, per letter, its clue and when it came; further letters of a clue came before it was read."""
    places = session.execute(select(ClueLetters.letter_id, ClueLetters.clue_id, ClueLetters.relation)).tuples()
    found = {}
    for letter, clue, relation in places:
        one = clues[clue]
        share = 0.0 if relation == "original" else draw.uniform(0, 0.9)
        found[letter] = clue, one.opened - timedelta(minutes=9) + share * (one.read - one.opened)
    _change(session, Letters, [{"key": id_, "ingested_at": at} for id_, (_, at) in found.items()])
    return found


def _suggestions(session: Session, letters: Mapping[int, tuple[int, datetime]]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    rows = []
    for id_, letter in session.execute(select(Suggestions.id, Suggestions.letter_id).order_by(Suggestions.id)).tuples():
        clue, came = letters[letter]
        found.setdefault(clue, []).append(id_)
        rows.append({"key": id_, "created": came + timedelta(minutes=5)})
    _change(session, Suggestions, rows)
    return found


def _rules(office: Office, session: Session, draw: random.Random) -> None:
    """Let the rules of a category's own book speak in its allegations."""
    wanted = select(Allegations.id, Allegations.category)
    names: dict[str, list[str]] = {}
    rows = []
    for id_, category in session.execute(wanted).tuples():
        if category not in names:
            book = yaml.safe_load((office.settings.rules / f"{category}.yaml").read_text("utf-8"))
            names[category] = [one["id"] for one in book["rules"]]
        said = draw.sample(names[category], draw.choice((0, 1, 1, 2)))
        rows.append({"key": id_, "reasons": [[f"rule:{rule}", "", 0, 1, 1.0] for rule in said]})
    _change(session, Allegations, rows)


def _decisions(
    session: Session, draw: random.Random, clues: Mapping[int, _Clue], told: Mapping[int, list[int]]
) -> None:
    rows, changed = [], []
    for id_, clue in session.execute(select(Decisions.id, Decisions.clue_id).order_by(Decisions.id)).tuples():
        one = clues[clue]
        found = {"outcome": "confirmed" if one.labels and not one.wrong else "out_of_scope"}
        labels = one.labels if found["outcome"] == "confirmed" else []
        row = {"key": id_, "created": one.read, "suggestions": told.get(clue, []), **found, "labels": labels}
        rows.append(row | {"lots": [draw.random(), 0.1, draw.random(), 0.1]})
        if one.state in {"decided", "closed"}:
            first = labels[0] if labels else None
            changed.append({"key": clue, **found, "final_labels": labels, "final_category": first})
    _change(session, Decisions, rows)
    _change(session, Clues, changed)


def _steps(session: Session, clues: Mapping[int, _Clue]) -> None:
    rows = []
    for id_, clue, ended in session.execute(
        select(Dispositions.id, Dispositions.clue_id, Dispositions.ended_on)
    ).tuples():
        at = clues[clue].read + timedelta(seconds=30)
        rows.append({"key": id_, "created": at, "ended_on": ended and _day(at)})
    _change(session, Dispositions, rows)


def _samples(office: Office, session: Session, draw: random.Random, clues: Mapping[int, _Clue]) -> None:
    aside = [one for one in clues.values() if one.rank < _FLOOR and one.state in {"open", "decided"}]
    _change(session, Clues, [{"key": one.id, "set_aside": _day(one.opened)} for one in aside])
    lots = [(one, lot(office.keyring, one.id)) for one in aside]
    rows = [
        {"clue_id": one.id, "drawn": _day(one.opened), "lot": drawn, "share": SHARE, "pile": len(aside)}
        | {"rank": one.rank, "created": one.opened}
        for one, drawn in lots
        if drawn < SHARE and (one.state == "decided" or draw.random() > _READ_OF_SAMPLE)
    ]
    add_rows(session, Samples, rows)


def _change(session: Session, table: type[Base], rows: list[dict[str, object]]) -> None:
    if rows:
        names = [name for name in rows[0] if name != "key"]
        change = update(table_of(table)).where(table_of(table).c.id == bindparam("key"))
        session.connection().execute(change.values({name: bindparam(f"new_{name}") for name in names}), [
            {"key": row["key"], **{f"new_{name}": row[name] for name in names}} for row in rows
        ])  # fmt: skip


def _day(at: datetime) -> date:
    return at.astimezone(CHINA).date()


def main() -> None:
    """Make the office where there is none, and time the report of the last whole month."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--clues", type=int, default=100_000)
    parser.add_argument("--state", type=Path)
    wanted = parser.parse_args()
    state = wanted.state or Path(tempfile.mkdtemp()) / "state"
    if not (state / "xiansuo.db").exists():
        build(state, wanted.clues)
        spread(open_office(Settings(state_dir=state)))
    office = open_office(Settings(state_dir=state))
    today = now().astimezone(CHINA).date()
    with reading(office.engine) as session:
        head = session.execute(select(Accounts.id).where(Accounts.login == "head")).scalar_one()
    month = month_of(f"{today.replace(day=1) - timedelta(days=1):%Y-%m}")
    start = time.perf_counter()
    report = period_report(office, Viewer(head, "head", "", Role.HEAD, (), today), month)
    print(f"{month.key}: {time.perf_counter() - start:.1f} s; {report.verdict}")


if __name__ == "__main__":
    main()
