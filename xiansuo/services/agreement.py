"""Measures how far people agree who read the same clue blind to each other, and what seeing the suggestion changes; never who."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from xiansuo.domain.category import Category
from xiansuo.domain.decision import Finding, Lots, Mode
from xiansuo.domain.people import Viewer
from xiansuo.evaluation.agreement import Agreement, Pair, agreement_of
from xiansuo.evaluation.sight import FirstChoice
from xiansuo.services.office import Office
from xiansuo.services.statistics import sight_for
from xiansuo.storage.repositories import agreement as stored
from xiansuo.storage.repositories import samples
from xiansuo.storage.repositories.agreement import ReadClue
from xiansuo.storage.session import CHINA, reading

Suggested = Callable[[ReadClue], frozenset[Category]]


def agreement(
    session: Session, *, where: ColumnElement[bool], since: date | None = None, until: date | None = None
) -> Agreement:
    """Measure agreement on the clues that fulfil `where` and were read from `since` to `until`, both included, by Chinese time.

    A pair counts on the day of its second reading. Only what a lot chose counts: clues drawn for a second reading, and for what seeing
    the suggestion changes those that the lot could have drawn to be read blind first, without the random sample, which always is.
    """
    read = [_Read.of(acts) for acts in stored.readings(session, where)]
    ids = {id_ for one in read for act in one.acts for id_ in act.suggestions}
    labels = stored.suggested(session, ids)
    drawn = samples.ids(session)

    def suggested(act: ReadClue) -> frozenset[Category]:
        return frozenset().union(*(labels.get(id_, frozenset()) for id_ in act.suggestions))

    def counts(act: ReadClue) -> bool:
        return _within(act.created, since, until)

    pairs = [pair for one in read if (pair := one.pair(suggested, counts))]
    choices = [found for one in read if one.clue not in drawn and (found := one.choice(suggested, counts))]
    return agreement_of(pairs, choices)


def agreement_for(
    office: Office, viewer: Viewer, round_id: int | None = None, *, since: date | None = None, until: date | None = None
) -> Agreement:
    """Measure agreement on what a person may see, of one round or of all. Raises RefusedError, NotVisibleError."""
    where = sight_for(office, viewer, round_id).condition
    with reading(office.engine) as session:
        return agreement(session, where=where, since=since, until=until)


def _within(at: datetime, since: date | None, until: date | None) -> bool:
    day = at.astimezone(CHINA).date()
    return (since is None or since <= day) and (until is None or day <= until)


@dataclass(frozen=True, slots=True)
class _Read:
    """A clue's readings in force, by reader and in order; the lead's word between two readers is none of them."""

    clue: int
    acts: Sequence[ReadClue]
    by_reader: Mapping[int, Sequence[ReadClue]]

    @classmethod
    def of(cls, acts: Sequence[ReadClue]) -> "_Read":
        own = [act for act in acts if act.mode is not Mode.ADJUDICATED]
        readers = dict.fromkeys(act.account for act in own)
        by_reader = {reader: [act for act in own if act.account == reader] for reader in readers}
        return cls(acts[0].clue, acts, by_reader)

    def pair(self, suggested: Suggested, counts: Callable[[ReadClue], bool]) -> Pair | None:
        """Return what two people said in the end, each without knowing of the other, where the lot asked for a second reading."""
        if not _is(self.acts[0].lots, lambda lots: lots.is_double) or len(self.by_reader) != 2:
            return None
        first, second = (own[-1] for own in self.by_reader.values())
        if not counts(second) or first.finding is None or second.finding is None:
            return None
        return Pair(first.finding, second.finding, (suggested(first), suggested(second)), frozenset(self.by_reader))

    def choice(self, suggested: Suggested, counts: Callable[[ReadClue], bool]) -> FirstChoice | None:
        """Return the first choice of the first reader, where a lot decided whether the suggestion was in sight."""
        first, lots = self.acts[0], self.acts[0].lots
        if lots is None or not 0 < lots.blind_share < 1 or first.saw is lots.is_blind:
            return None
        if not counts(first) or first.finding is None or first.mode not in {Mode.OPEN, Mode.BLIND_FIRST}:
            return None
        return FirstChoice(
            first.finding,
            suggested(first),
            blind=lots.is_blind,
            stratum=f"{first.round}|{lots.blind_share}",
            reader=first.account,
            revised=self._revised(first),
        )

    def _revised(self, first: ReadClue) -> Finding | None:
        own = self.by_reader[first.account]
        return own[-1].finding if len(own) > 1 and own[-1].saw else None


def _is(lots: Lots | None, asked: Callable[[Lots], bool]) -> bool:
    return lots is not None and asked(lots)
