"""Owns the workbook of the organisation register (单位名册): reading it with every mistake named, and its empty form."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from xiansuo.domain.letter import Trouble
from xiansuo.domain.register import Head, Level, OrganisationRegister, Staff, Unit
from xiansuo.errors import TROUBLES, UsageError
from xiansuo.intake.content import CannotRead
from xiansuo.intake.limits import Limits
from xiansuo.intake.sheets import Row
from xiansuo.intake.workbooks import open_workbook

_UNITS, _HEADS, _STAFF, _SETTINGS = "单位", "负责人", "本办人员", "设置"
_HEADINGS = {
    _UNITS: ("单位名称", "上级单位", "类型", "级别", "别名"),
    _HEADS: ("姓名", "单位", "职务", "职级", "是否一把手"),
    _STAFF: ("姓名", "职务", "是否主要负责人"),
    _SETTINGS: ("本机关名称", "可受理最高职级"),
}
# What offices write for the six levels beside the words of the register itself.
_LEVEL_WORDS = {
    Level.VILLAGE: ("村", "社区", "村居", "村社级"),
    Level.TOWNSHIP: ("乡", "镇", "乡级", "镇级", "乡镇级", "科级", "正科", "副科", "正科级", "副科级", "股级"),
    Level.COUNTY: ("县", "区", "县级", "处级", "正处", "副处", "正处级", "副处级"),
    Level.PREFECTURE: ("市级", "地市级", "厅级", "厅局级", "正厅", "副厅", "正厅级", "副厅级"),
    Level.PROVINCE: ("省级", "部级", "正部级", "副部级", "正省级", "副省级"),
    Level.NATION: ("正国级", "副国级"),
}
_LEVELS = {word: level for level, words in _LEVEL_WORDS.items() for word in (level.chinese, *words)}
_LEVEL_CHOICES = "、".join(level.chinese for level in Level)
_YES_NO = {"是": True, "否": False, "": False}
_SEPARATORS = re.compile(r"[、,，;；/|\n]+")
_TITLE_ROWS = 5


class OrganisationRegisterError(UsageError):
    """The workbook has mistakes; `problems` are sentences that name sheet, row, column, value and what is allowed."""

    def __init__(self, file: str, problems: Sequence[str]) -> None:
        super().__init__(f"单位名册 {file} 有{len(problems)}处问题，未导入：\n" + "\n".join(problems))
        self.problems = tuple(problems)


def read_register(path: Path) -> OrganisationRegister:
    """Read the organisation register from an xlsx file; raise OrganisationRegisterError with all its mistakes at once."""
    problems = list[str]()
    tables = _tables(path, problems)
    if not problems:
        register = _register(tables, problems)
    if problems:
        raise OrganisationRegisterError(path.name, problems)
    return register


def write_template(path: Path) -> None:
    """Write a workbook with the register's sheets, choices and a made-up example in every sheet."""
    import openpyxl  # noqa: PLC0415 - slow to import, and needed for an empty form only
    from openpyxl.styles import Font  # noqa: PLC0415
    from openpyxl.worksheet.datavalidation import DataValidation  # noqa: PLC0415

    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, headings in _HEADINGS.items():
        sheet = book.create_sheet(name)
        sheet.append(headings)
        for row in _EXAMPLES[name]:
            sheet.append(row)
        for number, heading in enumerate(headings, 1):
            cell = sheet.cell(1, number)
            cell.font = Font(bold=True)
            sheet.column_dimensions[cell.column_letter].width = 24
            if choices := _CHOICES.get(heading):
                rule = DataValidation(type="list", formula1=f'"{choices}"', allow_blank=True)
                sheet.add_data_validation(rule)
                rule.add(f"{cell.column_letter}2:{cell.column_letter}5000")
        sheet.freeze_panes = "A2"
    book.save(path)


_CHOICES = {
    heading: ",".join(level.chinese for level in Level) for heading in ("级别", "职级", "可受理最高职级")
} | dict.fromkeys(("是否一把手", "是否主要负责人"), "是,否")
_EXAMPLES: dict[str, tuple[tuple[str, ...], ...]] = {
    _UNITS: (
        ("示例县", "", "党委政府", "县处级", ""),
        ("示例县柳湾镇", "示例县", "乡镇", "乡科级", "柳湾镇、柳湾"),
        ("示例县柳湾镇东坡村", "示例县柳湾镇", "村", "村级", "东坡村"),
    ),
    _HEADS: (
        ("张某甲", "示例县柳湾镇", "党委书记", "乡科级", "是"),
        ("李某乙", "示例县柳湾镇东坡村", "党支部书记", "村级", "是"),
    ),
    _STAFF: (("王某丙", "主任", "是"), ("赵某丁", "科员", "否")),
    _SETTINGS: (("示例县委巡察工作领导小组办公室", "县处级"),),
}


@dataclass(frozen=True, slots=True)
class _Line:
    """One row of a sheet by heading; `problem` adds a sentence that says where it stands."""

    sheet: str
    number: int
    cells: Mapping[str, str]
    problems: list[str] = field(repr=False)

    def problem(self, heading: str, what: str) -> None:
        value = self.cells[heading]
        shown = f"的值“{value[:40]}”" if value else ""
        self.problems.append(f"工作表“{self.sheet}”第{self.number}行“{heading}”{shown}{what}")

    def required(self, heading: str) -> str:
        if not self.cells[heading]:
            self.problem(heading, "没有填写。这一栏必填。")
        return self.cells[heading]

    def level(self, heading: str, default: Level | None = None) -> Level:
        value = self.cells[heading]
        if not value and default is not None:
            return default
        level = _LEVELS.get(value.removesuffix("正职").removesuffix("副职"))
        if level is None:
            self.problem(heading, f"{'不可用' if value else '没有填写'}。可用：{_LEVEL_CHOICES}。")
        return level or Level.VILLAGE

    def yes_no(self, heading: str) -> bool:
        value = self.cells[heading]
        if value not in _YES_NO:
            self.problem(heading, "不可用。可用：是、否，或留空（表示否）。")
        return _YES_NO.get(value, False)


def _tables(path: Path, problems: list[str]) -> dict[str, list[_Line]]:
    try:
        sheets = {sheet.name.strip(): list(sheet.rows) for sheet in open_workbook(path, limits=Limits())}
    except OSError as error:
        problems.append(f"文件无法读取（{type(error).__name__}）。请检查路径和权限。")
        return {}
    except CannotRead as reason:
        what = "不是 xlsx 工作簿，或已损坏。请另存为 .xlsx。"
        problems.append(what if reason.trouble is Trouble.DAMAGED else TROUBLES[reason.trouble])
        return {}
    return {name: list(_lines(name, sheets, problems)) for name in _HEADINGS}


def _lines(name: str, sheets: Mapping[str, list[Row]], problems: list[str]) -> Iterator[_Line]:
    headings = _HEADINGS[name]
    if name not in sheets:
        problems.append(f"缺少工作表“{name}”。应有工作表：{'、'.join(_HEADINGS)}。")
        return
    rows = _upright(sheets[name]) if name == _SETTINGS else sheets[name]
    start = next((place for place, row in enumerate(rows[:_TITLE_ROWS]) if headings[0] in row.cells), None)
    missing = [word for word in headings if start is None or word not in rows[start].cells]
    if start is None or missing:
        problems.append(f"工作表“{name}”缺少表头“{'”“'.join(missing)}”。应有：{'、'.join(headings)}。")
        return
    places = {word: rows[start].cells.index(word) for word in headings}
    for row in rows[start + 1 :]:
        cells = {word: row.cells[place] if place < len(row.cells) else "" for word, place in places.items()}
        if any(cells.values()):
            yield _Line(name, row.number, cells, problems)


def _upright(rows: list[Row]) -> list[Row]:
    """Return the settings with headings on top, also where they were written one below the other."""
    words = _HEADINGS[_SETTINGS]
    pairs = {row.cells[0]: row for row in rows if row.cells and row.cells[0] in words}
    if set(pairs) != set(words):
        return rows
    values = tuple((*pairs[word].cells, "")[1] for word in words)
    return [Row(1, words), Row(pairs[words[0]].number, values)]


def _register(tables: Mapping[str, list[_Line]], problems: list[str]) -> OrganisationRegister:
    units = [_unit(line) for line in tables[_UNITS]]
    by_name = {unit.name: unit for unit in units if unit.name}
    _check_units(tables[_UNITS], by_name)
    heads = [_head(line, by_name) for line in tables[_HEADS]]
    staff = [Staff(line.required("姓名"), line.cells["职务"], line.yes_no("是否主要负责人")) for line in tables[_STAFF]]
    if len(settings := tables[_SETTINGS]) != 1:
        problems.append(f"工作表“{_SETTINGS}”应有且只有一行，现有{len(settings)}行。")
        return OrganisationRegister()
    office, ceiling = settings[0].required("本机关名称"), settings[0].level("可受理最高职级")
    return OrganisationRegister(office, ceiling, tuple(units), tuple(heads), tuple(staff))


def _unit(line: _Line) -> Unit:
    aliases = dict.fromkeys(word.strip() for word in _SEPARATORS.split(line.cells["别名"]) if word.strip())
    name = line.required("单位名称")
    return Unit(name, line.cells["上级单位"], line.cells["类型"], line.level("级别"), tuple(aliases))


def _head(line: _Line, units: Mapping[str, Unit]) -> Head:
    unit = line.required("单位")
    if unit and unit not in units:
        line.problem("单位", f"不在工作表“{_UNITS}”的“单位名称”中。请先登记该单位，或改成登记的全称。")
    own = units[unit].level if unit in units else None
    name, position = line.required("姓名"), line.required("职务")
    return Head(name, unit, position, line.level("职级", default=own), line.yes_no("是否一把手"))


def _check_units(lines: Iterable[_Line], units: Mapping[str, Unit]) -> None:
    """Report unit names and aliases that name two units, and parents that are unknown or below their own unit."""
    owners: dict[str, int] = {}
    for line in lines:
        name = line.cells["单位名称"]
        if name and name in owners:
            line.problem("单位名称", f"与第{owners[name]}行重复。每个单位只登记一行。")
        owners.setdefault(name, line.number)
    for line in lines:
        _check_parent(line, units)
        for alias in _SEPARATORS.split(line.cells["别名"]):
            owner = owners.setdefault(alias.strip(), line.number) if alias.strip() else line.number
            if owner != line.number:
                line.problem("别名", f"中的“{alias.strip()}”已是第{owner}行的名称或别名。一个叫法只能指一个单位。")


def _check_parent(line: _Line, units: Mapping[str, Unit]) -> None:
    name, above = line.cells["单位名称"], line.cells["上级单位"]
    if above and above not in units:
        line.problem("上级单位", "不在“单位名称”中。请先登记上级单位；最上一级留空。")
    passed = {name}
    while above in units and above not in passed:
        passed.add(above)
        above = units[above].parent
    if above and above == name:
        line.problem("上级单位", "与本单位互为上级，成了循环。请改正隶属关系。")
