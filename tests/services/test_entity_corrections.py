from collections.abc import Iterator

import pytest
from sqlalchemy import select, update

from tests.review.desk import Desk, open_desk, shared_template
from xiansuo.domain.correction import Applied, Place, Wanted
from xiansuo.domain.people import Membership, Role, Viewer
from xiansuo.domain.text import EntityType
from xiansuo.errors import NotVisibleError, RefusedError, XiansuoError
from xiansuo.services.dossier import dossier
from xiansuo.services.entities import NOTHING, correct, preview, undo
from xiansuo.storage.session import now, reading, transaction
from xiansuo.storage.tables import AuditEvents, ClueBlocks, ClueLetters, Clues, Entities, Letters
from xiansuo.storage.vault import VaultIndex

NAME = "郑广发"


@pytest.fixture
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    template = shared_template(tmp_path_factory.getbasetemp().parent)
    opened = open_desk(template, tmp_path_factory.mktemp("desk") / "state")
    yield opened
    opened.office.engine.dispose()


@pytest.fixture
def lead(desk: Desk) -> Viewer:
    return person(desk, Role.LEAD)


def person(desk: Desk, role: Role) -> Viewer:
    return Viewer(desk.accounts[role], role.value, role.chinese, role, rounds=(Membership(1),))


def place_of(desk: Desk, words: str, type_: EntityType = EntityType.RESPONDENT) -> Place:
    with reading(desk.office.engine) as session:
        wanted = select(Clues.number, Letters.number, Letters.text, Entities.start, Entities.end)
        wanted = wanted.join(ClueLetters, ClueLetters.clue_id == Clues.id).join(
            Letters, Letters.id == ClueLetters.letter_id
        )
        wanted = wanted.join(Entities, Entities.letter_id == Letters.id).where(Entities.type == type_)
        for clue, letter, text, start, end in session.execute(wanted.order_by(Letters.id)):
            if text[start:end] == words:
                return Place(clue, letter, start, type_)
    raise LookupError(words)


def rows(desk: Desk) -> set[tuple[object, ...]]:
    with reading(desk.office.engine) as session:
        wanted = select(Entities.letter_id, Entities.start, Entities.end, Entities.type, Entities.value)
        return set(session.execute(wanted).tuples())


def named(desk: Desk, words: str) -> int:
    with reading(desk.office.engine) as session:
        return sum(words in row for row in session.scalars(select(Clues.respondents)))


def test_a_village_taken_for_a_person_is_corrected_in_every_letter_and_leaves_the_headlines(
    desk: Desk, lead: Viewer
) -> None:
    place = place_of(desk, NAME)
    shown, before = preview(desk.office, lead, place), named(desk, NAME)
    applied = correct(desk.office, lead, place, Wanted(EntityType.PLACE), "r1")
    assert shown.letters == applied.letters > 1
    assert named(desk, NAME) < before


def test_an_undo_puts_every_row_and_headline_back(desk: Desk, lead: Viewer) -> None:
    place, before, told = place_of(desk, NAME), rows(desk), named(desk, NAME)
    correct(desk.office, lead, place, Wanted(NOTHING), "r1")
    undo(desk.office, lead, place.number, "r1")
    assert (rows(desk), named(desk, NAME)) == (before, told)
    found = dossier(desk.office, lead, place.number)
    assert found is not None
    assert [one.undone for one in found.corrected] == [True]


def test_a_name_cut_short_reaches_as_far_as_the_text_does(desk: Desk, lead: Viewer) -> None:
    place = place_of(desk, NAME)
    with transaction(desk.office.engine) as session:
        letter = session.scalars(select(Letters.id).where(Letters.number == place.letter)).one()
        short = update(Entities).where(Entities.letter_id == letter, Entities.start == place.start)
        session.execute(short.values(end=place.start + 2))
    correct(desk.office, lead, place, Wanted(EntityType.RESPONDENT, NAME), "r1")
    assert (letter, place.start, place.start + 3, "respondent", "") in rows(desk)


def test_an_act_sent_twice_is_done_once(desk: Desk, lead: Viewer) -> None:
    place = place_of(desk, NAME)
    first = correct(desk.office, lead, place, Wanted(EntityType.ORG), "r1")
    after = rows(desk)
    assert correct(desk.office, lead, place, Wanted(EntityType.ORG), "r1") == first
    assert rows(desk) == after


def test_letters_of_clues_that_the_person_must_not_meet_stay_as_they_are(desk: Desk, lead: Viewer) -> None:
    place = place_of(desk, NAME)
    with reading(desk.office.engine) as session:
        own = session.scalars(select(Clues.id).where(Clues.number == place.number)).one()
        everywhere = set(session.scalars(select(Clues.id)))
    with transaction(desk.office.engine) as session:
        for clue in everywhere - {own}:
            session.add(ClueBlocks(clue_id=clue, account_id=lead.account, source="profile", created=now()))
    shown = preview(desk.office, lead, place)
    assert shown.clues == 1
    applied = correct(desk.office, lead, place, Wanted(EntityType.PLACE), "r1")
    assert applied == Applied(shown.letters, applied.places)
    with reading(desk.office.engine) as session:
        touched = select(Entities.letter_id).where(Entities.type == "respondent")
        left = set(session.scalars(touched))
        within = set(session.scalars(select(ClueLetters.letter_id).where(ClueLetters.clue_id == own)))
    assert left - within


@pytest.mark.parametrize(
    "value", ["13800001234", "一三八〇〇〇〇一二三四", "a@example.org", "〔反映人〕", "没写过的名字"]
)
def test_contact_data_masks_and_names_that_stand_nowhere_are_refused(desk: Desk, lead: Viewer, value: str) -> None:
    with pytest.raises(XiansuoError, match="不能填"):
        correct(desk.office, lead, place_of(desk, NAME), Wanted(EntityType.RESPONDENT, value), "r1")


def test_a_petitioners_name_is_refused_in_the_same_words_as_any_other(desk: Desk, lead: Viewer) -> None:
    place, said = place_of(desk, NAME), []
    with transaction(desk.office.engine) as session:
        blind = desk.office.vault._blind("白杨")
        session.add(VaultIndex(blind=blind, letter_id=1, kind="name"))
    for value in ("白杨", "没写过的名字"):
        with pytest.raises(XiansuoError) as refused:
            correct(desk.office, lead, place, Wanted(EntityType.RESPONDENT, value), "r1")
        said.append(str(refused.value))
    assert said[0] == said[1]


def test_what_is_masked_cannot_be_corrected(desk: Desk, lead: Viewer) -> None:
    place = place_of(desk, "〔反映人〕", EntityType.PETITIONER)
    with pytest.raises(NotVisibleError):
        correct(desk.office, lead, place, Wanted(EntityType.RESPONDENT, NAME), "r1")


def test_a_post_without_the_power_corrects_nothing(desk: Desk) -> None:
    with pytest.raises(RefusedError):
        preview(desk.office, person(desk, Role.HEAD), place_of(desk, NAME))


def test_corrections_are_audited_without_the_words(desk: Desk, lead: Viewer) -> None:
    place = place_of(desk, NAME)
    correct(desk.office, lead, place, Wanted(EntityType.PLACE), "r1")
    with reading(desk.office.engine) as session:
        (event,) = session.scalars(select(AuditEvents).where(AuditEvents.action == "entity.correct"))
    assert (event.object_id, event.actor) == (place.number, "lead")


def test_nobody_is_told_in_how_many_letters_of_hidden_clues_a_name_was_corrected(desk: Desk, lead: Viewer) -> None:
    place = place_of(desk, NAME)
    applied = correct(desk.office, lead, place, Wanted(EntityType.PLACE), "r1")
    with transaction(desk.office.engine) as session:
        others = session.scalars(select(Clues.id).where(Clues.number != place.number)).all()
        for clue in others:
            block = ClueBlocks(account_id=desk.accounts["reviewer"], clue_id=clue, source="checked", created=now())
            session.add(block)
        own = select(ClueLetters.letter_id).join(Clues).where(Clues.number == place.number)
        mine = len(session.scalars(own).all())
    reader = person(desk, Role.REVIEWER)
    found = dossier(desk.office, reader, place.number)
    assert found
    assert found.corrected[0].letters <= mine < applied.letters
    assert undo(desk.office, reader, place.number, "r1").letters <= mine
