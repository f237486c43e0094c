"""What a rule book is once it has been read: rules, cues, parties and signals as frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from xiansuo.domain.category import Category
from xiansuo.domain.register import Level
from xiansuo.domain.suggestion import Context, CueKind
from xiansuo.errors import XiansuoError


class RuleBookError(XiansuoError):
    """A rule file that cannot be used; the message names file, rule, field, value and what is allowed."""


class Within(StrEnum):
    """How close together the words of a pattern must stand; PASSAGE is two sentences in a row."""

    CLAUSE = "clause"
    SENTENCE = "sentence"
    PASSAGE = "passage"


class Direction(StrEnum):
    """Which side of a cue it acts on."""

    FORWARD = "forward"
    BACKWARD = "backward"
    AROUND = "around"


class Reach(StrEnum):
    """How far a cue acts, at most."""

    CLAUSE = "clause"
    SENTENCE = "sentence"
    PASSAGE = "passage"
    LETTER = "letter"


@dataclass(frozen=True, slots=True)
class Pattern:
    """A combination of words. Each slot is a set of terms of which one must occur; slots may not share characters.

    `ordered` asks for the slots in sequence with at most `gap` characters between two; `without` forbids terms in
    the same stretch; `expression` is a bounded regular expression that must also match there.
    """

    slots: tuple[frozenset[str], ...]
    within: Within = Within.CLAUSE
    ordered: bool = False
    gap: int | None = None
    without: frozenset[str] = frozenset()
    expression: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A named test. `anyone` lifts the demand that the blamed party is public."""

    id: str
    category: Category
    subtype: str
    sentence: str
    weight: float
    patterns: tuple[Pattern, ...]
    match: tuple[str, ...]
    reject: tuple[str, ...]
    source: str = ""
    anyone: bool = False

    @property
    def words_only(self) -> bool:
        """Whether single words are enough to fire it, so that a slogan would."""
        return all(len(pattern.slots) == 1 for pattern in self.patterns)


@dataclass(frozen=True, slots=True)
class Book:
    """The rules of one category."""

    category: Category
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class CueRule:
    """Words that change the meaning of what stands near them.

    `limit` is the longest distance in characters, None for no limit; a `stop` word between cue and hit ends the
    scope; `pseudo` terms look like the cue and are none.
    """

    id: str
    context: Context
    terms: frozenset[str]
    direction: Direction
    reach: Reach
    limit: int | None = None
    stops: frozenset[str] = frozenset()
    pseudo: frozenset[str] = frozenset()
    unless: frozenset[str] = frozenset()
    words_only: bool = False
    at_least: int = 1


@dataclass(frozen=True, slots=True)
class Topic:
    """What a question asks about when it holds one of `terms`; the rest is the hit that an affirming answer becomes."""

    category: Category
    subtype: str
    sentence: str
    weight: float
    terms: frozenset[str]


@dataclass(frozen=True, slots=True)
class Answers:
    """Words by which an answer in an interview says yes, no, perhaps or nothing about what it was asked.

    `belittling` denies the word only (谈不上), `declined` says that what was offered was not taken, `lawful` marks what is granted after a denial and is no fault, `topics` are
    what questions ask about.
    """

    negative: frozenset[str]
    belittling: frozenset[str]
    unknown: frozenset[str]
    hearsay: frozenset[str]
    affirmative: frozenset[str]
    hedged: frozenset[str]
    admitted: frozenset[str]
    reversal: frozenset[str]
    declined: frozenset[str]
    lawful: frozenset[str]
    topics: tuple[Topic, ...] = ()


@dataclass(frozen=True, slots=True)
class PartyWords:
    """Words for who could be blamed or complained to; `pseudo` expressions hold such a word and name a place or bystander."""

    public: frozenset[str]
    private: frozenset[str]
    arbiters: frozenset[str]
    receiving: frozenset[str]
    pseudo: frozenset[str]


@dataclass(frozen=True, slots=True)
class ContextBook:
    """Word groups, cues, parties and signals shared by all rule books."""

    cues: tuple[CueRule, ...]
    parties: PartyWords
    signals: Mapping[CueKind, frozenset[str]]
    yes_no: frozenset[str]
    rhetorical: frozenset[str]
    answers: Answers


@dataclass(frozen=True, slots=True)
class SealWords:
    """The words by which the seal check finds who is complained about."""

    higher: str
    own: str
    titles: Mapping[Level, frozenset[str]]
    pseudo: frozenset[str]
    accusing: frozenset[str]
    conduct: frozenset[str]
    giving: frozenset[str]
    addressing: frozenset[str]
    reporting: frozenset[str]
    speaking: frozenset[str]
    elsewhere: frozenset[str]
    lower: frozenset[str]
    labels: frozenset[str]
    match: tuple[str, ...]
    reject: tuple[str, ...]
