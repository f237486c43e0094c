"""Text that tries to be markup, a template, a formula, a header or a path, wherever somebody can write it."""

import io
import re
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest

from tests.browser.places import places
from tests.review.desk import Desk, open_desk
from tests.review.hostile_desk import EVALUATED, MARK, poison
from tests.review.routes import doors
from xiansuo.domain.people import MATRIX, Role
from xiansuo.services.sheet import safe

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pytest.fixture(scope="module")
def hostile(desk_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    desk = poison(open_desk(desk_template, tmp_path_factory.mktemp("hostile") / "desk"))
    yield desk
    desk.office.engine.dispose()


class _Markup(HTMLParser):
    """Collects elements and attributes that only the payload can have brought in."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        bad = [f"{name}={value}" for name, value in attrs if name.startswith("on") or (value or "") == MARK]
        bad += [f"{name}={value}" for name, value in attrs if (value or "").startswith("javascript:")]
        if bad or (tag == "script" and not dict(attrs).get("src")) or (tag == "svg" and len(attrs) == 0):
            self.found.append(f"<{tag}> {bad}")


@pytest.mark.parametrize("role", list(Role))
def test_what_anybody_wrote_is_text_on_every_page_and_never_markup_or_template(hostile: Desk, role: Role) -> None:
    client = hostile.client(role)
    shown = 0
    for path in places(hostile, hostile.app, role):
        answer = client.get(path)
        assert answer.status_code < 500, path
        markup = _Markup()
        markup.feed(answer.text)
        assert markup.found == [], path
        assert EVALUATED not in answer.text, path
        shown += MARK in answer.text
    assert shown, "a role that sees nothing that was written would prove nothing"


def test_what_anybody_wrote_is_no_formula_in_any_file_that_leaves(hostile: Desk) -> None:
    files = list(_files(hostile))
    assert {kind for kind, _ in files} >= {_XLSX, "text/html; charset=utf-8", "application/x-ndjson"}
    cells = [cell for kind, data in files if kind == _XLSX for cell in _cells(data)]
    assert [cell for cell in cells if cell.data_type == "f"] == []
    assert [cell.value for cell in cells if isinstance(cell.value, str) and safe(cell.value) != cell.value] == []
    assert any(MARK in str(cell.value) for cell in cells)


def test_a_report_that_leaves_as_a_page_holds_no_foreign_markup_and_forbids_scripts(hostile: Desk) -> None:
    for kind, data in _files(hostile):
        if kind.startswith("text/html"):
            markup = _Markup()
            markup.feed(data.decode())
            assert markup.found == []


def test_every_file_is_handed_out_as_a_file_under_a_name_of_the_programs_own(hostile: Desk) -> None:
    for answer in _answers(hostile):
        disposition = answer.headers.get("content-disposition", "")
        if answer.headers["content-type"].startswith("text/html") and not disposition:
            continue
        assert re.fullmatch(
            r"attachment; filename=(?:\"[\w.-]+\"|[\w.-]+)(?:; filename\*=UTF-8''[\w%.-]+)?", disposition
        )
        assert answer.headers["x-content-type-options"] == "nosniff"


def _answers(desk: Desk) -> Iterator[object]:
    """Yield what every export of every role answers."""
    for role in Role:
        client = desk.client(role)
        mine = [one for one in doors(desk.app) if one.power in MATRIX[role]]
        exports = [one for one in mine if one.path.endswith("/export")]
        values = _values(desk, role)
        for door in exports:
            for form in ("html", "xlsx", "json"):
                answer = client.post(door.filled(values.get(door.path.split("/")[1], {})), data={"form": form})
                if answer.status_code == 200:
                    yield answer
        for path in (one.filled(values.get("units", {})) for one in mine if one.path.endswith(".docx")):
            yield client.get(path)


def _files(desk: Desk) -> Iterator[tuple[str, bytes]]:
    for answer in _answers(desk):
        yield answer.headers["content-type"], answer.content  # type: ignore[attr-defined]


def _values(desk: Desk, role: Role) -> dict[str, dict[str, str]]:
    """Return what the paths under a first word are filled with: the paths that pages of the role lead to."""
    found: dict[str, dict[str, str]] = {}
    for path in places(desk, desk.app, role):
        parts = path.split("/")
        if parts[1] == "handover" and parts[2:3] and parts[2] != "new":
            found["handover"] = {"number": parts[2]}
        if parts[1] == "reports" and len(parts) == 4:
            found["reports"] = {"kind": parts[2], "key": parts[3]}
    return found


def _cells(data: bytes) -> Iterator[openpyxl.cell.Cell]:
    for page in openpyxl.load_workbook(io.BytesIO(data)).worksheets:
        for line in page.iter_rows():
            yield from line


def test_a_spreadsheet_holds_no_link_macro_or_outer_reference(hostile: Desk) -> None:
    for kind, data in _files(hostile):
        if kind == _XLSX:
            names = zipfile.ZipFile(io.BytesIO(data)).namelist()
            assert not [name for name in names if re.search(r"vba|external|hyperlink|embed|\.bin", name)]


@pytest.mark.parametrize(
    "name",
    [
        "../../pyproject.toml",
        "..%2f..%2fpyproject.toml",
        "%2e%2e/%2e%2e/app.py",
        "....//....//app.py",
        "..\\..\\app.py",
        "..%5c..%5capp.py",
        "%00style.css",
        "style.css%00.png",
        "/etc/passwd",
        "//etc/passwd",
        "vendor/../../templates/base.html",
        "vendor",
        "",
        ".",
    ],
)
def test_no_path_leads_out_of_the_static_folder(quiet_desk: Desk, name: str) -> None:
    answer = quiet_desk.stranger().get(f"/static/{name}")
    assert answer.status_code in {307, 404}
    assert answer.headers.get("location", "http://testserver/static/") == "http://testserver/static/"
    assert "root:" not in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/units/..%2f..%2fetc/brief.docx",
        "/units/a%0d%0aSet-Cookie:%20x=y/brief.docx",
        '/units/a";%20filename="b.exe/brief.docx',
        "/reports/month/2026-01%0d%0aX-Injected:1/kept/1.json",
        "/handover/a%0d%0aX-Injected:1/list",
        "/search?words=%0d%0aX-Injected:%201",
        "/queue?show=%0d%0aX-Injected:%201",
        "/clues/%0d%0aX-Injected:%201",
    ],
)
@pytest.mark.parametrize("role", [Role.LEAD, Role.TRANSFER])
def test_nothing_in_an_address_becomes_a_header(quiet_desk: Desk, path: str, role: Role) -> None:
    answer = quiet_desk.client(role).get(path, headers={"HX-Request": "true"})
    assert answer.status_code < 500
    assert "x-injected" not in answer.headers
    assert "set-cookie" not in answer.headers
    assert "exe" not in answer.headers.get("content-disposition", "")


def test_nothing_typed_into_a_form_becomes_a_header(desk: Desk) -> None:
    lead = desk.client(Role.LEAD)
    answer = lead.post("/queue/views", data={"name": "x\r\nSet-Cookie: a=b", "query": "words=\r\nX-Injected: 1"})
    assert answer.status_code in {303, 400}
    assert "x-injected" not in answer.headers
    assert not any(one.startswith("a=b") for one in answer.headers.get_list("set-cookie"))
