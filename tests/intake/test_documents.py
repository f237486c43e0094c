"""Reading text files, web pages, Word and PDF documents."""

from pathlib import Path

import docx
import pytest
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn

from tests.intake.made import (
    TEXT,
    TRADITIONAL,
    mail,
    ole,
    pdf_document,
    read_file,
    refused,
    saved,
    word_document,
    zipped,
)
from xiansuo.domain.letter import IdentityKind, Trouble
from xiansuo.intake import media
from xiansuo.intake.docx_numbers import _number
from xiansuo.intake.html import html_to_text
from xiansuo.intake.pdf_lines import unwrap


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("utf-8", TEXT),
        ("utf-8-sig", TEXT),
        ("utf-16", TEXT),
        ("utf-16-le", TEXT),
        ("utf-16-be", f"{TEXT}\n{TEXT}"),
        ("gb18030", TEXT),
        ("gb18030", "他贪污"),
        ("big5", TRADITIONAL),
        ("gb18030", TRADITIONAL),
        ("utf-16-le", "2024年7月1日他收了钱"),
        ("utf-8", "村"),
        ("utf-8", "plain ascii"),
    ],
)
def test_a_text_file_is_read_in_whatever_charset_it_was_saved(tmp_path: Path, codec: str, text: str) -> None:
    (tmp_path / "信").write_bytes(text.encode(codec))
    assert read_file(tmp_path / "信").text == text


def test_noise_that_is_no_charset_is_undecodable() -> None:
    noise = bytes(128 + (n * 73) % 127 for n in range(600))
    assert refused(noise, media.PLAIN).trouble is Trouble.UNDECODABLE


def test_a_few_damaged_bytes_do_not_make_a_letter_unreadable(tmp_path: Path) -> None:
    data = bytearray((TEXT * 6).encode())
    data[100] = 0xFF
    (tmp_path / "信").write_bytes(data)
    assert read_file(tmp_path / "信").text.endswith(TEXT)


def test_line_ends_unseen_characters_and_trailing_blanks_are_taken_out(tmp_path: Path) -> None:
    (tmp_path / "信").write_bytes("第一行 　\r\n第\u200b二行\r第三\u2028行\n\n\n\n\n\n完".encode())
    assert read_file(tmp_path / "信").text == "第一行\n第二行\n第三\n行\n\n\n完"


def test_blank_files_are_empty() -> None:
    assert refused(b" \r\n\t\n", media.PLAIN).trouble is Trouble.EMPTY


def test_a_web_page_gives_its_visible_text_only() -> None:
    markup = "<html><head><title>t</title><style>p{}</style></head><body><!-- x --><p>第一段</p><div style='display:none'>藏</div><table><tr><td>甲</td><td>乙</td></tr></table></body></html>"
    assert html_to_text(markup).split() == ["第一段", "甲", "乙"]


def test_a_word_document_is_read_in_order_with_tables_boxes_and_headers(tmp_path: Path) -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "信访材料"
    document.add_paragraph("第一段")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "姓名", "金额"
    box = f"<w:r {nsdecls('w')}><w:pict><w:txbxContent><w:p><w:r><w:t>文本框里的话</w:t></w:r></w:p></w:txbxContent></w:pict></w:r>"
    document.add_paragraph("第二段")._p.append(parse_xml(box))
    (tmp_path / "信.txt").write_bytes(saved(document))
    assert read_file(tmp_path / "信.txt").text == "信访材料\n第一段\n姓名\t金额\n第二段\n文本框里的话"


def test_the_numbers_that_word_writes_before_list_paragraphs_are_kept(tmp_path: Path) -> None:
    document = docx.Document()
    for text in ("扣补助款", "公款吃喝"):
        document.add_paragraph(text, style="List Number")._p.get_or_add_pPr().append(_numbered(document))
    (tmp_path / "信").write_bytes(saved(document))
    assert read_file(tmp_path / "信").text == "一、扣补助款\n二、公款吃喝"


def _numbered(document: object) -> object:
    """Point a paragraph to a list that counts in Chinese."""
    root = document.part.numbering_part.element  # type: ignore[attr-defined]
    if not root.xpath("w:num[@w:numId='77']"):
        level = (
            '<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl>'
        )
        root.insert(0, parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="77">{level}</w:abstractNum>'))
        root.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    properties, number = OxmlElement("w:numPr"), OxmlElement("w:numId")
    number.set(qn("w:val"), "77")
    properties.append(number)
    return properties


@pytest.mark.parametrize(
    ("value", "kind", "written"),
    [
        (3, "chineseCounting", "三"),
        (12, "chineseCounting", "十二"),
        (21, "chineseCounting", "二十一"),
        (2, "decimalEnclosedCircle", "②"),
        (2, "upperLetter", "B"),
        (4, "decimal", "4"),
    ],
)
def test_list_numbers_are_written_as_word_does(value: int, kind: str, written: str) -> None:
    assert _number(value, kind) == written


def test_a_files_author_is_an_identity_and_a_programs_default_is_none(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(word_document(author="来信人"))
    (tmp_path / "b").write_bytes(word_document(author="Administrator"))
    (tmp_path / "c").write_bytes(pdf_document("账目明细表", author="来信人"))
    found = [[(one.kind, one.value) for one in read_file(tmp_path / name).identities] for name in "abc"]
    assert found == [[(IdentityKind.FILE_METADATA, "来信人")], [], [(IdentityKind.FILE_METADATA, "来信人")]]


@pytest.mark.parametrize(
    ("data", "media_type", "trouble"),
    [
        (word_document("", " "), media.DOCX, Trouble.NO_TEXT),
        (zipped({"[Content_Types].xml": b"<x", "word/document.xml": b"<x"}), media.DOCX, Trouble.DAMAGED),
        (word_document()[:3000], media.DOCX, Trouble.DAMAGED),
        (ole("EncryptedPackage"), media.LOCKED_OFFICE, Trouble.ENCRYPTED),
        (bytes(4) + b"ftypheic" + bytes(20), media.UNKNOWN, Trouble.NEEDS_EXTRA),
        (pdf_document("密件内容", password="secret"), media.PDF, Trouble.ENCRYPTED),
        (pdf_document(), media.PDF, Trouble.NO_TEXT),
        (b"%PDF-1.4\nnothing", media.PDF, Trouble.DAMAGED),
        (b"Rar!\x1a\x07\x00", media.UNKNOWN, Trouble.UNKNOWN_FORMAT),
        (b"", media.PLAIN, Trouble.EMPTY),
        (b"<html><body></body></html>", media.HTML, Trouble.NO_TEXT),
        (zipped({}), media.ZIP, Trouble.EMPTY),
    ],
)
def test_what_cannot_be_read_says_why(data: bytes, media_type: str, trouble: Trouble) -> None:
    assert refused(data, media_type).trouble is trouble


def test_a_pdf_with_text_is_read_and_its_broken_lines_are_joined(tmp_path: Path) -> None:
    (tmp_path / "信").write_bytes(
        pdf_document("我们村的村主任把危房改造的补助款扣下了一半，他说是", "要请客吃饭。", "一、还有别的问题")
    )
    assert (
        read_file(tmp_path / "信").text
        == "我们村的村主任把危房改造的补助款扣下了一半，他说是要请客吃饭。\n一、还有别的问题"
    )


def test_short_lines_and_headings_are_not_joined() -> None:
    assert unwrap("标题\n姓名\n电话") == "标题\n姓名\n电话"


def test_the_reason_never_quotes_the_letter_or_its_name() -> None:
    secret = "张某某举报"
    for data in (
        zipped({f"{secret}.txt": bytes(20_000_000)}),
        mail("", (f"{secret}.jpg", b"\xff\xd8\xff\xe0" + bytes(9)), subject=secret),
    ):
        kind = media.ZIP if data.startswith(b"PK") else media.MAIL
        assert secret not in refused(data, kind).detail
