"""That every number of the statistics has exactly the clues or letters behind it that it counts, and nobody counts what he may not see."""

from collections import Counter

import pytest
from sqlalchemy.orm import Session

from tests.storage.figures_samples import HEAD, LEAD, MODELLER, NARROW, PARENTS, REVIEWER, block, fill, read_by
from xiansuo.domain.people import Viewer
from xiansuo.evaluation.figures import RoundFigures, count_round, roll_up
from xiansuo.storage.repositories import figures
from xiansuo.storage.repositories.figures import Sight, is_of_letters


@pytest.fixture
def filled(session: Session) -> Session:
    fill(session)
    return session


def _counted(session: Session, sight: Sight) -> RoundFigures:
    units = figures.unit_counts(session, sight)
    return count_round(
        figures.clue_facts(session, sight),
        figures.letter_facts(session, sight),
        figures.readings(session, sight),
        units,
    )


def _behind(session: Session, sight: Sight, where: dict[str, str]) -> int:
    if is_of_letters(next(iter(where))):
        return len(figures.listed_letters(session, sight, where, limit=None))
    return len(figures.listed(session, sight, where, limit=None))


@pytest.mark.parametrize("sight", [Sight(LEAD), Sight(NARROW), Sight(HEAD), Sight(HEAD, 1)])
def test_behind_every_number_stand_as_many_clues_or_letters(filled: Session, sight: Sight) -> None:
    counted = _counted(filled, sight)
    for figure in counted.figures:
        for part in figure.parts:
            assert _behind(filled, sight, {figure.name: part.code}) == part.count, (figure.name, part.code)
    assert _behind(filled, sight, {"all": ""}) == counted.clues > 0
    assert _behind(filled, sight, {"letters": ""}) == counted.letters > counted.clues


def test_what_divides_adds_up(filled: Session) -> None:
    counted = _counted(filled, Sight(HEAD))
    for figure in counted.figures:
        whole = counted.letters if is_of_letters(figure.name) else counted.clues
        assert not figure.divides or sum(part.count for part in figure.parts) == whole


def test_units_roll_up_as_the_register_says(filled: Session) -> None:
    counted = figures.unit_counts(filled, Sight(HEAD))
    own = [(unit, itself) for unit, (itself, _) in counted.items() if itself]
    assert roll_up(own, lambda unit: [PARENTS[unit]] if PARENTS[unit] else []) == counted
    for unit, (itself, all_) in counted.items():
        assert _behind(filled, Sight(HEAD), {"unit": unit}) == itself
        assert _behind(filled, Sight(HEAD), {"below": unit}) == all_


@pytest.mark.parametrize("pending", [False, True])
def test_behind_every_cell_of_the_common_problems_stand_as_many_clues(filled: Session, *, pending: bool) -> None:
    name, sight = "pending" if pending else "issue", Sight(HEAD)
    for (unit, category), count in figures.issues_by_unit(filled, sight, pending=pending).items():
        assert _behind(filled, sight, {"unit": unit, name: category}) == count
    for (month, category), count in figures.issues_by_month(filled, sight, pending=pending).items():
        assert _behind(filled, sight, {"month": month, name: category}) == count


@pytest.mark.parametrize("viewer", [LEAD, NARROW, HEAD, MODELLER])
def test_a_recused_person_reads_the_numbers_of_an_office_without_the_clue(session: Session, viewer: Viewer) -> None:
    fill(session)
    sight = Sight(viewer)
    behind = figures.listed(session, Sight(HEAD), {"all": ""}, limit=None)
    clue = next(one.id for one in behind if one.letters > 1 and one.id % 3 and "村" in one.unit)
    block(session, viewer, clue)
    blocked = _all_numbers(session, sight)
    _remove(session, clue)
    assert _all_numbers(session, sight) == blocked


def test_numbers_change_with_the_clue_that_a_person_may_see(filled: Session) -> None:
    before = _all_numbers(filled, Sight(LEAD))
    block(filled, LEAD, 1)
    assert _all_numbers(filled, Sight(LEAD)) != before


@pytest.mark.parametrize("viewer", [REVIEWER])
def test_without_the_power_there_is_nothing_to_count(filled: Session, viewer: Viewer) -> None:
    counted = _counted(filled, Sight(viewer))
    assert (counted.letters, counted.clues, counted.units) == (0, 0, {})


def test_two_readings_agree_or_not_and_an_undone_one_is_none(filled: Session) -> None:
    first, other, alone, *_ = figures.listed(filled, Sight(HEAD), {"all": ""})
    for clue, second in ((first.id, "four_winds"), (other.id, "bullying")):
        read_by(filled, clue, 1, "open", "four_winds")
        read_by(filled, clue, 2, "second", second)
    read_by(filled, alone.id, 2, "second", "bullying")
    found = figures.readings(filled, Sight(HEAD))
    assert Counter(one.agree for one in found) == {True: 1, False: 1}


def test_a_name_that_divides_nothing_lists_nothing(filled: Session) -> None:
    assert figures.listed(filled, Sight(HEAD), {"writer": "x"}) == []
    assert figures.listed_letters(filled, Sight(HEAD), {"channel": "来信", "writer": "x"}) == []


def _all_numbers(session: Session, sight: Sight) -> tuple[object, ...]:
    issues = [
        count(session, sight, pending=pending)
        for count in (figures.issues_by_unit, figures.issues_by_month)
        for pending in (False, True)
    ]
    return (_counted(session, sight), *issues)


def _remove(session: Session, clue: int) -> None:
    from xiansuo.storage.tables import (  # noqa: PLC0415
        ClueBlocks,
        ClueLetters,
        ClueRounds,
        Clues,
        ClueUnits,
        Dispositions,
    )

    for table in (ClueBlocks, ClueLetters, ClueRounds, ClueUnits, Dispositions):
        session.query(table).filter(table.clue_id == clue).delete()
    session.query(Clues).filter(Clues.id == clue).delete()
    session.flush()
