"""Writes an accepted proposal as a draft of its category's rule book into the state directory; a person tries it and puts it in place."""

import tempfile
import textwrap
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session

from xiansuo.domain.category import Category
from xiansuo.domain.people import Viewer
from xiansuo.domain.subtypes import SUBTYPES
from xiansuo.errors import ConflictError, NotVisibleError, XiansuoError
from xiansuo.rulebook.check import run_examples
from xiansuo.services.office import Office
from xiansuo.services.rule_effect import WEIGHT
from xiansuo.services.rule_preview import changed_books
from xiansuo.services.rule_proposals import is_shown, require
from xiansuo.storage.repositories import audit, letters
from xiansuo.storage.repositories import rule_proposals as proposals
from xiansuo.storage.repositories.rule_proposals import ProposalState, StoredProposal
from xiansuo.storage.session import transaction
from xiansuo.storage.tables import Clues

FOLDER = "rule-drafts"
SOURCE = "本单位认定"
_COPIED = 10
"""So many characters in a row that also stand in a letter are copied, not invented."""
_LONGEST_NOTE = 2000


@dataclass(frozen=True, slots=True)
class Wording:
    """What a person writes for a rule: the sentence reviewers read, the sub-type, and invented examples that must and must not match."""

    sentence: str
    subtype: str
    match: tuple[str, ...] = field(repr=False)
    reject: tuple[str, ...] = field(repr=False)


def accept(office: Office, viewer: Viewer, proposal: int, wording: Wording) -> Path:
    """Write the draft and mark the proposal accepted; return the file. Nothing in the rules folder changes.

    Raises NotVisibleError, ConflictError where somebody answered before, XiansuoError where the wording does not make a sound rule.
    """
    require(viewer)
    with transaction(office.engine) as session:
        found = _open(session, viewer, proposal)
        if found.state is ProposalState.ACCEPTED:
            return _file(office, found)
        text = _book(office, found, wording)
        _refuse_copies(session, found, wording)
        file = _write(office, found, text)
        proposals.answer(session, found.id, ProposalState.ACCEPTED, account=viewer.account, note=wording.sentence)
        _told(session, viewer, "proposal.accept", found)
    return file


def refuse(office: Office, viewer: Viewer, proposal: int, reason: str) -> None:
    """Mark a proposal refused, for a reason; it is not made again. Raises as `accept`."""
    require(viewer)
    if not reason.strip():
        raise XiansuoError("不采用要写一句理由，没有保存。")
    if len(reason) > _LONGEST_NOTE:
        raise XiansuoError(f"理由超过 {_LONGEST_NOTE} 字，没有保存。请删减后再提交。")
    with transaction(office.engine) as session:
        found = _open(session, viewer, proposal)
        if found.state is ProposalState.ACCEPTED:
            raise ConflictError("这条建议已有人采用，您这次的操作没有保存。")
        if found.state is ProposalState.WAITING:
            note = reason.strip()
            proposals.answer(session, found.id, ProposalState.REFUSED, account=viewer.account, note=note)
            _told(session, viewer, "proposal.refuse", found)


def subtypes(category: Category) -> tuple[tuple[str, str], ...]:
    """Return code and name of the sub-types of a category."""
    return tuple((code, name) for code, name in SUBTYPES.items() if code[0] == _LETTERS[category])


_LETTERS = {
    Category.FOUR_WINDS: "A",
    Category.EMBEZZLEMENT: "B",
    Category.VOTE_BUYING: "C",
    Category.BENEFIT_MISUSE: "D",
    Category.RENT_SEEKING: "E",
    Category.BULLYING: "F",
}


def _open(session: Session, viewer: Viewer, proposal: int) -> StoredProposal:
    found = proposals.lock(session, proposal)
    if found is None or not is_shown(session, viewer, found):
        raise NotVisibleError
    return found


def _told(session: Session, viewer: Viewer, action: str, found: StoredProposal) -> None:
    audit.append(session, actor=viewer.login, action=action, object_kind="proposal", object_id=str(found.id))


def _book(office: Office, found: StoredProposal, wording: Wording) -> str:
    """Return the category's rule file with the rule at its end; it loads, and the examples do what they should."""
    if found.state is ProposalState.REFUSED:
        raise ConflictError("这条建议已定为不采用，您这次的操作没有保存。")
    if wording.subtype not in dict(subtypes(found.category)):
        raise XiansuoError("还没有选问题小类，没有保存。")
    name = f"{found.category.value}.yaml"
    text = (office.settings.rules / name).read_text(encoding="utf-8").rstrip("\n")
    text = f"{text}\n\n{_entry(found, wording)}"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_text(text, encoding="utf-8")
        books = changed_books(office.settings.rules, file)
    failures = [one.sentence for one in run_examples(books) if one.rule == _id(found)]
    if failures:
        raise XiansuoError(f"例子不符，没有保存：{failures[0]}")
    return text


def _id(found: StoredProposal) -> str:
    return f"site-{found.id}"


def _entry(found: StoredProposal, wording: Wording) -> str:
    rule = {
        "id": _id(found),
        "sentence": wording.sentence.strip(),
        "subtype": wording.subtype,
        "weight": WEIGHT,
        "source": SOURCE,
        "patterns": [{"any": [found.words]}],
        "match": list(wording.match),
        "reject": list(wording.reject),
    }
    dumped = yaml.safe_dump([rule], allow_unicode=True, sort_keys=False, width=1000)
    return textwrap.indent(dumped, "  ")


def _refuse_copies(session: Session, found: StoredProposal, wording: Wording) -> None:
    """Raise XiansuoError where an example repeats a letter in which the words stand: examples are invented."""
    main = select(Clues.main_letter).where(Clues.id.in_([*found.confirmed, *found.outside]))
    texts = [one.text for one in letters.get(session, session.scalars(main).all())]
    for example in (*wording.match, *wording.reject):
        pieces = {example[start : start + _COPIED] for start in range(len(example) - _COPIED + 1)}
        if any(piece in text for text in texts for piece in pieces):
            raise XiansuoError("例子里有一段和来件相同，没有保存。例子要自己编，不能抄来件。")


def _file(office: Office, found: StoredProposal) -> Path:
    return office.state_dir / FOLDER / str(found.id) / f"{found.category.value}.yaml"


def _write(office: Office, found: StoredProposal, text: str) -> Path:
    file = _file(office, found)
    for folder in (file.parent.parent, file.parent):
        folder.mkdir(mode=0o700, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text(text, encoding="utf-8")
    return file
