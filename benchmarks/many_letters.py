"""Writes as many letters as a province receives: invented out of the authored corpus, the same for the same number on every machine.

usage: python -m benchmarks.many_letters [--letters 100000] [--first 0] [--format jsonl|xlsx|csv] [--rows 10000] FILE

Sentences of the corpus come together anew, with people, villages, sums, counts and days of each letter's own and words put otherwise.
Four fifths accuse nobody; six in a hundred are an earlier letter again (sent twice, typed anew, with slips, within another letter), five
in a hundred are another letter on an earlier one's matter. Letter N hangs on N alone, so any part can be made by itself and the first
1,000 of 100,000 are the 1,000. A line holds what `xiansuo classify` reads, beside it `copy_of`, `matter` and `accuses`, the truth of what
was made. FILE.xlsx and FILE.csv are registers of `--rows` letters each, numbered FILE-1, FILE-2 … where there are more.
"""

import argparse
import csv
import json
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import xlsxwriter

from benchmarks.invented import Made, letters

_HEADINGS = ("编号", "收件日期", "标题", "主要问题")


def write_lines(path: Path, made: Iterator[Made]) -> list[Path]:
    """Write the letters as JSON Lines."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(one.row(), ensure_ascii=False) + "\n" for one in made)
    return [path]


def write_registers(path: Path, made: Iterator[Made], *, rows: int) -> list[Path]:
    """Write the letters as registers of so many rows, xlsx or csv by the name."""
    written: list[Path] = []
    write = _write_workbook if path.suffix == ".xlsx" else _write_table
    while part := [*islice(made, rows)]:
        written.append(path.with_stem(f"{path.stem}-{len(written) + 1}"))
        write(
            written[-1],
            [_HEADINGS, *((f"m{one.number:06d}", one.received.isoformat(), one.subject, one.text) for one in part)],
        )
    return written


def _write_workbook(path: Path, rows: Sequence[tuple[str, ...]]) -> None:
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                sheet.write_string(number, column, value)


def _write_table(path: Path, rows: Sequence[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def main() -> None:
    """Write the file and say what was written."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--letters", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--format", choices=("jsonl", "xlsx", "csv"), default="jsonl")
    parser.add_argument("--rows", type=int, default=10_000)
    given = parser.parse_args()
    made, path = letters(given.letters, first=given.first), given.file.with_suffix(f".{given.format}")
    files = write_lines(path, made) if given.format == "jsonl" else write_registers(path, made, rows=given.rows)
    print(
        f"{given.letters} letters in {', '.join(file.name for file in files)}, {sum(f.stat().st_size for f in files) / 1e6:.0f} MB"
    )


if __name__ == "__main__":
    main()
