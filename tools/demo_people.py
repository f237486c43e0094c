"""Adds demo people to the demo office: one account per role and an open round over all units; prints how to log in."""

import sys
from datetime import timedelta
from pathlib import Path

from xiansuo.domain.people import Role, Viewer
from xiansuo.domain.rounds import RoundPlan
from xiansuo.services.accounts import Machine, confirm, create, list_accounts
from xiansuo.services.login import change_password
from xiansuo.services.office import Office, open_office
from xiansuo.services.rounds import create as create_round
from xiansuo.services.rounds import put_member
from xiansuo.services.screening import screen_waiting
from xiansuo.settings import Settings
from xiansuo.storage.session import CHINA, now

PASSWORD = "xinfang-yanshi-2026"  # noqa: S105 - printed for whoever tries the demo
_TEMPORARY = "linshi-mima-20261123"
PEOPLE = (
    ("zhuren", "演示·分管领导", Role.HEAD),
    ("guanli", "演示·系统管理员", Role.OPERATOR),
    ("zuzhang", "演示·组长", Role.LEAD),
    ("shenhe1", "演示·审核员甲", Role.REVIEWER),
    ("shenhe2", "演示·审核员乙", Role.REVIEWER),
    ("dengji", "演示·登记员", Role.REGISTRAR),
    ("yijiao", "演示·移交员", Role.TRANSFER),
    ("moxing", "演示·模型管理员", Role.MODELLER),
    ("shenji", "演示·审计员", Role.AUDITOR),
)


def main() -> None:
    """Add the people to the office in the state directory given, unless they are there already."""
    office = open_office(Settings(state_dir=Path(sys.argv[1]).absolute()))
    if not list_accounts(office, Machine()):
        people = _add(office)
        _open_round(office, people)
        screen_waiting(office)
    print("\n演示账号（全部虚构，密码都是 " + PASSWORD + "）  Demo accounts, all with this password:\n")
    for login, name, role in PEOPLE:
        print(f"  {login:<10}{name}  {role.value}")
    print()


def _add(office: Office) -> dict[Role, list[Viewer]]:
    machine, head = Machine(), None
    people: dict[Role, list[Viewer]] = {}
    for login, name, role in PEOPLE:
        account = create(office, machine, login, name, role, password=_TEMPORARY).account
        viewer = Viewer(account.id, account.login, account.name, role)
        change_password(office, viewer, _TEMPORARY, PASSWORD)
        head = head or viewer
        if role not in {Role.HEAD, Role.OPERATOR}:
            confirm(office, head, account.id)
        people.setdefault(role, []).append(viewer)
    return people


def _open_round(office: Office, people: dict[Role, list[Viewer]]) -> None:
    """Open a round over all units for two months, one clue in ten read twice and one in ten blind first."""
    today = now().astimezone(CHINA).date()
    plan = RoundPlan(
        name=f"{today.year}年第四轮巡察（演示）",
        starts=today - timedelta(days=7),
        ends=today + timedelta(days=53),
        all_units=True,
        takes_unplaced=True,
        double_share=0.1,
        blind_share=0.1,
    )
    (head,) = people[Role.HEAD]
    round_id = create_round(office, head, plan, "demo")
    for member in (*people[Role.LEAD], *people[Role.REVIEWER]):
        put_member(office, head, round_id, member.account)


if __name__ == "__main__":
    main()
