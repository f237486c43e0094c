"""Accounts and rounds for tests, made without the pages."""

from collections.abc import Sequence
from datetime import timedelta

from xiansuo.domain.people import Role, Viewer
from xiansuo.domain.rounds import RoundPlan
from xiansuo.services.office import Office
from xiansuo.services.sessions import viewer_of_account
from xiansuo.storage.repositories import rounds
from xiansuo.storage.session import CHINA, now, reading, transaction
from xiansuo.storage.tables import Accounts


def add_account(office: Office, login: str, role: Role, name: str) -> int:
    """Add an account for which nothing was checked yet."""
    with transaction(office.engine) as session:
        row = Accounts(login=login, name=name, role=role.value, state="active", password="", must_change=False)
        row.failures, row.locked_until, row.locale, row.screened = 0, None, "zh", False
        row.created, row.created_by = now(), "测试"
        session.add(row)
        session.flush()
        return row.id


def add_round(office: Office, members: Sequence[int], *, name: str = "一", plan: RoundPlan | None = None) -> int:
    """Add a round that is open today, over all units where no plan says otherwise."""
    today = now().astimezone(CHINA).date()
    day = timedelta(days=1)
    plan = plan or RoundPlan(name, today - day, today + day, all_units=True, takes_unplaced=True)
    with transaction(office.engine) as session:
        id_ = rounds.add(session, plan, by=members[0], request=f"{name}-{plan.name}")
        for member in members:
            rounds.put_member(session, id_, member, (), by=members[0])
        rounds.place_round(session, id_)
    return id_


def viewer_of(office: Office, account: int) -> Viewer:
    """Return an account as the person it is now."""
    with reading(office.engine) as session:
        viewer = viewer_of_account(session, account, now())
    assert viewer is not None
    return viewer
