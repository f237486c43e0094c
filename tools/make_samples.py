"""Render data/samples/letters.yaml into data/samples/inbox, one file per real-world format; the same bytes every time."""

import csv
import io
import json
import shutil
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, time
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Any

import docx
import xlsxwriter
import yaml
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

SAMPLES = Path(__file__).resolve().parent.parent / "data" / "samples"
Sample = Mapping[str, Any]
_STAMP = datetime(2026, 11, 1, tzinfo=UTC)
_ZIP_STAMP = (2026, 11, 1, 0, 0, 0)


def main() -> None:
    """Write every sample file; the folder is made anew."""
    samples = yaml.safe_load((SAMPLES / "letters.yaml").read_text(encoding="utf-8"))
    inbox = SAMPLES / "inbox"
    shutil.rmtree(inbox, ignore_errors=True)
    inbox.mkdir()
    by_form: dict[str, list[Sample]] = {}
    for sample in samples:
        by_form.setdefault(sample["as"], []).append(sample)
    _write_mail(inbox, by_form)
    _write_documents(inbox, by_form)
    _write_texts(inbox, by_form)
    _write_tables(inbox, by_form)
    _write_troubles(inbox, by_form)
    write_register(SAMPLES / "register.xlsx")


def _write_mail(inbox: Path, by_form: Mapping[str, list[Sample]]) -> None:
    lines = [b"From MAILER-DAEMON Thu Oct  1 08:00:00 2026\n" + _mail(s).as_bytes() + b"\n" for s in by_form["mbox"]]
    (inbox / "信访邮箱.mbox").write_bytes(b"".join(lines))
    (inbox / "收件夹" / "cur").mkdir(parents=True)
    for empty in ("new", "tmp"):
        (inbox / "收件夹" / empty).mkdir()
        (inbox / "收件夹" / empty / ".gitkeep").touch()
    for number, sample in enumerate(by_form["maildir"]):
        (inbox / "收件夹" / "cur" / f"{number + 1}.M{number}.office:2,S").write_bytes(_mail(sample).as_bytes())
    for form, charset in (("eml-gbk", "gbk"), ("eml-html", "utf-8"), ("eml-reply", "gb18030"), ("attach", "utf-8")):
        for sample in by_form[form]:
            (inbox / f"{form}.eml").write_bytes(_mail(sample, charset=charset).as_bytes())


def _mail(sample: Sample, *, charset: str = "utf-8") -> EmailMessage:
    name, address = parseaddr(sample["from"])
    mail = EmailMessage(policy=SMTP.clone(linesep="\n"))
    mail["From"] = f"{name} <{address}>"
    mail["To"] = "巡察办信访邮箱 <xinfang@office.example>"
    mail["Subject"] = sample["subject"]
    mail["Date"] = format_datetime(datetime.combine(sample["date"], time(9, 30), tzinfo=UTC))
    mail["Message-ID"] = f"<{sample['id']}@mail.example>"
    mail["X-Originating-IP"] = "[192.0.2.17]"
    text = sample["text"] + "\n"
    if sample["as"] == "eml-reply":
        text += (
            "\n------------------ 原始邮件 ------------------\n发件人: 巡察办信访邮箱 <xinfang@office.example>\n"
            "主题: 关于补充材料\n\n来件收悉，请补充时间、金额和在场人员。\n"
        )
    if sample["as"] == "eml-html":
        body = "".join(f"<p>{line}</p>" for line in text.splitlines())
        mail.set_content(f"<html><body><style>p{{color:#333}}</style>{body}</body></html>", "html", charset=charset)
    else:
        mail.set_content(text, charset=charset)
    if "attachment" in sample:
        mail.add_attachment(
            _docx(sample["attachment"]),
            maintype="application",
            subtype="vnd.openxmlformats-officedocument.wordprocessingml.document",
            filename="情况反映.docx",
        )
        mail.set_boundary("=====xiansuo-sample=====")
    return mail


def _docx(text: str) -> bytes:
    document = docx.Document()
    document.core_properties.created = document.core_properties.modified = _STAMP
    document.core_properties.author = "打字室"
    for line in text.splitlines():
        document.add_paragraph(line)
    raw = io.BytesIO()
    document.save(raw)
    return _same_zip(raw.getvalue())


def _same_zip(data: bytes) -> bytes:
    """Pack the members again with a fixed time, so that the same text gives the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name, _ZIP_STAMP), source.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _pdf(text: str, *, password: str = "") -> bytes:
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    raw = io.BytesIO()
    canvas = Canvas(raw, invariant=1, encrypt=password or None)
    canvas.setFont("STSong-Light", 12)
    lines = [line[i : i + 34] for line in text.splitlines() for i in range(0, len(line), 34)]
    for number, line in enumerate(lines):
        canvas.drawString(72, 770 - 22 * number, line)
    canvas.save()
    return raw.getvalue()


def _write_documents(inbox: Path, by_form: Mapping[str, list[Sample]]) -> None:
    for form in ("docx", "sealed", "interview-qa"):
        for sample in by_form[form]:
            heading = "" if form == "interview-qa" else sample["subject"] + "\n"
            (inbox / f"{sample['id']}.docx").write_bytes(_docx(heading + sample["text"]))
    for form in ("pdf", "interview-points"):
        for sample in by_form[form]:
            (inbox / f"{sample['id']}.pdf").write_bytes(_pdf(sample["text"]))


def _write_texts(inbox: Path, by_form: Mapping[str, list[Sample]]) -> None:
    charsets = {
        "txt-gb18030": "gb18030",
        "txt-big5": "big5",
        "txt-utf16": "utf-16",
        "interview-names": "utf-8",
        "interview-visit": "gb18030",
        "sealed-self": "utf-8",
    }
    for form, charset in charsets.items():
        for sample in by_form[form]:
            (inbox / f"{sample['id']}.txt").write_bytes(sample["text"].encode(charset))
    for sample in by_form["html"]:
        page = (
            f'<html><head><meta charset="utf-8"><title>留言</title></head><body><p>{sample["text"]}</p></body></html>'
        )
        (inbox / f"{sample['id']}.html").write_text(page, encoding="utf-8")
    records = [{"subject": s["subject"], "text": s["text"], "date": str(s["date"])} for s in by_form["jsonl"]]
    lines = [json.dumps(record, ensure_ascii=False) for record in records]
    (inbox / "网上留言.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for sample in by_form["zip-txt"]:
            archive.writestr(zipfile.ZipInfo(f"{sample['id']}.txt", _ZIP_STAMP), sample["text"])
    (inbox / "意见箱.zip").write_bytes(packed.getvalue())


_REGISTER_HEADINGS = ("序号", "收件日期", "反映人", "联系电话", "住址", "被反映人", "单位", "标题", "主要问题")


def _write_tables(inbox: Path, by_form: Mapping[str, list[Sample]]) -> None:
    rows = [
        (n, str(s["date"]), s["name"], s["phone"], s["address"], s["respondent"], s["unit"], s["title"], s["text"])
        for n, s in enumerate(by_form["register"], 1)
    ]
    _workbook(inbox / "信访登记表.xlsx", {"登记": [("岚桥县来访登记表",), _REGISTER_HEADINGS, *rows]})
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\r\n")
    table.writerow(["移送清单（共4件）　移送单位：县审计局　文号：岚审移〔2026〕9号"])
    table.writerow(["序号", "收件日期", "被反映人", "单位", "标题", "主要问题"])
    # Number 3 is missing on purpose: the completeness check must say so.
    for number, sample in zip((1, 2, 4), by_form["handover"], strict=True):
        table.writerow([number, sample["date"], sample["respondent"], sample["unit"], sample["title"], sample["text"]])
    (inbox / "审计移送清单.csv").write_bytes(out.getvalue().encode("gb18030"))


def _workbook(path: Path, sheets: Mapping[str, Iterable[Iterable[Any]]]) -> None:
    raw = io.BytesIO()
    book = xlsxwriter.Workbook(raw, {"in_memory": True})
    book.set_properties({"created": _STAMP.replace(tzinfo=None), "author": ""})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, list(row))
    book.close()
    path.write_bytes(_same_zip(raw.getvalue()))


def _write_troubles(inbox: Path, by_form: Mapping[str, list[Sample]]) -> None:
    picture = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 0, 0, 0, 0))
    picture += _chunk(b"IDAT", zlib.compress(b"\x00" + b"\xff" * 8 * 8 + b"\x00" * 7)) + _chunk(b"IEND", b"")
    (inbox / f"{by_form['image'][0]['id']}.png").write_bytes(picture)
    (inbox / f"{by_form['broken'][0]['id']}.docx").write_bytes(_docx("损坏的文件")[:2000])
    encrypted = by_form["encrypted"][0]
    locked = _pdf(encrypted["text"], password="afu-2026")  # noqa: S106 - the sample is a file nobody can open
    (inbox / f"{encrypted['id']}.pdf").write_bytes(locked)
    (inbox / f"{by_form['empty'][0]['id']}.txt").touch()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def write_register(path: Path) -> None:
    """Write the fictional organisation register of 岚桥县."""
    county, town, village = "县处级", "乡科级", "村级"
    units = [
        ("单位名称", "上级单位", "类型", "级别", "别名"),
        ("岚江市", "", "地区", "地厅级", "市里"),
        ("岚桥县", "岚江市", "地区", county, "县里"),
        ("柳河镇", "岚桥县", "乡镇", town, "柳河"),
        ("石坝乡", "岚桥县", "乡镇", town, "石坝"),
        ("枫林街道", "岚桥县", "乡镇", town, "枫林"),
        ("白杨村", "柳河镇", "村", village, "柳河镇白杨村"),
        ("石桥村", "石坝乡", "村", village, "石坝乡石桥村"),
        ("金沟村", "石坝乡", "村", village, "石坝乡金沟村"),
        ("槐树社区", "枫林街道", "社区", village, "枫林街道槐树社区"),
        ("柳河镇中心小学", "县教育局", "学校", town, ""),
        ("柳河镇国土所", "县自然资源局", "市直单位", town, "国土所"),
        ("枫林街道财政所", "枫林街道", "市直单位", town, ""),
        ("县水利局", "岚桥县", "市直单位", town, "岚桥县水利局、水利局"),
        ("县教育局", "岚桥县", "市直单位", town, "岚桥县教育局"),
        ("县自然资源局", "岚桥县", "市直单位", town, "岚桥县自然资源局"),
        ("县农业农村局", "岚桥县", "市直单位", town, "岚桥县农业农村局"),
        ("县住建局", "岚桥县", "市直单位", town, "岚桥县住建局、县住房和城乡建设局"),
        ("县交通局", "岚桥县", "市直单位", town, "岚桥县交通局"),
        ("县统计局", "岚桥县", "市直单位", town, "岚桥县统计局"),
        ("县社保中心", "岚桥县", "市直单位", town, ""),
        ("岚桥县第二人民医院", "岚桥县", "医院", town, "县二院"),
        ("县产业园管委会", "岚桥县", "园区", town, "产业园管委会"),
        ("县委巡察办", "岚桥县", "党委部门", town, "巡察办"),
    ]
    heads = [
        ("姓名", "单位", "职务", "职级", "是否一把手"),
        ("费宏远", "岚江市", "副市长", "地厅级", "否"),
        ("郑广发", "白杨村", "村党支部书记", village, "是"),
        ("马长顺", "石桥村", "村委会主任", village, "是"),
        ("尤德海", "金沟村", "村委会主任", village, "是"),
        ("程国梁", "县水利局", "局长", town, "是"),
        ("彭志刚", "县农业农村局", "副局长", town, "否"),
        ("龚学林", "柳河镇中心小学", "校长", town, "是"),
        ("耿卫民", "石坝乡", "乡长", town, "否"),
        ("韩立国", "枫林街道财政所", "所长", town, "是"),
    ]
    staff = [
        ("姓名", "职务", "是否主要负责人"),
        ("莫怀德", "主任", "是"),
        ("陆明", "科长", "否"),
        ("祝青", "科员", "否"),
    ]
    settings = [("项目", "值"), ("本机关名称", "县委巡察办"), ("可受理最高职级", county)]
    _workbook(path, {"单位": units, "负责人": heads, "本办人员": staff, "设置": settings})


if __name__ == "__main__":
    main()
