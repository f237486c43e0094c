"""Rolls the ranks of letters up to their clues."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from xiansuo.domain.category import Category
from xiansuo.domain.suggestion import Relation
from xiansuo.services.office import Office
from xiansuo.storage.repositories import clues, letters, links, orders, suggestions
from xiansuo.storage.repositories.clues import ClueContent
from xiansuo.storage.repositories.learned import Learned
from xiansuo.storage.repositories.letters import LetterState
from xiansuo.storage.repositories.suggestions import Headline
from xiansuo.storage.session import transaction
from xiansuo.triage.learned import Placed, learned_rank
from xiansuo.triage.rank import Ranking
from xiansuo.triage.rubric import Rubric
from xiansuo.triage.why import why_clue

BATCH = 500
_MOST_RESPONDENTS = 5

Members = Sequence[tuple[int, Relation]]


def rank_batch(office: Office, ranking: Ranking, *, limit: int = BATCH) -> int:
    """Rank anew the clues that up to `limit` linked letters belong to or touch, in one commit; return how many letters."""
    with transaction(office.engine) as session:
        links.take_turn(session)
        waiting = letters.ids_in(session, LetterState.LINKED, limit=limit)
        places = clues.of_letters(session, waiting)
        changed = {place.clue_id for found in places.values() for place in found}
        # A clue of one letter was given that letter's rank when it was opened.
        rank_clues(session, changed, least=2, ranking=ranking)
        letters.advance(session, waiting, LetterState.RANKED)
    return len(waiting)


def rank_clues(session: Session, ids: Iterable[int], *, least: int, ranking: Ranking) -> None:
    """Rank anew those of the clues `ids` that have at least `least` letters."""
    members = {
        clue: [(one.letter_id, one.relation) for one in found]
        for clue, found in clues.letters_of(session, ids).items()
        if len(found) >= least
    }
    known = orders.learned_about(session, members)
    contents = contents_of(session, members, ranking=ranking)
    clues.update_ranks(
        session, {id_: (one, _moved(one, known.get(id_), ranking.rubric)) for id_, one in contents.items()}
    )


def _moved(content: ClueContent, known: Learned | None, rubric: Rubric) -> tuple[float, Learned] | None:
    """Return where a clue stands that changed, by what the queue last learned about it; the next order learns of the change."""
    if known is None:
        return None
    points = sum(part.points for part in content.rank.parts)
    placed = Placed(content.rank.total, content.scope, points)
    return learned_rank(placed, known.after, rubric), replace(known, before=content.scope)


def contents_of(session: Session, members: Mapping[int, Members], *, ranking: Ranking) -> dict[int, ClueContent]:
    """Return what each clue (any key) says, given its letters and their relations."""
    told = suggestions.headlines(session, {id_ for found in members.values() for id_, _ in found})
    return {
        clue: _content([told[id_] for id_, _ in found], [relation for _, relation in found], ranking)
        for clue, found in members.items()
    }


def _content(told: Sequence[Headline], relations: Sequence[Relation], ranking: Ranking) -> ClueContent:
    best = max(told, key=lambda one: one.rank.total)
    scores: dict[Category, float] = {}
    for one in told:
        for label, score in one.scores.items():
            scores[label] = max(score, scores.get(label, 0.0))
    unit = next((one.unit for one in (best, *told) if one.unit), "")
    named = dict.fromkeys(name for one in (best, *told) for name in one.respondents if name not in unit)
    rank = ranking.rank_clue([one.rank for one in told], relations)
    return ClueContent(
        rank=rank,
        scope=max(one.scope for one in told),
        labels=tuple(sorted(scores, key=lambda label: (-scores[label], label))),
        scores=scores,
        unit=unit,
        respondents=tuple(named)[:_MOST_RESPONDENTS],
        why=why_clue(rank, best.why, [one.rank for one in told if one is not best]),
        received=min((one.received for one in told if one.received), default=None),
    )
