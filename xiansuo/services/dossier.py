"""Everything a person may see of one clue, read at one moment: its letters marked up, allegations, rank, entities, relations."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from sqlalchemy.orm import Session

from xiansuo.domain.category import Category
from xiansuo.domain.correction import Past
from xiansuo.domain.people import Viewer
from xiansuo.domain.suggestion import Rank, RankPart, Referral, Relation
from xiansuo.domain.text import Entity, Turn
from xiansuo.errors import NotVisibleError
from xiansuo.services import entities as correcting
from xiansuo.services import relink
from xiansuo.services.analyse import document_of
from xiansuo.services.office import Office
from xiansuo.services.readings import hidden_in
from xiansuo.storage.repositories import clues, entities, letters, sight, suggestions
from xiansuo.storage.repositories.clues import ClueLetter, StoredClue
from xiansuo.storage.repositories.entities import StoredEntity
from xiansuo.storage.repositories.letters import StoredLetter
from xiansuo.storage.repositories.suggestions import StoredSuggestion
from xiansuo.storage.session import reading
from xiansuo.triage.cards import Card, Named, cards_of, named_in
from xiansuo.triage.markup import Layers, Section, mark_up
from xiansuo.triage.rank import Ranking
from xiansuo.triage.telling import RELATIONS, gathered
from xiansuo.triage.why import likelihood


@dataclass(frozen=True, slots=True)
class Group:
    """The cards of one category; `proposed` tells whether the category is a suggestion or only came close to one."""

    category: Category
    cards: tuple[Card, ...]
    probability: float
    proposed: bool
    abstained: bool = False

    @property
    def word(self) -> str:
        """The word that stands for the probability."""
        return likelihood(self.probability, abstained=self.abstained)


@dataclass(frozen=True, slots=True)
class Companion:
    """A letter of the clue as a line of its timeline. `adds` are facts no earlier letter told, `also` other clues the person may see."""

    id: int
    number: str
    kind: str
    channel: str
    signed: str
    received: date | None
    relation: Relation
    main: bool
    adds: tuple[tuple[str, tuple[str, ...]], ...] = field(default=(), repr=False)
    also: tuple[str, ...] = ()

    @property
    def told(self) -> str:
        """The relation in words."""
        return RELATIONS[self.relation]


@dataclass(frozen=True, slots=True)
class LetterView:
    """One letter laid out for reading. Blind, it holds nothing of the suggestion."""

    id: int
    number: str
    kind: str
    channel: str
    received: date | None
    subject: str = field(repr=False)
    sections: tuple[Section, ...] = field(repr=False)
    cards: tuple[Card, ...] = field(default=(), repr=False)
    groups: tuple[Group, ...] = field(default=(), repr=False)
    named: tuple[Named, ...] = field(default=(), repr=False)
    entities: tuple[Entity, ...] = field(default=(), repr=False)
    suggestion: StoredSuggestion | None = field(default=None, repr=False)

    @property
    def referral(self) -> Referral | None:
        """Where the letter could be sent on to, if it is outside the categories."""
        return self.suggestion.referral if self.suggestion else None

    @property
    def abstained(self) -> bool:
        """Whether the suggestion is that a person reads the whole letter."""
        return self.suggestion is not None and self.suggestion.suggestion.abstained


@dataclass(frozen=True, slots=True)
class Block:
    """A block of the rubric with its lines, also those that gave no points."""

    name: str
    parts: tuple[RankPart, ...]

    @property
    def points(self) -> float:
        """The points of all lines."""
        return sum(part.points for part in self.parts)

    @property
    def maximum(self) -> float:
        """The most the block can give."""
        return sum(part.maximum for part in self.parts)


@dataclass(frozen=True, slots=True)
class Dossier:
    """A clue as a person reads it: one letter in full, the others as a timeline. `blind` hides every trace of the suggestion."""

    clue: StoredClue
    letter: LetterView
    companions: tuple[Companion, ...]
    blocks: tuple[Block, ...] = ()
    blind: bool = False
    moves: tuple[relink.Past, ...] = field(default=(), repr=False)
    corrected: tuple[Past, ...] = field(default=(), repr=False)

    @property
    def rank(self) -> Rank:
        """The clue's rank."""
        return self.clue.content.rank

    @property
    def points(self) -> float:
        """The points of all blocks together, of 100."""
        return sum(block.points for block in self.blocks)


def find_clue(office: Office, viewer: Viewer, number: str) -> StoredClue:
    """Return a clue the person may see. Raises NotVisibleError."""
    with reading(office.engine) as session:
        return _found(session, viewer, number)


def dossier(office: Office, viewer: Viewer, number: str, *, letter: str = "", blind: bool = False) -> Dossier | None:
    """Return a clue with the letter `letter` (its main letter by default) laid out, None where all its letters were moved elsewhere.

    Where the person has to read blind first, it holds no trace of the suggestion. Raises NotVisibleError.
    """
    with reading(office.engine) as session:
        clue = _found(session, viewer, number)
        blind = blind or bool(hidden_in(office, session, viewer, [clue.id]))
        placed = clues.letters_of(session, [clue.id]).get(clue.id, [])
        if not placed:
            return None
        stored = {one.id: one for one in letters.get(session, [one.letter_id for one in placed])}
        chosen = _chosen(clue, placed, stored, letter)
        also = _also(session, viewer, clue.id, stored)
        view = letter_view(session, chosen, blind=blind)
        moves, corrected = relink.past(session, viewer, clue.id), correcting.past(session, viewer, clue.id)
    return Dossier(
        clue=_without_suggestion(clue) if blind else clue,
        letter=view,
        companions=tuple(_companions(placed, stored, also)),
        blocks=() if blind else _blocks(clue.content.rank, office.settings.rules / "ranking.yaml"),
        blind=blind,
        moves=moves,
        corrected=corrected,
    )


def letter_view(session: Session, letter: StoredLetter, *, blind: bool = False) -> LetterView:
    """Lay out one letter; the caller has made sure that the person may see it."""
    named = entities.of_letters(session, [letter.id]).get(letter.id, [])
    suggested = None if blind else suggestions.for_letters(session, [letter.id]).get(letter.id)
    found = [_entity(one, letter.text) for one in named]
    allegations = suggested.suggestion.allegations if suggested else ()
    cards = cards_of(letter.text, allegations)
    layers = Layers(
        allegations=[card.allegation for card in cards],
        entities=found,
        scopes=suggested.scopes if suggested else (),
        parts=letter.parts,
        turns=_turns(letter, named),
    )
    return LetterView(
        id=letter.id,
        number=letter.number,
        kind=letter.kind,
        channel=letter.channel,
        received=letter.received,
        subject=letter.subject,
        sections=mark_up(letter.text, layers),
        cards=cards,
        groups=tuple(_groups(cards, suggested)),
        named=named_in(letter.text, found),
        entities=tuple(found),
        suggestion=suggested,
    )


def _found(session: Session, viewer: Viewer, number: str) -> StoredClue:
    clue = sight.clue(session, viewer, number)
    if clue is None:
        raise NotVisibleError
    return clue


def _chosen(
    clue: StoredClue, placed: Sequence[ClueLetter], stored: Mapping[int, StoredLetter], number: str
) -> StoredLetter:
    if not number:
        main = clue.main_letter if clue.main_letter in stored else placed[0].letter_id
        return stored[main]
    found = next((one for one in stored.values() if one.number == number), None)
    if found is None:
        raise NotVisibleError
    return found


def _also(session: Session, viewer: Viewer, own: int, ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """Return for each letter the numbers of the other clues it belongs to or touches, as far as the person may see them."""
    places = clues.of_letters(session, ids)
    seen = sight.seen(session, viewer, {place.clue_id for found in places.values() for place in found} - {own})
    return {
        letter: tuple(seen[place.clue_id] for place in found if place.clue_id in seen)
        for letter, found in places.items()
    }


def _companions(
    placed: Sequence[ClueLetter], stored: Mapping[int, StoredLetter], also: Mapping[int, tuple[str, ...]]
) -> Iterable[Companion]:
    ordered = sorted(placed, key=lambda one: (stored[one.letter_id].received or date.max, one.letter_id))
    for one in ordered:
        letter = stored[one.letter_id]
        yield Companion(
            letter.id,
            letter.number,
            letter.kind,
            letter.channel,
            letter.signed,
            letter.received,
            one.relation,
            one.main,
            gathered(one.adds),
            also.get(letter.id, ()),
        )


def _entity(found: StoredEntity, text: str) -> Entity:
    return Entity(found.type, found.start, found.end, text[found.start : found.end], found.value)


def _turns(letter: StoredLetter, named: Sequence[StoredEntity]) -> list[Turn]:
    """Return the turns of an interview record in the coordinates of the stored text."""
    document = document_of(letter, named)
    if document.interview is None:
        return []
    spans = [document.offsets.span(turn.start, turn.end) for turn in document.interview.turns]
    return [
        replace(turn, start=span.start, end=span.end)
        for turn, span in zip(document.interview.turns, spans, strict=True)
    ]


def _groups(cards: Sequence[Card], suggested: StoredSuggestion | None) -> Iterable[Group]:
    """Yield the cards by category, proposed categories first, in the order of their probability."""
    if suggested is None:
        return
    proposed, scores = suggested.suggestion.labels, suggested.suggestion.scores
    by_category: dict[Category, list[Card]] = {label: [] for label in proposed}
    for card in cards:
        by_category.setdefault(card.allegation.category, []).append(card)
    for category, found in by_category.items():
        sure = category in proposed
        yield Group(category, tuple(found), scores.get(category, 0.0), sure, suggested.suggestion.abstained)


def _blocks(rank: Rank, file: Path) -> tuple[Block, ...]:
    lines = _ranking(file, file.stat().st_mtime_ns).whole(rank.parts)
    return tuple(Block(name, tuple(parts)) for name, parts in groupby(lines, key=lambda part: part.block))


@lru_cache(maxsize=4)
def _ranking(file: Path, changed: int) -> Ranking:
    del changed  # it tells one state of the file from the next
    return Ranking.load(file)


def _without_suggestion(clue: StoredClue) -> StoredClue:
    content = clue.content
    bare = replace(content, rank=Rank(0.0, (), None), scope=0.0, labels=(), scores={}, why=())
    return replace(clue, content=bare, rubric_rank=0.0, learned=None)
