"""An office whose people have worked for two months and more, drawn by lot as rows: letters, clues, acts, handling, samples, moves, models."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from xiansuo.domain.category import CATEGORIES
from xiansuo.domain.decision import READ, ClueState, Finding, Judgement, Mode, Outcome, settle
from xiansuo.domain.letter import Channel, Kind, Signed
from xiansuo.domain.people import Membership, Role, Viewer
from xiansuo.domain.register import Level, OrganisationRegister, Unit
from xiansuo.domain.suggestion import Relation
from xiansuo.domain.times import CHINA
from xiansuo.storage.repositories import sources
from xiansuo.storage.session import add_rows
from xiansuo.storage.tables import (
    Accounts,
    Allegations,
    ClueBlocks,
    ClueLetters,
    ClueRounds,
    Clues,
    ClueUnits,
    Decisions,
    Dispositions,
    HandOverClues,
    HandOvers,
    Letters,
    LinkChanges,
    Orders,
    Promotions,
    Rounds,
    Samples,
    SampleShares,
    SiteModels,
    Stops,
    Suggestions,
)

TODAY = date(2026, 12, 3)
FIRST = datetime(2026, 9, 25, tzinfo=CHINA)
_END = datetime(2026, 12, 4, tzinfo=CHINA)
_DAYS = 70
PARENTS = {
    "青石村村民委员会": "柳河镇人民政府",
    "白杨村村民委员会": "柳河镇人民政府",
    "河湾村村民委员会": "云岭镇人民政府",
    "柳河镇人民政府": "清水县人民政府",
    "云岭镇人民政府": "清水县人民政府",
    "清水县教育局": "清水县人民政府",
    "清水县人民政府": "",
}
_LEVELS = {"村": Level.VILLAGE, "镇": Level.TOWNSHIP, "县": Level.COUNTY}
TYPES = {unit: "村" if "村" in unit else "镇" if "镇" in unit else "部门" for unit in PARENTS}
REGISTER = OrganisationRegister(
    "清水县委巡察办",
    units=tuple(
        Unit(name, parent, TYPES[name], next(level for word, level in _LEVELS.items() if word in name))
        for name, parent in PARENTS.items()
    ),
)
LEAD = Viewer(1, "lead", "组长", Role.LEAD, (Membership(1), Membership(2)), TODAY)
NARROW = Viewer(1, "lead", "组长", Role.LEAD, (Membership(2, ("柳河镇人民政府",)),), TODAY)
HEAD = Viewer(2, "head", "分管领导", Role.HEAD, (), TODAY)
MODELLER = Viewer(3, "modeller", "模型员", Role.MODELLER, (), TODAY)
ROUNDS = {1: (date(2026, 9, 1), date(2026, 10, 31)), 2: (date(2026, 11, 1), date(2026, 12, 31))}
_RULES = ("subsidy-claimed", "banquet", "votes-bought", "land-let", "threats")
_TEXTS = (
    "村会计冒领补助款三万元。",
    "支书公款吃席，还随礼。",
    "The letter is written in English about a road.",
    "请问低保怎么办理？",
)
Row = dict[str, Any]


@dataclass
class _Pen:
    """Rows by table, with the lots they are drawn by; acts get their ids in the order in which they happened."""

    lot: random.Random
    rows: dict[type, list[Row]] = field(default_factory=dict)
    acts: list[Row] = field(default_factory=list)
    lives: dict[int, "_Life"] = field(default_factory=dict)
    open_to_all: bool = False

    def add(self, table: type, **row: Any) -> Row:
        self.rows.setdefault(table, []).append(row)
        return row

    def count(self, table: type) -> int:
        return len(self.rows.get(table, ()))


@dataclass
class _Life:
    """A clue as it goes through its days."""

    id: int
    state: ClueState = ClueState.OPEN
    outcome: Outcome | None = None
    labels: tuple[str, ...] = ()
    readings: list[Judgement] = field(default_factory=list)
    double: bool = False
    acted: list[Row] = field(default_factory=list)


def fill(session: Session, seed: int, clues: int = 60, *, open_to_all: bool = False) -> None:
    """Add an office drawn by a seed; in one that is `open_to_all` no clue is kept from anybody."""
    pen = _Pen(random.Random(seed), open_to_all=open_to_all)  # noqa: S311 - a made-up office
    source = sources.get_or_create(session, "信访邮箱", "imap")
    _people(pen)
    for id_ in range(1, clues + 1):
        _clue(pen, id_, source)
    _number(pen)
    _handed(pen)
    _bundled(pen)
    _moves(pen)
    _learning(pen)
    for table in _ORDER:
        add_rows(session, table, pen.rows.get(table, []))
    session.flush()


_ORDER = (
    Accounts, Rounds, Letters, Clues, ClueLetters, ClueRounds, ClueUnits, ClueBlocks, Suggestions, Allegations, Decisions,
    Dispositions, HandOvers, HandOverClues, LinkChanges, SiteModels, Promotions, Orders, Samples, SampleShares, Stops,
)  # fmt: skip


def _people(pen: _Pen) -> None:
    roles = [(1, "lead", Role.LEAD), (2, "head", Role.HEAD), (3, "modeller", Role.MODELLER)]
    roles += [(number, f"reviewer{number}", Role.REVIEWER) for number in (4, 5, 6, 7)]
    for id_, login, role in roles:
        row = pen.add(Accounts, id=id_, login=login, name=login, role=role.value, state="active", password="")
        row |= {"must_change": False, "issued": None, "failures": 0, "locked_until": None, "locale": "zh"}
        row |= {"screened": True, "created": _moment(pen, early=True), "created_by": "安装"}
    pen.rows[Accounts][-1]["state"] = "closed"
    for id_, (starts, ends) in ROUNDS.items():
        row = pen.add(Rounds, id=id_, name=f"第{id_}轮", starts=starts, ends=ends, closed=None, all_units=True)
        row |= {"takes_unplaced": True, "double_share": 0.3, "blind_share": 0.4, "lot_seed": "", "draws": None}
        row |= {"request": None, "created": FIRST, "created_by": 2}


def _moment(pen: _Pen, after: datetime = FIRST, *, early: bool = False, days: float = _DAYS) -> datetime:
    start = after - timedelta(days=40) if early else after
    return start + timedelta(seconds=pen.lot.randint(1, int(days * 86400)))


def _clue(pen: _Pen, id_: int, source: int) -> None:
    lot, opened = pen.lot, _moment(pen)
    life = pen.lives[id_] = _Life(id_)
    count = lot.choice((1, 1, 1, 2, 3))
    came = [opened - timedelta(minutes=lot.choice((1, 5, 600)))]
    came += sorted(_moment(pen, opened, days=30) for _ in range(count - 1))
    letters = [_letter(pen, id_, source, at, first=not place) for place, at in enumerate(came)]
    unit = lot.choice([*PARENTS, "", ""])
    labels = [one.value for one in lot.sample(CATEGORIES, lot.choice((0, 1, 1, 2)))]
    row = pen.add(Clues, id=id_, number=f"XS-2026-{id_:06d}", main_letter=letters[0]["id"], created=opened, version=1)
    row |= {"letters_count": count, "unit": unit, "respondents": [], "labels": labels, "category": None, "scores": {}}
    row |= {"scope": lot.random(), "rank": lot.random() * 100, "rank_parts": [], "grade": "", "missing": []}
    row |= {
        "flags": [],
        "why": [],
        "received": None,
        "screened": pen.open_to_all or lot.random() < 0.95,
        "postponed_until": None,
    }
    row |= {"since": lot.choice((None, (opened - timedelta(days=lot.randint(0, 9))).astimezone(CHINA).date()))}
    row |= {"first_reader": None, "rubric_rank": row["rank"], "learned": None, "set_aside": None}
    for round_ in lot.choice(((1,), (2,), (2,), (1, 2), ())):
        pen.add(ClueRounds, round_id=round_, clue_id=id_)
    for depth, name in enumerate(_line(unit)):
        pen.add(ClueUnits, unit=name, clue_id=id_, depth=depth)
    for account in (1, 2, 3):
        if lot.random() < 0.04 and not pen.open_to_all:
            pen.add(ClueBlocks, account_id=account, clue_id=id_, source="profile", created=opened)
    _live(pen, life, opened, letters)
    _sampled(pen, row, opened)
    merged = lot.random() < 0.04
    row |= {"state": ClueState.MERGED.value if merged else life.state.value}
    row |= {"outcome": life.outcome.value if life.outcome else None, "final_labels": list(life.labels) or None}
    row |= {"final_category": life.labels[0] if life.labels else None}


def _line(unit: str) -> Iterator[str]:
    while unit:
        yield unit
        unit = PARENTS[unit]


def _letter(pen: _Pen, clue: int, source: int, at: datetime, *, first: bool) -> Row:
    lot, id_ = pen.lot, pen.count(Letters) + 1
    text = "".join(lot.choices(_TEXTS, k=lot.choice((1, 3, 15, 40))))
    row = pen.add(Letters, id=id_, number=f"L-{id_}", source_id=source, run_id=None, kind=lot.choice(list(Kind)).value)
    row |= {"channel": lot.choice(list(Channel)).value, "signed": lot.choice(list(Signed)).value, "received": None}
    row |= {"state": "ranked", "message_key": None, "hand_over": None, "named_unit": "", "named_respondents": []}
    row |= {"parts": [], "ingested_at": at, "registrar_id": None, "subject": "", "text": text}
    relation = Relation.ORIGINAL if first else lot.choice(list(Relation)[1:])
    pen.add(ClueLetters, clue_id=clue, letter_id=id_, relation=relation.value, adds=[], main=True)
    if lot.random() < 0.08 and clue > 1:
        pen.add(ClueLetters, clue_id=lot.randrange(1, clue), letter_id=id_, relation="bundled", adds=[], main=False)
    for again in range(lot.choice((0, 1, 1, 1, 2))):
        _suggest(pen, id_, at + timedelta(minutes=3, days=again * lot.randint(1, 40)), again)
    return row


def _suggest(pen: _Pen, letter: int, at: datetime, version: int) -> None:
    lot, id_ = pen.lot, pen.count(Suggestions) + 1
    labels = [one.value for one in lot.sample(CATEGORIES, lot.choice((0, 1, 1, 2)))]
    row = pen.add(Suggestions, id=id_, letter_id=letter, model_id=f"m{version}", rules_version=f"r{version}")
    row |= {"scope": lot.choice((lot.random(), 1.0, 0.3)), "scores": {}, "labels": labels, "abstained": False}
    row |= {"rank": {}, "why": [], "unit": "", "respondents": [], "scopes": [], "referral": None, "inputs": None}
    row |= {"created": at}
    for label in labels:
        said = [[f"rule:{rule}", "", 0, 1, 1.0] for rule in lot.sample(_RULES, lot.choice((0, 1, 2)))]
        one = pen.add(Allegations, suggestion_id=id_, letter_id=letter, category=label, subtype="", start=0, end=1)
        one |= {"probability": 0.5, "hearsay": False, "reasons": [*said, ["model", "", 0, 1, 1.0]]}
        one |= {"particulars": [], "missing": []}


def _live(pen: _Pen, life: _Life, opened: datetime, letters: list[Row]) -> None:
    """Let people work on a clue until today, and letters put it back into the queue as the program would."""
    news = [one["ingested_at"] for one in letters[1:] if _relation(pen, life.id, one["id"]) != "copy"]
    at, end = opened, _END
    for _ in range(pen.lot.choice((0, 1, 1, 1, 2, 2, 3, 5))):
        before, at = at, _moment(pen, at, days=pen.lot.choice((1, 5, 20)))
        if at >= end:
            at = before
            break
        _come(life, [one for one in news if before < one <= at])
        _act(pen, life, at)
    _come(life, [one for one in news if at < one < end])
    if life.state is ClueState.POSTPONED and life.acted[-1]["until"] <= TODAY:
        life.state = ClueState.OPEN


def _relation(pen: _Pen, clue: int, letter: int) -> str:
    places = pen.rows[ClueLetters][-9:]
    return str(next(one["relation"] for one in places if (one["clue_id"], one["letter_id"]) == (clue, letter)))


def _come(life: _Life, news: list[datetime]) -> None:
    if news and life.state in {ClueState.POSTPONED, ClueState.DECIDED, ClueState.CLOSED}:
        life.state, life.outcome, life.labels = ClueState.OPEN, None, ()


def _act(pen: _Pen, life: _Life, at: datetime) -> None:
    waiting = life.state in {ClueState.OPEN, ClueState.POSTPONED}
    if life.state is ClueState.POSTPONED and life.acted[-1]["until"] <= at.astimezone(CHINA).date():
        life.state = ClueState.OPEN
    if life.state is ClueState.CLOSED:
        return
    if life.state is ClueState.DECIDED and pen.lot.random() < 0.8:
        _handle(pen, life, at)
    elif waiting and pen.lot.random() < 0.15:
        row = _write(pen, life, at, "postpone", Mode.OPEN, None, account=4)
        row["until"] = at.astimezone(CHINA).date() + timedelta(days=pen.lot.randint(1, 20))
        life.state = ClueState.POSTPONED
    else:
        _read(pen, life, at)


def _read(pen: _Pen, life: _Life, at: datetime) -> None:
    before = (life.state, life.outcome, life.labels, list(life.readings), life.double)
    if life.state in {ClueState.OPEN, ClueState.POSTPONED}:
        life.readings, life.double = [], pen.lot.random() < 0.3
        mode = pen.lot.choice((Mode.OPEN, Mode.OPEN, Mode.BLIND_FIRST))
    else:
        mode = Mode.SECOND if life.state is ClueState.SECOND else Mode.ADJUDICATED
    reader = {Mode.SECOND: 5, Mode.ADJUDICATED: 1}.get(mode, pen.lot.choice((4, 6, 7)))
    finding = _finding(pen, mode)
    row = _write(pen, life, at, "decide", mode, finding, account=reader)
    life.readings.append(Judgement(reader, mode, finding))
    life.state, final = settle(life.readings, double=life.double)
    life.outcome, life.labels = (final.outcome, tuple(final.labels)) if final else (None, ())
    undone = at + timedelta(minutes=5)
    if pen.lot.random() < 0.1 and undone.astimezone(CHINA).date() == at.astimezone(CHINA).date():
        life.state, life.outcome, life.labels, life.readings, life.double = before
        undo = _write(pen, life, undone, "undo", mode, None, account=reader)
        undo["undoes"] = row
        life.acted = [one for one in life.acted if one is not row and one is not undo]


def _finding(pen: _Pen, mode: Mode) -> Finding:
    outcomes = [Outcome.CONFIRMED] * 3 + [Outcome.CORRECTED, Outcome.OUT_OF_SCOPE, Outcome.NO_SUBSTANCE]
    outcomes += [] if mode is Mode.ADJUDICATED else [Outcome.UNSURE]
    outcome = pen.lot.choice(outcomes)
    inside = outcome in {Outcome.CONFIRMED, Outcome.CORRECTED}
    return Finding(outcome, tuple(pen.lot.sample(CATEGORIES[:3], pen.lot.choice((1, 1, 2)))) if inside else ())


def _write(pen: _Pen, life: _Life, at: datetime, act: str, mode: Mode, finding: Finding | None, *, account: int) -> Row:
    # The letters of a clue are written just before its acts.
    mains = {one["letter_id"] for one in pen.rows[ClueLetters][-9:] if one["clue_id"] == life.id and one["main"]}
    said = pen.rows.get(Suggestions, [])[-12:]
    ids = [one["id"] for one in said if one["letter_id"] in mains and one["created"] < at]
    row: Row = {"clue_id": life.id, "account_id": account, "round_id": 1, "clue_version": 1, "act": act}
    row |= {"suggestions": ids[-2:], "mode": mode.value, "outcome": finding.outcome.value if finding else ""}
    row |= {"labels": [one.value for one in finding.labels] if finding else [], "allegations": [], "destination": ""}
    row |= {"until": None, "note": "", "saw": mode is not Mode.BLIND_FIRST, "seconds": 1.0}
    row |= {"shown": pen.lot.choice(("很可能", "较可能", "存疑", "需人工通读", ""))}
    row |= {"lots": [0.1 if life.double else 0.9, 0.3, 0.1 if mode is Mode.BLIND_FIRST else 0.9, 0.4]}
    row |= {"before": {"state": life.state.value}, "undoes": None, "created": at}
    life.acted.append(row)
    pen.acts.append(row)
    return row


def _handle(pen: _Pen, life: _Life, at: datetime) -> None:
    lot, day = pen.lot, at.astimezone(CHINA).date()
    kind = lot.choice(("", "inquiry", "verification", "held", "concluded", "referred"))
    feedback = lot.choice(("", "", "done", "not_applicable"))
    ended = day if lot.random() < 0.3 else None
    row = pen.add(Dispositions, id=0, clue_id=life.id, account_id=1, owner=lot.choice(("", "一室")), department="")
    row |= {"request": "", "kind": kind, "reason": "", "approved_by": "", "approved_on": None, "due": None}
    row |= {"result": lot.choice(("", "true", "untrue", "partly")), "feedback": feedback, "feedback_note": ""}
    row |= {"feedback_on": day if feedback == "done" else None, "ended_on": ended, "created": at}
    told = lot.choice((None, (day - timedelta(days=1)).isoformat()))
    row |= {"details": {"move": "end" if ended else "record", "why": "", "proposed_by": None, "clue_version": 1}}
    row["details"] |= {"notified_on": told, "name_check": lot.choice(("", "verified", "unverifiable")), "notes": {}}
    if ended:
        life.state = ClueState.CLOSED


def _sampled(pen: _Pen, clue: Row, opened: datetime) -> None:
    if pen.lot.random() < 0.5:
        aside = opened.astimezone(CHINA).date() + timedelta(days=pen.lot.randint(0, 5))
        clue["set_aside"] = aside
        if pen.lot.random() < 0.6:
            row = pen.add(Samples, clue_id=clue["id"], drawn=aside + timedelta(days=pen.lot.randint(0, 3)))
            row |= {"lot": pen.lot.random() * 0.02, "share": 0.02, "pile": 10, "rank": 5.0, "created": opened}


def _number(pen: _Pen) -> None:
    """Give acts and steps their ids in the order in which they happened."""
    pen.acts.sort(key=lambda one: one["created"])
    for id_, row in enumerate(pen.acts, 1):
        row["id"], row["request"] = id_, f"act-{id_}"
    for row in pen.acts:
        row["undoes"] = row["undoes"] and row["undoes"]["id"]
    pen.rows[Decisions] = pen.acts
    for id_, row in enumerate(sorted(pen.rows.get(Dispositions, ()), key=lambda one: one["created"]), 1):
        row["id"], row["request"] = id_, f"step-{id_}"


def _handed(pen: _Pen) -> None:
    done = [one["id"] for one in pen.rows[Clues] if one["state"] in {state.value for state in READ}]
    for number, clue in enumerate(done[::4], 1):
        at = _moment(pen)
        row = pen.add(HandOvers, id=number, number=f"B-{number}", request=f"b{number}", receiver="", note="")
        row |= {"state": "handed", "created": at, "created_by": 1, "handed_on": at.date(), "handed_by": ""}
        row |= {"received_by": "", "received_on": pen.lot.choice((None, at.date() + timedelta(days=9)))}
        one = pen.add(HandOverClues, batch_id=number, clue_id=clue, position=1, return_reason="")
        one["returned_on"] = pen.lot.choice((None, None, at.date() + timedelta(days=2)))


def _bundled(pen: _Pen) -> None:
    """Let letters of other clues that touch a clue as well put it back into the queue."""
    letters = {one["id"]: one["ingested_at"] for one in pen.rows[Letters]}
    for place in pen.rows[ClueLetters]:
        acted = pen.lives[place["clue_id"]].acted
        came = letters[place["letter_id"]]
        if not place["main"] and acted and acted[-1]["created"] < came < _END:
            _reopen(pen.rows[Clues][place["clue_id"] - 1], {"postponed", "decided", "closed"})


def _reopen(clue: Row, states: set[str]) -> None:
    if clue["state"] in states:
        clue |= {"state": "open", "outcome": None, "final_labels": None, "final_category": None}


def _moves(pen: _Pen) -> None:
    """Let letters have been moved by hand, some moves taken back; every clue touched waits to be read again."""
    for number in range(1, 4):
        one, other = pen.lot.sample([row for row in pen.rows[Clues] if row["state"] != "merged"], 2)
        at = _moment(pen, max(one["created"], other["created"]), days=20)
        before = {"from": {"main_letter": one["main_letter"], "relations": [[1], [2]]}, "to": None}
        row = pen.add(LinkChanges, id=number, account_id=1, letter_id=one["main_letter"], from_clue=one["id"])
        row |= {"to_clue": other["id"], "request": f"move-{number}", "before": before, "created": at}
        row["undone"] = pen.lot.choice((None, None, at + timedelta(days=20)))
        for clue in (one, other):
            acted = pen.lives[clue["id"]].acted
            held = row["undone"] is None or row["undone"] >= _END
            if held and acted and acted[-1]["created"] < at < _END:
                _reopen(clue, {"postponed", "second", "disputed", "decided", "closed"})


def _learning(pen: _Pen) -> None:
    for number in range(1, 4):
        at = _moment(pen)
        row = pen.add(SiteModels, id=number, name=f"site-{number}", base="b", acquaintance="a", last_decision=1)
        row |= {"gold": 5, "base_rate": None, "seconds": 1.0, "champion": "", "comparison": {}, "made_by": "夜间"}
        row |= {"passed": number > 1, "reasons": [] if number > 1 else ["召回率下降。"], "created": at}
        pen.add(Orders, id=number, acquaintance="a", last_decision=1, last_letter=1, gold=10 * number, digest="")
        pen.rows[Orders][-1] |= {"seconds": 1.0, "raised": number, "lowered": 2, "doubtful": [], "created": at}
        pen.add(SampleShares, id=number, share=0.02 * number, actor="lead", reason="多读一些", created=at)
        pen.add(Stops, id=number, round_id=(None, 1, 2)[number - 1], account_id=1, request=f"stop-{number}")
        gone = pen.lot.choice((None, at + timedelta(days=20)))
        pen.rows[Stops][-1] |= {
            "reason": "已够",
            "statement": {},
            "created": at,
            "withdrawn": gone,
            "withdrawn_by": None,
        }
    for number, model, act in ((1, 2, "promote"), (2, None, "rollback")):
        pen.add(
            Promotions,
            id=number,
            model_id=model,
            act=act,
            actor="op",
            reason="",
            created=_moment(pen),
            request=f"promotion-{number}",
        )
