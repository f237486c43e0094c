"""Owns fetching mail from an IMAP server without changing anything there until the caller has committed it."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from imaplib import IMAP4
from typing import Any

from imapclient import IMAPClient

from xiansuo.domain.letter import Item, Trouble, Unreadable
from xiansuo.intake import media
from xiansuo.intake.limits import Limits
from xiansuo.intake.mail_session import MailboxSource, MailboxUnreachableError, Setback, session

_BATCH_MAILS = 50
_BATCH_BYTES = 32 * 1024 * 1024
_SIZES_AT_ONCE = 500
_SEARCHED_AT_ONCE = 50_000
_HEADER_BYTES = 256 * 1024
_ALL_REFUSED = 5
"""When so many mails at once are all refused, it is the server that is in trouble, not the mails."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """One mail and its place on the server. Within a folder uids only grow, so the last committed one is the cursor."""

    item: Item | Unreadable
    folder: str
    uidvalidity: int
    uid: int


def fetch(source: MailboxSource, cursors: Mapping[str, tuple[int, int]], *, limits: Limits) -> Iterator[Fetched]:
    """Yield the mails after each folder's cursor (UIDVALIDITY, last UID), leaving every flag on the server as it is.

    A new UIDVALIDITY starts the folder again from its first mail. A mail over the limit is Unreadable with its headers
    only. Raises MailboxUnreachableError; when only some folders cannot be opened, after the others have been read.
    """
    closed = list[str]()
    with session(source) as client:
        for folder in source.folders:
            try:
                chosen = client.select_folder(folder, readonly=True)
            except IMAP4.abort:
                raise
            except IMAP4.error:
                closed.append(folder)
                continue
            place = _Place(source, folder, int(chosen.get(b"UIDVALIDITY", 0)))
            yield from _new_mails(client, place, chosen, cursors.get(folder, (0, 0)), limits)
    if closed:
        names = "、".join(f"“{folder}”" for folder in closed)
        raise MailboxUnreachableError(
            f"邮箱来源“{source.name}”的文件夹{names}打不开，其余已读完。请核对 folders 中的名称和访问权限。",
            Setback.PARTLY,
        )


def mail_key(source: str, folder: str, uidvalidity: int, uid: int) -> str:
    """Return the key of a mail's place: under it a mail is known again although a server changed its bytes."""
    return f"{source}/{folder}/{uidvalidity}/{uid}"


@dataclass(frozen=True, slots=True)
class Unacknowledged:
    """The mails of a folder above the UID `after` and up to `upto`, of which some or all are stored but not yet marked or moved."""

    folder: str
    uidvalidity: int
    after: int
    upto: int


def acknowledge(
    source: MailboxSource, mails: Unacknowledged, stored: Callable[[Sequence[int]], Collection[int]]
) -> Iterator[int]:
    """Mark or move mails that are safely stored, and yield the last UID of each part that is done.

    `stored` says which of some UIDs are. Nothing is touched once the folder was renumbered, as the numbers then mean other
    mails. Raises MailboxUnreachableError.
    """
    with session(source) as client:
        chosen = client.select_folder(mails.folder)
        if mails.uidvalidity == int(chosen.get(b"UIDVALIDITY", 0)):
            there = _uids(client, chosen, mails.after, None)
            for some in _chunks([uid for uid in there if uid <= mails.upto]):
                _mark(client, source, sorted(stored(some)))
                yield some[-1]
    yield mails.upto


def _mark(client: IMAPClient, source: MailboxSource, uids: Sequence[int]) -> None:
    if not uids:
        return
    if source.mark_seen:
        client.add_flags(uids, [rb"\Seen"], silent=True)
    if source.move_to:
        _move(client, uids, source.move_to)


@dataclass(frozen=True, slots=True)
class _Place:
    source: MailboxSource
    folder: str
    uidvalidity: int


def _new_mails(
    client: IMAPClient, place: _Place, chosen: Mapping[bytes, Any], cursor: tuple[int, int], limits: Limits
) -> Iterator[Fetched]:
    known, last = cursor
    uids = _uids(client, chosen, last if known == place.uidvalidity else 0, place.source.since)
    most = min(place.source.max_bytes or limits.max_letter_bytes, limits.max_letter_bytes)
    for some in _chunks(uids):
        answers = _answers(client, some, "RFC822.SIZE")
        sizes = sorted((uid, int(answer.get(b"RFC822.SIZE", 0))) for uid, answer in answers.items())
        for group in _batches(sizes, most):
            yield from _mails(client, place, group, most)


def _uids(client: IMAPClient, chosen: Mapping[bytes, Any], after: int, since: date | None) -> list[int]:
    """Return the UIDs above `after` in order; the server's answer stays below the million characters that imaplib reads."""
    found = set[int]()
    for span in _spans(chosen, after):
        found.update(client.search(["UID", span, *(["SINCE", since] if since else [])]))
    # `n:*` always holds the highest mail, also when its number is below n.
    return sorted(uid for uid in found if uid > after)


def _spans(chosen: Mapping[bytes, Any], after: int) -> Iterator[str]:
    start, last = after + 1, int(chosen.get(b"UIDNEXT", 0)) - 1
    if int(chosen.get(b"EXISTS", 0)) > _SEARCHED_AT_ONCE:
        while start <= last:
            yield f"{start}:{start + _SEARCHED_AT_ONCE - 1}"
            start += _SEARCHED_AT_ONCE
    yield f"{start}:*"


def _chunks(uids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Cut a list of mails so that a command line stays within what servers accept."""
    return (uids[start : start + _SIZES_AT_ONCE] for start in range(0, len(uids), _SIZES_AT_ONCE))


def _batches(sizes: Sequence[tuple[int, int]], most: int) -> Iterator[dict[int, int]]:
    """Cut mails, in order, into groups small enough to hold in memory; of mails over `most` only headers are fetched."""
    group, total = dict[int, int](), 0
    for uid, size in sizes:
        cost = size if size <= most else 0
        if group and (len(group) == _BATCH_MAILS or total + cost > _BATCH_BYTES):
            yield group
            group, total = {}, 0
        group[uid] = size
        total += cost
    if group:
        yield group


def _mails(client: IMAPClient, place: _Place, sizes: Mapping[int, int], most: int) -> Iterator[Fetched]:
    large = [uid for uid, size in sizes.items() if size > most]
    answers = _answers(client, [uid for uid in sizes if uid not in large], "BODY.PEEK[]")
    answers |= _answers(client, large, f"BODY.PEEK[HEADER]<0.{_HEADER_BYTES}>")
    if len(answers) >= _ALL_REFUSED and not any(answers.values()):
        raise MailboxUnreachableError(
            f"邮箱来源“{place.source.name}”的服务器没有给出任何一封邮件的内容，多半是服务器有故障。一封也没有跳过，以后会再试。",
            Setback.PASSING,
        )
    for uid in sizes:
        if uid in answers:
            item = _item(place, uid, answers.pop(uid))
            yield Fetched(_judged(item, sizes[uid], most), place.folder, place.uidvalidity, uid)


def _judged(item: Item, told: int, most: int) -> Item | Unreadable:
    # Some servers tell less than they send.
    size = max(told, len(item.data))
    if size > most:
        # Another type than a mail's, so that headers are never taken for the whole mail later.
        item = replace(item, data=_head(item.data), media_type=media.MAIL_HEADERS)
        return Unreadable(item, Trouble.TOO_LARGE, f"邮件{size}字节，超过上限{most}字节，只取了信头")
    return item if item.data else Unreadable(item, Trouble.UNREADABLE, "服务器没有给出邮件内容")


def _head(mail: bytes) -> bytes:
    end = mail.find(b"\r\n\r\n", 0, _HEADER_BYTES)
    return mail[: _HEADER_BYTES if end < 0 else end + 4]


def _item(place: _Place, uid: int, answer: Mapping[bytes, Any]) -> Item:
    arrived = answer.get(b"INTERNALDATE")
    return Item(
        source=place.source.name,
        locator=f"{place.folder}#{place.uidvalidity}:{uid}",
        data=answer.get(b"BODY[]") or answer.get(b"BODY[HEADER]<0>") or b"",
        media_type=media.MAIL,
        channel=place.source.channel,
        received=arrived.date() if isinstance(arrived, datetime) else None,
        mailbox_key=mail_key(place.source.name, place.folder, place.uidvalidity, uid),
    )


def _answers(client: IMAPClient, uids: Sequence[int], what: str) -> dict[int, Mapping[bytes, Any]]:
    """Fetch one thing of many mails. Mails deleted in between are missing; one that the server refuses has an empty answer."""
    if not uids:
        return {}
    asked = [what] if what == "RFC822.SIZE" else [what, "INTERNALDATE"]
    try:
        answers = client.fetch(uids, asked)
    except IMAP4.abort:
        raise
    except IMAP4.error:
        answers = {uid: {} for uid in uids}
    # Some servers refuse the batch when one of its mails was deleted meanwhile, others answer with nothing in its place.
    key = what.replace(".PEEK", "").replace(f".{_HEADER_BYTES}>", ">").encode()
    if hollow := [uid for uid, answer in answers.items() if answer.get(key) is None]:
        answers = {uid: answer for uid, answer in answers.items() if uid not in hollow}
        answers |= _one_by_one(client, hollow, asked)
    return {uid: answers[uid] for uid in uids if uid in answers}


def _one_by_one(client: IMAPClient, uids: Sequence[int], asked: list[str]) -> dict[int, Mapping[bytes, Any]]:
    """Fetch those of the mails that still exist, one at a time."""
    client.noop()
    answers: dict[int, Mapping[bytes, Any]] = {}
    for uid in client.search(["UID", ",".join(map(str, uids))]):
        try:
            answers |= client.fetch([uid], asked)
        except IMAP4.abort:
            raise
        except IMAP4.error:
            answers[uid] = {}
    return answers


def _move(client: IMAPClient, uids: Sequence[int], folder: str) -> None:
    if not client.folder_exists(folder):
        client.create_folder(folder)
    if client.has_capability("MOVE"):
        client.move(uids, folder)
        return
    client.copy(uids, folder)
    client.add_flags(uids, [rb"\Deleted"], silent=True)
    # A plain EXPUNGE would also remove what other people marked as deleted.
    if client.has_capability("UIDPLUS"):
        client.uid_expunge(uids)
