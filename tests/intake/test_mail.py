"""Reading mails into letters."""

from base64 import b64encode
from dataclasses import replace
from datetime import date
from io import BytesIO

import openpyxl
import pytest

from tests.intake.made import (
    LIMITS,
    MAIL_HEAD,
    TEXT,
    TRADITIONAL,
    base64_part,
    locked,
    mail,
    note_parts,
    parts,
    pdf_document,
    raw_mail,
    read_mail,
    refused,
    with_mail_inside,
    word_document,
    zipped,
)
from xiansuo.domain.letter import IdentityKind, Kind, PartRole, Trouble


@pytest.mark.parametrize(
    ("codec", "declared", "text"),
    [
        ("utf-8", "utf-8", TEXT),
        ("gb18030", "gb2312", TEXT + "㐂䶮镕"),
        ("gb18030", "gbk", TEXT + "喆"),
        ("gb18030", "GB_2312-80", TEXT),
        ("utf-8", "gb2312", TEXT),
        ("gb18030", "utf-8", TEXT),
        ("gb18030", "iso-8859-1", TEXT),
        ("gb18030", "no-such-charset", TEXT),
        ("gb18030", '""', TEXT),
        ("utf-8", "", TEXT),
        ("gb18030", "", TEXT),
        ("big5", "big5", TRADITIONAL),
        ("big5", "gb2312", TRADITIONAL),
        ("big5", "", TRADITIONAL),
        ("hz", "hz-gb-2312", TEXT),
    ],
)
def test_a_body_is_read_right_whatever_charset_it_claims(codec: str, declared: str, text: str) -> None:
    assert read_mail(raw_mail(text.encode(codec), declared)).text == text


def test_a_body_that_a_gateway_encoded_twice_is_repaired() -> None:
    assert read_mail(raw_mail(TEXT.encode("gb18030").decode("latin-1").encode(), "utf-8")).text == TEXT


def test_a_mail_is_an_email_that_came_on_the_day_in_china() -> None:
    letter = read_mail(raw_mail(TEXT.encode(), "utf-8"))
    assert (letter.kind, letter.received) == (Kind.EMAIL, date(2026, 3, 3))


@pytest.mark.parametrize(
    ("stamp", "day"),
    [
        ("Date: nonsense\r\nReceived: from a by b; Mon, 02 Mar 2026 10:00:00 +0800", date(2026, 3, 2)),
        (
            "Date: Fri, 01 Jan 1904 00:00:00 +0000\r\nReceived: from a by b; Mon, 02 Mar 2026 10:00:00 +0800",
            date(2026, 3, 2),
        ),
        (
            "Date: Mon, 02 Mar 2037 10:00:00 +0800\r\nReceived: from a by b; Mon, 02 Mar 2026 10:00:00 +0800",
            date(2026, 3, 2),
        ),
        ("Date: Mon, 99 Mar 99999 99:00:00 +9999", None),
    ],
)
def test_an_absurd_date_gives_way_to_the_time_of_arrival(stamp: str, day: date | None) -> None:
    head = f"From: a@example.com\r\n{stamp}\r\n".encode()
    assert read_mail(raw_mail(b"text", "utf-8", head=head)).received == day


def word(data: bytes, charset: str, encoding: str = "B") -> str:
    return f"=?{charset}?{encoding}?{b64encode(data).decode()}?="


GB = "关于青石村补助款的举报".encode("gb18030")


@pytest.mark.parametrize(
    "subject",
    [
        word(GB, "gb2312").encode(),
        (word(GB[:7], "gb2312") + "\r\n " + word(GB[7:], "gb2312")).encode(),
        word(GB, "x-unknown").encode(),
        word(GB, "").encode(),
        word(GB.decode("gb18030").encode(), "gb2312").encode(),
        ("=?gbk?Q?" + "".join(f"={byte:02X}" for byte in GB) + "?=").encode(),
        GB,
        GB.decode("gb18030").encode(),
    ],
    ids=["plain", "cut", "unknown", "empty", "utf8-as-gb", "quoted-printable", "raw-gbk", "raw-utf8"],
)
def test_a_subject_is_read_right_however_it_is_encoded(subject: bytes) -> None:
    head = b"From: a@example.com\r\nSubject: " + subject + b"\r\n"
    assert read_mail(raw_mail(b"text", "utf-8", head=head)).subject == "关于青石村补助款的举报"


def test_a_raw_big5_subject_is_read() -> None:
    head = b"From: a@example.com\r\nSubject: " + "檢舉青石村補助款的問題".encode("big5") + b"\r\n"
    assert read_mail(raw_mail(b"text", "utf-8", head=head)).subject == "檢舉青石村補助款的問題"


def test_the_senders_identities_are_kept_once_and_the_office_is_none_of_them() -> None:
    head = (
        "Received: from pc ([203.0.113.7]) by mx.example.org; Mon, 02 Mar 2026 10:00:00 +0800\r\n"
        f"From: {word('来信人'.encode(), 'utf-8')} <13900000000@example.com>\r\nReply-To: 13900000000@example.com\r\nTo: office@example.org\r\n"
        "Cc: friend@example.com, office@example.org\r\nX-Originating-IP: [198.51.100.9]\r\nUser-Agent: 某邮箱 1.0\r\nMessage-ID: <7@example.com>\r\n"
    ).encode()
    letter = read_mail(raw_mail(TEXT.encode(), "utf-8", head=head))
    found = [(identity.kind, identity.value) for identity in letter.identities]
    assert found == [
        (IdentityKind.EMAIL, "13900000000@example.com"),
        (IdentityKind.PHONE, "13900000000"),
        (IdentityKind.NAME, "来信人"),
        (IdentityKind.EMAIL, "friend@example.com"),
        (IdentityKind.HEADER, "<7@example.com>"),
        (IdentityKind.HEADER, "某邮箱 1.0"),
        (IdentityKind.HEADER, "203.0.113.7"),
        (IdentityKind.HEADER, "198.51.100.9"),
    ]
    assert letter.message_id == "<7@example.com>"


def alternative(plain: str, markup: str) -> bytes:
    bodies = (
        (f"Content-Type: text/{kind}; charset=utf-8\r\n\r\n{text}\r\n")
        for kind, text in (("plain", plain), ("html", markup))
    )
    return (
        MAIL_HEAD
        + b'Content-Type: multipart/alternative; boundary="b"\r\n\r\n'
        + ("--b\r\n" + "--b\r\n".join(bodies) + "--b--\r\n").encode()
    )


@pytest.mark.parametrize(
    ("plain", "markup", "text"),
    [
        (TEXT, f"<p>{TEXT}</p>", TEXT),
        ("", f"<p>{TEXT}</p><script>alert(1)</script>", TEXT),
        ("请用支持HTML的软件查看", f"<p>{TEXT * 5}</p>", TEXT * 5),
        (TEXT, "<p></p>", TEXT),
    ],
)
def test_of_alternatives_the_plain_one_is_read_unless_it_says_nothing(plain: str, markup: str, text: str) -> None:
    assert read_mail(alternative(plain, markup)).text == text


def test_attachments_become_parts_after_the_body() -> None:
    archive = zipped({"里面.txt": "压缩包里的说明".encode("gb18030")})
    letter = read_mail(
        mail(
            TEXT,
            ("a.dat", word_document("文档里的话")),
            ("b.bin", pdf_document("账目明细表")),
            ("c.txt", "附上的说明文字".encode("gb18030")),
            ("d.zip", archive),
        )
    )
    assert letter.text == f"{TEXT}\n\n文档里的话\n\n账目明细表\n\n附上的说明文字\n\n压缩包里的说明"
    assert [part.role for part in letter.parts] == [PartRole.BODY] + [PartRole.ATTACHMENT] * 4
    assert [part.name for part in letter.parts][1:] == ["a.dat", "b.bin", "c.txt", "里面.txt"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"\xff\xd8\xff\xe0" + bytes(99), "图片"),
        (locked(zipped({"a.txt": b"x"})), "密码"),
        (word_document()[:2000], "损坏"),
        (pdf_document(), "没有可读文字"),
        (bytes(range(256)), "格式无法识别"),
        (zipped({"a.txt": bytes(20_000_000)}), "解压倍数"),
    ],
    ids=["image", "locked", "damaged", "scan", "unknown", "bomb"],
)
def test_an_attachment_that_cannot_be_read_leaves_a_note_and_the_letter(data: bytes, said: str) -> None:
    letter = read_mail(mail(TEXT, ("证据", data)))
    (note,) = note_parts(letter)
    assert letter.text == TEXT
    assert (note.start, note.end) == (len(TEXT), len(TEXT))
    assert said in note.note


def test_an_attached_workbook_is_read_as_lines() -> None:
    book, file = openpyxl.Workbook(), BytesIO()
    book.active.append(["户主", "应发", "实发"])  # type: ignore[union-attr]
    book.active.append(["甲某某", 3000, 1500])  # type: ignore[union-attr]
    book.save(file)
    letter = read_mail(mail(TEXT, ("名册", file.getvalue())))
    assert parts(letter, PartRole.ATTACHMENT) == ["户主\t应发\t实发\n甲某某\t3000\t1500"]


def test_a_mail_whose_only_content_is_a_picture_goes_to_a_person() -> None:
    assert refused(mail("", ("扫描件.jpg", b"\xff\xd8\xff\xe0" + bytes(99)))).trouble in {
        Trouble.DAMAGED,
        Trouble.NEEDS_EXTRA,
    }


def test_a_mail_with_a_subject_only_is_a_letter() -> None:
    letter = read_mail(mail("", subject="请管一管青石村的补助款"))
    assert (letter.text, letter.subject) == ("", "请管一管青石村的补助款")


def test_a_mail_without_anything_is_empty() -> None:
    assert refused(b"From: a@example.com\r\nMIME-Version: 1.0\r\n\r\n\r\n").trouble is Trouble.EMPTY


def test_a_forwarded_mail_is_read_as_part_of_the_letter_and_its_sender_is_protected() -> None:
    letter = read_mail(with_mail_inside(mail(TEXT, ("附件.txt", b"more text"))))
    assert parts(letter, PartRole.FORWARDED) == [f"反映问题\n{TEXT}"]
    assert parts(letter, PartRole.ATTACHMENT) == ["more text"]
    assert (IdentityKind.NAME, "来信人") in [(one.kind, one.value) for one in letter.identities]


def test_mails_nested_too_deep_leave_a_note() -> None:
    data = mail(TEXT)
    for _ in range(4):
        data = with_mail_inside(data, "转交")
    (note,) = note_parts(read_mail(data))
    assert "层数" in note.note


def test_a_mail_of_very_many_parts_is_refused() -> None:
    data = mail(TEXT, *((f"{n}.txt", b"x") for n in range(12)))
    assert refused(data, limits=replace(LIMITS, max_members=10)).trouble is Trouble.ARCHIVE_LIMIT


@pytest.mark.parametrize("encoding", ["base64", "BASE64;", " base64 (comment)", '"base64"'])
def test_a_transfer_encoding_is_understood_however_it_is_spelt(encoding: str) -> None:
    head = (
        MAIL_HEAD + f"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode()
    )
    assert read_mail(head + base64_part(TEXT.encode())).text == TEXT


def test_a_file_name_in_raw_bytes_is_read() -> None:
    data = mail(TEXT, ("aaaa.txt", b"x y")).replace(b'"aaaa.txt"', "明细.txt".encode("gb18030"))
    assert [part.name for part in read_mail(data).parts] == ["", "明细.txt"]


def test_an_undecodable_body_is_never_shown_as_mojibake() -> None:
    noise = bytes(128 + (n * 73) % 127 for n in range(600))
    assert refused(raw_mail(noise, "utf-8")).trouble is Trouble.UNDECODABLE


def test_html_without_a_charset_uses_its_own_meta_element() -> None:
    markup = f'<html><head><meta charset="gb2312"></head><body><div>{TEXT}</div></body></html>'
    assert read_mail(raw_mail(markup.encode("gb18030"), '""', kind="text/html")).text == TEXT


def test_soft_line_breaks_of_a_flowed_body_are_joined() -> None:
    data = raw_mail(b"one two \r\nthree\r\nfour\r\n", "us-ascii; format=flowed")
    assert read_mail(data).text == "one two three\nfour"


def test_reading_twice_gives_the_same_letter() -> None:
    data = mail(TEXT, ("a.docx", word_document()), ("b.zip", zipped({"c.txt": b"text"})))
    assert read_mail(data) == read_mail(data)
