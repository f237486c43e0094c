"""Opens a clue for a person: takes it if it is free, and gathers what the decision bar, the history and the guidelines show."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from xiansuo.domain.category import Category
from xiansuo.domain.decision import Act, ClueState, Finding, Mode, Outcome, by_weight
from xiansuo.domain.draft import Draft, Proposal, Worked, labels_of, outcome_of, worked
from xiansuo.domain.people import Power, Viewer
from xiansuo.errors import NotVisibleError
from xiansuo.services.decide import last_act
from xiansuo.services.destinations import destinations
from xiansuo.services.leases import Held, hold
from xiansuo.services.office import Office
from xiansuo.services.proposals import Proposed, propose
from xiansuo.services.readings import Turn, turn_of
from xiansuo.storage.repositories import decisions, drafts, letters
from xiansuo.storage.repositories.decisions import ClueAtWork, StoredDecision
from xiansuo.storage.repositories.visibility import visible
from xiansuo.storage.session import transaction

_BETWEEN = (ClueState.SECOND, ClueState.DISPUTED)


@dataclass(frozen=True, slots=True)
class Listed:
    """An allegation as the bar lists it, with its words."""

    key: str
    letter: str
    quote: str = field(repr=False)
    one: Worked


@dataclass(frozen=True, slots=True)
class Told:
    """An act on the clue as its history tells it. `finding`, `note` and `who` are left out where they must not be seen."""

    at: datetime
    who: str = field(repr=False)
    act: Act
    mode: Mode
    finding: Finding | None
    until: date | None
    note: str = field(repr=False)
    undone: bool


@dataclass(frozen=True, slots=True)
class Undoable:
    """The person's own last act, which can still be taken back."""

    number: str
    act: int
    words: str


@dataclass(frozen=True, slots=True)
class Workplace:
    """A clue as one person works on it. `request` is the key of the next act, `blind`: nothing of the suggestion may be shown yet."""

    number: str
    version: int
    state: ClueState
    turn: Turn
    held: Held
    suggested: tuple[Category, ...]
    word: str
    labels: tuple[Category, ...]
    outcome: Outcome
    draft: Draft = field(repr=False)
    allegations: tuple[Listed, ...] = field(repr=False)
    destinations: tuple[tuple[str, str, str], ...]
    destination: str
    history: tuple[Told, ...] = field(repr=False)
    undoable: Undoable | None
    request: str

    @property
    def blind(self) -> bool:
        """Whether the suggestion waits until the person has chosen."""
        return self.turn.blind

    @property
    def mode(self) -> Mode | None:
        """In which mode the person may decide now, None for reading only."""
        return None if self.held.by else self.turn.mode

    @property
    def first(self) -> Finding | None:
        """What the person chose blind and may now keep or change."""
        return self.turn.revises.finding if self.turn.revises else None


def open_clue(office: Office, viewer: Viewer, number: str) -> Workplace:
    """Open a clue, and hold it if it waits for this person and is free. Raises NotVisibleError."""
    with transaction(office.engine) as session:
        clue = decisions.find(session, number, visible(viewer))
        if clue is None:
            raise NotVisibleError
        turn = turn_of(office, session, viewer, clue)
        held = hold(session, viewer, clue)
        draft = drafts.get(session, viewer.account, clue.id) if viewer.may(Power.DECIDE) else Draft()
        proposed = propose(session, clue)
        seen = Proposal() if turn.blind else proposed.proposal
        labels = by_weight(_chosen(turn, draft, seen))
        return Workplace(
            number=clue.number,
            version=clue.version,
            state=clue.standing.state,
            turn=turn,
            held=held,
            suggested=seen.labels,
            word="" if turn.blind else proposed.word,
            labels=labels,
            outcome=outcome_of(labels, seen, touched=draft.touches_allegations),
            draft=draft,
            allegations=_listed(session, draft, seen),
            destinations=tuple((one.code, one.name, one.to) for one in destinations(office)),
            destination=draft.destination or _proposed_destination(turn, proposed),
            history=_history(session, viewer, clue, blind=turn.blind),
            undoable=_undoable(session, viewer),
            request=uuid4().hex,
        )


def _chosen(turn: Turn, draft: Draft, seen: Proposal) -> Sequence[Category]:
    if draft.labels is None and turn.revises and turn.revises.finding:
        return turn.revises.finding.labels
    return labels_of(draft, seen)


def _proposed_destination(turn: Turn, proposed: Proposed) -> str:
    return proposed.referral.code if proposed.referral and not turn.blind else ""


def _listed(session: Session, draft: Draft, seen: Proposal) -> tuple[Listed, ...]:
    found = worked(draft, seen)
    told = {one.id: one for one in letters.get(session, {one.place.letter for one in found})}
    return tuple(
        Listed(one.place.key, told[one.place.letter].number, one.place.span.of(told[one.place.letter].text), one)
        for one in found
        if one.place.letter in told
    )


def _undoable(session: Session, viewer: Viewer) -> Undoable | None:
    act = last_act(session, viewer) if viewer.may(Power.DECIDE) else None
    if act is None:
        return None
    number = decisions.numbers_of(session, [act.clue_id])[act.clue_id]
    return Undoable(number, act.id, act.finding.outcome.chinese if act.finding else act.act.chinese)


def _history(session: Session, viewer: Viewer, clue: ClueAtWork, *, blind: bool) -> tuple[Told, ...]:
    """Return what was done with the clue, oldest first; while readings are compared nobody who reads learns of another's.

    Who reads blind learns of no finding of others, not even of one before the clue was opened again.
    """
    acts = decisions.of_clue(session, clue.id)
    secret = {one.id for one in decisions.readings(acts)} if clue.standing.state in _BETWEEN else set()
    secret |= {one.id for one in acts if one.finding} if blind else set()
    secret = {one.id for one in acts if one.id in secret and one.account != viewer.account}
    names = decisions.names_of(session, {one.account for one in acts})
    undone = {one.undoes for one in acts}
    hides = viewer.may(Power.DECIDE)
    return tuple(_told(one, names, one.id in undone) for one in acts if not (hides and one.id in secret))


def _told(one: StoredDecision, names: Mapping[int, str], undone: bool) -> Told:  # noqa: FBT001 - a column of the line
    finding, note = (None, "") if undone else (one.finding, one.note)
    return Told(one.created, names[one.account], one.act, one.mode, finding, one.until, note, undone)
