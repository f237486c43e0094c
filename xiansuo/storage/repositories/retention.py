"""What may go some day, and what stands in the way: letters with their clues, unread files, receipts. Only questions are asked here."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from xiansuo.domain.decision import Act, ClueState
from xiansuo.domain.handling import BatchState
from xiansuo.storage.repositories import site_models
from xiansuo.storage.repositories.dispositions import latest_id
from xiansuo.storage.repositories.letters import LetterState
from xiansuo.storage.repositories.quarantine import QuarantineStatus
from xiansuo.storage.session import CHINA, chunks, now
from xiansuo.storage.tables import (
    ClueLetters,
    ClueRounds,
    Clues,
    Decisions,
    Dispositions,
    ErasedItems,
    HandOverClues,
    HandOvers,
    Letters,
    Quarantine,
    RetentionHolds,
    Reveals,
    Rounds,
    Samples,
    SealedReceipts,
)


class Kind(StrEnum):
    """A kind of thing that may go."""

    ORIGINAL = "original"
    IDENTITY = "identity"
    LETTER = "letter"
    QUARANTINE = "quarantine"
    RECEIPT = "receipt"

    @property
    def chinese(self) -> str:
        """The word on screens."""
        return _KINDS[self]

    @property
    def of_letter(self) -> bool:
        """Tell whether it is part of a stored letter; each of these holds those before it."""
        return self in LETTER_KINDS


_KINDS = {
    Kind.ORIGINAL: "原件",
    Kind.IDENTITY: "身份和原件",
    Kind.LETTER: "整件来件",
    Kind.QUARANTINE: "待处理件",
    Kind.RECEIPT: "密封件收据",
}
LETTER_KINDS = (Kind.ORIGINAL, Kind.IDENTITY, Kind.LETTER)


class Kept(StrEnum):
    """Why something whose period is over stays."""

    OPEN_CLUE = "open_clue"
    LINKED = "linked"
    UNPLACED = "unplaced"
    PERSON = "person"
    BATCH = "batch"
    SAMPLE = "sample"
    WINDOW = "window"
    MODEL = "model"
    ENVELOPE = "envelope"
    GONE = "gone"

    @property
    def chinese(self) -> str:
        """The reason in words."""
        return _REASONS[self]


_REASONS = {
    Kept.OPEN_CLUE: "牵涉的线索没有办结",
    Kept.LINKED: "同一线索的另一件来件牵涉没有办结的线索",
    Kept.UNPLACED: "还没有归入线索",
    Kept.PERSON: "有人要求保留",
    Kept.BATCH: "移交批次还没有签收",
    Kept.SAMPLE: "是抽样件，所在轮次还没有结束",
    Kept.WINDOW: "有人申请查看身份或原件，还没有答复或没有到期",
    Kept.MODEL: "在用的模型从它学过，先退回或换用别的模型",
    Kept.ENVELOPE: "封套还在本机，没有移交",
    Kept.GONE: "提出清单以后已另行处理",
}


@dataclass(frozen=True, slots=True)
class Item:
    """A thing by its kind and id; `clues` are those its letter lies in or touches, and those of their other letters."""

    kind: Kind
    ref: int
    number: str
    start: date
    clues: frozenset[int] = frozenset()
    near: frozenset[int] = frozenset()

    @property
    def key(self) -> tuple[Kind, int]:
        """What tells it from others."""
        return self.kind, self.ref


def erased(session: Session, kinds: Sequence[Kind]) -> set[int]:
    """Return the ids of what was erased as one of these kinds."""
    wanted = select(ErasedItems.ref).where(ErasedItems.kind.in_(kinds), ErasedItems.done.is_not(None))
    return set(session.scalars(wanted))


def letters_received(session: Session, before: date) -> dict[int, date]:
    """Return every letter that came in by `before`, and when; the day it was entered where it has no other."""
    wanted = select(Letters.id, Letters.received, Letters.ingested_at).where(Letters.state != LetterState.ERASED)
    days = ((id_, day or at.astimezone(CHINA).date()) for id_, day, at in session.execute(wanted).tuples())
    return {id_: day for id_, day in days if day <= before}


def letters_ended(session: Session, before: date, *, told: bool) -> dict[int, date]:
    """Return the letters of clues that ended by `before`, and the last such day of their clues; with `told` the day the reporter was told.

    Where nobody had to be told, as with an anonymous letter, that is the day the clue ended.
    """
    day = func.coalesce(Dispositions.feedback_on, Dispositions.ended_on) if told else Dispositions.ended_on
    ended = select(Clues.id, day.label("day")).join(Dispositions, Dispositions.clue_id == Clues.id)
    last = ended.where(Clues.state == ClueState.CLOSED, Dispositions.id == latest_id(), day.is_not(None)).subquery()
    wanted = select(ClueLetters.letter_id, func.max(last.c.day)).join(last, last.c.id == ClueLetters.clue_id)
    wanted = wanted.join(Letters, Letters.id == ClueLetters.letter_id).where(Letters.state != LetterState.ERASED)
    return {
        id_: found for id_, found in session.execute(wanted.group_by(ClueLetters.letter_id)).tuples() if found <= before
    }


def letter_items(session: Session, kind: Kind, starts: dict[int, date]) -> Iterator[Item]:
    """Yield letters as items with the clues they have to do with."""
    placed = _clues_of(session, starts)
    mates = _letters_in(session, {clue for found in placed.values() for clue in found})
    around = _clues_of(session, {letter for found in mates.values() for letter in found})
    for chunk in chunks(sorted(starts)):
        numbers = dict(session.execute(select(Letters.id, Letters.number).where(Letters.id.in_(chunk))).tuples().all())
        for id_ in chunk:
            own = placed.get(id_, set())
            near = {clue for one in own for mate in mates[one] for clue in around[mate]} - own
            yield Item(kind, id_, numbers[id_], starts[id_], frozenset(own), frozenset(near))


def files(session: Session) -> Iterator[Item]:
    """Yield the files that could not be read and still lie in the vault."""
    wanted = select(Quarantine).where(Quarantine.status == QuarantineStatus.OPEN).order_by(Quarantine.id)
    for row in session.scalars(wanted):
        yield Item(Kind.QUARANTINE, row.id, str(row.id), row.received or row.created.astimezone(CHINA).date())


def receipts(session: Session) -> Iterator[tuple[Item, str]]:
    """Yield the receipts of sealed letters that stand in full, each with the name of its envelope."""
    for row in session.scalars(select(SealedReceipts).order_by(SealedReceipts.id)):
        day = row.received_on or row.created.astimezone(CHINA).date()
        yield Item(Kind.RECEIPT, row.id, row.number, day), row.file


def clues_where(session: Session, clues: Iterable[int], *conditions: ColumnElement[bool]) -> set[int]:
    """Return those of the clues that fulfil the conditions."""
    return {
        id_
        for chunk in chunks(sorted(clues))
        for id_ in session.scalars(select(Clues.id).where(Clues.id.in_(chunk), *conditions))
    }


def unfinished() -> ColumnElement[bool]:
    """Not ended by a person."""
    return Clues.state != ClueState.CLOSED


def on_its_way() -> ColumnElement[bool]:
    """In a batch that nobody has signed for, and not sent back."""
    return exists().where(
        HandOverClues.clue_id == Clues.id,
        HandOverClues.returned_on.is_(None),
        HandOvers.id == HandOverClues.batch_id,
        HandOvers.state != BatchState.RECEIVED,
    )


def drawn_in_open_round(day: date) -> ColumnElement[bool]:
    """Drawn for the figures, or to be read twice, in a round that is not over on `day`."""
    running = exists().where(
        ClueRounds.clue_id == Clues.id,
        Rounds.id == ClueRounds.round_id,
        Rounds.closed.is_(None),
        Rounds.ends >= day,
    )
    return and_(Clues.id.in_(select(Samples.clue_id)), running)


def learned_from(last_decision: int) -> ColumnElement[bool]:
    """Decided by an act up to `last_decision`, from which a model with these lessons may have learned."""
    return exists().where(Decisions.clue_id == Clues.id, Decisions.id <= last_decision, Decisions.act == Act.DECIDE)


def lessons_in_use(session: Session) -> int:
    """Return up to which act the site model in use has learned, 0 where the shipped one is in use."""
    chosen = site_models.in_use(session)
    return chosen.last_decision if chosen else 0


def asked_for(session: Session, letters: Iterable[int]) -> set[int]:
    """Return the letters that somebody has asked to see, without an answer yet, or may still look at."""
    waiting = or_(Reveals.answered.is_(None), Reveals.expires > now())
    return {
        id_
        for chunk in chunks(sorted(letters))
        for id_ in session.scalars(select(Reveals.letter_id).where(Reveals.letter_id.in_(chunk), waiting))
    }


def held_by_people(session: Session) -> dict[str, set[int]]:
    """Return what people hold, ids by kind (letter, clue, quarantine)."""
    found: dict[str, set[int]] = defaultdict(set)
    wanted = select(RetentionHolds.kind, RetentionHolds.ref).where(RetentionHolds.released.is_(None))
    for kind, ref in session.execute(wanted).tuples():
        found[kind].add(ref)
    return found


def lock_clues(session: Session, clues: Iterable[int]) -> None:
    """Let nobody change these clues until the transaction ends."""
    for chunk in chunks(sorted(clues)):
        session.execute(select(Clues.id).where(Clues.id.in_(chunk)).order_by(Clues.id).with_for_update())


def _clues_of(session: Session, letters: Iterable[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for chunk in chunks(sorted(letters)):
        wanted = select(ClueLetters.letter_id, ClueLetters.clue_id).where(ClueLetters.letter_id.in_(chunk))
        for letter, clue in session.execute(wanted).tuples():
            found[letter].add(clue)
    return found


def _letters_in(session: Session, clues: Iterable[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for chunk in chunks(sorted(clues)):
        wanted = select(ClueLetters.clue_id, ClueLetters.letter_id).where(ClueLetters.clue_id.in_(chunk))
        for clue, letter in session.execute(wanted).tuples():
            found[clue].add(letter)
    return found
