"""The ledger: what a person may see, in fixed columns, safe to open, and the same again when it is read back."""

import hashlib
import io
import zipfile
from dataclasses import replace

import openpyxl
import pytest

from tests.services.deciding import GRAFT, TEXT, Room
from tests.services.handling_samples import asked, decided, transfer_officer, whole
from xiansuo.domain.decision import ClueState, Outcome
from xiansuo.domain.handling import LedgerNotes
from xiansuo.domain.ledger import LEDGER_VERSION, LedgerFilter, LedgerRow
from xiansuo.domain.people import Viewer
from xiansuo.services import ledger
from xiansuo.services.handling import record
from xiansuo.services.ledger_sheet import COLUMNS, export_ledger
from xiansuo.services.sheet import STAMP, safe
from xiansuo.storage.repositories import audit
from xiansuo.storage.session import now, reading, transaction
from xiansuo.storage.tables import ClueBlocks, Exports, Letters

ALL = LedgerFilter()


def rows(room: Room, viewer: Viewer, chosen: LedgerFilter = ALL) -> list[LedgerRow]:
    return list(ledger.chosen_rows(room.office, viewer, chosen))


def read_back(data: bytes) -> list[dict[str, object]]:
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    heading, *lines = book["台账"].iter_rows(values_only=True)
    return [dict(zip(heading, line, strict=True)) for line in lines]


def test_a_row_says_what_people_found_and_did(room: Room) -> None:
    number, lead = decided(room), room.people["lead"]
    record(room.office, lead, asked(room, number), whole(lead.today), end=True)
    row = next(one for one in rows(room, lead) if one.clue == number)
    assert (row.state, row.outcome, row.categories, row.suggested) == (
        ClueState.CLOSED,
        Outcome.CONFIRMED,
        (GRAFT,),
        False,
    )
    assert (row.ended_on, row.decided_by, row.handling.owner) == (lead.today, "jia", "承办人甲")
    assert row.hands == (f"认定 jia {lead.today}", f"办结 lead {lead.today}")


def test_a_clue_nobody_decided_stands_in_the_ledger_as_suggested(room: Room) -> None:
    row = rows(room, room.people["lead"])[0]
    assert (row.state, row.outcome, row.suggested, row.categories) == (ClueState.OPEN, None, True, (GRAFT,))
    assert row.summary.startswith("疑似贪污侵占：")


def test_no_sentence_of_a_letter_stands_in_the_ledger(room: Room) -> None:
    decided(room)
    data = export_ledger(room.office, room.people["lead"], LedgerFilter()).data
    words = " ".join(str(cell) for line in read_back(data) for cell in line.values())
    assert not any(part in words for part in TEXT.split("，"))


def test_each_person_gets_the_rows_of_the_own_reach(room: Room) -> None:
    outside = replace(room.people["jia"], rounds=())
    reach = {viewer.login: len(rows(room, viewer)) for viewer in (*room.people.values(), transfer_officer(room))}
    assert reach == {"jia": 4, "yi": 4, "lead": 4, "head": 4, "yijiao": 4}
    assert rows(room, outside) == []


def test_a_registrar_gets_the_rows_of_letters_he_entered(room: Room) -> None:
    registrar = replace(room.people["jia"], role="registrar")
    with transaction(room.office.engine) as session:
        session.get_one(Letters, room.letters[room.numbers[1]]).registrar_id = registrar.account
    assert [row.clue for row in rows(room, registrar)] == [room.numbers[1]]


def test_who_is_kept_away_finds_a_clue_neither_in_rows_nor_count_nor_file(room: Room) -> None:
    lead, hidden = room.people["lead"], room.numbers[0]
    with transaction(room.office.engine) as session:
        session.add(ClueBlocks(account_id=lead.account, clue_id=room.clue(hidden).id, source="self", created=now()))
    made = export_ledger(room.office, lead, LedgerFilter(room.round))
    assert hidden not in {line["线索编号"] for line in read_back(made.data)}
    assert (made.rows, ledger.total(room.office, lead, LedgerFilter())) == (3, 3)


def test_the_file_read_back_gives_the_same_figures_as_the_rows(room: Room) -> None:
    lead = room.people["lead"]
    for place in range(3):
        record(room.office, lead, asked(room, decided(room, place)), whole(lead.today), end=place == 0)
    lines = read_back(export_ledger(room.office, lead, LedgerFilter(room.round)).data)
    own = rows(room, lead, LedgerFilter(room.round))
    assert [line["线索编号"] for line in lines] == [row.clue for row in own]
    assert [line["状态"] for line in lines].count("已办结") == sum(row.state is ClueState.CLOSED for row in own) == 1
    assert [line["办理结果"] for line in lines].count("部分属实") == 3


def test_the_columns_are_those_of_version_one() -> None:
    headings = "\n".join(column.heading for column in COLUMNS)
    assert LEDGER_VERSION == 1
    assert hashlib.sha256(headings.encode()).hexdigest()[:16] == "513ee6c242028f34"


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1"])
def test_no_cell_is_taken_for_a_formula(room: Room, start: str) -> None:
    number, lead = decided(room), room.people["lead"]
    notes = LedgerNotes(archive=start)
    record(room.office, lead, asked(room, number), replace(whole(lead.today), owner=start, notes=notes))
    book = openpyxl.load_workbook(io.BytesIO(export_ledger(room.office, lead, LedgerFilter()).data))
    cells = [cell for line in book["台账"].iter_rows() for cell in line if cell.value is not None]
    assert not [cell.value for cell in cells if cell.data_type == "f"]
    assert not [cell.value for cell in cells if isinstance(cell.value, str) and safe(cell.value) != cell.value]


def test_every_row_and_page_says_who_exported_and_under_which_number(room: Room) -> None:
    lead = room.people["lead"]
    made = export_ledger(room.office, lead, LedgerFilter())
    assert all(line[STAMP].startswith(f"{made.number} lead ") for line in read_back(made.data))
    book = openpyxl.load_workbook(io.BytesIO(made.data))
    for page in book.worksheets:
        assert made.number in page.oddHeader.right.text
        assert "lead" in page.oddFooter.left.text


def test_nothing_hides_in_the_file(room: Room) -> None:
    made = export_ledger(room.office, room.people["lead"], LedgerFilter())
    book = openpyxl.load_workbook(io.BytesIO(made.data))
    assert (book.properties.creator or "", book.properties.lastModifiedBy or "") == ("", "")
    assert all(page.sheet_state == "visible" for page in book.worksheets)
    with zipfile.ZipFile(io.BytesIO(made.data)) as archive:
        inside = b"".join(archive.read(name) for name in archive.namelist())
    assert str(room.office.state_dir).encode() not in inside


def test_an_export_leaves_its_digest_and_an_event_and_no_file_behind(room: Room) -> None:
    lead = room.people["lead"]
    before = set(room.office.state_dir.iterdir())
    made = export_ledger(room.office, lead, LedgerFilter())
    with reading(room.office.engine) as session:
        (stored,) = session.query(Exports).all()
        last = audit.page(session)[-1]
    assert (stored.digest, stored.rows, stored.version) == (hashlib.sha256(made.data).digest(), 4, 1)
    assert (last.action, last.object_id) == ("ledger.export", made.number)
    assert set(room.office.state_dir.iterdir()) == before
