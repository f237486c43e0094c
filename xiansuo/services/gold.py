"""Turns what people decided into gold (domain/gold): one row per clue with a finding that holds, told by the ledger of acts alone."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from xiansuo.domain.decision import ClueState, settle
from xiansuo.domain.gold import Gold, care_of
from xiansuo.storage.repositories import decisions, letters, samples
from xiansuo.storage.repositories import gold as rows
from xiansuo.storage.repositories.gold import ClueAct, HandMove


def gold(session: Session, *, until: int | None = None) -> list[Gold]:
    """Return what people found about clues, in the order of their decisions; `until` is the last act that counts, by default the latest.

    It is told by the acts and not by where clues stand today, so it can be told again for any act in the past. A finding outlives a new
    letter, which says nothing against it, and the merging of its clue into another one. It lapses when letters are taken out of the clue
    by hand, since nobody knows which of them it was about. Only `drawn` is always that of today: what was drawn later taught too early.
    """
    every = list(rows.acts(session, until=until))
    at = None if until is None else max((acts[-1].created for acts in every), default=None)
    moved, drawn = rows.moves(session), samples.ids(session)
    found = (_of_clue(acts, moved.get(acts[0].clue, ()), at, drawn) for acts in every)
    return sorted((one for one in found if one), key=lambda one: one.decision)


def teachable(session: Session, *, until: int | None = None) -> list[Gold]:
    """Return the gold that a model may learn from, in the order of decisions. What was erased since teaches nothing any more."""
    gone = letters.erased(session)
    return [one for one in gold(session, until=until) if one.teaches and one.letter not in gone]


def _of_clue(
    acts: Sequence[ClueAct], moved: Sequence[HandMove], at: datetime | None, drawn: frozenset[int]
) -> Gold | None:
    readings = [(one, one.judgement) for one in decisions.readings(acts) if one.judgement]
    if not readings:
        return None
    state, finding = settle([judgement for _, judgement in readings], double=readings[0][0].double)
    last = readings[-1][0]
    since = [one for one in moved if one.created > last.created]
    if state is not ClueState.DECIDED or finding is None or any(_lapses(one, last.clue, at) for one in since):
        return None
    return Gold(
        letter=since[0].mains[last.clue] if since else last.letter,
        clue=last.clue,
        decision=last.id,
        decided=last.created,
        care=care_of([(judgement, one.saw) for one, judgement in readings]),
        finding=finding,
        drawn=last.clue in drawn,
    )


def _lapses(move: HandMove, clue: int, at: datetime | None) -> bool:
    taken_out = move.clues[0] == clue and not move.emptied
    in_force = move.undone is None or (at is not None and move.undone > at)
    return taken_out and in_force and (at is None or move.created <= at)
