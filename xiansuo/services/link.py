"""Puts analysed letters into clues, in order of intake, a batch and a commit at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

from xiansuo.domain.register import OrganisationRegister
from xiansuo.domain.suggestion import Facts, Link, Relation
from xiansuo.services.analysis import wording
from xiansuo.services.office import Office
from xiansuo.services.rank import contents_of
from xiansuo.storage.repositories import clues, letters, links
from xiansuo.storage.repositories.clues import ClueLetter
from xiansuo.storage.repositories.letters import LetterState, StoredLetter
from xiansuo.storage.session import transaction
from xiansuo.text.normalise import normalise
from xiansuo.triage.index import MOST_POSTINGS, choose, keys
from xiansuo.triage.link import Linkable, link
from xiansuo.triage.matter import new_facts
from xiansuo.triage.rank import Ranking
from xiansuo.triage.sketch import sketch

BATCH = 200


def link_batch(office: Office, ranking: Ranking, *, limit: int = BATCH) -> int:
    """Link up to `limit` analysed letters in one commit; return how many.

    Reading and writing share one transaction: a letter linked elsewhere in between would be missed.
    """
    with transaction(office.engine) as session:
        waiting = letters.take(session, LetterState.ANALYSED, limit=limit)
        if waiting:
            _place(session, find_links(session, waiting), ranking=ranking, register=office.register)
            letters.advance(session, [letter.id for letter in waiting], LetterState.LINKED)
    return len(waiting)


def find_links(session: Session, waiting: Sequence[StoredLetter]) -> list[Link]:
    """Return where each letter belongs; the answer does not depend on how letters are cut into batches."""
    earlier = _Earlier(session, {letter.id: letter for letter in waiting})
    batch = [earlier.linkable(letter.id) for letter in waiting]
    posted = links.postings(session, {key for one in batch for key in keys(one)}, MOST_POSTINGS + 1)
    sizes = links.sketch_sizes(session, {id_ for ids in posted.values() for id_ in ids})
    return [earlier.link(one, posted, {str(id_): size for id_, size in sizes.items()}) for one in batch]


@dataclass(slots=True)
class _Earlier:
    """The letters before the one being linked: those of the batch in memory, older ones read when they are compared."""

    session: Session
    batch: Mapping[int, StoredLetter]
    known: dict[int, Linkable] = field(default_factory=dict)
    members: dict[int, list[Facts]] = field(default_factory=dict)

    def linkable(self, id_: int) -> Linkable:
        """Return a letter as linking sees it."""
        if id_ not in self.known:
            letter = self.batch.get(id_) or letters.get(self.session, [id_])[0]
            self.known[id_] = self._make(letter)
        return self.known[id_]

    def link(
        self, one: Linkable, posted: Mapping[int, Sequence[int]], sizes: Mapping[str, int]
    ) -> Link:
        """Link one letter and remember its clue for those that follow."""
        own = int(one.id)
        postings = {key: [str(id_) for id_ in posted.get(key, ()) if id_ < own] for key in keys(one)}
        chosen = sorted(int(id_) for id_ in choose(one, postings, sizes))
        found = link(one, [self.linkable(id_) for id_ in chosen])
        main = int(found.main)
        if main != own:
            members = self._members(main)
            found = replace(found, adds=new_facts(one.facts, members))
            members.append(one.facts)
            self.known[own] = replace(one, main=found.main)
        else:
            self.members[own] = [one.facts]
        return found

    def _make(self, letter: StoredLetter) -> Linkable:
        text = wording(normalise(letter.subject).text, normalise(letter.text).text)
        return Linkable(
            id=str(letter.id),
            text=text,
            sketch=sketch(text),
            facts=links.facts_of(self.session, [letter.id])[letter.id].facts,
            message_key=letter.message_key.hex() if letter.message_key else "",
            received=letter.received,
            main="" if letter.id in self.batch else self._main(letter.id),
        )

    def _main(self, id_: int) -> str:
        place = clues.of_letters(self.session, [id_])[id_][0]
        return str(clues.get(self.session, [place.clue_id])[place.clue_id].main_letter)

    def _members(self, main: int) -> list[Facts]:
        if main not in self.members:
            (clue_id,) = clues.by_main_letter(self.session, [main]).values()
            placed = [one.letter_id for one in clues.letters_of(self.session, [clue_id])[clue_id] if one.main]
            self.members[main] = [one.facts for one in links.facts_of(self.session, placed).values()]
        return self.members[main]


def _place(session: Session, found: Sequence[Link], *, ranking: Ranking, register: OrganisationRegister) -> None:
    opened = [int(one.letter) for one in found if one.relation is Relation.ORIGINAL]
    alone = {id_: [(id_, Relation.ORIGINAL)] for id_ in opened}
    contents = contents_of(session, alone, ranking=ranking, register=register)
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
