"""Seeing an identity or original: asked for by one, granted by another, for a while, each look on the audit trail."""

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from tests.review.desk import SECOND_REVIEWER, Desk
from xiansuo.domain.letter import Channel, IdentityKind, Item
from xiansuo.domain.people import Role
from xiansuo.intake import media
from xiansuo.services.bench import bench_of
from xiansuo.services.ingest import Intake
from xiansuo.services.triage import work_off
from xiansuo.storage.repositories import audit
from xiansuo.storage.repositories.audit import Sought
from xiansuo.storage.session import now, reading, transaction
from xiansuo.storage.tables import ClueBlocks, ClueLetters, Clues, Letters, Reveals

REASON = "需要核实反映人提到的补助发放时间和经手人"


@pytest.fixture
def place(desk: Desk) -> tuple[str, str, int]:
    """The numbers of a clue and its letter, one that names its writer, and the letter's id."""
    with reading(desk.office.engine) as session:
        rows = session.execute(
            select(Clues.number, Letters.number, Letters.id)
            .join(ClueLetters, ClueLetters.clue_id == Clues.id)
            .join(Letters, Letters.id == ClueLetters.letter_id)
            .where(Letters.signed == "real_name")
            .order_by(Letters.id)
        )
        return rows.tuples().first() or ("", "", 0)


def ask(client: TestClient, place: tuple[str, str, int], what: str = "identity", key: str = "k1") -> str:
    """Ask and return the path of the request."""
    form = {"clue": place[0], "letter": place[1], "what": what, "reason": REASON, "request_key": key}
    answer = client.post("/vault/request", data=form)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def grant(client: TestClient, path: str, minutes: int = 30) -> int:
    return client.post(f"{path}/answer", data={"decision": "grant", "minutes": str(minutes)}).status_code


def actions(desk: Desk) -> list[str]:
    with reading(desk.office.engine) as session:
        found = audit.search(session, Sought(), limit=50)
    return [f"{one.actor} {one.action}{' refused' if one.result else ''}" for one in reversed(found)]


TRACES = {IdentityKind.HEADER, IdentityKind.FILE_METADATA}


def identities(desk: Desk, letter_id: int) -> dict[str, bool]:
    """Return what is known of a writer, and whether it was left behind (headers, file properties) instead of told."""
    with reading(desk.office.engine) as session:
        return {one.value: one.kind in TRACES for one in desk.office.vault.read_identities(session, letter_id)}


def test_a_granted_identity_shows_what_the_masks_stand_for(desk: Desk, place: tuple[str, str, int]) -> None:
    asker = desk.client(Role.REVIEWER)
    path = ask(asker, place)
    assert asker.get(f"{path}/view").status_code == 403
    assert grant(desk.client(Role.LEAD), path) == 303
    shown = asker.get(f"{path}/view")
    assert shown.status_code == 200
    known = identities(desk, place[2])
    assert all((value in unescape(shown.text)) is not trace for value, trace in known.items())
    assert set(known.values()) == {True, False}
    assert "演示审核员甲" in shown.text
    assert shown.headers["cache-control"] == "no-store"
    assert actions(desk) == [
        "reviewer reveal.request",
        "reviewer reveal.view refused",
        "lead reveal.grant",
        "reviewer identity.view",
    ]


def test_the_watermark_names_the_viewer_and_only_the_viewer_gets_it(desk: Desk, place: tuple[str, str, int]) -> None:
    asker, lead = desk.client(Role.REVIEWER), desk.client(Role.LEAD)
    path = ask(asker, place)
    assert asker.get(f"{path}/watermark.svg").status_code == 403
    grant(lead, path)
    drawn = asker.get(f"{path}/watermark.svg")
    assert drawn.headers["content-type"].startswith("image/svg+xml")
    assert re.search(r"演示审核员甲.*第 1 号申请", drawn.text)
    assert lead.get(f"{path}/watermark.svg").status_code == 404


@pytest.mark.parametrize("who", [Role.LEAD, Role.HEAD, SECOND_REVIEWER])
def test_nobody_else_looks_through_a_granted_window(desk: Desk, place: tuple[str, str, int], who: str) -> None:
    path = ask(desk.client(Role.REVIEWER), place)
    grant(desk.client(Role.LEAD), path)
    assert desk.client(who).get(f"{path}/view").status_code == 404
    assert f"{who} reveal.view refused" in actions(desk)


def test_a_window_ends_with_its_time(desk: Desk, place: tuple[str, str, int]) -> None:
    asker = desk.client(Role.REVIEWER)
    path = ask(asker, place, "original")
    grant(desk.client(Role.LEAD), path)
    left = re.match(r"(\d+); url=" + path, asker.get(f"{path}/view").headers["refresh"])
    assert left is not None
    assert 1700 < int(left[1]) <= 1801
    with transaction(desk.office.engine) as session:
        session.execute(update(Reveals).values(expires=now() - timedelta(seconds=1)))
    assert asker.get(f"{path}/view").status_code == 403
    assert asker.get(f"{path}/watermark.svg").status_code == 403
    with reading(desk.office.engine) as session:
        assert session.scalars(select(Reveals.views)).one() == 1


@pytest.mark.parametrize("who", [Role.REVIEWER, Role.LEAD])
def test_the_person_who_asks_or_an_approver_may_end_it_early(
    desk: Desk, place: tuple[str, str, int], who: Role
) -> None:
    path = ask(desk.client(Role.REVIEWER), place)
    grant(desk.client(Role.LEAD), path)
    assert [desk.client(who).post(f"{path}/close").status_code for _ in range(2)] == [303, 303]
    assert desk.client(Role.REVIEWER).get(f"{path}/view").status_code == 403
    assert [one for one in actions(desk) if "close" in one] == [f"{who} reveal.close"]


def test_nobody_answers_their_own_request_in_a_second_tab_either(desk: Desk, place: tuple[str, str, int]) -> None:
    lead = desk.client(Role.LEAD)
    path = ask(lead, place)
    assert "/answer" not in lead.get(path).text
    assert grant(desk.client(Role.LEAD), path) == 403
    assert lead.get(f"{path}/view").status_code == 403
    assert "lead reveal.answer refused" in actions(desk)
    assert grant(desk.client(Role.HEAD), path) == 303


def test_a_recused_person_neither_asks_nor_answers_nor_learns_of_it(desk: Desk, place: tuple[str, str, int]) -> None:
    path = ask(desk.client(Role.REVIEWER), place)
    with transaction(desk.office.engine) as session:
        clue = session.scalars(select(Clues.id).where(Clues.number == place[0])).one()
        for who in (Role.LEAD, SECOND_REVIEWER):
            session.add(ClueBlocks(account_id=desk.accounts[who], clue_id=clue, source="name", created=now()))
    lead = desk.client(Role.LEAD)
    assert grant(lead, path) == 404
    assert lead.get(path).status_code == 404
    assert place[0] not in lead.get("/vault").text
    form = {"clue": place[0], "letter": place[1], "what": "identity", "reason": REASON, "request_key": "k2"}
    assert desk.client(SECOND_REVIEWER).post("/vault/request", data=form).status_code == 404


def test_who_is_recused_after_the_grant_sees_nothing_any_more(desk: Desk, place: tuple[str, str, int]) -> None:
    asker = desk.client(Role.REVIEWER)
    path = ask(asker, place)
    grant(desk.client(Role.LEAD), path)
    with transaction(desk.office.engine) as session:
        clue = session.scalars(select(Clues.id).where(Clues.number == place[0])).one()
        session.add(ClueBlocks(account_id=desk.accounts["reviewer"], clue_id=clue, source="self", created=now()))
    assert asker.get(f"{path}/view").status_code == 404
    assert asker.get(path).status_code == 404
    assert place[0] not in asker.get("/vault").text


def test_a_letter_is_asked_for_through_a_clue_that_holds_it_only(desk: Desk, place: tuple[str, str, int]) -> None:
    with reading(desk.office.engine) as session:
        inside = select(ClueLetters.clue_id).where(ClueLetters.letter_id == place[2])
        other = session.scalars(select(Clues.number).where(Clues.id.not_in(inside))).first() or ""
    asker = desk.client(Role.REVIEWER)
    form = {"clue": other, "letter": place[1], "what": "identity", "reason": REASON, "request_key": "k2"}
    assert asker.post("/vault/request", data=form).status_code == 404
    assert asker.get("/vault/request", params={"clue": other, "letter": place[1]}).status_code == 404


def test_a_clues_page_leads_to_the_form(desk: Desk, place: tuple[str, str, int]) -> None:
    asker = desk.client(Role.REVIEWER)
    found = asker.get("/vault", params={"clue": place[0], "letter": place[1]})
    assert place[1] in asker.get(found.headers["location"]).text


def test_a_letter_that_was_moved_to_another_clue_has_to_be_asked_for_again(
    desk: Desk, place: tuple[str, str, int]
) -> None:
    asker = desk.client(Role.REVIEWER)
    path = ask(asker, place)
    grant(desk.client(Role.LEAD), path)
    with transaction(desk.office.engine) as session:
        other = session.scalars(select(Clues.id).where(Clues.number != place[0])).first()
        session.execute(update(ClueLetters).where(ClueLetters.letter_id == place[2]).values(clue_id=other))
    assert asker.get(f"{path}/view").status_code == 404


@pytest.mark.parametrize(
    "id_", ["2", "0", "-1", "1%20or%201=1", "..%2F1", "99999999999999999999999", "１", "1.0", "%00", "view"]
)
def test_guessed_ids_and_paths_find_nothing(desk: Desk, place: tuple[str, str, int], id_: str) -> None:
    asker = desk.client(Role.REVIEWER)
    grant(desk.client(Role.LEAD), ask(asker, place))
    for end in ("", "/view", "/watermark.svg"):
        assert asker.get(f"/vault/{id_}{end}").status_code == 404


def test_asking_twice_asks_once_and_answering_twice_answers_once(desk: Desk, place: tuple[str, str, int]) -> None:
    asker, lead = desk.client(Role.REVIEWER), desk.client(Role.LEAD)
    path = ask(asker, place)
    assert ask(asker, place) == path
    assert ask(asker, place, key="k2") == path
    assert (grant(lead, path), grant(lead, path)) == (303, 303)
    refused = desk.client(Role.HEAD).post(f"{path}/answer", data={"decision": "refuse", "reason": "范围过宽"})
    assert refused.status_code == 409
    assert [one for one in actions(desk) if "request" in one or "grant" in one] == [
        "reviewer reveal.request",
        "lead reveal.grant",
    ]


def test_a_reason_that_says_nothing_is_sent_back_with_what_was_typed(desk: Desk, place: tuple[str, str, int]) -> None:
    form = {"clue": place[0], "letter": place[1], "what": "original", "reason": "想  看  看 一 下", "request_key": "k1"}
    answer = desk.client(Role.REVIEWER).post("/vault/request", data=form)
    assert answer.status_code == 400
    assert "想  看  看 一 下" in answer.text
    assert 'value="original" selected' in answer.text


def test_a_reason_as_long_as_a_letter_is_sent_back(desk: Desk, place: tuple[str, str, int]) -> None:
    form = {
        "clue": place[0],
        "letter": place[1],
        "what": "original",
        "reason": "核实发放时间" * 84,
        "request_key": "k1",
    }
    answer = desk.client(Role.REVIEWER).post("/vault/request", data=form)
    assert (answer.status_code, "500 字以内" in answer.text) == (400, True)


@pytest.mark.parametrize("minutes", ["", "31", "0", "-30", "99999", "x"])
def test_a_window_is_granted_for_one_of_three_times_only(desk: Desk, place: tuple[str, str, int], minutes: str) -> None:
    path = ask(desk.client(Role.REVIEWER), place)
    form = {"decision": "grant", "minutes": minutes}
    assert desk.client(Role.LEAD).post(f"{path}/answer", data=form).status_code == 400
    assert desk.client(Role.REVIEWER).get(f"{path}/view").status_code == 403


def test_a_refusal_needs_a_reason_that_the_asker_reads(desk: Desk, place: tuple[str, str, int]) -> None:
    path, lead = ask(desk.client(Role.REVIEWER), place), desk.client(Role.LEAD)
    assert lead.post(f"{path}/answer", data={"decision": "refuse", "reason": " "}).status_code == 400
    lead.post(f"{path}/answer", data={"decision": "refuse", "reason": "脱敏文本已经够用"})
    page = desk.client(Role.REVIEWER).get(path)
    assert "脱敏文本已经够用" in page.text
    assert "/view" not in page.text


@pytest.mark.parametrize("role", [Role.REGISTRAR, Role.TRANSFER, Role.MODELLER, Role.OPERATOR, Role.AUDITOR])
def test_other_roles_have_no_vault(desk: Desk, place: tuple[str, str, int], role: Role) -> None:
    path = ask(desk.client(Role.REVIEWER), place)
    grant(desk.client(Role.LEAD), path)
    client = desk.client(role)
    assert {client.get(one).status_code for one in ("/vault", path, f"{path}/view", f"{path}/watermark.svg")} == {404}


def test_marks_and_scripts_of_a_mail_are_shown_as_text_or_not_at_all(desk: Desk) -> None:
    evil = "<p>村会计彭大山2024年冒领危房改造补助款三万六千元。</p><script>alert(1)</script><img src=x onerror=alert(2)>&lt;b&gt;"
    data = (
        "From: writer@example.com\r\nSubject: <svg onload=alert(3)>\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
        + evil
    ).encode()
    bench = bench_of(desk.office)
    Intake(desk.office, bench.analyser.finder, source="邮箱", kind="imap").take_in(
        [Item("邮箱", "1:1", data, media.MAIL, Channel.MAILBOX)]
    )
    work_off(bench)
    with reading(desk.office.engine) as session:
        named = select(Clues.number, Letters.number, Letters.id).join(ClueLetters, ClueLetters.clue_id == Clues.id)
        mail = session.execute(
            named.join(Letters, Letters.id == ClueLetters.letter_id).order_by(Letters.id.desc())
        ).tuples()
        place = mail.first() or ("", "", 0)
    asker = desk.client(Role.REVIEWER)
    for what in ("original", "identity"):
        path = ask(asker, place, what, what)
        grant(desk.client(Role.LEAD), path)
        shown = asker.get(f"{path}/view").text
        assert "危房改造补助款" in shown
        assert not re.search(r"<script>alert|<img src=x|<svg onload|<b>", shown)
        assert "&lt;svg onload" in shown
