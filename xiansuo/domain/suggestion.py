"""What rules and models say about a letter (系统建议); never a finding."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from xiansuo.domain.category import Category
from xiansuo.domain.spans import Span


class Context(StrEnum):
    """What surrounds a rule's hit and changes what it means."""

    NEGATED = "negated"
    HEARSAY = "hearsay"
    INFERENCE = "inference"
    QUESTION = "question"
    DENIED = "denied"
    ADMITTED = "admitted"
    POLICY = "policy"
    SLOGAN = "slogan"
    HYPOTHETICAL = "hypothetical"
    CONSULTATION = "consultation"
    DEMAND = "demand"
    WITHDRAWN = "withdrawn"
    ELSEWHERE = "elsewhere"
    PRIVATE_PARTY = "private_party"


SILENCING = frozenset(
    {
        Context.NEGATED,
        Context.QUESTION,
        Context.DENIED,
        Context.POLICY,
        Context.SLOGAN,
        Context.HYPOTHETICAL,
        Context.CONSULTATION,
        Context.WITHDRAWN,
        Context.ELSEWHERE,
        Context.PRIVATE_PARTY,
    }
)


@dataclass(frozen=True, slots=True)
class RuleHit:
    """A rule that fired at `span` of a document's text. It counts as an accusation unless a silencing context surrounds it."""

    rule: str
    category: Category
    subtype: str
    span: Span
    clause: Span
    weight: float
    sentence: str
    contexts: frozenset[Context] = frozenset()

    @property
    def counts(self) -> bool:
        """Whether the hit speaks for its category."""
        return not (self.contexts & SILENCING)


class CueKind(StrEnum):
    """Signals that a rubric part or a checklist element uses (DOMAIN 4.5)."""

    HEARSAY = "hearsay"
    INFERENCE = "inference"
    FIRSTHAND = "firsthand"
    EVIDENCE = "evidence"
    VAGUE = "vague"
    SAFETY = "safety"
    EVIDENCE_RISK = "evidence_risk"
    ONGOING = "ongoing"
    MASS = "mass"
    VULNERABLE = "vulnerable"
    SPECIAL_FUND = "special_fund"
    COLLECTIVE = "collective"
    ELECTION_NEAR = "election_near"
    CONDUCT = "conduct"


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue phrase found at `span` of a document's text."""

    kind: CueKind
    span: Span


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything the rule book says about one document.

    `scopes` are the stretches of its text under a context, whether or not a rule fires there; they may overlap.
    """

    hits: tuple[RuleHit, ...]
    cues: tuple[Cue, ...]
    scopes: tuple[tuple[Span, frozenset[Context]], ...] = ()

    def around(self, stretch: Span, *, least: float = 0.5) -> frozenset[Context]:
        """Return the contexts of which a single scope covers at least the share `least` of a stretch."""
        needed = max(1.0, least * (stretch.end - stretch.start))
        return frozenset(
            context
            for span, contexts in self.scopes
            if min(span.end, stretch.end) - max(span.start, stretch.start) >= needed
            for context in contexts
        )


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a category is proposed: a rule's sentence or a word's share in the model's score, with its place in the text."""

    source: str
    sentence: str
    span: Span
    weight: float


@dataclass(frozen=True, slots=True)
class ModelScores:
    """A model's answer for one document: probabilities, and per clause (as in `clauses`) the probability of each category.

    `contributions` are the model's own exact additive shares in the log-odds of `scope`, mapped to words: (span, share), largest first.
    """

    scope: float
    categories: Mapping[Category, float]
    clauses: tuple[tuple[Span, Mapping[Category, float]], ...] = ()
    contributions: tuple[tuple[Span, float], ...] = ()


class ParticularKind(StrEnum):
    """What a particular tells about an allegation."""

    CONDUCT = "conduct"
    RESPONDENT = "respondent"
    POST = "post"
    UNIT = "unit"
    PLACE = "place"
    TIME = "time"
    AMOUNT = "amount"
    COUNT = "count"
    FUND = "fund"
    EVIDENCE = "evidence"
    FIRSTHAND = "firsthand"
    HEARSAY = "hearsay"


class Reach(StrEnum):
    """How far from the clause of conduct a particular stands: in its sentence, near it, or elsewhere in the letter and only taken over."""

    SENTENCE = "sentence"
    NEAR = "near"
    INHERITED = "inherited"


@dataclass(frozen=True, slots=True)
class Particular:
    """Something in the text that makes an allegation checkable. `value` is the entity's normalised form, '' where there is none."""

    kind: ParticularKind
    span: Span
    reach: Reach = Reach.SENTENCE
    value: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Allegation:
    """One accusation inside a letter: a category and the clause(s) of conduct, with reasons.

    `particulars` are in text order; `missing` names what a colleague would have to ask first (可查性).
    """

    category: Category
    span: Span
    probability: float
    reasons: tuple[Reason, ...] = ()
    subtype: str = ""
    hearsay: bool = False
    particulars: tuple[Particular, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Referral:
    """Where a letter outside the six categories could be sent on to (建议去向), and why; a person decides.

    `reasons` are sentences, `spans` the sentences of the text that show them, `weight` orders destinations of one letter only.
    """

    code: str
    name: str
    to: str
    reasons: tuple[str, ...]
    spans: tuple[Span, ...] = ()
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the machine proposes for a letter. `labels` are the proposed categories, also when `abstained`.

    `allegations` may also be of a category that came close to being proposed; without any label they show where a person should look.
    """

    scope: float
    scores: Mapping[Category, float]
    labels: tuple[Category, ...]
    abstained: bool
    allegations: tuple[Allegation, ...] = ()


class Grade(StrEnum):
    """可查性 in words."""

    STRONG = "强"
    FAIRLY_STRONG = "较强"
    AVERAGE = "一般"
    WEAK = "弱"
    NONE = "无实质内容"


@dataclass(frozen=True, slots=True)
class RankPart:
    """One line of the rubric (DOMAIN 4.3): points given of the points possible, where the words behind it stand, and the foremost of them."""

    block: str
    name: str
    points: float
    maximum: float
    spans: tuple[Span, ...] = ()
    quote: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Rank:
    """Reading order of a letter or clue, 0-100, out of scope below 20, with every part shown.

    `grade` is None where nothing is shown as an allegation, so that there is nothing to check.
    `flags` names what must be read first whatever the total is: the writer's safety, evidence at risk.
    """

    total: float
    parts: tuple[RankPart, ...]
    grade: Grade | None
    missing: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


class Relation(StrEnum):
    """How a letter relates to the earlier ones of its clue."""

    ORIGINAL = "original"
    COPY = "copy"
    NEAR_COPY = "near_copy"
    CONTAINED = "contained"
    BUNDLED = "bundled"
    SAME_MATTER = "same_matter"


@dataclass(frozen=True, slots=True)
class Facts:
    """What linking compares beside the text: normalised respondents, units, places, sums, times, categories, evidence words.

    `names` are pieces of proper names, `strange` pieces that look like some, `rare` words hardly any letter has, `topics`
    words that few letters have.
    """

    respondents: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    sums: frozenset[str] = frozenset()
    times: frozenset[str] = frozenset()
    categories: frozenset[Category] = frozenset()
    documents: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    strange: frozenset[str] = frozenset()
    rare: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Link:
    """Where a letter belongs: the clue of `main` (a letter id, its own for a new clue), other letters whose clues it touches, and the facts it adds."""

    letter: str
    main: str
    relation: Relation
    also: tuple[str, ...] = ()
    adds: tuple[str, ...] = field(default=(), repr=False)
