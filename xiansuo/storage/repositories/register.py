"""The organisation register, replaced as a whole by each import."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from xiansuo.domain.register import Head, Level, OrganisationRegister, Staff, Unit
from xiansuo.storage.session import add_rows
from xiansuo.storage.tables import OrgHeads, OrgSettings, OrgStaff, OrgUnits


def replace(session: Session, register: OrganisationRegister) -> None:
    """Put `register` in the place of the one stored."""
    for table in (OrgUnits, OrgHeads, OrgStaff, OrgSettings):
        session.execute(delete(table))
    add_rows(session, OrgSettings, [{"id": 1, "office": register.office, "ceiling": register.ceiling}])
    add_rows(session, OrgUnits, [_unit_row(id_, unit) for id_, unit in enumerate(register.units, 1)])
    add_rows(session, OrgHeads, [_head_row(id_, head) for id_, head in enumerate(register.heads, 1)])
    staff = enumerate(register.staff, 1)
    add_rows(
        session,
        OrgStaff,
        [{"id": id_, "name": one.name, "position": one.position, "principal": one.principal} for id_, one in staff],
    )


def load(session: Session) -> OrganisationRegister:
    """Return the stored register in the order it was imported; an empty one before the first import."""
    settings = session.get(OrgSettings, 1)
    if settings is None:
        return OrganisationRegister()
    return OrganisationRegister(
        office=settings.office,
        ceiling=Level(settings.ceiling),
        units=tuple(_to_unit(row) for row in session.scalars(select(OrgUnits).order_by(OrgUnits.id))),
        heads=tuple(_to_head(row) for row in session.scalars(select(OrgHeads).order_by(OrgHeads.id))),
        staff=tuple(
            Staff(row.name, row.position, row.principal)
            for row in session.scalars(select(OrgStaff).order_by(OrgStaff.id))
        ),
    )


def _unit_row(id_: int, unit: Unit) -> dict[str, object]:
    row = {"name": unit.name, "parent": unit.parent, "type": unit.type, "level": unit.level}
    return {"id": id_, "aliases": list(unit.aliases), **row}


def _head_row(id_: int, head: Head) -> dict[str, object]:
    row = {"name": head.name, "unit": head.unit, "position": head.position, "level": head.level}
    return {"id": id_, "principal": head.principal, **row}


def _to_unit(row: OrgUnits) -> Unit:
    return Unit(row.name, row.parent, row.type, Level(row.level), tuple(row.aliases))


def _to_head(row: OrgHeads) -> Head:
    return Head(row.name, row.unit, row.position, Level(row.level), row.principal)
