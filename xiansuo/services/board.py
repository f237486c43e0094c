"""The queue page: rows as a person may see them, with probability in words, both clocks, who is reading, and why a clue stands where it stands."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from sqlalchemy.orm import Session

from xiansuo.domain.board import NO_CATEGORY, Filters, Show, Sort
from xiansuo.domain.category import Category
from xiansuo.domain.people import Power, Viewer
from xiansuo.domain.suggestion import Relation
from xiansuo.errors import RefusedError
from xiansuo.services.briefly import Briefly
from xiansuo.services.clocks import Limits, clocks_of, cuts, limits_of
from xiansuo.services.office import Office
from xiansuo.services.order_told import Moved, OrderTold, moved, order_told
from xiansuo.services.ranking_file import ranking_of
from xiansuo.services.readings import hidden_in, veiled
from xiansuo.services.turns import Lined, first_page, lines
from xiansuo.services.waking import wake_due
from xiansuo.storage.repositories import board, likelihoods
from xiansuo.storage.repositories.board import BehindRow, BoardRow, Key, Reader
from xiansuo.storage.repositories.narrowing import narrowing
from xiansuo.storage.session import now, reading
from xiansuo.text.search import Piece, snippet, terms
from xiansuo.triage.deadlines import Clocks
from xiansuo.triage.why import likelihood

PAGE = 30
FEWEST_ON_RECORD = 30
READ_BY_HAND = "需人工通读"
_REPEATED = frozenset({Relation.COPY, Relation.NEAR_COPY, Relation.CONTAINED})
# What a person may see and last did is part of each key, so that a recusal takes effect at once.
_LINES: Briefly[Lined] = Briefly(300.0)
_TALLIES: Briefly[list[board.Tally]] = Briefly(20)
_TOTALS: Briefly[int] = Briefly(20)
_RECORDS: Briefly[Mapping[str, tuple[int, int]]] = Briefly()


@dataclass(frozen=True, slots=True)
class Likely:
    """A suggested category with its probability, in words and as a number."""

    category: Category
    word: str
    probability: float


@dataclass(frozen=True, slots=True)
class Row:
    """One clue of the queue. `turn` says why it stands before better ranked ones; `pieces` show where the words looked for stand.

    `hidden` keeps the suggestion back from a person who shall read the clue blind first.
    """

    clue: BoardRow
    likely: tuple[Likely, ...]
    letters: tuple[BehindRow, ...]
    clocks: Clocks
    age: int
    reader: Reader | None = None
    turn: str = ""
    pieces: tuple[Piece, ...] = field(default=(), repr=False)
    hidden: bool = False
    moved: Moved | None = None

    @property
    def repeated(self) -> int:
        """How many of the letters say nothing new."""
        return sum(one.relation in _REPEATED for one in self.letters)

    @property
    def read_whole(self) -> bool:
        """Whether a person has to read all of it, because the machine is not sure what it is."""
        return bool(self.clue.why) and READ_BY_HAND in self.clue.why[0]

    @property
    def reasons(self) -> tuple[str, ...]:
        """The sentences that say why the clue stands here and that no other column says."""
        graded = f"可查性{self.clue.grade}："
        told = self.clue.why[1:] if self.clue.labels else self.clue.why
        return tuple(line.removeprefix(graded) for line in told if not line.startswith("缺："))


@dataclass(frozen=True, slots=True)
class Board:
    """A page of the queue. `after` is the key of the page that follows, '' on the last.

    `order` tells when the queue last learned. `total` is counted no further than one more than `board.MOST_COUNTED`, and None where counting would take long.
    """

    rows: tuple[Row, ...]
    after: str
    total: int | None
    order: OrderTold | None
    records: Mapping[str, tuple[int, int]]
    too_short: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """How many visible clues each value of a filter would show, the other filters as they are."""

    show: Mapping[str, int]
    category: Mapping[str, int]
    decided: Mapping[str, int]
    grade: Mapping[str, int]


def open_board(office: Office, viewer: Viewer, filters: Filters, *, after: str = "", limit: int = PAGE) -> Board:
    """Return a page of the clues that the person may see and asks for.

    The plain queue begins as `/next` gives it out, turns included; every other page follows the filters and their order alone.
    Raises RefusedError where the person may not read clues.
    """
    if not viewer.may(Power.READ_CLUES):
        raise RefusedError
    if filters.words and not terms(filters.words):
        return Board((), "", 0, None, records={}, too_short=True)
    wake_due(office, viewer.today)
    limits = limits_of(office)
    with reading(office.engine) as session:
        due = cuts(limits, filters.due, filters.show, viewer.today)
        wanted = narrowing(session, viewer, filters, due, veiled=veiled(office, session, viewer))
        sight = _sight(office, session, viewer)
        key = _key(after, filters.sort)
        if key is None and filters == Filters():
            rubric = ranking_of(office).rubric
            reads = viewer.may(Power.DECIDE)
            lined = _LINES.get(sight, lambda: lines(session, wanted, rubric, viewer.today, sampled=reads))
            found, turns = first_page(session, wanted, rubric, lined, limit + 1)
        else:
            found, turns = board.page(session, wanted, filters, after=key, limit=limit + 1), {}
        follows, found = len(found) > limit, found[:limit]
        hidden = hidden_in(office, session, viewer, [one.id for one in found])
        plain = partial(_TOTALS.get, sight, lambda: board.count(session, wanted, filters.show))
        return Board(
            tuple(_rows(session, viewer, found, _Beside(turns, hidden, limits, filters))),
            _written(_last(found, turns, filters.sort)) if follows else "",
            None if key else _total(filters, found, follows=follows, plain=plain),
            order=order_told(office, session, viewer),
            records=_RECORDS.get(sight, lambda: _records(session, viewer)),
        )


def _total(
    filters: Filters,
    found: Sequence[BoardRow],
    *,
    follows: bool,
    plain: Callable[[], int],
) -> int | None:
    """Return how many clues there are, `plain` of the queue without filters; None where finding out would mean trying nearly all of them."""
    if not follows:
        return len(found)
    return None if filters.narrowed else plain()


def counts(office: Office, viewer: Viewer, filters: Filters) -> Counts:
    """Return how many clues each value of the main filters would show, counted over visible clues only."""
    if not viewer.may(Power.READ_CLUES):
        raise RefusedError
    found = _tallies(office, viewer, filters)
    shown, suggested, decided, graded = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for tally in found:
        fits = {
            "show": tally.state in filters.show.states,
            "category": _names(tally.labels, filters.category) and not (filters.category and tally.veiled),
            "decided": _names(tally.decided, filters.decided),
            "grade": filters.grade in {"", tally.grade} and not (filters.grade and tally.veiled),
        }
        if _others(fits, "show"):
            shown.update(
                {show.value: tally.clues for show in Show if show is not Show.MINE and tally.state in show.states}
            )
        if _others(fits, "category") and not tally.veiled:
            suggested.update(dict.fromkeys(tally.labels or (NO_CATEGORY,), tally.clues))
        if _others(fits, "decided"):
            decided.update(dict.fromkeys(tally.decided, tally.clues))
        if _others(fits, "grade") and tally.grade:
            graded[tally.grade] += tally.clues
    return Counts(shown, suggested, decided, graded)


def _tallies(office: Office, viewer: Viewer, filters: Filters) -> list[board.Tally]:
    loose = _without_choices(filters)
    due = cuts(limits_of(office), filters.due, filters.show, viewer.today)
    with reading(office.engine) as session:
        key = (_sight(office, session, viewer), loose)
        veil = veiled(office, session, viewer)
        return _TALLIES.get(
            key, lambda: board.tallies(session, narrowing(session, viewer, loose, due, veiled=veil), veil)
        )


def _sight(office: Office, session: Session, viewer: Viewer) -> tuple[Hashable, ...]:
    """Return what changes at once whenever the person may see more or fewer clues."""
    who = (office.state_dir, viewer.account, viewer.role, viewer.rounds, viewer.today)
    return (*who, board.blocks(session, viewer), board.last_act(session, viewer))


def alerts(office: Office) -> tuple[str, ...]:
    """Return the signals that ask to be read first whatever the rank (提醒 in rules/ranking.yaml)."""
    return ranking_of(office).rubric.alerts


def _without_choices(filters: Filters) -> Filters:
    query = {name: value for name, value in filters.query().items() if name not in {"category", "decided", "grade"}}
    return Filters.read({**query, "show": Show.ALL if filters.show is not Show.MINE else Show.MINE})


def _others(fits: Mapping[str, bool], own: str) -> bool:
    return all(fit for name, fit in fits.items() if name != own)


def _names(labels: Sequence[str], wanted: str) -> bool:
    if not wanted:
        return True
    return not labels if wanted == NO_CATEGORY else wanted in labels


def _last(found: Sequence[BoardRow], turns: Mapping[int, str], sort: Sort) -> Key | None:
    """Return the key of the last row that stands where its own order puts it."""
    return next((board.key_of(row, sort) for row in reversed(found) if row.id not in turns), None)


@dataclass(frozen=True, slots=True)
class _Beside:
    """What rows need beside the clues: turns by clue, clues whose suggestion is kept back, limits, filters."""

    turns: Mapping[int, str]
    hidden: frozenset[int]
    limits: Limits
    filters: Filters


def _rows(
    session: Session,
    viewer: Viewer,
    found: Sequence[BoardRow],
    beside: "_Beside",
) -> Iterator[Row]:
    ids = [one.id for one in found]
    behind, readers = board.behind(session, ids), board.readers(session, ids, now())
    words = terms(beside.filters.words)
    said = board.passages(session, ids, words) if words else {}
    for one in found:
        letters, hidden = tuple(behind.get(one.id, ())), one.id in beside.hidden
        yield Row(
            clue=one,
            likely=tuple(Likely(label, likelihood(one.scores[label]), one.scores[label]) for label in one.labels),
            letters=letters,
            clocks=clocks_of(beside.limits, one, letters, viewer.today, veiled=hidden),
            age=(viewer.today - one.since).days,
            reader=readers.get(one.id),
            turn="" if hidden else beside.turns.get(one.id, ""),
            pieces=_pieces(said.get(one.id), words),
            hidden=hidden,
            moved=None if hidden else moved(one.rank, one.rubric_rank, one.learned, one.labels),
        )


def _pieces(said: tuple[str, str] | None, words: Sequence[str]) -> tuple[Piece, ...]:
    if said is None:
        return ()
    subject, text = said
    return tuple(snippet(text, words) or snippet(subject, words))


def _records(session: Session, viewer: Viewer) -> dict[str, tuple[int, int]]:
    """Return for each probability word how its last clues were decided, where there were enough of them."""
    words = ("很可能", "较可能", "存疑")
    found = {word: likelihoods.record(session, viewer, word) for word in words}
    return {word: record for word, record in found.items() if record[1] >= FEWEST_ON_RECORD}


def _key(written: str, sort: Sort) -> Key | None:
    value, _, id_ = written.partition("~")
    try:
        return (float(value) if sort in {Sort.RANK, Sort.RUBRIC} else date.fromisoformat(value)), int(id_)
    except ValueError:
        return None


def _written(key: Key | None) -> str:
    return f"{key[0]!s}~{key[1]}" if key else ""
