"""Writes the tables of docs/capacity.md from evaluation/reports/scale.json, so that no figure is typed by hand.

usage: python -m benchmarks.capacity_table [--report FILE] [--page FILE]

Measured is what a run of `benchmarks.scale` found at its size; what lies beyond the largest run is marked as extrapolated.
"""

import argparse
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
START, END = "<!-- figures: python -m benchmarks.capacity_table -->", "<!-- end of figures -->"
YEARS = 5
PLACES = (("县 county", 5_000), ("地级市 city", 50_000), ("省 province", 300_000))
"""Letters a year; assumptions to reckon with, to be replaced by an office's own numbers."""
Run = Mapping[str, object]


def main() -> None:
    """Put the tables between the marks of the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--report", type=Path, default=HOME / "evaluation" / "reports" / "scale.json")
    parser.add_argument("--page", type=Path, default=HOME / "docs" / "capacity.md")
    given = parser.parse_args()
    runs = json.loads(given.report.read_text(encoding="utf-8"))
    page = given.page.read_text(encoding="utf-8")
    before, rest = page.split(START)
    tables = "\n".join([*measured(runs), "", *reckoned(runs)])
    given.page.write_text(f"{before}{START}\n\n{tables}\n\n{END}{rest.split(END)[1]}", encoding="utf-8")


def measured(runs: Sequence[Run]) -> Iterator[str]:
    """Yield the table of what was measured, a row for each number of known letters."""
    yield "**实测：每收进一件新来件** Measured: for every new letter"
    yield ""
    yield "| 数据库 database | 已有来件 letters known | 处理器毫秒 CPU ms | 与 1,000 件时之比 to the first 1,000 | 同时以 jieba 切词的件数 letters cut by jieba at the same time | 其比 its ratio | 数据库字节 bytes of database | 内存 MB peak memory |"
    yield "|---|---|---|---|---|---|---|---|"
    for run in runs:
        costs: Sequence[Mapping[str, Mapping[str, float]]] = run["costs"]  # type: ignore[assignment]
        space: Mapping[str, int] = run["bytes_per_letter"]  # type: ignore[assignment]
        for cost in costs:
            spent, last = cost["cpu_ms"]["all"], cost is costs[-1]
            beside = f"{space['all']:,} | {run['memory_mb']}" if last else "— | —"
            cut = cost["in_jieba"]["all"]
            ratios = f"{spent / costs[0]['cpu_ms']['all']:.2f} | {cut:.2f} | {cut / costs[0]['in_jieba']['all']:.2f}"
            yield f"| {run['database']} | {cost['known']:,} | {spent:.2f} | {ratios} | {beside} |"


def reckoned(runs: Sequence[Run]) -> Iterator[str]:
    """Yield the table of what a county, a city and a province need, from the largest run in SQLite."""
    largest = max((run for run in runs if run["database"] == "sqlite"), key=lambda run: int(str(run["letters"])))
    costs: Sequence[Mapping[str, Mapping[str, float]]] = largest["costs"]  # type: ignore[assignment]
    space: Mapping[str, int] = largest["bytes_per_letter"]  # type: ignore[assignment]
    spent, size = costs[-1]["cpu_ms"]["all"], space["all"]
    run = f"{int(str(largest['letters'])):,}"
    yield f"**各级单位需要多少：按 {run} 件那一次的处理器时间（一个核）和字节** What offices need, by CPU time (one core) and bytes of the run of {run}"
    yield ""
    yield f"| 单位 office | 每年来件（假定）letters a year (assumed) | 每个工作日用时（秒）seconds a working day | {YEARS} 年来件一次导入（小时）hours for {YEARS} years at once | {YEARS} 年后数据库（GB）database after {YEARS} years | 依据 basis |"
    yield "|---|---|---|---|---|---|"
    for name, year in PLACES:
        many = YEARS * year
        basis = "实测 measured" if many <= int(str(largest["letters"])) else "推算 extrapolated"
        yield f"| {name} | {year:,} | {year / 250 * spent / 1000:.1f} | {many * spent / 3_600_000:.2g} | {many * size / 1e9:.1f} | {basis} |"


if __name__ == "__main__":
    main()
