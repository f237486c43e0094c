"""A desk with decided clues, and forms as the pages send them."""

import re
from uuid import uuid4

from sqlalchemy import select
from starlette.testclient import TestClient

from tests.review.desk import Desk
from xiansuo.domain.category import Category
from xiansuo.domain.people import Role
from xiansuo.services.decide import Asked, Choice, decide
from xiansuo.services.sessions import viewer_named
from xiansuo.storage.session import reading
from xiansuo.storage.tables import Clues

WHOLE = {
    "kind": "verification",
    "owner": "承办人甲",
    "department": "第二纪检监察室",
    "reason": "反映具体，有时间、金额。",
    "approved_by": "演示分管领导",
    "result": "partly",
    "feedback": "not_applicable",
    "feedback_note": "匿名来件。",
}


def decided(desk: Desk, count: int = 1) -> list[str]:
    """Decide the first clues and return their numbers."""
    reviewer = viewer_named(desk.office, Role.REVIEWER)
    assert reviewer is not None
    with reading(desk.office.engine) as session:
        rows = session.execute(select(Clues.number, Clues.version).order_by(Clues.rank.desc()).limit(count)).all()
    for number, version in rows:
        asked = Asked(uuid4().hex, number, version, "")
        decide(desk.office, reviewer, asked, Choice(labels=(Category.EMBEZZLEMENT,)))
    return [row.number for row in rows]


def form(client: TestClient, path: str, **typed: str) -> dict[str, str]:
    """Return what the page's form would send, with some fields filled in."""
    page = client.get(path).text
    hidden = dict(re.findall(r'type="hidden" name="(request_key|version|step)" value="([^"]*)"', page))
    return hidden | typed
