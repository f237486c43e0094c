"""What runs when: every source at its own cron time, the triage when letters wait, and the jobs that learn, draw and report."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from xiansuo.errors import OfficeError
from xiansuo.intake.cron import DEFAULT_CRON, OFF
from xiansuo.intake.schedule import TITLES
from xiansuo.intake.sources import Source
from xiansuo.services.office import open_office
from xiansuo.services.sources import list_sources, planned_jobs
from xiansuo.settings import Settings

FETCH, TRIAGE = "fetch", "triage"
_NO_SOURCE = "没有可用的来源，不会定时收件；用 xiansuo ingest 收的来件不受影响，上面的工作照常执行。"


@dataclass(frozen=True, slots=True)
class Plan:
    """A flow and the cron time at which it runs, empty for one that runs when there is something to do; `source` is the position of the one it reads."""

    flow: str
    cron: str = ""
    source: int | None = None

    @property
    def name(self) -> str:
        """The name under which Prefect's pages show it; Prefect allows no slash in it."""
        what = self.flow if self.source is None else f"source {self.source + 1}"
        return f"{what} {self.cron}".replace("/", "∕").strip()

    @property
    def told(self) -> str:
        """What runs, for the screen."""
        if self.source is not None:
            return f"第 {self.source + 1} 个来源"
        return TITLES.get(self.flow, "分析、归并、排序")

    @property
    def reads(self) -> bool:
        """Tell whether it reads a source, which never has to wait for the others or for a job."""
        return self.source is not None


@dataclass(frozen=True, slots=True)
class Plans:
    """Everything that is planned, and a sentence for every setting that is wrong."""

    plans: tuple[Plan, ...]
    wrong: tuple[str, ...] = ()


def plans_of(settings: Settings) -> Plans:
    """Return what runs when; without a usable source no intake. Raises OfficeError where there is no job either."""
    office = open_office(settings)
    sources, jobs = list_sources(office), planned_jobs(office)
    office.engine.dispose()
    wrong = (*sources.wrong, *jobs.wrong)
    if not sources.sources and not jobs.crons:
        told = "".join(f"\n  · {sentence}" for sentence in wrong)
        raise OfficeError(f"{office.sources_file} 里没有可用的来源，定时工作也都停用了，没有可执行的。{told}")
    return Plans(tuple(_plans(sources.sources, jobs.crons)), wrong if sources.sources else (_NO_SOURCE, *wrong))


def _plans(sources: Sequence[Source], jobs: Mapping[str, str]) -> Iterator[Plan]:
    for position, source in enumerate(sources):
        if (cron := source.cron or DEFAULT_CRON) != OFF:
            yield Plan(FETCH, cron, position)
    yield Plan(TRIAGE)
    for job, cron in jobs.items():
        yield Plan(job, cron)
