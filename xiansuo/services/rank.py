"""Rolls the ranks of letters up to their clues."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from xiansuo.domain.category import Category
from xiansuo.domain.register import OrganisationRegister
from xiansuo.domain.suggestion import Relation
from xiansuo.domain.text import EntityType
from xiansuo.services.office import Office
from xiansuo.storage.repositories import clues, entities, letters, suggestions
from xiansuo.storage.repositories.clues import ClueContent
from xiansuo.storage.repositories.entities import StoredEntity
from xiansuo.storage.repositories.letters import LetterState, StoredLetter
from xiansuo.storage.repositories.suggestions import StoredSuggestion
from xiansuo.storage.session import transaction
from xiansuo.triage.rank import Ranking

BATCH = 500
_MOST_RESPONDENTS = 5

Members = Sequence[tuple[int, Relation]]


@dataclass(frozen=True, slots=True)
class _Member:
    letter: StoredLetter = field(repr=False)
    suggestion: StoredSuggestion = field(repr=False)
    entities: Sequence[StoredEntity] = field(repr=False)
    relation: Relation


def rank_batch(office: Office, ranking: Ranking, *, limit: int = BATCH) -> int:
    """Rank anew the clues that up to `limit` linked letters belong to or touch, in one commit; return how many letters."""
    with transaction(office.engine) as session:
        waiting = [letter.id for letter in letters.take(session, LetterState.LINKED, limit=limit)]
        places = clues.of_letters(session, waiting)
        changed = {place.clue_id for found in places.values() for place in found}
        members = {
            clue: [(one.letter_id, one.relation) for one in found]
            for clue, found in clues.letters_of(session, changed).items()
            if len(found) > 1
        }
        for clue, content in contents_of(session, members, ranking=ranking, register=office.register).items():
            clues.update_rank(session, clue, content)
        letters.advance(session, waiting, LetterState.RANKED)
    return len(waiting)


def contents_of(
    session: Session, members: Mapping[int, Members], *, ranking: Ranking, register: OrganisationRegister
) -> dict[int, ClueContent]:
    """Return what each clue (any key) says, given its letters and their relations."""
    ids = {id_ for found in members.values() for id_, _ in found}
    stored = {letter.id: letter for letter in letters.get(session, ids)}
    proposed, named = suggestions.for_letters(session, ids), entities.of_letters(session, ids)
    contents = {}
    for clue, found in members.items():
        told = [_Member(stored[id_], proposed[id_], named.get(id_, ()), relation) for id_, relation in found]
        contents[clue] = _content(told, ranking, register)
    return contents


def _content(members: Sequence[_Member], ranking: Ranking, register: OrganisationRegister) -> ClueContent:
    best = max(members, key=lambda member: member.suggestion.rank.total)
    scores: dict[Category, float] = {}
    for member in members:
        for label in member.suggestion.suggestion.labels:
            score = member.suggestion.suggestion.scores[label]
            scores[label] = max(score, scores.get(label, 0.0))
    received = [member.letter.received for member in members if member.letter.received]
    return ClueContent(
        rank=ranking.rank_clue(
            [member.suggestion.rank for member in members], [member.relation for member in members]
        ),
        scope=max(member.suggestion.suggestion.scope for member in members),
        labels=tuple(sorted(scores, key=lambda label: (-scores[label], label))),
        scores=scores,
        unit=_unit([best, *members], register),
        respondents=tuple(dict.fromkeys(name for one in [best, *members] for name in _respondents(one)))[
            :_MOST_RESPONDENTS
        ],
        why=best.suggestion.why,
        received=min(received, default=None),
    )


def _respondents(member: _Member) -> Iterable[str]:
    yield from member.letter.named_respondents
    for entity in member.entities:
        if entity.type is EntityType.RESPONDENT:
            yield "".join(member.letter.text[entity.start : entity.end].split())


def _unit(members: Sequence[_Member], register: OrganisationRegister) -> str:
    """Return the unit a clue is about: as registered, else one of the register, the lowest first, else the most often named."""
    registered = {unit.name: unit.level for unit in register.units}
    told: Counter[str] = Counter()
    for member in members:
        told.update([member.letter.named_unit] if member.letter.named_unit else [])
        told.update(
            entity.value or member.letter.text[entity.start : entity.end]
            for entity in member.entities
            if entity.type in {EntityType.ORG, EntityType.PLACE}
        )
    order = list(told)
    known = [name for name in order if name in registered]
    if known:
        return min(known, key=lambda name: (registered[name], -told[name], order.index(name)))
    return max(order, key=lambda name: (told[name], -order.index(name)), default="")
