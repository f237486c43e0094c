"""What the office may know of sealed letters: receipts, and envelopes that a killed run left without one."""

import os
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Engine

from xiansuo.errors import UsageError
from xiansuo.services.head_key import heads, needed_for
from xiansuo.services.office import Office
from xiansuo.services.seal import SEALED_FOLDER, unseal
from xiansuo.storage.repositories import sealed, sources
from xiansuo.storage.repositories.sealed import Receipt
from xiansuo.storage.session import reading


def list_receipts(office: Office) -> list[Receipt]:
    """Return the receipts of all sealed letters, oldest first."""
    with reading(office.engine) as session:
        return sealed.list_all(session)


def sources_of(office: Office, receipts: Sequence[Receipt]) -> list[str]:
    """Return for each receipt the name of the source its letter came from, '' where that was not noted."""
    with reading(office.engine) as session:
        names = sources.names(session)
    return [names.get(receipt.source_id or 0, "") for receipt in receipts]


def keys_needed(office: Office, receipts: Sequence[Receipt]) -> list[str]:
    """Return for each receipt the number of the head's key that opens its envelope."""
    known = heads(office.state_dir)
    return [needed_for(receipt.file, known) for receipt in receipts]


def orphans(office: Office) -> list[Path]:
    """Return the envelopes in the sealed folder that have no receipt, by name.

    A run that was killed between envelope and commit leaves one; its letter was sealed again by the next run. An
    intake that is still running may own one as well, so nobody but a person may remove them.
    """
    return orphans_in(office.engine, office.state_dir)


def orphans_in(engine: Engine, state_dir: Path) -> list[Path]:
    """Return the envelopes without receipt where the office itself cannot be opened."""
    # The folder is listed first: an envelope whose receipt is committed meanwhile is none without receipt.
    envelopes = sorted((state_dir / SEALED_FOLDER).glob("*"))
    with reading(engine) as session:
        known = {receipt.file for receipt in sealed.list_all(session)}
    return [envelope for envelope in envelopes if envelope.name not in known]


def open_envelope(envelope: Path, *, key: Path, output: Path) -> None:
    """Write the source bytes of a sealed letter to a new file (0600), with the head's own key.

    Raises VaultLockedError where the key does not fit, UsageError where the envelope cannot be read or `output` is there already.
    """
    data = unseal(envelope, head_private=key)
    try:
        descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise UsageError(f"无法新建 {output}：{error.strerror}。请换一个不存在的文件名。") from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
