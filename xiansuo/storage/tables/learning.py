"""Tables of what is learned from people's decisions, and of what the figures stand on: models, orders, samples, second looks, reports."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from xiansuo.storage.tables.base import Base, Id, Json, SafeText


class SiteModels(Base):
    """A model trained from decisions (challenger), and how it compared with the one in use. Kept for ever, promoted or not.

    `base` is the shipped model it stands on, `acquaintance` what it knows of the site's mail; it learned from `gold` decisions with ids
    up to `last_decision`. `passed` tells whether it may be promoted, `reasons` why not, as sentences.
    """

    __tablename__ = "site_models"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(60), unique=True)
    base: Mapped[str] = mapped_column(String(64))
    acquaintance: Mapped[str] = mapped_column(String(64))
    last_decision: Mapped[int] = mapped_column(Id)
    gold: Mapped[int]
    base_rate: Mapped[float | None]
    seconds: Mapped[float]
    champion: Mapped[str]
    comparison: Mapped[Json]
    passed: Mapped[bool]
    reasons: Mapped[Json]
    made_by: Mapped[str]
    created: Mapped[datetime]


class Promotions(Base):
    """Which model came into use when, by whom and why. The latest row holds; no model means the shipped one.

    `request` is the key the person's act carried, so that doing it twice does it once.
    """

    __tablename__ = "promotions"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    model_id: Mapped[int | None] = mapped_column(ForeignKey("site_models.id"))
    request: Mapped[str] = mapped_column(String(64), unique=True)
    act: Mapped[str] = mapped_column(String(20))
    actor: Mapped[str]
    reason: Mapped[str] = mapped_column(SafeText)
    created: Mapped[datetime]


class Orders(Base):
    """A time the queue learned from decisions: from which, up to which letter, and how many clues stand higher or lower than by the rubric.

    `doubtful` are the clues about which it was least sure, those first; `digest` names the order and what it stands on.
    """

    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    acquaintance: Mapped[str] = mapped_column(String(64))
    last_decision: Mapped[int] = mapped_column(Id)
    last_letter: Mapped[int] = mapped_column(Id)
    gold: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    seconds: Mapped[float]
    raised: Mapped[int]
    lowered: Mapped[int]
    doubtful: Mapped[Json]
    created: Mapped[datetime]


class LetterWords(Base):
    """A letter as the learner sees it: log-odds of the shipped model and the site's words (columns, weights) under an acquaintance."""

    __tablename__ = "letter_words"

    letter_id: Mapped[int] = mapped_column(ForeignKey("letters.id"), primary_key=True, autoincrement=False)
    acquaintance: Mapped[str] = mapped_column(String(64), index=True)
    odds: Mapped[bytes]
    columns: Mapped[bytes]
    weights: Mapped[bytes]


class Samples(Base):
    """A set-aside clue that was drawn to be read for the figures. It is never learned from.

    `lot` was below `share` on the day it was drawn, when `pile` clues were set aside; `rank` is the one it had then.
    """

    __tablename__ = "samples"

    clue_id: Mapped[int] = mapped_column(ForeignKey("clues.id"), primary_key=True, autoincrement=False)
    drawn: Mapped[date]
    lot: Mapped[float]
    share: Mapped[float]
    pile: Mapped[int]
    rank: Mapped[float]
    created: Mapped[datetime]


class SampleShares(Base):
    """A change of the share of set-aside clues that is drawn; it only ever grows, so that the draw stays a random one."""

    __tablename__ = "sample_shares"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    share: Mapped[float]
    actor: Mapped[str]
    reason: Mapped[str] = mapped_column(SafeText)
    created: Mapped[datetime]


class Stops(Base):
    """A person's decision not to read the set-aside clues of a round (or of the office) any further, with what was known then."""

    __tablename__ = "stops"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    round_id: Mapped[int | None] = mapped_column(ForeignKey("rounds.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    request: Mapped[str] = mapped_column(String(64), unique=True)
    reason: Mapped[str] = mapped_column(SafeText)
    statement: Mapped[Json]
    created: Mapped[datetime]
    withdrawn: Mapped[datetime | None]
    withdrawn_by: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))


class SecondLooks(Base):
    """A decision that looks unlike the others and is offered for a second look; `doubt` is 0 to 1. Only a person answers.

    `evidence` holds what is doubted (scope or a category) and the ids of the clues written most alike, with whether each was decided otherwise.
    """

    __tablename__ = "second_looks"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    decision_id: Mapped[int] = mapped_column(ForeignKey("decisions.id"), unique=True)
    clue_id: Mapped[int] = mapped_column(ForeignKey("clues.id"), index=True)
    doubt: Mapped[float]
    evidence: Mapped[Json]
    found_by: Mapped[str]
    state: Mapped[str] = mapped_column(String(20), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    note: Mapped[str] = mapped_column(SafeText)
    created: Mapped[datetime]
    answered: Mapped[datetime | None]


class RuleProposals(Base):
    """Words that stand in confirmed letters which no rule of their category caught. Only a person makes a rule of them.

    `key` names category and words, so that one proposal is made once; `evidence` holds ids of clues, no text.
    """

    __tablename__ = "rule_proposals"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    category: Mapped[str] = mapped_column(String(40))
    words: Mapped[Json]
    evidence: Mapped[Json]
    state: Mapped[str] = mapped_column(String(20), index=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    note: Mapped[str] = mapped_column(SafeText)
    created: Mapped[datetime]
    answered: Mapped[datetime | None]


class PeriodReports(Base):
    """A report over a month or a round: its figures, no text of letters. A newer one over the same period has a higher version."""

    __tablename__ = "period_reports"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(40), index=True)
    version: Mapped[int]
    content: Mapped[Json]
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))
    made_by: Mapped[str]
    created: Mapped[datetime]
