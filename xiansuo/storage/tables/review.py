"""Tables of what people do with clues: leases, decisions, corrections, links by hand, dispositions, hand-over, exports."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from xiansuo.storage.tables.base import Base, Id, Json, SafeText


class Leases(Base):
    """Who is reading a clue, until when; one person at a time. An expired lease is no lease."""

    __tablename__ = "leases"

    clue_id: Mapped[int] = mapped_column(ForeignKey("clues.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    taken: Mapped[datetime]
    expires: Mapped[datetime]


class Decisions(Base):
    """What a person decided about a clue (人工认定). Never changed; an undo is a decision that names the one it takes back.

    `request` is the key the browser gave the act, so that doing it twice does it once. `saw` tells whether the suggestion
    was in sight, `shown` the probability word it stood under. `allegations` are rows [letter id, start, end, category, subtype, origin].
    `lots` are the lots drawn for the clue and the shares they were held against, `before` the state that an undo leads back to.
    """

    __tablename__ = "decisions"
    __table_args__ = (Index(None, "clue_id", "id"), Index(None, "account_id", "id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    clue_id: Mapped[int] = mapped_column(ForeignKey("clues.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    round_id: Mapped[int | None] = mapped_column(ForeignKey("rounds.id"), index=True)
    request: Mapped[str] = mapped_column(String(64), unique=True)
    clue_version: Mapped[int]
    suggestions: Mapped[Json]
    act: Mapped[str] = mapped_column(String(20))
    mode: Mapped[str] = mapped_column(String(20))
    outcome: Mapped[str] = mapped_column(String(20))
    labels: Mapped[Json]
    allegations: Mapped[Json]
    destination: Mapped[str] = mapped_column(String(20))
    until: Mapped[date | None]
    note: Mapped[str] = mapped_column(SafeText)
    saw: Mapped[bool]
    shown: Mapped[str] = mapped_column(String(20), index=True)
    seconds: Mapped[float]
    lots: Mapped[Json]
    before: Mapped[Json]
    undoes: Mapped[int | None] = mapped_column(ForeignKey("decisions.id"), unique=True)
    created: Mapped[datetime]


class Drafts(Base):
    """What a person has typed and chosen for a clue and not yet saved as a decision; gone with the decision."""

    __tablename__ = "drafts"

    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), primary_key=True)
    clue_id: Mapped[int] = mapped_column(ForeignKey("clues.id"), primary_key=True, index=True)
    content: Mapped[Json]
    note: Mapped[str] = mapped_column(SafeText)
    saved: Mapped[datetime]


class EntityCorrections(Base):
    """A person's correction of an entity, applied wherever the same words stand; undone ones stay on record.

    `type` and `value` are what stood there, `changed` the rows before and after it, which an undo needs.
    """

    __tablename__ = "entity_corrections"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    clue_id: Mapped[int] = mapped_column(ForeignKey("clues.id"), index=True)
    type: Mapped[str] = mapped_column(String(20))
    value: Mapped[str] = mapped_column(SafeText)
    new_type: Mapped[str] = mapped_column(String(20))
    new_value: Mapped[str] = mapped_column(SafeText)
    request: Mapped[str] = mapped_column(String(64), unique=True)
    changed: Mapped[Json]
    created: Mapped[datetime]
    undone: Mapped[datetime | None]


class LinkChanges(Base):
    """A letter moved between clues by hand, with what an undo needs. One act (`request`) may move several letters."""

    __tablename__ = "link_changes"
    __table_args__ = (UniqueConstraint("request", "letter_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    letter_id: Mapped[int] = mapped_column(ForeignKey("letters.id"), index=True)
    from_clue: Mapped[int] = mapped_column(ForeignKey("clues.id"), index=True)
    to_clue: Mapped[int] = mapped_column(ForeignKey("clues.id"), index=True)
    request: Mapped[str] = mapped_column(String(64))
    before: Mapped[Json]
    created: Mapped[datetime]
    undone: Mapped[datetime | None]


class Dispositions(Base):
    """A step in the handling of a clue, always a person's: disposition, owner, reason, feedback. The latest row of a clue holds."""

    __tablename__ = "dispositions"
    __table_args__ = (Index(None, "clue_id", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    clue_id: Mapped[int] = mapped_column(ForeignKey("clues.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    request: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    owner: Mapped[str]
    department: Mapped[str]
    reason: Mapped[str] = mapped_column(SafeText)
    approved_by: Mapped[str]
    approved_on: Mapped[date | None]
    due: Mapped[date | None]
    result: Mapped[str] = mapped_column(String(20))
    feedback: Mapped[str] = mapped_column(String(20))
    feedback_on: Mapped[date | None]
    feedback_note: Mapped[str] = mapped_column(SafeText)
    ended_on: Mapped[date | None]
    details: Mapped[Json]
    created: Mapped[datetime]


class HandOvers(Base):
    """A batch of clues handed on (移交批次), with its list number and receipt. `request` is the key of the act that opened it."""

    __tablename__ = "hand_overs"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    number: Mapped[str] = mapped_column(String(30), unique=True)
    request: Mapped[str] = mapped_column(String(64), unique=True)
    receiver: Mapped[str]
    state: Mapped[str] = mapped_column(String(20))
    created: Mapped[datetime]
    created_by: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    handed_on: Mapped[date | None]
    handed_by: Mapped[str]
    received_by: Mapped[str]
    received_on: Mapped[date | None]
    note: Mapped[str]


class HandOverClues(Base):
    """A clue in a hand-over batch; it may come back (退回) with a reason."""

    __tablename__ = "hand_over_clues"

    batch_id: Mapped[int] = mapped_column(ForeignKey("hand_overs.id"), primary_key=True)
    clue_id: Mapped[int] = mapped_column(ForeignKey("clues.id"), primary_key=True, index=True)
    position: Mapped[int]
    returned_on: Mapped[date | None]
    return_reason: Mapped[str]


class Exports(Base):
    """A file that left the program: what, which version, who, the digest of its bytes; never its content."""

    __tablename__ = "exports"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    version: Mapped[int]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    rows: Mapped[int]
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    created: Mapped[datetime]


class LetterSearch(Base):
    """What can be searched of a masked letter, folded as queries are, and by which version of folding; 0 where it has to be done again.

    The pairs of characters in `folded` are indexed beside it, by means that differ between databases (repositories/search).
    """

    __tablename__ = "letter_search"

    letter_id: Mapped[int] = mapped_column(ForeignKey("letters.id"), primary_key=True)
    version: Mapped[int] = mapped_column(index=True)
    folded: Mapped[str] = mapped_column(SafeText)
