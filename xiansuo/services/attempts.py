"""Decides when a source is tried again: growing pauses while a server is down, and never a refused password twice."""

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from datetime import timedelta

from xiansuo.domain.keys import Purpose
from xiansuo.errors import UsageError
from xiansuo.intake.mail_session import MailboxSource, MailboxUnreachableError, Setback, password_of
from xiansuo.intake.sources import Source
from xiansuo.services.ingest import Report
from xiansuo.services.office import Office
from xiansuo.services.sources import id_of, list_sources
from xiansuo.storage.repositories import audit, source_states
from xiansuo.storage.repositories.source_states import SourceState
from xiansuo.storage.session import now, reading, transaction

COMMAND_LINE = "命令行"
"""Who asked for another try where nobody was logged in."""
_PAUSES = tuple(timedelta(minutes=minutes) for minutes in (5, 10, 20, 40, 60))


def pause(failures: int) -> timedelta:
    """Return how long to wait after so many failures in a row, at most an hour."""
    return _PAUSES[min(failures, len(_PAUSES)) - 1]


def hindrance(office: Office, source: Source, *, by_hand: bool = False) -> str:
    """Return why a source must not be tried now, empty where it may; somebody at the machine does not wait for a pause."""
    state = state_of(office, source)
    if is_held(office, source, state):
        return (
            f"来源“{source.name}”上次登录被拒绝，设置和密码没有改过，没有再试，以免账号被锁。"
            "请改正密码；确认无误时执行 xiansuo sources retry。"
        )
    if by_hand or state.next_try is None or now() >= state.next_try:
        return ""
    return f"来源“{source.name}”连续 {state.failures} 次没有读到，稍后自动再试。"


def state_of(office: Office, source: Source) -> SourceState:
    """Return how reading a source went so far."""
    source_id = id_of(office, source)
    with reading(office.engine) as session:
        return source_states.get(session, source_id)


def is_held(office: Office, source: Source, state: SourceState) -> bool:
    """Tell whether a source waits for other settings because its login was refused with these."""
    if state.trouble != Setback.REFUSED or state.next_try is not None:
        return False
    return state.fingerprint == _fingerprint(office, source)


def note_success(office: Office, source: Source, report: Report) -> None:
    """Note that a source was read to its end, and whether it brought anything new."""
    at, new = now(), _is_new(report)
    _change(office, source, lambda old: SourceState(at, at, old.failed, at if new else old.brought))


def note_failure(office: Office, source: Source, error: BaseException, report: Report) -> None:
    """Note that a source could not be read to its end, why, what it brought all the same, and when it is tried again."""
    at, new = now(), _is_new(report)
    setback = getattr(error, "setback", Setback.PASSING if getattr(error, "passing", False) else Setback.OTHER)

    def failed(old: SourceState) -> SourceState:
        # A source that brought something before the line broke is on its way, and goes on soon.
        failures = 1 if new else old.failures + 1
        waits = setback in {Setback.PASSING, Setback.LONG, Setback.OTHER}
        return SourceState(
            tried=at,
            # What could be read was read: it is not silent because one folder is missing.
            succeeded=at if setback is Setback.PARTLY else old.succeeded,
            failed=at,
            brought=at if new else old.brought,
            failures=failures,
            trouble=setback,
            said=str(error),
            next_try=at + pause(failures) if waits else None,
            fingerprint=_fingerprint(office, source) if setback is Setback.REFUSED else None,
        )

    _change(office, source, failed)


def try_again(office: Office, name: str, *, actor: str) -> None:
    """Let a source be tried as soon as possible, whatever failed before. Raises UsageError where there is none of that name."""
    source = next((one for one in list_sources(office).sources if one.name == name), None)
    if source is None:
        raise UsageError(f"没有名为“{name}”的可用来源。请用 xiansuo sources 查看。")
    source_id = id_of(office, source)
    with transaction(office.engine) as session:
        state = source_states.get(session, source_id)
        source_states.put(session, source_id, replace(state, next_try=now()))
        audit.append(session, actor=actor, action="source.retry", object_kind="source", object_id=str(source_id))


def due_again(office: Office) -> Iterator[int]:
    """Yield the positions of the sources whose pause is over, whose refused settings were changed, or that somebody asked for."""
    for position, source in enumerate(list_sources(office).sources):
        state = state_of(office, source)
        changed = state.trouble == Setback.REFUSED and not is_held(office, source, state)
        if changed or (state.next_try is not None and now() >= state.next_try):
            yield position


def _change(office: Office, source: Source, new: Callable[[SourceState], SourceState]) -> None:
    source_id = id_of(office, source)
    with transaction(office.engine) as session:
        source_states.put(session, source_id, new(source_states.get(session, source_id)))


def _is_new(report: Report) -> bool:
    return any(report.as_json()[name] for name in ("stored", "sealed", "quarantined"))


def _fingerprint(office: Office, source: Source) -> bytes:
    """Return the keyed digest of a source's settings with its password, so that a change of either is noticed."""
    settings = [f"{one.name}={getattr(source, one.name)}" for one in fields(source)]
    if isinstance(source, MailboxSource):
        settings.append(_password(source))
    return office.keyring.digest(Purpose.MAILBOX, "\0".join(["settings", *settings]).encode())


def _password(source: MailboxSource) -> str:
    try:
        return password_of(source)
    except MailboxUnreachableError:
        return ""
