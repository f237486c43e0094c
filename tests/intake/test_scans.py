"""Pictures and pages without text, read by the real engine where it is installed."""

import os
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image

from tests.intake import pages
from tests.intake.made import LIMITS, item, mail, note_parts, parts, pdf_document, read_file, read_mail, refused, zipped
from xiansuo.domain.letter import Letter, PartRole, Trouble
from xiansuo.intake import media, pdf, scans
from xiansuo.intake.limits import Limits
from xiansuo.intake.read import read

TEXT = "县纪委：\n我们村的村主任（姓覃）把补助款扣下一半。"
FLAT = TEXT.replace("\n", "")

if os.environ.get("CI") != "true":
    pytestmark = [
        pytest.mark.skipif(not scans.can_recognise(), reason="uv sync --inexact --extra ocr"),
        pytest.mark.skipif(not any(one.exists() for one in pages.FONTS), reason="apt-get install fonts-wqy-zenhei"),
    ]


def scan(text: str = TEXT, size: tuple[int, int] = (800, 300)) -> Image.Image:
    return pages.page(text, size=size)[0]


def recognised(data: bytes, media_type: str = media.PNG) -> Letter:
    letter = read(item(data, media_type), limits=LIMITS)
    assert isinstance(letter, Letter), letter
    return letter


def scanned_pdf(*pictures: Image.Image) -> bytes:
    return pages.saved(pictures[0], "PDF", save_all=True, append_images=list(pictures[1:]))


def test_a_scan_becomes_a_letter_that_says_a_machine_read_it(tmp_path: Path) -> None:
    (tmp_path / "扫描.png").write_bytes(pages.saved(pages.slanted(pages.noisy(scan(), 20), 1)))
    letter = read_file(tmp_path / "扫描.png")
    assert letter.text.replace("\n", "") == FLAT
    assert letter.parts[0].note.startswith("共1页，文字由机器从图片识别，")


@pytest.mark.slow
def test_a_page_upside_down_is_read_in_its_order() -> None:
    letter = recognised(pages.saved(pages.slanted(scan(), 180)))
    assert letter.text.replace("\n", "") == FLAT


def test_what_stands_under_a_red_stamp_is_read() -> None:
    letter = recognised(pages.saved(pages.stamped(scan(), [(150, 60)])))
    assert letter.text.replace("\n", "") == FLAT


@pytest.mark.slow
def test_every_page_of_a_fax_is_read() -> None:
    fax = pages.saved(scan("第一页写的事情"), "TIFF", save_all=True, append_images=[scan("第二页写的事情")])
    assert recognised(fax, media.TIFF).text == "第一页写的事情\n\n第二页写的事情"


def test_a_scanned_pdf_is_read_page_by_page() -> None:
    letter = recognised(scanned_pdf(scan("第一页写的事情"), scan("第二页写的事情")), media.PDF)
    assert letter.text == "第一页写的事情\n第二页写的事情"
    assert letter.parts[0].note.startswith("共2页，文字由机器从图片识别")


@pytest.mark.slow
def test_only_the_scanned_pages_of_a_mixed_pdf_are_recognised() -> None:
    written = pypdfium2.PdfDocument(pdf_document("账目明细表在后面一页"))
    written.import_pages(pypdfium2.PdfDocument(scanned_pdf(scan("后面一页写的事情"))))
    file = BytesIO()
    written.save(file)
    letter = recognised(file.getvalue(), media.PDF)
    assert letter.text == "账目明细表在后面一页\n后面一页写的事情"
    assert letter.parts[0].note.startswith("2页中有1页，文字由机器从图片识别")


def test_scans_in_mails_and_archives_are_parts_of_the_letter() -> None:
    picture = pages.saved(scan("附件里写的事情"), "JPEG")
    letter = read_mail(mail("见附件。", ("照片.jpg", picture), ("a.zip", zipped({"b.jpg": picture}))))
    assert parts(letter, PartRole.ATTACHMENT) == ["附件里写的事情"] * 2
    assert all("由机器从图片识别" in part.note for part in note_parts(letter))


@pytest.mark.slow
def test_what_a_camera_notes_beside_the_picture_stays_out_of_the_letter() -> None:
    noted = Image.Exif()
    noted[0x010E], noted[0x013B] = "secret-place", "secret-owner"
    letter = recognised(pages.saved(scan(), "JPEG", exif=noted.tobytes()), media.JPEG)
    assert "secret" not in f"{letter!r}{letter.text}{letter.identities}"


@pytest.mark.slow
def test_a_page_that_cannot_be_read_well_enough_is_refused_with_the_share_of_doubt() -> None:
    illegible = pages.noisy(pages.smaller(scan(TEXT * 3), 0.2), 60)
    found = refused(pages.saved(illegible), media.PNG)
    assert (found.trouble, "识别不清" in found.detail or "没有找到文字" in found.detail) == (Trouble.NO_TEXT, True)


@pytest.mark.parametrize(
    ("data", "media_type", "trouble"),
    [
        (pages.saved(Image.new("RGB", (600, 400), "white")), media.PNG, Trouble.NO_TEXT),
        (pages.saved(Image.new("1", (30_000, 30_000))), media.PNG, Trouble.TOO_LARGE),
        (pages.saved(Image.new("RGB", (600, 4), "white")), media.PNG, Trouble.NO_TEXT),
        (pages.saved(Image.new("RGB", (600, 400), "white"))[:200], media.PNG, Trouble.DAMAGED),
        (b"\xff\xd8\xff\xe0" + bytes(90), media.JPEG, Trouble.DAMAGED),
    ],
    ids=["blank", "bomb", "line", "cut off", "no picture"],
)
def test_a_picture_that_holds_nothing_to_read_says_why(data: bytes, media_type: str, trouble: Trouble) -> None:
    assert refused(data, media_type).trouble is trouble


def test_a_pdf_with_too_many_scanned_pages_says_so() -> None:
    found = refused(scanned_pdf(scan(), scan()), media.PDF, Limits(max_scan_pages=1))
    assert (found.trouble, "扫描件2页" in found.detail) == (Trouble.TOO_LARGE, True)


def test_a_page_that_takes_too_long_ends_in_a_reason() -> None:
    found = refused(pages.saved(pages.page(TEXT * 40)[0]), media.PNG, Limits(scan_seconds=0))
    assert (found.trouble, "时间" in found.detail) == (Trouble.FAILED, True)


def test_without_the_extra_a_scan_waits_and_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scans, "can_recognise", lambda: False)
    monkeypatch.setattr(pdf, "can_recognise", lambda: False)
    found = [refused(pages.saved(scan()), media.PNG), refused(scanned_pdf(scan()), media.PDF)]
    assert [one.trouble for one in found] == [Trouble.NEEDS_EXTRA, Trouble.NO_TEXT]
    assert all("xiansuo[ocr]" in one.detail for one in found)
