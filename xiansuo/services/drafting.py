"""Keeps what a person types and chooses before deciding, so that a reload, a second tab or a lost connection loses nothing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy.orm import Session

from xiansuo.domain import draft as drafted
from xiansuo.domain.category import Category
from xiansuo.domain.draft import Draft, Place, Proposal
from xiansuo.domain.people import Power, Viewer
from xiansuo.errors import NotVisibleError, XiansuoError
from xiansuo.services.office import Office
from xiansuo.services.proposals import propose
from xiansuo.services.readings import turn_of
from xiansuo.storage.repositories import clues, decisions, drafts, letters
from xiansuo.storage.repositories.decisions import ClueAtWork
from xiansuo.storage.repositories.visibility import visible
from xiansuo.storage.session import transaction

_LONGEST = 1000
"""Characters of the longest passage that can be marked as one allegation."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the fields of the page."""

    note: str = field(default="", repr=False)
    labels: tuple[Category, ...] = ()
    destination: str = ""
    until: date | None = None


def keep(office: Office, viewer: Viewer, number: str, typed: Typed) -> None:
    """Keep what is in the fields. Raises NotVisibleError."""

    def change(draft: Draft, proposal: Proposal) -> Draft:
        kept = replace(draft, note=typed.note, destination=typed.destination, until=typed.until)
        return drafted.choose(kept, proposal, typed.labels)

    _change(office, viewer, number, change)


def add_allegation(
    office: Office, viewer: Viewer, number: str, letter: str, marked: tuple[int, int], category: Category
) -> None:
    """Add an allegation: characters `marked` (from, to) of the masked text of a letter (its number) of the clue.

    Raises NotVisibleError, XiansuoError where nothing that can be one was marked.
    """

    def change(session: Session, clue: ClueAtWork, draft: Draft, proposal: Proposal) -> Draft:
        return drafted.add(draft, proposal, _place(session, clue, letter, marked, category))

    _within(office, viewer, number, change)


def drop_allegation(office: Office, viewer: Viewer, number: str, key: str) -> None:
    """Take an allegation out."""
    _change(office, viewer, number, lambda draft, proposal: drafted.drop(draft, proposal, _known(draft, proposal, key)))


def restore_allegation(office: Office, viewer: Viewer, number: str, key: str) -> None:
    """Put an allegation back as it was proposed."""
    _change(
        office, viewer, number, lambda draft, proposal: drafted.restore(draft, proposal, _known(draft, proposal, key))
    )


def refile_allegation(office: Office, viewer: Viewer, number: str, key: str, category: Category) -> None:
    """Put an allegation under another category."""
    _change(
        office,
        viewer,
        number,
        lambda draft, proposal: drafted.refile(draft, proposal, _known(draft, proposal, key), category),
    )


def _change(office: Office, viewer: Viewer, number: str, change: Callable[[Draft, Proposal], Draft]) -> None:
    _within(office, viewer, number, lambda _session, _clue, draft, proposal: change(draft, proposal))


def _within(
    office: Office,
    viewer: Viewer,
    number: str,
    change: Callable[[Session, ClueAtWork, Draft, Proposal], Draft],
) -> None:
    with transaction(office.engine) as session:
        # Locked, so that two changes that come at once both count.
        clue = decisions.lock(session, number, visible(viewer, Power.DECIDE))
        if clue is None:
            raise NotVisibleError
        turn = turn_of(office, session, viewer, clue)
        proposal = Proposal() if turn.blind else propose(session, clue).proposal
        draft = drafts.get(session, viewer.account, clue.id)
        drafts.save(session, viewer.account, clue.id, change(session, clue, draft, proposal))


def _known(draft: Draft, proposal: Proposal, key: str) -> Place:
    known: Iterable[Place] = (*proposal.allegations, *draft.added)
    found = next((place for place in known if place.key == key), None)
    if found is None:
        raise XiansuoError("这个问题已经不在列表里，没有改动。请刷新页面后重新操作。")
    return found


def _place(session: Session, clue: ClueAtWork, letter: str, marked: tuple[int, int], category: Category) -> Place:
    ids = [one.letter_id for one in clues.letters_of(session, [clue.id])[clue.id]]
    stored = next((one for one in letters.get(session, ids) if one.number == letter), None)
    start, end = marked
    if stored is None or not 0 <= start < end <= len(stored.text):
        raise XiansuoError("没有选中文字，没有新增。请先在来件正文中选中反映问题的那几句。")
    chosen = stored.text[start:end]
    start, end = start + len(chosen) - len(chosen.lstrip()), end - len(chosen) + len(chosen.rstrip())
    if start >= end:
        raise XiansuoError("选中的只有空白，没有新增。请选中反映问题的那几句。")
    if end - start > _LONGEST:
        raise XiansuoError(f"选中的文字超过 {_LONGEST} 字，没有新增。请只选反映这个问题的那几句。")
    return Place(stored.id, start, end, category)
