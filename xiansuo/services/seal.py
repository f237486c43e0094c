"""Seals a letter that must not enter the system: an envelope only the office's head can open, and a receipt without content."""

import secrets
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from xiansuo.domain.letter import Channel
from xiansuo.errors import UsageError
from xiansuo.services.durable import flush_folder, write_new
from xiansuo.services.keys import load_head_private
from xiansuo.storage.crypto import open_sealed, seal_bytes
from xiansuo.storage.repositories import sealed
from xiansuo.storage.repositories.sealed import NewReceipt, Receipt

SEALED_FOLDER = "sealed"


@dataclass(frozen=True, slots=True)
class LetterToSeal:
    """The source bytes of a letter and what its receipt may say. Nothing else of a letter may come here."""

    data: bytes = field(repr=False)
    received_on: date | None
    channel: Channel
    rule: str


def seal(session: Session, state_dir: Path, letter: LetterToSeal, *, head: bytes) -> Receipt:
    """Put the source bytes into an envelope for `head` in the sealed folder and store the receipt.

    The envelope is on disk before the receipt can be committed; if the commit fails, an envelope without receipt is left,
    which nobody but the head can open, and the letter is sealed anew with the next run.
    """
    folder = state_dir / SEALED_FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    name = f"{secrets.token_hex(16)}.sealed"
    write_new(folder / name, seal_bytes(head, letter.data))
    flush_folder(folder)
    return sealed.add(session, NewReceipt(letter.received_on, letter.channel, letter.rule, name))


def unseal(envelope: Path, *, head_private: Path) -> bytes:
    """Return the source bytes of a sealed letter, for the head, with the head's own key file. Raises VaultLockedError."""
    try:
        data = envelope.read_bytes()
    except OSError as error:
        raise UsageError(f"无法读取密封件 {envelope}：{error.strerror}。") from error
    return open_sealed(load_head_private(head_private), data)
