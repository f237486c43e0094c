"""Looks every few seconds whether letters wait or a source is to be tried again, and lets their deployments run once."""

import asyncio
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

import httpx
from prefect.exceptions import PrefectException

from pipelines.alone import is_busy, is_read
from pipelines.deployments import run_now
from pipelines.plans import TRIAGE, Plan
from xiansuo.errors import XiansuoError
from xiansuo.services.attempts import due_again, state_of
from xiansuo.services.jobs import office_at
from xiansuo.services.sources import id_of, source_at
from xiansuo.services.triage import waiting
from xiansuo.settings import Settings

_EVERY = 10.0
_PATIENCE = 600.0
"""Seconds within which what was asked for is not asked for again; a run that dies before it begins is asked for anew."""


@dataclass(slots=True)
class Attendant:
    """Remembers what it asked for and when, so that nothing is asked for twice."""

    settings: Settings
    known: Mapping[Plan, UUID]
    _asked: dict[tuple[Plan, object], float] = field(default_factory=dict)

    def wanted(self) -> Iterator[UUID]:
        """Yield the deployments that should run now."""
        office = office_at(str(self.settings.state_dir), str(self.settings.home))
        home = self.settings.state_dir / "prefect"
        by_source = {plan.source: plan for plan in self.known if plan.reads}
        for position in due_again(office):
            plan, source = by_source.get(position), source_at(office, position)
            if plan and not is_read(home, id_of(office, source)):
                # An attempt that ended meanwhile is news.
                yield from self._once(plan, state_of(office, source).tried)
        triage = next((plan for plan in self.known if plan.flow == TRIAGE), None)
        # By the number of letters: more of them are news, the same ones may be such as cannot be worked off.
        if triage and not is_busy(home):
            if count := waiting(office):
                yield from self._once(triage, count)
            else:
                self._asked = {key: then for key, then in self._asked.items() if key[0] != triage}

    def forget(self, deployment: UUID) -> None:
        """Ask again for what could not be asked for."""
        self._asked = {key: then for key, then in self._asked.items() if self.known[key[0]] != deployment}

    def _once(self, plan: Plan, news: object) -> Iterator[UUID]:
        at = time.monotonic()
        if at - self._asked.get((plan, news), -_PATIENCE) >= _PATIENCE:
            self._asked = {key: then for key, then in self._asked.items() if at - then < _PATIENCE}
            self._asked[plan, news] = at
            yield self.known[plan]


async def attend(settings: Settings, known: Mapping[Plan, UUID]) -> None:
    """Look again and again until cancelled; a database that is busy or settings that are just being written wait for the next look."""
    attendant = Attendant(settings, known)
    while True:
        await asyncio.sleep(_EVERY)
        try:
            wanted = await asyncio.to_thread(lambda: list(attendant.wanted()))
        except (XiansuoError, OSError):
            continue
        for deployment in wanted:
            try:
                await run_now(deployment)
            except (httpx.HTTPError, PrefectException, OSError):
                # The engine's own server may be busy for a moment; the schedule goes on.
                attendant.forget(deployment)
