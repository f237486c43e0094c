"""Seals a letter that must not enter the system: an envelope only the office's head can open, and a receipt without content."""

import secrets
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from xiansuo.domain.letter import Channel
from xiansuo.errors import UsageError, VaultLockedError
from xiansuo.services.durable import flush_folder, write_new
from xiansuo.services.keys import head_public, load_head_private, number_of
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
    source_id: int | None = None


def seal(session: Session, state_dir: Path, letter: LetterToSeal) -> Receipt:
    """Put the source bytes into an envelope for whoever is the office's head now in the sealed folder and store the receipt.

    The envelope's name ends in the number of the key that opens it.

    The envelope is on disk before the receipt can be committed; if the commit fails, an envelope without receipt is left,
    which nobody but the head can open, and the letter is sealed anew with the next run.
    """
    folder = state_dir / SEALED_FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    # Read anew: a process that runs for months would go on sealing for the head of then.
    head = head_public(state_dir)
    name = f"{secrets.token_hex(16)}-{number_of(head)}.sealed"
    write_new(folder / name, seal_bytes(head, letter.data))
    flush_folder(folder)
    return sealed.add(session, NewReceipt(letter.received_on, letter.channel, letter.rule, name, letter.source_id))


def unseal(envelope: Path, *, head_private: Path) -> bytes:
    """Return the source bytes of a sealed letter, for the head, with the head's own key file. Raises VaultLockedError."""
    try:
        data = envelope.read_bytes()
    except OSError as error:
        raise UsageError(f"无法读取密封件 {envelope}：{error.strerror}。") from error
    private = load_head_private(head_private)
    given = number_of(private.public_key().public_bytes_raw())
    needed = envelope.stem.partition("-")[2]
    if needed and needed != given:
        raise VaultLockedError(
            f"这件密封件要用编号 {needed} 的主要负责人私钥打开，给出的是编号 {given} 的。什么也没写。请换用对应的私钥。"
        )
    try:
        return open_sealed(private, data)
    except VaultLockedError:
        raise VaultLockedError(
            f"打不开：给出的私钥（编号 {given}）不是这件密封件的，或文件缺损、被改动。什么也没写。"
            "请核对私钥；文件可从备份再取一份。"
        ) from None
