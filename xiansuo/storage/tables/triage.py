"""Tables of what the machine proposes: suggestions, allegations, entities, clues and the shingle index."""

from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from xiansuo.storage.tables.base import Base, Id, Json, SafeText


class Suggestions(Base):
    """What one model and rule book proposed for one letter; kept when a newer one comes, because decisions refer to it.

    `inputs` names what it was made from beside its model, so that it can be recomputed and compared. `found` is what its rank was weighed
    from, empty where there was nothing, so that other points of the rubric need no letter read again.
    """

    __tablename__ = "suggestions"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letters.id"), index=True)
    model_id: Mapped[str]
    rules_version: Mapped[str] = mapped_column(String(64))
    scope: Mapped[float]
    scores: Mapped[Json]
    labels: Mapped[Json]
    abstained: Mapped[bool]
    rank: Mapped[Json]
    found: Mapped[Json] = mapped_column(nullable=True)
    why: Mapped[Json]
    unit: Mapped[str] = mapped_column(SafeText)
    respondents: Mapped[Json]
    scopes: Mapped[Json] = mapped_column(nullable=True)
    referral: Mapped[Json] = mapped_column(nullable=True)
    inputs: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    created: Mapped[datetime]


class Allegations(Base):
    """One accusation of a suggestion, with its place in the letter's masked text."""

    __tablename__ = "allegations"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    suggestion_id: Mapped[int] = mapped_column(ForeignKey("suggestions.id"), index=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letters.id"), index=True)
    category: Mapped[str] = mapped_column(String(40), index=True)
    subtype: Mapped[str]
    start: Mapped[int]
    end: Mapped[int]
    probability: Mapped[float]
    hearsay: Mapped[bool]
    reasons: Mapped[Json]
    particulars: Mapped[Json] = mapped_column(nullable=True)
    missing: Mapped[Json] = mapped_column(nullable=True)


class Entities(Base):
    """A named thing as a place in the masked text and its normalised value; the surface is read from the letter."""

    __tablename__ = "entities"
    __table_args__ = (Index(None, "type", "value"),)

    letter_id: Mapped[int] = mapped_column(ForeignKey("letters.id"), primary_key=True)
    start: Mapped[int] = mapped_column(primary_key=True)
    end: Mapped[int] = mapped_column(primary_key=True)
    type: Mapped[str] = mapped_column(String(20), primary_key=True)
    value: Mapped[str] = mapped_column(SafeText)


class Clues(Base):
    """The queue's unit. `version` counts changes, so that a decision can name what it saw; `category` is the first of its labels.

    `screened` is false until every account has been checked against its letters; nobody sees it before. `outcome` and `final_*` are what
    people decided, `first_reader` the account whose reading a second one shall not follow. `since` is the day its clocks run from: that of
    receipt, or of registration where nobody noted it. `rank` orders the queue; `rubric_rank` is what the rubric alone gives, `learned` what
    the queue learned about the clue from decisions, empty where it learned nothing. `set_aside` is the day on which it was first found waiting with a rank
    below the floor; it stays when the rank moves, so that who is drawn from those set aside hangs on the lot alone.
    """

    __tablename__ = "clues"
    __table_args__ = (
        Index("ix_clues_state_rank_id", "state", text("rank DESC"), "id"),
        Index("ix_clues_state_rubric_rank_id", "state", text("rubric_rank DESC"), "id"),
        Index(None, "state", "since", "id"),
        Index(None, "state", "id"),
        # Category first, so that it is chosen for counting by category only and never in the place of the order by rank.
        Index(None, "category", "state", "screened"),
        Index("ix_clues_unscreened", "id", sqlite_where=text("NOT screened"), postgresql_where=text("NOT screened")),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    main_letter: Mapped[int] = mapped_column(ForeignKey("letters.id"), index=True)
    created: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(20))
    version: Mapped[int]
    letters_count: Mapped[int]
    unit: Mapped[str] = mapped_column(SafeText)
    respondents: Mapped[Json]
    labels: Mapped[Json]
    category: Mapped[str | None] = mapped_column(String(40))
    scores: Mapped[Json]
    scope: Mapped[float]
    rank: Mapped[float]
    rank_parts: Mapped[Json]
    grade: Mapped[str] = mapped_column(String(20))
    missing: Mapped[Json]
    flags: Mapped[Json]
    why: Mapped[Json]
    received: Mapped[date | None]
    since: Mapped[date | None]
    screened: Mapped[bool] = mapped_column(default=False, server_default=false())
    outcome: Mapped[str | None] = mapped_column(String(20))
    final_labels: Mapped[Json] = mapped_column(nullable=True)
    final_category: Mapped[str | None] = mapped_column(String(40))
    postponed_until: Mapped[date | None]
    first_reader: Mapped[int | None] = mapped_column(Id)
    rubric_rank: Mapped[float] = mapped_column(server_default=text("0"))
    learned: Mapped[Json] = mapped_column(nullable=True)
    set_aside: Mapped[date | None]


class ClueLetters(Base):
    """A letter's place in a clue. A letter has one main clue; a bundled one touches others as well."""

    __tablename__ = "clue_letters"
    __table_args__ = (
        Index(
            "uq_clue_letters_main", "letter_id", unique=True, sqlite_where=text("main"), postgresql_where=text("main")
        ),
    )

    clue_id: Mapped[int] = mapped_column(ForeignKey("clues.id"), primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letters.id"), primary_key=True, index=True)
    relation: Mapped[str] = mapped_column(String(20))
    adds: Mapped[Json]
    main: Mapped[bool]


class Sketches(Base):
    """The shingle index: which letters share a hashed stretch of text. Clustered by hash; no foreign key, a second index would double it."""

    __tablename__ = "sketches"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012

    hash: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    letter_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)


class LinkFacts(Base):
    """What linking compares of a letter: its sketch, 8 bytes a hash, and its facts."""

    __tablename__ = "link_facts"

    letter_id: Mapped[int] = mapped_column(ForeignKey("letters.id"), primary_key=True, autoincrement=False)
    sketch: Mapped[bytes]
    facts: Mapped[Json]
