"""A real mail server behind a line that is cut at every step: nothing is lost, nothing doubled, the next run completes."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import replace

import pytest
from _pytest.mark import ParameterSet
from pydantic import SecretStr
from sqlalchemy import text

from tests.servers.cutting import cutting
from tests.servers.dovecot import Dovecot, dovecot, dovecot_server
from tests.services.mail_faults import CUTS, DRIPS, SILENCES, Fault, Stored
from tests.services.samples import BANQUET, BENEFITS, TO_SEAL, mail
from xiansuo.intake.mail_session import MailboxSource, MailboxUnreachableError, Setback
from xiansuo.services import mailboxes
from xiansuo.services.office import Office
from xiansuo.services.sources import ingest_source
from xiansuo.storage.session import reading

__all__ = ["dovecot", "dovecot_server"]
pytestmark = pytest.mark.dovecot
MOVED = "已处理"
STORED, SEALED, UNREAD = 20, 1, 1


def each(faults: Mapping[str, Fault]) -> list[ParameterSet]:
    return [pytest.param(one, id=name, marks=[pytest.mark.slow] if one.rare else []) for name, one in faults.items()]


@pytest.fixture
def box(dovecot: Dovecot) -> MailboxSource:
    """A mailbox with twenty letters, one to be sealed and one that cannot be read, whose mails are marked and moved."""
    letters = [mail(f"{BENEFITS}第{n}件。", message_id=f"<{n}@example.com>") for n in range(STORED - 1)]
    odd = [mail(BANQUET), mail(TO_SEAL, message_id="<s@example.com>"), mail("很长" * 40_000)]
    dovecot.deliver_all(letters + odd)
    return MailboxSource(
        "信访邮箱", dovecot.host, dovecot.port, dovecot.user, SecretStr(dovecot.password), tls="none", max_bytes=50_000
    )


def taken(office: Office) -> dict[str, int]:
    tables = {"stored": "letters", "sealed": "sealed_receipts", "quarantined": "quarantine", "known": "seen"}
    with reading(office.engine) as session:
        return {name: session.scalar(text(f"SELECT count(*) FROM {table}")) for name, table in tables.items()}  # noqa: S608 - tables' names


NONE = {"stored": 0, "sealed": 0, "quarantined": 0, "known": 0}
ALL = {"stored": STORED, "sealed": SEALED, "quarantined": UNREAD, "known": STORED + SEALED + UNREAD}


@contextmanager
def through(box: MailboxSource, server: Dovecot, fault: Fault) -> Iterator[MailboxSource]:
    port = server.tls_port if fault.tls == "ssl" else server.port
    with cutting(port, replace(fault.cut, done=threading.Event())) as proxy:
        yield replace(box, port=proxy.port, tls=fault.tls, ca_file=server.ca_file, timeout=1.0)
        assert proxy.cut.done.is_set(), "the run never came to this step"


def left_in(dovecot: Dovecot, folder: str) -> int:
    with dovecot.client() as client:
        return int(client.select_folder(folder, readonly=True)[b"EXISTS"]) if client.folder_exists(folder) else 0


@pytest.mark.parametrize("fault", each(CUTS))
def test_a_line_cut_at_any_step_loses_and_doubles_nothing(
    office: Office, dovecot: Dovecot, box: MailboxSource, fault: Fault
) -> None:
    moving = replace(box, mark_seen=True, move_to=MOVED)
    with through(moving, dovecot, fault) as cut:
        with nullcontext() if fault.stored is Stored.ALL else pytest.raises(MailboxUnreachableError) as caught:
            ingest_source(office, cut)
        assert caught is None or caught.value.setback is Setback.PASSING
    assert taken(office) == (NONE if fault.stored is Stored.NOTHING else ALL)
    before = taken(office)
    report = ingest_source(office, moving).as_json()
    assert taken(office) == ALL
    assert report["in"] == report["stored"] + report["seen"] + report["sealed"] + report["quarantined"]
    assert all(report[name] + before[name] == ALL[name] for name in ("stored", "sealed", "quarantined"))
    assert (left_in(dovecot, "INBOX"), left_in(dovecot, MOVED)) == (0, ALL["known"])
    assert ingest_source(office, moving).as_json()["in"] == 0


@pytest.mark.parametrize("fault", each(SILENCES))
def test_a_server_that_stops_answering_is_given_up_and_read_on_later(
    office: Office, dovecot: Dovecot, box: MailboxSource, fault: Fault
) -> None:
    with through(box, dovecot, fault) as silent:
        with pytest.raises(MailboxUnreachableError, match="连接超时") as caught:
            ingest_source(office, silent)
        assert (caught.value.setback, taken(office)) == (Setback.PASSING, NONE)
    ingest_source(office, box)
    assert taken(office) == ALL


@pytest.mark.parametrize("fault", each(DRIPS))
def test_a_server_that_drips_is_given_up_after_the_longest_time_and_read_on_later(
    office: Office, dovecot: Dovecot, box: MailboxSource, fault: Fault
) -> None:
    with through(replace(box, longest=1.5), dovecot, fault) as dripping:
        with pytest.raises(MailboxUnreachableError, match="下一次从断开处接着取") as caught:
            ingest_source(office, dripping)
        assert (caught.value.setback, taken(office)) == (Setback.LONG, NONE)
    ingest_source(office, box)
    assert taken(office) == ALL


def test_mails_stored_by_a_run_that_was_killed_are_marked_by_the_next_one(
    office: Office, dovecot: Dovecot, box: MailboxSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    moving = replace(box, move_to=MOVED)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(mailboxes, "_acknowledge", killed)
        with pytest.raises(KeyboardInterrupt):
            ingest_source(office, moving)
    assert (taken(office), left_in(dovecot, MOVED)) == (ALL, 0)
    assert ingest_source(office, moving).as_json()["in"] == 0
    assert (left_in(dovecot, "INBOX"), left_in(dovecot, MOVED)) == (0, ALL["known"])


def test_mails_stored_before_marking_was_asked_for_stay_as_they_are(
    office: Office, dovecot: Dovecot, box: MailboxSource
) -> None:
    ingest_source(office, box)
    dovecot.deliver(mail(BENEFITS + "后来的。", message_id="<later@example.com>"))
    ingest_source(office, replace(box, move_to=MOVED))
    assert (left_in(dovecot, "INBOX"), left_in(dovecot, MOVED)) == (ALL["known"], 1)


def test_mails_are_stored_although_they_cannot_be_moved(office: Office, box: MailboxSource) -> None:
    with pytest.raises(MailboxUnreachableError, match="已经入库，但没能标为已读或移走") as caught:
        ingest_source(office, replace(box, move_to="a" * 4000))
    assert (taken(office), caught.value.setback) == (ALL, Setback.PARTLY)


def test_a_renumbered_folder_and_a_second_delivery_double_nothing(
    office: Office, dovecot: Dovecot, box: MailboxSource
) -> None:
    letters = [mail(f"{BANQUET}第{n}件。", message_id=f"<f{n}@example.com>") for n in range(5)]
    folders = replace(box, folders=("INBOX", "举报"))
    dovecot.deliver_all(letters, "举报")
    ingest_source(office, folders)
    with dovecot.client() as client:
        client.delete_folder("举报")
    dovecot.deliver_all([*letters, letters[0]], "举报")
    dovecot.deliver(letters[1])
    report = ingest_source(office, folders).as_json()
    assert (report["stored"], report["seen"], taken(office)["stored"]) == (0, 7, STORED + 5)
