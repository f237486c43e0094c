"""Takes letters in: recognise, read, check for sealing, mask, and commit a batch at a time."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from sqlalchemy.orm import Session

from xiansuo.domain.letter import Defect, Item, Trouble, Unreadable
from xiansuo.errors import TROUBLES
from xiansuo.rulebook.seal import SealCheck
from xiansuo.services.crew import one_ahead
from xiansuo.services.judgement import (
    Judgement,
    Ready,
    ToSeal,
    judge,
    letter_to_seal,
    new_letter,
    seal_with_member,
)
from xiansuo.services.office import Office
from xiansuo.services.recognise import containers, mailbox_digest, position_of, seen_key
from xiansuo.services.seal import seal
from xiansuo.storage.repositories import entities, letters, quarantine, seen, sources
from xiansuo.storage.repositories.quarantine import NewQuarantined
from xiansuo.storage.repositories.seen import Outcome, SeenLetter
from xiansuo.storage.session import reading, transaction
from xiansuo.storage.vault import Original, VaultLetter
from xiansuo.text.entities import EntityFinder
from xiansuo.text.prepare import masked_entities

BATCH = 200
_BATCH_BYTES = 32 * 1024 * 1024

Entry = Item | Unreadable | Defect


@dataclass(frozen=True, slots=True)
class Problem:
    """A letter that went to quarantine, told without its name or content."""

    number: int
    position: str
    trouble: Trouble
    detail: str

    @property
    def reason(self) -> str:
        """Why it could not be read and what to do."""
        return TROUBLES[self.trouble] + (f"［{self.detail}］" if self.detail else "")

    @property
    def sentence(self) -> str:
        """What happened to which letter and what to do."""
        return f"待处理第 {self.number} 号（{self.position}）：{self.reason}"


@dataclass(frozen=True, slots=True)
class Report:
    """What became of the letters of one intake. `in_` is the sum of the other counts."""

    counts: Counter[str] = field(default_factory=Counter)
    problems: tuple[Problem, ...] = ()
    defects: tuple[str, ...] = ()

    def __add__(self, other: "Report") -> "Report":
        return Report(self.counts + other.counts, self.problems + other.problems, self.defects + other.defects)

    def as_json(self) -> dict[str, int]:
        """Return the counts of the command contract."""
        outcomes = ("stored", "seen", "sealed", "quarantined")
        return {"in": sum(self.counts[name] for name in outcomes), **{name: self.counts[name] for name in outcomes}}


@dataclass(frozen=True, slots=True)
class _Arrival:
    """An entry with its number in this intake, the digest it is recognised by, and that of its place in a mailbox."""

    entry: Item | Unreadable
    number: int
    key: bytes
    mail: bytes | None

    @property
    def item(self) -> Item:
        return self.entry.item if isinstance(self.entry, Unreadable) else self.entry


Judging = Callable[[Sequence[Item | Unreadable]], Callable[[], list[Judgement]]]
"""Begins to read, check and mask entries; what it gives waits for what became of each."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A batch that others may be reading already, with what was known when it was begun; `judged` waits for them."""

    defects: tuple[str, ...]
    fresh: list[_Arrival]
    known: list[_Arrival]
    judged: Callable[[], list[Judgement]]


class Intake:
    """One source's letters on their way into an office; `judging` reads and masks them, this process itself without it."""

    def __init__(
        self, office: Office, finder: EntityFinder, *, source: str, kind: str, judging: Judging | None = None
    ) -> None:
        self._office = office
        self._finder = finder
        self._seal_check = SealCheck(office.settings.rules, office.register)
        self._judging = judging or self._judge_here
        self.reads_ahead = judging is not None
        self._arrived = 0
        self._sealed_in = set[str]()
        with transaction(office.engine) as session:
            self._source_id = sources.get_or_create(session, source, kind)

    @property
    def source_id(self) -> int:
        """The source's id in the database."""
        return self._source_id

    def take_in(self, entries: Sequence[Entry], *, within: Callable[[Session], None] | None = None) -> Report:
        """Store one batch in one commit; `within` does more in the same transaction, such as moving a mailbox's cursor."""
        return self.finish(self.begin(entries), within=within)

    def begin(self, entries: Sequence[Entry]) -> Begun:
        """Recognise the letters of a batch that came in before, and let the others be read."""
        defects = tuple(entry.sentence for entry in entries if isinstance(entry, Defect))
        arrivals = [self._arrive(entry) for entry in entries if not isinstance(entry, Defect)]
        fresh, known = self._split(arrivals)
        return Begun(defects, fresh, known, self._judging([arrival.entry for arrival in fresh]))

    def finish(self, begun: Begun, *, within: Callable[[Session], None] | None = None) -> Report:
        """Store a batch that was begun, in one commit; batches are finished in the order in which they were begun."""
        fresh, known = begun.fresh, begun.known
        judged = self._judge(begun)
        with transaction(self._office.engine) as session:
            # Another process may have been faster since the split.
            seen.take_turn(session)
            late = self._known_now(session, fresh)
            known += [arrival for arrival in fresh if arrival.number in late]
            judged = [(arrival, judgement) for arrival, judgement in judged if arrival.number not in late]
            problems = self._store(session, judged)
            seen.add_mail(session, {arrival.mail: arrival.key for arrival in known if arrival.mail is not None})
            if within:
                within(session)
        counts = Counter(_outcome(judgement) for _, judgement in judged) + Counter(seen=len(known))
        return Report(counts, problems, begun.defects)

    def _arrive(self, entry: Item | Unreadable) -> _Arrival:
        item = entry.item if isinstance(entry, Unreadable) else entry
        self._arrived += 1
        keyring = self._office.keyring
        return _Arrival(entry, self._arrived, seen_key(item, keyring), mailbox_digest(item, keyring))

    def _split(self, arrivals: Sequence[_Arrival]) -> tuple[list[_Arrival], list[_Arrival]]:
        with reading(self._office.engine) as session:
            outcomes = seen.known(session, [arrival.key for arrival in arrivals])
            mails = seen.known_mail(session, [arrival.mail for arrival in arrivals if arrival.mail is not None])
        self._note_sealed(arrivals, {key for key, outcome in outcomes.items() if outcome is Outcome.SEALED})
        fresh, known, keys = list[_Arrival](), list[_Arrival](), set(outcomes)
        for arrival in arrivals:
            (known if arrival.key in keys or arrival.mail in mails else fresh).append(arrival)
            keys.add(arrival.key)
        return fresh, known

    def _known_now(self, session: Session, fresh: Sequence[_Arrival]) -> set[int]:
        keys = seen.known(session, [arrival.key for arrival in fresh])
        mails = seen.known_mail(session, [arrival.mail for arrival in fresh if arrival.mail is not None])
        return {arrival.number for arrival in fresh if arrival.key in keys or arrival.mail in mails}

    def _judge_here(self, entries: Sequence[Item | Unreadable]) -> Callable[[], list[Judgement]]:
        return lambda: judge(entries, self._office, self._finder, self._seal_check)

    def _judge(self, begun: Begun) -> list[tuple[_Arrival, Judgement]]:
        fresh, known = begun.fresh, begun.known
        judged = list(zip(fresh, begun.judged(), strict=True))
        self._note_sealed([*fresh, *known], {arrival.key for arrival, one in judged if isinstance(one, ToSeal)})
        return [
            (arrival, seal_with_member(arrival.item) if self._holds_sealed(judgement) else judgement)
            for arrival, judgement in judged
        ]

    def _note_sealed(self, arrivals: Sequence[_Arrival], sealed: set[bytes]) -> None:
        for arrival in arrivals:
            if arrival.key in sealed:
                self._sealed_in |= containers(arrival.item.locator)

    def _holds_sealed(self, judgement: Judgement) -> bool:
        # What is left of an archive or register that could not be read to its end would bring its sealed letters along.
        return isinstance(judgement, Unreadable) and judgement.item.locator in self._sealed_in

    def _store(self, session: Session, judged: Sequence[tuple[_Arrival, Judgement]]) -> tuple[Problem, ...]:
        self._store_letters(session, [(a, j) for a, j in judged if isinstance(j, Ready)])
        self._store_sealed(session, [(a, j) for a, j in judged if isinstance(j, ToSeal)])
        return self._store_quarantine(session, [(a, j) for a, j in judged if isinstance(j, Unreadable)])

    def _store_letters(self, session: Session, ready: Sequence[tuple[_Arrival, Ready]]) -> None:
        ids = store_letters(session, self._office, [one for _, one in ready], source_id=self._source_id)
        self._remember(session, Outcome.STORED, [(arrival, id_) for id_, (arrival, _) in zip(ids, ready, strict=True)])

    def _store_sealed(self, session: Session, sealed: Sequence[tuple[_Arrival, ToSeal]]) -> None:
        receipts = [
            seal(session, self._office.state_dir, letter_to_seal(one, arrival.item, source_id=self._source_id))
            for arrival, one in sealed
        ]
        pairs = [(arrival, receipt.id) for receipt, (arrival, _) in zip(receipts, sealed, strict=True)]
        self._remember(session, Outcome.SEALED, pairs)

    def _store_quarantine(self, session: Session, unread: Sequence[tuple[_Arrival, Unreadable]]) -> tuple[Problem, ...]:
        new = [_quarantined(arrival, one, self._source_id) for arrival, one in unread]
        ids = quarantine.add(session, new)
        originals = [
            Original(arrival.item.data, arrival.item.locator, arrival.item.media_type) for arrival, _ in unread
        ]
        self._office.vault.put_quarantine(session, list(zip(ids, originals, strict=True)))
        self._remember(
            session, Outcome.QUARANTINED, [(arrival, id_) for id_, (arrival, _) in zip(ids, unread, strict=True)]
        )
        return tuple(Problem(id_, one.position, one.trouble, one.detail) for id_, one in zip(ids, new, strict=True))

    def _remember(self, session: Session, outcome: Outcome, pairs: Sequence[tuple[_Arrival, int]]) -> None:
        seen.add(session, [SeenLetter(arrival.key, outcome, ref, arrival.mail) for arrival, ref in pairs])


def ingest(
    intake: Intake, entries: Iterable[Entry], *, advance: Callable[[Report], None] = lambda _report: None
) -> Report:
    """Take in all entries batch by batch; `advance` hears the report of each committed batch."""
    total = Report()
    for begun in (one_ahead if intake.reads_ahead else map)(intake.begin, _batches(entries)):
        report = intake.finish(begun)
        advance(report)
        total += report
    return total


def _batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Cut by count and by bytes, so that a few large letters do not fill the memory."""
    stream = iter(entries)
    while batch := list(islice(stream, 1)):
        size = 0
        for entry in islice(stream, BATCH - 1):
            batch.append(entry)
            item = entry if isinstance(entry, Item) else getattr(entry, "item", None)
            size += len(item.data) if item else 0
            if size > _BATCH_BYTES:
                break
        yield batch


def _outcome(judgement: Judgement) -> str:
    return {Ready: "stored", ToSeal: "sealed", Unreadable: "quarantined"}[type(judgement)]


def store_letters(session: Session, office: Office, ready: Sequence[Ready], *, source_id: int) -> list[int]:
    """Store letters, masked, with their entities, and what identifies their petitioners in the vault; return their ids."""
    ids = letters.add(session, [new_letter(one, source_id=source_id, office=office) for one in ready])
    pairs = list(zip(ids, ready, strict=True))
    entities.add(session, {id_: masked_entities(one.protected) for id_, one in pairs})
    office.vault.put_letter(session, [vault_letter(id_, one) for id_, one in pairs])
    return ids


def vault_letter(letter_id: int, ready: Ready) -> VaultLetter:
    """Return what the vault keeps of a letter."""
    item = ready.letter.item
    return VaultLetter(
        letter_id,
        Original(item.data, item.locator, item.media_type),
        ready.protected.identities,
        ready.protected.text.replacements,
        ready.protected.subject.replacements,
    )


def _quarantined(arrival: _Arrival, unread: Unreadable, source_id: int) -> NewQuarantined:
    item = arrival.item
    return NewQuarantined(
        source_id=source_id,
        trouble=unread.trouble,
        channel=item.channel,
        received=item.received,
        media_type=item.media_type,
        size=len(item.data),
        position=position_of(item, arrival.number),
        seen_key=arrival.key,
        detail=unread.detail,
    )
