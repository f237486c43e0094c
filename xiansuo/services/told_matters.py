"""Reads clues as matters: what their letters tell point by point, how people found them, and how their handling stands."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from xiansuo.domain.category import Category
from xiansuo.domain.decision import ClueState, Outcome
from xiansuo.domain.figures import SCOPES, Scope
from xiansuo.domain.handling import Handling, Result
from xiansuo.domain.suggestion import Grade, Particular
from xiansuo.storage.repositories import dispositions, ledger, letters
from xiansuo.storage.repositories.ledger import Finding, LedgerAllegation, LedgerClue
from xiansuo.triage.matters import Letter, Point, Telling, points_of


@dataclass(frozen=True, slots=True)
class Matter:
    """A clue as one matter. `points` are what its letters tell with substance; `suggested` ones nobody has confirmed yet."""

    id: int
    number: str
    unit: str = field(repr=False)
    respondents: tuple[str, ...] = field(repr=False)
    state: ClueState
    outcome: Outcome | None
    grade: Grade | None
    points: tuple[Point, ...]
    letters: int
    repeats: int
    received: date | None
    handling: Handling

    @property
    def suggested(self) -> bool:
        """Whether what it tells is only the system's suggestion."""
        return self.outcome is None

    @property
    def confirmed(self) -> bool:
        """Whether people found it to be within what the office deals with."""
        return self.outcome is not None and SCOPES.get(self.outcome) is Scope.INSIDE

    @property
    def cleared(self) -> bool:
        """Whether checking found it untrue, or the person was cleared in public (澄清)."""
        return self.handling.result is Result.UNTRUE or bool(self.handling.notes.clarified)

    @property
    def categories(self) -> tuple[Category, ...]:
        """The categories of its points, each once."""
        return tuple(dict.fromkeys(point.category for point in self.points))


def matters_of(
    session: Session, clues: Sequence[LedgerClue], *, about: str = "", hidden: Collection[int] = ()
) -> tuple[Matter, ...]:
    """Return clues as matters, in the order given; with `about`, a name, without what is laid at others' doors.

    Of the clues in `hidden` no suggestion is told: they are still to be read blind.
    """
    ids = [clue.id for clue in clues]
    placed = ledger.letters(session, ids)
    every = sorted({letter.id for some in placed.values() for letter in some})
    texts = {one.id: one.text for one in letters.get(session, every)}
    told = ledger.allegations(session, every)
    findings, steps = ledger.findings(session, ids), dispositions.steps(session, ids)
    found = []
    for clue in clues:
        some = [Letter(one.id, one.relation, texts[one.id]) for one in placed.get(clue.id, ())]
        known = [one for letter in some for one in told.get(letter.id, ())]
        veiled = clue.outcome is None and clue.id in hidden
        tellings = [] if veiled else _tellings(clue, known, findings.get(clue.id))
        handling = steps[clue.id][-1].handling if clue.id in steps else Handling()
        found.append(_matter(clue, some, points_of(some, tellings, about=about), handling))
    return tuple(found)


def _matter(clue: LedgerClue, some: Sequence[Letter], points: tuple[Point, ...], handling: Handling) -> Matter:
    return Matter(
        id=clue.id,
        number=clue.number,
        unit=clue.unit,
        respondents=clue.respondents,
        state=clue.state,
        outcome=clue.outcome,
        grade=clue.grade,
        points=points,
        letters=len(some),
        repeats=sum(letter.repeats for letter in some),
        received=clue.received,
        handling=handling,
    )


def _tellings(clue: LedgerClue, known: Sequence[LedgerAllegation], finding: Finding | None) -> list[Telling]:
    """Return where allegations are told: as people found them, before that as suggested."""
    labels = clue.labels if clue.final_labels is None else clue.final_labels
    if clue.outcome is not None and finding is not None and finding.allegations:
        return [
            Telling(letter, Category(category), subtype, _there(known, letter, start, end))
            for letter, start, end, category, subtype in finding.allegations
            if category in labels
        ]
    return [
        Telling(one.letter_id, one.category, one.subtype, one.particulars) for one in known if one.category in labels
    ]


def _there(known: Sequence[LedgerAllegation], letter: int, start: int, end: int) -> tuple[Particular, ...]:
    places = (one for one in known if one.letter_id == letter and one.start < end and start < one.end)
    return tuple(dict.fromkeys(fact for one in places for fact in one.particulars))


def by_category(matters: Sequence[Matter]) -> Mapping[Category, tuple[Matter, ...]]:
    """Return the matters of each category that has any, in the order of categories."""
    found = {category: tuple(one for one in matters if category in one.categories) for category in Category}
    return {category: some for category, some in found.items() if some}
