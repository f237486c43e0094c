"""The quarantine (待处理区) as people work on it: what waits and why, where it came from, and reading it again."""

import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from xiansuo.domain.letter import Defect, Item, Unreadable
from xiansuo.errors import UsageError
from xiansuo.intake import media
from xiansuo.intake.collect import collect, collect_again
from xiansuo.rulebook.seal import SealCheck
from xiansuo.services.ingest import Intake, Problem, Report, ingest, store_letters
from xiansuo.services.judgement import Judgement, Ready, ToSeal, judge, letter_to_seal, seal_with_member
from xiansuo.services.office import Office
from xiansuo.services.recognise import containers, seen_key
from xiansuo.services.seal import seal
from xiansuo.services.triage import Bench
from xiansuo.storage.repositories import audit, quarantine, seen, sources
from xiansuo.storage.repositories.quarantine import Quarantined, QuarantineStatus
from xiansuo.storage.repositories.seen import Outcome
from xiansuo.storage.session import reading, transaction

_PAGE = 1000
_GONE = "原处已没有这个文件，或来源不允许再次读取"


@dataclass(frozen=True, slots=True)
class Waiting(Problem):
    """A quarantined letter that waits for somebody, without its name or content."""

    received: date | None
    tries: int


def list_open(office: Office) -> list[Waiting]:
    """Return the letters that wait for somebody, oldest first."""
    with reading(office.engine) as session:
        return [_waiting(entry) for entry in _all_open(session)]


def show(office: Office, number: int) -> Waiting:
    """Return one letter that waits. Raises UsageError where none of this number does."""
    with reading(office.engine) as session:
        return _waiting(_open_entry(session, number))


def locator_of(office: Office, number: int, *, actor: str = "") -> str:
    """Return where a waiting letter came from, which may name people; who asked is put on the audit trail first."""
    with transaction(office.engine) as session:
        entry = _open_entry(session, number)
        audit.append(
            session,
            actor=actor or f"uid:{os.getuid()}",
            action="quarantine.locator",
            object_kind="quarantine",
            object_id=str(number),
        )
        return office.vault.read_quarantine(session, entry.id).locator


def retry(bench: Bench, numbers: Iterable[int] | None = None) -> Report:
    """Read waiting letters (all by default) again; check them for sealing, then store them.

    What still cannot be read stays where it is. Each letter is settled in one commit, so a killed retry can be run again.
    Raises UsageError for a number that does not wait; then nothing was done.
    """
    with reading(bench.office.engine) as session:
        chosen = (
            _all_open(session) if numbers is None else [_open_entry(session, one) for one in dict.fromkeys(numbers)]
        )
        names = sources.names(session)
    work = _Retry(bench, SealCheck(bench.office.settings.rules, bench.office.register))
    return sum((work.retry(entry, names[entry.source_id]) for entry in chosen), Report())


@dataclass(frozen=True, slots=True)
class _Retry:
    """One round over the quarantine."""

    bench: Bench
    seal_check: SealCheck = field(repr=False)

    @property
    def office(self) -> Office:
        return self.bench.office

    def retry(self, entry: Quarantined, source: str) -> Report:
        """Read one entry again: it may be one letter, or a file that holds many and is taken apart now."""
        found = list(self._read(entry, source))
        defects = tuple(one.sentence for one in found if isinstance(one, Defect))
        items = [one for one in found if not isinstance(one, Defect)]
        keys = [seen_key(_item(one), self.office.keyring) for one in items]
        itself = [one for one, key in zip(items, keys, strict=True) if key == entry.seen_key]
        inside = [one for one, key in zip(items, keys, strict=True) if key != entry.seen_key]
        report = Report(defects=defects)
        if inside:
            intake = Intake(self.office, self.bench.analyser.finder, source=source, kind="quarantine")
            report += ingest(intake, inside)
        if not items:
            return report + self._settle(entry, Unreadable(_nothing(source, entry), entry.trouble, _GONE))
        if itself:
            return report + self._settle(entry, self._judge(itself[0], inside))
        self._close(entry)
        return report

    def _judge(self, entry: Item | Unreadable, inside: Sequence[Item | Unreadable]) -> Judgement:
        (judgement,) = judge([entry], self.office, self.bench.analyser.finder, self.seal_check)
        if isinstance(judgement, Unreadable) and self._any_sealed(inside):
            return seal_with_member(judgement.item)
        return judgement

    def _any_sealed(self, inside: Sequence[Item | Unreadable]) -> bool:
        keys = [seen_key(_item(one), self.office.keyring) for one in inside]
        with reading(self.office.engine) as session:
            return Outcome.SEALED in seen.known(session, keys).values()

    def _read(self, entry: Quarantined, source: str) -> Iterator[Item | Unreadable | Defect]:
        with reading(self.office.engine) as session:
            original = self.office.vault.read_quarantine(session, entry.id)
        item = Item(source, original.locator, original.data, original.media_type, entry.channel, entry.received)
        if original.media_type == media.MAIL_HEADERS:
            yield Unreadable(item, entry.trouble, entry.detail)
        elif original.data and not self._is_cut_off(item):
            for one in collect_again(item, limits=self.office.limits):
                yield _dated(one, entry.received)
        else:
            yield from self._read_at(item)

    def _is_cut_off(self, item: Item) -> bool:
        # Of a register beyond the bound only the head was kept; rows after it must not be lost.
        return item.media_type in {media.CSV, media.XLSX} and len(item.data) >= self.office.limits.max_kept_bytes

    def _read_at(self, item: Item) -> Iterator[Item | Unreadable | Defect]:
        """Read from the place again where no bytes, or not all, were kept; of a file with many letters only the one meant."""
        for place in (item.locator, *sorted(containers(item.locator), key=len, reverse=True)):
            path = Path(place)
            if place and path.is_absolute() and path.is_file():
                found = collect(path, source=item.source, limits=self.office.limits, channel=item.channel)
                yield from (one for one in found if not isinstance(one, Defect) and _lies_at(_item(one), item.locator))
                return

    def _settle(self, entry: Quarantined, judgement: Judgement) -> Report:
        """Put a letter where it belongs now, in one commit."""
        with transaction(self.office.engine) as session:
            if not _is_open(session, entry.id):
                return Report(Counter(seen=1))
            if isinstance(judgement, Ready):
                self._store(session, entry, judgement)
                return Report(Counter(stored=1))
            if isinstance(judgement, ToSeal):
                self._seal(session, entry, judgement)
                return Report(Counter(sealed=1))
            quarantine.note_try(session, entry.id, trouble=judgement.trouble, detail=judgement.detail)
        problem = Problem(entry.id, entry.position, judgement.trouble, judgement.detail)
        return Report(Counter(quarantined=1), (problem,))

    def _store(self, session: Session, entry: Quarantined, ready: Ready) -> None:
        (id_,) = store_letters(session, self.office, [ready], source_id=entry.source_id)
        self._resolve(session, entry)
        seen.change(session, entry.seen_key, outcome=Outcome.STORED, ref=id_)

    def _seal(self, session: Session, entry: Quarantined, one: ToSeal) -> None:
        to_seal = letter_to_seal(one, one.letter.item, source_id=entry.source_id)
        receipt = seal(session, self.office.state_dir, to_seal)
        self._resolve(session, entry)
        seen.change(session, entry.seen_key, outcome=Outcome.SEALED, ref=receipt.id)

    def _close(self, entry: Quarantined) -> None:
        """Close the entry of a file whose letters all came in one by one."""
        with transaction(self.office.engine) as session:
            if _is_open(session, entry.id):
                self._resolve(session, entry)
                if not entry.size:
                    seen.forget(session, entry.seen_key)

    def _resolve(self, session: Session, entry: Quarantined) -> None:
        quarantine.resolve(session, entry.id)
        self.office.vault.delete_quarantine(session, [entry.id])


def _all_open(session: Session) -> list[Quarantined]:
    found: list[Quarantined] = []
    while page := quarantine.list_open(session, after_id=found[-1].id if found else 0, limit=_PAGE):
        found += page
    return found


def _open_entry(session: Session, number: int) -> Quarantined:
    entry = quarantine.get(session, number)
    if entry is None or entry.status is not QuarantineStatus.OPEN:
        raise UsageError(f"待处理区没有第 {number} 号，或已处理完。请用 xiansuo quarantine list 查看编号。")
    return entry


def _is_open(session: Session, number: int) -> bool:
    entry = quarantine.get(session, number)
    return entry is not None and entry.status is QuarantineStatus.OPEN


def _waiting(entry: Quarantined) -> Waiting:
    return Waiting(entry.id, entry.position, entry.trouble, entry.detail, entry.received, entry.tries)


def _item(entry: Item | Unreadable) -> Item:
    return entry.item if isinstance(entry, Unreadable) else entry


def _dated(one: Item | Unreadable | Defect, received: date | None) -> Item | Unreadable | Defect:
    """Give a letter the date under which the quarantine knows it, where it tells none itself."""
    if isinstance(one, Unreadable):
        return replace(one, item=replace(one.item, received=one.item.received or received))
    return replace(one, received=one.received or received) if isinstance(one, Item) else one


def _lies_at(item: Item, locator: str) -> bool:
    return item.locator == locator or locator in containers(item.locator)


def _nothing(source: str, entry: Quarantined) -> Item:
    return Item(source, "", b"", entry.media_type, entry.channel, entry.received)
