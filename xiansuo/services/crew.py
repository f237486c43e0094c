"""Processes of this machine that read, mask and analyse for one that stores: results come back in order, and only that one writes."""

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from multiprocessing import get_all_start_methods, get_context, parent_process
from multiprocessing.connection import wait
from typing import TypeVar

from xiansuo.domain.letter import Item, Unreadable
from xiansuo.rulebook.seal import SealCheck
from xiansuo.services.analyse import BATCH, analyse_batch, proposed, store
from xiansuo.services.analysis import Analyser, office_analyser
from xiansuo.services.claims import assist
from xiansuo.services.judgement import Judgement, judge
from xiansuo.services.memory import settle
from xiansuo.services.office import Office, open_office
from xiansuo.settings import Settings
from xiansuo.storage.repositories import entities, letters
from xiansuo.storage.repositories.letters import LetterState
from xiansuo.storage.repositories.links import StoredFacts
from xiansuo.storage.repositories.suggestions import NewSuggestion
from xiansuo.storage.session import open_engine, reading, transaction

Entries = Sequence[Item | Unreadable]
_MOST_STARTS = 3
"""How often processes are begun again when one was killed; then everything is done by one."""
_T = TypeVar("_T")
_R = TypeVar("_R")
_Proposed = list[tuple[NewSuggestion, StoredFacts]]


@dataclass(frozen=True, slots=True)
class _Tools:
    """What a worker works with."""

    office: Office
    analyser: Analyser
    seal_check: SealCheck

    @classmethod
    def of(cls, office: Office, analyser: Analyser) -> "_Tools":
        return cls(office, analyser, SealCheck(office.settings.rules, office.register))


class Crew:
    """Some processes with everything loaded. They write nothing, so killing one loses nothing: what it had is done again.

    Letters go to them and come back over pipes of this machine, never through files or the network.
    """

    def __init__(self, office: Office, analyser: Analyser, size: int) -> None:
        """Begin the processes at once where they can be forked, which costs next to nothing; elsewhere at the first order."""
        self._tools, self._size = _Tools.of(office, analyser), size
        self._pool: ProcessPoolExecutor | None = None
        self._left = _MOST_STARTS
        self._ahead = deque[tuple[list[int], Callable[[], _Proposed]]]()
        if _may_fork():
            self._started()

    def judging(self, entries: Entries) -> Callable[[], list[Judgement]]:
        """Begin to read, check and mask entries; the function returned waits for what became of each, in order."""
        if not self._is_worth(len(entries)):
            return lambda: _judged(self._tools, entries)
        ordered = [self._order(_judged, share) for share in _shares(entries, 2 * self._size)]
        return lambda: [one for judged in ordered for one in judged()]

    def analyse_next(self, *, limit: int = BATCH) -> int:
        """Store what was proposed about the next letters that wait, in one commit; return how many. Those after them are begun."""
        if not self._is_worth(self._waiting(limit)):
            return analyse_batch(self._tools.office, self._tools.analyser, limit=limit)
        self._look_ahead(limit)
        if not self._ahead:
            return 0
        ids, proposed_about = self._ahead.popleft()
        found = proposed_about()
        self._look_ahead(limit)
        with transaction(self._tools.office.engine) as session:
            store(session, found)
        return len(ids)

    def assist(self) -> None:
        """Let the processes analyse whatever nobody else works on, and store it themselves, in turn; nobody waits for them."""
        if self._is_worth(self._waiting(BATCH)):
            for _ in range(self._size):
                self._order(_assisted, None)

    def close(self) -> None:
        """Let the processes end."""
        if self._pool:
            self._pool.shutdown(cancel_futures=True)
        self._pool = None
        self._ahead.clear()

    def _is_worth(self, count: int) -> bool:
        """Tell whether so many letters are worth beginning processes that must load everything first."""
        return self._pool is not None or count >= BATCH

    def _waiting(self, limit: int) -> int:
        if self._pool is not None:
            return limit
        with reading(self._tools.office.engine) as session:
            return len(letters.ids_in(session, LetterState.STORED, limit=limit))

    def _look_ahead(self, limit: int) -> None:
        while len(self._ahead) <= self._size:
            last = self._ahead[-1][0][-1] if self._ahead else 0
            with reading(self._tools.office.engine) as session:
                ids = letters.ids_in(session, LetterState.STORED, after_id=last, limit=limit)
            if not ids:
                return
            self._ahead.append((ids, self._order(_proposed, ids)))

    def _order(self, work: Callable[["_Tools", _T], _R], what: _T) -> Callable[[], _R]:
        """Begin a piece of work; the function returned waits for it, and does it in this process where no other could."""
        try:
            pool = self._started()
            future = pool.submit(_work, work, what)
        except BrokenProcessPool:
            self._pool = None
            return lambda: work(self._tools, what)
        return lambda: self._got(pool, future, work, what)

    def _got(self, pool: ProcessPoolExecutor, future: Future[_R], work: Callable[["_Tools", _T], _R], what: _T) -> _R:
        try:
            return future.result()
        except (BrokenProcessPool, CancelledError):
            # A worker was killed, and then the others are of no use any more either. What one could not do may be too much for the next.
            # All that was begun there ends so; processes begun anew meanwhile are well.
            if self._pool is pool:
                self._pool = None
            return work(self._tools, what)

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            if not self._left:
                raise BrokenProcessPool
            self._left -= 1
            forked = _may_fork()
            # No connection may be open in two processes.
            self._tools.office.engine.dispose()
            given = (self._tools.office.settings, self._tools if forked else None)
            how = get_context("fork" if forked else "spawn")
            self._pool = ProcessPoolExecutor(self._size, mp_context=how, initializer=_begin, initargs=given)
            if forked:
                self._pool.submit(os.getpid)
        return self._pool


def one_ahead(begin: Callable[[_T], _R], batches: Iterable[_T]) -> Iterator[_R]:
    """Give each batch, begun, when the one after it has been begun too, so that others work while this process stores."""
    last: _R | None = None
    try:
        for batch in batches:
            before, last = last, begin(batch)
            if before is not None:
                yield before
    except GeneratorExit:
        last = None
        raise
    finally:
        # Where the batches end in trouble, what was begun is stored as it would have been without working ahead.
        if last is not None:
            yield last


def _may_fork() -> bool:
    # A lock that another thread holds would stay held for ever in a forked process.
    return threading.active_count() == 1 and "fork" in get_all_start_methods()


def _shares(entries: Entries, count: int) -> list[Entries]:
    size = max(1, -(-len(entries) // count))
    return [entries[start : start + size] for start in range(0, len(entries), size)]


_held: list[_Tools] = []
"""What this worker works with, once it has begun."""


def _begin(settings: Settings, inherited: _Tools | None) -> None:
    """Load what a worker works with, in the worker; one that was forked has it from its parent."""
    # The parent hears Ctrl+C and ends its workers itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if inherited:
        office = replace(inherited.office, engine=open_engine(settings.state_dir))
        _held[:] = [replace(inherited, office=office)]
    else:
        office = open_office(settings)
        _held[:] = [_Tools.of(office, office_analyser(office, tell=_nobody))]
        settle()


def _work(work: Callable[[_Tools, _T], _R], what: _T) -> _R:
    return work(_held[0], what)


def _judged(tools: _Tools, entries: Entries) -> list[Judgement]:
    return judge(entries, tools.office, tools.analyser.finder, tools.seal_check)


def _proposed(tools: _Tools, ids: Sequence[int]) -> _Proposed:
    with reading(tools.office.engine) as session:
        waiting, named = letters.get(session, ids), entities.of_letters(session, ids)
    return proposed(tools.office, tools.analyser, waiting, named)


def _assisted(tools: _Tools, _nothing: None) -> int:
    return assist(tools.office, tools.analyser)


def _end_with_parent() -> None:
    # A parent that was killed tells nobody, and its workers would wait for orders for ever.
    if parent := parent_process():
        wait([parent.sentinel])
    os._exit(1)


def _nobody(_sentence: str) -> None:
    """Tell nobody: the parent has told it."""
