"""Puts analysed letters into clues, in order of intake, a batch and a commit at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, partial

from sqlalchemy.orm import Session

from xiansuo.domain.suggestion import Facts, Link, Relation
from xiansuo.services.analysis import wording
from xiansuo.services.office import Office
from xiansuo.services.rank import contents_of, rank_clues
from xiansuo.storage.repositories import clues, letters, links
from xiansuo.storage.repositories.clues import ClueLetter
from xiansuo.storage.repositories.letters import LetterState, StoredLetter
from xiansuo.storage.repositories.links import StoredFacts
from xiansuo.storage.session import transaction
from xiansuo.text.normalise import normalise
from xiansuo.triage.index import MOST_POSTINGS, choose, is_held, keys
from xiansuo.triage.link import Linkable, link
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
        waiting = letters.take(session, LetterState.ANALYSED, limit=limit)
        placed = clues.of_letters(session, [letter.id for letter in waiting])
        if fresh := [letter for letter in waiting if letter.id not in placed]:
            _place(session, find_links(session, fresh), ranking)
        _index_again(session, [letter for letter in waiting if letter.id in placed])
        again = {place.clue_id for found in placed.values() for place in found}
        rank_clues(session, again, least=1, ranking=ranking)
        letters.advance(session, [letter.id for letter in waiting], LetterState.LINKED)
    return len(waiting)


def find_links(session: Session, waiting: Sequence[StoredLetter]) -> list[Link]:
    """Return where each letter belongs and put it into the index for those that follow.

    Letters are indexed as they are linked, so the answer does not depend on how letters are cut into batches.
    """
    batch = _linkables(session, waiting)
    posted = links.postings(session, {key for one in batch.values() for key in keys(one)}, MOST_POSTINGS + 1)
    index = _Index(
        {key: [str(id_) for id_ in ids] for key, ids in posted.items()},
        {
            str(id_): size
            for id_, size in links.sketch_sizes(session, {i for ids in posted.values() for i in ids}).items()
        },
    )
    known = {**batch, **_older(session, {id_ for one in batch.values() for id_ in index.chosen(one)})}
    members, found = _Members(session), list[Link]()
    for own, one in batch.items():
        chosen = index.chosen(one)
        known.update(_older(session, set(chosen) - set(known)))
        found.append(_link(own, chosen, known, members))
        if not is_held(one, [known[id_] for id_ in chosen]):
            index.add(one)
    links.add_sketches(session, index.added)
    return found


def relation_to(session: Session, letter: StoredLetter, others: Iterable[int]) -> tuple[Relation, tuple[str, ...]]:
    """Return how a letter that a person puts beside `others` relates to them, and what it adds; not a copy, it tells the same matter."""
    known = _older(session, set(others) - {letter.id})
    if not known:
        return Relation.ORIGINAL, ()
    one = _linkables(session, [letter])[letter.id]
    found = link(one, [known[id_] for id_ in sorted(known)], lambda _clue: [other.facts for other in known.values()])
    told = new_facts(one.facts, [other.facts for other in known.values()])
    return (found.relation if found.relation in _ONE_VOICE else Relation.SAME_MATTER), told


@dataclass(slots=True)
class _Index:
    """The earlier letters under the keys of a batch, and those of the batch that have been linked."""

    postings: dict[int, list[str]]
    sizes: dict[str, int]
    added: dict[int, tuple[int, ...]] = field(default_factory=dict)

    def chosen(self, one: Linkable) -> list[int]:
        """Return the earlier letters that are worth comparing, in order of intake."""
        return sorted(int(id_) for id_ in choose(one, self.postings, self.sizes))

    def add(self, one: Linkable) -> None:
        """Let the letters that follow find this one."""
        self.added[int(one.id)] = keys(one)
        self.sizes[one.id] = len(one.sketch)
        for key in keys(one):
            ids = self.postings.setdefault(key, [])
            if len(ids) <= MOST_POSTINGS:
                ids.append(one.id)


def _link(own: int, chosen: Sequence[int], known: dict[int, Linkable], members: "_Members") -> Link:
    """Link one letter and remember its clue for those that follow."""
    one = known[own]
    found = link(one, [known[id_] for id_ in chosen], lambda clue: members.of(int(clue)))
    main = int(found.main)
    if main == own:
        members.open(own, one.facts)
    else:
        members.of(main).append(one.facts)
        known[own] = replace(one, main=found.main)
    return found


@dataclass(slots=True)
class _Members:
    """The facts of all letters of a clue, by its main letter; read once, then kept up to date."""

    session: Session
    facts: dict[int, list[Facts]] = field(default_factory=dict)

    def open(self, main: int, facts: Facts) -> None:
        """Begin a clue with its first letter."""
        self.facts[main] = [facts]

    def of(self, main: int) -> list[Facts]:
        """Return the facts of a clue's letters."""
        if main not in self.facts:
            (clue_id,) = clues.by_main_letter(self.session, [main]).values()
            placed = [one.letter_id for one in clues.letters_of(self.session, [clue_id])[clue_id] if one.main]
            self.facts[main] = [one.facts for one in links.facts_of(self.session, placed).values()]
        return self.facts[main]


def _older(session: Session, ids: set[int]) -> dict[int, Linkable]:
    """Return letters of earlier batches, with the main letters of their clues; a text is read when it is asked for."""
    if not ids:
        return {}
    mains, facts = clues.mains_of(session, ids), links.facts_of(session, ids)
    return {
        id_: Linkable(
            id=str(id_),
            text="",
            sketch=facts[id_].sketch,
            facts=facts[id_].facts,
            message_key=key.hex() if key else "",
            main=str(mains[id_]) if id_ in mains else "",
            read=cache(partial(_read, session, id_)),
        )
        for id_, key in letters.message_keys(session, ids).items()
    }


def _read(session: Session, letter_id: int) -> str:
    (letter,) = letters.get(session, [letter_id])
    return _wording(letter)


def _linkables(session: Session, stored: Sequence[StoredLetter]) -> dict[int, Linkable]:
    facts = links.facts_of(session, [letter.id for letter in stored])
    return {letter.id: _linkable(letter, facts[letter.id]) for letter in stored}


def _linkable(letter: StoredLetter, stored: StoredFacts) -> Linkable:
    return Linkable(
        id=str(letter.id),
        text="",
        sketch=stored.sketch,
        facts=stored.facts,
        message_key=letter.message_key.hex() if letter.message_key else "",
        received=letter.received,
        read=cache(partial(_wording, letter)),
    )


def _wording(letter: StoredLetter) -> str:
    return wording(normalise(letter.subject).text, normalise(letter.text).text)


def _index_again(session: Session, stored: Sequence[StoredLetter]) -> None:
    """Put letters that were analysed again back into the index under their new keys, unless an earlier one stands for them."""
    batch = _linkables(session, stored)
    posted = links.postings(session, {key for one in batch.values() for key in keys(one)}, MOST_POSTINGS + 1)
    sizes = {
        str(id_): size for id_, size in links.sketch_sizes(session, {i for ids in posted.values() for i in ids}).items()
    }
    for own, one in batch.items():
        earlier = {key: [str(id_) for id_ in posted.get(key, ()) if id_ < own] for key in keys(one)}
        chosen = _Index(earlier, sizes).chosen(one)
        if not is_held(one, _older(session, set(chosen)).values()):
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
