"""The queue learns from decisions: what moves, what stays, and that it is the same whenever and however often it happened."""

import pytest
from sqlalchemy import func, select, update

from tests.services.deciding import Room, furnish, together
from tests.services.lessons import TAUGHT, is_tide, learn, places, school, teach
from xiansuo.domain.category import Category
from xiansuo.domain.decision import ClueState
from xiansuo.services import order as ordering
from xiansuo.services.acquaint import acquaintance
from xiansuo.services.analysis import Analyser
from xiansuo.services.decide import decide, undo
from xiansuo.services.office import Office
from xiansuo.services.order import reorder
from xiansuo.services.rank import rank_clues
from xiansuo.storage.repositories import orders
from xiansuo.storage.session import reading, transaction
from xiansuo.storage.tables import Clues, Orders, Samples, Suggestions


@pytest.fixture(params=["sqlite", "postgres"])
def room(request: pytest.FixtureRequest) -> Room:
    office: Office = request.getfixturevalue("office" if request.param == "sqlite" else "postgres_office")
    return school(office, 40)


@pytest.fixture
def small(office: Office) -> Room:
    return school(office, 40)


def test_what_decisions_speak_for_rises_and_what_they_speak_against_falls(room: Room, analyser: Analyser) -> None:
    before = places(room)
    teach(room, room.numbers[:20])
    order = learn(room, analyser)
    assert order is not None
    assert (order.gold, order.raised, order.lowered) == (20, 10, 10)
    for number in room.numbers[20:]:
        old, new = before[number][0], places(room)[number][0]
        assert new < old if is_tide(room, number) else old < 20 < new


def test_the_suggestion_stays_the_models(room: Room, analyser: Analyser) -> None:
    def suggested() -> list[object]:
        with reading(room.office.engine) as session:
            ours = select(Clues.labels, Clues.scores, Clues.scope, Clues.category, Clues.rubric_rank, Clues.version)
            own = select(Suggestions.labels, Suggestions.scores, Suggestions.scope, Suggestions.rank)
            of_unread = ours.where(Clues.number.in_(room.numbers[20:])).order_by(Clues.id)
            return [*map(tuple, session.execute(of_unread)), *map(tuple, session.execute(own.order_by(Suggestions.id)))]

    before = suggested()
    teach(room, room.numbers[:20])
    assert learn(room, analyser)
    assert suggested() == before


def test_it_learns_after_every_tenth_decision_and_no_sooner(small: Room, analyser: Analyser) -> None:
    teach(small, small.numbers[:9])
    assert learn(small, analyser) is None
    assert learn(small, analyser, force=True) is None
    teach(small, small.numbers[9:10])
    first = learn(small, analyser)
    assert first
    assert first.gold == 10
    teach(small, small.numbers[10:19])
    assert learn(small, analyser) is None
    assert learn(small, analyser, force=True)


def test_one_order_after_thirty_decisions_equals_the_last_of_three(
    small: Room, postgres_office: Office, analyser: Analyser
) -> None:
    """On two databases, as well."""
    other = school(postgres_office, 40)
    for start in (0, 10, 20):
        teach(small, small.numbers[start : start + 10])
        assert learn(small, analyser)
    teach(other, other.numbers[:30])
    assert learn(other, analyser)
    unread = small.numbers[30:]
    assert {n: places(small)[n] for n in unread} == {n: places(other)[n] for n in unread}
    with reading(small.office.engine) as here, reading(other.office.engine) as there:
        one, two = orders.latest(here), orders.latest(there)
    assert one
    assert two
    assert (one.digest, one.gold, one.doubtful) == (two.digest, two.gold, two.doubtful)
    assert (one.raised, one.lowered) == (two.raised, two.lowered) == (5, 5)


def test_learning_again_from_nothing_new_gives_the_same_order_and_writes_no_clue(
    small: Room, analyser: Analyser, monkeypatch: pytest.MonkeyPatch
) -> None:
    teach(small, small.numbers[:20])
    first = learn(small, analyser)
    moved: list[int] = []
    monkeypatch.setattr(orders, "move", lambda _session, moves: moved.append(len(moves)))
    again = learn(small, analyser, force=True)
    assert first
    assert again
    assert again.digest == first.digest
    assert moved == [0]


def test_a_clue_that_was_read_keeps_the_rank_it_had(room: Room, analyser: Analyser) -> None:
    before = places(room)
    room.shares(double=1.0)
    teach(room, room.numbers[30:31])
    room.shares()
    teach(room, room.numbers[:20])
    assert learn(room, analyser)
    assert room.state(room.numbers[30]) is ClueState.SECOND
    for number in (*room.numbers[:20], room.numbers[30]):
        assert places(room)[number] == before[number]


def test_nothing_leaves_the_queue(room: Room, analyser: Analyser) -> None:
    teach(room, room.numbers[:20])
    assert learn(room, analyser)
    assert {room.state(number) for number in room.numbers[20:]} == {ClueState.OPEN}


def test_a_decision_taken_back_teaches_no_more(room: Room, analyser: Analyser) -> None:
    jia = room.people["jia"]
    teach(room, room.numbers[:10])
    first = learn(room, analyser)
    last = room.numbers[9]
    undo(room.office, jia, room.asked(last), room.rows(last)[-1].id)
    second = learn(room, analyser)
    assert first
    assert second
    assert (first.gold, second.gold) == (10, 9)
    assert places(room)[last][1] is not None


def test_what_is_known_of_the_mail_makes_the_first_order_and_the_one_after_every_decision_was_taken_back(
    small: Room, analyser: Analyser
) -> None:
    acquaintance(small.office, analyser, tell=lambda _sentence: None)
    order, before = learn(small, analyser), places(small)
    assert order
    assert order.gold == 0
    teach(small, small.numbers[:10])
    assert learn(small, analyser)
    assert places(small) != before
    for number in reversed(small.numbers[:10]):
        undo(small.office, small.people["jia"], small.asked(number), small.rows(number)[-1].id)
    again = learn(small, analyser)
    assert again
    assert (again.gold, again.digest) == (0, order.digest)
    assert places(small) == before


def test_clues_drawn_for_the_figures_find_their_place_but_teach_nothing(room: Room, analyser: Analyser) -> None:
    drawn = [room.clue(number).id for number in room.numbers[8:22]]
    with transaction(room.office.engine) as session:
        today = room.people["jia"].today
        for id_ in drawn:
            row = Samples(clue_id=id_, drawn=today, lot=0.1, share=1.0, pile=14, rank=2.0)
            row.created = room.clue(room.numbers[0]).created
            session.add(row)
    teach(room, room.numbers[:20])
    assert learn(room, analyser) is None
    teach(room, room.numbers[22:24])
    order = learn(room, analyser)
    assert order
    assert order.gold == 10
    assert places(room)[room.numbers[20]][1] is not None


def test_of_two_processes_at_once_one_learns(room: Room, analyser: Analyser) -> None:
    teach(room, room.numbers[:20])
    found = together(*[lambda: learn(room, analyser)] * 2)
    with reading(room.office.engine) as session:
        assert session.scalar(select(func.count()).select_from(Orders)) == 1
    assert [one is None for one in found].count(False) == 1


def test_an_order_that_was_overtaken_is_not_stored(
    room: Room, analyser: Analyser, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As another machine, which no lock on this one keeps waiting, would overtake it."""
    teach(room, room.numbers[:20])
    plan = ordering._plan(room.office, 10, force=False)
    assert learn(room, analyser)
    stands = places(room)
    monkeypatch.setattr(ordering, "_plan", lambda *_, **__: plan)
    assert learn(room, analyser) is None
    assert places(room) == stands


def test_a_killed_process_leaves_the_old_order_whole(
    room: Room, analyser: Analyser, monkeypatch: pytest.MonkeyPatch
) -> None:
    teach(room, room.numbers[:10])
    first = learn(room, analyser)
    stands = places(room)
    teach(room, room.numbers[10:20])

    def half_way(session: object, moves: list[orders.Move]) -> None:
        real(session, moves[:3])  # type: ignore[arg-type]
        raise KeyboardInterrupt

    real = orders.move
    with monkeypatch.context() as killed:
        killed.setattr(orders, "move", half_way)
        with pytest.raises(KeyboardInterrupt):
            learn(room, analyser)
    with reading(room.office.engine) as session:
        assert orders.latest(session) == first
    assert {n: places(room)[n] for n in room.numbers[20:]} == {n: stands[n] for n in room.numbers[20:]}
    assert learn(room, analyser)


def test_a_decision_made_while_it_learned_keeps_its_clue_where_it_was_read(
    room: Room, analyser: Analyser, monkeypatch: pytest.MonkeyPatch
) -> None:
    teach(room, room.numbers[:20])
    late, before = room.numbers[20], places(room)
    store = ordering._store

    def decided_meanwhile(*given: object) -> object:
        teach(room, [late])
        return store(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(ordering, "_store", decided_meanwhile)
    assert learn(room, analyser)
    assert places(room)[late] == before[late]


def test_a_new_letter_lets_the_queue_learn_again(small: Room, analyser: Analyser) -> None:
    teach(small, small.numbers[:20])
    assert learn(small, analyser)
    assert learn(small, analyser) is None
    with transaction(small.office.engine) as session:
        session.execute(update(Orders).values(last_letter=Orders.last_letter - 1))
    assert learn(small, analyser)


def test_a_clue_that_changes_keeps_its_learned_place_until_the_next_order(room: Room, analyser: Analyser) -> None:
    teach(room, room.numbers[:20])
    assert learn(room, analyser)
    tide = next(number for number in room.numbers[20:] if is_tide(room, number))
    with transaction(room.office.engine) as session:
        rank_clues(session, [room.clue(tide).id], least=1, ranking=analyser.ranking)
    changed = room.clue(tide)
    assert (changed.rubric_rank, changed.learned["before"]) == (50.0, 0.9)
    assert 20 < changed.rank < 30


def test_where_a_clue_that_changed_stands_is_where_the_next_order_puts_it(small: Room, analyser: Analyser) -> None:
    teach(small, small.numbers[:20])
    assert learn(small, analyser)
    with transaction(small.office.engine) as session:
        unread = [small.clue(number).id for number in small.numbers[20:]]
        rank_clues(session, unread, least=1, ranking=analyser.ranking)
    changed = places(small)
    assert reorder(small.office, force=True, load=lambda: analyser)
    assert places(small) == changed


def test_what_was_learned_is_told_with_its_categories(room: Room, analyser: Analyser) -> None:
    teach(room, room.numbers[:20])
    assert learn(room, analyser)
    asked = {room.clue(number).id: number for number in room.numbers[20:]}
    with reading(room.office.engine) as session:
        told = orders.learned_about(session, asked)
    for id_, one in told.items():
        tide = is_tide(room, asked[id_])
        assert (one.before, list(one.categories)) == ((0.9, []) if tide else (0.1, [Category.RENT_SEEKING]))


def test_without_much_patience_nothing_is_begun(small: Room, analyser: Analyser) -> None:
    teach(small, small.numbers[:20])
    assert reorder(small.office, load=lambda: analyser, within=39) is None
    assert reorder(small.office, load=lambda: analyser, within=40)


def test_an_office_without_decisions_stays_as_it_is(office: Office, analyser: Analyser) -> None:
    room = furnish(office)
    assert reorder(office, force=True, load=lambda: analyser) is None
    decide(office, room.people["jia"], room.asked(room.numbers[0]), TAUGHT)
    assert reorder(office, force=True, load=lambda: analyser) is None
