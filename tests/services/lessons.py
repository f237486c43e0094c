"""A room whose clues tell of two subjects that the shipped model has never met, for tests of what the queue learns."""

from collections.abc import Sequence

from sqlalchemy import select, update

from tests.services.deciding import Room, furnish
from xiansuo.domain.category import Category
from xiansuo.domain.decision import Outcome
from xiansuo.services.analysis import Analyser
from xiansuo.services.decide import Choice, decide
from xiansuo.services.office import Office
from xiansuo.services.order import reorder
from xiansuo.storage.repositories.letters import LetterState
from xiansuo.storage.repositories.orders import Order
from xiansuo.storage.session import reading, transaction
from xiansuo.storage.tables import Clues, Letters

LAKE = "湖面归渔政科管，第{number}天船老大私下交钱给渔政科才放船出湖。"
TIDE = "请问今年第{number}天的潮汐表在哪里可以查到，多谢答复。"
TAUGHT = Choice(labels=(Category.RENT_SEEKING,))
HARMLESS = Choice(Outcome.OUT_OF_SCOPE, destination="Z1")


def school(office: Office, clue_count: int) -> Room:
    """Every other clue tells of the lake, and none stands above the floor; those of the tide stand ahead of them."""
    room = furnish(office, clue_count)
    with transaction(office.engine) as session:
        for place, number in enumerate(room.numbers):
            text = (TIDE if is_tide(room, number) else LAKE).format(number=place)
            session.execute(update(Letters).where(Letters.id == room.letters[number]).values(text=text))
            low = {"rank": 2.0, "rubric_rank": 2.0, "scope": 0.1, "labels": [], "scores": {}, "category": None}
            if not is_tide(room, number):
                session.execute(update(Clues).where(Clues.number == number).values(low))
        session.execute(update(Letters).values(state=LetterState.RANKED))
    return room


def is_tide(room: Room, number: str) -> bool:
    return room.numbers.index(number) % 2 == 0


def teach(room: Room, numbers: Sequence[str]) -> None:
    """Let a reviewer decide clues: the lake is an accusation, the tide is none."""
    for number in numbers:
        decide(room.office, room.people["jia"], room.asked(number), HARMLESS if is_tide(room, number) else TAUGHT)


def learn(room: Room, analyser: Analyser, *, force: bool = False) -> Order | None:
    return reorder(room.office, force=force, load=lambda: analyser)


def places(room: Room) -> dict[str, tuple[float, object]]:
    """Return where every clue stands and what was learned about it."""
    with reading(room.office.engine) as session:
        rows = session.execute(select(Clues.number, Clues.rank, Clues.learned)).tuples()
        return {number: (rank, known) for number, rank, known in rows}
