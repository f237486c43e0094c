"""Tables of what came in: runs, sources and how reading them went, cursors, letters, quarantine, receipts of sealed letters. All text in them is masked."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from xiansuo.storage.tables.base import Base, Id, Json, SafeText


class Counters(Base):
    """The last number given in each series. Its row lock makes numbers gapless in the order of commits."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[int] = mapped_column(Id)


class Runs(Base):
    """One run of a flow or command over letters, or over one source. `said` are sentences about what failed; they tell of no letter."""

    __tablename__ = "runs"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    started: Mapped[datetime]
    finished: Mapped[datetime | None]
    status: Mapped[str] = mapped_column(String(20))
    counts: Mapped[Json]
    said: Mapped[Json | None]
    model_id: Mapped[str]
    rules_version: Mapped[str] = mapped_column(String(64))
    source_id: Mapped[int | None] = mapped_column(Id, index=True)


class Sources(Base):
    """A configured place letters come from."""

    __tablename__ = "sources"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(String(40))


class SourceStates(Base):
    """How reading a source went: when it was tried, read and last brought something, failures in a row, and when it is tried again.

    `trouble` is the kind of the last failure, empty after success; `said` its sentence. `fingerprint` is a keyed digest of the
    settings and the password that were refused; without the index key nobody can test a password against it.
    """

    __tablename__ = "source_states"

    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id"), primary_key=True, autoincrement=False)
    tried: Mapped[datetime | None]
    succeeded: Mapped[datetime | None]
    failed: Mapped[datetime | None]
    brought: Mapped[datetime | None]
    failures: Mapped[int]
    trouble: Mapped[str] = mapped_column(String(20))
    said: Mapped[str] = mapped_column(SafeText)
    next_try: Mapped[datetime | None]
    fingerprint: Mapped[bytes | None] = mapped_column(LargeBinary(32))


class Cursors(Base):
    """How far a mail folder has been committed, and how far its committed mails were marked or moved on the server."""

    __tablename__ = "cursors"

    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id"), primary_key=True)
    folder: Mapped[str] = mapped_column(primary_key=True)
    uidvalidity: Mapped[int] = mapped_column(Id)
    last_uid: Mapped[int] = mapped_column(Id)
    acknowledged_uid: Mapped[int] = mapped_column(Id, server_default=text("0"))


class Seen(Base):
    """Keyed digests of source bytes; without the index key nobody can test whether a given letter came in."""

    __tablename__ = "seen"

    key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(20))
    ref: Mapped[int] = mapped_column(Id)


class SeenMail(Base):
    """Keyed digests of mailbox positions. One mail may lie in several folders, so several rows may share a `key`."""

    __tablename__ = "seen_mail"

    mailbox_key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    key: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)


class Letters(Base):
    """A letter, masked. Ids follow the order of intake."""

    __tablename__ = "letters"
    __table_args__ = (Index(None, "state", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id"), index=True)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("runs.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    channel: Mapped[str] = mapped_column(String(20))
    received: Mapped[date | None] = mapped_column(index=True)
    signed: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    message_key: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    hand_over: Mapped[Json | None]
    named_unit: Mapped[str] = mapped_column(SafeText)
    named_respondents: Mapped[Json]
    parts: Mapped[Json]
    ingested_at: Mapped[datetime]
    registrar_id: Mapped[int | None] = mapped_column(Id, index=True)
    subject: Mapped[str] = mapped_column(SafeText)
    text: Mapped[str] = mapped_column(SafeText)


class Quarantine(Base):
    """A letter that could not be read. Its bytes lie in the vault; nothing here names anybody."""

    __tablename__ = "quarantine"
    __table_args__ = (Index(None, "status", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id"), index=True)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("runs.id"), index=True)
    channel: Mapped[str] = mapped_column(String(20))
    received: Mapped[date | None]
    trouble: Mapped[str] = mapped_column(String(40))
    detail: Mapped[str] = mapped_column(SafeText)
    media_type: Mapped[str]
    size: Mapped[int] = mapped_column(Id)
    position: Mapped[str] = mapped_column(SafeText)
    seen_key: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    status: Mapped[str] = mapped_column(String(20))
    tries: Mapped[int]
    created: Mapped[datetime]


class SealedReceipts(Base):
    """That a letter was sealed and handed on. Nothing of its content."""

    __tablename__ = "sealed_receipts"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    received_on: Mapped[date | None]
    channel: Mapped[str] = mapped_column(String(20))
    rule: Mapped[str] = mapped_column(String(80))
    file: Mapped[str] = mapped_column(String(80), unique=True)
    created: Mapped[datetime]
    # None for letters sealed before sources were noted.
    source_id: Mapped[int | None] = mapped_column(Id)


class Registrations(Base):
    """An entry made by hand (来访、来电登记): who entered it and what became of it. `ref` is the letter, receipt or quarantine entry.

    `request` is the key the browser gave the form, so that sending it twice enters it once; `digest` is keyed and tells whether
    a second form under the same key says something else. Only numbers about the visitors stand here.
    """

    __tablename__ = "registrations"
    __table_args__ = (Index(None, "account_id", "id"), Index(None, "outcome", "ref"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    request: Mapped[str] = mapped_column(String(64), unique=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    channel: Mapped[str] = mapped_column(String(20))
    received: Mapped[date]
    outcome: Mapped[str] = mapped_column(String(20))
    ref: Mapped[int] = mapped_column(Id)
    visitors: Mapped[int]
    claimed: Mapped[bool]
    attachments: Mapped[int]
    created: Mapped[datetime]
