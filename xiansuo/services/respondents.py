"""Gives what is told of one respondent (个性问题), unit by unit: distinct allegations with substance, never a score of a person."""

from dataclasses import dataclass, field

from sqlalchemy import and_

from xiansuo.domain.people import Power, Viewer
from xiansuo.domain.register import Head
from xiansuo.errors import RefusedError
from xiansuo.services.office import Office
from xiansuo.services.readings import hidden_in
from xiansuo.services.told_matters import Matter, matters_of
from xiansuo.storage.repositories import figures, ledger
from xiansuo.storage.repositories.figures import Sight
from xiansuo.storage.session import reading

MOST = 200
"""So many clues under one name are read at once; a name that stands in more is too common to be one person's."""
_SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Person:
    """A name in a unit. The same name in another unit is another person until somebody has checked it."""

    name: str = field(repr=False)
    unit: str = field(repr=False)
    posts: tuple[str, ...] = field(repr=False)
    matters: tuple[Matter, ...]

    @property
    def cleared(self) -> tuple[Matter, ...]:
        """Matters found untrue, or of which the person was cleared."""
        return tuple(one for one in self.matters if one.cleared)

    @property
    def told(self) -> tuple[Matter, ...]:
        """Matters with substance that have not been found untrue."""
        return tuple(one for one in self.matters if not one.cleared and one.points and (one.suggested or one.confirmed))

    @property
    def others(self) -> tuple[Matter, ...]:
        """Matters in which the person is only named, or that people found to be no accusation of substance."""
        rest = {one.id for one in (*self.cleared, *self.told)}
        return tuple(one for one in self.matters if one.id not in rest)


@dataclass(frozen=True, slots=True)
class NamedIn:
    """Everybody of one name; `cut` where more clues bear it than are shown."""

    name: str = field(repr=False)
    people: tuple[Person, ...] = field(repr=False)
    cut: bool = False


def respondent(office: Office, viewer: Viewer, name: str, unit: str | None = None) -> NamedIn:
    """Return what the viewer may see about a name, in one unit or in each apart. Raises RefusedError."""
    if viewer.reach(Power.READ_CLUES) is None:
        raise RefusedError("您的岗位没有查看线索的权限。")
    name = "".join(name.split())
    if len(name) < _SHORTEST:
        return NamedIn(name, ())
    wanted = and_(Sight(viewer, power=Power.READ_CLUES).condition, figures.names(name))
    with reading(office.engine) as session:
        clues = ledger.page(session, wanted, limit=MOST + 1)
        hidden = hidden_in(office, session, viewer, [clue.id for clue in clues])
        matters = matters_of(session, clues[:MOST], about=name, hidden=hidden)
    units = sorted({one.unit for one in matters if unit is None or one.unit == unit})
    people = tuple(_person(office, name, one, matters) for one in units)
    return NamedIn(name, people, cut=len(clues) > MOST)


def _person(office: Office, name: str, unit: str, matters: tuple[Matter, ...]) -> Person:
    heads: list[Head] = [one for one in office.register.heads if one.name == name and one.unit == unit]
    return Person(name, unit, tuple(one.position for one in heads), tuple(one for one in matters if one.unit == unit))
