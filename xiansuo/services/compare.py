"""Holds a new model against the one in use: on the frozen letters, on recent decisions, on behaviour cases, in every slice, with names taken away."""

import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from xiansuo.classifiers.adapt import Adapted
from xiansuo.classifiers.corpus import read_corpus
from xiansuo.classifiers.predict import Model
from xiansuo.classifiers.prepare import Prepared, prepare
from xiansuo.domain.category import CATEGORIES
from xiansuo.domain.gold import Gold
from xiansuo.domain.text import Document, EntityType
from xiansuo.evaluation.behaviours import Rate, shortfalls
from xiansuo.evaluation.challenge import (
    FROZEN,
    RECENT,
    BehaviourChange,
    Comparison,
    Measured,
    NameCheck,
    gate_sentence,
    hold_against,
    read_tolerances,
)
from xiansuo.evaluation.challenge_figures import Bools, Pairing, worse_by_chance
from xiansuo.evaluation.gates import failures, read_gates
from xiansuo.evaluation.outputs import Outputs, outputs
from xiansuo.evaluation.report import Report, measure
from xiansuo.evaluation.slices import length_band
from xiansuo.evaluation.split import frozen
from xiansuo.services.analyse import document_of
from xiansuo.services.analysis import Analysis
from xiansuo.services.behaviours import MINIMUMS, behaviours
from xiansuo.services.headline import levels_of, unit_of
from xiansuo.services.held_out import Bench, Sitting
from xiansuo.services.model import Scorer, Trained
from xiansuo.services.office import Office
from xiansuo.services.open_base import load_open_base
from xiansuo.storage.repositories import entities, letters, site_models
from xiansuo.storage.repositories.entities import StoredEntity
from xiansuo.storage.repositories.letters import StoredLetter
from xiansuo.storage.session import reading

Tell = Callable[[str], None]

TOLERANCES = "evaluation/challenge.toml"
GATES = "evaluation/gates.toml"
_NAMED = (EntityType.ORG, EntityType.PLACE)
_VEIL = "某某"


@dataclass(frozen=True, slots=True)
class Sides:
    """The two models on a bench."""

    bench: Bench
    champion: Trained
    challenger: Trained

    @property
    def both(self) -> tuple[Trained, Trained]:
        """The model in use, then the new one."""
        return self.champion, self.challenger

    def on(self, base: Model) -> "Sides":
        """Return the same layers of the site on another shipped model."""
        champion, challenger = (replace(one, model=on_base(one.model, base)) for one in self.both)
        return replace(self, champion=champion, challenger=challenger)


@dataclass(frozen=True, slots=True)
class Recent:
    """Recent decisions with the letters they stand for."""

    gold: tuple[Gold, ...]
    letters: tuple[StoredLetter, ...] = field(repr=False)
    named: Mapping[int, Sequence[StoredEntity]] = field(repr=False)
    documents: tuple[Document, ...] = field(repr=False)


def compare(
    office: Office,
    champion: Trained,
    challenger: Trained,
    recent: Sequence[Gold],
    *,
    tell: Tell = lambda _sentence: None,
) -> Comparison:
    """Return how a challenger does beside the champion and whether it may take its place.

    `recent` are decisions that the challenger did not learn from; those the champion learned from, those drawn for the figures and
    those without a finding to hold against are left out here. The shipped model learned from the frozen letters too, so that both
    are judged there on one that did not. Equal input gives an equal answer.
    """
    sides = Sides(Bench.load(office.settings), champion, challenger)
    tolerances = read_tolerances(office.settings.home / TOLERANCES)
    known = recent_of(office, champion, recent)
    tell("正在比较：近期认定……")
    pairings = [_recent_pairing(office, sides, known)] if known.gold else []
    tell("正在比较：固定留出的样本信……")
    data = frozen_letters(office, sides.bench)
    sittings = _sittings(sides.on(load_open_base(office.settings, tell=tell)), data)
    tell("正在比较：行为用例……")
    bare = Measured(
        champion=champion.id,
        challenger=challenger.id,
        decisions=len(known.gold),
        in_scope=sum(one.in_scope for one in known.gold),
        behaviours=tuple(_behaviours(office, sides)),
        gates=tuple(_gates(office, sittings)),
        names=_names(sides, known),
    )
    return hold_against(bare, [*pairings, _frozen_pairing(sittings)], tolerances)


def on_base(model: Scorer, base: Model) -> Scorer:
    """Return a model with the same layer of the site on another shipped model."""
    if isinstance(model, Adapted):
        return replace(model, cold=replace(base, recipe=model.cold.recipe))
    return base if isinstance(model, Model) else model


def recent_of(office: Office, champion: Trained, recent: Sequence[Gold]) -> Recent:
    """Return those decisions that the champion did not learn from, with their letters."""
    with reading(office.engine) as session:
        stored = site_models.by_name(session, champion.id)
        learned = stored.last_decision if stored else 0
        gold = {one.letter: one for one in recent if one.teaches and one.decision > learned}
        found = letters.get(session, gold)
        named = entities.of_letters(session, gold)
    documents = [document_of(one, named.get(one.id, ())) for one in found]
    return Recent(tuple(gold[one.id] for one in found), tuple(found), named, tuple(documents))


def _recent_pairing(office: Office, sides: Sides, known: Recent) -> Pairing:
    one, other = (outputs_of(analysed(sides.bench, side, known.documents)) for side in sides.both)
    return Pairing(
        data=RECENT,
        matters=tuple(str(gold.clue) for gold in known.gold),
        in_scope=np.array([gold.in_scope for gold in known.gold], dtype=bool),
        labels=np.array([[category in gold.categories for category in CATEGORIES] for gold in known.gold], dtype=bool),
        champion=one,
        challenger=other,
        slices=tuple(_cut(_parts_of(office, known))),
    )


def analysed(bench: Bench, side: Trained, documents: Sequence[Document]) -> list[Analysis]:
    """Return what a model says about documents."""
    return bench.analyser(side.model).analyse(documents)


def outputs_of(analyses: Sequence[Analysis]) -> Outputs:
    """Return the table of what was said."""
    return outputs([one.suggestion for one in analyses], [one.rank.total for one in analyses])


def _parts_of(office: Office, known: Recent) -> list[dict[str, str]]:
    types, levels = {unit.name: unit.type for unit in office.register.units}, levels_of(office.register)
    rows = zip(known.letters, known.documents, strict=True)
    return [
        {
            "kind": letter.kind,
            "channel": letter.channel,
            "length": length_band(len(letter.text)),
            "unit_type": types.get(unit_of(made, levels, named=letter.named_unit), ""),
        }
        for letter, made in rows
    ]


def _cut(parts: Sequence[dict[str, str]]) -> Iterator[tuple[str, str, Bools]]:
    """Yield every slice with its letters; what is not known of a letter is no slice."""
    for group in parts[0] if parts else ():
        for name in sorted({one[group] for one in parts} - {""}):
            yield group, name, np.array([one[group] == name for one in parts], dtype=bool)


def frozen_letters(office: Office, bench: Bench) -> Prepared:
    """Return the letters of the corpus that are kept apart for judging."""
    corpus = read_corpus(office.settings.corpus)
    return prepare([corpus[row] for row in frozen(corpus)], bench.tools)


def _sittings(sides: Sides, data: Prepared) -> tuple[Sitting, Sitting]:
    return sides.bench.answer(sides.champion.model, data), sides.bench.answer(sides.challenger.model, data)


def _frozen_pairing(sittings: tuple[Sitting, Sitting]) -> Pairing:
    gold = sittings[0].data.letters
    parts = [
        {"half": one.half, "kind": one.kind, "length": length_band(len(one.text)), "signed": one.signed} for one in gold
    ]
    return Pairing(
        data=FROZEN,
        matters=tuple(one.matter for one in gold),
        in_scope=np.array([one.in_scope for one in gold], dtype=bool),
        labels=np.array([[category in one.labels for category in CATEGORIES] for one in gold], dtype=bool),
        champion=sittings[0].outputs(),
        challenger=sittings[1].outputs(),
        slices=tuple(_cut(parts)),
    )


def _gates(office: Office, sittings: tuple[Sitting, Sitting]) -> Iterator[str]:
    """Yield a sentence for every gate that the champion passes and the challenger does not."""
    one, other = ({report.data: report for report in _reports(sitting)} for sitting in sittings)
    for gate in read_gates(office.settings.home / GATES):
        if not failures([*one.values()], [gate]) and failures([*other.values()], [gate]):
            yield gate_sentence(gate, other[gate.data].value(gate.figure))


def _reports(sitting: Sitting) -> Iterator[Report]:
    halves = np.array([letter.half for letter in sitting.data.letters])
    for half in np.unique(halves).tolist():
        mine = sitting.take(np.flatnonzero(halves == half).tolist())
        given, shown = mine.outputs(), mine.shown()
        yield measure(mine.data.letters, given, data=f"{half}, frozen", method="xiansuo", rounds=0, shown=shown)


def _behaviours(office: Office, sides: Sides) -> Iterator[BehaviourChange]:
    home = office.settings.home
    least = tomllib.loads((home / MINIMUMS).read_text(encoding="utf-8"))["product"]
    one, other = (behaviours(home, sides.bench.tools, side).open for side in sides.both)
    for before, after in zip(one, other, strict=True):
        bound = {before.phenomenon: least.get(before.phenomenon, 0.0)}
        fell = _reaches(before, bound) and not _reaches(after, bound)
        lost, won = set(after.wrong) - set(before.wrong), set(before.wrong) - set(after.wrong)
        yield BehaviourChange(
            before.phenomenon, before.cases, before.right, after.right, len(lost), len(won), fell=fell
        )


def _reaches(rate: Rate, bound: dict[str, float]) -> bool:
    return not list(shortfalls([rate], bound))


def _names(sides: Sides, known: Recent) -> NameCheck | None:
    """Take the names of places and bodies away and count the letters whose suggestion hangs on them."""
    if not known.gold:
        return None
    rows = zip(known.letters, known.documents, strict=True)
    veiled = [_veiled(one, made, known.named.get(one.id, ())) for one, made in rows]
    one, other = (_moved(sides.bench, side, known.documents, veiled) for side in sides.both)
    p = worse_by_chance([str(gold.clue) for gold in known.gold], one, other)
    return NameCheck(len(known.gold), int(one.sum()), int(other.sum()), p)


def _moved(bench: Bench, side: Trained, plain: Sequence[Document], veiled: Sequence[Document]) -> NDArray[np.bool_]:
    before, after = (outputs_of(analysed(bench, side, some)).raised.any(axis=1) for some in (plain, veiled))
    return np.asarray(before != after, dtype=bool)


def _veiled(letter: StoredLetter, made: Document, named: Sequence[StoredEntity]) -> Document:
    """Return a letter with the first two characters of every place and body unsaid; the words for what kind of body it is stay."""
    text = letter.text
    for name in {one.text for one in made.of_type(*_NAMED) if len(one.text) > len(_VEIL)}:
        text = text.replace(name, _VEIL + name[len(_VEIL) :])
    return document_of(replace(letter, text=text), named)
