"""The first page of the queue as `/next` gives clues out: by rank, with a turn now and then for those that would never get one."""

from collections import deque
from collections.abc import Container, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import islice

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import Session

from xiansuo.domain.board import Filters
from xiansuo.domain.category import CATEGORIES, Category
from xiansuo.domain.decision import ClueState
from xiansuo.storage.repositories import board, orders, turns
from xiansuo.storage.repositories.board import BoardRow
from xiansuo.storage.session import CHINA
from xiansuo.triage.rubric import Rubric
from xiansuo.triage.turns import CATEGORY, DEFERRED, DOUBTFUL, DRAWN, LONGEST, WHY, in_turn

Lined = Mapping[str, Sequence[int]]
_ENOUGH = 10


def first_page(
    session: Session, wanted: Sequence[ColumnElement[bool]], rubric: Rubric, lined: Lined, limit: int
) -> tuple[list[BoardRow], dict[int, str]]:
    """Return the first `limit` open clues that fulfil `wanted`, and for those brought forward the words that say why.

    `lined` are the clues waiting for each kind of turn, as `lines` found them a while ago; who has left the queue since is passed over.
    """
    ranked = board.page(session, wanted, Filters(), limit=limit)
    known = {row.id: row for row in ranked}
    waiting = [id_ for ids in lined.values() for id_ in ids if id_ not in known]
    known |= {row.id: row for row in board.rows(session, wanted, waiting) if row.state is ClueState.OPEN}
    line = {kind: deque(id_ for id_ in ids if id_ in known) for kind, ids in lined.items()}

    def pick(kind: str, placed: Container[int]) -> int | None:
        while line[kind] and line[kind][0] in placed:
            line[kind].popleft()
        return line[kind][0] if line[kind] else None

    order = list(islice(in_turn([row.id for row in ranked], rubric.turns, pick), limit))
    return [known[id_] for id_, _ in order], {id_: WHY[kind] for id_, kind in order if kind}


def lines(
    session: Session, wanted: Sequence[ColumnElement[bool]], rubric: Rubric, today: date, *, sampled: bool
) -> Lined:
    """Return the foremost clues that wait for each kind of turn; only what fulfils `wanted` has a say in it.

    Without `sampled` the clues drawn for the figures have no turn: to whom the suggestion is shown, it would tell which they are.
    """
    since = datetime.combine(today - timedelta(days=rubric.turns.days), time.max, CHINA)
    served = turns.served(session, and_(*wanted))

    def first(kind: str, category: Category | None = None) -> list[int]:
        if kind == DRAWN:
            return turns.sampled(session, limit=_ENOUGH, where=and_(*wanted)) if sampled else []
        if kind == DOUBTFUL:
            last = orders.latest(session)
            return turns.doubtful(session, last.doubtful if last else (), since=since, where=and_(*wanted))[:_ENOUGH]
        return turns.waiting(
            session,
            since=since,
            floor=rubric.floor,
            deferred=kind == DEFERRED,
            category=category,
            limit=_ENOUGH,
            where=and_(*wanted),
        )

    def of_category() -> list[int]:
        least = sorted(CATEGORIES, key=lambda category: served.get(category, 0))
        return next((ids for category in least if (ids := first(LONGEST, category))), [])

    return {kind: of_category() if kind == CATEGORY else first(kind) for kind in rubric.turns.round}
