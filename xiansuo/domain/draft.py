"""A person's choices about a clue before they are a decision: categories, and which allegations stand, fall, move or come in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from xiansuo.domain.category import Category
from xiansuo.domain.decision import FoundAllegation, Origin, Outcome, by_weight
from xiansuo.domain.spans import Span


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Which allegation is meant: letter (an id), place in its masked text, category it was proposed or added under."""

    letter: int
    start: int
    end: int
    category: Category

    @property
    def key(self) -> str:
        """The name of it in a form."""
        return f"{self.letter}-{self.start}-{self.end}-{self.category.value}"

    @property
    def span(self) -> Span:
        """The characters of the masked text."""
        return Span(self.start, self.end)

    @classmethod
    def parse(cls, key: str) -> "Place":
        """Read the name of an allegation. Raises ValueError."""
        letter, start, end, category = key.split("-")
        return cls(int(letter), int(start), int(end), Category(category))


@dataclass(frozen=True, slots=True)
class Draft:
    """Choices before they are a decision. `labels` None: as suggested."""

    labels: tuple[Category, ...] | None = None
    dropped: frozenset[Place] = frozenset()
    refiled: Mapping[Place, Category] = field(default_factory=dict)
    added: tuple[Place, ...] = ()
    destination: str = ""
    until: date | None = None
    note: str = field(default="", repr=False)

    @property
    def touches_allegations(self) -> bool:
        """Whether any allegation was dropped, moved or added."""
        return bool(self.dropped or self.refiled or self.added)


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the machine proposes for a clue, as far as the person may see it: categories, and allegations with their subtypes."""

    labels: tuple[Category, ...] = ()
    allegations: Mapping[Place, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Worked:
    """An allegation as the draft has it."""

    place: Place
    category: Category
    origin: Origin
    dropped: bool = False
    subtype: str = ""


def labels_of(draft: Draft, proposal: Proposal) -> tuple[Category, ...]:
    """Return the categories chosen so far."""
    return proposal.labels if draft.labels is None else draft.labels


def worked(draft: Draft, proposal: Proposal) -> list[Worked]:
    """Return every allegation, proposed ones first, in the order of the text."""
    proposed = [
        Worked(
            place,
            draft.refiled.get(place, place.category),
            Origin.REFILED if place in draft.refiled else Origin.KEPT,
            place in draft.dropped,
            "" if place in draft.refiled else subtype,
        )
        for place, subtype in sorted(proposal.allegations.items())
    ]
    return proposed + [Worked(place, place.category, Origin.ADDED) for place in draft.added]


def found(draft: Draft, proposal: Proposal, labels: Sequence[Category]) -> tuple[FoundAllegation, ...]:
    """Return the allegations that stand under the chosen categories."""
    return tuple(
        FoundAllegation(one.place.letter, one.place.span, one.category, one.subtype, one.origin)
        for one in worked(draft, proposal)
        if not one.dropped and one.category in labels
    )


def outcome_of(labels: Iterable[Category], proposal: Proposal, *, touched: bool) -> Outcome:
    """Tell whether choosing these categories confirms the suggestion or corrects it."""
    return Outcome.CONFIRMED if not touched and set(labels) == set(proposal.labels) else Outcome.CORRECTED


def add(draft: Draft, proposal: Proposal, place: Place) -> Draft:
    """Add an allegation that a person found."""
    if place in draft.added or place in proposal.allegations:
        return restore(draft, proposal, place)
    return _labelled(replace(draft, added=(*draft.added, place)), draft, proposal)


def drop(draft: Draft, proposal: Proposal, place: Place) -> Draft:
    """Take an allegation out; one that the person had added is gone, a proposed one stays in sight, struck out."""
    if place in draft.added:
        changed = replace(draft, added=tuple(one for one in draft.added if one != place))
    else:
        changed = replace(draft, dropped=draft.dropped | {place})
    return _labelled(changed, draft, proposal)


def refile(draft: Draft, proposal: Proposal, place: Place, category: Category) -> Draft:
    """Put an allegation under another category."""
    if place in draft.added:
        moved = replace(place, category=category)
        changed = replace(draft, added=tuple(moved if one == place else one for one in draft.added))
    else:
        kept = {one: to for one, to in draft.refiled.items() if one != place}
        refiled = kept if category == place.category else {**kept, place: category}
        changed = replace(draft, refiled=refiled, dropped=draft.dropped - {place})
    return _labelled(changed, draft, proposal)


def restore(draft: Draft, proposal: Proposal, place: Place) -> Draft:
    """Take back that an allegation was dropped or moved."""
    refiled = {one: to for one, to in draft.refiled.items() if one != place}
    return _labelled(replace(draft, dropped=draft.dropped - {place}, refiled=refiled), draft, proposal)


def choose(draft: Draft, proposal: Proposal, labels: Iterable[Category]) -> Draft:
    """Set the categories."""
    chosen = by_weight(labels)
    return replace(draft, labels=None if set(chosen) == set(proposal.labels) else chosen)


def _labelled(changed: Draft, before: Draft, proposal: Proposal) -> Draft:
    """Let the categories follow the allegations: one that gained its first is chosen, one that lost its last is not."""
    had, has = _standing(before, proposal), _standing(changed, proposal)
    return choose(changed, proposal, (set(labels_of(before, proposal)) | (has - had)) - (had - has))


def _standing(draft: Draft, proposal: Proposal) -> set[Category]:
    return {one.category for one in worked(draft, proposal) if not one.dropped}
