"""What the benchmark of the learning loop measures: the stored scores of undecided clues, and the order in which clues were given out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.loop_office import Known, Room
from xiansuo.classifiers.linear import Linear
from xiansuo.domain.category import CATEGORIES, Category
from xiansuo.domain.gold import Gold
from xiansuo.evaluation import metrics
from xiansuo.services import order
from xiansuo.services.gold import teachable
from xiansuo.services.learner import NOTHING, chances, learn
from xiansuo.services.leases import next_clue
from xiansuo.storage.repositories import clues, letter_words, orders, suggestions
from xiansuo.storage.repositories.letter_words import WordsRow
from xiansuo.storage.session import reading

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Worth:
    """AUROC of scope against clues of the six categories and against any accusation, and mean average precision of the six."""

    auroc: float
    of_any: float
    mean_ap: float


class Reader:
    """Says what a person says who errs now and then: of every clue the same whenever asked, so that each way of reading hears the same."""

    def __init__(self, known: Sequence[Known], *, errors: float, seed: int) -> None:
        draw = np.random.default_rng([seed, 1])
        wrong = draw.random(len(known)) < errors
        other = draw.integers(len(CATEGORIES), size=len(known))
        self._said = [
            _mistaken(one, CATEGORIES[int(place)]) if flipped else one.labels
            for one, flipped, place in zip(known, wrong, other, strict=True)
        ]

    def says(self, clue: int) -> list[Category]:
        """Return the categories found in the clue at this place of the list."""
        return sorted(self._said[clue])

    @property
    def said(self) -> NDArray[np.bool_]:
        """What is said of all clues: whether they are confirmed, and of which categories; (clues, labels)."""
        return np.array([[bool(labels), *(category in labels for category in CATEGORIES)] for labels in self._said])


def _mistaken(one: Known, other: Category) -> frozenset[Category]:
    return frozenset() if one.labels else frozenset({other})


def learn_from(room: Room) -> None:
    """Let the queue learn from all decisions made so far."""
    order.reorder(room.office, force=True)


def worth(room: Room, known: Sequence[Known], left: Ints) -> tuple[Worth, Worth]:
    """Return what the undecided clues' suggestions are worth, and what is stored about them since the queue learned, beside the labels."""
    open_ = [known[place] for place in left]
    with reading(room.office.engine) as session:
        stored = clues.get(session, [one.id for one in open_])
        told = orders.learned_about(session, stored)
        said = suggestions.for_letters(session, [one.main_letter for one in stored.values()])
    scope = np.array([stored[one.id].content.scope for one in open_])
    after = np.array([told[one.id].after if one.id in told else stored[one.id].content.scope for one in open_])
    given = [said[stored[one.id].main_letter].suggestion.scores for one in open_]
    proposed = np.array([[row.get(category, 0.0) for category in CATEGORIES] for row in given])
    learned = _learned(room, [stored[one.id].main_letter for one in open_]) if told else proposed
    return worth_of(open_, scope, proposed), worth_of(open_, after, learned)


def worth_of(open_: Sequence[Known], scope: Floats, table: Floats) -> Worth:
    """Compare scores of scope and of the categories (clues, categories) with the labels."""
    found = []
    for column, category in enumerate(CATEGORIES):
        rows = [row for row, one in enumerate(open_) if category not in one.disputed]
        truth = np.array([category in open_[row].labels for row in rows])
        # As in every answer, no category is likelier than scope.
        found.append(metrics.average_precision(truth, np.minimum(table[:, column], scope)[rows]))
    six, every = (np.array(truth) for truth in zip(*((one.in_scope, one.accuses) for one in open_), strict=True))
    return Worth(metrics.auroc(six, scope), metrics.auroc(every, scope), float(np.nanmean(found)))


def _learned(room: Room, letters: Sequence[int]) -> Floats:
    """Return how likely letters are of each category by the decisions behind the order in force: stored is only what is likelier than not."""
    with reading(room.office.engine) as session:
        gold, last = teachable(session), orders.latest(session)
        rows = letter_words.of(session, last.acquaintance, [*(one.letter for one in gold), *letters]) if last else {}
    return chances([rows[one] for one in letters], _taught(gold, rows))[:, 1:]


def _taught(gold: Sequence[Gold], rows: Mapping[int, WordsRow]) -> Linear:
    return learn([rows[one.letter] for one in gold], gold) if gold else NOTHING


def read_all(room: Room, known: Sequence[Known], reader: Reader, *, learning: bool = True) -> Ints:
    """Read the whole queue from the first clue on, as one person does in the app, and return the order in which clues were given out.

    The queue learns as often as rules/ranking.yaml says, or not at all without `learning`.
    """
    place = {one.number: at for at, one in enumerate(known)}
    given = []
    while number := next_clue(room.office, room.viewer):
        at = place[number]
        room.decide(number, reader.says(at))
        if learning:
            order.reorder(room.office)
        given.append(at)
    return np.array(given, dtype=np.int64)
