"""Gives a round's statistics and the clues behind each number, for what the viewer may see and nothing else."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy.orm import Session

from xiansuo.domain.decision import ClueState, Outcome
from xiansuo.domain.figures import NOTHING, ClueFact, LetterFact, timeliness
from xiansuo.domain.ledger import LedgerRow
from xiansuo.domain.people import Power, Reach, Viewer
from xiansuo.domain.units import UnitTree
from xiansuo.errors import NotVisibleError, RefusedError
from xiansuo.evaluation.figures import RoundFigures, count_round, roll_up
from xiansuo.evaluation.veil import veiled
from xiansuo.services.office import Office
from xiansuo.services.readings import hidden_in
from xiansuo.storage.repositories import figures
from xiansuo.storage.repositories.figures import Listed, ListedLetter, Sight
from xiansuo.storage.session import reading

PAGE = 50
UNPLACED = ""
"""The unit of clues whose unit the register does not know."""


@dataclass(frozen=True, slots=True)
class RoundChoice:
    """A round whose statistics a person may read."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit's place in the register tree, with the clues about itself and those about it or a unit below it."""

    unit: str
    type: str
    depth: int
    itself: int
    all: int


@dataclass(frozen=True, slots=True)
class TypeLine:
    """A type of units with its clues and how many units have any."""

    type: str
    clues: int
    units: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """The statistics of a round. `whole` is false for a reader of totals only, who is shown no units and no clues."""

    counted: RoundFigures
    units: tuple[UnitLine, ...] = field(repr=False)
    types: tuple[TypeLine, ...]
    unplaced: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Behind:
    """A page of the clues or letters behind a number. `next` continues it, 0 at the end."""

    clues: tuple[Listed, ...] = field(default=(), repr=False)
    letters: tuple[ListedLetter, ...] = ()
    next: int = 0


def rounds_of(office: Office, viewer: Viewer) -> tuple[RoundChoice, ...]:
    """Return the rounds whose statistics the viewer may read, the latest first."""
    reach = _require(viewer)
    own = {one.round for one in viewer.rounds}
    with reading(office.engine) as session:
        found = figures.rounds(session)
    return tuple(RoundChoice(id_, name) for id_, name in found if reach is Reach.ALL or id_ in own)


def statistics(office: Office, viewer: Viewer, round_id: int | None = None) -> Statistics:
    """Return the statistics of a round, of all that the viewer may see without one. Raises RefusedError, NotVisibleError."""
    sight = sight_for(office, viewer, round_id)
    with reading(office.engine) as session:
        clues, letters = figures.clue_facts(session, sight), figures.letter_facts(session, sight)
        if not may_look_behind(viewer):
            return Statistics(
                veiled(count_round(clues, letters), clues, letters, office.settings.small_cells), (), (), 0, whole=False
            )
        units = figures.unit_counts(session, sight)
        counted = count_round(clues, letters, figures.readings(session, sight), units)
    tree = UnitTree.of(office.register)
    placed = sum(itself for itself, _ in units.values())
    return Statistics(counted, _unit_lines(tree, units), _type_lines(tree, units), counted.clues - placed, whole=True)


def behind(office: Office, viewer: Viewer, round_id: int | None, where: Mapping[str, str], *, after: int = 0) -> Behind:
    """Return the clues or letters that a number counts. Raises RefusedError for a reader of totals only."""
    sight = sight_for(office, viewer, round_id)
    if not may_look_behind(viewer):
        raise RefusedError("您的岗位只看汇总数，不看具体线索。")
    if not where:
        raise NotVisibleError
    if "pending" in where and viewer.may(Power.DECIDE):
        raise RefusedError("待核的系统建议只列汇总数：点开会看到先盲审线索的建议类别。")
    with reading(office.engine) as session:
        found = _page(session, sight, _in_units(office, where), after)
        hidden = hidden_in(office, session, viewer, [clue.id for clue in found.clues])
    clues = tuple(replace(clue, category=None) if clue.id in hidden else clue for clue in found.clues)
    return replace(found, clues=clues)


def may_look_behind(viewer: Viewer) -> bool:
    """Tell whether a person sees the clues behind the numbers, not only totals."""
    return viewer.may(Power.STATISTICS) and viewer.may(Power.LEDGER)


def sight_of(office: Office, viewer: Viewer, round_id: int | None) -> Sight:
    """Return what a person who may look behind the numbers sees of a round. Raises RefusedError, NotVisibleError."""
    sight = sight_for(office, viewer, round_id)
    if not may_look_behind(viewer):
        raise RefusedError("您的岗位只看汇总数，不看具体线索和单位。")
    return sight


def _require(viewer: Viewer) -> Reach:
    reach = viewer.reach(Power.STATISTICS)
    if reach is None:
        raise RefusedError("您的岗位没有查看统计的权限。")
    return reach


def sight_for(office: Office, viewer: Viewer, round_id: int | None) -> Sight:
    """Return what a person sees of a round in totals. Raises RefusedError, NotVisibleError."""
    if round_id is not None and round_id not in {one.id for one in rounds_of(office, viewer)}:
        raise NotVisibleError
    _require(viewer)
    return Sight(viewer, round_id)


def _page(session: Session, sight: Sight, where: Mapping[str, str], after: int) -> Behind:
    if figures.is_of_letters(next(iter(where))):
        letters = figures.listed_letters(session, sight, where, after=after, limit=PAGE + 1)
        return Behind(letters=tuple(letters[:PAGE]), next=_next([one.id for one in letters]))
    clues = figures.listed(session, sight, where, after=after, limit=PAGE + 1)
    return Behind(clues=tuple(clues[:PAGE]), next=_next([one.id for one in clues]))


def _next(ids: Sequence[int]) -> int:
    return ids[PAGE - 1] if len(ids) > PAGE else 0


def _in_units(office: Office, where: Mapping[str, str]) -> Mapping[str, str]:
    """Put the units of a type in the place of the type."""
    if "type" not in where:
        return where
    units = sorted(UnitTree.of(office.register).of_type(where["type"]))
    return {**{name: value for name, value in where.items() if name != "type"}, "units": json.dumps(units)}


def _unit_lines(tree: UnitTree, counted: Mapping[str, tuple[int, int]]) -> tuple[UnitLine, ...]:
    lines = ((unit, depth, *counted.get(unit.name, (0, 0))) for unit, depth in tree.in_order())
    known = [UnitLine(unit.name, unit.type, depth, itself, all_) for unit, depth, itself, all_ in lines if all_]
    others = sorted(counted.keys() - tree.units.keys())
    return (*known, *(UnitLine(name, "", 0, *counted[name]) for name in others))


def _type_lines(tree: UnitTree, counted: Mapping[str, tuple[int, int]]) -> tuple[TypeLine, ...]:
    lines = []
    for type_ in tree.types():
        of_type = tree.of_type(type_)
        own = [itself for unit, (itself, _) in counted.items() if itself and unit in of_type]
        if own:
            lines.append(TypeLine(type_, sum(own), len(own)))
    return tuple(lines)


def recounted(office: Office, rows: Iterable[LedgerRow], today: date) -> RoundFigures:
    """Return a round's statistics as they follow from the rows of the ledger; what two readers said is not in it."""
    found = [row for row in rows if row.state is not ClueState.MERGED]
    tree = UnitTree.of(office.register)
    units = roll_up(((row.unit, 1) for row in found if row.unit in tree.units), tree.above)
    letters = [LetterFact(one.channel, one.signed, one.repeat) for row in found for one in row.items if one.main]
    return count_round([_fact(row, today) for row in found], letters, units=units)


def _fact(row: LedgerRow, today: date) -> ClueFact:
    handling = row.handling
    return ClueFact(
        row.state,
        row.outcome or NOTHING,
        () if row.suggested else tuple(row.categories),
        handling.kind or NOTHING,
        handling.result or NOTHING,
        timeliness(handling.due, row.ended_on, today),
    )


NAMES: Mapping[str, str] = {
    **{state.value: state.chinese for state in ClueState},
    **{outcome.value: outcome.chinese for outcome in Outcome},
}
"""The words for codes in lists."""
