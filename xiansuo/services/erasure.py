"""Erases what one person proposed and another confirmed (销毁): in batches that a killed run leaves whole, to the last trace, with a certificate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from xiansuo.domain.audit import Result
from xiansuo.domain.keys import Purpose
from xiansuo.domain.people import Power, Viewer
from xiansuo.domain.times import CHINA
from xiansuo.errors import ConflictError, NotVisibleError, RefusedError, StorageError, UsageError
from xiansuo.services import erasure_record
from xiansuo.services.obstacles import obstacles
from xiansuo.services.office import Office
from xiansuo.services.retention import Due, items_of, plan, required, sees_all
from xiansuo.storage.repositories import audit, erasing, erasures, links, numbers, retention, search
from xiansuo.storage.repositories.erasures import Erasure, Listed, NewErasure, State
from xiansuo.storage.repositories.retention import Item, Kept, Kind
from xiansuo.storage.repositories.seen import Outcome
from xiansuo.storage.session import now, reading, rewrite, transaction

BATCH = 50
_SERIES = "retention"
_OUTCOMES = {Kind.QUARANTINE: Outcome.QUARANTINED, Kind.RECEIPT: Outcome.SEALED}
_NOT_EMPTIED = (
    "内容已全部销毁，但数据库还有别的进程在读，旧页面没有清干净，证明还没有出具。请稍后再执行一次，会接着做完。"
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A proposal or certificate with its counts: of what it names, what was erased by kind, and what stayed by reason."""

    erasure: Erasure
    named: Mapping[Kind, int]
    erased: Mapping[Kind, int]
    kept: Mapping[Kept, int]


def propose(office: Office, viewer: Viewer, day: date, reason: str, *, request: str) -> int:
    """Propose to erase all that the person's plan lets go on `day`, which must not lie ahead, and return the proposal's number.

    The same act twice proposes once. Raises NotVisibleError, UsageError where there is nothing or no reason.
    """
    said = required(reason)
    if not viewer.may(Power.HAND_OVER):
        raise NotVisibleError
    if day > viewer.today:
        raise UsageError("只能对已经到期的提出销毁；以后到期的可以用 --on 查看，不能预先提出。")
    found = plan(office, viewer, day)
    with transaction(office.engine) as session:
        numbers.take_turn(session, _SERIES)
        if known := erasures.by_request(session, request, viewer.login):
            return known
        free = _free(session, found.going)
        if not free:
            raise UsageError("现在没有到期可以销毁的内容，没有提出清单。")
        rules = {one.rule.id: one.rule.as_json() for one in free}
        new = NewErasure(request, day, list(rules.values()), said, viewer.login, tuple(_listed(office, session, free)))
        id_ = erasures.add(session, new)
        _note(session, viewer, "retention.propose", id_)
    return id_


def look(office: Office, viewer: Viewer, id_: int) -> Shown:
    """Return a proposal or certificate. Raises NotVisibleError where the person may not meet all it is about."""
    with reading(office.engine) as session:
        return _shown(session, _get(session, viewer, id_))


def listed(office: Office, viewer: Viewer) -> list[Shown]:
    """Return the proposals and certificates that the person may see, newest first."""
    with reading(office.engine) as session:
        return [_shown(session, one) for one in erasures.listed(session) if _may_see(session, viewer, one)]


def waiting(office: Office, viewer: Viewer) -> int:
    """Return how many proposals of others wait for the person's word."""
    if not viewer.may(Power.DISPOSE):
        return 0
    return sum(_waits_for(one.erasure, viewer) for one in listed(office, viewer))


def withdraw(office: Office, viewer: Viewer, id_: int, reason: str) -> None:
    """Take a proposal back, or refuse it: nothing goes. Raises NotVisibleError, ConflictError where it was confirmed."""
    said = required(reason)
    with transaction(office.engine) as session:
        found = _get(session, viewer, id_)
        if viewer.login != found.proposed_by and not viewer.may(Power.DISPOSE):
            raise NotVisibleError
        if erasures.answer(session, id_, State.WITHDRAWN, by=viewer.login, said=said):
            _note(session, viewer, "retention.withdraw", id_)
        elif found.state is not State.WITHDRAWN:
            raise ConflictError(f"第 {id_} 号清单{found.state.chinese}，不能再撤回。")


def confirm(office: Office, viewer: Viewer, id_: int) -> Erasure:
    """Confirm another person's proposal, which is then to be carried out; confirming twice confirms once.

    Raises NotVisibleError, RefusedError for the own proposal, ConflictError where it was withdrawn.
    """
    try:
        with transaction(office.engine) as session:
            return _confirm(session, viewer, id_)
    except (NotVisibleError, RefusedError):
        with transaction(office.engine) as session:
            _note(session, viewer, "retention.confirm", id_, Result.REFUSED)
        raise


def carry_out(office: Office, id_: int) -> Erasure:
    """Erase what a confirmed proposal names, batch by batch, and issue the certificate. A killed run is gone on with by calling it again.

    What came to be held since the proposal stays, and the certificate says why. Raises RefusedError for what nobody confirmed.
    """
    with reading(office.engine) as session:
        found = erasures.get(session, id_)
    if found is None or found.state not in {State.CONFIRMED, State.DONE}:
        raise RefusedError("还没有另一人确认，一件也没有销毁。")
    if found.state is State.CONFIRMED:
        while _batch(office, found):
            pass
        _finish(office, found)
    erasure_record.keep(office)
    with reading(office.engine) as session:
        return erasures.get(session, id_) or found


def unfinished(office: Office) -> list[int]:
    """Return the proposals that were confirmed and not carried out to the end."""
    with reading(office.engine) as session:
        return [one.id for one in erasures.listed(session, [State.CONFIRMED])]


def erase(office: Office, session: Session, kind: Kind, refs: Sequence[int], notice: str) -> None:
    """Erase things of one kind, to be forgotten when the transaction ends."""
    if kind is Kind.QUARANTINE:
        office.vault.delete_quarantine(session, refs)
        erasing.erase_files(session, refs, notice)
    elif kind is Kind.RECEIPT:
        erasing.erase_receipts(session, refs)
    else:
        office.vault.delete(session, refs, only_original=kind is Kind.ORIGINAL)
    if kind is Kind.LETTER:
        erasing.erase_letters(session, refs, notice)
        erasing.erase_clues(session, erasing.emptied(session, refs), notice)


def clean(office: Office) -> None:
    """Leave no trace in what lies below the tables: the search index, free pages, the write-ahead log. Raises StorageError to be tried again."""
    with transaction(office.engine) as session:
        search.compact(session)
    if not rewrite(office.engine):
        raise StorageError(_NOT_EMPTIED)


def notice_of(number: str, day: date) -> str:
    """Return what stands in the place of what was erased."""
    return f"内容已于 {day} 依规销毁，销毁证明 {number}。"


def _confirm(session: Session, viewer: Viewer, id_: int) -> Erasure:
    if not viewer.may(Power.DISPOSE):
        raise NotVisibleError
    found = _get(session, viewer, id_, Power.DISPOSE)
    if viewer.login == found.proposed_by:
        raise RefusedError("不能确认自己提出的清单，须由另一位有权限的人员确认。")
    if erasures.answer(session, id_, State.CONFIRMED, by=viewer.login):
        _note(session, viewer, "retention.confirm", id_)
    elif found.state is State.WITHDRAWN:
        raise ConflictError(f"第 {id_} 号清单已经撤回，没有执行。")
    return erasures.get(session, id_) or found


def _batch(office: Office, found: Erasure) -> bool:
    """Settle some things in one transaction; tell whether there were any."""
    with transaction(office.engine) as session:
        numbers.take_turn(session, _SERIES)
        links.take_turn(session)
        listed_ = erasures.waiting(session, found.id, limit=BATCH)
        items = items_of(session, [(one.kind, one.ref) for one in listed_])
        # Whoever reopens a clue or takes one up waits until this ends, or came first and is obeyed.
        retention.lock_clues(session, {clue for item in items for clue in item.clues | item.near})
        items = items_of(session, [(one.kind, one.ref) for one in listed_])
        blocked = obstacles(office, session, found.day, items)
        there = {item.key for item in items}
        for one in listed_:
            reasons = blocked.get((one.kind, one.ref), ())
            if reasons or (one.kind, one.ref) not in there:
                erasures.settle(session, found.id, [one], reasons[0] if reasons else Kept.GONE)
        going = [one for one in listed_ if (one.kind, one.ref) in there and (one.kind, one.ref) not in blocked]
        for kind in Kind:
            refs = [one.ref for one in going if one.kind is kind]
            if refs:
                erase(office, session, kind, refs, _notice(found))
        erasures.settle(session, found.id, going)
    return bool(listed_)


def _finish(office: Office, found: Erasure) -> None:
    from xiansuo.services.made_from import remove_made, touched_by  # noqa: PLC0415 - brings models, which no page needs

    with reading(office.engine) as session:
        settled = erasures.items(session, found.id)
        made = touched_by(office, session, [one.ref for one in settled if one.kind is Kind.LETTER and one.done])
    remove_made(office, made)
    copies = erasure_record.upgrade_copies(office)
    for file in copies:
        file.unlink(missing_ok=True)
    clean(office)
    at = now()
    removed = replace(made, copies=tuple(file.name for file in copies))
    told = erasure_record.certificate(office, found, settled, removed, at)
    digest = erasure_record.digest_of(told)
    with transaction(office.engine) as session:
        current = erasures.get(session, found.id, lock=True)
        if current is None or current.state is not State.CONFIRMED:
            return
        erasures.finish(session, found.id, told, digest, at)
        named = f"{found.number} {digest.hex()}"
        audit.append(
            session, actor=found.answered_by, action="retention.erased", object_kind="certificate", object_id=named
        )


def _notice(found: Erasure) -> str:
    return notice_of(found.number, (found.answered or now()).astimezone(CHINA).date())


def _free(session: Session, going: Sequence[Due]) -> list[Due]:
    taken = erasures.in_hand(session)
    return [one for one in going if one.item.key not in taken]


def _listed(office: Office, session: Session, going: Sequence[Due]) -> list[Listed]:
    keys = {
        kind: erasures.keys_of(session, outcome.value, [one.item.ref for one in going if one.item.kind is kind])
        for kind, outcome in ((kind, _OUTCOMES.get(kind, Outcome.STORED)) for kind in Kind)
    }
    return [
        Listed(item.kind, item.ref, one.rule.id, keys[item.kind].get(item.ref) or _digest(office, item))
        for one in going
        for item in [one.item]
    ]


def _digest(office: Office, item: Item) -> bytes:
    # A letter of an earlier program may have come in without one.
    return office.keyring.digest(Purpose.SEEN, f"\0{item.kind} {item.number}".encode())


def _get(session: Session, viewer: Viewer, id_: int, power: Power | None = None) -> Erasure:
    found = erasures.get(session, id_)
    if found is None or not _may_see(session, viewer, found, power):
        raise NotVisibleError
    return found


def _may_see(session: Session, viewer: Viewer, found: Erasure, power: Power | None = None) -> bool:
    chosen = power or next((one for one in (Power.HAND_OVER, Power.DISPOSE) if viewer.may(one)), None)
    if chosen is None:
        return False
    named = [(one.kind, one.ref) for one in erasures.items(session, found.id)]
    letters = [one for one in named if one[0].of_letter]
    # Receipts and files have no clue, and are there no more once they are erased.
    others = [Item(kind, ref, "", found.day) for kind, ref in named if not kind.of_letter]
    return sees_all(session, viewer, chosen, [*items_of(session, letters), *others])


def _waits_for(found: Erasure, viewer: Viewer) -> bool:
    return found.state is State.PROPOSED and found.proposed_by != viewer.login


def _shown(session: Session, found: Erasure) -> Shown:
    settled = erasures.items(session, found.id)
    erased, kept = erasures.counts(settled)
    named = {kind: sum(one.kind is kind for one in settled) for kind in Kind}
    return Shown(found, {kind: count for kind, count in named.items() if count}, erased, kept)


def _note(session: Session, viewer: Viewer, action: str, id_: int, result: Result = Result.DONE) -> None:
    audit.append(session, actor=viewer.login, action=action, object_kind="erasure", object_id=str(id_), result=result)
