"""People, a round and clues with allegations, for tests of what people do with clues."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from threading import Barrier
from uuid import uuid4

from sqlalchemy import select, update

from tests.storage.samples import new_letter
from xiansuo.domain.category import Category
from xiansuo.domain.decision import ClueState
from xiansuo.domain.people import Membership, Role, Viewer
from xiansuo.domain.spans import Span
from xiansuo.domain.suggestion import Allegation, Grade, Rank, Suggestion
from xiansuo.errors import XiansuoError
from xiansuo.services.decide import Asked
from xiansuo.services.office import Office
from xiansuo.storage.repositories import clues, letters, sources, suggestions
from xiansuo.storage.repositories.clues import ClueContent
from xiansuo.storage.repositories.suggestions import NewSuggestion
from xiansuo.storage.session import CHINA, now, reading, transaction
from xiansuo.storage.tables import Accounts, ClueRounds, Clues, Decisions, RoundMembers, Rounds

GRAFT, WINDS = Category.EMBEZZLEMENT, Category.FOUR_WINDS
TEXT = "村会计冒领补助款三万元，支书公款吃喝。"
SUGGESTED = Suggestion(
    0.9, {GRAFT: 0.9}, (GRAFT,), abstained=False, allegations=(Allegation(GRAFT, Span(0, 11), 0.9, subtype="B6"),)
)


@dataclass
class Room:
    """An office with people in a round, and clues waiting, best first."""

    office: Office
    people: dict[str, Viewer]
    numbers: list[str]
    round: int
    letters: dict[str, int] = field(default_factory=dict)

    def asked(self, number: str, note: str = "", *, request: str = "") -> Asked:
        """An act on the clue as it is now."""
        return Asked(request or uuid4().hex, number, self.clue(number).version, note)

    def clue(self, number: str) -> Clues:
        with reading(self.office.engine) as session:
            return session.scalars(select(Clues).where(Clues.number == number)).one()

    def state(self, number: str) -> ClueState:
        return ClueState(self.clue(number).state)

    def rows(self, number: str) -> list[Decisions]:
        with reading(self.office.engine) as session:
            wanted = select(Decisions).where(Decisions.clue_id == self.clue(number).id).order_by(Decisions.id)
            return list(session.scalars(wanted))

    def shares(self, *, double: float = 0.0, blind: float = 0.0) -> None:
        """Set how much of the round is read twice and how much blind first."""
        with transaction(self.office.engine) as session:
            session.execute(update(Rounds).values(double_share=double, blind_share=blind))


def furnish(office: Office, clue_count: int = 4) -> Room:
    """Put two reviewers, a lead, a head, a round and clues into an empty office."""
    today = now().astimezone(CHINA).date()
    with transaction(office.engine) as session:
        ids = {}
        for login, role in (("jia", Role.REVIEWER), ("yi", Role.REVIEWER), ("lead", Role.LEAD), ("head", Role.HEAD)):
            row = _account(login, role)
            session.add(row)
            session.flush()
            ids[login] = (row.id, role)
        round_ = _round(today, ids["head"][0])
        session.add(round_)
        session.flush()
        for login in ("jia", "yi", "lead"):
            member = RoundMembers(round_id=round_.id, account_id=ids[login][0], units=[], added=now())
            member.added_by = ids["head"][0]
            session.add(member)
        source = sources.get_or_create(session, "来件", "paths")
        stored = letters.add(session, [new_letter(source, text=TEXT) for _ in range(clue_count)])
        suggestions.add(session, [NewSuggestion(one, "m1", "r1", SUGGESTED, _rank(50)) for one in stored])
        contents = [_content(90.0 - place) for place in range(clue_count)]
        clue_ids = clues.create_all(session, list(zip(stored, contents, strict=True)))
        session.add_all(ClueRounds(round_id=round_.id, clue_id=id_) for id_ in clue_ids)
        session.execute(update(Clues).values(screened=True))
        numbers = [one.number for one in clues.page(session)]
        of_letter = dict(session.execute(select(Clues.number, Clues.main_letter)).tuples().all())
        membership = (Membership(round_.id),)
        people = {
            login: Viewer(id_, login, login, role, membership if login != "head" else (), today)
            for login, (id_, role) in ids.items()
        }
        return Room(office, people, numbers, round_.id, of_letter)


def together(*acts: Callable[[], object]) -> list[object]:
    """Do things at the same moment; an expected error is a result."""
    gate = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        gate.wait()
        try:
            return act()
        except XiansuoError as error:
            return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def tomorrow(viewer: Viewer) -> Viewer:
    """The same person a day later."""
    return replace(viewer, today=viewer.today + timedelta(days=1))


def _content(total: float) -> ClueContent:
    return ClueContent(_rank(total), 0.9, labels=(GRAFT,), scores={GRAFT: 0.9})


def _rank(total: float) -> Rank:
    return Rank(total, (), Grade.AVERAGE)


def _account(login: str, role: Role) -> Accounts:
    row = Accounts(login=login, name=login, role=role.value, state="active", password="", must_change=False)
    row.failures, row.locked_until, row.locale, row.screened = 0, None, "zh", True
    row.created, row.created_by = now(), "安装"
    return row


def _round(today: date, head: int) -> Rounds:
    row = Rounds(name="一轮", starts=today - timedelta(days=3), ends=today + timedelta(days=30), closed=None)
    row.all_units, row.takes_unplaced, row.double_share, row.blind_share = True, True, 0.0, 0.0
    row.lot_seed, row.created, row.created_by = "seed", now(), head
    return row
