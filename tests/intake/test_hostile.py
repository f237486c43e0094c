"""Whatever bytes arrive, reading ends in a letter or a reason."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.intake.made import LIMITS, TEXT, item, mail, pdf_document, raw_mail, with_mail_inside, word_document, zipped
from xiansuo.domain.letter import Item, Letter, Trouble, Unreadable
from xiansuo.intake import media
from xiansuo.intake.collect import collect
from xiansuo.intake.old_office import WAYS
from xiansuo.intake.quotes import divide
from xiansuo.intake.read import EXTRACTORS, READERS, read
from xiansuo.intake.signatures import signature_start

SEEDS = [
    mail(),
    raw_mail("你好".encode("gbk"), "gb2312"),
    with_mail_inside(mail("", ("a.zip", zipped({"b.txt": b"x"})))),
    mail("", ("a.docx", word_document()), ("b.pdf", pdf_document("x y z"))),
]
TOKENS = [
    b"boundary=",
    b"charset=",
    b"=?gb2312?B?",
    b"?=",
    b"\r\n\r\n",
    b"--b",
    b"\xff\xfe",
    b"\x00",
    b"message/rfc822",
    b"filename*0*=",
    b"Date: ",
    b"base64",
    b"<",
    b">" * 50,
    b"\xce",
]
# What LibreOffice opens takes seconds each; tests/intake/test_old_office.py has their hostile files.
READ_HERE = [media_type for media_type in READERS if media_type not in WAYS]
QUICK = settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def outcome(data: bytes, media_type: str) -> Letter | Unreadable:
    result = read(item(data, media_type), limits=LIMITS)
    assert isinstance(result, Letter | Unreadable)
    if isinstance(result, Letter):
        assert all(0 <= part.start <= part.end <= len(result.text) for part in result.parts)
        assert all(one.end <= next_one.start for one, next_one in zip(result.parts, result.parts[1:], strict=False))
        result.text.encode("utf-8")
    return result


@QUICK
@given(data=st.binary(max_size=600), media_type=st.sampled_from([*READ_HERE, media.UNKNOWN]))
def test_random_bytes_of_any_declared_format_never_raise(data: bytes, media_type: str) -> None:
    outcome(data, media_type)


@QUICK
@given(
    seed=st.sampled_from(SEEDS),
    edits=st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 40), st.sampled_from(TOKENS)), max_size=12),
)
def test_mutated_mails_never_raise_and_never_fail_unexpectedly(
    seed: bytes, edits: list[tuple[int, int, bytes]]
) -> None:
    data = seed
    for at, length, token in edits:
        start = at % (len(data) + 1)
        data = data[:start] + token + data[start + length :]
    result = outcome(data, media.MAIL)
    assert not (isinstance(result, Unreadable) and result.trouble is Trouble.FAILED)


@QUICK
@given(
    lines=st.lists(
        st.sampled_from(
            [
                "> a",
                "-- ",
                "发件人: a",
                "收件人: b",
                "主题: c",
                "-----原始邮件-----",
                "在 10:00 a@b 写道：",
                "话。",
                "",
                "电话：13900000000",
                "发自我的iPhone",
            ]
        ),
        max_size=14,
    )
)
def test_dividing_a_mail_loses_no_line(lines: list[str]) -> None:
    text = "\n".join(lines)
    kept = "\n".join(piece.text for piece in divide(text))
    assert sum(line == "话。" for line in lines) == kept.count("话。")
    assert 0 <= signature_start(text) <= len(text)


@QUICK
@given(
    data=st.binary(min_size=1, max_size=400),
    head=st.sampled_from(
        [
            b"",
            b"From a 2026\nSubject: x\n",
            b'{"text": "x"}\n',
            b"PK\x03\x04",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            b"From: a\n",
        ]
    ),
)
def test_collecting_random_files_never_raises_and_loses_none(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, head: bytes
) -> None:
    path = tmp_path_factory.mktemp("hostile", numbered=True) / "x"
    path.write_bytes(head + data)
    found = list(collect(path, source="测试", limits=LIMITS))
    assert found
    for one in found:
        if isinstance(one, Item):
            outcome(one.data, one.media_type)


@pytest.mark.parametrize("media_type", [one for one in EXTRACTORS if one in READ_HERE])
def test_cut_off_files_end_in_a_letter_or_a_reason(media_type: str, tmp_path: Path) -> None:
    del tmp_path
    for data in (word_document(), pdf_document("x y z"), mail(), zipped({"a": b"x" * 900})):
        for cut in range(0, len(data), max(1, len(data) // 12)):
            outcome(data[:cut] or b"x", media_type)


def test_deeply_nested_markup_and_mime_end_in_a_letter_or_a_reason() -> None:
    outcome(b"<div>" * 20_000 + b"x", media.HTML)
    outcome(
        b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(3000)) + b"\nx",
        media.MAIL,
    )
    outcome(b"Subject: " + b"=?utf-8?B?5p2R?= " * 5000 + b"\nFrom: " + b"a,<" * 5000 + b"\n\nx", media.MAIL)
    outcome(b"From: a@example.com\n\n" + b"> " * 50_000 + b"\n" + b"-" * 100_000, media.MAIL)


@pytest.mark.parametrize("before", ["", "共", "合计", "<meta charset", "记录人", "姓名"])
def test_a_page_of_spaces_is_read_once(before: str) -> None:
    # Read anew from every space it would take minutes.
    outcome((before + " " * 200_000 + "x\n").encode(), media.PLAIN)
    outcome((before + " " * 200_000 + "x\n").encode(), media.HTML)


@pytest.mark.parametrize(
    "data",
    [
        b'{"text": ' + b"[" * 100_000 + b"}\n",
        b'{"text":' * 100_000,
        b'{"text": "x"}\n{"text": ' + b"[" * 100_000 + b"\n",
    ],
    ids=["a list", "an object", "the second line"],
)
def test_a_record_that_nests_without_end_stops_no_collecting(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a").write_bytes(data)
    (tmp_path / "b").write_bytes(TEXT.encode())
    found = list(collect(tmp_path, source="测试", limits=LIMITS))
    assert [Path(one.item.locator if isinstance(one, Unreadable) else one.locator).name[0] for one in found][-1] == "b"


def test_whatever_a_container_makes_a_parser_raise_the_next_file_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_on_records(*_arguments: object) -> None:
        raise AssertionError("a fault nobody foresaw")

    monkeypatch.setattr("xiansuo.intake.collect.split_lines", break_on_records)
    (tmp_path / "a").write_bytes(b'{"text": "x"}\n')
    (tmp_path / "b").write_bytes(TEXT.encode())
    first, second = collect(tmp_path, source="测试", limits=LIMITS)
    assert isinstance(first, Unreadable)
    assert (first.trouble, first.item.data) == (Trouble.DAMAGED, b'{"text": "x"}\n')
    assert isinstance(second, Item)


@pytest.mark.parametrize("media_type", [media.DOCX, media.PPTX, media.XLSX, media.PDF])
def test_what_a_library_raises_on_a_file_is_never_unforeseen(media_type: str) -> None:
    for data in (
        word_document()[:-99],
        pdf_document("x")[:400],
        zipped({"[Content_Types].xml": b"<", "word/document.xml": b"<"}),
    ):
        result = outcome(data, media_type)
        assert isinstance(result, Unreadable)
        assert result.trouble is not Trouble.FAILED


@pytest.mark.parametrize("line", [rb'{"text": "x", "subject": "\ud800y"}', rb'{"text": "x\udfff", "subject": "y"}'])
def test_half_characters_reach_no_later_step(line: bytes) -> None:
    result = outcome(line, media.RECORD)
    assert isinstance(result, Letter)
    (result.subject + result.text).encode("utf-8")
