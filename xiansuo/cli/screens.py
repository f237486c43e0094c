"""What the commands show: tables and sentences for people, in Chinese, with English beside it for an English locale."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from xiansuo.cli.words import say
from xiansuo.domain.times import minute

if TYPE_CHECKING:
    from pipelines.run import Outcome
    from xiansuo.services.ingest import Problem, Report
    from xiansuo.services.queue import QueueRow
    from xiansuo.storage.repositories.sealed import Receipt

console = Console()


@contextmanager
def progress(what: str) -> Iterator[Callable[[int], None]]:
    """Show how many letters have passed while the block runs; on standard error, and only where somebody watches."""
    bar = Progress(
        SpinnerColumn(),
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not Console(stderr=True).is_terminal,
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
        + say(
            "",
            f"({counts['in']} in, {counts['stored']} stored, {counts['seen']} seen, "
            f"{counts['sealed']} sealed, {counts['quarantined']} quarantined)",
        ),
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
    for sentence in (*outcome.notes, *outcome.wrong, *outcome.failed):
        console.print(f"  · {sentence}", highlight=False, markup=False, soft_wrap=True)


def show_queue(rows: Sequence["QueueRow"], total: int) -> None:
    """Show the queue as a table a person likes to read."""
    if not rows:
        console.print(say("待审队列是空的。", "The queue is empty."))
        return
    from xiansuo.cli.queue_table import queue_table

    console.print(queue_table(rows, total, width=console.width))


def show_quarantine(problems: Sequence["Problem"]) -> None:
    """Show the quarantined letters."""
    if not problems:
        console.print(say("待处理区是空的。", "Nothing in quarantine."))
        return
    table = Table(
        title=say(f"待处理区（{len(problems)} 件）", "Quarantine"),
        title_style="bold",
        title_justify="left",
        pad_edge=False,
    )
    table.add_column(say("编号", "No."), justify="right")
    table.add_column(say("来件", "Letter"), no_wrap=True)
    table.add_column(say("原因和处理办法", "Reason"), ratio=1, overflow="fold")
    for problem in problems:
        table.add_row(str(problem.number), problem.position, Text(problem.reason))
    console.print(table)


_SEALED_BY = {
    "higher-jurisdiction": "被反映人超出本机关受理权限，报上级",
    "self-related": "涉及本机关或本机关人员，径送主要负责人",
    "sealed-member": "所在文件含有应密封的来件",
}


def show_sealed(receipts: Sequence["Receipt"], beside: Sequence[tuple[str, str]]) -> None:
    """Show the receipts of sealed letters, beside each the source it came from and the number of the key that opens it."""
    if not receipts:
        console.print(say("没有密封移送的来件。", "No sealed letters."))
        return
    table = Table(
        title=say(f"密封移送（{len(receipts)} 件）", "Sealed letters"),
        title_style="bold",
        title_justify="left",
        pad_edge=False,
    )
    for heading in ("编号", "时间", "来源", "渠道", "依据", "密钥编号"):
        table.add_column(heading, overflow="fold", no_wrap=heading in ("编号", "密钥编号"))
    for receipt, (source, key) in zip(receipts, beside, strict=True):
        table.add_row(
            receipt.number,
            minute(receipt.created),
            Text(source),
            receipt.channel.value,
            _SEALED_BY.get(receipt.rule, receipt.rule),
            key,
        )
    console.print(table)
