"""Adds demo people to the demo office: one account per role and an open round over all units; prints how to log in."""

import sys
from pathlib import Path

from xiansuo.domain.people import Role, Viewer
from xiansuo.services.accounts import Machine, confirm, create, list_accounts
from xiansuo.services.login import change_password
from xiansuo.services.office import Office, open_office
from xiansuo.settings import Settings

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
        _add(office)
    print("\n演示账号（全部虚构，密码都是 " + PASSWORD + "）  Demo accounts, all with this password:\n")
    for login, name, role in PEOPLE:
        print(f"  {login:<10}{name}  {role.value}")
    print()


def _add(office: Office) -> None:
    machine, head = Machine(), None
    for login, name, role in PEOPLE:
        account = create(office, machine, login, name, role, password=_TEMPORARY).account
        viewer = Viewer(account.id, account.login, account.name, role, changing=True)
        change_password(office, viewer, _TEMPORARY, PASSWORD)
        head = head or Viewer(account.id, account.login, account.name, role)
        if role not in {Role.HEAD, Role.OPERATOR}:
            confirm(office, head, account.id)


if __name__ == "__main__":
    main()
