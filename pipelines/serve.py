"""Serves the flows on their schedules, with Prefect's server and pages on loopback, until it is stopped."""

import asyncio
import signal
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from pipelines.alone import as_service
from pipelines.engine import configure, password_file, point_at
from pipelines.plans import Plan, plans_of
from pipelines.server import HOST, require_port, server
from xiansuo.settings import Settings

if TYPE_CHECKING:
    from prefect.deployments.runner import RunnerDeployment

DEFAULT_PORT = 4200


def serve(settings: Settings, *, tell: Callable[[str], None], port: int = DEFAULT_PORT) -> None:
    """Serve one deployment per plan until interrupted or terminated; runs never overlap.

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
                tell(f"  {plan.cron}  {plan.told}")
            for sentence in planned.wrong:
                tell(f"  · {sentence}")
            tell(f"运行情况：{url} （只在本机可见），登录口令是 {password_file(home)} 中的整行。")
            _serve_flows(settings, planned.plans)
    tell("定时任务已停止。")


def _serve_flows(settings: Settings, plans: Sequence[Plan]) -> None:
    # Prefect reads its settings when it is imported.
    from pipelines.deployments import deployments, sweep  # noqa: PLC0415

    missed = sweep(settings, plans)
    asyncio.run(_until_stopped(list(deployments(settings, plans)), missed))


async def _until_stopped(deployments: Sequence["RunnerDeployment"], missed: Collection[str]) -> None:
    from prefect.runner import Runner  # noqa: PLC0415

    from pipelines.deployments import run_now  # noqa: PLC0415

    # One run at a time. Prefect would pause every schedule when the service stops, and nothing would run after a restart.
    runner = Runner(name="xiansuo", limit=1, pause_on_shutdown=False)
    for deployment in deployments:
        id_ = await runner.aadd_deployment(deployment)
        if deployment.name in missed:
            await run_now(id_)
    serving = asyncio.ensure_future(runner.start())
    # Now that the runner has put in its own handler of SIGTERM, which leaves things half stopped, replace it.
    await asyncio.sleep(0)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, serving.cancel)
    with suppress(asyncio.CancelledError):
        await serving
