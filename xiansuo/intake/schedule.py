"""Owns the `[schedule]` table of `xiansuo.toml`: when the jobs run that need nothing from outside."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from xiansuo.intake.cron import CRON, OFF, parse_cron
from xiansuo.intake.sources import SourcesError, read_table, shown

JOBS: Mapping[str, str] = MappingProxyType(
    {
        "deadlines": "10 0 * * *",
        "retention": "20 0 * * *",
        "backlog": "0 1 * * *",
        "retrain": "30 2 * * *",
        "audit": "0 4 * * 1",
        "evaluate": "20 4 * * 0",
        "report": "0 5 1 * *",
        "backup": "30 5 * * *",
        "sample": "0 6 * * *",
    }
)
"""Every job with the cron time at which it runs where nothing is set, Beijing time, in the order of the night: a backup holds what was learned."""

TITLES: Mapping[str, str] = MappingProxyType(
    {
        "deadlines": "期限核查",
        "retention": "留存核查",
        "backlog": "处理积压",
        "retrain": "夜间学习",
        "audit": "审计核验",
        "evaluate": "模型体检",
        "report": "月度报告",
        "backup": "夜间备份",
        "sample": "每日抽样",
    }
)


@dataclass(frozen=True, slots=True)
class Schedule:
    """The cron time of every job that runs, and a sentence for every setting that is wrong; a job with a wrong time does not run."""

    crons: Mapping[str, str]
    wrong: tuple[str, ...] = ()


def read_schedule(path: Path) -> Schedule:
    """Read when the jobs run. Raises SourcesError when the file is missing or no TOML."""
    given = read_table(path).get("schedule", {})
    if not isinstance(given, dict):
        raise SourcesError(f"配置文件 {path} 的 schedule 应写成 [schedule]（一层方括号），下面一行一项。")
    crons, where = dict[str, str](), f"{path.name} 的 [schedule] "
    wrong = [where + _unknown(name) for name in given if name not in JOBS]
    for job, default in JOBS.items():
        value = given.get(job, default)
        if value == OFF:
            continue
        try:
            crons[job] = parse_cron(value, path.parent)
        except ValueError as error:
            told = f"{job} = {shown(value)} 有误{error}，“{TITLES[job]}”不会定时执行。应为{CRON}，或写 {OFF} 停用。"
            wrong.append(where + told)
    return Schedule(crons, tuple(wrong))


def _unknown(name: str) -> str:
    near = difflib.get_close_matches(name, JOBS, n=1)
    hint = f"是否想写 {near[0]}？" if near else ""
    return f"里的 {shown(name)} 不认识。{hint}可用：{'、'.join(JOBS)}。"
