"""Owns having a workbook opened in a helper process: its sheets and rows come over as they are read."""

import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import asdict
from itertools import takewhile
from pathlib import Path
from typing import Any

from xiansuo.domain.letter import Trouble
from xiansuo.intake import sheets
from xiansuo.intake.apart import helper
from xiansuo.intake.content import CannotRead
from xiansuo.intake.limits import Limits
from xiansuo.intake.sheets import Row, Sheet

_JOB = "xiansuo.intake.workbooks"
_MEMORY = 3 << 30
_LARGEST_ANSWER = 256 << 20
_ROWS = 200
_END = b"null"


def open_workbook(source: Path | bytes, *, limits: Limits) -> Iterator[Sheet]:
    """Yield the sheets of an xlsx file as `sheets.open_workbook` does; rows a sheet was not asked for are passed over."""
    asked = {"limits": asdict(limits)}
    answers = helper(_JOB, memory=_MEMORY).ask(
        asked, _bytes(source, limits), seconds=limits.read_seconds, largest=_LARGEST_ANSWER
    )
    with closing(answers):
        for name in answers:
            rows = takewhile(lambda said: said != _END, answers)
            yield Sheet(str(json.loads(name)), (row for said in rows for row in _rows(said)))
            for _ in rows:
                pass


def answer(asked: Mapping[str, Any], data: bytes) -> Iterator[bytes]:
    """Yield, in the helper, the name of each sheet, its rows by the hundred, and a mark at its end."""
    for sheet in sheets.open_workbook(data, limits=Limits(**asked["limits"])):
        yield json.dumps(sheet.name).encode()
        yield from _written(sheet.rows)
        yield _END


def _written(rows: Iterator[Row]) -> Iterator[bytes]:
    """Yield rows as they come, and damage behind those before it, as the next sheet may be whole."""
    taken = list[tuple[int, tuple[str, ...]]]()
    trouble: CannotRead | None = None
    try:
        for row in rows:
            taken.append((row.number, row.cells))
            if len(taken) == _ROWS:
                yield json.dumps(taken).encode()
                taken.clear()
    except CannotRead as reason:
        trouble = reason
    yield json.dumps(taken).encode()
    if trouble:
        yield json.dumps({"trouble": trouble.trouble, "detail": trouble.detail}).encode()


def _rows(said: bytes) -> Iterator[Row]:
    rows = json.loads(said)
    if isinstance(rows, dict):
        raise CannotRead(Trouble(rows["trouble"]), str(rows["detail"]))
    for number, cells in rows:
        yield Row(int(number), tuple(map(str, cells)))


def _bytes(source: Path | bytes, limits: Limits) -> bytes:
    if isinstance(source, bytes):
        return source
    with source.open("rb") as file:
        data = file.read(limits.max_total_unpacked + 1)
    if len(data) > limits.max_total_unpacked:
        raise CannotRead(Trouble.TOO_LARGE, f"超过上限{limits.max_total_unpacked}字节")
    return data
