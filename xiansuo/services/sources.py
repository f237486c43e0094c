"""Takes in the letters of configured sources, one source at a time, and writes down each run."""

from collections.abc import Callable

from xiansuo.errors import OfficeError, XiansuoError
from xiansuo.intake.collect import collect
from xiansuo.intake.mail_session import MailboxSource
from xiansuo.intake.schedule import Schedule, read_schedule
from xiansuo.intake.sources import Source, Sources, read_sources
from xiansuo.intake.still import being_written
from xiansuo.services.bench import finder_of
from xiansuo.services.ingest import Intake, Judging, Report, ingest
from xiansuo.services.mailboxes import take_in_mailbox
from xiansuo.services.office import Office
from xiansuo.storage.repositories import runs, sources
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


def ingest_source(
    office: Office,
    source: Source,
    *,
    judging: Judging | None = None,
    advance: Callable[[Report], None] = lambda _report: None,
) -> Report:
    """Take in what is new in one source; `judging` reads and masks the letters in the place of this process.

    Raises MailboxUnreachableError when a mail server cannot be read to the end; what was fetched before is committed.
    """
    intake = Intake(office, finder_of(office), source=source.name, kind=kind_of(source), judging=judging)
    with transaction(office.engine) as session:
        run = runs.start(session, "ingest", source_id=intake.source_id)
    status, said = RunStatus.FAILED, list[str]()
    taken = Report()

    def passed(report: Report) -> None:
        nonlocal taken
        taken += report
        advance(report)

    try:
        report = _ingest(office, intake, source, passed)
        status = RunStatus.DONE
    except XiansuoError as error:
        said.append(str(error))
        raise
    finally:
        with transaction(office.engine) as session:
            runs.finish(session, run, taken.as_json(), status=status, said=[*said, *taken.defects])
    return report


def kind_of(source: Source) -> str:
    """Return the kind under which a source is noted."""
    return "imap" if isinstance(source, MailboxSource) else "folder"


def id_of(office: Office, source: Source) -> int:
    """Return the id of a source, noting it first if it is new."""
    with reading(office.engine) as session:
        if known := sources.id_of(session, source.name):
            return known
    with transaction(office.engine) as session:
        return sources.get_or_create(session, source.name, kind_of(source))


def _ingest(office: Office, intake: Intake, source: Source, advance: Callable[[Report], None]) -> Report:
    if isinstance(source, MailboxSource):
        return take_in_mailbox(office, intake, source, advance)
    found = collect(
        source.path,
        source=source.name,
        limits=office.limits,
        channel=source.channel,
        mapping=source.mapping,
        leaving=being_written(source.path, source.still_seconds),
    )
    return ingest(intake, found, advance=advance)
