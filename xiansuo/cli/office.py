"""Commands about the installation: init, org import, doctor, upgrade."""

import os
from pathlib import Path
from typing import Annotated

import typer

from xiansuo.cli.state import State
from xiansuo.cli.words import say

org = typer.Typer(help="单位名册：单位、负责人、本办人员。", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("init")(init)
    app.add_typer(org, name="org")
    app.command("doctor")(doctor)
    app.command("upgrade")(upgrade)


def init(
    context: typer.Context,
    database: Annotated[
        str, typer.Option("--database", help="把表建在这个 PostgreSQL 数据库里；不写则用状态目录里的 SQLite 文件")
    ] = "",
) -> None:
    """新建安装：状态目录、数据库、密钥、来源清单。"""
    from xiansuo.services.office import initialise

    state: State = context.obj
    settings = state.settings()
    message = initialise(settings, database=database)
    typer.echo(say(f"已在 {settings.state_dir} 建好数据库和密钥。", "Installation created."))
    typer.echo(message)
    typer.echo(
        say(f"下一步：在 {settings.state_dir / 'xiansuo.toml'} 填写来源；用 xiansuo org import 导入单位名册。", "")
    )


@org.command("import")
def org_import(context: typer.Context, file: Annotated[Path, typer.Argument(help="单位名册 xlsx")]) -> None:
    """导入单位名册，整册替换原有名册。密封检查、单位识别都以它为准。"""
    from xiansuo.intake.orgs import read_register
    from xiansuo.services.office import import_register
    from xiansuo.services.screening import screen_waiting

    state: State = context.obj
    register_ = read_register(file)
    office = state.office()
    import_register(office, register_)
    screen_waiting(office)
    counts = f"{len(register_.units)} 个单位、{len(register_.heads)} 名负责人、{len(register_.staff)} 名本办人员"
    typer.echo(say(f"已导入单位名册：{counts}。可受理最高职级：{register_.ceiling.chinese}。", "Register imported."))


@org.command("template")
def org_template(file: Annotated[Path, typer.Argument(help="要写入的 xlsx")]) -> None:
    """写出一份空白的单位名册模板。"""
    from xiansuo.intake.orgs import write_template

    write_template(file)
    typer.echo(say(f"模板已写到 {file}，填好后用 xiansuo org import 导入。", "Template written."))


def doctor(context: typer.Context) -> None:
    """检查安装：目录和密钥权限、数据库、来源、规则、模型。有问题时退出状态为 1。"""
    from xiansuo.services.doctor import examine

    state: State = context.obj
    findings = examine(state.settings())
    for finding in findings:
        typer.echo(f"{'正常' if finding.well else '问题'}  {finding.what}：{finding.sentence}")
    if not all(finding.well for finding in findings):
        raise typer.Exit(1)


def upgrade(
    context: typer.Context,
    remask: Annotated[bool, typer.Option("--remask", help="同时从原件重新脱敏，用于脱敏或单位名册有改进之后")] = False,
) -> None:
    """升级数据库，并按现有规则和模型重新分析来件。人工认定保留当时看到的系统建议。"""
    from xiansuo.services.upgrade import upgrade as run_upgrade

    state: State = context.obj
    result = run_upgrade(
        state.settings(), lambda sentence: typer.echo(sentence, err=True), actor=f"uid:{os.getuid()}", remask=remask
    )
    kept = f"备份在 {result.backup}；" if result.backup else ""
    typer.echo(say(f"已升级：{kept}重新分析 {result.analysed} 件。", "Upgraded."))
