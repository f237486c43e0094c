"""Asks others to analyse beside a run: a Dask cluster, or the processes that joined the schedule. The run itself never waits for them."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from prefect import flow
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.exceptions import ObjectNotFound

from pipelines.guard import guarded
from xiansuo.intake.engine import LOCAL, EngineSettings
from xiansuo.services.office import engine_settings
from xiansuo.services.triage import assist_at

ASSIST = "assist"
SHARE = 400
"""A piece of work for Dask: so many letters, in batches of which each is claimed and stored by itself."""
_MOST_SHARES = 40


@flow
@guarded
def assist(state_dir: str, home: str) -> None:
    """Analyse, beside whoever runs the triage, what nobody else works on. Parameters hold paths only."""
    assist_at(state_dir, home)


@contextmanager
def helped(state_dir: str, home: str, waiting: int) -> Iterator[list[str]]:
    """Let others analyse of `waiting` letters while the block lasts; it gives a list of sentences about those who could not."""
    settings, troubles = engine_settings(Path(state_dir)), list[str]()
    with ExitStack() as helpers:
        if waiting >= SHARE and settings.helpers:
            helpers.enter_context(_joined(settings.helpers, troubles))
        if waiting >= SHARE and settings.dask:
            helpers.enter_context(_dask(settings, state_dir, home, waiting, troubles))
        yield troubles


@contextmanager
def _joined(count: int, troubles: list[str]) -> Iterator[None]:
    with get_client(sync_client=True) as client:
        asked = _ask_joined(client, count)
        yield
        states = [client.read_flow_run(one).state for one in asked]
        for one, state in zip(asked, states, strict=True):
            if state and state.is_scheduled():
                # Whoever joins later would find nothing to do.
                client.delete_flow_run(one)
        if any(state and state.is_failed() for state in states):
            troubles.append("有 schedule --join 进程没能帮忙，由本进程做完。原因请在本机网页上看 assist 的运行情况。")


def _ask_joined(client: SyncPrefectClient, count: int) -> list[UUID]:
    try:
        deployment = client.read_deployment_by_name(f"{ASSIST}/{ASSIST}")
    except ObjectNotFound:
        return []
    return [client.create_flow_run_from_deployment(deployment.id).id for _ in range(count)]


@contextmanager
def _dask(settings: EngineSettings, state_dir: str, home: str, waiting: int, troubles: list[str]) -> Iterator[None]:
    try:
        from prefect_dask.task_runners import DaskTaskRunner  # noqa: PLC0415 - an extra
    except ModuleNotFoundError:
        troubles.append("没有安装附加组件 dask，本次由本进程做完。请安装后重试，或去掉 [engine] 的 dask。")
        yield
        return
    place = _cluster(settings, state_dir) if settings.dask == LOCAL else {"address": settings.dask}
    futures: Sequence[Any] = ()
    runner = DaskTaskRunner(**place)
    try:
        with runner:
            client: Any = runner.client
            shares = min(_MOST_SHARES, -(-waiting // SHARE))
            size = max(SHARE, -(-waiting // shares))
            # Plain functions, not tasks: a worker then needs the office's database and keys, and no way to Prefect's server.
            futures = [client.submit(assist_at, state_dir, home, size, pure=False) for _ in range(shares)]
            yield
            troubles += [f"Dask 工作进程没能帮忙（{name}），由本进程做完。" for name in _failed(futures)]
            client.cancel(futures)
    except OSError as error:
        if futures:
            raise
        troubles.append(f"Dask 调度器连不上（{type(error).__name__}），本次由本进程做完。请检查 [engine] 的 dask。")
        yield


def _failed(futures: Sequence[Any]) -> list[str]:
    """Return the kinds of errors of workers, each once; their messages might quote a letter."""
    return sorted({type(one.exception()).__name__ for one in futures if one.status == "error"})


def _cluster(settings: EngineSettings, state_dir: str) -> dict[str, Any]:
    """Return how a cluster of this machine is made: on loopback, encrypted with certificates of its own, without pages."""
    local: dict[str, Any] = {
        "n_workers": max(2, settings.workers),
        "threads_per_worker": 1,
        "security": True,
        "protocol": "tls://",
        "host": "127.0.0.1",
        "dashboard_address": None,
        "local_directory": str(Path(state_dir) / "prefect"),
    }
    return {"cluster_kwargs": local}
