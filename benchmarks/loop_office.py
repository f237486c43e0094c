"""An office for the benchmark of the learning loop: labelled letters taken in, analysed, linked and ranked by the program itself, and a reviewer."""

import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from sqlalchemy import select

from tests.services.people import add_account, add_round, viewer_of
from xiansuo.classifiers.corpus import GoldLetter
from xiansuo.domain.category import CATEGORIES, Category
from xiansuo.domain.decision import Outcome
from xiansuo.domain.people import Role, Viewer
from xiansuo.domain.rounds import RoundPlan
from xiansuo.intake.collect import collect
from xiansuo.services.acquaint import acquaintance
from xiansuo.services.decide import Asked, Choice, decide
from xiansuo.services.destinations import destinations
from xiansuo.services.ingest import Intake, ingest
from xiansuo.services.office import Office, initialise, open_office
from xiansuo.services.screening import screen_waiting
from xiansuo.services.triage import Bench, work_off
from xiansuo.services.words import look
from xiansuo.settings import Settings
from xiansuo.storage.session import reading
from xiansuo.storage.tables import ClueLetters, Clues, Letters

DAYS = 8
"""How long the letters have waited when they are read: turns (轮候) begin after a week."""
_LONG = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Known:
    """A clue and what the readers of its letters say: `row` is that of its main letter in the gold file, the categories are those of all.

    `accuses` also counts accusations outside the six categories, which the app has no words for.
    """

    id: int
    number: str
    row: int
    labels: frozenset[Category]
    disputed: frozenset[Category]
    accuses: bool

    @property
    def in_scope(self) -> bool:
        """Whether a person would confirm it: the app knows the six categories only."""
        return bool(self.labels)


@dataclass(frozen=True, slots=True)
class Template:
    """A prepared office, to be copied; `counts` say what became of the letters."""

    state: Path
    clues: tuple[Known, ...] = field(repr=False)
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class Room:
    """A copy of the office with the person who decides in it."""

    office: Office
    viewer: Viewer
    destination: str

    def decide(self, number: str, labels: Sequence[Category]) -> None:
        """Decide about a clue as a reviewer does in the app: its categories, or that it is out of scope."""
        away = Choice(Outcome.OUT_OF_SCOPE, destination=self.destination)
        choice = Choice(labels=tuple(labels)) if labels else away
        decide(self.office, self.viewer, Asked(uuid4().hex, number, -1), choice)


def prepare(folder: Path, home: Path, gold: Sequence[GoldLetter], mail: Path | None = None) -> Template:
    """Make an office of labelled letters, and of `mail` without labels beside; everything goes the way of any letter."""
    settings = Settings(state_dir=folder / "template", home=home)
    initialise(settings)
    bench = Bench.prepare(settings)
    rows = _take_in(bench, folder, gold)
    if mail:
        _take_in_mail(bench, mail)
    work_off(bench)
    _people(bench.office)
    heard = acquaintance(bench.office, bench.analyser, renew=True, tell=lambda _sentence: None)
    with reading(bench.office.engine) as session:
        stored = list(session.scalars(select(Letters.id)))
    # As after a night in which the queue was put in order; every copy has it.
    look(bench.office, bench.analyser.books, heard, stored)
    known = _known(bench.office, gold, rows)
    counts = {
        "letters": len(gold),
        "taken in": len(rows),
        "clues": len(known),
        "clues in scope": sum(one.in_scope for one in known),
        "accused of other things only": sum(letter.in_scope and not letter.labels for letter in gold),
    }
    bench.office.engine.dispose()
    return Template(settings.state_dir, known, counts)


@contextmanager
def entered(template: Template, home: Path, *, days: int = DAYS) -> Iterator[Room]:
    """Copy the office and open it for one reader, so many days after the letters came; the copy is gone at the end."""
    with tempfile.TemporaryDirectory(dir=template.state.parent) as folder:
        state = Path(folder) / "state"
        shutil.copytree(template.state, state)
        office = open_office(Settings(state_dir=state, home=home))
        viewer = viewer_of(office, 1)
        later = replace(viewer, today=viewer.today + timedelta(days=days))
        yield Room(office, later, destinations(office)[0].code)
        office.engine.dispose()


def _take_in(bench: Bench, folder: Path, gold: Sequence[GoldLetter]) -> dict[int, int]:
    """Take labelled letters in, line by line of a record file, and return the row of each that was stored, by its id."""
    file = folder / "gold.jsonl"
    file.write_text("".join(_line(letter) for letter in gold), encoding="utf-8")
    intake = Intake(bench.office, bench.analyser.finder, source="gold", kind="paths")
    rows = dict[int, int]()
    for row, item in enumerate(collect(file, source="gold", limits=bench.office.limits)):
        if ingest(intake, [item]).as_json()["stored"]:
            with reading(bench.office.engine) as session:
                rows[session.scalars(select(Letters.id).order_by(Letters.id.desc()).limit(1)).one()] = row
    return rows


def _line(letter: GoldLetter) -> str:
    day = letter.received.isoformat() if letter.received else None
    record = {"kind": letter.kind.value, "subject": letter.subject, "text": letter.text, "date": day}
    return json.dumps(record, ensure_ascii=False) + "\n"


def _take_in_mail(bench: Bench, mail: Path) -> None:
    intake = Intake(bench.office, bench.analyser.finder, source="mail", kind="paths")
    ingest(intake, collect(mail, source="mail", limits=bench.office.limits))


def _people(office: Office) -> None:
    reader = add_account(office, "reader", Role.REVIEWER, "甲")
    today = viewer_of(office, reader).today
    plan = RoundPlan("一", today - _LONG, today + _LONG, all_units=True, takes_unplaced=True)
    add_round(office, [reader], plan=plan)
    screen_waiting(office)


def _known(office: Office, gold: Sequence[GoldLetter], rows: dict[int, int]) -> tuple[Known, ...]:
    """Return the clues whose main letter has labels; a clue of several letters counts once, with the labels of all of them."""
    with reading(office.engine) as session:
        main = select(Clues.id, Clues.number, Clues.main_letter).order_by(Clues.id)
        clues = [one for one in session.execute(main).tuples() if one[2] in rows]
        members = session.execute(select(ClueLetters.clue_id, ClueLetters.letter_id).where(ClueLetters.main)).tuples()
        of_clue: dict[int, list[int]] = {}
        for clue, letter in members:
            of_clue.setdefault(clue, []).append(letter)
    return tuple(
        _told(id_, number, rows[letter], [gold[rows[one]] for one in of_clue[id_] if one in rows])
        for id_, number, letter in clues
    )


def _told(id_: int, number: str, row: int, letters: Sequence[GoldLetter]) -> Known:
    labels = frozenset(category for letter in letters for category in letter.labels)
    disputed = frozenset(category for letter in letters for category in letter.disputed) - labels
    accuses = any(letter.in_scope for letter in letters)
    return Known(id_, number, row, labels, disputed & frozenset(CATEGORIES), accuses)
