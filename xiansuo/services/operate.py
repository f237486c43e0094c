"""What the operator sees of a running installation: sources, runs, quarantine, versions, room on the disk. No text, no names of people or files."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from xiansuo.domain.category import Category
from xiansuo.domain.letter import Trouble
from xiansuo.domain.people import Power, Viewer
from xiansuo.errors import NotVisibleError, UsageError, XiansuoError
from xiansuo.evaluation.words import Words
from xiansuo.intake.schedule import TITLES
from xiansuo.rulebook.load import load_rule_books
from xiansuo.services import quarantine
from xiansuo.services.attempts import try_again
from xiansuo.services.backup_kept import backups
from xiansuo.services.bench import bench_of
from xiansuo.services.doctor import Finding, examine
from xiansuo.services.ingest import Report
from xiansuo.services.office import Office
from xiansuo.services.quarantine import Waiting
from xiansuo.services.scheduled import was_scheduled
from xiansuo.services.source_health import SourceHealth, source_health
from xiansuo.services.sources import list_sources, planned_jobs
from xiansuo.services.standing import Standing, standings
from xiansuo.services.triage import work_off
from xiansuo.storage.repositories import audit, letters, runs, sources, suggestions
from xiansuo.storage.repositories import quarantine as quarantined
from xiansuo.storage.repositories.letters import AT_REST
from xiansuo.storage.repositories.runs import Run
from xiansuo.storage.session import now, reading, transaction
from xiansuo.storage.statistics import size

_RUNS = 20


@dataclass(frozen=True, slots=True)
class RunLine:
    """A run and the name of its source, if it was over one."""

    run: Run
    source: str

    @property
    def title(self) -> str:
        """What a job is called, empty for the intake of a source."""
        return TITLES.get(self.run.kind, "")


@dataclass(frozen=True, slots=True)
class Room:
    """Bytes: of the database with its log, wherever it is; free and in all on the disk of the state directory."""

    database: int
    free: int
    total: int

    @property
    def share(self) -> float:
        """The share of the disk that is taken."""
        return 1 - self.free / self.total if self.total else 1.0


@dataclass(frozen=True, slots=True)
class Overview:
    """The installation at a glance. `wrong` are sentences about settings that cannot be used."""

    sources: tuple[SourceHealth, ...]
    wrong: tuple[str, ...]
    runs: tuple[RunLine, ...]
    jobs: tuple[Standing, ...]
    waiting: int
    stored: int
    quarantined: Mapping[Trouble, int]
    model: str
    rules: str
    room: Room
    backups: tuple[tuple[datetime, int], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured figure with its 95 % interval."""

    name: str
    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Measured:
    """What one set of letters showed about the model."""

    data: str
    letters: int
    notice: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Models:
    """Model cards, the last committed evaluation and the rule books with their numbers of rules."""

    cards: tuple[tuple[str, str], ...]
    in_use: str
    rules_version: str
    made: str
    measured: tuple[Measured, ...]
    books: tuple[tuple[str, int, int], ...]


def overview(office: Office, viewer: Viewer) -> Overview:
    """Return the installation at a glance. Raises NotVisibleError."""
    _require(viewer, Power.OPERATE)
    lines, wrong = _sources(office)
    with reading(office.engine) as session:
        counts, names = letters.count(session), sources.names(session)
        jobs = standings(session, _crons(office), now(), scheduled=was_scheduled(office.state_dir, session))
        latest = [RunLine(run, names.get(run.source_id or 0, "")) for run in runs.latest(session, _RUNS)]
        open_, versions = quarantined.count_open(session), suggestions.last_versions(session)
    waiting = sum(count for state, count in counts.items() if state not in AT_REST)
    return Overview(
        lines,
        wrong,
        tuple(latest),
        tuple(jobs),
        waiting,
        sum(counts.values()),
        open_,
        *versions,
        _room(office),
        _backups(office),
    )


def _sources(office: Office) -> tuple[tuple[SourceHealth, ...], tuple[str, ...]]:
    try:
        found, planned = list_sources(office), planned_jobs(office)
        return source_health(office), (*found.wrong, *planned.wrong)
    except XiansuoError as error:
        return (), (str(error),)


def _crons(office: Office) -> Mapping[str, str]:
    try:
        return planned_jobs(office).crons
    except XiansuoError:
        # Said already of the settings file as a whole.
        return {}


def _room(office: Office) -> Room:
    disk = shutil.disk_usage(office.state_dir)
    return Room(size(office.engine, office.state_dir), disk.free, disk.total)


def _backups(office: Office) -> tuple[tuple[datetime, int], ...]:
    """Return when each backup was made and its bytes, newest first; none where their folder cannot be read, as told among the jobs."""
    try:
        return tuple((made, file.stat().st_size) for made, file in backups(office))
    except (OSError, XiansuoError):
        return ()


def health(office: Office, viewer: Viewer) -> list[Finding]:
    """Examine everything. Raises NotVisibleError."""
    _require(viewer, Power.OPERATE)
    return examine(office.settings)


def waiting(office: Office, viewer: Viewer) -> list[Waiting]:
    """Return the letters that could not be read, oldest first. Raises NotVisibleError."""
    _require(viewer, Power.OPERATE)
    return quarantine.list_open(office)


def retry(office: Office, viewer: Viewer, number: int | None = None) -> Report:
    """Read one quarantined letter again, or all; one that is settled meanwhile is left alone. Raises NotVisibleError."""
    _require(viewer, Power.OPERATE)
    with transaction(office.engine) as session:
        named = str(number or "")
        audit.append(session, actor=viewer.login, action="quarantine.retry", object_kind="quarantine", object_id=named)
    try:
        report = quarantine.retry(bench_of(office), None if number is None else [number])
    except UsageError:
        # A second tab or a colleague was faster.
        return Report()
    work_off(bench_of(office))
    return report


def retry_source(office: Office, viewer: Viewer, name: str) -> None:
    """Let a source be tried again whatever failed before; the schedule does so within a minute. Raises NotVisibleError."""
    _require(viewer, Power.OPERATE)
    try:
        try_again(office, name, actor=viewer.login)
    except UsageError:
        raise NotVisibleError from None


def models(office: Office, viewer: Viewer) -> Models:
    """Return what is known of the models and rules in use. Raises NotVisibleError."""
    _require(viewer, Power.MODELS)
    home = office.settings.home
    with reading(office.engine) as session:
        in_use, rules_version = suggestions.last_versions(session)
    cards = tuple(
        (card.parent.name, card.read_text("utf-8")) for card in sorted(office.settings.models.glob("*/card.md"))
    )
    made, measured = _evaluation(home / "evaluation" / "reports" / "evaluation.json")
    books = load_rule_books(office.settings.rules).compiled.books
    counted = tuple(
        (book.category.chinese, len(book.rules), sum(len(rule.match) + len(rule.reject) for rule in book.rules))
        for book in books
    )
    return Models(cards, in_use, rules_version, made, measured, counted)


def _evaluation(file: Path) -> tuple[str, tuple[Measured, ...]]:
    try:
        report = json.loads(file.read_text("utf-8"))
        own = [one for one in report["reports"] if one["method"] == "xiansuo"]
        return report["made"], tuple(_measured(one) for one in own)
    except (OSError, ValueError, KeyError, TypeError):
        return "", ()


def _measured(one: Mapping[str, Any]) -> Measured:
    figures = tuple(Figure(f["name"], f["value"], f.get("low"), f.get("high")) for f in one["figures"])
    return Measured(one["data"], one["letters"], one.get("notice", ""), figures)


def _require(viewer: Viewer, power: Power) -> None:
    if not viewer.may(power):
        raise NotVisibleError


def figure_name(name: str, *, english: bool) -> str:
    """Return what a measured figure is called in the report; one of a category, such as `ap_bullying`, begins with its name."""
    words = Words(english=english)
    measure, _, category = name.partition("_")
    if f"figure.{name}" in words or category not in set(Category):
        return words.name("figure", name)
    return f"{words.category(category)} {words.name('categories', measure)}"


def data_name(name: str, *, english: bool) -> str:
    """Return what a set of letters is called in the report."""
    return Words(english=english).data(name)
