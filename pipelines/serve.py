"""Serves the flows on their schedules, with Prefect's server and pages on loopback, until it is stopped."""

import asyncio
import signal
from collections.abc import Callable, Collection, Coroutine, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from uuid import UUID

from pipelines.alone import as_service, service_at
from pipelines.engine import configure, password_file, point_at
from pipelines.plans import Plan, plans_of
from pipelines.server import HOST, require_port, server
from xiansuo.errors import OfficeError
from xiansuo.services.office import engine_settings
from xiansuo.settings import Settings
from xiansuo.storage.address import on_server

if TYPE_CHECKING:
    from prefect.deployments.runner import RunnerDeployment

DEFAULT_PORT = 4200
_READ_AT_ONCE = 4
"""Each is a process that mostly waits; more would take memory from a small machine."""


def serve(settings: Settings, *, tell: Callable[[str], None], port: int = DEFAULT_PORT) -> None:
    """Serve one deployment per plan until interrupted or terminated; a source is read by one run at a time, and one works on letters.

    Raises OfficeError where the port is taken, another schedule of this installation runs, or the server does not start.
    """
    planned = plans_of(settings)
    home = configure(settings.state_dir)
    url = f"http://{HOST}:{port}"
    point_at(url)
    # A service is stopped by SIGTERM; it means the same as Ctrl+C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt), as_service(home, url):
        require_port(port)
        tell("正在启动流程引擎（首次约 20 秒）……")
        with server(home, port, pages=True) as ready:
            ready()
            tell("定时任务已启动，按北京时间执行。按 Ctrl+C 停止。")
            for plan in planned.plans:
                tell(f"  {plan.cron or '有新来件时'}  {plan.told}")
            for sentence in planned.wrong:
                tell(f"  · {sentence}")
            tell(f"运行情况：{url} （只在本机可见），登录口令是 {password_file(home)} 中的整行。")
            _serve_flows(settings, planned.plans)
    tell("定时任务已停止。")


def join(settings: Settings, *, tell: Callable[[str], None]) -> None:
    """Help the runs of the schedule that runs on this installation, until interrupted or terminated.

    Raises OfficeError where no schedule runs, or where the office cannot share its work.
    """
    if not on_server(settings.state_dir):
        raise OfficeError("只有数据库在 PostgreSQL 上，才能有几个进程一起处理。一台机器上请用 [engine] 的 workers。")
    url = service_at(configure(settings.state_dir))
    if not url:
        raise OfficeError("这个状态目录没有正在运行的 xiansuo schedule，没有可帮的。请先启动它。")
    point_at(url)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if not engine_settings(settings.state_dir).helpers:
        raise OfficeError(
            "xiansuo.toml 的 [engine] helpers 是 0，没有处理会请人帮忙。请先写上有几个 schedule --join 进程，如 helpers = 1。"
        )
    tell("已加入，有积压时协助分析。按 Ctrl+C 停止。")
    with suppress(KeyboardInterrupt):
        _serve_help(settings)
    tell("已停止协助。")


def _serve_help(settings: Settings) -> None:
    from pipelines.deployments import helper  # noqa: PLC0415

    asyncio.run(_run_served(helper(settings)))


async def _run_served(deployment: "RunnerDeployment") -> None:
    from prefect.runner import Runner  # noqa: PLC0415

    runner = Runner(name="xiansuo", limit=1, pause_on_shutdown=False)
    await runner.aadd_deployment(deployment)
    await _until_stopped(runner.start())


def _serve_flows(settings: Settings, plans: Sequence[Plan]) -> None:
    # Prefect reads its settings when it is imported.
    from pipelines.deployments import deployments, sweep  # noqa: PLC0415

    missed = sweep(settings, plans)
    served = list(zip(plans, deployments(settings, plans), strict=True))
    asyncio.run(_serve_plans(settings, served, missed))


async def _serve_plans(
    settings: Settings, served: Sequence[tuple[Plan, "RunnerDeployment"]], missed: Collection[str]
) -> None:
    from prefect.runner import Runner  # noqa: PLC0415

    from pipelines.attend import attend  # noqa: PLC0415
    from pipelines.deployments import run_now  # noqa: PLC0415

    # Sources wait for the network and not for each other; everything else works on the letters, one at a time. Prefect
    # would pause every schedule when the service stops, and nothing would run after a restart.
    reading = Runner(name="sources", limit=_READ_AT_ONCE, pause_on_shutdown=False)
    working = Runner(name="xiansuo", limit=1, pause_on_shutdown=False)
    known = dict[Plan, UUID]()
    for plan, deployment in served:
        known[plan] = await (reading if plan.reads else working).aadd_deployment(deployment)
        if deployment.name in missed:
            await run_now(known[plan])
    await _until_stopped(reading.start(), working.start(), attend(settings, known))


async def _until_stopped(*work: Coroutine[Any, Any, None]) -> None:
    serving = asyncio.gather(*work)
    # Now that the runners have put in their own handlers of SIGTERM, which leave things half stopped, replace them.
    await asyncio.sleep(0)
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, serving.cancel)
    loop.set_exception_handler(_tell_of_errors)
    with suppress(asyncio.CancelledError):
        await serving


def _tell_of_errors(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    # A run that is cut off by the end of the service leaves cancelled tasks in Prefect, which nobody needs to read about.
    if not isinstance(context.get("exception"), asyncio.CancelledError):
        loop.default_exception_handler(context)
