"""Tables of what may go and what went (留存与销毁): holds by people, proposals that become certificates, and what each of them erased."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from xiansuo.storage.tables.base import Base, Id, Json, SafeText


class RetentionHolds(Base):
    """A person keeps something from being erased, until a person releases it. `request` is the key of the act, so that doing it twice does it once."""

    __tablename__ = "retention_holds"
    __table_args__ = (Index(None, "kind", "ref"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    ref: Mapped[int] = mapped_column(Id)
    request: Mapped[str] = mapped_column(String(64), unique=True)
    actor: Mapped[str]
    reason: Mapped[str] = mapped_column(SafeText)
    created: Mapped[datetime]
    released: Mapped[datetime | None]
    released_by: Mapped[str]
    release_reason: Mapped[str] = mapped_column(SafeText)


class Erasures(Base):
    """One person's proposal to erase what the rules let go on a day, another's answer, and the certificate of what was done.

    `rules` are the rules as they stood, `digest` is the SHA-256 of the certificate, which `number` names. People stand by login: a
    certificate outlives accounts, and one that comes with an older backup names people whom that backup does not know.
    """

    __tablename__ = "erasures"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    request: Mapped[str] = mapped_column(String(64), unique=True)
    state: Mapped[str] = mapped_column(String(20), index=True)
    day: Mapped[date]
    rules: Mapped[Json]
    reason: Mapped[str] = mapped_column(SafeText)
    proposed_by: Mapped[str]
    proposed: Mapped[datetime]
    answered_by: Mapped[str]
    answered: Mapped[datetime | None]
    answer: Mapped[str] = mapped_column(SafeText)
    number: Mapped[str | None] = mapped_column(String(20), unique=True)
    finished: Mapped[datetime | None]
    certificate: Mapped[Json | None]
    digest: Mapped[bytes | None] = mapped_column(LargeBinary(32))


class ErasedItems(Base):
    """A thing of a proposal: `done` once it is erased, `kept` why it was not. `digest` is keyed: by it the thing is known again, and told to nobody."""

    __tablename__ = "erased_items"
    __table_args__ = (Index(None, "kind", "ref"), Index(None, "digest"))

    erasure_id: Mapped[int] = mapped_column(ForeignKey("erasures.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    ref: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    rule: Mapped[str] = mapped_column(String(60))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    done: Mapped[datetime | None]
    kept: Mapped[str] = mapped_column(String(40))
