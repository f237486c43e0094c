"""Puts analysed letters into clues, in order of intake, a batch and a commit at a time."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Self

from sqlalchemy.orm import Session

from xiansuo.domain.suggestion import Facts, Link, Relation
from xiansuo.services.analysis import wording
from xiansuo.services.office import Office
from xiansuo.services.rank import contents_of, rank_clues
from xiansuo.storage.repositories import clues, letters, links
from xiansuo.storage.repositories.clues import ClueLetter
from xiansuo.storage.repositories.letters import LetterState
from xiansuo.storage.session import transaction
from xiansuo.text.normalise import normalise
from xiansuo.triage.index import MOST_POSTINGS, choose, is_held, keys, worded_alike
from xiansuo.triage.link import MOST_TOLD, Linkable, link
from xiansuo.triage.matter import new_facts
from xiansuo.triage.rank import Ranking

BATCH = 200
_ONE_VOICE = frozenset({Relation.COPY, Relation.NEAR_COPY, Relation.CONTAINED})


def link_batch(office: Office, ranking: Ranking, *, limit: int = BATCH) -> int:
    """Link up to `limit` analysed letters in one commit; return how many.

    A letter that was analysed again stays in its clues, which only a person may change, and they are ranked anew.
    Reading and writing share one transaction: a letter linked elsewhere in between would be missed.
    """
    with transaction(office.engine) as session:
        links.take_turn(session)
        waiting = letters.ids_in(session, LetterState.ANALYSED, limit=limit)
        placed = clues.of_letters(session, waiting)
        if fresh := [letter for letter in waiting if letter not in placed]:
            _place(session, find_links(session, fresh), ranking)
        _index_again(session, [letter for letter in waiting if letter in placed])
        again = {place.clue_id for found in placed.values() for place in found}
        rank_clues(session, again, least=1, ranking=ranking)
        letters.advance(session, waiting, LetterState.LINKED)
    return len(waiting)


def find_links(session: Session, waiting: Sequence[int]) -> list[Link]:
    """Return where each letter belongs and put it into the index for those that follow.

    Letters are indexed as they are linked, so the answer does not depend on how letters are cut into batches.
    """
    known = _known(session, waiting)
    batch = {id_: known[id_] for id_ in waiting}
    index = _Index.of(session, batch.values())
    known |= _known(session, {id_ for one in batch.values() for id_ in index.chosen(one)})
    members, found = _Members(session), list[Link]()
    for own, one in batch.items():
        chosen = index.chosen(one)
        known |= _known(session, [id_ for id_ in chosen if id_ not in known])
        found.append(_link(own, chosen, known, members))
        if not is_held(one, [known[id_] for id_ in chosen]):
            index.add(one)
    links.add_sketches(session, index.added)
    return found


def relation_to(session: Session, letter: int, others: Iterable[int]) -> tuple[Relation, tuple[str, ...]]:
    """Return how a letter that a person puts beside `others` relates to them, and what it adds; not a copy, it tells the same matter."""
    known = _known(session, set(others) - {letter})
    if not known:
        return Relation.ORIGINAL, ()
    one = _known(session, [letter]).get(letter)
    if one is None:
        # Erased: nobody can compare what it said.
        return Relation.SAME_MATTER, ()
    facts = [other.facts for other in known.values()]
    found = link(one, [known[id_] for id_ in sorted(known)], lambda _clue: facts, partial(_wordings, session))
    told = new_facts(one.facts, facts)
    return (found.relation if found.relation in _ONE_VOICE else Relation.SAME_MATTER), told


@dataclass(slots=True)
class _Index:
    """The earlier letters under the keys of a batch, none under keys too common to tell anything, and those of the batch that have been linked."""

    postings: dict[int, Sequence[int]]
    sizes: dict[int, int]
    added: dict[int, list[int]] = field(default_factory=dict)

    @classmethod
    def of(cls, session: Session, batch: Collection[Linkable]) -> Self:
        """Look up the keys of a batch."""
        posted = links.rare_postings(session, {key for one in batch for key in keys(one)}, MOST_POSTINGS)
        alike = {id_ for one in batch for id_ in worded_alike(one, posted)}
        return cls(posted, links.sketch_sizes(session, alike))

    def chosen(self, one: Linkable) -> list[int]:
        """Return the earlier letters that are worth comparing, in order of intake."""
        return sorted(choose(one, self.postings, self.sizes))

    def add(self, one: Linkable) -> None:
        """Let the letters that follow find this one, but not by what is too common."""
        own = int(one.id)
        telling = [key for key in keys(one) if key not in self.postings or self.postings[key]]
        self.sizes[own], self.added[own] = len(one.sketch), telling
        for key in telling:
            ids = (*self.postings.get(key, ()), own)
            self.postings[key] = ids if len(ids) <= MOST_POSTINGS else ()


def _link(own: int, chosen: Sequence[int], known: dict[int, Linkable], members: "_Members") -> Link:
    """Link one letter and remember its clue for those that follow."""
    one = known[own]
    candidates = [known[id_] for id_ in chosen]
    found = link(one, candidates, lambda clue: members.of(int(clue)), partial(_wordings, members.session))
    main = int(found.main)
    if main == own:
        members.open(own, one.facts)
    else:
        members.add(main, one.facts)
        known[own] = replace(one, main=found.main)
    return found


@dataclass(slots=True)
class _Members:
    """The facts of a clue's first letters, by its main letter; read once, then kept up to date."""

    session: Session
    facts: dict[int, list[Facts]] = field(default_factory=dict)

    def open(self, main: int, facts: Facts) -> None:
        """Begin a clue with its first letter."""
        self.facts[main] = [facts]

    def of(self, main: int) -> list[Facts]:
        """Return the facts of a clue's first letters."""
        if main not in self.facts:
            self.facts[main] = links.facts_of_clue(self.session, main, MOST_TOLD)
        return self.facts[main]

    def add(self, main: int, facts: Facts) -> None:
        """Put a further letter into a clue."""
        if len(told := self.of(main)) < MOST_TOLD:
            told.append(facts)


def _known(session: Session, ids: Collection[int]) -> dict[int, Linkable]:
    """Return analysed letters as linking sees them, with the main letters of their clues, without their texts."""
    if not ids:
        return {}
    return {
        id_: Linkable(
            id=str(id_),
            text="",
            sketch=one.sketch,
            facts=one.facts,
            message_key=one.message_key.hex() if one.message_key else "",
            main=str(one.main) if one.main else "",
        )
        for id_, one in links.earlier(session, ids).items()
    }


def _wordings(session: Session, wanted: Sequence[Linkable]) -> list[str]:
    """Read the texts of letters, all at once."""
    stored = letters.wordings(session, [int(one.id) for one in wanted])
    return [wording(*(normalise(text).text for text in stored[int(one.id)])) for one in wanted]


def _index_again(session: Session, stored: Collection[int]) -> None:
    """Put letters that were analysed again back into the index under their new keys, unless an earlier one stands for them."""
    batch = _known(session, stored)
    posted = links.postings(session, {key for one in batch.values() for key in keys(one)}, MOST_POSTINGS + 1)
    for own, one in batch.items():
        before = {key: [id_ for id_ in posted.get(key, ()) if id_ < own] for key in keys(one)}
        sizes = links.sketch_sizes(session, worded_alike(one, before))
        chosen = choose(one, before, sizes)
        if not is_held(one, _known(session, chosen).values()):
            links.add_sketches(session, {own: keys(one)})


def _place(session: Session, found: Sequence[Link], ranking: Ranking) -> None:
    opened = [int(one.letter) for one in found if one.relation is Relation.ORIGINAL]
    alone = {id_: [(id_, Relation.ORIGINAL)] for id_ in opened}
    contents = contents_of(session, alone, ranking=ranking)
    clues.create_all(session, [(id_, contents[id_]) for id_ in opened])
    mains = {int(one.main) for one in found} | {int(also) for one in found for also in one.also}
    clue_of = clues.by_main_letter(session, mains)
    joined = [one for one in found if one.relation is not Relation.ORIGINAL]
    placed = [ClueLetter(clue_of[int(one.main)], int(one.letter), one.relation, one.adds) for one in joined]
    touched = [
        ClueLetter(clue_of[int(also)], int(one.letter), Relation.BUNDLED, main=False)
        for one in found
        for also in one.also
    ]
    clues.attach_all(session, [*placed, *touched])
