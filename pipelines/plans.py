"""What runs when: the sources by their cron times, and the jobs that learn, draw and report."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from xiansuo.intake.schedule import TITLES
from xiansuo.services.office import open_office
from xiansuo.services.sources import planned_jobs, usable_sources
from xiansuo.settings import Settings

TRIAGE = "triage"
DEFAULT_CRON = "0 7,13 * * 1-5"
"""Without a cron of its own a source is read on working days at seven and at one."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A flow and the cron time at which it runs; `sources` are the positions of those that the triage reads."""

    flow: str
    cron: str
    sources: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """The name under which Prefect's pages show it; Prefect allows no slash in it."""
        time = self.cron.replace("/", "∕")
        return time if self.flow == TRIAGE else f"{self.flow} {time}"

    @property
    def told(self) -> str:
        """What runs, for the screen."""
        if self.flow != TRIAGE:
            return TITLES[self.flow]
        return f"第 {'、'.join(str(one + 1) for one in self.sources)} 个来源"


@dataclass(frozen=True, slots=True)
class Plans:
    """Everything that is planned, and a sentence for every setting that is wrong."""

    plans: tuple[Plan, ...]
    wrong: tuple[str, ...] = ()


def plans_of(settings: Settings) -> Plans:
    """Return what runs when. Raises OfficeError where no source is usable."""
    office = open_office(settings)
    sources, jobs = usable_sources(office), planned_jobs(office)
    office.engine.dispose()
    by_cron = defaultdict[str, list[int]](list)
    for position, source in enumerate(sources.sources):
        by_cron[source.cron or DEFAULT_CRON].append(position)
    return Plans(tuple(_plans(by_cron, dict(jobs.crons))), (*sources.wrong, *jobs.wrong))


def _plans(by_cron: dict[str, list[int]], jobs: dict[str, str]) -> Iterator[Plan]:
    for cron, positions in by_cron.items():
        yield Plan(TRIAGE, cron, tuple(positions))
    for job, cron in jobs.items():
        yield Plan(job, cron)
