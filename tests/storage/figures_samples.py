"""Clues in every state, drawn by lot, for statistics."""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from tests.storage.samples import new_letter
from xiansuo.domain.category import CATEGORIES
from xiansuo.domain.decision import ClueState, Outcome
from xiansuo.domain.letter import Channel, Signed
from xiansuo.domain.people import Membership, Role, Viewer
from xiansuo.storage.repositories import sources
from xiansuo.storage.session import add_rows
from xiansuo.storage.tables import (
    Accounts,
    ClueBlocks,
    ClueLetters,
    ClueRounds,
    Clues,
    ClueUnits,
    Decisions,
    Dispositions,
    Letters,
    Rounds,
)

TODAY = date(2026, 6, 1)
AT = datetime(2026, 3, 2, 4, tzinfo=UTC)
PARENTS = {
    "青石村村民委员会": "柳河镇人民政府",
    "白杨村村民委员会": "柳河镇人民政府",
    "河湾村村民委员会": "柳河镇人民政府",
    "柳河镇人民政府": "",
    "清水县教育局": "",
}
TYPES = {unit: "村" if "村" in unit else "镇" if "镇" in unit else "局" for unit in PARENTS}
LEAD = Viewer(1, "lead", "组长", Role.LEAD, (Membership(1),), TODAY)
NARROW = Viewer(1, "lead", "组长", Role.LEAD, (Membership(1, ("柳河镇人民政府",)),), TODAY)
HEAD = Viewer(2, "head", "分管领导", Role.HEAD, (), TODAY)
MODELLER = Viewer(3, "modeller", "模型员", Role.MODELLER, (), TODAY)
REVIEWER = Viewer(4, "reviewer", "审核员", Role.REVIEWER, (Membership(1),), TODAY)
Row = dict[str, object]
_DETAILS = {
    "move": "record",
    "why": "",
    "proposed_by": "",
    "clue_version": 1,
    "notified_on": None,
    "name_check": "",
    "notes": {},
}


def fill(session: Session, count: int = 60, *, seed: int = 1, share_decided: float = 0.6) -> None:
    """Add the people, a round, and `count` clues with one to three letters each; every third is of no round."""
    lot = random.Random(seed)  # noqa: S311 - a made-up sample
    _people(session)
    source = sources.get_or_create(session, "信访邮箱", "imap")
    drawn = [_drawn(id_, source, lot, share_decided) for id_ in range(1, count + 1)]
    for table in (Letters, Clues, ClueLetters, ClueRounds, ClueUnits, Dispositions):
        add_rows(session, table, [row for one in drawn for row in one.get(table, ())])
    session.flush()


def block(session: Session, viewer: Viewer, clue: int) -> None:
    """Keep a person from a clue."""
    session.add(ClueBlocks(account_id=viewer.account, clue_id=clue, source="profile", created=AT))
    session.flush()


def read_by(session: Session, clue: int, account: int, mode: str, *labels: str) -> None:
    """Add a reading of a clue."""
    row = Decisions(clue_id=clue, account_id=account, round_id=1, request=f"{clue}-{account}-{mode}", clue_version=1)
    row.act, row.suggestions, row.mode, row.outcome, row.labels = "decide", [], mode, "confirmed", list(labels)
    row.allegations, row.destination, row.note, row.saw, row.shown = [], "", "", True, ""
    row.seconds, row.lots, row.before, row.created = 1.0, {}, {}, AT
    session.add(row)
    session.flush()


def _people(session: Session) -> None:
    for one in (LEAD, HEAD, MODELLER, REVIEWER):
        row = Accounts(id=one.account, login=one.login, name=one.name, role=one.role.value, state="active", password="")
        row.must_change, row.failures, row.locked_until, row.locale = False, 0, None, "zh"
        row.screened, row.created, row.created_by = True, AT, "安装"
        session.add(row)
    session.flush()
    round_ = Rounds(id=1, name="第一轮", starts=date(2026, 3, 1), ends=date(2026, 9, 1), closed=None, created=AT)
    round_.all_units, round_.takes_unplaced, round_.double_share, round_.blind_share = True, True, 0.0, 0.0
    round_.lot_seed, round_.created_by = "", HEAD.account
    session.add(round_)
    session.flush()


def _drawn(id_: int, source: int, lot: random.Random, share: float) -> Mapping[type, Sequence[Row]]:
    letters = range(3 * id_, 3 * id_ + lot.randint(1, 3))
    unit = lot.choice([*PARENTS, ""])
    decided = lot.random() < share
    return {
        Letters: [_letter(letter, source, lot) for letter in letters],
        Clues: [_clue(id_, letters, unit, lot, decided=decided)],
        ClueLetters: [_place(id_, letter, letters[0]) for letter in letters],
        ClueRounds: [{"round_id": 1, "clue_id": id_}] if id_ % 3 else [],
        ClueUnits: list(_units(id_, unit)),
        Dispositions: [_disposition(id_, step, lot) for step in range(lot.randint(0, 2))] if decided else [],
    }


def _letter(id_: int, source: int, lot: random.Random) -> Row:
    made = new_letter(source)
    row: Row = dict.fromkeys(("run_id", "message_key", "hand_over", "registrar_id"))
    row |= {"id": id_, "number": f"L-{id_}", "source_id": source, "kind": made.kind.value, "received": made.received}
    row |= {"channel": lot.choice(list(Channel)).value, "signed": lot.choice(list(Signed)).value, "state": "linked"}
    row |= {"named_unit": "", "named_respondents": [], "parts": [], "ingested_at": AT}
    return row | {"subject": "", "text": made.text}


def _clue(id_: int, letters: range, unit: str, lot: random.Random, *, decided: bool) -> Row:
    labels = [label.value for label in lot.sample(CATEGORIES, lot.choice([0, 1, 1, 1, 2]))]
    outcome = lot.choice(list(Outcome)) if decided else None
    inside = outcome in {Outcome.CONFIRMED, Outcome.CORRECTED}
    final = (labels or [CATEGORIES[0].value]) if inside else []
    states = (
        [ClueState.DECIDED, ClueState.CLOSED] if decided else [ClueState.OPEN, ClueState.POSTPONED, ClueState.MERGED]
    )
    row: Row = {"id": id_, "number": f"XS-2026-{id_:06d}", "main_letter": letters[0], "created": AT, "version": 1}
    row |= {"state": lot.choice(states).value, "letters_count": len(letters), "unit": unit, "labels": labels}
    row |= {"category": labels[0] if labels else None, "scores": {}, "scope": 0.9, "rank": lot.random() * 100}
    row |= {"respondents": ["马德才"], "rank_parts": [], "grade": "", "missing": [], "flags": [], "why": []}
    row |= {"received": TODAY - timedelta(days=lot.randint(0, 150)), "screened": True, "postponed_until": None}
    row |= {"outcome": outcome.value if outcome else None, "final_labels": final if decided else None}
    return row | {"final_category": final[0] if final else None, "first_reader": None}


def _place(clue: int, letter: int, first: int) -> Row:
    relation = "original" if letter == first else "copy"
    return {"clue_id": clue, "letter_id": letter, "relation": relation, "adds": [], "main": True}


def _units(clue: int, unit: str) -> Iterator[Row]:
    depth = 0
    while unit:
        yield {"unit": unit, "clue_id": clue, "depth": depth}
        unit, depth = PARENTS[unit], depth + 1


def _disposition(clue: int, step: int, lot: random.Random) -> Row:
    due = lot.choice([None, TODAY - timedelta(days=10), TODAY + timedelta(days=10)])
    ended = lot.choice([None, TODAY - timedelta(days=20), TODAY - timedelta(days=5)])
    row: Row = {"clue_id": clue, "account_id": LEAD.account, "request": f"{clue}-{step}", "owner": "一室"}
    row |= {
        "kind": lot.choice(["inquiry", "verification", "held", "concluded"]),
        "department": "",
        "reason": "",
        "due": due,
    }
    row |= {"approved_by": "", "approved_on": None, "result": lot.choice(["", "true", "untrue"]), "feedback": ""}
    return row | {"feedback_on": None, "feedback_note": "", "ended_on": ended, "details": _DETAILS, "created": AT}
