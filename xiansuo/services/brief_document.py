"""Writes a unit's brief as a document (docx) with the reader's name, time and number on every page, and keeps that it left."""

import hashlib
from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

from xiansuo.domain.people import Viewer
from xiansuo.domain.times import minute
from xiansuo.services.briefs import Brief, brief
from xiansuo.services.exports import stamp
from xiansuo.services.office import Office
from xiansuo.services.told_matters import Matter
from xiansuo.storage.repositories import audit, exports
from xiansuo.storage.session import transaction
from xiansuo.triage.matters import Point

KIND, VERSION = "brief", 1
SECRET = "内部资料，注意保密。内容已脱敏，均为疑似、待核，不是结论；不得向被反映单位和人员出示。"  # noqa: S105
_FONT = "SimSun"


def export(office: Office, viewer: Viewer, unit: str) -> bytes:
    """Return a unit's brief as docx bytes and write down that it left. Raises RefusedError, NotVisibleError."""
    made = brief(office, viewer, unit)
    with transaction(office.engine) as session:
        begun = exports.begin(session, KIND, VERSION, viewer.account)
    data = document(made, stamp(viewer, begun.number, begun.created))
    with transaction(office.engine) as session:
        exports.finish(session, begun, rows=made.confirmed, digest=hashlib.sha256(data).digest())
        audit.append(session, actor=viewer.login, action="brief.export", object_kind="export", object_id=begun.number)
    return data


def document(made: Brief, mark: str) -> bytes:
    """Return the document; `mark` stands at the head of every page."""
    import docx  # noqa: PLC0415 - only who exports needs it

    paper = docx.Document()
    _set_up(paper, mark)
    paper.add_heading(f"{made.unit} 巡前简报", level=0)
    paper.add_paragraph(SECRET)
    for line in summary_lines(made):
        paper.add_paragraph(line)
    _issues(paper, made)
    _list(
        paper,
        "重复反映的事项",
        [f"{one.number}：不同内容的信访件 {one.letters - one.repeats} 件" for one in made.repeated],
    )
    _list(paper, "涉及人员", [person_line(one.name, one.post, one.unit, one.matters) for one in made.people])
    _list(
        paper,
        "需要询问的内容",
        [f"{one.clue}（{one.category.chinese}）：{'、'.join(one.missing)}" for one in made.questions],
    )
    _list(
        paper, "来件中提到、可以调阅的凭据", [f"{number}：{'、'.join(papers)}" for number, papers in made.told_papers]
    )
    _list(paper, "建议调阅的资料", made.papers)
    _list(paper, "已查否或已澄清，不再作为问题", [one.number for one in made.cleared])
    stream = BytesIO()
    paper.save(stream)
    return stream.getvalue()


def summary_lines(made: Brief) -> tuple[str, ...]:
    """Return what the brief comes to in two sentences."""
    below = f"（含下级单位，共 {made.units} 个单位）" if made.units > 1 else ""
    return (
        f"截至 {minute(made.made)}，人工认定成立的线索 {made.confirmed} 条{below}。",
        f"另有尚未认定的线索 {made.open} 条，内容不列入本简报。",
    )


def person_line(name: str, post: str, unit: str, numbers: Sequence[str]) -> str:
    """Return who is named and in which clues."""
    return f"{unit}{post} {name}：见 {'、'.join(numbers)}" if unit or post else f"{name}：见 {'、'.join(numbers)}"


def _set_up(paper: Any, mark: str) -> None:
    from docx.enum.section import WD_ORIENT  # noqa: PLC0415 - see document
    from docx.oxml.ns import qn  # noqa: PLC0415
    from docx.shared import Cm, Pt, RGBColor  # noqa: PLC0415

    normal = paper.styles["Normal"]
    normal.font.name, normal.font.size = _FONT, Pt(11)
    for style in ("Normal", "Title", "Heading 1", "Heading 2"):
        paper.styles[style].element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), _FONT)
    section = paper.sections[0]
    section.orientation, section.page_width, section.page_height = WD_ORIENT.PORTRAIT, Cm(21), Cm(29.7)
    line = section.header.paragraphs[0].add_run(f"{mark}  内部资料 不得外传")
    line.font.size, line.font.color.rgb = Pt(9), RGBColor(0x80, 0x80, 0x80)
    # The library's template names its own author.
    paper.core_properties.author, paper.core_properties.comments = "", ""


def _issues(paper: Any, made: Brief) -> None:
    paper.add_heading("认定的问题", level=1)
    if not made.issues:
        paper.add_paragraph("没有。")
    for category, matters in made.issues:
        paper.add_heading(f"{category.chinese}（{len(matters)} 条）", level=2)
        for one in matters:
            for point in (point for point in one.points if point.category is category):
                paper.add_paragraph(_point_line(one, point), style="List Bullet")


def _point_line(matter: Matter, point: Point) -> str:
    told = {
        "时间": "、".join(point.when),
        "地点": "、".join(point.where),
        "数额": "、".join(point.how_much),
        "来件": f"{point.letters} 件" if point.letters > 1 else "",
    }
    facts = "；".join(f"{name} {text}" for name, text in told.items() if text)
    return f"{matter.number} 疑似{point.kind or point.category.chinese}。{facts}{'（系听说）' if point.hearsay else ''}"


def _list(paper: Any, title: str, lines: Iterable[str]) -> None:
    some = list(lines)
    if some:
        paper.add_heading(title, level=1)
        for line in some:
            paper.add_paragraph(line, style="List Bullet")
