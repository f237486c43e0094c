"""Commands about what may go and what went: retention plan, hold, release, propose, withdraw, carry-out, certificate."""

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

import typer

from xiansuo.cli.state import State
from xiansuo.cli.words import say

if TYPE_CHECKING:
    from datetime import date

    from xiansuo.domain.people import Power, Viewer
    from xiansuo.services.office import Office
    from xiansuo.services.retention import Plan

retention = typer.Typer(
    help="留存与销毁：看到期清单，要求保留，提出、确认销毁，出证明。一人提出、另一人确认，才会销毁。",
    no_args_is_help=True,
)
_AS = typer.Option("--as", metavar="LOGIN", help="以哪个账号办理，留痕")
_REASON = typer.Option("--reason", metavar="TEXT", help="理由，留痕；不要写信中内容")
_NO_ACCOUNT = "请用 --as 指明在用的、有权限的账号，如 --as wang.fang。操作留痕。"


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.add_typer(retention, name="retention")


@retention.command("plan")
def show_plan(
    context: typer.Context,
    on: Annotated[str, typer.Option("--on", metavar="DATE", help="看哪一天的，如 2027-01-31；不写则为今天")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
    as_user: Annotated[
        str, typer.Option("--as", metavar="LOGIN", help="以哪个账号看，列出他能看到的编号；不写则只报数")
    ] = "",
) -> None:
    """试算：到某一天哪些到期可以销毁，哪些到期但要保留，为什么。只看，不改动任何内容。"""
    from xiansuo.services.retention import plan, totals

    state: State = context.obj
    office = state.office()
    day = _day(on)
    viewer = _reader(office, as_user) if as_user else None
    found = plan(office, viewer, day) if viewer else totals(office, day)
    if as_json:
        typer.echo(json.dumps(found.as_json(numbers=viewer is not None), ensure_ascii=False))
        return
    typer.echo(say(found.sentence, f"{len(found.going)} may go, {len(found.held)} are held."))
    for line in _lines(found, numbers=viewer is not None):
        typer.echo(f"  · {line}")


@retention.command("hold")
def hold(
    context: typer.Context,
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="线索、来件的编号，或待处理区的号")],
    reason: Annotated[str, _REASON],
    as_user: Annotated[str, _AS],
) -> None:
    """要求保留：不论期限，不列入销毁清单，直到有人解除。"""
    from xiansuo.services import retention as service

    state: State = context.obj
    office = state.office()
    service.hold(office, _reader(office, as_user), number, reason, request=uuid4().hex)
    typer.echo(say(f"{number} 已要求保留。", "Held."))


@retention.command("holds")
def holds(context: typer.Context, as_user: Annotated[str, _AS]) -> None:
    """列出现在的保留要求，和解除时要用的号。"""
    from xiansuo.domain.times import minute
    from xiansuo.services.retention import held

    state: State = context.obj
    office = state.office()
    found = held(office, _reader(office, as_user))
    for one in found:
        typer.echo(f"第 {one.id} 号：{one.number}，{one.actor} 于 {minute(one.created)} 要求，理由：{one.reason}")
    if not found:
        typer.echo(say("没有要求保留的。", "Nothing is held."))


@retention.command("release")
def release(
    context: typer.Context,
    hold_id: Annotated[int, typer.Argument(metavar="N", help="保留要求的号，见 xiansuo retention holds")],
    reason: Annotated[str, _REASON],
    as_user: Annotated[str, _AS],
) -> None:
    """解除保留，由组长或分管领导办理。"""
    from xiansuo.services import retention as service

    state: State = context.obj
    office = state.office()
    service.release(office, _reader(office, as_user), hold_id, reason)
    typer.echo(say(f"第 {hold_id} 号保留要求已解除。", "Released."))


@retention.command("propose")
def propose(context: typer.Context, reason: Annotated[str, _REASON], as_user: Annotated[str, _AS]) -> None:
    """提出销毁清单：今天为止到期的全部列入，由移交员提出，等另一人确认。"""
    from xiansuo.domain.people import Power
    from xiansuo.services import erasure

    state: State = context.obj
    office = state.office()
    viewer = _person(office, as_user, Power.HAND_OVER)
    id_ = erasure.propose(office, viewer, viewer.today, reason, request=uuid4().hex)
    typer.echo(
        say(f"第 {id_} 号销毁清单已提出，一件也没有动。", "Proposed.")
        + f"请组长或分管领导核对后执行：xiansuo retention carry-out {id_} --as LOGIN"
    )


@retention.command("withdraw")
def withdraw(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="N", help="清单的号")],
    reason: Annotated[str, _REASON],
    as_user: Annotated[str, _AS],
) -> None:
    """撤回或不同意一份销毁清单：一件也不动。"""
    from xiansuo.services import erasure

    state: State = context.obj
    office = state.office()
    erasure.withdraw(office, _reader(office, as_user), number, reason)
    typer.echo(say(f"第 {number} 号清单没有执行。", "Withdrawn."))


@retention.command("carry-out")
def carry_out(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="N", help="清单的号")],
    as_user: Annotated[str, _AS],
) -> None:
    """确认另一人提出的清单并销毁，不能恢复。中断了再执行一次，会接着做完。"""
    from xiansuo.domain.people import Power
    from xiansuo.services import erasure

    state: State = context.obj
    office = state.office()
    erasure.confirm(office, _person(office, as_user, Power.DISPOSE), number)
    done = erasure.carry_out(office, number)
    counts, kept = done.certificate["counts"], done.certificate["kept"]
    typer.echo(say(f"已销毁 {sum(counts.values())} 件，销毁证明 {done.number}。", "Erased."))
    if kept:
        typer.echo(f"  · 提出以后有变化、没有销毁的 {sum(kept.values())} 件。")
    for one in done.certificate["older_backups"]:
        typer.echo(f"  · 较早的备份 {one['name']} 里还有（加密），按现在的份数约在 {one['goes']} 删去。")
    if name := done.certificate["model_in_use_to_replace"]:
        typer.echo(f"  · 在用的模型 {name} 从其中学过，请退回或重新训练。")


@retention.command("certificate")
def certificate(
    context: typer.Context,
    number: Annotated[int, typer.Argument(metavar="N", help="清单的号")],
    as_user: Annotated[str, _AS],
    html: Annotated[
        Path | None, typer.Option("--html", metavar="F", help="写成可打印的网页；已有的文件不会覆盖")
    ] = None,
) -> None:
    """输出销毁证明（JSON）：依据、经办人、时间、件数和带密钥的校验值，没有编号和内容。"""
    from xiansuo.cli.leaving import write_new
    from xiansuo.errors import RefusedError
    from xiansuo.services.erasure import look
    from xiansuo.services.erasure_page import page_of

    state: State = context.obj
    office = state.office()
    shown = look(office, _reader(office, as_user), number)
    if shown.erasure.certificate is None:
        raise RefusedError(f"第 {number} 号清单{shown.erasure.state.chinese}，还没有证明。")
    if html is None:
        typer.echo(json.dumps(shown.erasure.certificate, ensure_ascii=False, indent=1))
        return
    write_new(html, page_of(shown.erasure).encode())
    typer.echo(say(f"已写入 {html}。", "Written."))


def _lines(found: "Plan", *, numbers: bool) -> list[str]:
    kinds = [f"{kind.chinese}：{count} 件" for kind, count in sorted(found.kinds.items())]
    if not numbers:
        return kinds
    named = [
        f"{one.item.number}（{one.item.kind.chinese}）：{one.rule.name}，{one.day} 起可以销毁" for one in found.going
    ]
    kept = [
        f"{one.item.number}（{one.item.kind.chinese}）：保留，{'、'.join(why.chinese for why in one.kept)}"
        for one in found.held
    ]
    return [*kinds, *named, *kept]


def _reader(office: "Office", login: str) -> "Viewer":
    from xiansuo.domain.people import Power

    return _person(office, login, Power.READ_CLUES)


def _person(office: "Office", login: str, power: "Power") -> "Viewer":
    from xiansuo.errors import UsageError
    from xiansuo.services.sessions import asking

    viewer = asking(office, login, power, _NO_ACCOUNT)
    if viewer is None:
        raise UsageError(f"还没有账号，一个人不能销毁。{_NO_ACCOUNT}")
    return viewer


def _day(text: str) -> "date":
    from xiansuo.domain.times import CHINA
    from xiansuo.errors import UsageError

    if not text:
        return datetime.now(CHINA).date()
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=CHINA).date()
    except ValueError:
        raise UsageError(f"--on 应写成 2027-01-31 这样的日期，现在是 {text}。") from None
