"""Tables of the people who work here: accounts, sessions, rounds and who is kept away from which clue."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from xiansuo.storage.tables.base import Base, Id, Json, SafeText


class Accounts(Base):
    """A person who may log in. `screened` is false until every clue has been checked against the person's recusal profile.

    `issued` is when a temporary password was given out, empty once the person chose one.
    """

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    login: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str]
    role: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    password: Mapped[str]
    must_change: Mapped[bool]
    issued: Mapped[datetime | None]
    failures: Mapped[int]
    locked_until: Mapped[datetime | None]
    locale: Mapped[str] = mapped_column(String(10))
    screened: Mapped[bool]
    created: Mapped[datetime]
    created_by: Mapped[str]


class Sessions(Base):
    """A logged-in browser, known by the digest of its cookie; no address, no browser name."""

    __tablename__ = "sessions"

    key: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    token: Mapped[str] = mapped_column(String(64))
    created: Mapped[datetime]
    seen: Mapped[datetime]


class Rounds(Base):
    """An inspection round (轮次): access to clues is granted by it and ends with it.

    `draws` are the lots drawn for its members: seed, candidates, who was left out, who was drawn; `request` is the key of the act that made it.
    """

    __tablename__ = "rounds"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str]
    starts: Mapped[date]
    ends: Mapped[date]
    closed: Mapped[datetime | None]
    all_units: Mapped[bool]
    takes_unplaced: Mapped[bool]
    double_share: Mapped[float]
    blind_share: Mapped[float]
    lot_seed: Mapped[str]
    draws: Mapped[Json] = mapped_column(nullable=True)
    request: Mapped[str | None] = mapped_column(String(64), unique=True)
    created: Mapped[datetime]
    created_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))


class RoundUnits(Base):
    """A unit of the organisation register that a round inspects, with everything below it."""

    __tablename__ = "round_units"

    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), primary_key=True)
    unit: Mapped[str] = mapped_column(primary_key=True)


class RoundMembers(Base):
    """A person authorised for a round; `units` narrows it, empty for all units of the round."""

    __tablename__ = "round_members"

    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True, index=True)
    units: Mapped[Json]
    added: Mapped[datetime]
    added_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    ended: Mapped[datetime | None]


class ClueRounds(Base):
    """The rounds that a clue's unit belongs to."""

    __tablename__ = "clue_rounds"

    round_id: Mapped[int] = mapped_column(ForeignKey("rounds.id"), primary_key=True)
    clue_id: Mapped[int] = mapped_column(ForeignKey("clues.id"), primary_key=True, index=True)


class ClueUnits(Base):
    """The registered unit a clue is about, and every unit above it (`depth` 0 is the unit itself)."""

    __tablename__ = "clue_units"

    unit: Mapped[str] = mapped_column(primary_key=True)
    clue_id: Mapped[int] = mapped_column(ForeignKey("clues.id"), primary_key=True, index=True)
    depth: Mapped[int]


class ClueBlocks(Base):
    """A clue that an account must never meet. Why is not kept: the reason could tell who wrote."""

    __tablename__ = "clue_blocks"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    clue_id: Mapped[int] = mapped_column(ForeignKey("clues.id"), primary_key=True, index=True)
    source: Mapped[str] = mapped_column(String(20), primary_key=True)
    created: Mapped[datetime]


class SavedViews(Base):
    """A person's named filter of the queue; `start` marks the one the queue opens with."""

    __tablename__ = "saved_views"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    name: Mapped[str]
    query: Mapped[Json]
    start: Mapped[bool]
    created: Mapped[datetime]


class Reveals(Base):
    """A request to see an identity or an original: who asks for what and why, who answered, until when it holds.

    `request` is the key the browser gave the act, so that asking twice asks once; `answer` the reason of a refusal.
    """

    __tablename__ = "reveals"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letters.id"), index=True)
    clue_id: Mapped[int] = mapped_column(ForeignKey("clues.id"), index=True)
    request: Mapped[str] = mapped_column(String(64), unique=True)
    what: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(SafeText)
    created: Mapped[datetime]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    answer: Mapped[str] = mapped_column(SafeText)
    answered: Mapped[datetime | None]
    granted: Mapped[bool | None]
    expires: Mapped[datetime | None]
    views: Mapped[int]
