"""Letters of a JSON Lines file, and a mailbox file that holds them, for benchmarks that take in files."""

import json
import mailbox
from collections.abc import Iterator, Sequence
from email.message import EmailMessage
from pathlib import Path

Row = dict[str, str]


def read_rows(path: Path) -> Iterator[Row]:
    """Yield title, text and time of each line {title|subject, text, time|date}."""
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        yield {
            "title": row.get("title") or row.get("subject") or "",
            "text": row["text"],
            "time": row.get("time") or row.get("date") or "",
        }


def write_mbox(folder: Path, rows: Sequence[Row]) -> Path:
    """Write a mail for each row, from invented senders."""
    path = folder / "letters.mbox"
    box = mailbox.mbox(path)
    for number, row in enumerate(rows):
        mail = EmailMessage()
        mail["From"], mail["To"] = f"p{number}@mail.example", "office@mail.example"
        mail["Subject"], mail["Message-ID"] = " ".join(row["title"].split()), f"<{number}@mail.example>"
        mail.set_content(row["text"])
        box.add(mail)
    box.close()
    return path
