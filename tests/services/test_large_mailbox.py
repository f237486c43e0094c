"""A mailbox of ten thousand mails, and one of very large ones: all are stored, and they do not pile up in memory."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from pydantic import SecretStr

from tests.servers.dovecot import Dovecot, dovecot, dovecot_server
from tests.services.samples import BENEFITS, mail
from xiansuo.intake.mail_session import MailboxSource
from xiansuo.services.office import Office
from xiansuo.services.sources import ingest_source

__all__ = ["dovecot", "dovecot_server"]
pytestmark = [pytest.mark.dovecot, pytest.mark.slow]
MEGABYTE = 1 << 20
MANY, PADDING = 10_000, 20_000
FEW, LARGE, ATTACHED = 8, 24, 17 * MEGABYTE


@pytest.fixture
def box(dovecot: Dovecot, office: Office) -> MailboxSource:
    """An inbox from which a few mails were read before, so that whatever is loaded once is loaded."""
    source = MailboxSource(
        "信访邮箱", dovecot.host, dovecot.port, dovecot.user, SecretStr(dovecot.password), tls="none"
    )
    dovecot.put(mail(f"{BENEFITS}头{number}件。", message_id=f"<f{number}@example.com>") for number in range(100))
    ingest_source(office, source)
    return source


@contextmanager
def grown() -> Iterator[list[int]]:
    """Give the bytes by which the peak of this process's memory in the block lay over what it took before."""
    found = list[int]()
    Path("/proc/self/clear_refs").write_text("5", "ascii")
    before = _kilobytes("VmRSS")
    yield found
    found.append((_kilobytes("VmHWM") - before) * 1024)


def _kilobytes(what: str) -> int:
    status = Path("/proc/self/status").read_text("ascii")
    return int(re.findall(rf"{what}:\s+(\d+)", status)[0])


def padded(number: int) -> bytes:
    letter = mail(f"{BENEFITS}第{number}件。", message_id=f"<{number}@example.com>")
    return b"".join(b"X-Way-%d: %s\r\n" % (line, b"x" * 900) for line in range(PADDING // 900)) + letter


def with_recording(letter: bytes) -> bytes:
    message = message_from_bytes(letter, policy=policy.default)
    message.add_attachment(bytes(ATTACHED), maintype="audio", subtype="mpeg", filename="录音.mp3")
    return message.as_bytes()


def test_ten_thousand_mails_are_stored_and_do_not_pile_up_in_memory(
    office: Office, dovecot: Dovecot, box: MailboxSource
) -> None:
    dovecot.put(padded(number) for number in range(MANY))
    begun = time.process_time(), time.perf_counter()
    with grown() as peak:
        report = ingest_source(office, box).as_json()
    cpu, wall = time.process_time() - begun[0], time.perf_counter() - begun[1]
    print(f"{MANY} mails: {MANY / cpu:.0f} a CPU second, {MANY / wall:.0f} a second, peak {peak[0] / MEGABYTE:.0f} MB")  # noqa: T201 - the figure
    assert (report["in"], report["stored"]) == (MANY, MANY)
    # Together they take 200 MB; what is held at a time are batches of fifty, of 1 MB.
    assert peak[0] < 50 * MEGABYTE


def test_mails_of_almost_25_megabytes_are_stored_and_do_not_pile_up_in_memory(
    office: Office, dovecot: Dovecot, box: MailboxSource
) -> None:
    peaks = []
    for several in (range(FEW), range(FEW, LARGE)):
        dovecot.put(with_recording(mail(f"{BENEFITS}附{n}份。", message_id=f"<l{n}@example.com>")) for n in several)
        with grown():
            report = ingest_source(office, box).as_json()
        peaks.append(_kilobytes("VmHWM") * 1024)
        assert (report["in"], report["stored"]) == (len(several), len(several))
    few, many = (round(peak / MEGABYTE) for peak in peaks)
    print(f"peak with {FEW} mails of 23 MB {few} MB, with {LARGE - FEW} more {many} MB")  # noqa: T201 - the figure
    # Sixteen more, 370 MB, take no more room; the rest is what the allocator does.
    assert many < few + 150
