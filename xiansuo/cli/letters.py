"""Commands about letters: ingest, run, schedule, queue, quarantine, sealed."""

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from xiansuo.cli.state import State
from xiansuo.cli.words import say

sealed = typer.Typer(help="密封移送：列出收据；由主要负责人用自己的私钥打开密封件。")
quarantine = typer.Typer(help="待处理区：没能读懂的来件，原件已保存。", no_args_is_help=True)


Workers = Annotated[
    int | None,
    typer.Option("--workers", min=1, max=32, help="本机用几个进程；不写则按 xiansuo.toml 的 [engine] workers"),
]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("ingest")(ingest)
    app.command("run")(run)
    app.command("schedule")(schedule)
    app.command("queue")(queue)
    app.add_typer(quarantine, name="quarantine")
    app.add_typer(sealed, name="sealed")


def ingest(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(help="文件或文件夹，可写多个")],
    as_json: Annotated[bool, typer.Option("--json", help="最后一行输出各项件数的 JSON")] = False,
    channel: Annotated[str, typer.Option("--channel", help="来件渠道，如 来信、来访、个别谈话")] = "",
    mapping: Annotated[Path | None, typer.Option("--mapping", help="登记表表头对照文件")] = None,
    workers: Workers = None,
) -> None:
    """导入文件或文件夹中的来件，并分析、归并、排序。"""
    from xiansuo.cli.screens import progress, show_report
    from xiansuo.intake.channels import channel_named
    from xiansuo.services.triage import Bench, ingest_paths, work_off

    state: State = context.obj
    chosen = channel_named(channel) if channel else None
    bench = Bench.prepare(state.settings(), tell=lambda sentence: typer.echo(sentence, err=True), workers=workers)
    with progress("导入来件") as step:
        report = ingest_paths(
            bench, paths, channel=chosen, mapping=mapping, advance=lambda one: step(one.as_json()["in"])
        )
    with progress("分析归并") as step:
        work_off(bench, advance=step)
    bench.close()
    show_report(report)
    if as_json:
        typer.echo(json.dumps(report.as_json()))


def run(context: typer.Context, workers: Workers = None) -> None:
    """对 xiansuo.toml 中的全部来源执行一遍：抓取、密封检查、脱敏、分析、归并、排序。"""
    from pipelines.run import run_once
    from xiansuo.cli.screens import progress, show_run

    state: State = context.obj
    try:
        with progress("处理来件") as step:
            outcome = run_once(
                state.settings(), step=step, tell=lambda sentence: typer.echo(sentence, err=True), workers=workers
            )
    except KeyboardInterrupt:
        typer.echo("已中断。收下的来件都已保存，再执行一次 xiansuo run 就会接着做完。", err=True)
        raise typer.Exit(130) from None
    show_run(outcome)
    if outcome.wrong or outcome.failed:
        raise typer.Exit(1)


def schedule(
    context: typer.Context,
    port: Annotated[int, typer.Option("--port", min=1024, max=65535, help="本机网页的端口")] = 4200,
    join: Annotated[
        bool, typer.Option("--join", help="不另起定时，只协助正在运行的 schedule 分析积压（数据库须在 PostgreSQL 上）")
    ] = False,
) -> None:
    """按各来源的 cron 定时执行，直到被停止；运行情况见本机网页。"""
    from pipelines.serve import join as join_schedule
    from pipelines.serve import serve

    state: State = context.obj
    if join:
        join_schedule(state.settings(), tell=typer.echo)
        return
    serve(state.settings(), tell=typer.echo, port=port)


def queue(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON 列表，最靠前的在先")] = False,
    limit: Annotated[int, typer.Option("--limit", min=1, help="最多显示多少条")] = 20,
    as_user: Annotated[str, typer.Option("--as", help="以哪个账号的授权查看；有账号以后必填，留痕")] = "",
) -> None:
    """待审线索，按建议的阅读次序排列。由人审定，系统只给建议。"""
    from xiansuo.services.queue import as_records, reader, top

    state: State = context.obj
    office = state.office()
    viewer = reader(office, as_user)
    if as_json:
        typer.echo(json.dumps(as_records(top(office, limit=None, viewer=viewer)), ensure_ascii=False))
        return
    from xiansuo.cli.screens import show_queue
    from xiansuo.services.queue import total

    show_queue(top(office, limit=limit, viewer=viewer), total(office, viewer))


@quarantine.command("list")
def quarantine_list(context: typer.Context) -> None:
    """列出待处理的来件及原因；不显示文件名，文件名可能含有姓名。"""
    from xiansuo.cli.screens import show_quarantine
    from xiansuo.services.quarantine import list_open

    state: State = context.obj
    show_quarantine(list_open(state.office()))


@quarantine.command("show")
def quarantine_show(
    context: typer.Context,
    number: Annotated[int, typer.Argument(help="待处理编号")],
    reveal: Annotated[bool, typer.Option("--reveal", help="同时显示原文件位置（可能含有姓名；留痕）")] = False,
) -> None:
    """显示一件的原因和处理办法。"""
    from xiansuo.services.quarantine import locator_of, show

    state: State = context.obj
    office = state.office()
    typer.echo(show(office, number).sentence)
    if reveal:
        typer.echo(f"位置：{locator_of(office, number)}")


@quarantine.command("retry")
def quarantine_retry(
    context: typer.Context,
    numbers: Annotated[list[int] | None, typer.Argument(help="待处理编号；不写则全部重试")] = None,
) -> None:
    """重新读取待处理的来件；先作密封检查，再入库。"""
    from xiansuo.cli.screens import show_report
    from xiansuo.services.quarantine import retry
    from xiansuo.services.triage import Bench, work_off

    state: State = context.obj
    bench = Bench.prepare(state.settings(), tell=lambda sentence: typer.echo(sentence, err=True))
    report = retry(bench, numbers or None)
    work_off(bench)
    show_report(report)


@sealed.callback(invoke_without_command=True)
def sealed_list(context: typer.Context) -> None:
    """列出密封移送的收据：编号、时间、渠道、依据；内容不在本系统。"""
    if context.invoked_subcommand:
        return
    from xiansuo.cli.screens import show_sealed
    from xiansuo.services.sealed import keys_needed, list_receipts, sources_of

    state: State = context.obj
    office = state.office()
    receipts = list_receipts(office)
    show_sealed(receipts, list(zip(sources_of(office, receipts), keys_needed(office, receipts), strict=True)))


@sealed.command("open")
def sealed_open(
    envelope: Annotated[Path, typer.Argument(help="密封件，状态目录 sealed/ 里的文件")],
    key: Annotated[Path, typer.Option("--key", help="主要负责人的私钥文件")],
    output: Annotated[Path, typer.Option("--output", help="原件写到哪里；已有的文件不会覆盖")],
) -> None:
    """由主要负责人打开一件密封件，最好在离线机器上。不需要安装数据库。"""
    from xiansuo.services.sealed import open_envelope

    open_envelope(envelope, key=key, output=output)
    typer.echo(say("已打开，原件只有本用户可读。看完请销毁。", "Opened; destroy it after reading."))


@sealed.command("new-key")
def sealed_new_key(context: typer.Context) -> None:
    """更换主要负责人的密钥：以后密封的用新私钥打开，此前密封的仍用原来的私钥。"""
    from xiansuo.services.head_key import change

    state: State = context.obj
    typer.echo(
        say("已更换。", "A new key of the head is in use. ")
        + change(state.office(), actor=f"uid:{os.getuid()}").message
    )
