"""Serves the triage on its schedules, with Prefect's server and pages on loopback, until it is stopped."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pipelines.engine import configure
from xiansuo.errors import OfficeError
from xiansuo.services.office import open_office
from xiansuo.services.sources import list_sources
from xiansuo.settings import Settings

DEFAULT_CRON = "0 7,13 * * 1-5"
"""Without a cron of its own a source is read on working days at seven and at one."""
ZONE = "Asia/Shanghai"
_START_SECONDS = 180


def schedules(settings: Settings) -> dict[str, list[int]]:
    """Return the positions of the sources to read at each cron time. Raises XiansuoError where no source is usable."""
    sources = list_sources(open_office(settings))
    if not sources.sources:
        raise OfficeError("xiansuo.toml 里没有可用的来源，没有什么可以定时执行。请填写后重试。")
    by_cron = defaultdict(list)
    for position, source in enumerate(sources.sources):
        by_cron[source.cron or DEFAULT_CRON].append(position)
    return dict(by_cron)


def serve(settings: Settings, *, tell: Callable[[str], None], port: int = 4200) -> None:
    """Serve one deployment per cron time until interrupted; runs of one deployment never overlap."""
    planned = schedules(settings)
    configure(settings.state_dir)
    with _server(port) as url:
        os.environ["PREFECT_API_URL"] = f"{url}/api"
        tell(f"定时任务已启动，运行情况见 {url} （只在本机可见）。按 Ctrl+C 停止。")
        for cron, positions in planned.items():
            tell(f"  {cron}（北京时间）：第 {'、'.join(str(one + 1) for one in positions)} 个来源")
        _serve_flows(settings, planned)


def _serve_flows(settings: Settings, planned: dict[str, list[int]]) -> None:
    # Prefect reads its settings when it is imported.
    from prefect import serve as serve_deployments  # noqa: PLC0415
    from prefect.schedules import Cron  # noqa: PLC0415

    from pipelines.triage import triage  # noqa: PLC0415

    where = {"state_dir": str(settings.state_dir), "home": str(settings.home)}
    deployments = [
        triage.to_deployment(
            name=f"triage-{number}",
            schedules=[Cron(cron, timezone=ZONE)],
            parameters={**where, "sources": positions},
            concurrency_limit=1,
        )
        for number, (cron, positions) in enumerate(planned.items(), 1)
    ]
    # Prefect would otherwise pause every schedule when the service stops, and nothing would run after a restart.
    serve_deployments(*deployments, pause_on_shutdown=False, print_starting_message=False, limit=1)


@contextmanager
def _server(port: int) -> Iterator[str]:
    """Run Prefect's server on loopback and wait until it answers."""
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    log = open(os.environ["PREFECT_HOME"] + "/server.log", "ab")  # noqa: SIM115, PTH123 - belongs to the process
    process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    try:
        _wait_for(f"{url}/api/health", process)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=30)
        log.close()


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise OfficeError("流程引擎没有启动，详见状态目录 prefect/server.log；可能端口已被占用。")
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - a fixed loopback address
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    raise OfficeError(f"流程引擎 {_START_SECONDS} 秒内没有启动，详见状态目录 prefect/server.log。")
