import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.review.desk import Desk
from xiansuo.domain.account import AccountState
from xiansuo.domain.decision import ClueState
from xiansuo.domain.people import Role
from xiansuo.services.board import PAGE
from xiansuo.services.sessions import viewer_named
from xiansuo.services.today import Task, Today, today
from xiansuo.storage.session import now, transaction
from xiansuo.storage.tables import (
    Accounts,
    ClueBlocks,
    Clues,
    Dispositions,
    HandOverClues,
    HandOvers,
    Leases,
    Reveals,
    RoundMembers,
)

HOUR = timedelta(hours=1)


def _today(desk: Desk, login: str) -> Today:
    viewer = viewer_named(desk.office, login)
    assert viewer
    return today(desk.office, viewer)


def _counts(desk: Desk, login: str) -> dict[Task, int]:
    return {one.task: one.count for one in _today(desk, login).waiting}


def _change(desk: Desk, change: Callable[[Session, list[int]], object]) -> list[int]:
    """Change the tables, given the clues' ids, best first."""
    with transaction(desk.office.engine) as session:
        ids = list(session.scalars(select(Clues.id).order_by(Clues.rank.desc(), Clues.id)))
        change(session, ids)
    return ids


def _state(state: ClueState, **columns: object) -> Callable[[Session, list[int]], object]:
    def change(session: Session, ids: list[int]) -> None:
        session.execute(update(Clues).where(Clues.id.in_(ids[:3])).values(state=state, **columns))

    return change


def _reveal(session: Session, clue: int, account: int, **columns: Any) -> None:
    letter = session.scalars(select(Clues.main_letter).where(Clues.id == clue)).one()
    row = Reveals(
        account_id=account, letter_id=letter, clue_id=clue, what="identity", reason="核实", answer="", views=0
    )
    row.created, row.request = now(), f"request-{account}-{clue}"
    row.answered, row.granted, row.expires = (columns.get(name) for name in ("answered", "granted", "expires"))
    session.add(row)


def _disposition(session: Session, clue: int, account: int, due: date, request: str) -> None:
    texts = dict.fromkeys(
        ("kind", "owner", "department", "reason", "approved_by", "result", "feedback", "feedback_note"), ""
    )
    row = Dispositions(clue_id=clue, account_id=account, request=request, due=due, details={}, created=now(), **texts)
    row.kind = "verification"
    session.add(row)
    session.flush()


def test_a_reviewer_sees_what_waits_in_the_open_round(desk: Desk) -> None:
    counts = _counts(desk, "reviewer")
    assert counts[Task.OPEN] == len(_change(desk, lambda *_: None))
    assert set(counts) <= {Task.OPEN, Task.OVER, Task.NEAR}


@pytest.mark.parametrize("task", [Task.OPEN, Task.OVER])
def test_a_blocked_clue_is_in_no_count(desk: Desk, task: Task) -> None:
    _change(desk, lambda session, _ids: session.execute(update(Clues).values(since=date(2026, 1, 5))))
    before = _counts(desk, "reviewer")[task]

    def block(session: Session, ids: list[int]) -> None:
        account = desk.accounts["reviewer"]
        session.add(ClueBlocks(account_id=account, clue_id=ids[0], source="declared", created=now()))

    _change(desk, block)
    assert _counts(desk, "reviewer")[task] == before - 1
    assert _counts(desk, "reviewer2")[task] == before


def test_without_a_round_nothing_waits_and_the_page_says_why(desk: Desk) -> None:
    _change(desk, lambda session, _ids: session.execute(update(RoundMembers).values(ended=now())))
    found = _today(desk, "reviewer")
    assert (found.waiting, found.rounds, found.lacks_round) == ((), (), True)
    assert "没有授权中的轮次" in desk.client(Role.REVIEWER).get("/").text


def test_the_clue_in_hand_comes_first_and_opens_at_once(desk: Desk) -> None:
    def lease(session: Session, ids: list[int]) -> None:
        for clue, login, ends in ((ids[0], "reviewer", HOUR), (ids[1], "reviewer", -HOUR), (ids[2], "lead", HOUR)):
            session.add(
                Leases(clue_id=clue, account_id=desk.accounts[login], taken=now() - 2 * HOUR, expires=now() + ends)
            )

    _change(desk, lease)
    first = _today(desk, "reviewer").waiting[0]
    assert (first.task, first.count) == (Task.MINE, 1)
    assert desk.client(Role.REVIEWER).get("/").text.count(first.path) == 1


def test_a_postponed_clue_waits_once_its_day_has_come(desk: Desk) -> None:
    waiting = _counts(desk, "reviewer")[Task.OPEN]
    _change(desk, _state(ClueState.POSTPONED, postponed_until=date(2999, 1, 1)))
    assert _counts(desk, "reviewer")[Task.OPEN] == waiting - 3
    _change(desk, _state(ClueState.POSTPONED, postponed_until=date(2026, 1, 1)))
    assert _counts(desk, "reviewer")[Task.OPEN] == waiting


def test_a_second_reading_waits_for_another_person_than_the_first_reader(desk: Desk) -> None:
    _change(desk, _state(ClueState.SECOND, first_reader=desk.accounts["reviewer"]))
    assert Task.SECOND not in _counts(desk, "reviewer")
    assert _counts(desk, "reviewer2")[Task.SECOND] == 3


def test_disputes_wait_for_the_lead_and_decided_clues_for_lead_and_head(desk: Desk) -> None:
    _change(desk, _state(ClueState.DISPUTED))
    assert _counts(desk, "lead")[Task.DISPUTES] == 3
    assert Task.DISPUTES not in _counts(desk, "reviewer")
    _change(desk, _state(ClueState.DECIDED))
    assert [_counts(desk, login).get(Task.UNDISPOSED) for login in ("lead", "head", "reviewer")] == [3, 3, None]


def test_a_request_to_see_an_identity_waits_for_everybody_but_its_author(desk: Desk) -> None:
    _change(desk, lambda session, ids: _reveal(session, ids[0], desk.accounts["lead"]))
    assert [_counts(desk, login).get(Task.REVEALS) for login in ("lead", "head", "reviewer")] == [None, 1, None]


def test_a_granted_request_is_shown_to_its_author_until_it_ends(desk: Desk) -> None:
    def grant(session: Session, ids: list[int]) -> None:
        account = desk.accounts["reviewer"]
        _reveal(session, ids[0], account, answered=now(), granted=True, expires=now() + HOUR)
        _reveal(session, ids[1], account, answered=now(), granted=True, expires=now() - HOUR)
        _reveal(session, ids[2], account, answered=now(), granted=False)

    _change(desk, grant)
    assert _counts(desk, "reviewer")[Task.REVEALED] == 1


def test_only_the_latest_disposition_of_a_clue_has_a_date_that_counts(desk: Desk) -> None:
    past, late = date(2026, 1, 1), date(2999, 1, 1)

    def dispose(session: Session, ids: list[int]) -> None:
        account = desk.accounts["lead"]
        _disposition(session, ids[0], account, past, "a")
        _disposition(session, ids[0], account, late, "b")
        _disposition(session, ids[1], account, past, "c")

    _change(desk, _state(ClueState.DECIDED))
    before = _counts(desk, "lead")[Task.OVERDUE]
    _change(desk, dispose)
    assert (before, _counts(desk, "lead")[Task.OVERDUE]) == (3, 2)


@pytest.mark.parametrize(("task", "path"), [(Task.OVER, "/queue?due=over"), (Task.OPEN, "/queue")])
def test_the_page_behind_a_count_shows_as_many(desk: Desk, task: Task, path: str) -> None:
    waiting = next(one for one in _today(desk, "reviewer").waiting if one.task is task)
    assert waiting.path == path
    page = desk.client(Role.REVIEWER).get(path).text
    assert len(set(re.findall(r"XS-\d{4}-\d{4}", page))) == min(waiting.count, PAGE)


def test_a_batch_is_counted_where_one_of_its_clues_may_be_seen(desk: Desk) -> None:
    def batch(session: Session, ids: list[int]) -> None:
        row = HandOvers(number="YJ-2026-001", receiver="纪委监委", state="draft", handed_by="", received_by="", note="")
        row.created, row.created_by, row.request = now(), desk.accounts["transfer"], "a"
        session.add(row)
        session.flush()
        session.add(HandOverClues(batch_id=row.id, clue_id=ids[0], position=1, return_reason=""))

    ids = _change(desk, batch)
    assert _counts(desk, "transfer")[Task.BATCHES] == 1

    def block(session: Session, _ids: list[int]) -> None:
        account = desk.accounts["transfer"]
        session.add(ClueBlocks(account_id=account, clue_id=ids[0], source="declared", created=now()))

    _change(desk, block)
    assert Task.BATCHES not in _counts(desk, "transfer")


def test_accounts_wait_for_the_head_alone(desk: Desk) -> None:
    def pend(session: Session, _ids: list[int]) -> None:
        session.execute(update(Accounts).where(Accounts.login == "reviewer2").values(state=AccountState.PENDING))

    _change(desk, pend)
    assert _counts(desk, "head")[Task.ACCOUNTS] == 1
    assert Task.ACCOUNTS not in _counts(desk, "operator") | _counts(desk, "lead")


@pytest.mark.parametrize("role", [Role.MODELLER, Role.AUDITOR, Role.REGISTRAR, Role.OPERATOR])
def test_who_reads_no_clues_is_told_no_count_of_them(desk: Desk, role: Role) -> None:
    assert set(_counts(desk, role.value)) <= {Task.QUARANTINE}


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("locale", ["zh", "en"])
def test_every_role_has_a_first_page_in_both_languages(desk: Desk, role: Role, locale: str) -> None:
    with transaction(desk.office.engine) as session:
        session.execute(update(Accounts).values(locale=locale))
    answer = desk.client(role).get("/")
    assert answer.status_code == 200
    assert ("今日" in answer.text) is (locale == "zh")
