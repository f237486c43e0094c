"""Erases anew what was erased since a backup was made, before anybody can work with what was restored from it."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from xiansuo.domain.times import CHINA
from xiansuo.services.erasure import clean, erase, notice_of
from xiansuo.services.erasure_record import digest_of, read_record, upgrade_copies
from xiansuo.services.made_from import remove_made, touched_by
from xiansuo.services.office import Office
from xiansuo.storage.repositories import erasures
from xiansuo.storage.repositories.erasures import Listed
from xiansuo.storage.repositories.retention import Kind
from xiansuo.storage.repositories.seen import Outcome
from xiansuo.storage.session import transaction

_FOR_GOOD = (Kind.LETTER, Kind.QUARANTINE)
"""Of these nothing was left, so they do not come in again. Of the others the text was kept, and the backup may not have it."""


def erase_again(office: Office, beside: Path) -> int:
    """Apply the certificates that lie in a folder and that the office does not know; return how many there were. Raises BackupError.

    What the backup never held is remembered by its keyed digest, so that a mailbox does not bring it anew: it is told as seen.
    """
    brought = 0
    for told in read_record(office, beside):
        with transaction(office.engine) as session:
            brought += _apply(office, session, told)
    if brought:
        for file in upgrade_copies(office):
            file.unlink(missing_ok=True)
        clean(office)
    return brought


def _apply(office: Office, session: Session, told: dict[str, Any]) -> bool:
    finished = datetime.fromisoformat(told["finished_at"])
    id_ = erasures.bring(session, told, digest_of(told), finished)
    if id_ is None:
        return False
    named = [(Kind(kind), bytes.fromhex(digest)) for kind, digest in told["digests"]]
    known = erasures.known(session, [key for _, key in named])
    found = [(_now(kind, Outcome(known[key][0])), key) for kind, key in named if key in known]
    there = [Listed(kind, known[key][1], "", key) for kind, key in found if kind]
    erasures.list_items(session, id_, there, done=finished)
    _erase(office, session, there, notice_of(told["number"], finished.astimezone(CHINA).date()))
    new = [key for kind, key in named if key not in known and kind in _FOR_GOOD]
    erasures.remember(session, new, Outcome.ERASED.value)
    return True


def _now(kind: Kind, outcome: Outcome) -> Kind | None:
    """Return as what a thing stands in the backup: a letter may have been a file that nobody could read yet."""
    if outcome is Outcome.STORED:
        return kind if kind.of_letter else None
    if outcome is Outcome.QUARANTINED:
        return Kind.QUARANTINE if kind in _FOR_GOOD else None
    return kind if outcome is Outcome.SEALED and kind is Kind.RECEIPT else None


def _erase(office: Office, session: Session, things: Sequence[Listed], notice: str) -> None:
    by_kind: dict[Kind, list[int]] = defaultdict(list)
    for one in things:
        by_kind[one.kind].append(one.ref)
    made = touched_by(office, session, by_kind[Kind.LETTER])
    for kind, refs in by_kind.items():
        if refs:
            erase(office, session, kind, refs, notice)
    remove_made(office, made)
