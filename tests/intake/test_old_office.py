"""Documents of older programs, written by LibreOffice itself from our own text and read again through it."""

import os
import subprocess
from pathlib import Path

import docx
import openpyxl
import pytest

from tests.intake.made import LIMITS, TEXT, item, mail, ole, parts, read_file, read_mail, refused, saved
from xiansuo.domain.letter import Item, Letter, PartRole, Trouble, Unreadable
from xiansuo.intake import media, old_office
from xiansuo.intake.collect import collect
from xiansuo.intake.limits import Limits
from xiansuo.intake.read import read

HOW = old_office.WHAT_TO_INSTALL
installed = pytest.mark.skipif(not old_office.can_convert() and os.environ.get("CI") != "true", reason=HOW)


def written_by_office(folder: Path, source: Path, kind: str) -> bytes:
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = ["soffice", profile, "--headless", "--convert-to", kind, "--outdir", str(folder / "made"), str(source)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return (folder / "made" / f"{source.stem}.{kind}").read_bytes()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("office")


@pytest.fixture(scope="module")
def doc(folder: Path) -> bytes:
    document = docx.Document()
    document.core_properties.author = "写信人"
    document.add_paragraph(TEXT)
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "姓名", "金额"
    document.add_paragraph("此致敬礼")
    (folder / "letter.docx").write_bytes(saved(document))
    return written_by_office(folder, folder / "letter.docx", "doc")


@pytest.fixture(scope="module")
def xls(folder: Path) -> bytes:
    book = openpyxl.Workbook()
    for row in (("信访编号", "反映内容"), ("甲1", TEXT), ("甲2", "村里的账目没有公开。")):
        book.active.append(row)
    book.save(folder / "register.xlsx")
    return written_by_office(folder, folder / "register.xlsx", "xls")


@installed
@pytest.mark.parametrize("name", ["信.doc", "信.wps"])
def test_an_old_word_document_is_read_with_its_table_and_author(tmp_path: Path, doc: bytes, name: str) -> None:
    (tmp_path / name).write_bytes(
        doc
    )  # what WPS Office writes has Word's streams; a sample of its own is not to be had
    letter = read_file(tmp_path / name)
    assert letter.text == f"{TEXT}\n姓名\t金额\n此致敬礼"
    assert [one.value for one in letter.identities] == ["写信人"]
    assert letter.parts[0].media_type == media.DOC


@installed
@pytest.mark.slow
@pytest.mark.parametrize("kind", ["rtf", "odt"])
def test_other_documents_are_read_too(folder: Path, doc: bytes, kind: str) -> None:
    del doc
    data = written_by_office(folder, folder / "letter.docx", kind)
    letter = read(item(data, media.UNKNOWN), limits=LIMITS)
    assert isinstance(letter, Letter)
    assert letter.text.startswith(TEXT)


@installed
def test_an_old_workbook_is_a_register_of_letters(tmp_path: Path, xls: bytes) -> None:
    (tmp_path / "登记表.xls").write_bytes(xls)
    rows = list(collect(tmp_path / "登记表.xls", source="测试", limits=LIMITS))
    assert all(isinstance(row, Item) for row in rows)
    assert [read(row, limits=LIMITS).text for row in rows] == [TEXT, "村里的账目没有公开。"]  # type: ignore[union-attr, arg-type]


@installed
def test_old_documents_in_a_mail_are_parts_of_it(doc: bytes, xls: bytes) -> None:
    letter = read_mail(mail("见附件。", ("材料.doc", doc), ("表.xls", xls)))
    assert [text[:4] for text in parts(letter, PartRole.ATTACHMENT)] == [TEXT[:4], "信访编号"]


@installed
@pytest.mark.parametrize("cut", [3000, 900], ids=["half", "head"])
def test_a_cut_off_document_ends_in_a_letter_or_a_reason(doc: bytes, cut: int) -> None:
    result = read(item(doc[:cut], media.DOC), limits=LIMITS)
    assert isinstance(result, Unreadable)
    assert result.trouble in {Trouble.DAMAGED, Trouble.NO_TEXT}


@installed
def test_a_conversion_beyond_the_time_is_ended_with_all_it_started(doc: bytes) -> None:
    found = refused(doc, media.DOC, Limits(office_seconds=0))
    assert (found.trouble, "超过" in found.detail) == (Trouble.FAILED, True)
    assert not _own_offices()


def _own_offices() -> list[str]:
    mark = f"xiansuo-office-{os.getpid()}-".encode()
    return [one.parent.name for one in Path("/proc").glob("[0-9]*/cmdline") if mark in _bytes(one)]


def _bytes(place: Path) -> bytes:
    try:
        return place.read_bytes()
    except OSError:
        return b""


@installed
def test_nothing_of_a_letter_is_left_behind(doc: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(old_office, "_place", lambda: tmp_path)
    stale = tmp_path / "xiansuo-office-999999999-x"
    stale.mkdir()
    assert old_office.converted(doc, media.DOC, LIMITS).startswith(b"PK")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("stream", "media_type"), [("WordDocument", media.DOC), ("Workbook", media.XLS), ("PowerPoint Document", media.PPT)]
)
def test_without_libreoffice_a_document_waits_and_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stream: str, media_type: str
) -> None:
    monkeypatch.setattr(old_office, "can_convert", lambda: False)
    (tmp_path / "x").write_bytes(ole(stream))
    (found,) = collect(tmp_path / "x", source="测试", limits=LIMITS)
    result = read(found, limits=LIMITS) if isinstance(found, Item) else found
    assert isinstance(result, Unreadable)
    assert (result.trouble, result.item.data, result.item.media_type) == (Trouble.NEEDS_EXTRA, ole(stream), media_type)
    assert "apt-get install" in result.detail
