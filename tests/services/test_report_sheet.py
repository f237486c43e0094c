"""The report for Excel: the same values as the data, as numbers, and nothing that runs."""

import io
import json
from collections.abc import Iterator

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from tests.evaluation.period_samples import FORMULA, little, much
from xiansuo.evaluation.period_json import as_json
from xiansuo.evaluation.period_page import tell
from xiansuo.evaluation.told_words import PeriodWords
from xiansuo.services.report_sheet import Book, workbook


def book(*, english: bool = False, few: bool = False) -> Workbook:
    words = PeriodWords(english=english, rules={"fw-gifts": "干部收下属的购物卡、礼金、烟酒、特产，没有说办了什么事。"})
    told = tell(little() if few else much(), words, office="某办")
    made = workbook(Book(told.title, (told.subtitle,), told.parts, "DC-1 & 某某", ("下", "上", "命中", "共")))
    return openpyxl.load_workbook(io.BytesIO(made))


@pytest.fixture(scope="module")
def sheets() -> Workbook:
    return book()


def values(value: object) -> Iterator[float]:
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from values(one)
    elif isinstance(value, int | float):
        yield float(value)


def test_each_part_has_a_sheet_with_its_headings_in_sight(sheets: Workbook) -> None:
    assert len(sheets.sheetnames) == 11
    assert all(page.freeze_panes for page in sheets.worksheets)
    rules = sheets.worksheets[5]
    assert str(rules["A3"].value) == "规则"
    assert rules.freeze_panes == "B4"


def test_every_number_is_one_of_the_data_in_full(sheets: Workbook) -> None:
    told = set(values(json.loads(as_json(much()))))
    cells = [cell.value for page in sheets.worksheets for row in page.iter_rows() for cell in row]
    found = {float(one) for one in cells if isinstance(one, int | float)}
    assert len(found) > 100
    # The file keeps 16 digits.
    assert [one for one in found if not any(abs(one - other) < 1e-12 for other in told)] == []


def test_no_cell_is_a_formula(sheets: Workbook) -> None:
    cells = [cell for page in sheets.worksheets for row in page.iter_rows() for cell in row]
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    assert "'" + FORMULA in [cell.value for cell in cells]


def test_shares_are_numbers_with_a_format(sheets: Workbook) -> None:
    cells = [cell for row in sheets.worksheets[2].iter_rows() for cell in row if cell.number_format == "0.0%"]
    assert cells
    assert all(
        isinstance(cell.value, int | float) or cell.value is None or "满10条" in str(cell.value) for cell in cells
    )


def test_columns_are_as_wide_as_what_they_hold(sheets: Workbook) -> None:
    widths = [one.width for one in sheets.worksheets[5].column_dimensions.values()]
    assert widths[0] > 20
    assert all(9 <= width <= 46 for width in widths)


@pytest.mark.parametrize("english", [False, True])
def test_an_office_with_hardly_a_figure_gets_a_file_too(*, english: bool) -> None:
    first = book(english=english, few=True).worksheets[0]
    text = "\n".join(str(cell.value) for row in first.iter_rows() for cell in row if cell.value)
    assert "27" in text
    assert first.oddFooter is not None
    assert "DC-1" in (first.oddFooter.left.text or "")
