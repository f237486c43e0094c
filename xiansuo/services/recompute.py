"""Makes stored suggestions again with the model, rules and word lists they name, and holds every stored column against them byte for byte."""

import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from xiansuo.classifiers.artifact import ModelMismatchError
from xiansuo.errors import OfficeError
from xiansuo.services.analyse import inputs_of, suggested
from xiansuo.services.analysis import Analyser, load_analyser
from xiansuo.services.headline import Levels, levels_of
from xiansuo.services.model import load_by_id
from xiansuo.services.office import Office
from xiansuo.services.versions import Version, files_of, kept, program_of
from xiansuo.storage.repositories import entities, letters, suggestion_columns, suggestions
from xiansuo.storage.repositories.entities import StoredEntity
from xiansuo.storage.repositories.letters import StoredLetter
from xiansuo.storage.repositories.suggestions import StoredSuggestion
from xiansuo.storage.session import chunks, reading

BATCH = 200
_MOST_TOLD = 20


class Found(StrEnum):
    """What became of a suggestion that was to be made again."""

    EQUAL = "equal"
    DIFFERENT = "different"
    CHANGED = "changed"
    PROGRAM = "program"
    LOST = "lost"
    UNRECORDED = "unrecorded"

    @property
    def chinese(self) -> str:
        """The words for it on screen."""
        return _WORDS[self]


_WORDS = {
    Found.EQUAL: "重算与存的逐字节一致",
    Found.DIFFERENT: "重算与存的不一致",
    Found.CHANGED: "来件此后重新脱敏、更正过实体，或单位名录有改动，不能按当时的内容重算",
    Found.PROGRAM: "由另一版程序得出，本版不能重算",
    Found.LOST: "当时的模型、规则或词表已不在，不能重算",
    Found.UNRECORDED: "由没有留底的早期程序得出，不能重算",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """A suggestion that came out otherwise: its letter's number and the columns that differ."""

    letter: str
    suggestion: int
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """What came of making suggestions again: how many of each kind, the first differences, and sentences about what is lost."""

    counts: Mapping[Found, int]
    differences: tuple[Difference, ...] = ()
    lost: tuple[str, ...] = ()

    @property
    def recomputed(self) -> int:
        """How many could be made again."""
        return self.counts.get(Found.EQUAL, 0) + self.counts.get(Found.DIFFERENT, 0)


@dataclass(slots=True)
class _Bench:
    """What suggestions were made with, loaded when first asked for."""

    office: Office
    versions: tuple[Version, ...]
    program: str
    levels: Levels
    ready: dict[tuple[str, str], Analyser | None] = field(default_factory=dict)
    lost: dict[str, None] = field(default_factory=dict)

    def analyser(self, model_id: str, version: Version) -> Analyser | None:
        key = model_id, version.id
        if key not in self.ready:
            # Two of them are as much as should be in memory; suggestions of one model stand together.
            if len(self.ready) > 1:
                self.ready.pop(next(iter(self.ready)))
            self.ready[key] = self._load(model_id, version)
        return self.ready[key]

    def _load(self, model_id: str, version: Version) -> Analyser | None:
        try:
            folder, trained = files_of(self.office, version), load_by_id(self.office, model_id)
        except (ModelMismatchError, OfficeError) as error:
            self.lost[str(error)] = None
            return None
        return load_analyser(
            self.office.settings, self.office.register, tell=_silent, trained=trained, kept=(folder, version)
        )


def recompute(
    office: Office, *, sample: int | None = None, advance: Callable[[int], None] = lambda _count: None
) -> Check:
    """Make all suggestions again, or `sample` of them chosen by chance; nothing is written.

    What cannot be made again, because the letter was masked anew or another program made it, is counted apart and called no difference.
    """
    bench = _Bench(office, tuple(kept(office)), program_of(office.settings), levels_of(office.register))
    counts, differences = Counter[Found](), list[Difference]()
    for ids in chunks(_chosen(office, sample), BATCH):
        for found, difference in _made_again(bench, _read(office, ids)):
            counts[found] += 1
            differences += [difference] if difference else []
        advance(len(ids))
    return Check(dict(counts), tuple(differences[:_MOST_TOLD]), tuple(bench.lost))


def _chosen(office: Office, sample: int | None) -> Sequence[int]:
    with reading(office.engine) as session:
        every = suggestion_columns.all_ids(session)
    if sample is None or sample >= len(every):
        return every
    # The same office gives the same sample until there are more suggestions.
    return sorted(random.Random(every[-1]).sample(every, sample))  # noqa: S311 - a sample, no secret


@dataclass(frozen=True, slots=True)
class _Batch:
    """Stored suggestions with their letters as they are now, and every stored column."""

    stored: Sequence[StoredSuggestion]
    columns: Mapping[int, Mapping[str, bytes]] = field(repr=False)
    letters: Mapping[int, StoredLetter] = field(repr=False)
    named: Mapping[int, Sequence[StoredEntity]] = field(repr=False)


def _read(office: Office, ids: Sequence[int]) -> _Batch:
    with reading(office.engine) as session:
        stored = list(suggestions.get(session, ids).values())
        wanted = {one.letter_id for one in stored}
        return _Batch(
            stored,
            suggestion_columns.stored_columns(session, ids),
            {one.id: one for one in letters.get(session, wanted)},
            entities.of_letters(session, wanted),
        )


def _made_again(bench: _Bench, batch: _Batch) -> Iterator[tuple[Found, Difference | None]]:
    groups: dict[tuple[str, str], list[StoredSuggestion]] = {}
    versions: dict[str, Version] = {}
    for one in batch.stored:
        version = _version(bench, one, batch.letters[one.letter_id], batch.named.get(one.letter_id, ()))
        if isinstance(version, Found):
            yield version, None
        else:
            versions[version.id] = version
            groups.setdefault((one.model_id, version.id), []).append(one)
    for (model_id, name), some in groups.items():
        analyser = bench.analyser(model_id, versions[name])
        yield from ((Found.LOST, None) for _ in some) if analyser is None else _compared(bench, analyser, batch, some)


def _compared(
    bench: _Bench, analyser: Analyser, batch: _Batch, some: Sequence[StoredSuggestion]
) -> Iterator[tuple[Found, Difference | None]]:
    stored = [batch.letters[one.letter_id] for one in some]
    again = suggested(bench.office.register, analyser, stored, batch.named)
    for one, letter, (new, _) in zip(some, stored, again, strict=True):
        computed = suggestion_columns.columns_of(new)
        differing = tuple(name for name, value in batch.columns[one.id].items() if computed[name] != value)
        yield (Found.DIFFERENT, Difference(letter.number, one.id, differing)) if differing else (Found.EQUAL, None)


def _version(
    bench: _Bench, one: StoredSuggestion, letter: StoredLetter, named: Sequence[StoredEntity]
) -> Version | Found:
    """Return the kept version that a suggestion was made from, or why there is none."""
    if one.inputs is None:
        return Found.UNRECORDED
    candidates = [version for version in bench.versions if version.rules == one.rules_version]
    if not candidates:
        return Found.LOST
    made = next((version for version in candidates if one.inputs.endswith(version.mark)), None)
    # An earlier program named what it made suggestions from otherwise.
    if made is None or made.program != bench.program:
        return Found.PROGRAM
    return made if inputs_of(letter, named, bench.levels, made) == one.inputs else Found.CHANGED


def _silent(_sentence: str) -> None:
    """Nothing is trained here."""
