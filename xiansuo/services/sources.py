"""Takes in the letters of configured sources; a mail counts as fetched in the very commit that stores it."""

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby, islice

from sqlalchemy.orm import Session

from xiansuo.errors import OfficeError
from xiansuo.intake.collect import collect
from xiansuo.intake.mailbox import Fetched, MailboxSource, acknowledge, fetch
from xiansuo.intake.schedule import Schedule, read_schedule
from xiansuo.intake.sources import Source, Sources, read_sources
from xiansuo.services.ingest import BATCH, Intake, Report, ingest
from xiansuo.services.office import Office
from xiansuo.services.triage import Bench
from xiansuo.storage.repositories import cursors, runs
from xiansuo.storage.repositories.runs import RunStatus
from xiansuo.storage.session import reading, transaction


def list_sources(office: Office) -> Sources:
    """Read the sources of the installation."""
    return read_sources(office.sources_file)


def planned_jobs(office: Office) -> Schedule:
    """Read when the jobs run that need nothing from outside."""
    return read_schedule(office.sources_file)


def usable_sources(office: Office) -> Sources:
    """Read the sources of the installation. Raises OfficeError where not one is usable."""
    found = list_sources(office)
    if not found.sources:
        wrong = "".join(f"\n  · {sentence}" for sentence in found.wrong)
        raise OfficeError(f"{office.sources_file} 里没有可用的来源。请填写后重试。{wrong}")
    return found


def source_at(office: Office, position: int) -> Source:
    """Return the usable source at `position` (from 0). Raises OfficeError when the file was changed meanwhile."""
    sources = list_sources(office).sources
    if not 0 <= position < len(sources):
        raise OfficeError(f"{office.sources_file.name} 里没有第{position + 1}个可用来源，可能刚被改动。请重新运行。")
    return sources[position]


def ingest_source(bench: Bench, source: Source, *, advance: Callable[[Report], None] = lambda _report: None) -> Report:
    """Take in what is new in one source.

    Raises MailboxUnreachableError when a mail server cannot be read to the end; what was fetched before is committed.
    """
    kind = "imap" if isinstance(source, MailboxSource) else "folder"
    intake = Intake(bench.office, bench.analyser.finder, source=source.name, kind=kind, judging=bench.judging)
    with transaction(bench.office.engine) as session:
        run = runs.start(session, "ingest", source_id=intake.source_id)
    status = RunStatus.FAILED
    taken = Report()

    def passed(report: Report) -> None:
        nonlocal taken
        taken += report
        advance(report)

    try:
        report = _ingest(bench.office, intake, source, passed)
        status = RunStatus.DONE
    finally:
        with transaction(bench.office.engine) as session:
            runs.finish(session, run, taken.as_json(), status=status)
    return report


def _ingest(office: Office, intake: Intake, source: Source, advance: Callable[[Report], None]) -> Report:
    if isinstance(source, MailboxSource):
        return _ingest_mailbox(office, intake, source, advance)
    found = collect(
        source.path, source=source.name, limits=office.limits, channel=source.channel, mapping=source.mapping
    )
    return ingest(intake, found, advance=advance)


def _ingest_mailbox(office: Office, intake: Intake, source: MailboxSource, advance: Callable[[Report], None]) -> Report:
    with reading(office.engine) as session:
        known = cursors.get(session, intake.source_id)
    total = Report()
    for batch in _batches(fetch(source, known, limits=office.limits)):
        report = intake.take_in([one.item for one in batch], within=_cursor_to(batch[-1], intake.source_id))
        _acknowledge(source, batch)
        advance(report)
        total += report
    return total


def _batches(mails: Iterator[Fetched]) -> Iterator[Sequence[Fetched]]:
    """Cut by folder and count: a batch moves one folder's cursor."""
    for _, group in groupby(mails, key=lambda one: (one.folder, one.uidvalidity)):
        while batch := list(islice(group, BATCH)):
            yield batch


def _cursor_to(last: Fetched, source_id: int) -> Callable[[Session], None]:
    return lambda session: cursors.advance(session, source_id, last.folder, uidvalidity=last.uidvalidity, uid=last.uid)


def _acknowledge(source: MailboxSource, batch: Sequence[Fetched]) -> None:
    if source.mark_seen or source.move_to:
        acknowledge(source, batch[-1].folder, [one.uid for one in batch], uidvalidity=batch[-1].uidvalidity)
