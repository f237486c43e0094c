"""What Prefect knows of the schedules: a deployment for each plan, and what is put right before they are served."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from prefect import Flow
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron
from prefect.states import Crashed
from prefect.types.entrypoint import EntrypointType

from pipelines.alone import alone, by_hand
from pipelines.audit import audit
from pipelines.backlog import backlog
from pipelines.backup import backup
from pipelines.deadlines import deadlines
from pipelines.evaluate import evaluate
from pipelines.fetch import fetch
from pipelines.helpers import ASSIST, assist
from pipelines.plans import FETCH, TRIAGE, Plan
from pipelines.report import report
from pipelines.retention import retention
from pipelines.retrain import retrain
from pipelines.sample import sample
from pipelines.triage import triage
from xiansuo.settings import Settings

FLOWS: Mapping[str, Flow[..., None]] = {
    FETCH: fetch,
    TRIAGE: triage,
    "audit": audit,
    "backlog": backlog,
    "backup": backup,
    "deadlines": deadlines,
    "evaluate": evaluate,
    "report": report,
    "retention": retention,
    "retrain": retrain,
    "sample": sample,
}
ZONE = "Asia/Shanghai"
_UNFINISHED = (StateType.RUNNING, StateType.PENDING, StateType.CANCELLING)


def deployments(settings: Settings, plans: Sequence[Plan]) -> Iterator[RunnerDeployment]:
    """Make a deployment for each plan; its parameters are paths and positions."""
    where = {"state_dir": str(settings.state_dir), "home": str(settings.home)}
    for plan in plans:
        sources = {} if plan.source is None else {"sources": [plan.source]}
        yield RunnerDeployment.from_flow(
            FLOWS[plan.flow],
            name=plan.name,
            schedules=[Cron(plan.cron, timezone=ZONE)] if plan.cron else [],
            parameters={**where, **sources},
            entrypoint_type=EntrypointType.MODULE_PATH,
        )


def helper(settings: Settings) -> RunnerDeployment:
    """Make the deployment that runs ask for; it has no time of its own, and only processes that joined serve it."""
    where = {"state_dir": str(settings.state_dir), "home": str(settings.home)}
    return RunnerDeployment.from_flow(assist, name=ASSIST, parameters=where, entrypoint_type=EntrypointType.MODULE_PATH)


def sweep(settings: Settings, plans: Collection[Plan]) -> set[str]:
    """Clear away what an earlier service left, and return the names of the deployments that missed a run.

    Missed is what came due while no service ran and what was cut off in the middle. Without this Prefect would make up
    for every single missed run, one after another. Deployments of what nobody plans any more are removed.
    """
    names = {ASSIST, *(plan.name for plan in plans)}
    # A run by hand must not be taken for one that was cut off.
    with by_hand(settings.state_dir), alone(settings.state_dir), get_client(sync_client=True) as client:
        missed = {*_forget_overdue(client), *_close_unfinished(client)}
        known = client.read_deployments()
        for deployment in known:
            if deployment.name not in names:
                client.delete_deployment(deployment.id)
        return {deployment.name for deployment in known if deployment.id in missed} - {ASSIST}


async def run_now(deployment_id: UUID) -> None:
    """Let a deployment run once, as soon as it is served."""
    async with get_client() as client:
        await client.create_flow_run_from_deployment(deployment_id)


def _forget_overdue(client: SyncPrefectClient) -> Iterator[UUID | None]:
    overdue = FlowRunFilter(
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED])),
        expected_start_time=FlowRunFilterExpectedStartTime.model_validate({"before_": datetime.now(UTC)}),
    )
    for run in _all_runs(client, overdue):
        yield run.deployment_id
        client.delete_flow_run(run.id)


def _close_unfinished(client: SyncPrefectClient) -> Iterator[UUID | None]:
    unfinished = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=list(_UNFINISHED))))
    for run in _all_runs(client, unfinished):
        yield run.deployment_id
        client.set_flow_run_state(run.id, Crashed(message="服务中断，由下一次运行继续。"), force=True)


def _all_runs(client: SyncPrefectClient, wanted: FlowRunFilter) -> Iterator[FlowRun]:
    """Yield all runs that are wanted, page by page; the caller takes each of them out of what is wanted."""
    while page := client.read_flow_runs(flow_run_filter=wanted):
        yield from page
