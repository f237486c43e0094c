"""The limits that run for clues people have decided about: from the days on which things were recorded."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from xiansuo.domain.decision import Outcome
from xiansuo.domain.handling import Disposition, Handling, NameCheck
from xiansuo.domain.letter import Channel, Signed
from xiansuo.storage.repositories import dispositions, handovers, ledger
from xiansuo.storage.repositories.dispositions import Step
from xiansuo.storage.repositories.handovers import Handed
from xiansuo.storage.repositories.ledger import Finding, LedgerClue, LedgerLetter
from xiansuo.storage.session import CHINA
from xiansuo.triage.deadlines import Matter, Scope


@dataclass(frozen=True, slots=True)
class Followed:
    """A clue with everything that was recorded about it after it came in."""

    clue: LedgerClue
    letters: tuple[LedgerLetter, ...]
    finding: Finding | None
    steps: tuple[Step, ...]
    handed: Handed | None
    handling: Handling = field(repr=False)

    @property
    def claims_real_name(self) -> bool:
        """Whether a letter is signed and nobody found the name to be unverifiable."""
        signed = any(letter.signed is Signed.REAL_NAME for letter in self.letters)
        return signed and self.handling.name_check is not NameCheck.UNVERIFIABLE

    @property
    def matter(self) -> Matter:
        """What the clocks of the clue depend on."""
        batch = self.handed.batch if self.handed and self.handed.returned_on is None else None
        feedback = self.handling.feedback_on
        if self.handling.feedback and feedback is None:
            feedback = _first(self.steps, lambda one: one.feedback is not None)
        return Matter(
            received=self.clue.received or self.clue.created.astimezone(CHINA).date(),
            decided=self.finding.at.astimezone(CHINA).date() if self.finding else None,
            disposed=_first(self.steps, lambda one: one.kind is not None) if self.handling.kind else None,
            notified=self.handling.notified_on,
            handed=batch.handed_on if batch else None,
            receipted=batch.received_on if batch else None,
            # The handling department is done once there is a result; the person who reported is told after that.
            ended=self.handling.ended_on or _first(self.steps, lambda one: one.result is not None),
            feedback=feedback,
            scopes=self._scopes(),
        )

    def _scopes(self) -> frozenset[Scope]:
        there = {
            Scope.REAL_NAME: self.claims_real_name,
            Scope.TRANSFERRED: any(letter.channel is Channel.TRANSFER for letter in self.letters),
            Scope.OUTSIDE: self.clue.outcome is Outcome.OUT_OF_SCOPE,
            Scope.INQUIRY: self.handling.kind is Disposition.INQUIRY,
        }
        return frozenset(scope for scope, is_there in there.items() if is_there)


def follow(session: Session, clues: Sequence[LedgerClue]) -> list[Followed]:
    """Return what was recorded about some clues, in their order."""
    ids = [clue.id for clue in clues]
    letters, findings = ledger.letters(session, ids), ledger.findings(session, ids)
    steps, handed = dispositions.steps(session, ids), handovers.latest(session, ids)
    return [
        Followed(
            clue,
            tuple(letters.get(clue.id, ())),
            findings.get(clue.id),
            tuple(steps.get(clue.id, ())),
            handed.get(clue.id),
            steps[clue.id][-1].handling if clue.id in steps else Handling(),
        )
        for clue in clues
    ]


def _first(steps: Sequence[Step], wanted: Callable[[Handling], bool]) -> date | None:
    """Return the day since which the handling fulfils a condition without a break."""
    day = None
    for step in steps:
        if not wanted(step.handling):
            day = None
        elif day is None:
            day = step.created.astimezone(CHINA).date()
    return day
