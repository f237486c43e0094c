"""Reports over a month or a round for people: which there are, one in words, and the files in which it leaves the program."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from sqlalchemy.orm import Session

from xiansuo.domain.account import AccountState
from xiansuo.domain.people import Power, Viewer
from xiansuo.errors import NotVisibleError
from xiansuo.evaluation.period import MONTH, ROUND, Period, PeriodReport
from xiansuo.evaluation.period_json import as_json, plain
from xiansuo.evaluation.period_page import Told, document, fragment, tell
from xiansuo.evaluation.told_words import PeriodWords
from xiansuo.rulebook.load import load_rule_books
from xiansuo.services.exports import Exported, stamp
from xiansuo.services.office import Office
from xiansuo.services.period import month_of, period_report, round_of
from xiansuo.services.report_sheet import Book, workbook
from xiansuo.services.sessions import viewer_of_account
from xiansuo.services.statistics import may_look_behind, rounds_of
from xiansuo.storage.repositories import accounts, audit, exports, reports
from xiansuo.storage.repositories.figures import Sight
from xiansuo.storage.repositories.reports import Kept
from xiansuo.storage.session import CHINA, now, reading, transaction

KIND, VERSION = "report", 1
BY_ITSELF = "system"
_FICTIONAL = "演示"
"""How the names of people begin who try the program on the letters that come with it."""


class Form(StrEnum):
    """How a report leaves."""

    HTML = "html"
    XLSX = "xlsx"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Language:
    """Chinese or English; `say` puts Chinese sentences that come with the figures into it."""

    english: bool = False
    say: Callable[[str], str] = str


@dataclass(frozen=True, slots=True)
class Opened:
    """A report that a person reads: its figures, the same in words, and the versions that were kept and that the person may read."""

    report: PeriodReport = field(repr=False)
    told: Told = field(repr=False)
    words: PeriodWords = field(repr=False)
    versions: tuple[Kept, ...] = ()

    @property
    def body(self) -> str:
        """The report for the middle of a page."""
        return fragment(self.told, self.words)


def months(office: Office, viewer: Viewer) -> tuple[Period, ...]:
    """Return the months that have something to report to the viewer, the latest first. Raises RefusedError."""
    rounds_of(office, viewer)
    with reading(office.engine) as session:
        first = reports.begun(session, Sight(viewer).condition)
    if first is None:
        return ()
    month, found = month_of(f"{first.astimezone(CHINA):%Y-%m}"), list[Period]()
    while month.first <= viewer.today:
        found.append(month)
        month = month_of(f"{month.last + timedelta(days=1):%Y-%m}")
    return tuple(reversed(found))


def rounds(office: Office, viewer: Viewer) -> tuple[Period, ...]:
    """Return the rounds that have begun and whose statistics the viewer may read, the latest first. Raises RefusedError."""
    found = (round_of(office, viewer, one.id) for one in rounds_of(office, viewer))
    return tuple(one for one in found if one.first <= viewer.today)


def period_named(office: Office, viewer: Viewer, kind: str, key: str) -> Period:
    """Return a month (2026-11) or a round (its id) that the viewer may have reported. Raises NotVisibleError, XiansuoError, RefusedError."""
    if kind == MONTH:
        return month_of(key)
    if kind != ROUND or not (key.isascii() and key.isdigit() and len(key) < 10):
        raise NotVisibleError
    return round_of(office, viewer, int(key))


def open_report(office: Office, viewer: Viewer, period: Period, language: Language) -> Opened:
    """Return a report as the viewer may read it; that it was read is the caller's to write down. Raises as `period_report` does."""
    report = period_report(office, viewer, period)
    words = PeriodWords(english=language.english, say=language.say, rules=_rules(office))
    fictional = viewer.name.startswith(_FICTIONAL)
    told = tell(report, words, office=office.register.office, fictional=fictional)
    return Opened(report, told, words, _versions(office, viewer, report))


def leave(office: Office, viewer: Viewer, opened: Opened, form: Form) -> Exported:
    """Make a file of a report. That it left is written down: number, person, digest; the figures only where none were out of sight."""
    report = opened.report
    with transaction(office.engine) as session:
        begun = exports.begin(session, KIND, VERSION, viewer.account)
        _keep(session, viewer, report, viewer.login)
    mark = stamp(viewer, begun.number, begun.created)
    data = _made(opened, form, begun.number, opened.words("stamp", stamp=mark))
    digest = hashlib.sha256(data).digest()
    count = sum(len(table.rows) for part in opened.told.parts for table in part.all_tables)
    with transaction(office.engine) as session:
        exports.finish(session, begun, rows=count, digest=digest)
        audit.append(session, actor=viewer.login, action="report.export", object_kind="export", object_id=begun.number)
    return Exported(begun.number, data, count, digest.hex())


def kept_version(office: Office, viewer: Viewer, period: Period, version: int) -> bytes:
    """Return the figures of a report as they were when it was made. Raises NotVisibleError where the viewer may not read them all."""
    with reading(office.engine) as session:
        found = next((one for one in reports.kept(session, period.kind, period.key) if one.version == version), None)
    if found is None or not _sees_all(viewer, period_report(office, viewer, period)):
        raise NotVisibleError
    return (json.dumps(found.content, ensure_ascii=False, indent=1) + "\n").encode()


def keep_last_month(office: Office) -> int | None:
    """Keep the figures of the month that ended, as somebody sees them from whom nothing is kept, and return their version.

    None where there is no such person: then every report is made when it is asked for.
    """
    for viewer in _heads(office):
        last = month_of(f"{viewer.today.replace(day=1) - timedelta(days=1):%Y-%m}")
        report = period_report(office, viewer, last)
        if _sees_all(viewer, report):
            with transaction(office.engine) as session:
                version = _keep(session, viewer, report, BY_ITSELF)
                place = f"{last.kind}/{last.key}"
                audit.append(session, actor=BY_ITSELF, action="report.keep", object_kind="report", object_id=place)
            return version
    return None


def _heads(office: Office) -> Iterator[Viewer]:
    with reading(office.engine) as session:
        active = [one.id for one in accounts.listed(session) if one.state is AccountState.ACTIVE]
        found = [viewer_of_account(session, id_, now()) for id_ in active]
    yield from (one for one in found if one is not None and one.may(Power.STATISTICS) and may_look_behind(one))


def _keep(session: Session, viewer: Viewer, report: PeriodReport, made_by: str) -> int:
    """Write down that a report was made. Figures over less than the whole office are not kept: a count tells of a clue too."""
    figures = plain(report)
    content = figures if isinstance(figures, dict) and _sees_all(viewer, report) else {}
    digest = hashlib.sha256(as_json(report)).digest()
    return reports.keep(session, (report.period.kind, report.period.key), content, digest, made_by)


def _made(opened: Opened, form: Form, number: str, mark: str) -> bytes:
    if form is Form.JSON:
        return as_json(opened.report, number=number)
    told, words = opened.told, opened.words
    if form is Form.HTML:
        return document(told, words, stamp=mark).encode()
    lines = tuple(filter(None, (told.subtitle, told.notice)))
    low, high, hits, tries = (words(name) for name in ("low", "high", "cases", "among"))
    return workbook(Book(told.title, lines, told.parts, mark, (low, high, hits, tries)))


def _rules(office: Office) -> Mapping[str, str]:
    """Return what each rule looks for, by its id."""
    folder = office.settings.rules
    return _sentences(folder, tuple(file.stat().st_mtime_ns for file in sorted(folder.glob("*.yaml"))))


@lru_cache(maxsize=2)
def _sentences(folder: Path, _changed: tuple[int, ...]) -> Mapping[str, str]:
    """Return the rules' sentences; read again only once a file has changed, since reading takes seconds."""
    return {rule.id: rule.sentence for rule in load_rule_books(folder).rules}


def _versions(office: Office, viewer: Viewer, report: PeriodReport) -> tuple[Kept, ...]:
    if not _sees_all(viewer, report):
        return ()
    with reading(office.engine) as session:
        return tuple(reports.kept(session, report.period.kind, report.period.key))


def _sees_all(viewer: Viewer, report: PeriodReport) -> bool:
    """Tell whether no clue and no table is out of the viewer's sight."""
    return report.whole and may_look_behind(viewer)
