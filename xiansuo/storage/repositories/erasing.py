"""Takes what letters say out of every table, and leaves what is counted: places, dates, categories, decisions and their numbers."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from xiansuo.storage.repositories import search
from xiansuo.storage.repositories.letters import LetterState
from xiansuo.storage.repositories.quarantine import QuarantineStatus
from xiansuo.storage.repositories.rule_proposals import ProposalState
from xiansuo.storage.session import chunks
from xiansuo.storage.tables import (
    Allegations,
    Base,
    ClueLetters,
    Clues,
    ClueUnits,
    Decisions,
    Dispositions,
    Drafts,
    Entities,
    EntityCorrections,
    HandOverClues,
    Letters,
    LetterWords,
    LinkChanges,
    LinkFacts,
    Quarantine,
    Reveals,
    RuleProposals,
    SealedReceipts,
    SecondLooks,
    Sketches,
    Suggestions,
)
from xiansuo.storage.tables.base import Json

_WORDS_OF_LEDGER = ("opinion", "persons", "objection", "clarified")
"""What people write into the ledger about what a letter says; the other notes are about the handling."""


def erase_letters(session: Session, letters: Sequence[int], notice: str) -> None:
    """Put `notice` in the place of what letters say, and take every trace of their words out of the other tables."""
    for chunk in chunks(letters):
        search.blank(session, chunk)
        for entity in (Entities, LinkFacts, LetterWords, Sketches):
            session.execute(delete(entity).where(_column(entity, "letter_id").in_(chunk)))
        _set(
            session,
            Suggestions,
            Suggestions.letter_id.in_(chunk),
            why=[],
            unit="",
            respondents=[],
            scopes=None,
            referral=None,
        )
        _set(
            session,
            Allegations,
            Allegations.letter_id.in_(chunk),
            start=0,
            end=0,
            reasons=[],
            particulars=None,
            missing=None,
        )
        _set(session, ClueLetters, ClueLetters.letter_id.in_(chunk), adds=[])
        blank: dict[str, Json] = {"named_unit": "", "named_respondents": [], "parts": [], "subject": "", "text": notice}
        _set(session, Letters, Letters.id.in_(chunk), **blank, state=LetterState.ERASED.value)
        _blank(session, Reveals, Reveals.letter_id.in_(chunk), notice, "reason", "answer")
        _quiet_ranks(session, Suggestions, Suggestions.letter_id.in_(chunk))
    _unlearn_moves(session, set(letters))
    _unlearn_corrections(session, set(letters))


def emptied(session: Session, letters: Iterable[int]) -> list[int]:
    """Return the clues of these letters of which no letter has any text left."""
    found: set[int] = set()
    there = exists().where(
        ClueLetters.clue_id == Clues.id, Letters.id == ClueLetters.letter_id, Letters.state != LetterState.ERASED
    )
    for chunk in chunks(letters):
        of_letters = select(ClueLetters.clue_id).where(ClueLetters.letter_id.in_(chunk))
        found |= set(session.scalars(select(Clues.id).where(Clues.id.in_(of_letters), ~there.correlate(Clues))))
    return sorted(found)


def erase_clues(session: Session, clues: Sequence[int], notice: str) -> None:
    """Put `notice` in the place of what people wrote about clues, and take out what the clues say themselves.

    Of the unit the name in the organisation register stays: statistics count by it.
    """
    for chunk in chunks(clues):
        named = select(ClueUnits.unit).where(ClueUnits.clue_id == Clues.id, ClueUnits.depth == 0).limit(1)
        _set(session, Clues, Clues.id.in_(chunk), respondents=[], why=[], missing=[], flags=[])
        _set(session, Clues, Clues.id.in_(chunk), unit=func.coalesce(named.correlate(Clues).scalar_subquery(), ""))
        _quiet_ranks(session, Clues, Clues.id.in_(chunk))
        session.execute(delete(Drafts).where(Drafts.clue_id.in_(chunk)))
        _blank(session, Decisions, Decisions.clue_id.in_(chunk), notice, "note")
        _blank(session, SecondLooks, SecondLooks.clue_id.in_(chunk), notice, "note")
        _blank(session, HandOverClues, HandOverClues.clue_id.in_(chunk), notice, "return_reason")
        _blank(session, Dispositions, Dispositions.clue_id.in_(chunk), notice, "reason", "feedback_note")
        _set(session, EntityCorrections, EntityCorrections.clue_id.in_(chunk), value="", new_value="", changed=[])
        _quiet_steps(session, chunk, notice)
    _forget_proposals(session, set(clues))


def erase_files(session: Session, quarantined: Sequence[int], notice: str) -> None:
    """Put `notice` in the place of what is known of files that could not be read; their bytes are the vault's."""
    for chunk in chunks(quarantined):
        blank = {"detail": notice, "position": "", "status": QuarantineStatus.ERASED.value}
        _set(session, Quarantine, Quarantine.id.in_(chunk), **blank)


def erase_receipts(session: Session, receipts: Sequence[int]) -> None:
    """Leave no more of receipts than their numbers."""
    for id_ in receipts:
        _set(session, SealedReceipts, SealedReceipts.id == id_, received_on=None, rule="", file=f"erased {id_}")


def _unlearn_moves(session: Session, letters: Collection[int]) -> None:
    """Take what erased letters added to their clues out of what an undo would put back."""
    clues = select(ClueLetters.clue_id).where(ClueLetters.letter_id.in_(letters))
    touching = or_(LinkChanges.from_clue.in_(clues), LinkChanges.to_clue.in_(clues), LinkChanges.letter_id.in_(letters))
    for row in session.scalars(select(LinkChanges).where(touching)):
        row.before = {side: was and _without_adds(was, letters) for side, was in row.before.items()}
    session.flush()


def _without_adds(was: Mapping[str, Json], letters: Collection[int]) -> dict[str, Json]:
    relations = [[id_, relation, [] if id_ in letters else adds] for id_, relation, adds in was["relations"]]
    return {**was, "relations": relations}


def _unlearn_corrections(session: Session, letters: Collection[int]) -> None:
    # One made on another clue's page may have changed these letters too.
    for row in session.scalars(select(EntityCorrections)):
        kept = [one for one in row.changed if one[0] not in letters]
        if len(kept) != len(row.changed):
            row.changed = kept
    session.flush()


def _quiet_ranks(session: Session, entity: type[Base], where: ColumnElement[bool]) -> None:
    """Keep the points of ranks, without the words and places behind them."""
    if entity is Clues:
        for clue in session.scalars(select(Clues).where(where)):
            clue.rank_parts = [_quiet(part) for part in clue.rank_parts]
    else:
        for one in session.scalars(select(Suggestions).where(where)):
            total, parts, grade, *_ = one.rank
            one.rank = [total, [_quiet(part) for part in parts], grade, [], []]
    session.flush()


def _quiet(part: Sequence[Any]) -> list[Any]:
    block, name, points, maximum, *_ = part
    return [block, name, points, maximum, [], ""]


def _quiet_steps(session: Session, clues: Sequence[int], notice: str) -> None:
    for row in session.scalars(select(Dispositions).where(Dispositions.clue_id.in_(clues))):
        notes = row.details.get("notes", {})
        quiet = {name: notice if name in _WORDS_OF_LEDGER else said for name, said in notes.items()}
        why = row.details.get("why") and notice
        row.details = {**row.details, "notes": quiet, "why": why or ""}
    session.flush()


def _forget_proposals(session: Session, clues: Collection[int]) -> None:
    """Drop proposed words that nobody has answered and that stand in erased clues; those answered keep no words."""
    for row in session.scalars(select(RuleProposals)):
        named = {id_ for found in row.evidence.values() if isinstance(found, list) for id_ in found}
        if not named & set(clues):
            continue
        if row.state == ProposalState.WAITING.value:
            session.delete(row)
        else:
            row.words, row.note = [""], ""
    session.flush()


def _set(session: Session, entity: type[Base], where: ColumnElement[bool], **values: Json) -> None:
    session.execute(update(entity).where(where).values(values).execution_options(synchronize_session=False))
    session.expire_all()


def _blank(session: Session, entity: type[Base], where: ColumnElement[bool], notice: str, *names: str) -> None:
    for name in names:
        _set(session, entity, where & (_column(entity, name) != ""), **{name: notice})


def _column(entity: type[Base], name: str) -> InstrumentedAttribute[Any]:
    found: InstrumentedAttribute[Any] = getattr(entity, name)
    return found
