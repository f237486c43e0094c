"""Serves the triage on its schedules, with Prefect's server and pages on loopback, until it is stopped."""

import asyncio
import signal
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from pipelines.alone import as_service
from pipelines.engine import configure, password_file, point_at
from pipelines.server import HOST, require_port, server
from xiansuo.services.office import open_office
from xiansuo.services.sources import usable_sources
from xiansuo.settings import Settings

if TYPE_CHECKING:
    from prefect.deployments.runner import RunnerDeployment

DEFAULT_CRON = "0 7,13 * * 1-5"
"""Without a cron of its own a source is read on working days at seven and at one."""
DEFAULT_PORT = 4200


def schedules(settings: Settings) -> dict[str, list[int]]:
    """Return the positions of the sources to read at each cron time. Raises OfficeError where no source is usable."""
    by_cron = defaultdict(list)
    for position, source in enumerate(usable_sources(open_office(settings)).sources):
        by_cron[source.cron or DEFAULT_CRON].append(position)
    return dict(by_cron)


def serve(settings: Settings, *, tell: Callable[[str], None], port: int = DEFAULT_PORT) -> None:
    """Serve one deployment per cron time until interrupted or terminated; runs never overlap.

    Raises OfficeError where the port is taken, another schedule of this installation runs, or the server does not start.
    """
    planned = schedules(settings)
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
            for cron, positions in planned.items():
                tell(f"  {cron}  第 {'、'.join(str(one + 1) for one in positions)} 个来源")
            tell(f"运行情况：{url} （只在本机可见），登录口令是 {password_file(home)} 中的整行。")
            _serve_flows(settings, planned)
    tell("定时任务已停止。")


def _serve_flows(settings: Settings, planned: Mapping[str, Sequence[int]]) -> None:
    # Prefect reads its settings when it is imported.
    from pipelines.deployments import deployments, sweep  # noqa: PLC0415

    missed = sweep(settings, planned)
    asyncio.run(_until_stopped(list(deployments(settings, planned)), missed))


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
