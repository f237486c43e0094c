"""Fetching mail from a real IMAP server."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from tests.servers.dovecot import Dovecot
from xiansuo.domain.letter import Item, Trouble, Unreadable
from xiansuo.intake.limits import Limits
from xiansuo.intake.mail_session import MailboxSource, MailboxUnreachableError
from xiansuo.intake.mailbox import Fetched, Unacknowledged, acknowledge, fetch

LIMITS = Limits()


def mail(number: int, body: str = "村里的路一直没有修好。") -> bytes:
    head = f"From: a{number}@example.org\r\nSubject: letter {number}\r\nMessage-ID: <{number}@example.org>\r\n"
    return f"{head}Content-Type: text/plain; charset=utf-8\r\n\r\n{body} {number}\r\n".encode()


def mails(count: int, start: int = 0) -> list[bytes]:
    return [mail(number) for number in range(start, start + count)]


@pytest.fixture
def source(dovecot: Dovecot) -> MailboxSource:
    return MailboxSource("信箱", dovecot.host, dovecot.port, dovecot.user, SecretStr(dovecot.password), tls="none")


def cursors(fetched: list[Fetched]) -> dict[str, tuple[int, int]]:
    return {one.folder: (one.uidvalidity, one.uid) for one in fetched}


def flags(dovecot: Dovecot, folder: str = "INBOX") -> list[tuple[bytes, ...]]:
    with dovecot.client() as client:
        client.select_folder(folder, readonly=True)
        return [answer[b"FLAGS"] for answer in client.fetch(client.search(), ["FLAGS"]).values()]


def fetch_all(source: MailboxSource, seen: dict[str, tuple[int, int]] | None = None) -> list[Fetched]:
    return list(fetch(source, seen or {}, limits=LIMITS))


@pytest.mark.dovecot
def test_every_mail_is_fetched_once_and_later_mails_follow(dovecot: Dovecot, source: MailboxSource) -> None:
    dovecot.deliver_all(mails(200))
    first = fetch_all(source)
    assert [one.item.data for one in first if isinstance(one.item, Item)] == mails(200)
    assert fetch_all(source, cursors(first)) == []
    dovecot.deliver_all(mails(20, start=200))
    later = fetch_all(source, cursors(first))
    assert [one.item.data for one in later if isinstance(one.item, Item)] == mails(20, start=200)


@pytest.mark.dovecot
def test_an_item_names_its_mailbox_place_and_day(dovecot: Dovecot, source: MailboxSource) -> None:
    dovecot.deliver(mail(1))
    [fetched] = fetch_all(source)
    assert isinstance(fetched.item, Item)
    assert fetched.item.mailbox_key == f"信箱/INBOX/{fetched.uidvalidity}/{fetched.uid}"
    assert fetched.item.media_type == "message/rfc822"
    assert fetched.item.received is not None
    assert abs((fetched.item.received - datetime.now(UTC).date()).days) <= 1


@pytest.mark.dovecot
def test_a_renumbered_folder_is_read_again_from_its_first_mail(dovecot: Dovecot, source: MailboxSource) -> None:
    source = replace(source, folders=("举报",))
    dovecot.deliver_all(mails(3), "举报")
    seen = cursors(fetch_all(source))
    with dovecot.client() as client:
        client.delete_folder("举报")
    dovecot.deliver_all(mails(2), "举报")
    assert [one.uid for one in fetch_all(source, seen)] == [1, 2]
    assert fetch_all(source, seen)[0].uidvalidity != seen["举报"][0]


@pytest.mark.dovecot
def test_each_folder_has_its_own_cursor(dovecot: Dovecot, source: MailboxSource) -> None:
    dovecot.deliver_all(mails(3))
    dovecot.deliver_all(mails(2, start=10), "来信")
    source = replace(source, folders=("INBOX", "来信"))
    first = fetch_all(source)
    assert [one.folder for one in first] == ["INBOX"] * 3 + ["来信"] * 2
    dovecot.deliver(mail(20), "来信")
    assert [one.folder for one in fetch_all(source, cursors(first))] == ["来信"]


@pytest.mark.dovecot
def test_a_missing_folder_is_told_after_the_others_are_read(dovecot: Dovecot, source: MailboxSource) -> None:
    dovecot.deliver(mail(1))
    results = fetch(replace(source, folders=("没有", "INBOX")), {}, limits=LIMITS)
    assert next(results).folder == "INBOX"
    with pytest.raises(MailboxUnreachableError, match=r"“信箱”的文件夹“没有”打不开"):
        next(results)


@pytest.mark.dovecot
def test_fetching_leaves_no_trace_on_the_server(dovecot: Dovecot, source: MailboxSource) -> None:
    dovecot.deliver_all(mails(3))
    fetch_all(replace(source, mark_seen=True, move_to="已处理"))
    assert [set(found) & {rb"\Seen", rb"\Deleted"} for found in flags(dovecot)] == [set()] * 3
    with dovecot.client() as client:
        assert not client.folder_exists("已处理")


@pytest.mark.dovecot
def test_only_acknowledged_mails_are_moved(dovecot: Dovecot, source: MailboxSource) -> None:
    dovecot.deliver_all(mails(3))
    source = replace(source, mark_seen=True, move_to="已处理")
    first = fetch_all(source)
    behind = Unacknowledged("INBOX", first[0].uidvalidity, 0, first[-1].uid)
    stored = {one.uid for one in first[:2]}
    assert list(acknowledge(source, behind, lambda uids: stored & set(uids))) == [behind.upto, behind.upto]
    assert [rb"\Seen" in found for found in flags(dovecot, "已处理")] == [True, True]
    assert [rb"\Seen" in found for found in flags(dovecot)] == [False]


@pytest.mark.dovecot
def test_acknowledging_touches_nothing_once_the_folder_is_renumbered(dovecot: Dovecot, source: MailboxSource) -> None:
    dovecot.deliver(mail(1))
    [one] = fetch_all(source)
    behind = Unacknowledged("INBOX", one.uidvalidity + 1, 0, one.uid)
    assert list(acknowledge(replace(source, mark_seen=True), behind, lambda uids: uids)) == [one.uid]
    assert rb"\Seen" not in flags(dovecot)[0]


@pytest.mark.dovecot
def test_an_oversized_mail_comes_as_its_headers_in_its_place(dovecot: Dovecot, source: MailboxSource) -> None:
    dovecot.deliver_all([mail(1), mail(2, "很长" * 5000), mail(3)])
    fetched = fetch_all(replace(source, max_bytes=10_000))
    kinds = [type(one.item) for one in fetched]
    assert kinds == [Item, Unreadable, Item]
    large = fetched[1].item
    assert isinstance(large, Unreadable)
    assert large.trouble is Trouble.TOO_LARGE
    assert b"Message-ID: <2@example.org>" in large.item.data
    assert "很长".encode() not in large.item.data


@pytest.mark.dovecot
def test_mails_deleted_while_fetching_are_no_error(dovecot: Dovecot, source: MailboxSource) -> None:
    dovecot.deliver_all(mails(120))
    results = fetch(source, {}, limits=LIMITS)
    first = next(results)
    with dovecot.client() as client:
        client.select_folder("INBOX")
        client.delete_messages(list(range(first.uid + 60, first.uid + 70)), silent=True)
        client.expunge()
    rest = list(results)
    assert len(rest) == 109
    assert all(isinstance(one.item, Item) for one in rest)


@pytest.mark.dovecot
def test_mails_before_the_start_date_are_left_alone(dovecot: Dovecot, source: MailboxSource) -> None:
    with dovecot.client() as client:
        client.append("INBOX", mail(1), msg_time=datetime(2020, 5, 1, 12, tzinfo=UTC))
        client.append("INBOX", mail(2), msg_time=datetime(2026, 5, 1, 12, tzinfo=UTC))
    [fetched] = fetch_all(replace(source, since=date(2026, 1, 1)))
    assert isinstance(fetched.item, Item)
    assert fetched.item.received == date(2026, 5, 1)


@pytest.mark.dovecot
@pytest.mark.parametrize("tls", ["ssl", "starttls"])
def test_encrypted_connections_accept_the_configured_authority_only(
    dovecot: Dovecot, source: MailboxSource, tls: str
) -> None:
    dovecot.deliver(mail(1))
    port = dovecot.tls_port if tls == "ssl" else dovecot.port
    source = replace(source, port=port, tls=tls, ca_file=dovecot.ca_file)  # type: ignore[arg-type] # a parameter of the test
    assert len(fetch_all(source)) == 1
    with pytest.raises(MailboxUnreachableError, match="不是受信任的机构签发的"):
        fetch_all(replace(source, ca_file=None))


@pytest.mark.dovecot
def test_a_wrong_password_is_told_without_the_account(dovecot: Dovecot, source: MailboxSource) -> None:
    wrong = replace(source, password=SecretStr("geheim"))
    with pytest.raises(MailboxUnreachableError, match="“信箱”登录被拒绝") as caught:
        fetch_all(wrong)
    assert caught.value.__cause__ is None
    assert not any(secret in f"{caught.value}{wrong!r}" for secret in ("geheim", dovecot.user, dovecot.host))


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port that accepts connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def unreachable(port: int, ca_file: Path | None = None) -> MailboxSource:
    return MailboxSource("信箱", "127.0.0.1", port, "u", SecretStr("p"), tls="none", ca_file=ca_file, timeout=0.3)


def test_a_silent_server_is_given_up_after_the_timeout(silent_port: int) -> None:
    with pytest.raises(MailboxUnreachableError, match="连接超时"):
        fetch_all(unreachable(silent_port))


def test_a_closed_port_is_told_with_what_to_check() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        with pytest.raises(MailboxUnreachableError, match="连接被拒绝。请核对 host、port"):
            fetch_all(unreachable(closed.getsockname()[1]))


def test_a_missing_authority_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(MailboxUnreachableError, match="ca_file 不存在"):
        fetch_all(unreachable(1, tmp_path / "none.pem"))
