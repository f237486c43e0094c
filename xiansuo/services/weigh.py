"""Weighs letters of unread clues anew when points of rules/ranking.yaml changed, from what was found in them; nothing is read again."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from xiansuo.errors import XiansuoError
from xiansuo.services.analyse import LETTER_BYTES
from xiansuo.services.analysis import Analyser
from xiansuo.services.findings import from_json
from xiansuo.services.office import Office
from xiansuo.services.rank import rank_clues
from xiansuo.services.versions import RANKING, Version, files_of, keep, kept
from xiansuo.storage.repositories import clues, letters, links, renewals, weights
from xiansuo.storage.repositories.renewals import Point
from xiansuo.storage.repositories.weights import ToWeigh, Weighed
from xiansuo.storage.session import reading, transaction
from xiansuo.triage.rank import Ranking
from xiansuo.triage.why import why_weighed

BATCH = 500


@dataclass(frozen=True, slots=True)
class _Stale:
    """The versions by whose rubric a letter may have another rank, by their marks: those that found the same in it, and all others."""

    found_alike: frozenset[bytes]
    others: frozenset[bytes]

    def __bool__(self) -> bool:
        return bool(self.found_alike or self.others)


def weigh_again(office: Office, analyser: Analyser, *, advance: Callable[[int], None] = lambda _count: None) -> int:
    """Give the letters of unread clues the rank that the rubric in use gives them; return how many.

    Weighed is what was found when they were analysed, and the result is what another analysis would store, byte for byte. Where something
    else changed beside the points, the words of positions, rules or the program, letters wait for analysis instead. Every batch is one
    commit: what was killed goes on at the next call, and where nothing is left nothing is written. Earlier suggestions stay, because
    decisions refer to them.
    """
    version = analyser.version
    # A process that still works with an earlier rubric leaves it to those that come after.
    if version is None or not version.has(office.settings.rules / "ranking.yaml", RANKING):
        return 0
    stale = _stale(office, version, analyser.ranking)
    if not stale or _nothing_left.get(office.state_dir) == (at := _where(office, version)):
        return 0
    keep(office, version)
    weighed = 0
    for done in _batches(office, version, analyser.ranking, stale.found_alike):
        weighed += done
        advance(done)
    with transaction(office.engine) as session:
        letters.set_back(session, weights.of_versions(stale.others))
    _nothing_left[office.state_dir] = at
    return weighed


_nothing_left: dict[Path, tuple[bytes, Point]] = {}
"""By which version and up to where there was nothing left. Looking at every letter anew would take a second at each intake."""


def _where(office: Office, version: Version) -> tuple[bytes, Point]:
    with reading(office.engine) as session:
        return version.mark, renewals.point(session)


def _batches(office: Office, version: Version, ranking: Ranking, marks: frozenset[bytes]) -> Iterator[int]:
    """Weigh batch by batch and yield how many letters each had."""
    after = 0
    while True:
        with transaction(office.engine) as session:
            links.take_turn(session)
            some = weights.to_weigh(session, marks, after=after, limit=BATCH)
            if not some:
                return
            weights.add(session, [_weighed(one, version, ranking) for one in some])
            places = clues.of_letters(session, [one.letter for one in some])
            rank_clues(
                session, {place.clue_id for found in places.values() for place in found}, least=1, ranking=ranking
            )
        after = some[-1].id
        yield len(some)


def _weighed(one: ToWeigh, version: Version, ranking: Ranking) -> Weighed:
    rank = ranking.weigh(from_json(one.found), one.scope, one.labels)
    why = why_weighed(one.why, rank, one.labels, referred=one.referred)
    return Weighed(one.id, rank, why, one.inputs[:LETTER_BYTES] + version.mark)


def _stale(office: Office, version: Version, ranking: Ranking) -> _Stale:
    alike, others = set[bytes](), set[bytes]()
    for one in kept(office):
        if one.files.get(RANKING) == version.files[RANKING]:
            continue
        before = _ranking(office, one)
        if before is None or not before.weighs_as(ranking):
            found_alike = before is not None and before.sees_as(ranking) and one.is_but_for_points(version)
            (alike if found_alike else others).add(one.mark)
    return _Stale(frozenset(alike), frozenset(others))


def _ranking(office: Office, version: Version) -> Ranking | None:
    """Return the rubric of a kept version, None where it cannot be read any more."""
    try:
        return _load(files_of(office, version) / RANKING)
    except XiansuoError:
        return None


_load = lru_cache(maxsize=16)(Ranking.load)
