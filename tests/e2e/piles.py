"""Piles of a few hundred fictional letters in many formats, made from the authored corpus."""

import io
import json
import mailbox
import zipfile
from collections.abc import Iterable, Sequence
from email.message import EmailMessage
from itertools import islice
from pathlib import Path
from typing import Any

import xlsxwriter

from tests.e2e.command import HOME

Row = dict[str, Any]
TO_SEAL = "现举报副市长费宏远利用职权为其弟弟承揽工程的问题，这是第{}份材料，工程在第{}个标段。"


def make_pile(folder: Path, *, less: int = 1) -> Path:
    """Write about 300 letters, or as many times `less`: a mailbox, a register, loose files, an archive, records; some sealed, unreadable or sent twice."""
    folder.mkdir()
    rows = iter(_corpus())
    _mailbox(folder / "a.mbox", islice(rows, 90 // less))
    _register(folder / "b.xlsx", islice(rows, 80 // less))
    _loose(folder / "c", list(islice(rows, 60 // less)))
    _archive(folder / "d.zip", islice(rows, 30 // less))
    _records(folder / "e.jsonl", islice(rows, 30 // less))
    for number in range(6):
        (folder / f"f{number}.txt").write_text(TO_SEAL.format(number, number + 3), encoding="utf-8")
    (folder / "g.txt").touch()
    (folder / "h.docx").write_bytes(b"PK\x03\x04 torn off")
    (folder / "i.dat").write_bytes(bytes(range(256)) * 8)
    return folder


def _corpus() -> list[Row]:
    lines = (HOME / "data" / "corpus" / "natural.jsonl").read_text("utf-8").splitlines()
    # Spread over the whole corpus, so that letters on the same matter lie apart.
    rows = [json.loads(line) for line in lines]
    return [row for first in range(7) for row in rows[first::7]]


def _mailbox(file: Path, rows: Iterable[Row]) -> None:
    box = mailbox.mbox(file)
    for number, row in enumerate(rows):
        message = EmailMessage()
        message["From"], message["Subject"] = f"w{number}@example.com", row["subject"] or "反映问题"
        message["Date"], message["Message-ID"] = "Mon, 02 Mar 2026 10:00:00 +0800", f"<{number // 2 * 2}@example.com>"
        message.set_content(row["text"])
        box.add(message)
    box.close()


def _register(file: Path, rows: Iterable[Row]) -> None:
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ("序号", "收件日期", "标题", "主要问题"))
    for number, row in enumerate(rows, 1):
        sheet.write_row(number, 0, (number, row["date"], row["subject"], row["text"]))
    book.close()


def _loose(folder: Path, rows: Sequence[Row]) -> None:
    folder.mkdir()
    for number, row in enumerate(rows):
        (folder / f"{number:03}.txt").write_bytes(row["text"].encode(("utf-8", "gb18030", "utf-16")[number % 3]))
    for number, row in enumerate(rows[:8]):
        (folder / f"z{number}.txt").write_bytes(row["text"].encode(("utf-8", "gb18030", "utf-16")[number % 3]))
        (folder / f"y{number}.txt").write_text(f"{row['text']}以上情况属实，盼复。", encoding="utf-8")


def _archive(file: Path, rows: Iterable[Row]) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, row in enumerate(rows):
            archive.writestr(f"{number:02}.txt", row["text"])
    file.write_bytes(packed.getvalue())


def _records(file: Path, rows: Iterable[Row]) -> None:
    kept = [{name: row[name] for name in ("subject", "text", "date")} for row in rows]
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in kept), encoding="utf-8")
