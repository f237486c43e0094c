"""When a source is tried again after a failure."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import xiansuo.services.attempts as attempts_module
from xiansuo.errors import UsageError
from xiansuo.intake.mail_session import MailboxUnreachableError, Setback
from xiansuo.intake.sources import Source
from xiansuo.services.attempts import due_again, hindrance, note_failure, note_success, pause, state_of, try_again
from xiansuo.services.ingest import Report
from xiansuo.services.office import Office
from xiansuo.services.sources import source_at

NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)
_MAILBOX = """
[[source]]
name = "信访邮箱"
type = "imap"
host = "mail.example"
user = "petition"
password_file = "mail.key"
"""


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The time that the services read; the last entry is now."""
    times = [NOON]
    monkeypatch.setattr(attempts_module, "now", lambda: times[-1])
    return times


@pytest.fixture
def source(office: Office) -> Source:
    write_password(office.state_dir, "geheim")
    office.sources_file.write_text(_MAILBOX, "utf-8")
    return source_at(office, 0)


def write_password(folder: Path, password: str) -> None:
    file = folder / "mail.key"
    file.touch(0o600)
    file.write_text(password, "utf-8")


def fail(office: Office, source: Source, setback: Setback) -> None:
    note_failure(office, source, MailboxUnreachableError("邮箱来源“信访邮箱”不行。", setback), Report())


def test_pauses_grow_to_an_hour_and_no_further() -> None:
    minutes = [pause(failures) / timedelta(minutes=1) for failures in (1, 2, 3, 4, 5, 6, 1000)]
    assert minutes == [5, 10, 20, 40, 60, 60, 60]


@pytest.mark.parametrize("setback", [Setback.PASSING, Setback.OTHER])
def test_a_source_that_failed_waits_for_its_pause_unless_somebody_asks(
    office: Office, source: Source, clock: list[datetime], setback: Setback
) -> None:
    fail(office, source, setback)
    assert "连续 1 次没有读到，稍后自动再试" in hindrance(office, source)
    assert hindrance(office, source, by_hand=True) == ""
    assert list(due_again(office)) == []
    clock.append(NOON + timedelta(minutes=5))
    assert hindrance(office, source) == ""
    assert list(due_again(office)) == [0]


def test_success_ends_the_pauses_and_counts_from_the_beginning(
    office: Office, source: Source, clock: list[datetime]
) -> None:
    fail(office, source, Setback.PASSING)
    fail(office, source, Setback.PASSING)
    clock.append(NOON + timedelta(hours=1))
    note_success(office, source, Report())
    state = state_of(office, source)
    assert (state.failures, state.next_try, state.trouble, state.said) == (0, None, "", "")
    assert (state.succeeded, state.failed, state.brought) == (clock[-1], NOON, None)


def test_what_came_before_a_failure_counts_as_brought(office: Office, source: Source, clock: list[datetime]) -> None:
    error = MailboxUnreachableError("断了。", Setback.PASSING)
    note_failure(office, source, error, Report(Counter(stored=3)))
    assert state_of(office, source).brought == clock[-1]


def test_a_refused_password_is_not_tried_again_not_even_by_hand(
    office: Office, source: Source, clock: list[datetime]
) -> None:
    fail(office, source, Setback.REFUSED)
    clock.append(NOON + timedelta(days=30))
    for by_hand in (False, True):
        assert "登录被拒绝，设置和密码没有改过" in hindrance(office, source, by_hand=by_hand)
    assert list(due_again(office)) == []


@pytest.mark.parametrize("change", ["password", "settings"])
def test_a_changed_password_or_setting_is_tried_at_once(
    office: Office, source: Source, clock: list[datetime], change: str
) -> None:
    assert clock
    fail(office, source, Setback.REFUSED)
    if change == "password":
        write_password(office.state_dir, "richtig")
    else:
        office.sources_file.write_text(_MAILBOX.replace("petition", "petition@mail.example"), "utf-8")
    assert hindrance(office, source_at(office, 0)) == ""
    assert list(due_again(office)) == [0]


def test_an_operator_may_ask_for_another_try_and_a_second_refusal_holds_again(
    office: Office, source: Source, clock: list[datetime]
) -> None:
    assert clock
    fail(office, source, Setback.REFUSED)
    try_again(office, "信访邮箱", actor="wei.gang")
    assert (hindrance(office, source), list(due_again(office))) == ("", [0])
    fail(office, source, Setback.REFUSED)
    assert hindrance(office, source)
    assert list(due_again(office)) == []


def test_a_missing_folder_keeps_the_others_from_nothing(office: Office, source: Source, clock: list[datetime]) -> None:
    fail(office, source, Setback.PARTLY)
    assert hindrance(office, source) == ""
    assert state_of(office, source).succeeded == clock[-1]


def test_only_a_known_source_can_be_tried_again(office: Office, source: Source) -> None:
    assert source
    with pytest.raises(UsageError, match="没有名为“别处”的可用来源"):
        try_again(office, "别处", actor="wei.gang")


def test_what_is_kept_of_a_refused_password_tells_it_to_nobody(
    office: Office, source: Source, clock: list[datetime]
) -> None:
    assert clock
    fail(office, source, Setback.REFUSED)
    state = state_of(office, source)
    assert state.fingerprint is not None
    assert len(state.fingerprint) == 32
    assert not any(b"geheim" in file.read_bytes() for file in office.state_dir.glob("xiansuo.db*"))
