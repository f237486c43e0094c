"""Mails that Outlook keeps in formats of its own; every one here is written by the test, byte by byte."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from compressed_rtf import compress

from tests.intake.compound import attachment, compound, outlook_message, winmail
from tests.intake.made import LIMITS, TEXT, item, mail, parts, read_file, read_mail, refused, word_document
from xiansuo.domain.letter import Channel, IdentityKind, Kind, Letter, PartRole, Trouble, Unreadable
from xiansuo.intake import media
from xiansuo.intake.limits import Limits
from xiansuo.intake.read import read

SENT = datetime(2026, 3, 2, 18, 30, tzinfo=UTC)
NOTED = {0x0037: "反映低保问题", 0x0C1A: "来信人", 0x5D01: "writer@example.com", 0x1000: TEXT}
WIDE_RTF = "".join(f"\\u{ord(one)}?" for one in TEXT)
RTF = b"{\\rtf1\\ansi\\ansicpg936\\deff0{\\fonttbl{\\f0\\fcharset134 SimSun;}}\\f0 " + WIDE_RTF.encode() + b"\\par}"


def outlook(**changed: object) -> bytes:
    return compound(outlook_message(NOTED, sent=SENT, **changed))  # type: ignore[arg-type]


def read_outlook(data: bytes, media_type: str = media.MSG) -> Letter:
    letter = read(item(data, media_type), limits=LIMITS)
    assert isinstance(letter, Letter), letter
    return letter


def test_an_outlook_mail_is_an_email_with_its_subject_body_and_day(tmp_path: Path) -> None:
    (tmp_path / "信").write_bytes(outlook())
    letter = read_file(tmp_path / "信")
    assert (letter.subject, letter.text, letter.kind) == ("反映低保问题", TEXT, Kind.EMAIL)
    assert (letter.received, letter.item.channel) == (date(2026, 3, 3), Channel.MAILBOX)


def test_who_sent_it_is_an_identity() -> None:
    found = {(one.kind, one.value) for one in read_outlook(outlook()).identities}
    assert {(IdentityKind.EMAIL, "writer@example.com"), (IdentityKind.NAME, "来信人")} <= found


def test_the_headers_under_which_it_travelled_say_more_than_what_outlook_noted() -> None:
    travelled = (
        "From: other@example.com\r\nDate: Fri, 06 Mar 2026 09:00:00 +0800\r\nX-Originating-IP: [203.0.113.9]\r\n"
    )
    letter = read_outlook(compound(outlook_message({**NOTED, 0x007D: travelled}, sent=SENT)))
    assert letter.received == date(2026, 3, 6)
    assert {"other@example.com", "203.0.113.9"} <= {one.value for one in letter.identities}


@pytest.mark.parametrize(
    "binaries",
    [{0x1013: f"<html><body><p>{TEXT}</p></body></html>".encode()}, {0x1009: bytes(compress(RTF, compressed=True))}],
)
def test_a_mail_without_plain_text_is_read_from_its_page_or_its_rtf(binaries: dict[int, bytes]) -> None:
    assert read_outlook(compound(outlook_message({0x0037: "题"}, binaries=binaries))).text == TEXT


def test_a_body_in_an_older_charset_is_read() -> None:
    tree = outlook_message({0x0037: "题"}) | {"__substg1.0_1000001E": TEXT.encode("gbk")}
    assert read_outlook(compound(tree)).text == TEXT


def test_files_and_mails_attached_to_it_are_parts() -> None:
    inside = outlook_message({0x0037: "转来的信", 0x1000: "村里的账目没有公开。"}, start=24)
    rows = attachment("材料.docx", word_document("补充材料说明")) | attachment("转来", inside, 1)
    letter = read_outlook(outlook(rows=rows))
    assert parts(letter, PartRole.ATTACHMENT) == ["补充材料说明"]
    assert parts(letter, PartRole.FORWARDED) == ["转来的信\n村里的账目没有公开。"]


def test_a_winmail_attached_to_a_mail_gives_its_files_and_says_nothing_twice() -> None:
    data = winmail("反映", TEXT, ("a.docx", word_document("补充材料说明")))
    letter = read_mail(mail(TEXT, ("winmail.dat", data)))
    assert letter.text == f"{TEXT}\n\n补充材料说明"


def test_a_winmail_of_its_own_is_a_letter(tmp_path: Path) -> None:
    (tmp_path / "winmail.dat").write_bytes(winmail("反映低保问题", TEXT))
    letter = read_file(tmp_path / "winmail.dat")
    assert (letter.subject, letter.text) == ("反映低保问题", TEXT)


def test_an_outlook_mail_attached_to_a_mail_is_forwarded() -> None:
    assert parts(read_mail(mail("见附件。", ("x.msg", outlook()))), PartRole.FORWARDED) == [f"反映低保问题\n{TEXT}"]


def _cyclic() -> bytes:
    data = bytearray(outlook(rows=attachment("a.txt", b"x" * 9000)))
    fat = 512 * (1 + int.from_bytes(data[76:80], "little"))
    data[fat : fat + 4] = (0).to_bytes(4, "little")
    return bytes(data)


def _boasting() -> bytes:
    data = bytearray(outlook(rows=attachment("a.txt", b"x" * 9000)))
    at = data.find((9000).to_bytes(8, "little"))
    data[at : at + 8] = (1 << 31).to_bytes(8, "little")
    return bytes(data)


def _nested(depth: int) -> bytes:
    tree = outlook_message(NOTED, start=24)
    for _ in range(depth):
        tree = outlook_message(NOTED, rows=attachment("内", tree), start=24)
    return compound(outlook_message(NOTED, rows=attachment("内", tree)))


@pytest.mark.parametrize(
    ("data", "trouble"),
    [(outlook()[:700], Trouble.DAMAGED), (outlook()[:1600], Trouble.DAMAGED), (_boasting(), Trouble.TOO_LARGE)],
    ids=["cut in its header", "cut in its streams", "boasting"],
)
def test_a_broken_outlook_mail_says_why(data: bytes, trouble: Trouble) -> None:
    assert refused(data, media.MSG).trouble is trouble


@pytest.mark.parametrize("data", [_cyclic(), _nested(20)], ids=["cyclic", "nested"])
def test_a_hostile_outlook_mail_still_gives_its_own_text(data: bytes) -> None:
    assert read_outlook(data).text.startswith(TEXT)


@pytest.mark.parametrize(
    "whole", [outlook(rows=attachment("a.txt", b"x" * 9000)), winmail("题", TEXT, ("a", b"x" * 99))]
)
def test_cut_off_outlook_mails_end_in_a_letter_or_a_reason(whole: bytes) -> None:
    kind = media.TNEF if whole.startswith(b"\x78") else media.MSG
    for cut in range(1, len(whole), max(1, len(whole) // 40)):
        result = read(item(whole[:cut], kind), limits=LIMITS)
        assert not (isinstance(result, Unreadable) and result.trouble is Trouble.FAILED), cut


def test_taking_one_apart_beyond_the_time_ends_in_a_reason() -> None:
    many = winmail("题", TEXT) + b"".join(bytes([1]) + bytes(8) + b"\x00\x00" for _ in range(400_000))
    found = refused(many, media.TNEF, Limits(outlook_seconds=1))
    assert (found.trouble, "时间" in found.detail) == (Trouble.FAILED, True)


def test_the_next_mail_is_read_after_one_that_took_too_long() -> None:
    assert read_outlook(outlook()).text == TEXT
