"""Ids of what belongs to others: every route with an id, tried by people of every role who have no business with it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.review.busy_desk import fill
from tests.review.desk import Desk, open_desk
from tests.review.routes import Door, doors
from tests.review.test_web_forms import stored
from tests.review.twins import _PASSING
from xiansuo.domain.people import MATRIX, Power, Reach, Role
from xiansuo.services.screening import screen_account
from xiansuo.storage.session import now, reading, transaction
from xiansuo.storage.tables import (
    Accounts,
    ClueLetters,
    Clues,
    Erasures,
    Letters,
    Registrations,
    Reveals,
    RoundMembers,
    Rounds,
    SavedViews,
    SecondLooks,
)

_NOWHERE = {"number": "XS-1999-999999", "letter": "1999-999999", "letter_number": "1999-999999", "unit": "没有的单位"}
_HELD = (Reach.ROUND, Reach.OWN)


@pytest.fixture(scope="module")
def office(desk_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """An office at work, and beside each person another of the same role who is in no round and has entered nothing."""
    desk = open_desk(desk_template, tmp_path_factory.mktemp("others") / "desk")
    fill(desk)
    with transaction(desk.office.engine) as session:
        password = session.scalars(select(Accounts.password)).first()
        for role in Role:
            row = Accounts(login=f"outside-{role}", name=f"外人{role.chinese}", role=role.value, state="active")
            row.password, row.must_change, row.failures, row.locked_until = password, False, 0, None
            row.locale, row.screened, row.created, row.created_by = "zh", False, now(), "安装"
            session.add(row)
    with reading(desk.office.engine) as session:
        desk.accounts.update(session.execute(select(Accounts.login, Accounts.id)).tuples().all())
    for role in Role:
        screen_account(desk.office, desk.accounts[f"outside-{role}"])
    yield desk
    desk.office.engine.dispose()


def _numbers(desk: Desk) -> frozenset[str]:
    with reading(desk.office.engine) as session:
        return frozenset((*session.scalars(select(Clues.number)), *session.scalars(select(Letters.number))))


def _theirs(desk: Desk) -> dict[tuple[str, str], list[str]]:
    """Return ids of things that are there, by the first word of a path and the name of its parameter."""
    with reading(desk.office.engine) as session:
        pair = select(Clues.number, Letters.number).join(ClueLetters, ClueLetters.clue_id == Clues.id)
        clues = session.execute(pair.join(Letters, Letters.id == ClueLetters.letter_id).limit(2)).tuples().all()
        clues += session.execute(
            pair.join(Letters, Letters.id == ClueLetters.letter_id).where(Clues.state == "disputed").limit(1)
        ).tuples().all()  # fmt: skip

        def ids(column: object) -> list[str]:
            return [str(one) for one in session.scalars(select(column).limit(3))]  # type: ignore[call-overload]

        return {
            ("clues", "number"): [clue for clue, _ in clues],
            ("clues", "letter_number"): [letter for _, letter in clues],
            ("clues", "key"): ["0"],
            ("clues", "change"): ["remove"],
            ("adjudicate", "number"): [clue for clue, _ in clues],
            ("queue", "view"): ids(SavedViews.id),
            ("recusals", "account"): [str(desk.accounts[one]) for one in ("reviewer", "lead", "head")],
            ("register", "id_"): ids(Registrations.id),
            ("reports", "kind"): ["round"],
            ("reports", "key"): ids(Rounds.id),
            ("reports", "version"): ["1"],
            ("retention", "id_"): ids(Erasures.id),
            ("rounds", "id_"): ids(Rounds.id),
            ("rounds", "account"): ids(RoundMembers.account_id),
            ("second-looks", "look"): ids(SecondLooks.id) or ["1"],
            ("statistics", "id_"): ["1"],
            ("units", "unit"): [one.name for one in desk.office.register.units[:2]],
            ("vault", "id_"): ids(Reveals.id),
        }


def _parameters(path: str) -> list[str]:
    return re.findall(r"{(\w+)", path)


def _held(desk: Desk, role: Role) -> list[Door]:
    """Return the routes with an id whose power reaches for `role` no further than its rounds or its own things."""
    mine = (door for door in doors(desk.app) if door.power and MATRIX[role].get(door.power) in _HELD)
    return [door for door in mine if _parameters(door.path)]


def _filled(theirs: dict[tuple[str, str], list[str]], door: Door) -> list[tuple[str, str]]:
    """Return the path with others' ids, and beside each the same path with ids of nothing."""
    word, names = door.path.split("/")[1], _parameters(door.path)
    nothing = door.filled({name: _NOWHERE.get(name, "999999999") for name in names})
    longest = max(len(theirs[word, name]) for name in names)
    return [
        (door.filled({name: (found := theirs[word, name])[place % len(found)] for name in names}), nothing)
        for place in range(longest)
    ]


@pytest.mark.parametrize(
    "role", [role for role in Role if set(MATRIX[role].values()) & set(_HELD) - {Reach.OWN}] + [Role.REGISTRAR]
)
def test_an_id_of_somebody_elses_is_answered_like_one_of_nothing(office: Desk, role: Role) -> None:
    theirs, numbers, before = _theirs(office), _numbers(office), stored(office)
    client = office.client(f"outside-{role}")
    tried = 0
    for door in _held(office, role):
        for path, nothing in _filled(theirs, door):
            theirs_answer, no_answer = client.request(door.method, path), client.request(door.method, nothing)
            tried += 1
            same = _told(theirs_answer.text, path) == _told(no_answer.text, nothing)
            # A unit stands in the office's register, which is no secret; what was said of it is.
            assert theirs_answer.status_code == no_answer.status_code or door.path.startswith("/units"), path
            assert same or not numbers & set(re.findall(r"[A-Z]*-?\d{4}-\d{6}", theirs_answer.text)), path
    assert tried > 1
    # A brief about nothing is a file that left, and is counted.
    assert stored(office) | {"exports": ""} == before | {"exports": ""}


def _told(text: str, path: str) -> bytes:
    return _PASSING.sub(b"~", text.replace(path, "").encode())


def test_every_route_with_an_id_has_something_of_others_to_be_tried_with(office: Desk) -> None:
    theirs = _theirs(office)
    for role in Role:
        for door in _held(office, role):
            assert all(theirs.get((door.path.split("/")[1], name)) for name in _parameters(door.path)), door


@pytest.mark.parametrize("role", [Role.HEAD, Role.REVIEWER, Role.LEAD])
def test_only_who_asked_looks_through_a_window_that_was_granted(office: Desk, role: Role) -> None:
    with reading(office.office.engine) as session:
        granted = list(session.scalars(select(Reveals.id).where(Reveals.granted.is_(True))))
    assert granted
    for id_ in granted:
        for path in (f"/vault/{id_}/view", f"/vault/{id_}/watermark.svg"):
            answer = office.client(f"outside-{role}").get(path)
            assert answer.status_code == 404, path


def test_nobody_answers_their_own_request_even_with_the_power(office: Desk) -> None:
    with reading(office.office.engine) as session:
        waiting = session.scalars(select(Reveals.id).where(Reveals.granted.is_(None))).first()
    answer = office.client(Role.LEAD).post(f"/vault/{waiting}/answer", data={"decision": "grant", "minutes": "30"})
    assert answer.status_code == 403


def test_a_letter_of_one_clue_is_not_reached_through_another(office: Desk) -> None:
    with reading(office.office.engine) as session:
        pair = select(Clues.number, Letters.number).join(ClueLetters, ClueLetters.clue_id == Clues.id)
        rows = session.execute(pair.join(Letters, Letters.id == ClueLetters.letter_id)).tuples().all()
    held = set(rows)
    clue, other = rows[0][0], next(letter for _, letter in rows if (rows[0][0], letter) not in held)
    assert office.client(Role.LEAD).get(f"/clues/{clue}/letters/{other}").status_code == 404
    form = {"clue": clue, "letter": other, "what": "original", "reason": "需要核实补助发放的时间", "request_key": "x"}
    assert office.client(Role.LEAD).post("/vault/request", data=form).status_code == 404


def test_a_draft_is_seen_by_nobody_but_its_writer(office: Desk) -> None:
    with reading(office.office.engine) as session:
        number = session.scalars(select(Clues.number).where(Clues.state == "open")).first()
    typed = {"note": "只有本人看得到的草稿七一九一", "request_key": "d1", "version": "0"}
    assert office.client(Role.REVIEWER).post(f"/clues/{number}/draft", data=typed).status_code < 400
    assert "七一九一" in office.client(Role.REVIEWER).get(f"/clues/{number}").text
    for other in ("reviewer2", Role.LEAD, Role.HEAD):
        assert "七一九一" not in office.client(other).get(f"/clues/{number}").text


@pytest.mark.parametrize(
    "id_", ["-1", "0", "1e3", "0x1", "1.0", "١", "999999999999999999999", "1;DROP TABLE clues", "%00", "null", "[]"]
)
def test_what_is_no_id_is_answered_like_an_id_of_nothing(office: Desk, id_: str) -> None:
    for role in (Role.LEAD, Role.REGISTRAR, Role.OPERATOR, Role.TRANSFER):
        client = office.client(role)
        for door in doors(office.app):
            if door.method == "GET" and door.power and door.power in MATRIX[role] and _parameters(door.path):
                path = door.filled(dict.fromkeys(_parameters(door.path), id_))
                assert client.get(path).status_code in {200, 303, 400, 404}, path


def test_the_powers_that_reach_everything_are_few_and_known() -> None:
    everything = {(role, power) for role in Role for power, reach in MATRIX[role].items() if reach is Reach.ALL}
    assert {role for role, power in everything if power is Power.APPROVE_REVEAL} == {Role.HEAD}
    assert {role for role, power in everything if power is Power.READ_CLUES} == {Role.HEAD, Role.TRANSFER}


def test_the_character_nul_is_turned_away_wherever_it_stands(office: Desk) -> None:
    client = office.client(Role.REVIEWER)
    for path in ("/queue?words=%00", "/queue?%00=1", "/search?q=%E5%85%AC%00%E6%AC%BE", "/clues/%00", "/static/%00"):
        assert client.get(path).status_code == 404, path
    with reading(office.office.engine) as session:
        number = session.scalars(select(Clues.number).where(Clues.state == "open")).first()
    for typed in ({"note": "金额\0一致"}, {"note\0": "金额一致"}):
        answer = client.post(f"/clues/{number}/draft", data=typed | {"request_key": "nul", "version": "0"})
        assert answer.status_code == 400
        assert "没有保存" in answer.text
    assert office.stranger().post("/login", data={"login": "a\0", "password": "b\0"}).status_code == 400
