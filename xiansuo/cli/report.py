"""The command that reports over a month or a round: report."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xiansuo.cli.leaving import authorised, write_new
from xiansuo.cli.state import State
from xiansuo.cli.words import say

if TYPE_CHECKING:
    from xiansuo.domain.people import Viewer
    from xiansuo.evaluation.period import Period
    from xiansuo.services.office import Office
    from xiansuo.services.report import Language, Opened


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("report")(report)


def report(  # noqa: PLR0913, PLR0917 - one parameter per option
    context: typer.Context,
    user: Annotated[str, typer.Option("--as", metavar="LOGIN", help="以哪个账号的授权范围统计；留痕")],
    month: Annotated[str, typer.Option("--month", metavar="YYYY-MM", help="哪个月，如 2026-11")] = "",
    round_: Annotated[str, typer.Option("--round", metavar="N", help="哪一轮：轮次名称或编号")] = "",
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="DIR", help="三个文件写到哪个目录；不写则只显示结论"),
    ] = None,
    english: Annotated[bool, typer.Option("--english", help="用英文")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="在标准输出给出 JSON，不显示结论")] = False,
) -> None:
    """一个月或一轮的报告：收了多少、读了多少、可能漏掉多少、两人审读一致到什么程度。只计该账号有权查看的线索。"""
    from xiansuo.domain.people import Power
    from xiansuo.services.report import Form, leave, open_report

    if bool(month) == bool(round_):
        raise typer.BadParameter("请写 --month 或 --round，两者取其一。", param_hint="--month")
    state: State = context.obj
    office = state.office()
    viewer = authorised(office, user, Power.STATISTICS, what="report", refusal="这个账号没有查看统计和报告的权限。")
    opened = open_report(office, viewer, _period(office, viewer, month, round_), _language(english=english))
    if as_json:
        typer.echo(leave(office, viewer, opened, Form.JSON).data.decode(), nl=False)
    else:
        _show(office, viewer, opened)
    if output:
        for name in _write(office, viewer, opened, output):
            typer.echo(say(f"已写到 {name}。", f"Written to {name}."), err=True)


def _show(office: "Office", viewer: "Viewer", opened: "Opened") -> None:
    from xiansuo.services import audit

    period = opened.report.period
    audit.record(office, viewer, "report.read", kind="report", id_=f"{period.kind}/{period.key}")
    told = opened.told
    for line in filter(None, (told.title, told.notice, *(f"· {one}" for one in told.parts[0].sentences))):
        typer.echo(line)


def _write(office: "Office", viewer: "Viewer", opened: "Opened", folder: Path) -> list[Path]:
    from xiansuo.services.report import Form, leave

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    files = []
    for form in Form:
        made = leave(office, viewer, opened, form)
        file = folder / f"{made.number}-{opened.report.period.key}.{form.value}"
        write_new(file, made.data)
        files.append(file)
    return files


def _period(office: "Office", viewer: "Viewer", month: str, round_: str) -> "Period":
    from xiansuo.errors import UsageError
    from xiansuo.services.report import period_named, rounds

    if month:
        return period_named(office, viewer, "month", month)
    found = next((one for one in rounds(office, viewer) if round_ in {one.name, one.key}), None)
    if found is None:
        raise UsageError("没有这个轮次，或者不在该账号的授权范围内，或者还没有开始。请核对 --round。")
    return found


def _language(*, english: bool) -> "Language":
    from xiansuo.review.locale import catalogue
    from xiansuo.services.report import Language

    return Language(english, catalogue("en" if english else "zh").say)
