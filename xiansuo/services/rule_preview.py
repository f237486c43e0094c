"""Shows what a changed rule book would change on the stored letters before it is saved; nothing is written."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from xiansuo.domain.category import CATEGORIES, Category
from xiansuo.domain.suggestion import Reading, Suggestion
from xiansuo.domain.text import Document
from xiansuo.errors import UsageError
from xiansuo.rulebook.destinations import OUT_OF_SCOPE_FILE
from xiansuo.rulebook.load import CONTEXT_FILE, load_rule_books
from xiansuo.rulebook.match import RuleBooks
from xiansuo.services.analyse import documents_of
from xiansuo.services.model import Trained, model_in_use
from xiansuo.services.office import Office
from xiansuo.storage.repositories import clues, letters
from xiansuo.storage.repositories.letters import StoredLetter
from xiansuo.storage.session import reading
from xiansuo.triage.suggest import suggest

BATCH = 200
RULE_FILES = (*(f"{category.value}.yaml" for category in CATEGORIES), CONTEXT_FILE, OUT_OF_SCOPE_FILE)


@dataclass(frozen=True, slots=True)
class LetterChange:
    """A stored letter whose proposed categories would change; `clue` is the number of its main clue, '' before linking."""

    letter: str
    clue: str
    before: tuple[Category, ...]
    after: tuple[Category, ...]


@dataclass(frozen=True, slots=True)
class RuleChange:
    """In how many stored letters a rule counts now, and in how many it would."""

    rule: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Preview:
    """What would change on `letters` stored letters, and which rules would count in more or fewer of them."""

    letters: int
    changes: tuple[LetterChange, ...]
    rules: tuple[RuleChange, ...]

    @property
    def raised(self) -> tuple[LetterChange, ...]:
        """Letters for which something would be proposed that have nothing proposed now."""
        return tuple(change for change in self.changes if not change.before)

    @property
    def fallen(self) -> tuple[LetterChange, ...]:
        """Letters for which nothing would be proposed any more."""
        return tuple(change for change in self.changes if not change.after)

    @property
    def moved(self) -> tuple[LetterChange, ...]:
        """Letters that would keep a proposal with other categories."""
        return tuple(change for change in self.changes if change.before and change.after)


def preview(
    office: Office, changed: Path, *, tell: Callable[[str], None], advance: Callable[[int], None] = lambda _count: None
) -> Preview:
    """Read every stored letter with the rule books at hand and with the changed ones, and compare what would be proposed.

    `changed` is a folder of rule files, or one file that takes the place of the one of its name. The model is the one in
    use; it is trained anew once rules are saved. Raises RuleBookError or UsageError, and then nothing has been read.
    """
    old, new = load_rule_books(office.settings.rules), changed_books(office.settings.rules, changed)
    trained = model_in_use(office, tell=tell)
    changes: list[LetterChange] = []
    fired: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    total = 0
    for batch in stored_documents(office):
        documents = [document for _, document in batch]
        sides = [[books.read(document) for document in documents] for books in (old, new)]
        for counter, readings in zip(fired, sides, strict=True):
            counter.update(rule for one in readings for rule in _counting(one))
        changes += _compared(office, trained, batch, sides[0], sides[1])
        total += len(batch)
        advance(len(batch))
    return Preview(total, tuple(changes), tuple(_rule_changes(*fired)))


def changed_books(rules: Path, changed: Path) -> RuleBooks:
    """Load the rule books with the changes in place. Raises RuleBookError for the first mistake, UsageError for a wrong path."""
    if changed.is_dir():
        return load_rule_books(changed)
    if not changed.is_file():
        raise UsageError("找不到要试算的规则文件或文件夹。请核对 --rules 后的路径。")
    if changed.name not in RULE_FILES:
        raise UsageError(
            f"{changed.name} 不是规则文件的名字。文件名须与 rules 文件夹里的一致：{'、'.join(RULE_FILES)}。"
        )
    with tempfile.TemporaryDirectory() as folder:
        for file in rules.glob("*.yaml"):
            shutil.copyfile(file, Path(folder) / file.name)
        shutil.copyfile(changed, Path(folder) / changed.name)
        return load_rule_books(Path(folder))


def stored_documents(office: Office) -> Iterator[list[tuple[StoredLetter, Document]]]:
    """Yield the stored letters with their masked documents, a batch at a time, in order of intake."""
    after = 0
    while True:
        with reading(office.engine) as session:
            batch = documents_of(session, letters.ids(session, after_id=after, limit=BATCH))
        if not batch:
            return
        yield batch
        after = batch[-1][0].id


def _counting(one: Reading) -> set[str]:
    return {hit.rule for hit in one.hits if hit.counts}


def _compared(
    office: Office,
    trained: Trained,
    batch: Sequence[tuple[StoredLetter, Document]],
    before: Sequence[Reading],
    after: Sequence[Reading],
) -> list[LetterChange]:
    rows = [row for row, (one, other) in enumerate(zip(before, after, strict=True)) if one != other]
    documents = [batch[row][1] for row in rows]
    old = _suggested(trained, documents, [before[row] for row in rows])
    new = _suggested(trained, documents, [after[row] for row in rows])
    found = [
        (batch[row][0], one.labels, other.labels)
        for row, one, other in zip(rows, old, new, strict=True)
        if set(one.labels) != set(other.labels)
    ]
    numbers = _clue_numbers(office, [letter.id for letter, _, _ in found])
    return [LetterChange(letter.number, numbers.get(letter.id, ""), one, other) for letter, one, other in found]


def _suggested(trained: Trained, documents: Sequence[Document], readings: Sequence[Reading]) -> list[Suggestion]:
    scores = trained.model.score(documents, readings) if documents else []
    return [
        suggest(document, one, score, thresholds=trained.thresholds)
        for document, one, score in zip(documents, readings, scores, strict=True)
    ]


def _clue_numbers(office: Office, letter_ids: Sequence[int]) -> dict[int, str]:
    """Return the number of each letter's main clue."""
    with reading(office.engine) as session:
        places = clues.of_letters(session, letter_ids)
        main = {letter: place.clue_id for letter, listed in places.items() for place in listed if place.main}
        named = clues.get(session, main.values())
    return {letter: named[clue].number for letter, clue in main.items()}


def _rule_changes(before: Counter[str], after: Counter[str]) -> Iterator[RuleChange]:
    changes = [RuleChange(rule, before[rule], after[rule]) for rule in sorted({*before, *after})]
    yield from sorted(
        (change for change in changes if change.before != change.after),
        key=lambda change: -abs(change.after - change.before),
    )
