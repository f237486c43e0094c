from collections.abc import Iterator

import pytest
from sqlalchemy import select, update

from tests.review.desk import Desk, open_desk, shared_template
from xiansuo.domain.decision import ClueState
from xiansuo.domain.people import Membership, Role, Viewer
from xiansuo.domain.suggestion import Relation
from xiansuo.errors import ConflictError, NotVisibleError, RefusedError, XiansuoError
from xiansuo.services.dossier import Dossier, dossier
from xiansuo.services.relink import Asked, history, merge, move, undo
from xiansuo.storage.repositories import clues
from xiansuo.storage.session import now, reading, transaction
from xiansuo.storage.tables import AuditEvents, ClueBlocks, ClueLetters, Clues, Letters

Rows = dict[str, object]


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    template = shared_template(tmp_path_factory.getbasetemp().parent)
    opened = open_desk(template, tmp_path_factory.mktemp("desk") / "state")
    yield opened
    opened.office.engine.dispose()


def person(desk: Desk, role: Role) -> Viewer:
    return Viewer(desk.accounts[role], role.value, role.chinese, role, rounds=(Membership(1),))


@pytest.fixture
def lead(desk: Desk) -> Viewer:
    return person(desk, Role.LEAD)


def of(desk: Desk, letter: str) -> str:
    """Return the number of the clue a letter mainly belongs to."""
    with reading(desk.office.engine) as session:
        wanted = select(Clues.number).join(ClueLetters, ClueLetters.clue_id == Clues.id)
        wanted = wanted.join(Letters, Letters.id == ClueLetters.letter_id)
        return session.scalars(wanted.where(Letters.number == letter, ClueLetters.main)).one()


def bundle(desk: Desk, least: int = 3) -> str:
    with reading(desk.office.engine) as session:
        wanted = select(Clues.number).where(Clues.letters_count >= least).order_by(Clues.id)
        return session.scalars(wanted).first() or ""


def everything(desk: Desk) -> dict[str, tuple[object, ...]]:
    """Return all of the clues but their versions and ages of content."""
    with reading(desk.office.engine) as session:
        placed = clues.letters_of(session, session.scalars(select(Clues.id)).all())
        return {
            row.number: (
                row.state,
                row.main_letter,
                row.letters_count,
                row.outcome,
                row.rank,
                tuple(placed.get(row.id, ())),
            )
            for row in session.scalars(select(Clues))
        }


def seen(desk: Desk, viewer: Viewer, number: str) -> Dossier:
    found = dossier(desk.office, viewer, number)
    assert found is not None
    return found


def asked(desk: Desk, lead: Viewer, number: str, request: str = "r1") -> Asked:
    return Asked(request, number, seen(desk, lead, number).clue.version)


def test_a_letter_moved_out_has_a_clue_of_its_own_and_an_undo_puts_everything_back(desk: Desk, lead: Viewer) -> None:
    before, number = everything(desk), bundle(desk)
    main = seen(desk, lead, number).letter.number
    moved = move(desk.office, lead, asked(desk, lead, number), main)
    assert of(desk, main) == moved.number != number
    left = seen(desk, lead, number)
    assert [one.relation for one in left.companions if one.number == left.letter.number] == [Relation.ORIGINAL]
    undo(desk.office, lead, number, "r1")
    after = everything(desk)
    assert after.pop(moved.number)[0] == ClueState.MERGED
    assert after == before


def test_two_clues_merged_are_one_and_the_emptied_one_stays_on_record(desk: Desk, lead: Viewer) -> None:
    first, second = _two(desk)
    before = everything(desk)
    merge(desk.office, lead, asked(desk, lead, second), to=first)
    after = everything(desk)
    assert after[second][0] == ClueState.MERGED
    assert after[first][2] == before[first][2] + before[second][2]  # type: ignore[operator]
    assert history(desk.office, lead, first)[0].from_number == second
    undo(desk.office, lead, first, "r1")
    assert everything(desk) == before


def _two(desk: Desk) -> tuple[str, str]:
    with reading(desk.office.engine) as session:
        first, second = session.scalars(select(Clues.number).where(Clues.letters_count == 2).limit(2))
    return first, second


def test_an_act_sent_twice_is_done_once(desk: Desk, lead: Viewer) -> None:
    first, second = _two(desk)
    twice = asked(desk, lead, second)
    letter = seen(desk, lead, second).letter.number
    done = move(desk.office, lead, twice, letter, to=first)
    after = everything(desk)
    assert move(desk.office, lead, twice, letter, to=first) == done
    assert everything(desk) == after


def test_a_clue_that_changed_meanwhile_keeps_its_letters(desk: Desk, lead: Viewer) -> None:
    first, second = _two(desk)
    letter = seen(desk, lead, second).letter.number
    with pytest.raises(ConflictError, match=second):
        move(desk.office, lead, Asked("r1", second, 99), letter, to=first)


def test_a_decided_clue_waits_for_a_look_again_and_an_undo_gives_the_finding_back(desk: Desk, lead: Viewer) -> None:
    first, second = _two(desk)
    with transaction(desk.office.engine) as session:
        decided = {"state": ClueState.DECIDED, "outcome": "confirmed", "final_category": "embezzlement"}
        session.execute(update(Clues).where(Clues.number == first).values(decided))
    letter = seen(desk, lead, second).letter.number
    move(desk.office, lead, asked(desk, lead, second), letter, to=first)
    assert everything(desk)[first][0] == ClueState.OPEN
    undo(desk.office, lead, first, "r1")
    assert everything(desk)[first][0::3][:2] == (ClueState.DECIDED, "confirmed")


def test_a_clue_that_must_not_be_met_cannot_be_told_from_one_that_is_not_there(desk: Desk, lead: Viewer) -> None:
    first, second = _two(desk)
    letter = seen(desk, lead, second).letter.number
    with transaction(desk.office.engine) as session:
        hidden = session.scalars(select(Clues.id).where(Clues.number == first)).one()
        session.add(ClueBlocks(clue_id=hidden, account_id=lead.account, source="profile", created=now()))
    said = []
    for number in (first, "XS-2026-9999"):
        with pytest.raises(XiansuoError) as refused:
            move(desk.office, lead, asked(desk, lead, second), letter, to=number)
        said.append(str(refused.value).replace(number, "?"))
    assert said[0] == said[1]
    with pytest.raises(NotVisibleError):
        move(desk.office, lead, Asked("r1", first, 1), letter)


def test_a_post_without_the_power_moves_nothing(desk: Desk) -> None:
    with pytest.raises(RefusedError):
        move(desk.office, person(desk, Role.HEAD), Asked("r1", bundle(desk), 1), "2026-000001")


def test_a_later_move_must_be_taken_back_first(desk: Desk, lead: Viewer) -> None:
    first, second = _two(desk)
    letter = seen(desk, lead, second).letter.number
    move(desk.office, lead, asked(desk, lead, second), letter, to=first)
    move(desk.office, lead, asked(desk, lead, first, "r2"), letter)
    with pytest.raises(ConflictError):
        undo(desk.office, lead, first, "r1")


def test_moves_are_audited_for_both_clues(desk: Desk, lead: Viewer) -> None:
    first, second = _two(desk)
    merge(desk.office, lead, asked(desk, lead, second), to=first)
    with reading(desk.office.engine) as session:
        wanted = select(AuditEvents.object_id).where(AuditEvents.action == "clue.move_letters")
        assert set(session.scalars(wanted)) == {first, second}


def test_a_move_to_a_clue_that_a_person_may_not_meet_is_not_told_to_that_person(desk: Desk, lead: Viewer) -> None:
    first, second = _two(desk)
    moved = seen(desk, lead, second).letter.number
    move(desk.office, lead, asked(desk, lead, second), moved, to=first)
    assert [one.letter for one in history(desk.office, lead, second)] == [moved]
    with transaction(desk.office.engine) as session:
        (hidden,) = session.scalars(select(Clues.id).where(Clues.number == first))
        session.add(ClueBlocks(clue_id=hidden, account_id=lead.account, source="checked", created=now()))
    assert history(desk.office, lead, second) == ()
