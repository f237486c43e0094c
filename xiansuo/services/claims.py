"""Lets several processes, here or elsewhere, analyse the letters of one PostgreSQL database: each claims a batch, and batches are stored in order of intake."""

import time
from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from xiansuo.services.analyse import BATCH, analyse_batch, proposed, store
from xiansuo.services.analysis import Analyser
from xiansuo.services.office import Office
from xiansuo.storage import turns
from xiansuo.storage.repositories import entities, letters
from xiansuo.storage.repositories.letters import LetterState, StoredLetter
from xiansuo.storage.session import reading, transaction

LEASE = "10min"
"""A claim dies with its connection. Where a machine went away without a word, the server ends a connection that says nothing for so long."""
_PAUSE = 0.02


def shares_work(office: Office) -> bool:
    """Tell whether other processes may analyse letters of this office at the same time."""
    return office.engine.dialect.name == "postgresql"


def analyse_next(office: Office, analyser: Analyser, *, limit: int = BATCH, before: int | None = None) -> int:
    """Analyse the next letters that nobody else works on, in one commit; return how many.

    Whoever claimed earlier letters stores them first, so what is stored does not depend on how many work. Who waits for that
    takes over earlier letters that were given up meanwhile.
    """
    if not shares_work(office):
        return analyse_batch(office, analyser, limit=limit)
    with transaction(office.engine) as session:
        session.execute(text(f"SET LOCAL idle_in_transaction_session_timeout = '{LEASE}'"))
        claimed = _claim(office, session, limit, before)
        if claimed:
            _analyse(office, analyser, session, claimed)
    return len(claimed)


def _claim(office: Office, session: Session, limit: int, before: int | None) -> list[StoredLetter]:
    """Claim letters between which nobody else has one, so that storing them in one commit keeps the order of intake."""
    with transaction(office.engine) as turn:
        # Two who claim at once would get every other letter each.
        turns.to_claim(turn)
        claimed = letters.claim(session, LetterState.STORED, limit=limit, before=before)
    if not claimed:
        return []
    mine = {letter.id for letter in claimed}
    others = letters.ids_between(session, LetterState.STORED, claimed[0].id, claimed[-1].id) - mine
    # What lies behind a letter of somebody else is left to whoever comes next.
    end = min(others, default=claimed[-1].id + 1)
    return [letter for letter in claimed if letter.id < end]


def others_work(office: Office) -> bool:
    """Tell whether letters wait for analysis although none is left to be claimed, after a moment, or others analysed some meanwhile."""
    with reading(office.engine) as session:
        waiting = letters.any_in(session, LetterState.STORED)
        analysed = letters.any_in(session, LetterState.ANALYSED)
    if waiting:
        time.sleep(_PAUSE)
    return waiting or analysed


def assist(office: Office, analyser: Analyser, *, most: int | None = None) -> int:
    """Analyse up to `most` letters that nobody else works on, until none is left; return how many. Nothing else is done to them."""
    total = 0
    while (most is None or total < most) and (done := analyse_next(office, analyser)):
        total += done
    return total


def _analyse(office: Office, analyser: Analyser, session: Session, claimed: Sequence[StoredLetter]) -> None:
    named = entities.of_letters(session, [letter.id for letter in claimed])
    found = proposed(office, analyser, claimed, named)
    first = claimed[0].id
    while letters.any_in(session, LetterState.STORED, before=first):
        if not analyse_next(office, analyser, before=first):
            time.sleep(_PAUSE)
    store(session, found)
