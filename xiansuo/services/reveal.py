"""The vault window (身份查看): one person asks with a reason, another grants for a while, and every look is on the audit trail."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

from sqlalchemy.orm import Session

from xiansuo.domain.audit import Result
from xiansuo.domain.letter import Item, Unreadable
from xiansuo.domain.people import Power, Viewer
from xiansuo.domain.reveal import LEAST_REASON, MINUTES, Reveal, RevealState, Secret
from xiansuo.errors import ConflictError, NotVisibleError, RefusedError, UsageError
from xiansuo.intake.reading import read_apart
from xiansuo.services.office import Office
from xiansuo.services.vault_window import Opened, Window, window
from xiansuo.storage.repositories import audit, letters, reveals
from xiansuo.storage.repositories.letters import StoredLetter
from xiansuo.storage.repositories.reveals import NewReveal
from xiansuo.storage.repositories.visibility import visible
from xiansuo.storage.session import now, reading, transaction

_LIST = 100
_LONGEST = 500
_ERASED = "这件来件的身份和原件已依规销毁，没有可以查看的。"
_OVER = "查看时间已过，或还没有批准。需要再看请重新申请。"


@dataclass(frozen=True, slots=True)
class Ask:
    """What a person asks for; `request` is the key of the form."""

    clue: str
    letter: str
    what: Secret
    reason: str = field(repr=False)
    request: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the second person says: granted for so many minutes, or refused with a reason."""

    granted: bool
    minutes: int = MINUTES[0]
    reason: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Board:
    """The requests that concern a person: the own ones, those that wait for an answer, and, for the head, all answered ones."""

    mine: list[Reveal]
    waiting: list[Reveal]
    history: list[Reveal]


def can_ask(office: Office, viewer: Viewer, clue: str, letter: str) -> None:
    """Raise NotVisibleError where the person may not ask about the letter of the clue."""
    with reading(office.engine) as session:
        if reveals.place(session, clue, letter, visible(viewer, Power.REQUEST_REVEAL)) is None:
            raise NotVisibleError


def ask(office: Office, viewer: Viewer, wanted: Ask) -> int:
    """Ask to see a letter's identity or original and return the request's number.

    Asking twice asks once. Raises NotVisibleError, and UsageError where the reason says nothing.
    """
    reason = wanted.reason.strip()
    if len("".join(reason.split())) < LEAST_REASON:
        raise UsageError(f"请写明查看理由，不少于 {LEAST_REASON} 个字：要核实什么，为什么非看不可。")
    if len(reason) > _LONGEST:
        raise UsageError(f"查看理由请写在 {_LONGEST} 字以内。")
    with transaction(office.engine) as session:
        place = reveals.place(session, wanted.clue, wanted.letter, visible(viewer, Power.REQUEST_REVEAL))
        if place is not None:
            return _ask_once(session, viewer, wanted, place, reason)
    _refuse(office, viewer, "reveal.request")
    raise NotVisibleError


def _ask_once(session: Session, viewer: Viewer, wanted: Ask, place: tuple[int, int], reason: str) -> int:
    clue_id, letter_id = place
    new = NewReveal(viewer.account, letter_id, clue_id, wanted.request, wanted.what, reason, now())
    if known := reveals.waiting_like(session, new):
        return known
    id_ = reveals.add(session, new)
    _note(session, viewer, "reveal.request", id_)
    return id_


def board(office: Office, viewer: Viewer) -> Board:
    """Return the requests that concern a person."""
    with reading(office.engine) as session:
        mine = reveals.of(session, viewer.account, visible(viewer, Power.REQUEST_REVEAL), limit=_LIST)
        over = visible(viewer, Power.APPROVE_REVEAL)
        waiting = reveals.waiting_for(session, viewer.account, over, limit=_LIST)
        answered = reveals.history(session, over, limit=_LIST) if viewer.may(Power.APPROVE_REVEAL) else []
    return Board(mine, waiting, answered)


def waiting(office: Office, viewer: Viewer) -> int:
    """Return how many requests wait for the person's answer."""
    with reading(office.engine) as session:
        return reveals.count_waiting(session, viewer.account, visible(viewer, Power.APPROVE_REVEAL))


def get(office: Office, viewer: Viewer, id_: int) -> Reveal:
    """Return a request of the person, or one the person may answer. Raises NotVisibleError."""
    with reading(office.engine) as session:
        return _get(session, viewer, id_)


def answer(office: Office, viewer: Viewer, id_: int, said: Answer) -> None:
    """Grant or refuse another person's request; giving the same answer twice gives it once.

    Raises NotVisibleError, RefusedError for the own request, ConflictError where somebody answered otherwise, UsageError.
    """
    if said.granted and said.minutes not in MINUTES:
        raise UsageError(f"查看时限只能是 {'、'.join(map(str, MINUTES))} 分钟。")
    if not said.granted and not said.reason.strip():
        raise UsageError("不批准时请写明理由，申请人能看到。")
    try:
        with transaction(office.engine) as session:
            _answer(session, viewer, _answerable(session, viewer, id_), said)
    except (NotVisibleError, RefusedError):
        _refuse(office, viewer, "reveal.answer", id_)
        raise


def _answerable(session: Session, viewer: Viewer, id_: int) -> Reveal:
    found = reveals.get(session, id_, visible(viewer, Power.APPROVE_REVEAL))
    if found is None:
        raise NotVisibleError
    if found.account == viewer.account:
        raise RefusedError("不能批准自己的申请，须由另一位有权限的人员批准。")
    return found


def _answer(session: Session, viewer: Viewer, found: Reveal, said: Answer) -> None:
    at = now()
    expires = at + timedelta(minutes=said.minutes) if said.granted else None
    reason = said.reason.strip()[:_LONGEST]
    if reveals.answer(
        session, found.id, by=viewer.account, at=at, granted=said.granted, expires=expires, reason=reason
    ):
        _note(session, viewer, "reveal.grant" if said.granted else "reveal.refuse", found.id)
        return
    before = _get(session, viewer, found.id)
    if (before.answered_by, before.granted) != (viewer.account, said.granted):
        raise ConflictError(f"第 {found.id} 号申请已由{before.answerer}答复，这次没有改动。请刷新后查看。")


def close(office: Office, viewer: Viewer, id_: int) -> None:
    """End a window before its time: by the person who looks, or by one who may answer. Raises NotVisibleError."""
    with transaction(office.engine) as session:
        found = _get(session, viewer, id_)
        if reveals.close(session, found.id, at=now()):
            _note(session, viewer, "reveal.close", found.id)


def is_open(office: Office, viewer: Viewer, id_: int) -> Reveal:
    """Return the person's own request while its window is open. Raises NotVisibleError, RefusedError once it ended."""
    with reading(office.engine) as session:
        found = _own(session, viewer, id_)
    if found.state(now()) is not RevealState.OPEN:
        raise RefusedError(_OVER)
    return found


def look(office: Office, viewer: Viewer, id_: int) -> Window:
    """Look through an open window. The look is counted and on the audit trail before anything is taken out of the vault.

    Raises NotVisibleError, RefusedError once the time is over.
    """
    try:
        found = _count_look(office, viewer, id_)
    except (NotVisibleError, RefusedError):
        _refuse(office, viewer, "reveal.view", id_)
        raise
    with reading(office.engine) as session:
        opened = _open(office, session, found.letter_id)
    return window(found, opened)


def _count_look(office: Office, viewer: Viewer, id_: int) -> Reveal:
    with transaction(office.engine) as session:
        found = _own(session, viewer, id_)
        if not reveals.count_view(session, id_, account=viewer.account, at=now()):
            raise RefusedError(_OVER)
        _note(session, viewer, f"{found.what.value}.view", found.id)
    return replace(found, views=found.views + 1)


def _open(office: Office, session: Session, letter_id: int) -> Opened:
    (stored,) = letters.get(session, [letter_id])
    try:
        original = office.vault.read_original(session, letter_id)
    except LookupError:
        return _without_original(office, session, stored)
    item = Item("", original.locator, original.data, original.media_type, stored.channel, stored.received)
    clear = read_apart(item, limits=office.limits)
    masks = office.vault.read_mask(session, letter_id)
    identities = office.vault.read_identities(session, letter_id)
    return Opened(stored, None if isinstance(clear, Unreadable) else clear, identities, masks.subject, masks.text)


def _without_original(office: Office, session: Session, stored: StoredLetter) -> Opened:
    """Return what is left of a letter whose original was erased. Raises RefusedError where the identities went with it."""
    try:
        masks = office.vault.read_mask(session, stored.id)
        return Opened(stored, None, office.vault.read_identities(session, stored.id), masks.subject, masks.text)
    except LookupError:
        raise RefusedError(_ERASED) from None


def _own(session: Session, viewer: Viewer, id_: int) -> Reveal:
    found = reveals.get(session, id_, visible(viewer, Power.REQUEST_REVEAL))
    if found is None or found.account != viewer.account:
        raise NotVisibleError
    return found


def _get(session: Session, viewer: Viewer, id_: int) -> Reveal:
    own = reveals.get(session, id_, visible(viewer, Power.REQUEST_REVEAL))
    if own is not None and own.account == viewer.account:
        return own
    over = reveals.get(session, id_, visible(viewer, Power.APPROVE_REVEAL))
    if over is None:
        raise NotVisibleError
    return over


def _note(session: Session, viewer: Viewer, action: str, id_: int) -> None:
    audit.append(session, actor=viewer.login, action=action, object_kind="reveal", object_id=str(id_))


def _refuse(office: Office, viewer: Viewer, action: str, id_: int | None = None) -> None:
    with transaction(office.engine) as session:
        audit.append(
            session,
            actor=viewer.login,
            action=action,
            object_kind="reveal" if id_ else "",
            object_id=str(id_ or ""),
            result=Result.REFUSED,
        )
