"""Letters moved between clues by a person: out into a clue of their own, into another clue, or two clues made one; each with undo."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from xiansuo.domain.people import Power, Viewer
from xiansuo.domain.suggestion import Relation
from xiansuo.errors import ConflictError, NotVisibleError, RefusedError, XiansuoError
from xiansuo.services.link import relation_to
from xiansuo.services.office import Office
from xiansuo.services.rank import contents_of, rank_clues
from xiansuo.services.screening import screen_waiting
from xiansuo.storage.repositories import audit, clues, relinks, sight
from xiansuo.storage.repositories.clues import ClueLetter, StoredClue
from xiansuo.storage.repositories.relinks import Change, NewChange
from xiansuo.storage.session import reading, transaction
from xiansuo.storage.tables.base import Json
from xiansuo.triage.rank import Ranking


@dataclass(frozen=True, slots=True)
class Asked:
    """An act as the browser asks for it: the key that makes it happen once, the clue, and the version of it that was on screen."""

    request: str
    number: str
    version: int


@dataclass(frozen=True, slots=True)
class Moved:
    """What an act came to: the clue the letters lie in now."""

    number: str
    letters: int


@dataclass(frozen=True, slots=True)
class Past:
    """A move between two clues that the person may see, as the page of either tells it."""

    request: str
    letter: str = field(repr=False)
    from_number: str
    to_number: str
    by: str = field(repr=False)
    at: datetime
    undone: bool


def move(office: Office, viewer: Viewer, asked: Asked, letter: str, *, to: str = "") -> Moved:
    """Move one letter of a clue into the clue `to`, or into a new clue of its own.

    Raises NotVisibleError, RefusedError, ConflictError where the clue is no longer as seen, XiansuoError where `to` does not fit.
    """
    return _act(office, viewer, asked, to, letter)


def merge(office: Office, viewer: Viewer, asked: Asked, *, to: str) -> Moved:
    """Move all letters of a clue into the clue `to`; the emptied clue stays on record. Raises as `move`."""
    if not to.strip():
        raise XiansuoError("没有填并入哪一条线索。请填写线索编号。")
    return _act(office, viewer, asked, to, "")


def _act(office: Office, viewer: Viewer, asked: Asked, to: str, letter: str) -> Moved:
    ranking = Ranking.load(office.settings.rules / "ranking.yaml")
    with transaction(office.engine) as session:
        clue = _visible(session, viewer, asked.number)
        if done := _already(session, viewer, asked.request):
            return done
        target = _target(session, viewer, clue, to)
        relinks.lock(session, [clue.id, *([target.id] if target else [])])
        if done := _already(session, viewer, asked.request):
            return done
        if clues.get(session, [clue.id])[clue.id].version != asked.version:
            raise ConflictError(f"线索 {clue.number} 在您打开之后有了变化，来件没有移动。请看过变化再操作。")
        moving = _moving(session, clue, letter, alone=target is None)
        number = _carry_out(session, viewer, asked, _Move(clue, target, moving), ranking)
    screen_waiting(office)
    return Moved(number, len(moving))


def undo(office: Office, viewer: Viewer, number: str, request: str) -> Moved:
    """Take back the moves of one act; both clues stand as before. Raises NotVisibleError, and ConflictError where later acts build on it."""
    ranking = Ranking.load(office.settings.rules / "ranking.yaml")
    with transaction(office.engine) as session:
        clue = _visible(session, viewer, number)
        changes = relinks.by_request(session, request)
        if not changes or clue.id not in {changes[0].from_clue, changes[0].to_clue}:
            raise NotVisibleError
        both = {changes[0].from_clue, changes[0].to_clue}
        seen = sight.seen(session, viewer, both, Power.RELINK)
        if set(seen) != both:
            raise NotVisibleError
        relinks.lock(session, both)
        changes = relinks.by_request(session, request)
        if changes[0].undone is None:
            _take_back(session, viewer, changes, ranking)
    screen_waiting(office)
    return Moved(seen[changes[0].from_clue], len(changes))


def history(office: Office, viewer: Viewer, number: str) -> tuple[Past, ...]:
    """Return the latest moves into and out of a clue, newest first. Raises NotVisibleError."""
    with reading(office.engine) as session:
        clue = sight.clue(session, viewer, number)
        if clue is None:
            raise NotVisibleError
        return past(session, viewer, clue.id)


def past(session: Session, viewer: Viewer, clue_id: int) -> tuple[Past, ...]:
    """Do the same for a clue the person may see. A move from or to one the person may not meet would tell that it is there."""
    changes = relinks.of_clue(session, clue_id)
    seen = sight.seen(session, viewer, {id_ for one in changes for id_ in (one.from_clue, one.to_clue)})
    return tuple(
        Past(
            one.request,
            one.letter,
            seen[one.from_clue],
            seen[one.to_clue],
            one.by,
            one.created,
            one.undone is not None,
        )
        for one in changes
        if {one.from_clue, one.to_clue} <= seen.keys()
    )


@dataclass(frozen=True, slots=True)
class _Move:
    clue: StoredClue
    target: StoredClue | None
    moving: Sequence[ClueLetter]


def _visible(session: Session, viewer: Viewer, number: str) -> StoredClue:
    if not viewer.may(Power.RELINK):
        raise RefusedError("您的岗位不能移动来件。")
    clue = sight.clue(session, viewer, number, Power.RELINK)
    if clue is None:
        raise NotVisibleError
    return clue


def _already(session: Session, viewer: Viewer, request: str) -> Moved | None:
    changes = relinks.by_request(session, request)
    if not changes:
        return None
    if changes[0].account != viewer.account:
        raise ConflictError("这个请求已经用过，没有执行。请刷新页面后重新操作。")
    return Moved(clues.get(session, [changes[0].to_clue])[changes[0].to_clue].number, len(changes))


def _target(session: Session, viewer: Viewer, clue: StoredClue, to: str) -> StoredClue | None:
    number = to.strip().upper()
    if not number:
        return None
    target = sight.clue(session, viewer, number, Power.RELINK)
    # One sentence for a clue that is not there and one that must seem so.
    if target is None:
        raise XiansuoError("没有找到要移入的线索，或者不在您的授权范围内。请核对编号。")
    if target.id == clue.id:
        raise XiansuoError("来件已经在这条线索里，没有移动。")
    return target


def _moving(session: Session, clue: StoredClue, letter: str, *, alone: bool) -> list[ClueLetter]:
    placed = clues.letters_of(session, [clue.id]).get(clue.id, [])
    if letter:
        chosen = sight.letter_in(session, clue.id, letter)
        moving = [one for one in placed if one.letter_id == chosen]
    else:
        moving = placed
    if not moving:
        raise NotVisibleError
    if alone and (len(placed) == 1 or not moving[0].main):
        raise XiansuoError("这件来信已经有自己的线索，不用再分出去。")
    return moving


def _carry_out(session: Session, viewer: Viewer, asked: Asked, act: _Move, ranking: Ranking) -> str:
    before = relinks.standing(session, act.clue.id)
    for place in act.moving:
        relinks.detach(session, place)
    target = act.target.id if act.target else _opened(session, act.moving[0], ranking)
    there = relinks.standing(session, target) if act.target else None
    held = {one.letter_id: one for one in clues.letters_of(session, [target]).get(target, [])}
    changes = []
    for place in act.moving:
        other = held.get(place.letter_id) if act.target else None
        if act.target:
            _place(session, place, target, other)
        kept = {"place": _to_json(place), "there": _to_json(other) if other else None, "from": before, "to": there}
        changes.append(NewChange(viewer.account, place.letter_id, act.clue.id, target, asked.request, kept))
    relinks.add(session, changes)
    _settle(session, [act.clue.id, target])
    number = _ranked(session, [act.clue.id, target], ranking)[target]
    for clue in (act.clue.number, number):
        audit.append(session, actor=viewer.login, action="clue.move_letters", object_kind="clue", object_id=clue)
    return number


def _opened(session: Session, place: ClueLetter, ranking: Ranking) -> int:
    content = contents_of(session, {0: [(place.letter_id, Relation.ORIGINAL)]}, ranking=ranking)[0]
    return clues.create(session, place.letter_id, content)


def _place(session: Session, place: ClueLetter, target: int, held: ClueLetter | None) -> None:
    """Put a letter into its new clue; where it only touched that clue before, it belongs to it now."""
    if held is not None:
        relinks.detach(session, held)
    others = [one.letter_id for one in clues.letters_of(session, [target]).get(target, [])]
    relation, adds = relation_to(session, place.letter_id, others)
    main = place.main or (held is not None and held.main)
    clues.attach(session, ClueLetter(target, place.letter_id, relation, adds, main))


def _take_back(session: Session, viewer: Viewer, changes: Sequence[Change], ranking: Ranking) -> None:
    first = changes[0]
    lie = {one.letter_id for one in clues.letters_of(session, [first.to_clue]).get(first.to_clue, [])}
    if relinks.later(session, changes) or not {one.letter_id for one in changes} <= lie:
        raise ConflictError("这次移动之后来件又有变动，不能直接撤销。请手工移回。")
    kept = {clue: relinks.standing(session, clue)["state"] for clue in (first.from_clue, first.to_clue)}
    for one in changes:
        place = _from_json(one.before["place"], one.from_clue, one.letter_id)
        relinks.detach(session, ClueLetter(one.to_clue, one.letter_id, Relation.ORIGINAL))
        if one.before["there"]:
            clues.attach(session, _from_json(one.before["there"], one.to_clue, one.letter_id))
        clues.attach(session, place)
    both = [first.from_clue, first.to_clue]
    _settle(session, both)
    _put_back(session, first, kept)
    numbers = _ranked(session, both, ranking)
    relinks.mark_undone(session, first.request)
    for clue in numbers.values():
        audit.append(session, actor=viewer.login, action="clue.undo_move", object_kind="clue", object_id=clue)


def _put_back(session: Session, first: Change, states: dict[int, str]) -> None:
    """Restore what people had found, unless somebody decided in the meantime."""
    for clue, before in ((first.from_clue, first.before["from"]), (first.to_clue, first.before["to"])):
        if before and states[clue] in {"open", "merged"}:
            relinks.restore(session, clue, before)


def _settle(session: Session, clue_ids: Sequence[int]) -> None:
    for clue in clue_ids:
        relinks.settle(session, clue)


def _ranked(session: Session, clue_ids: Sequence[int], ranking: Ranking) -> dict[int, str]:
    """Rank clues anew and return their numbers."""
    rank_clues(session, clue_ids, least=1, ranking=ranking)
    session.expire_all()
    return {id_: clue.number for id_, clue in clues.get(session, clue_ids).items()}


def _to_json(place: ClueLetter) -> Json:
    return [place.relation.value, list(place.adds), place.main]


def _from_json(stored: Json, clue: int, letter: int) -> ClueLetter:
    relation, adds, main = stored
    return ClueLetter(clue, letter, Relation(relation), tuple(adds), main)
