"""Who stands where in the queue, and that nobody waits for ever."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select, update

from tests.storage.samples import new_letter
from xiansuo.domain.category import Category
from xiansuo.domain.suggestion import Grade, Rank, RankPart
from xiansuo.services.elusion import draw
from xiansuo.services.office import Office
from xiansuo.services.queue import QueueRow, as_records, top
from xiansuo.storage.repositories import clues, letters, samples, sources
from xiansuo.storage.repositories.clues import ClueContent
from xiansuo.storage.session import transaction
from xiansuo.storage.tables import Clues
from xiansuo.triage.rubric import load_rubric

CAME = datetime(2026, 3, 2, 4, tzinfo=UTC)
NEXT_DAY, LATER = date(2026, 3, 3), date(2026, 3, 20)
RAISED, RARE, OUTSIDE = range(100, 80, -1), (45.0, 44.0), range(19, 4, -1)
CONTENT = ClueContent(Rank(0.0, (RankPart("可查性", "时间", 5.0, 6.0),), Grade.WEAK), 0.9, why=("疑似",))


@pytest.fixture
def full(office: Office) -> Office:
    """Twenty clues of one category, two of another ranked below them, and fifteen out of scope, all of one day."""
    contents = [
        *(replace(CONTENT, rank=replace(CONTENT.rank, total=float(total))) for total in OUTSIDE),
        *(_of(Category.BULLYING, total) for total in RARE),
        *(_of(Category.EMBEZZLEMENT, float(total)) for total in reversed(RAISED)),
    ]
    with transaction(office.engine) as session:
        source = sources.get_or_create(session, "来件", "paths")
        stored = letters.add(session, [new_letter(source, text=f"第{number}件") for number in range(len(contents))])
        clues.create_all(session, list(zip(stored, contents, strict=True)), at=CAME)
    return office


def _of(category: Category, total: float) -> ClueContent:
    return replace(CONTENT, rank=replace(CONTENT.rank, total=total), labels=(category,), scores={category: 0.9})


def _lifted(rows: list[QueueRow]) -> list[tuple[int, str]]:
    return [(row.place, row.turn) for row in rows if row.turn]


def test_fresh_clues_stand_strictly_by_rank(full: Office) -> None:
    rows = top(full, limit=None, today=NEXT_DAY)
    totals = [row.clue.content.rank.total for row in rows]
    assert totals == sorted(totals, reverse=True)
    assert _lifted(rows) == []


def _draw_all(office: Office) -> None:
    with transaction(office.engine) as session:
        session.execute(update(Clues).values(screened=True))
        samples.raise_share(session, 1.0, "测试", "全抽")
    assert draw(office, LATER) == len(OUTSIDE)


def test_every_tenth_place_goes_to_somebody_who_waits(full: Office) -> None:
    _draw_all(full)
    rows = top(full, limit=30, today=LATER)
    # The third turn may fall to the clue whose rank brings it anyway.
    assert [place for place, _ in _lifted(rows)][:2] == [10, 20]
    assert [row.clue.content.rank.total for row in rows if row.turn][:2] == [45.0, 44.0]
    assert rows[29].clue.content.labels == ()


def test_a_turn_is_told_in_the_reasons(full: Office) -> None:
    tenth = as_records(top(full, limit=10, today=LATER))[9]
    assert tenth["why"] == ["疑似", "因等候较久提前"]


def test_the_order_depends_on_the_clues_and_the_day_alone(full: Office) -> None:
    same = [[row.clue.id for row in top(full, limit=None, today=LATER)] for _ in range(2)]
    assert same[0] == same[1]
    assert len(set(same[0])) == len(same[0]) == 37


@pytest.mark.parametrize("limit", [1, 10, 37, 500])
def test_a_short_look_is_the_beginning_of_a_long_one(full: Office, limit: int) -> None:
    every = [row.clue.id for row in top(full, limit=None, today=LATER)]
    assert [row.clue.id for row in top(full, limit=limit, today=LATER)] == every[:limit]


def test_all_lines_of_the_rubric_are_shown_also_those_without_points(full: Office) -> None:
    (row,) = as_records(top(full, limit=1))
    parts = row["rank_parts"]
    assert isinstance(parts, list)
    assert sum(part["maximum"] for part in parts) == 100


@pytest.mark.parametrize("total", [5.0, 45.0], ids=["put off by the rubric", "put forward by it"])
def test_a_hostile_learner_keeps_no_clue_waiting_for_ever(full: Office, total: float) -> None:
    """Before every reading the learner puts one clue last, now below the floor where it may, now above; it is given out all the same."""
    turns = load_rubric(full.settings.rules / "ranking.yaml").turns
    with transaction(full.engine) as session:
        victim = session.scalars(select(Clues.id).where(Clues.rank == total)).one()
        older = session.scalars(select(Clues.id).where(Clues.id < victim)).all()
        session.execute(update(Clues).where(Clues.id.in_(older)).values(state="merged"))
    with transaction(full.engine) as session:
        source = sources.get_or_create(session, "来件", "paths")
        stored = letters.add(session, [new_letter(source, text=f"另{number}件") for number in range(60)])
        clues.create_all(session, [(one, _of(Category.EMBEZZLEMENT, 50.0)) for one in stored], at=CAME)
    read = 0
    while victim not in (given := [row.clue.id for row in top(full, limit=1, today=LATER)]):
        read += 1
        with transaction(full.engine) as session:
            session.execute(update(Clues).where(Clues.id.in_(given)).values(state="decided"))
            least = 20.01 if total > 20 or read % 2 else 0.01
            session.execute(update(Clues).where(Clues.id == victim).values(rank=least))
            session.execute(update(Clues).where(Clues.id != victim).values(rank=Clues.rubric_rank + 30 + read % 7))
    assert read <= turns.every * len(turns.round)
