"""Owns the connection to an IMAP server: settings of a mailbox, logging in and out, and what to say when it fails."""

import logging
import os
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from imaplib import IMAP4
from pathlib import Path
from typing import Literal

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import LoginError
from pydantic import SecretStr

from xiansuo.domain.letter import Channel
from xiansuo.errors import XiansuoError
from xiansuo.intake.secrets import password_in

# At its finer levels the library logs what the server sends, letters included.
logging.getLogger("imapclient").setLevel(logging.WARNING)

_CONNECT_SECONDS = 10
_LONGEST = 60 * 60.0
"""Seconds after which a source makes way for others, also one whose server keeps the line alive by a byte now and then."""


class Setback(StrEnum):
    """What kind of failure kept a source from being read, and so what is to be done about it."""

    PASSING = "passing"
    """The network or the server; it may be over in a moment."""
    LONG = "long"
    """It took longer than a source may; what came is kept, and the next run goes on from there."""
    REFUSED = "refused"
    """The login was refused; trying it again unchanged may lock the account."""
    PARTLY = "partly"
    """Everything was read but some folders, or the mails could not be marked."""
    OTHER = "other"
    """A setting or the server's certificate; it stays until somebody changes it."""


class MailboxUnreachableError(XiansuoError):
    """A mailbox could not be read; the message names the configured source, what happened and what to do, never the account."""

    def __init__(self, sentence: str, setback: Setback = Setback.OTHER) -> None:
        super().__init__(sentence)
        self.setback = setback
        self.passing = setback is Setback.PASSING


@dataclass(frozen=True, slots=True)
class MailboxSource:
    """A mailbox as configured. `max_bytes` lowers the limit for one letter; `mark_seen` and `move_to` take effect on acknowledging only.

    Where `keyring` names an entry (service, user) of the system's keyring, the password is looked up there at every login.
    """

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
    longest: float = _LONGEST
    cron: str = ""
    silent_after: timedelta | None = None
    keyring: tuple[str, str] | None = field(default=None, repr=False)

    @property
    def acknowledges(self) -> bool:
        """Tell whether mails are marked or moved once they are stored."""
        return self.mark_seen or bool(self.move_to)


@contextmanager
def session(source: MailboxSource) -> Iterator[IMAPClient]:
    """Log in to a mailbox and out again; whatever goes wrong in between becomes a MailboxUnreachableError."""
    begun = time.monotonic()
    try:
        with _connected(source) as client:
            client.normalise_times = False
            client.login(source.user, password_of(source))
            # Some large Chinese providers refuse to open folders to a program that gives no name.
            if client.has_capability("ID"):
                client.id_({"name": "IMAPClient"})
            yield client
    except (OSError, IMAP4.error, UnicodeError) as caught:
        if time.monotonic() - begun >= source.longest:
            raise _too_long(source) from None
        error = _line_trouble(caught)
        # Without its cause: a server may repeat the account's name in its refusal.
        raise MailboxUnreachableError(f"邮箱来源“{source.name}”{_sentence(error)}", _setback(error)) from None


def password_of(source: MailboxSource) -> str:
    """Return the password of a mailbox. Raises MailboxUnreachableError where the system's keyring does not give it."""
    if source.keyring is None:
        return source.password.get_secret_value()
    try:
        return password_in(*source.keyring)
    except LookupError as reason:
        raise MailboxUnreachableError(f"邮箱来源“{source.name}”{reason}") from None


@contextmanager
def _connected(source: MailboxSource) -> Iterator[IMAPClient]:
    context = ssl.create_default_context(cafile=str(source.ca_file) if source.ca_file else None)
    seconds = SocketTimeout(connect=min(_CONNECT_SECONDS, source.timeout), read=source.timeout)
    client = IMAPClient(source.host, source.port, ssl=source.tls == "ssl", ssl_context=context, timeout=seconds)
    try:
        with _hung_up_after(source.longest, client):
            if source.tls == "starttls":
                client.starttls(context)
            yield client
        # Everything has been read by now; a server that hangs up instead of saying goodbye takes nothing back.
        with suppress(OSError, IMAP4.error):
            client.logout()
    finally:
        # Without a logout after trouble: a server that went silent would be waited for a second time.
        with suppress(OSError, IMAP4.error):
            client.shutdown()


@contextmanager
def _hung_up_after(seconds: float, client: IMAPClient) -> Iterator[None]:
    # A handle of its own: STARTTLS puts another socket into the place of the first.
    with socket.socket(fileno=os.dup(client.socket().fileno())) as line:
        clock = threading.Timer(seconds, _hang_up, [line])
        clock.daemon = True
        clock.start()
        try:
            yield
        finally:
            clock.cancel()


def _hang_up(line: socket.socket) -> None:
    with suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)


def _too_long(source: MailboxSource) -> MailboxUnreachableError:
    minutes = round(source.longest / 60)
    told = f"邮箱来源“{source.name}”抓取超过 {minutes} 分钟，先停下，让其他来源抓取。已取回的邮件不受影响，下一次从断开处接着取。"
    return MailboxUnreachableError(told, Setback.LONG)


_RETRY = "已取回的邮件不受影响，以后会再试。"
_UNTRUSTED = "的服务器证书不是受信任的机构签发的。请用 ca_file 指定签发该证书的根证书。"
_CERTIFICATES = {
    9: "的服务器证书还没有生效。请核对本机和服务器的时间。",
    10: "的服务器证书已经过期。请通知邮箱服务器的管理员更换证书，并核对本机时间。",
    62: "的服务器证书是给别的主机名的。请核对 host 是否与证书上的名称一致。",
    64: "的服务器证书是给别的主机名的。请核对 host 是否与证书上的名称一致。",
}
"""Sentences by OpenSSL's verification codes."""

_SENTENCES: tuple[tuple[type[Exception], str], ...] = (
    (LoginError, "登录被拒绝。请核对 user 和密码或授权码，并确认邮箱已开启 IMAP。"),
    (ssl.SSLEOFError, f"被服务器中断了连接。{_RETRY}"),
    (ssl.SSLError, "无法建立加密连接。请核对 port 与 tls（ssl、starttls 或 none）是否对应。"),
    (TimeoutError, f"连接超时。请检查网络、防火墙和服务器是否正常。{_RETRY}"),
    (socket.gaierror, "找不到服务器。请核对 host，并检查域名解析。"),
    (FileNotFoundError, "的 ca_file 不存在。请核对路径。"),
    (ConnectionRefusedError, "连接被拒绝。请核对 host、port，并确认邮件服务已启动。"),
    (OSError, f"连接中断或无法连接。请检查网络。{_RETRY}"),
    (IMAP4.abort, f"被服务器中断了连接。{_RETRY}"),
    (UnicodeError, "的 user 或密码含有服务器不接受的字符。请核对 user 和密码。"),
)

_PASSING = (TimeoutError, ConnectionError, IMAP4.abort, socket.gaierror, ssl.SSLEOFError)
# RFC 5530: the server says itself that the refusal is none of the account's.
_BUSY = ("[UNAVAILABLE]", "[INUSE]", "[SERVERBUG]", "[LIMIT]", "[CONTACTADMIN]")


def _sentence(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _CERTIFICATES.get(error.verify_code, _UNTRUSTED)
    if _is_busy(error):
        return f"的服务器暂时不能提供服务。{_RETRY}"
    default = "的服务器拒绝了请求。请核对 folders、move_to 和访问权限，再重新运行。"
    return next((sentence for kind, sentence in _SENTENCES if isinstance(error, kind)), default)


def _line_trouble(error: Exception) -> Exception:
    """Return the broken line behind an error: the library calls one that breaks while logging in a refused login."""
    behind = error.__cause__ or error.__context__
    return behind if isinstance(error, LoginError) and isinstance(behind, IMAP4.abort) else error


def _setback(error: Exception) -> Setback:
    if isinstance(error, _PASSING) or _is_busy(error):
        return Setback.PASSING
    return Setback.REFUSED if isinstance(error, LoginError) else Setback.OTHER


def _is_busy(error: Exception) -> bool:
    return isinstance(error, IMAP4.error) and any(code in str(error).upper() for code in _BUSY)
