"""Offers decisions that look unlike the others for a second look. Nobody is named, nothing is counted per person, only a person changes anything."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from xiansuo.classifiers.adapt import Decided, Seen, SiteLetter, verdicts
from xiansuo.classifiers.labels import LABELS
from xiansuo.domain.category import Category
from xiansuo.domain.decision import ClueState, Finding
from xiansuo.domain.gold import Care, Gold
from xiansuo.domain.people import Power, Viewer
from xiansuo.errors import ConflictError, NotVisibleError, RefusedError, XiansuoError
from xiansuo.evaluation.doubts import FEWEST, FOLDS, Doubt, doubts
from xiansuo.services.acquaint import acquaintance, site_letters
from xiansuo.services.analysis import Analyser
from xiansuo.services.gold import teachable
from xiansuo.services.office import Office
from xiansuo.storage.repositories import audit
from xiansuo.storage.repositories import second_looks as looks
from xiansuo.storage.repositories.second_looks import Look, LookState, NewLook
from xiansuo.storage.repositories.visibility import met, visible
from xiansuo.storage.session import reading, transaction

MOST_WAITING = 20
"""More second looks than this at once are a burden that nobody takes up."""
_SHOWN = 50
_LONGEST_NOTE = 2000
_ENOUGH = 3


@dataclass(frozen=True, slots=True)
class SecondLook:
    """A decision to look at again: what was found, and what speaks against it in one sentence. Who decided is not in it."""

    id: int
    number: str
    unit: str = field(repr=False)
    finding: Finding
    sentence: str
    closed: bool
    offered: datetime


def look_for_doubts(office: Office, analyser: Analyser, *, tell: Callable[[str], None]) -> int:
    """Compare every decision with what learners that never saw it would say, and offer the most doubtful; return how many are new.

    Clues of the random sample are never offered: looking again only where the model disagrees would bend the figures towards the model.
    Nor are clues that were offered before, or that the lead decided with reasons.
    """
    with transaction(office.engine) as session:
        looks.answer_redecided(session)
        room = MOST_WAITING - looks.waiting_count(session)
        offered = looks.clues_offered(session)
        decided = teachable(session)
    if room <= 0 or len(decided) < FEWEST:
        return 0
    known = acquaintance(office, analyser, tell=tell)
    rows = _taught(office, analyser, decided)
    seen = known.adapted.see([one.letter for _, one in rows])
    found = _doubts(seen, rows)
    gold = [one for one, _ in rows]
    new = [
        _new(one, gold)
        for one in found
        if gold[one.row].clue not in offered and gold[one.row].care is not Care.ADJUDICATED
    ]
    with transaction(office.engine) as session:
        return looks.add(session, new[:room], found_by=known.id)


def waiting(office: Office, viewer: Viewer) -> list[SecondLook]:
    """Return the second looks that a person may answer, the most doubtful first. Raises RefusedError."""
    if not viewer.may(Power.ADJUDICATE):
        raise RefusedError("您的岗位没有裁定的权限。")
    with reading(office.engine) as session:
        where = visible(viewer, Power.ADJUDICATE)
        found = looks.waiting(session, where, limit=_SHOWN)
        near = met(session, viewer, Power.ADJUDICATE, {clue for look in found for clue, _ in look.near})
        return [_shown(look, near) for look in found]


def keep(office: Office, viewer: Viewer, look_id: int, note: str) -> str:
    """Keep a decision after a second look; return the number of its clue. Doing it again changes nothing.

    Raises NotVisibleError, ConflictError where somebody has answered or decided meanwhile, XiansuoError without a reason.
    """
    reason = note.strip()
    if not reason:
        raise XiansuoError("维持原认定要写一句理由，没有保存。")
    if len(reason) > _LONGEST_NOTE:
        raise XiansuoError(f"理由超过 {_LONGEST_NOTE} 字，没有保存。请删减后再提交。")
    with transaction(office.engine) as session:
        look = looks.lock(session, look_id, visible(viewer, Power.ADJUDICATE))
        if look is None:
            raise NotVisibleError
        if look.state is LookState.KEPT and look.account == viewer.account:
            return look.number
        if not looks.stands(session, look):
            raise ConflictError(f"线索 {look.number} 已有人复看过或重新认定，您这次的操作没有保存。")
        looks.keep(session, look.id, account=viewer.account, note=reason)
        audit.append(session, actor=viewer.login, action="second_look.keep", object_kind="clue", object_id=look.number)
        return look.number


def _taught(office: Office, analyser: Analyser, decided: Sequence[Gold]) -> list[tuple[Gold, Decided]]:
    """Return gold with its letters as a model learns from them, in the order of letters."""
    letters = site_letters(office, analyser.books, {one.letter: one.clue for one in decided})
    by_clue = {one.clue: one for one in decided}
    return [(by_clue[int(letter.matter)], _decided(letter, by_clue[int(letter.matter)])) for letter in letters]


def _decided(letter: SiteLetter, gold: Gold) -> Decided:
    return Decided(letter, gold.in_scope, gold.categories, weight=gold.care.weight)


def _doubts(seen: Seen, rows: Sequence[tuple[Gold, Decided]]) -> list[Doubt]:
    said, _ = verdicts([one for _, one in rows])
    weights = np.array([one.weight for _, one in rows])
    # By clue, so that a decision is held out together with nothing but itself, and in the same part every night.
    folds = np.array([one.clue % FOLDS for one, _ in rows])
    return doubts(seen, said, weights, folds)


def _new(one: Doubt, gold: Sequence[Gold]) -> NewLook:
    near = tuple((gold[row].clue, unlike) for row, unlike in zip(one.near, one.unlike, strict=True))
    return NewLook(gold[one.row].decision, gold[one.row].clue, one.doubt, LABELS[one.label], near)


def _shown(look: Look, known: frozenset[int]) -> SecondLook:
    # Only clues that the person may meet are counted in a sentence for the person.
    near = [unlike for clue, unlike in look.near if clue in known]
    sentence = _sentence(look.label, look.finding, len(near), sum(near))
    closed = look.clue_state is ClueState.CLOSED
    return SecondLook(look.id, look.number, look.unit, look.finding, sentence, closed, look.created)


def _sentence(label: str, finding: Finding, near: int, unlike: int) -> str:
    """Say what speaks against a finding. `unlike` of the `near` clues written most alike were decided the other way."""
    said = bool(finding.labels) if label == LABELS[0] else Category(label) in finding.labels
    if label == LABELS[0]:
        other = "不含问题" if said else "含问题"
    else:
        name = Category(label).chinese
        other = f"不属{name}" if said else name
    if unlike < max(_ENOUGH, near / 2):
        return f"照其余认定推算，这一条更像“{other}”。"
    return f"写法最相近的 {near} 条线索中，有 {unlike} 条认定为“{other}”，与这一条不同。"
