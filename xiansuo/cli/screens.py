"""What the commands show: tables and sentences for people, in Chinese, with English beside it for an English locale."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from xiansuo.cli.words import say
from xiansuo.domain.category import OUT_OF_SCOPE_CHINESE
from xiansuo.triage.why import likelihood

if TYPE_CHECKING:
    from pipelines.run import Outcome
    from xiansuo.services.ingest import Problem, Report
    from xiansuo.services.queue import QueueRow
    from xiansuo.storage.repositories.sealed import Receipt

console = Console()
_WIDE = 110


@contextmanager
def progress(what: str) -> Iterator[Callable[[int], None]]:
    """Show how many letters have passed while the block runs; on standard error, and only where somebody watches."""
    bar = Progress(
        SpinnerColumn(), TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        console=Console(stderr=True), transient=True, disable=not Console(stderr=True).is_terminal,
    )
    with bar:
        task = bar.add_task(what, total=None)
        yield lambda count: bar.advance(task, count)


def show_report(report: "Report") -> None:
    """Show what became of the letters, each quarantined one and each defect of a source with its reason."""
    counts = report.as_json()
    console.print(
        f"来件 {counts['in']} 件：新收 {counts['stored']}，已收过 {counts['seen']}，"
        f"密封移送 {counts['sealed']}，待处理 {counts['quarantined']}。"
        + say("", f"({counts['in']} in, {counts['stored']} stored, {counts['seen']} seen, "
                  f"{counts['sealed']} sealed, {counts['quarantined']} quarantined)"),
        highlight=False,
    )
    for problem in report.problems:
        console.print(f"  · {problem.sentence}", highlight=False, markup=False, soft_wrap=True)
    for defect in report.defects:
        console.print(f"  · {defect}", highlight=False, markup=False, soft_wrap=True)


def show_run(outcome: "Outcome") -> None:
    """Show one run: counts, wrong settings, failed sources."""
    show_report(outcome.report)
    console.print(say(f"进入待审队列 {outcome.ranked} 件。", f"({outcome.ranked} ranked)"), highlight=False)
    for sentence in (*outcome.wrong, *outcome.failed):
        console.print(f"  · {sentence}", highlight=False, markup=False, soft_wrap=True)


def show_queue(rows: Sequence["QueueRow"], total: int) -> None:
    """Show the queue as a table a person likes to read."""
    if not rows:
        console.print(say("待审队列是空的。", "The queue is empty."))
        return
    table = Table(
        title=say(f"待审线索（前 {len(rows)} 条，共 {total} 条）", "Clues waiting for a person"),
        caption=say("以上为系统建议的阅读次序，疑似、待核，由人审定。", "A suggested reading order; people decide."),
        show_lines=True, title_justify="left", caption_justify="left", pad_edge=False,
    )
    table.add_column(say("次序", "#"), justify="right", no_wrap=True)
    table.add_column(say("类别和把握", "Category"), min_width=14)
    table.add_column(say("单位／被反映人", "Unit, respondent"), min_width=12)
    table.add_column(say("来件", "Letters"), no_wrap=True)
    table.add_column(say("可查性", "Checkable"), min_width=8)
    table.add_column(say("为什么排在这里", "Why here"), ratio=1, overflow="fold")
    for row in rows:
        table.add_row(*_cells(row))
    console.print(table)


def _cells(row: "QueueRow") -> tuple[Text, ...]:
    content = row.clue.content
    rank = content.rank
    place = Text(f"{row.place}\n", style="bold").append(f"{rank.total:.0f}分", style="dim")
    about = Text(content.unit or "单位不详").append("\n" + ("、".join(content.respondents[:3]) or "未点名"), style="bold")
    check = Text(rank.grade.value, style=_GRADE.get(rank.grade.value, ""))
    if rank.missing and content.labels:
        check.append("\n缺：" + "、".join(rank.missing), style="dim")
    why = Text("\n".join(line for line in content.why if not line.startswith(("缺：", "疑似"))))
    if rank.flags:
        why = Text("先读：" + "、".join(rank.flags) + "\n", style="bold red").append_text(why)
    return place, _labels(row), about, _letters(row), check, why


_GRADE = {"强": "bold green", "较强": "green", "一般": "yellow", "弱": "dim", "无实质内容": "dim"}


def _labels(row: "QueueRow") -> Text:
    content = row.clue.content
    text = Text(row.clue.number + "\n", style="dim")
    if not content.labels:
        return text.append(OUT_OF_SCOPE_CHINESE if not _unsure(row) else "需人工通读", style="")
    for label in content.labels:
        text.append(label.chinese, style="bold").append(f" {likelihood(content.scores[label])}\n")
    return text


def _unsure(row: "QueueRow") -> bool:
    return any("人工通读" in line for line in row.clue.content.why)


def _letters(row: "QueueRow") -> Text:
    text = Text(f"{len(row.letters)} 件")
    copies = sum(relation in {"copy", "near_copy", "contained"} for _, relation in row.letters)
    if copies:
        text.append(f"\n含重复 {copies}", style="dim")
    if row.clue.content.received:
        text.append(f"\n{row.clue.content.received:%m-%d}", style="dim")
    return text


def show_quarantine(problems: Sequence["Problem"]) -> None:
    """Show the quarantined letters."""
    if not problems:
        console.print(say("待处理区是空的。", "Nothing in quarantine."))
        return
    table = Table(title=say(f"待处理区（{len(problems)} 件）", "Quarantine"), title_justify="left", pad_edge=False)
    table.add_column(say("编号", "No."), justify="right")
    table.add_column(say("来件", "Letter"), no_wrap=True)
    table.add_column(say("原因和处理办法", "Reason"), ratio=1)
    for problem in problems:
        table.add_row(str(problem.number), problem.position, Text(problem.reason))
    console.print(table)


_SEALED_BY = {
    "higher-jurisdiction": "被反映人超出本机关受理权限，报上级",
    "self-related": "涉及本机关或本机关人员，径送主要负责人",
    "sealed-member": "所在文件含有应密封的来件",
}


def show_sealed(receipts: Sequence["Receipt"]) -> None:
    """Show the receipts of sealed letters."""
    if not receipts:
        console.print(say("没有密封移送的来件。", "No sealed letters."))
        return
    table = Table(title=say(f"密封移送（{len(receipts)} 件）", "Sealed letters"), title_justify="left", pad_edge=False)
    for heading in ("编号", "时间", "渠道", "依据"):
        table.add_column(heading)
    for receipt in receipts:
        table.add_row(receipt.number, f"{receipt.created.astimezone():%Y-%m-%d %H:%M}", receipt.channel.value, _SEALED_BY.get(receipt.rule, receipt.rule))
    console.print(table)
