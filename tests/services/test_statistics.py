"""That the statistics follow from the ledger, show totals only to those who may see no more, and refuse everybody else."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO

import pytest
from openpyxl import load_workbook

from tests.storage.figures_samples import HEAD, LEAD, MODELLER, PARENTS, REVIEWER, TYPES, block, fill, read_by
from xiansuo.domain.category import CATEGORIES
from xiansuo.domain.decision import ClueState, Outcome
from xiansuo.domain.figures import ClueFact, LetterFact, timeliness
from xiansuo.domain.handling import Disposition, Result
from xiansuo.domain.ledger import LedgerFilter
from xiansuo.domain.people import Viewer
from xiansuo.domain.register import Level, OrganisationRegister, Unit
from xiansuo.errors import NotVisibleError, RefusedError
from xiansuo.evaluation.figures import count_round
from xiansuo.services.common_issues import common_issues
from xiansuo.services.ledger import rows
from xiansuo.services.ledger_sheet import export_ledger
from xiansuo.services.office import Office
from xiansuo.services.statistics import behind, recounted, rounds_of, statistics
from xiansuo.storage.session import transaction

_REGISTER = OrganisationRegister(
    "清水县纪委监委",
    units=tuple(Unit(name, parent, TYPES[name], Level.VILLAGE) for name, parent in reversed(PARENTS.items())),
)


@pytest.fixture
def counting(office: Office) -> Iterator[Office]:
    with transaction(office.engine) as session:
        fill(session, 200)
    return replace(office, register=_REGISTER)


@pytest.mark.parametrize(("viewer", "round_id"), [(LEAD, None), (LEAD, 1), (HEAD, None), (HEAD, 1)])
def test_every_number_follows_from_the_ledger(counting: Office, viewer: Viewer, round_id: int | None) -> None:
    with transaction(counting.engine) as session:
        block(session, viewer, 1)
    again = recounted(counting, rows(counting, viewer, round_id), viewer.today)
    assert again == statistics(counting, viewer, round_id).counted
    assert again.clues > 0


@pytest.mark.parametrize("viewer", [LEAD, HEAD])
def test_every_number_follows_from_the_exported_sheet_alone(counting: Office, viewer: Viewer) -> None:
    exported = export_ledger(counting, viewer, LedgerFilter(1))
    heading, *lines = _table(exported.data)
    every = [dict(zip(heading, line, strict=True)) for line in lines]
    read = [row for row in every if row["状态"] != ClueState.MERGED.chinese]
    assert len(read) < len(every)
    clues = [_clue_of(row, viewer.today) for row in read]
    letters = [letter for row in read for letter in _letters_of(row)]
    counted = statistics(counting, viewer, 1).counted
    again = count_round(clues, letters)
    assert (again.figures, again.clues, again.letters) == (counted.figures, counted.clues, counted.letters)
    own = Counter(str(row["单位"] or "") for row in read if row["单位"] in PARENTS)
    assert {unit: count for unit, (count, _) in counted.units.items() if count} == own


def _table(data: bytes) -> list[list[object]]:
    """Return the lines of the sheet from its headings on, those with a clue's number."""
    sheet = load_workbook(BytesIO(data), read_only=True).worksheets[0]
    lines = [[cell.value for cell in line] for line in sheet.iter_rows()]
    start = next(place for place, line in enumerate(lines) if "线索编号" in line)
    width = len([cell for cell in lines[start] if cell])
    return [line[:width] for line in lines[start:] if line[1]]


def _clue_of(row: dict[str, object], today: date) -> ClueFact:
    """Read a line of the sheet as a person would."""
    labels = str(row["问题类别"] or "")
    found = [one.value for one in CATEGORIES if one.chinese in labels] if "系统建议" not in labels else []
    return ClueFact(
        _code(ClueState, row["状态"]),
        _code(Outcome, row["人工认定"]),
        tuple(found),
        _code(Disposition, row["处置方式"]),
        _code(Result, row["办理结果"]),
        timeliness(_date(row["时限"]), _date(row["办结日期"]), today),
    )


def _letters_of(row: dict[str, object]) -> list[LetterFact]:
    signed = {"署名": "real_name", "联名": "joint", "匿名": "anonymous"}
    items = [one.split(" ") for one in str(row["来件明细"] or "").split("；") if one]
    return [LetterFact(channel, signed[word], turn == "重复") for _, channel, word, turn in items]


def _code(words: type[ClueState | Outcome | Disposition | Result], text: object) -> str:
    return next((one.value for one in words if one.chinese == text), "")


def _date(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    return date.fromisoformat(str(value)) if value else None


def test_two_readings_are_told_as_a_share_and_nobody_by_name(counting: Office) -> None:
    with transaction(counting.engine) as session:
        read_by(session, 1, LEAD.account, "open", "four_winds")
        read_by(session, 1, HEAD.account, "second", "four_winds")
    counted = statistics(counting, HEAD).counted
    assert (counted.agreeing, counted.read_twice) == (1, 1)


def test_a_reader_of_totals_sees_no_small_number_and_no_unit(counting: Office) -> None:
    found = statistics(counting, MODELLER)
    counts = [part.count for figure in found.counted.figures for part in figure.parts]
    assert not {1, 2} & {count for count in counts if count is not None}
    assert (found.units, found.types, found.counted.units, found.counted.read_twice) == ((), (), {}, 0)


def test_a_reader_of_totals_is_refused_what_is_behind_them(counting: Office) -> None:
    with pytest.raises(RefusedError):
        behind(counting, MODELLER, None, {"all": ""})
    with pytest.raises(RefusedError):
        common_issues(counting, MODELLER)


def test_others_are_refused_and_a_foreign_round_does_not_exist(counting: Office) -> None:
    with pytest.raises(RefusedError):
        statistics(counting, REVIEWER)
    with pytest.raises(NotVisibleError):
        statistics(counting, LEAD, 7)
    assert [one.id for one in rounds_of(counting, LEAD)] == [1]


def test_pages_of_what_is_behind_a_number_follow_each_other(counting: Office) -> None:
    seen, after = [], 0
    while found := behind(counting, HEAD, None, {"all": ""}, after=after):
        seen += [one.number for one in found.clues]
        after = found.next
        if not after:
            break
    assert len(seen) == len(set(seen)) == statistics(counting, HEAD).counted.clues


def test_units_of_a_type_are_counted_and_listed_together(counting: Office) -> None:
    found = statistics(counting, HEAD)
    for line in found.types:
        listed = behind(counting, HEAD, None, {"type": line.type}).clues
        assert len(listed) == min(line.clues, 50)
    assert sum(line.clues for line in found.types) + found.unplaced == found.counted.clues


@pytest.mark.parametrize("pending", [False, True])
def test_common_problems_show_no_small_number(counting: Office, *, pending: bool) -> None:
    found = common_issues(counting, HEAD, pending=pending)
    for table in (*found.by.values(), found.months):
        shown = [count for line in (*table.lines, table.total) for count in (*line.cells, line.total)]
        assert not {1, 2} & {count for count in shown if count is not None}
        assert any(shown)


def test_a_recused_person_reads_the_tables_of_an_office_without_the_clue(counting: Office) -> None:
    before = common_issues(counting, LEAD)
    with transaction(counting.engine) as session:
        for clue in range(1, 150):
            block(session, LEAD, clue)
    after = common_issues(counting, LEAD)
    assert after != before
    assert (after.months.total.total or 0) < (before.months.total.total or 0)
