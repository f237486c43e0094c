"""Owns fetching mail from an IMAP server without changing anything there until the caller has committed it."""

import logging
import socket
import ssl
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from imaplib import IMAP4
from pathlib import Path
from typing import Any, Literal

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import LoginError
from pydantic import SecretStr

from xiansuo.domain.letter import Channel, Item, Trouble, Unreadable
from xiansuo.errors import XiansuoError
from xiansuo.intake import media
from xiansuo.intake.limits import Limits

# At its finer levels the library logs what the server sends, letters included.
logging.getLogger("imapclient").setLevel(logging.WARNING)

_BATCH_MAILS = 50
_BATCH_BYTES = 32 * 1024 * 1024
_SIZES_AT_ONCE = 500
_CONNECT_SECONDS = 10


class MailboxUnreachableError(XiansuoError):
    """A mailbox could not be read; the message names the configured source, what happened and what to do, never the account."""

    def __init__(self, sentence: str, *, passing: bool = False) -> None:
        super().__init__(sentence)
        self.passing = passing


@dataclass(frozen=True, slots=True)
class MailboxSource:
    """A mailbox as configured. `max_bytes` lowers the limit for one letter; `mark_seen` and `move_to` take effect on acknowledging only."""

    name: str
    host: str = field(repr=False)
    port: int
    user: str = field(repr=False)
    password: SecretStr
    folders: tuple[str, ...] = ("INBOX",)
    since: date | None = None
    tls: Literal["ssl", "starttls", "none"] = "ssl"
    ca_file: Path | None = None
    max_bytes: int | None = None
    mark_seen: bool = False
    move_to: str = ""
    channel: Channel = Channel.MAILBOX
    timeout: float = 60.0
    cron: str = ""


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
    with _session(source) as client:
        for folder in source.folders:
            try:
                chosen = client.select_folder(folder, readonly=True)
            except IMAP4.abort:
                raise
            except IMAP4.error:
                closed.append(folder)
                continue
            place = _Place(source, folder, int(chosen.get(b"UIDVALIDITY", 0)))
            yield from _new_mails(client, place, cursors.get(folder, (0, 0)), limits)
    if closed:
        names = "、".join(f"“{folder}”" for folder in closed)
        raise MailboxUnreachableError(
            f"邮箱来源“{source.name}”的文件夹{names}打不开。请核对 folders 中的名称和访问权限。"
        )


def acknowledge(source: MailboxSource, folder: str, uids: Iterable[int], *, uidvalidity: int | None = None) -> int:
    """Mark or move mails that are safely stored, where the source asks for it, and return how many were asked for.

    With `uidvalidity`, nothing is touched once the folder was renumbered, as the numbers then mean other mails.
    """
    wanted = sorted(uids)
    if not wanted or not (source.mark_seen or source.move_to):
        return 0
    with _session(source) as client:
        chosen = client.select_folder(folder)
        if uidvalidity not in {None, int(chosen.get(b"UIDVALIDITY", 0))}:
            return 0
        for some in _chunks(wanted):
            if source.mark_seen:
                client.add_flags(some, [rb"\Seen"], silent=True)
            if source.move_to:
                _move(client, some, source.move_to)
    return len(wanted)


@dataclass(frozen=True, slots=True)
class _Place:
    source: MailboxSource
    folder: str
    uidvalidity: int


def _new_mails(client: IMAPClient, place: _Place, cursor: tuple[int, int], limits: Limits) -> Iterator[Fetched]:
    known, last = cursor
    after = last if known == place.uidvalidity else 0
    criteria: list[object] = ["UID", f"{after + 1}:*"]
    if place.source.since:
        criteria += ["SINCE", place.source.since]
    # `n:*` always holds the highest mail, also when its number is below n.
    uids = sorted(uid for uid in client.search(criteria) if uid > after)
    most = min(place.source.max_bytes or limits.max_letter_bytes, limits.max_letter_bytes)
    for some in _chunks(uids):
        answers = _answers(client, some, "RFC822.SIZE")
        sizes = sorted((uid, int(answer.get(b"RFC822.SIZE", 0))) for uid, answer in answers.items())
        for group in _batches(sizes, most):
            yield from _mails(client, place, group, most)


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
    answers |= _answers(client, large, "BODY.PEEK[HEADER]")
    for uid in sizes:
        if uid in answers:
            item = _item(place, uid, answers[uid])
            yield Fetched(_judged(item, sizes[uid], most), place.folder, place.uidvalidity, uid)


def _judged(item: Item, size: int, most: int) -> Item | Unreadable:
    if size > most:
        # Another type than a mail's, so that headers are never taken for the whole mail later.
        item = replace(item, media_type=media.MAIL_HEADERS)
        return Unreadable(item, Trouble.TOO_LARGE, f"邮件{size}字节，超过上限{most}字节，只取了信头")
    return item if item.data else Unreadable(item, Trouble.UNREADABLE, "服务器没有给出邮件内容")


def _item(place: _Place, uid: int, answer: Mapping[bytes, Any]) -> Item:
    arrived = answer.get(b"INTERNALDATE")
    key = f"{place.source.name}/{place.folder}/{place.uidvalidity}/{uid}"
    return Item(
        source=place.source.name,
        locator=f"{place.folder}#{place.uidvalidity}:{uid}",
        data=answer.get(b"BODY[]") or answer.get(b"BODY[HEADER]") or b"",
        media_type=media.MAIL,
        channel=place.source.channel,
        received=arrived.date() if isinstance(arrived, datetime) else None,
        mailbox_key=key,
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
    key = what.replace(".PEEK", "").encode()
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


@contextmanager
def _session(source: MailboxSource) -> Iterator[IMAPClient]:
    """Log in to a mailbox and out again; whatever goes wrong in between becomes a MailboxUnreachableError."""
    try:
        with _connected(source) as client:
            client.normalise_times = False
            client.login(source.user, source.password.get_secret_value())
            # Some large Chinese providers refuse to open folders to a program that gives no name.
            if client.has_capability("ID"):
                client.id_({"name": "IMAPClient"})
            yield client
    except (OSError, IMAP4.error, UnicodeError) as error:
        # Without its cause: a server may repeat the account's name in its refusal.
        passing = isinstance(error, _PASSING)
        raise MailboxUnreachableError(f"邮箱来源“{source.name}”{_sentence(error)}", passing=passing) from None


@contextmanager
def _connected(source: MailboxSource) -> Iterator[IMAPClient]:
    context = ssl.create_default_context(cafile=str(source.ca_file) if source.ca_file else None)
    seconds = SocketTimeout(connect=min(_CONNECT_SECONDS, source.timeout), read=source.timeout)
    client = IMAPClient(source.host, source.port, ssl=source.tls == "ssl", ssl_context=context, timeout=seconds)
    try:
        if source.tls == "starttls":
            client.starttls(context)
        yield client
    finally:
        with suppress(OSError, IMAP4.error):
            client.logout()
        with suppress(OSError):
            client.shutdown()


_SENTENCES: tuple[tuple[type[Exception], str], ...] = (
    (LoginError, "登录被拒绝。请核对 user、password_file 中的密码或授权码，并确认邮箱已开启 IMAP。"),
    (ssl.SSLCertVerificationError, "的服务器证书未通过验证。请核对 host，并用 ca_file 指定签发该证书的根证书。"),
    (ssl.SSLError, "无法建立加密连接。请核对 port 与 tls（ssl、starttls 或 none）是否对应。"),
    (TimeoutError, "连接超时。请检查网络、防火墙和服务器是否正常，再重新运行。"),
    (socket.gaierror, "找不到服务器。请核对 host，并检查域名解析。"),
    (FileNotFoundError, "的 ca_file 不存在。请核对路径。"),
    (ConnectionRefusedError, "连接被拒绝。请核对 host、port，并确认邮件服务已启动。"),
    (OSError, "连接中断或无法连接。请检查网络后重新运行，已取回的邮件不受影响。"),
    (IMAP4.abort, "被服务器中断了连接。请稍后重新运行，已取回的邮件不受影响。"),
    (UnicodeError, "的 user 或密码含有服务器不接受的字符。请核对 user 和 password_file。"),
)

_PASSING = (TimeoutError, ConnectionError, IMAP4.abort)


def _sentence(error: Exception) -> str:
    default = "的服务器拒绝了请求。请核对 folders、move_to 和访问权限，再重新运行。"
    return next((sentence for kind, sentence in _SENTENCES if isinstance(error, kind)), default)
