"""Letters are read in a helper process exactly as they would be here, and what breaks the helper breaks nothing else."""

import os
import signal
from pathlib import Path

import pytest

from tests.e2e.command import SAMPLES
from tests.intake.made import LIMITS, item, mail, pdf_document, word_document, zipped
from xiansuo.domain.letter import Item, Letter, Trouble, Unreadable
from xiansuo.intake import apart, media, sheets
from xiansuo.intake.collect import collect
from xiansuo.intake.limits import Limits
from xiansuo.intake.read import read
from xiansuo.intake.reading import MEMORY, read_apart
from xiansuo.intake.workbooks import open_workbook


def inbox() -> list[Item]:
    found = collect(SAMPLES / "inbox", source="测试", limits=LIMITS)
    return [one for one in found if isinstance(one, Item) and one.media_type not in media.IMAGES]


def test_every_sample_is_read_apart_as_it_is_read_here() -> None:
    for one in inbox():
        assert read_apart(one, limits=LIMITS) == read(one, limits=LIMITS)


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (b"", media.MAIL),
        (b"x" * 2000, media.MAIL),
        (b"PK\x03\x04 torn", media.DOCX),
        (b"%PDF-1.7 torn", media.PDF),
        (word_document(), media.PDF),
        (b"From: \xff\xfe\nSubject: =?utf-16?B?2AA=?=\n\n\xd8\x00", media.MAIL),
        (mail("", ("a.zip", zipped({"b.docx": word_document(), "c": b"\xff\x00"}))), media.UNKNOWN),
    ],
)
def test_a_reason_is_the_same_apart_as_here(data: bytes, media_type: str) -> None:
    one = item(data, media_type)
    assert read_apart(one, limits=LIMITS) == read(one, limits=LIMITS)


def test_a_helper_killed_by_one_letter_reads_the_next() -> None:
    one = item(mail())
    assert isinstance(read_apart(one, limits=LIMITS), Letter)
    number = apart.helper("xiansuo.intake.reading", memory=MEMORY).process_id
    assert number
    os.kill(number, signal.SIGKILL)
    found = [read_apart(one, limits=LIMITS) for _ in range(2)]
    assert isinstance(found[1], Letter)
    assert all(isinstance(one, Letter) or one.trouble is Trouble.FAILED for one in found)


def test_a_letter_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "_START_SECONDS", 60)
    late = read_apart(item(pdf_document(*["一二三四五六七八九十"] * 30)), limits=Limits(read_seconds=0))
    assert isinstance(late, Unreadable)
    assert late.trouble is Trouble.FAILED
    assert isinstance(read_apart(item(mail()), limits=LIMITS), Letter)


def test_a_workbook_opened_apart_has_the_same_sheets_and_rows() -> None:
    file = Path(SAMPLES / "register.xlsx")
    here = [(sheet.name, list(sheet.rows)) for sheet in sheets.open_workbook(file, limits=LIMITS)]
    assert [(sheet.name, list(sheet.rows)) for sheet in open_workbook(file, limits=LIMITS)] == here
    assert [sheet.name for sheet in open_workbook(file, limits=LIMITS)] == [name for name, _ in here]
