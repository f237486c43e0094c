"""The desk in the middle of a round, in which every free text that anybody or any letter wrote tries to be markup, a template and a formula."""

from dataclasses import replace
from typing import Any

from sqlalchemy import Text, Update, literal, select, update

from tests.review.busy_desk import fill
from tests.review.desk import Desk
from xiansuo.review.app import create_app
from xiansuo.services.office import open_office
from xiansuo.storage.session import transaction
from xiansuo.storage.tables import Base, Clues, LetterSearch
from xiansuo.storage.tables.base import SafeText

MARK = "x7191"
PAYLOAD = (
    f"\"'><img src={MARK} onerror=alert(7191)><script>alert(7191)</script>"
    f"<svg onload=alert(7191)></svg></title></textarea>{{{{7191*7}}}}${{7191*7}}{{%raw%}}<a href=javascript:alert(7191)>{MARK}</a>"
)
EVALUATED = "50337"
_FORMULA = "=7191+1"
# Places in these texts are counted from their beginning, so what is added stands at the end.
_LETTERS = frozenset({"letters", "suggestions", "allegations", "entities"})
_WRITTEN = frozenset(
    [
        "name",
        "position",
        "receiver",
        "handed_by",
        "received_by",
        "note",
        "return_reason",
        "owner",
        "department",
        "approved_by",
        "office",
        "unit",
        "reason",
    ]
)


def poison(desk: Desk) -> Desk:
    """Fill the desk, put the payload into every free text of its database, and open it again."""
    fill(desk)
    with transaction(desk.office.engine) as session:
        for table in Base.metadata.sorted_tables:
            for column in table.columns:
                if _is_free(column) and table.name != LetterSearch.__tablename__:
                    session.execute(_spoiled(table, column))
        for id_, respondents in session.execute(select(Clues.id, Clues.respondents)).tuples().all():
            spoiled = [_FORMULA + one + PAYLOAD for one in respondents]
            session.execute(update(Clues).where(Clues.id == id_).values(respondents=spoiled))
    desk.office.engine.dispose()
    office = open_office(desk.office.settings)
    return replace(desk, office=office, app=create_app(office))


def _is_free(column: Any) -> bool:
    """Tell whether a column holds what somebody wrote: texts of letters, and names and notes that people type in."""
    if isinstance(column.type, SafeText):
        return True
    return column.name in _WRITTEN and type(column.type) is Text and column.table.name not in {"site_models", "cursors"}


def _spoiled(table: Any, column: Any) -> Update:
    ahead = "" if table.name in _LETTERS else _FORMULA
    return update(table).where(column != "").values({column.name: literal(ahead) + column + literal(PAYLOAD)})
