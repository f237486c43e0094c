from sqlalchemy import func, select

from tests.review.desk import NAMES, Desk
from tests.review.worked_desk import work_through
from xiansuo.domain.people import Role
from xiansuo.storage.repositories import second_looks as looks
from xiansuo.storage.repositories.second_looks import NewLook
from xiansuo.storage.session import reading, transaction
from xiansuo.storage.tables import AuditEvents, Decisions, SecondLooks


def offer(desk: Desk, count: int = 3) -> list[int]:
    """Let people work and offer some of their decisions for a second look; return the ids of these."""
    work_through(desk)
    with transaction(desk.office.engine) as session:
        rows = session.execute(select(Decisions.id, Decisions.clue_id).order_by(Decisions.id).limit(20)).all()
        near = tuple((row.clue_id, place % 3 > 0) for place, row in enumerate(rows))
        found = [NewLook(row.id, row.clue_id, 0.9, "scope", near) for row in rows[:count]]
        looks.add(session, found, found_by="test")
        return list(session.scalars(select(SecondLooks.id).order_by(SecondLooks.id)))


def test_the_lead_keeps_a_decision_with_a_reason_and_nobody_is_named(desk: Desk) -> None:
    first, *_ = offer(desk)
    lead = desk.client(Role.LEAD)
    shown = lead.get("/second-looks").text
    assert shown.count("维持原认定</button>") == 3
    assert "写法最相近的 20 条线索中，有 13 条" in shown
    assert NAMES[Role.REVIEWER] not in shown
    refused = lead.post(f"/second-looks/{first}/keep", data={"note": " "})
    assert refused.status_code == 400
    assert "维持原认定要写一句理由" in refused.text
    assert lead.post(f"/second-looks/{first}/keep", data={"note": "金额和时间都对得上。"}).status_code == 303
    assert lead.get("/second-looks").text.count("维持原认定</button>") == 2
    with reading(desk.office.engine) as session:
        wanted = select(func.count()).where(AuditEvents.action == "second_look.keep")
        assert session.scalar(wanted) == 1


def test_a_second_look_is_answered_once(desk: Desk) -> None:
    first, *_ = offer(desk)
    assert desk.client(Role.LEAD).post(f"/second-looks/{first}/keep", data={"note": "不变"}).status_code == 303
    assert desk.client(Role.LEAD).post(f"/second-looks/{first}/keep", data={"note": "不变"}).status_code == 303
    assert desk.client(Role.LEAD).post("/second-looks/99999/keep", data={"note": "不变"}).status_code == 404


def test_what_speaks_against_a_decision_is_said_in_english_too(desk: Desk) -> None:
    offer(desk)
    lead = desk.client(Role.LEAD)
    lead.post("/locale", data={"locale": "en"})
    assert "Of the 20 clues written most alike, 13 were decided as" in lead.get("/second-looks").text
