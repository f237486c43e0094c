from sqlalchemy import select

from tests.review.desk import Desk
from xiansuo.domain.category import Category
from xiansuo.domain.people import Role
from xiansuo.storage.repositories import rule_proposals as proposals
from xiansuo.storage.repositories.rule_proposals import NewProposal
from xiansuo.storage.session import transaction
from xiansuo.storage.tables import Clues, RuleProposals


def offer(desk: Desk) -> int:
    """Propose words that stand in a few clues; return the id of the proposal."""
    with transaction(desk.office.engine) as session:
        ids = tuple(session.scalars(select(Clues.id).order_by(Clues.id).limit(6)))
        proposals.renew(session, [NewProposal(Category.EMBEZZLEMENT, "借道出库", ids[:4], ids[4:5], ids[5:], 3.0)])
        return session.scalars(select(RuleProposals.id)).one()


def test_the_page_shows_words_and_counts_and_takes_a_rule(desk: Desk) -> None:
    proposal, modeller = offer(desk), desk.client(Role.MODELLER)
    shown = modeller.get("/operate/proposals").text
    assert "借道出库" in shown
    assert "4 条线索里有这个词" in shown
    form = {
        "sentence": "物资借道出库，账实不符。",
        "subtype": "B2",
        "match": "村主任让人把集体木材借道出库。\n会计借道出库水泥二十吨，没有入账。",
        "reject": "没有借道出库的情况。",
    }
    refused = modeller.post(f"/operate/proposals/{proposal}/accept", data=form)
    assert refused.status_code == 400
    assert "至少 2 个例子" in refused.text
    form["reject"] += "\n请问什么叫借道出库？"
    assert modeller.post(f"/operate/proposals/{proposal}/accept", data=form).status_code == 303
    assert "借道出库" not in modeller.get("/operate/proposals").text


def test_a_proposal_is_refused_with_a_reason(desk: Desk) -> None:
    proposal, modeller = offer(desk), desk.client(Role.MODELLER)
    assert modeller.post(f"/operate/proposals/{proposal}/refuse", data={"note": ""}).status_code == 400
    assert modeller.post(f"/operate/proposals/{proposal}/refuse", data={"note": "太笼统"}).status_code == 303
    assert modeller.post("/operate/proposals/999/refuse", data={"note": "太笼统"}).status_code == 404
