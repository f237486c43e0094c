"""A received item as intake hands it on, in clear, in memory only."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Kind(StrEnum):
    """The form in which a letter was written."""

    LETTER = "letter"
    EMAIL = "email"
    FORM = "form"
    TRANSCRIPT = "transcript"


class Channel(StrEnum):
    """The way a letter came in; values are the words of the register."""

    POST = "来信"
    VISIT = "来访"
    PHONE = "来电"
    WEB = "网络"
    MAILBOX = "邮箱"
    BOX = "意见箱"
    INTERVIEW = "个别谈话"
    MEETING = "座谈"
    FIELD_VISIT = "走访"
    TRANSFER = "部门移送"


class Signed(StrEnum):
    """Whether a letter names who wrote it."""

    REAL_NAME = "real_name"
    ANONYMOUS = "anonymous"
    JOINT = "joint"


class IdentityKind(StrEnum):
    """What sort of string identifies a petitioner."""

    NAME = "name"
    PHONE = "phone"
    ID_NUMBER = "id_number"
    ADDRESS = "address"
    EMAIL = "email"
    ACCOUNT = "account"
    HEADER = "header"
    FILE_METADATA = "file_metadata"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Identity:
    """A string that identifies a petitioner. It goes to the vault or nowhere, so its value never prints."""

    kind: IdentityKind
    value: str = field(repr=False)


class PartRole(StrEnum):
    """What a stretch of a letter's text is; only BODY, ATTACHMENT and FORWARDED are analysed."""

    BODY = "body"
    ATTACHMENT = "attachment"
    FORWARDED = "forwarded"
    QUOTED = "quoted"
    SIGNATURE = "signature"


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch `start` ≤ i < `end` of `Letter.text` and where it came from."""

    role: PartRole
    start: int
    end: int
    media_type: str = "text/plain"
    name: str = field(default="", repr=False)
    note: str = ""


@dataclass(frozen=True, slots=True)
class HandOver:
    """The partner's hand-over list (移送清单) that a letter came with."""

    sender: str
    list_number: str = ""
    position: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """The bytes of one letter before they are read: one mail, one file, one register row.

    `locator` says where they came from (a path, `path#row`, `UIDVALIDITY:UID`); it may hold names and stays in memory or the vault.
    `data` decides whether a letter was seen before; it is empty only where nothing could be read.
    `mailbox_key` is `source/folder/UIDVALIDITY/UID` for mail fetched from a server, else empty.
    """

    source: str
    locator: str = field(repr=False)
    data: bytes = field(repr=False)
    media_type: str
    channel: Channel
    received: date | None = None
    mailbox_key: str = field(default="", repr=False)
    hand_over: HandOver | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter as read. `text` is the body followed by the other parts; `parts` cover it without overlap.

    `named_*` are a register's own columns on whom the letter is about; they may say what the text does not.
    """

    item: Item
    text: str = field(repr=False)
    subject: str = field(default="", repr=False)
    kind: Kind | None = None
    received: date | None = None
    parts: tuple[Part, ...] = ()
    identities: tuple[Identity, ...] = ()
    message_id: str = field(default="", repr=False)
    named_unit: str = field(default="", repr=False)
    named_respondents: tuple[str, ...] = field(default=(), repr=False)
    named_position: str = field(default="", repr=False)


class Trouble(StrEnum):
    """Why a letter went to quarantine. The value is a stable code; the sentence for people is in errors.py."""

    EMPTY = "empty"
    UNKNOWN_FORMAT = "unknown_format"
    TOO_LARGE = "too_large"
    ARCHIVE_LIMIT = "archive_limit"
    ENCRYPTED = "encrypted"
    DAMAGED = "damaged"
    NO_TEXT = "no_text"
    NO_HEADINGS = "no_headings"
    UNREADABLE = "unreadable"
    UNDECODABLE = "undecodable"
    NEEDS_EXTRA = "needs_extra"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """An item that could not be read into a letter, with its reason; it goes to quarantine with its bytes."""

    item: Item
    trouble: Trouble
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Defect:
    """Something wrong with a source that is no letter: a gap in a hand-over list's numbers, a row count that differs, a directory that cannot be opened."""

    source: str
    sentence: str
