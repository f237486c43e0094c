"""Reading visiting cards and appointments: remarks are read, people go to the vault."""

import quopri

import pytest

from tests.intake.made import item, read_mail
from xiansuo.domain.letter import Identity, IdentityKind, Unreadable
from xiansuo.intake import media
from xiansuo.intake.limits import Limits
from xiansuo.intake.read import read

CARD = (
    "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:陶映秋\r\nN:陶;映秋;;;\r\nitem1.TEL;TYPE=CELL:13800004101\r\nEMAIL:tao@mail.example\r\n"
    "ADR;TYPE=HOME:;;梧桐巷203号;;;;\r\nNOTE:村会计马德才把补助款\r\n 存进了妻子的存折。\r\nEND:VCARD\r\n"
)
INVITED = (
    'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nORGANIZER;CN="陶映秋":mailto:tao@mail.example\r\nATTENDEE;CN=傅砚青:mailto:fu@mail.example\r\n'
    "SUMMARY:查账\r\nDESCRIPTION:请查马德才的账\\n多谢\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


def sent(data: bytes, media_type: str) -> bytes:
    head = b"From: a@mail.example\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n--b\r\n"
    return head + f"Content-Type: {media_type}; charset=utf-8\r\n\r\n".encode() + data + b"\r\n--b--\r\n"


@pytest.mark.parametrize(
    ("data", "media_type", "text", "names"),
    [
        (CARD, media.CARD, "村会计马德才把补助款存进了妻子的存折。", {"陶映秋"}),
        (INVITED, media.CALENDAR, "查账\n请查马德才的账\n多谢", {"陶映秋", "傅砚青"}),
    ],
)
def test_of_a_card_or_an_appointment_only_remarks_are_read(
    data: str, media_type: str, text: str, names: set[str]
) -> None:
    letter = read_mail(sent(data.encode(), media_type))
    assert letter.text == f"hello\n\n{text}"
    assert {one.value for one in letter.identities if one.kind is IdentityKind.NAME} == names
    assert Identity(IdentityKind.EMAIL, "tao@mail.example") in letter.identities
    assert letter.parts[1].note


def test_a_card_in_quoted_printable_is_read_by_its_own_charset() -> None:
    name = quopri.encodestring("陶映秋".encode("gb18030")).decode()
    card = f"BEGIN:VCARD\r\nVERSION:2.1\r\nFN;CHARSET=GB18030;ENCODING=QUOTED-PRINTABLE:{name[:9]}=\r\n{name[9:]}\r\nEND:VCARD\r\n"
    letter = read_mail(sent(card.encode(), media.CARD))
    assert Identity(IdentityKind.NAME, "陶映秋") in letter.identities
    assert letter.text == "hello"


def test_a_card_that_says_nothing_waits_for_a_person() -> None:
    alone = read(item(b"BEGIN:VCARD\r\nFN:Tao\r\nEND:VCARD\r\n", media.UNKNOWN), limits=Limits())
    assert isinstance(alone, Unreadable)
