"""The ranked queue as a reader sees it: masked, best first, with reasons."""

from collections import Counter, deque
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import islice

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from xiansuo.domain.category import CATEGORIES, Category
from xiansuo.domain.people import Power, Viewer
from xiansuo.domain.suggestion import Rank
from xiansuo.services.office import Office
from xiansuo.services.readings import hidden_in
from xiansuo.services.sessions import asking
from xiansuo.storage.repositories import audit, clues, letters, orders, turns
from xiansuo.storage.repositories.clues import ClueContent, ClueLetter, StoredClue
from xiansuo.storage.repositories.visibility import visible
from xiansuo.storage.session import CHINA, now, reading, transaction
from xiansuo.triage.rank import Ranking
from xiansuo.triage.rubric import Rubric
from xiansuo.triage.turns import CATEGORY, DEFERRED, DOUBTFUL, DRAWN, LONGEST, WHY, in_turn

_PAGE = 1000


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One clue at its place in the queue, with the numbers and relations of the letters behind it.

    `turn` says why the clue stands before better ranked ones, where it does. `hidden` keeps the suggestion back from a person who shall read
    the clue blind first; the clue then holds nothing of it.
    """

    place: int
    clue: StoredClue = field(repr=False)
    letters: tuple[tuple[str, str], ...]
    turn: str = ""
    hidden: bool = False

    @property
    def why(self) -> tuple[str, ...]:
        """The sentences that say why the clue stands where it stands."""
        return (*self.clue.content.why, self.turn) if self.turn else self.clue.content.why


def top(
    office: Office, *, limit: int | None, viewer: Viewer | None = None, today: date | None = None
) -> list[QueueRow]:
    """Return the first `limit` clues that wait for `viewer`, all for None; without one, for an office in which nobody works yet.

    Every so often a clue that waits long takes its turn (轮候 in rules/ranking.yaml); the order depends on the clues and on `today` alone.
    """
    ranking = Ranking.load(office.settings.rules / "ranking.yaml")
    with reading(office.engine) as session:
        line = in_order(
            session,
            ranking,
            today or now().astimezone(CHINA).date(),
            where=_for(viewer),
            known=_for(viewer),
            limit=limit,
            sampled=viewer is None or viewer.may(Power.DECIDE),
        )
        order = list(islice(line, limit))
        placed = clues.letters_of(session, [clue.id for clue, _ in order])
        numbers = {one.id: one.number for one in letters.get(session, _ids(placed.values()))}
        hidden = hidden_in(office, session, viewer, [clue.id for clue, _ in order]) if viewer else frozenset()
    rows = [
        QueueRow(
            place,
            _in_full(clue, ranking),
            tuple((numbers[one.letter_id], one.relation.value) for one in placed[clue.id]),
            WHY.get(kind, ""),
        )
        for place, (clue, kind) in enumerate(order, 1)
    ]
    return [_veiled(row) if row.clue.id in hidden else row for row in rows]


def in_order(  # noqa: PLR0913 - each argument narrows the same question
    session: Session,
    ranking: Ranking,
    today: date,
    *,
    where: ColumnElement[bool] | None = None,
    known: ColumnElement[bool] | None = None,
    limit: int | None = None,
    sampled: bool = True,
) -> Iterator[tuple[StoredClue, str]]:
    """Yield the open clues that fulfil `where`, best first and turns included, with the kind of turn that brought each forward.

    `known` is which clues the reader may know of at all, for how often each category had its turn.

    `limit` is about how many will be asked for: it only saves reading more. Without `sampled` the clues drawn for the figures have no turn:
    to whom the suggestion is shown, it would tell which they are.
    """
    line = _Line(session, ranking.rubric, today, limit, where)
    # What was read counts only as far as it may be known: else the order would tell of clues that are kept away.
    line.served.update(turns.served(session, known))
    pick = line.pick if sampled else line.pick_no_sample
    order = in_turn(line.ranked(), ranking.rubric.turns, pick, read=line.served.total())
    return ((line.take(id_), kind) for id_, kind in order)


def _veiled(row: QueueRow) -> QueueRow:
    """Return the row with nothing of what is suggested."""
    content = row.clue.content
    kept = ClueContent(
        Rank(0.0, (), None), 0.0, unit=content.unit, respondents=content.respondents, received=content.received
    )
    return replace(row, clue=replace(row.clue, content=kept, rubric_rank=0.0, learned=None), turn="", hidden=True)


def _in_full(clue: StoredClue, ranking: Ranking) -> StoredClue:
    """Return the clue with every line of the rubric, also those that gave no points."""
    rank = clue.content.rank
    return replace(clue, content=replace(clue.content, rank=replace(rank, parts=ranking.whole(rank.parts))))


class _Line:
    """Who stands in line: the clues by rank, read page by page, and those whose turn it is."""

    def __init__(
        self, session: Session, rubric: Rubric, today: date, limit: int | None, where: ColumnElement[bool] | None
    ) -> None:
        self._session, self._floor, self._limit = session, rubric.floor, limit
        self._where = where
        self._since = datetime.combine(today - timedelta(days=rubric.turns.days), time.max, CHINA)
        self._waiting: dict[tuple[str, Category | None], deque[int]] = {}
        self.served: Counter[str | None] = Counter()
        self._seen: dict[int, StoredClue] = {}

    def ranked(self) -> Iterator[int]:
        """Yield the open clues, best first."""
        after: tuple[float, int] | None = None
        limit = min(_PAGE, self._limit or _PAGE)
        while page := clues.page(self._session, after=after, limit=limit, where=self._where):
            self._seen |= {clue.id: clue for clue in page}
            yield from (clue.id for clue in page)
            after = page[-1].content.rank.total, page[-1].id

    def pick(self, kind: str, placed: Container[int]) -> int | None:
        """Return the clue whose turn it is."""
        if kind != CATEGORY:
            return self._first(kind, None, placed)
        least = sorted(CATEGORIES, key=lambda category: self.served[category])
        found = (self._first(LONGEST, category, placed) for category in least)
        return next((clue for clue in found if clue is not None), None)

    def pick_no_sample(self, kind: str, placed: Container[int]) -> int | None:
        """Return the clue whose turn it is, none at the turns of those drawn for the figures."""
        return None if kind == DRAWN else self.pick(kind, placed)

    def take(self, id_: int) -> StoredClue:
        """Return a clue that has its place now, and count it for its category."""
        clue = self._seen.pop(id_, None) or clues.get(self._session, [id_])[id_]
        self.served[next(iter(clue.content.labels), None)] += 1
        return clue

    def _first(self, kind: str, category: Category | None, placed: Container[int]) -> int | None:
        if (kind, category) not in self._waiting:
            self._waiting[kind, category] = deque(self._line_of(kind, category))
        line = self._waiting[kind, category]
        while line and line[0] in placed:
            line.popleft()
        return line[0] if line else None

    def _line_of(self, kind: str, category: Category | None) -> list[int]:
        if kind == DRAWN:
            return turns.sampled(self._session, limit=self._limit, where=self._where)
        if kind == DOUBTFUL:
            last = orders.latest(self._session)
            return turns.doubtful(self._session, last.doubtful if last else (), since=self._since, where=self._where)
        return turns.waiting(
            self._session,
            since=self._since,
            floor=self._floor,
            deferred=kind == DEFERRED,
            category=category,
            limit=self._limit,
            where=self._where,
        )


def total(office: Office, viewer: Viewer | None = None) -> int:
    """Return how many clues wait for `viewer`."""
    with reading(office.engine) as session:
        return clues.count(session, where=_for(viewer))


def reader(office: Office, login: str) -> Viewer | None:
    """Return on whose behalf the queue is read at the command line, and write it down; nobody before there are accounts.

    Raises UsageError where there are accounts and none is named, or the one named does not work here or may not read clues.
    """
    viewer = asking(
        office,
        login,
        Power.READ_CLUES,
        "请用 --as 指明在用的账号，如 xiansuo queue --as wang.fang。只列出这个账号有权看的线索，并留痕。",
    )
    if viewer:
        with transaction(office.engine) as session:
            audit.append(session, actor=viewer.login, action="queue.read", object_kind="command", object_id="queue")
    return viewer


def _for(viewer: Viewer | None) -> ColumnElement[bool] | None:
    return None if viewer is None else visible(viewer, Power.READ_CLUES)


def _ids(placed: Iterable[Sequence[ClueLetter]]) -> set[int]:
    return {one.letter_id for members in placed for one in members}


def as_records(rows: Sequence[QueueRow]) -> list[dict[str, object]]:
    """Return the rows as the command contract has them."""
    return [_record(row) for row in rows]


def _record(row: QueueRow) -> dict[str, object]:
    content = row.clue.content
    rank = content.rank
    return {
        "clue": row.clue.number,
        # Nothing stands for what the person shall not see before the own choice; 0 would be a rank.
        "rank": None if row.hidden else rank.total,
        "rank_parts": [
            {
                "block": part.block,
                "name": part.name,
                "points": part.points,
                "maximum": part.maximum,
                "quote": part.quote,
            }
            for part in rank.parts
        ],
        "labels": [label.value for label in content.labels],
        "scope": None if row.hidden else content.scope,
        "unit": content.unit,
        "respondents": list(content.respondents),
        "letters": [number for number, _ in row.letters],
        "relations": dict(row.letters),
        "received": content.received.isoformat() if content.received else None,
        "checkability": rank.grade.value if rank.grade else "",
        "missing": list(rank.missing),
        "why": list(row.why),
    }
