"""Takes in the mail of one mailbox; a mail counts as fetched in the very commit that stores it, and is marked or moved only later."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from sqlalchemy.orm import Session

from xiansuo.domain.keys import Keyring, Purpose
from xiansuo.domain.letter import Unreadable
from xiansuo.intake.mail_session import MailboxSource, MailboxUnreachableError, Setback
from xiansuo.intake.mailbox import Fetched, Unacknowledged, acknowledge, fetch, mail_key
from xiansuo.services.ingest import BATCH, Intake, Report
from xiansuo.services.office import Office
from xiansuo.storage.repositories import cursors, seen
from xiansuo.storage.session import reading, transaction

_BATCH_BYTES = 32 * 1024 * 1024


def take_in_mailbox(office: Office, intake: Intake, source: MailboxSource, advance: Callable[[Report], None]) -> Report:
    """Take in what is new in a mailbox, then mark or move what is stored, also what an earlier run did not come to.

    Raises MailboxUnreachableError when it cannot be read to the end; what was fetched before is committed.
    """
    total, closed = Report(), None
    try:
        for batch in _batches(_new(office, intake, source)):
            within = _cursor_to(batch[-1], intake.source_id, acknowledged=not source.acknowledges)
            report = intake.take_in([one.item for one in batch], within=within)
            advance(report)
            total += report
    except MailboxUnreachableError as error:
        if error.setback is not Setback.PARTLY:
            raise
        closed = error
    _acknowledge(office, intake.source_id, source)
    if closed:
        raise closed
    return total


def _new(office: Office, intake: Intake, source: MailboxSource) -> Iterator[Fetched]:
    with reading(office.engine) as session:
        known = cursors.get(session, intake.source_id)
    return fetch(source, known, limits=office.limits)


def _batches(mails: Iterator[Fetched]) -> Iterator[Sequence[Fetched]]:
    """Cut by folder, count and bytes: a batch moves one folder's cursor, and large mails do not pile up in memory."""
    for _, group in groupby(mails, key=lambda one: (one.folder, one.uidvalidity)):
        batch, size = list[Fetched](), 0
        for one in group:
            batch.append(one)
            size += len((one.item.item if isinstance(one.item, Unreadable) else one.item).data)
            if len(batch) == BATCH or size > _BATCH_BYTES:
                yield batch
                batch, size = [], 0
        if batch:
            yield batch


def _cursor_to(last: Fetched, source_id: int, *, acknowledged: bool) -> Callable[[Session], None]:
    return lambda session: cursors.advance(
        session, source_id, last.folder, uidvalidity=last.uidvalidity, uid=last.uid, acknowledged=acknowledged
    )


def _acknowledge(office: Office, source_id: int, source: MailboxSource) -> None:
    if not source.acknowledges:
        return
    with reading(office.engine) as session:
        behind = cursors.unacknowledged(session, source_id)
    try:
        for folder, (uidvalidity, after, upto) in behind.items():
            if folder in source.folders:
                _acknowledge_folder(office, source_id, source, Unacknowledged(folder, uidvalidity, after, upto))
    except MailboxUnreachableError as error:
        if error.setback in {Setback.PASSING, Setback.LONG}:
            raise
        told = (
            f"邮箱来源“{source.name}”的邮件已经入库，但没能标为已读或移走。请核对 move_to 和写入权限；下一次会接着做。"
        )
        raise MailboxUnreachableError(told, Setback.PARTLY) from None


def _acknowledge_folder(office: Office, source_id: int, source: MailboxSource, mails: Unacknowledged) -> None:
    def stored(uids: Sequence[int]) -> list[int]:
        places = {_digest(office.keyring, source, mails, uid): uid for uid in uids}
        with reading(office.engine) as session:
            return [places[key] for key in seen.known_mail(session, places)]

    for uid in acknowledge(source, mails, stored):
        with transaction(office.engine) as session:
            cursors.acknowledge(session, source_id, mails.folder, uidvalidity=mails.uidvalidity, uid=uid)


def _digest(keyring: Keyring, source: MailboxSource, mails: Unacknowledged, uid: int) -> bytes:
    return keyring.digest(Purpose.MAILBOX, mail_key(source.name, mails.folder, mails.uidvalidity, uid).encode())
