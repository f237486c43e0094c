"""Gives the pre-visit brief of a unit (巡前简报): what people confirmed about it, masked, and what to ask and to look at."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import and_

from xiansuo.domain.category import Category
from xiansuo.domain.people import Power, Viewer
from xiansuo.domain.units import UnitTree
from xiansuo.errors import NotVisibleError, RefusedError
from xiansuo.services.office import Office
from xiansuo.services.told_matters import Matter, by_category, matters_of
from xiansuo.storage.repositories import figures, ledger
from xiansuo.storage.repositories.figures import Sight
from xiansuo.storage.session import now, reading
from xiansuo.triage.documents import load_documents

MOST = 300
"""So many confirmed clues a brief holds; one with more would not be read before a visit."""
_OFTEN = 2


@dataclass(frozen=True, slots=True)
class UnitChoice:
    """A unit with confirmed clues about itself or a unit below it."""

    unit: str
    type: str
    depth: int
    confirmed: int
    open: int


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody whom confirmed clues name, with the post the register knows and what the clues are about."""

    name: str = field(repr=False)
    unit: str = field(repr=False)
    post: str
    principal: bool
    matters: tuple[str, ...]
    categories: tuple[Category, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """What a clue does not tell and the visit could ask."""

    clue: str
    category: Category
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Brief:
    """A unit's brief. `open` clues are a number only: nobody has confirmed them. `cleared` matters are no issue any more."""

    unit: str = field(repr=False)
    units: int
    type: str
    open: int
    issues: tuple[tuple[Category, tuple[Matter, ...]], ...] = field(repr=False)
    repeated: tuple[Matter, ...] = field(repr=False)
    common: tuple[tuple[Category, int], ...]
    people: tuple[Named, ...] = field(repr=False)
    questions: tuple[Question, ...] = field(repr=False)
    papers: tuple[str, ...]
    told_papers: tuple[tuple[str, tuple[str, ...]], ...] = field(repr=False)
    cleared: tuple[Matter, ...] = field(repr=False)
    made: datetime
    by: str = field(repr=False)
    cut: bool = False

    @property
    def numbers(self) -> tuple[str, ...]:
        """The clues of which the brief tells."""
        told = [one for _, matters in self.issues for one in matters]
        return tuple(dict.fromkeys(one.number for one in (*told, *self.cleared)))

    @property
    def confirmed(self) -> int:
        """How many confirmed clues the brief tells of."""
        return len({one.id for _, matters in self.issues for one in matters})


def units_of(office: Office, viewer: Viewer) -> tuple[UnitChoice, ...]:
    """Return the units about which the viewer may see clues, in the order of the register. Raises RefusedError."""
    _require(viewer)
    sight = Sight(viewer, power=Power.READ_CLUES)
    with reading(office.engine) as session:
        confirmed = figures.unit_counts(session, sight, {"scope": "inside"})
        still_open = figures.unit_counts(session, sight, {"scope": "undecided"})
    tree = UnitTree.of(office.register)
    return tuple(
        UnitChoice(
            unit.name, unit.type, depth, confirmed.get(unit.name, (0, 0))[1], still_open.get(unit.name, (0, 0))[1]
        )
        for unit, depth in tree.in_order()
        if unit.name in confirmed or unit.name in still_open
    )


def brief(office: Office, viewer: Viewer, unit: str) -> Brief:
    """Return the brief of a registered unit with those below it. Raises RefusedError, NotVisibleError for an unknown unit."""
    _require(viewer)
    tree = UnitTree.of(office.register)
    if unit not in tree.units:
        raise NotVisibleError
    sight = Sight(viewer, power=Power.READ_CLUES)
    inside = and_(sight.condition, *figures.conditions(sight, {"below": unit, "scope": "inside"}))
    with reading(office.engine) as session:
        clues = ledger.page(session, inside, limit=MOST + 1)
        matters = matters_of(session, clues[:MOST])
        waiting = figures.unit_counts(session, sight, {"scope": "undecided"})
    told = [one for one in matters if not one.cleared]
    points = [(point.category, point.subtype) for one in told for point in one.points]
    return Brief(
        unit=unit,
        units=len(tree.below(unit) & tree.units.keys()),
        type=tree.units[unit].type,
        open=waiting.get(unit, (0, 0))[1],
        issues=tuple(by_category(told).items()),
        repeated=tuple(one for one in told if one.letters - one.repeats >= _OFTEN),
        common=tuple((category, len(some)) for category, some in by_category(told).items() if len(some) >= _OFTEN),
        people=tuple(_people(office, told)),
        questions=tuple(_questions(told)),
        papers=load_documents(office.settings.rules / "documents.yaml").for_(points),
        told_papers=tuple((one.number, papers) for one in told if (papers := _papers(one))),
        cleared=tuple(one for one in matters if one.cleared),
        made=now(),
        by=viewer.name,
        cut=len(clues) > MOST,
    )


def _require(viewer: Viewer) -> None:
    if viewer.reach(Power.READ_CLUES) is None:
        raise RefusedError("您的岗位没有查看线索的权限。")


def _people(office: Office, matters: Sequence[Matter]) -> Iterable[Named]:
    """Yield whom the matters name, by unit and name; nobody stands before another for being named more often."""
    found = sorted({(one.unit, name) for one in matters for name in one.respondents})
    heads = {(head.unit, head.name): head for head in office.register.heads}
    for unit, name in found:
        some = [one for one in matters if one.unit == unit and name in one.respondents]
        head = heads.get((unit, name))
        categories = Counter(category for one in some for category in one.categories)
        numbers = tuple(one.number for one in some)
        yield Named(
            name, unit, head.position if head else "", bool(head and head.principal), numbers, tuple(categories)
        )


def _questions(matters: Sequence[Matter]) -> Iterable[Question]:
    for one in matters:
        for category in one.categories:
            points = [point for point in one.points if point.category is category]
            lacking = set.intersection(*(set(point.missing) for point in points))
            if lacking:
                yield Question(one.number, category, tuple(name for name in points[0].missing if name in lacking))


def _papers(matter: Matter) -> tuple[str, ...]:
    return tuple(dict.fromkeys(paper for point in matter.points for paper in point.evidence))
