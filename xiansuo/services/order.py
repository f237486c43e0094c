"""Lets the queue learn from what people decided: clues that nobody has read find their places anew, and none of them leaves the queue."""

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np
import orjson
from sqlalchemy.orm import Session

from xiansuo.classifiers.linear import Linear
from xiansuo.domain.category import CATEGORIES
from xiansuo.domain.decision import Act
from xiansuo.domain.gold import Gold
from xiansuo.services import site_artifact
from xiansuo.services.acquaint import KIND, acquaintance
from xiansuo.services.analysis import Analyser, load_analyser
from xiansuo.services.gold import teachable
from xiansuo.services.learner import NOTHING, Floats, chances, learn
from xiansuo.services.office import Office
from xiansuo.services.only_one import turn
from xiansuo.services.words import look
from xiansuo.storage.repositories import learned as columns
from xiansuo.storage.repositories import letter_words, orders
from xiansuo.storage.repositories.learned import Learned
from xiansuo.storage.repositories.orders import UNREAD, Move, NewOrder, Order, UnreadClue
from xiansuo.storage.session import reading, transaction
from xiansuo.triage.learned import Placed, learned_rank
from xiansuo.triage.rubric import Rubric, load_rubric

NOTICEABLE = 2.0
"""A clue that moved by fewer points of 100 is not told as moved."""

_LOCK = "order.lock"
_PAGE = 1000
_EVEN = 0.5
_MOST_DOUBTFUL = 500


class _OvertakenError(Exception):
    """Somebody else stored an order meanwhile."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """What an order will stand on: the gold, how far it reaches, and the order it takes the place of."""

    gold: tuple[Gold, ...] = field(repr=False)
    last_decision: int
    last_letter: int
    before: int
    begun: float


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an unread clue belongs."""

    clue: UnreadClue
    rank: float
    learned: Learned | None

    @property
    def is_new(self) -> bool:
        """Whether the clue stands elsewhere, or something else is told about it."""
        return self.rank != self.clue.rank or self.learned != self.clue.learned

    @property
    def moved(self) -> float:
        """By how many points it stands above or below where the rubric alone puts it."""
        return self.rank - self.clue.rubric_rank


def reorder(
    office: Office, *, force: bool = False, load: Callable[[], Analyser] | None = None, within: int | None = None
) -> Order | None:
    """Let the queue learn anew, where it is due, and return the new order in force; None where nothing was done.

    It is due when as many teachable decisions as rules/ranking.yaml says have come since the last order, one was taken back, letters came,
    or the office's mail has become known; `force` does it although nothing is new. Everything is learned from the start, so equal decisions about equal letters give an
    equal order whenever and however often it ran. It may be called from anywhere at any time: one process at a time does it, the others
    leave it to that one, and a killed one leaves the old order whole.

    Letters that were not looked at yet are looked at first, with what `load` gives; with `within` nothing is done where they are more than
    so many, since that takes minutes. Raises ModelMismatchError where what is known of the office's mail was damaged.
    """
    rubric = load_rubric(office.settings.rules / "ranking.yaml")
    done = None
    with turn(office.state_dir / _LOCK) as mine:
        # What was decided while it learned may be enough for another order.
        while mine and (plan := _plan(office, rubric.learning.every, force=force)):
            known = _ready(office, plan, load, within)
            stored = known and _learn(office, rubric, plan, known)
            if not stored:
                break
            done, force = stored, False
    return done


def _plan(office: Office, every: int, *, force: bool) -> _Plan | None:
    """Return what to learn from, None where it is not due yet."""
    begun, newest = time.monotonic(), _newest_acquaintance(office)
    with reading(office.engine) as session:
        last = orders.latest(session)
        since, taught = (last.last_decision, last.gold) if last else (0, 0)
        last_letter = orders.last_letter(session)
        # What is known of the mail helps before the first decision: it makes the first order by itself.
        force = bool(newest) if last is None else force or last_letter > last.last_letter or newest != last.acquaintance
        acts = orders.acts_since(session, since)
        if not force and Act.UNDO not in acts and acts.count(Act.DECIDE) < every:
            return None
        gold = teachable(session)
        kept = sum(one.decision <= since for one in gold)
        if not (force or kept < taught or len(gold) - kept >= every):
            return None
        last_decision = orders.last_decision(session)
    return _Plan(tuple(gold), last_decision, last_letter, last.id if last else 0, begun)


def _newest_acquaintance(office: Office) -> str:
    return next(iter(site_artifact.names(office, KIND)), "")


def _ready(office: Office, plan: _Plan, load: Callable[[], Analyser] | None, within: int | None) -> str | None:
    """Return the acquaintance under which every letter was looked at, None where that is more than is wanted now."""
    newest = _newest_acquaintance(office)
    lacking = _lacking(office, plan, newest)
    if newest and not lacking:
        return newest
    if within is not None and len(lacking) > within:
        return None
    analyser = load() if load else load_analyser(office.settings, office.register, tell=_say_nothing)
    known = acquaintance(office, analyser, tell=_say_nothing)
    look(office, analyser.books, known, lacking if known.id == newest else _lacking(office, plan, known.id))
    return known.id


def _say_nothing(_sentence: str) -> None:
    pass


def _lacking(office: Office, plan: _Plan, known: str) -> list[int]:
    with reading(office.engine) as session:
        decided = letter_words.unseen(session, known, [one.letter for one in plan.gold])
        return sorted({*decided, *letter_words.missing(session, known, UNREAD)})


def _learn(office: Office, rubric: Rubric, plan: _Plan, known: str) -> Order | None:
    """Learn, find every unread clue its place and store them in one commit; None where somebody else did so meanwhile."""
    with reading(office.engine) as session:
        added = _lesson(session, plan.gold, known)
        places = [place for page in _pages(session) for place in _places(session, page, added, known, rubric)]
    moved = [place.moved for place in places]
    doubtful = sorted((abs(place.learned.after - _EVEN), place.clue.id) for place in places if place.learned)
    new = NewOrder(
        acquaintance=known,
        last_decision=plan.last_decision,
        last_letter=plan.last_letter,
        gold=len(plan.gold),
        digest=_digest(places),
        seconds=time.monotonic() - plan.begun,
        raised=sum(points >= NOTICEABLE for points in moved),
        lowered=sum(points <= -NOTICEABLE for points in moved),
        doubtful=tuple(id_ for _, id_ in doubtful[:_MOST_DOUBTFUL]),
    )
    moves = [Move(one.clue.id, one.clue.version, one.rank, one.learned) for one in places if one.is_new]
    return _store(office, plan, new, moves)


def _lesson(session: Session, gold: Sequence[Gold], known: str) -> Linear:
    """Return what the gold teaches. A letter whose text was destroyed since teaches nothing any more."""
    rows = letter_words.of(session, known, [one.letter for one in gold])
    taught = [one for one in gold if one.letter in rows]
    return learn([rows[one.letter] for one in taught], taught) if taught else NOTHING


def _pages(session: Session) -> Iterator[list[UnreadClue]]:
    after = 0
    while page := orders.unread(session, after=after, limit=_PAGE):
        yield page
        after = page[-1].id


def _places(
    session: Session, page: Sequence[UnreadClue], added: Linear, known: str, rubric: Rubric
) -> Iterator[_Place]:
    """Yield where the clues of a page belong."""
    told = _told(session, page, added, known)
    lifted = [one.id for one in page if one.id in told and one.rubric_rank <= rubric.floor]
    points = orders.points_of(session, [id_ for id_ in lifted if told[id_].after >= rubric.scope_cut])
    for one in page:
        placed = Placed(one.rubric_rank, one.scope, points.get(one.id, 0.0))
        about = told.get(one.id)
        yield _Place(one, learned_rank(placed, about.after, rubric) if about else one.rubric_rank, about)


def _told(session: Session, page: Sequence[UnreadClue], added: Linear, known: str) -> dict[int, Learned]:
    """Return what was learned about the clues of a page; of several letters the likeliest speaks for the clue, as in the ranking."""
    members = orders.letters_of(session, [one.id for one in page])
    rows = letter_words.of(session, known, {letter for found in members.values() for letter in found})
    likely = dict(zip(rows, chances(list(rows.values()), added), strict=True)) if rows else {}
    best = {
        clue: np.max([likely[letter] for letter in found if letter in likely], axis=0)
        for clue, found in members.items()
        if any(letter in likely for letter in found)
    }
    return {one.id: _learned(one, best[one.id]) for one in page if one.id in best}


def _learned(clue: UnreadClue, chance: Floats) -> Learned:
    after, *of = chance.tolist()
    likely = [(share, category) for share, category in zip(of, CATEGORIES, strict=True) if share >= _EVEN]
    ordered = sorted(likely, key=lambda pair: (-pair[0], pair[1]))
    return Learned(clue.scope, after, {category: share for share, category in ordered})


def _digest(places: Sequence[_Place]) -> str:
    digest = hashlib.sha256()
    for one in places:
        digest.update(orjson.dumps([one.clue.id, one.rank, columns.to_json(one.learned)]))
    return digest.hexdigest()


def _store(office: Office, plan: _Plan, new: NewOrder, moves: Sequence[Move]) -> Order | None:
    with suppress(_OvertakenError), transaction(office.engine) as session:
        stored = orders.add(session, new)
        _require_in_turn(session, plan)
        orders.move(session, moves)
        return stored
    return None


def _require_in_turn(session: Session, plan: _Plan) -> None:
    if orders.before_last(session) != plan.before:
        raise _OvertakenError
