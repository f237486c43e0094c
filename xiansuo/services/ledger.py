"""The ledger (台账): one row per clue a person may see, from the tables as they stand; no letter text and nobody who wrote."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, and_
from sqlalchemy.orm import Session

from xiansuo.domain.category import Category
from xiansuo.domain.decision import ClueState
from xiansuo.domain.figures import REPEATS
from xiansuo.domain.handling import Handling, NameCheck
from xiansuo.domain.ledger import SIGNED, LedgerFilter, LedgerItem, LedgerRow, RoundName
from xiansuo.domain.letter import Signed
from xiansuo.domain.people import Power, Reach, Viewer
from xiansuo.domain.register import Head, OrganisationRegister
from xiansuo.domain.suggestion import Particular, ParticularKind
from xiansuo.services.office import Office
from xiansuo.services.readings import hidden_in
from xiansuo.storage.repositories import dispositions, handovers, ledger
from xiansuo.storage.repositories.dispositions import Step
from xiansuo.storage.repositories.handovers import Handed
from xiansuo.storage.repositories.ledger import Finding, LedgerAllegation, LedgerClue, LedgerLetter
from xiansuo.storage.repositories.visibility import visible
from xiansuo.storage.session import CHINA, reading
from xiansuo.triage.summary import summary, total_amounts, values

_PAGE = 1000


def rows(office: Office, viewer: Viewer, round_id: int | None = None) -> Iterator[LedgerRow]:
    """Yield every row that `viewer` may see, of one round or of all, in order of clue number."""
    yield from chosen_rows(office, viewer, LedgerFilter(round_id))


def chosen_rows(office: Office, viewer: Viewer, chosen: LedgerFilter) -> Iterator[LedgerRow]:
    """Yield the rows that `viewer` may see and the filter lets through, read a thousand at a time in one view of the data."""
    with reading(office.engine) as session:
        after = 0
        while found := ledger.page(session, _condition(viewer, chosen), after=after, limit=_PAGE):
            yield from _rows(session, office.register, found, hidden_in(office, session, viewer, _ids(found)))
            after = found[-1].id
            session.expunge_all()


def page(office: Office, viewer: Viewer, chosen: LedgerFilter, *, after: int = 0, limit: int = 50) -> list[LedgerRow]:
    """Return up to `limit` rows after the clue `after`."""
    with reading(office.engine) as session:
        found = ledger.page(session, _condition(viewer, chosen), after=after, limit=limit)
        return _rows(session, office.register, found, hidden_in(office, session, viewer, _ids(found)))


def total(office: Office, viewer: Viewer, chosen: LedgerFilter) -> int:
    """Return how many rows there are."""
    with reading(office.engine) as session:
        return ledger.count(session, _condition(viewer, chosen))


def rounds_for(office: Office, viewer: Viewer) -> list[RoundName]:
    """Return the rounds whose rows a person may choose, the latest first: all for who sees everything, else the own ones."""
    own = {one.round for one in viewer.rounds}
    everything = viewer.reach(Power.LEDGER) is Reach.ALL
    with reading(office.engine) as session:
        return [RoundName(id_, name) for id_, name in ledger.round_names(session) if everything or id_ in own]


def round_named(office: Office, viewer: Viewer, text: str) -> RoundName | None:
    """Return the round with a name or id, None where the person may not choose it."""
    return next((one for one in rounds_for(office, viewer) if text in {one.name, str(one.id)}), None)


def rows_of(session: Session, office: Office, clue_ids: Sequence[int]) -> list[LedgerRow]:
    """Return the rows of clues that the caller has already found to be visible, in the order given."""
    return _rows(session, office.register, ledger.get(session, clue_ids))


def _condition(viewer: Viewer, chosen: LedgerFilter) -> ColumnElement[bool]:
    wanted = [visible(viewer, Power.LEDGER)]
    if chosen.round_id is not None:
        wanted.append(ledger.in_round(chosen.round_id))
    if chosen.unit:
        wanted.append(ledger.in_unit(chosen.unit))
    if chosen.state is not None:
        wanted.append(ledger.in_states([chosen.state]))
    return and_(*wanted)


def _ids(clues: Sequence[LedgerClue]) -> list[int]:
    return [clue.id for clue in clues]


def _rows(
    session: Session,
    register: OrganisationRegister,
    clues: Sequence[LedgerClue],
    veiled: Collection[int] = (),
) -> list[LedgerRow]:
    read = _Read.of(session, _ids(clues))
    heads: dict[str, list[Head]] = {}
    for head in register.heads:
        heads.setdefault(head.name, []).append(head)
    told = (_bare(clue) if clue.id in veiled or clue.state is ClueState.MERGED else clue for clue in clues)
    return [replace(_row(clue, read, heads), veiled=clue.id in veiled) for clue in told]


def _bare(clue: LedgerClue) -> LedgerClue:
    """Return a clue without what is suggested, as where it was merged or shall be read blind.

    With its categories all that is read from suggested allegations goes too.
    """
    return replace(clue, labels=(), grade=None, flags=())


@dataclass(frozen=True, slots=True)
class _Read:
    """What the tables say about the clues of one page, by clue, allegations by letter."""

    letters: dict[int, list[LedgerLetter]]
    allegations: dict[int, list[LedgerAllegation]]
    findings: dict[int, Finding]
    steps: dict[int, list[Step]]
    handed: dict[int, Handed]
    rounds: dict[int, list[str]]
    places: dict[int, list[str]]

    @classmethod
    def of(cls, session: Session, ids: Sequence[int]) -> "_Read":
        letters = ledger.letters(session, ids)
        return cls(
            letters,
            ledger.allegations(session, {letter.id for some in letters.values() for letter in some}),
            ledger.findings(session, ids),
            dispositions.steps(session, ids),
            handovers.latest(session, ids),
            ledger.rounds(session, ids),
            ledger.places(session, ids),
        )


def _row(clue: LedgerClue, read: _Read, heads: dict[str, list[Head]]) -> LedgerRow:
    letters, finding = read.letters.get(clue.id, []), read.findings.get(clue.id)
    steps, handed = read.steps.get(clue.id, []), read.handed.get(clue.id)
    handling = steps[-1].handling if steps else Handling()
    decided = clue.outcome is not None and finding is not None
    categories = clue.labels if clue.final_labels is None else clue.final_labels
    told = _told(letters, read, finding if decided else None, categories)
    facts = [one for told_of in told for one in told_of.particulars]
    places = read.places.get(clue.id, [])
    known = [head for name in clue.respondents for head in heads.get(name, ()) if head.unit in (clue.unit, *places[:1])]
    return LedgerRow(
        id=clue.id,
        clue=clue.number,
        state=clue.state,
        letters=tuple(letter.number for letter in letters),
        repeats=sum(letter.relation in REPEATS for letter in letters),
        rounds=tuple(read.rounds.get(clue.id, ())),
        channels=_each(letter.channel.value for letter in letters),
        transferred_from=_each(_source(letter) for letter in letters if letter.hand_over),
        received=clue.received,
        signed=_signed(letters, handling),
        respondents=clue.respondents,
        unit=clue.unit,
        positions=_each(head.position for head in known),
        level=max(known, key=lambda head: head.level).level.chinese if known else "",
        principal=any(head.principal for head in known) if known else None,
        place=places[1] if len(places) > 1 else "",
        suggested=clue.final_labels is None,
        categories=categories,
        subtypes=_each(one.subtype for one in told),
        summary="；".join(_summaries(told, categories)),
        amounts=tuple(total_amounts(facts)),
        times=tuple(values(facts, ParticularKind.TIME)),
        people=tuple(text for text in values(facts, ParticularKind.COUNT) if text.endswith(("户", "人", "名"))),
        grade=clue.grade,
        flags=clue.flags,
        outcome=clue.outcome,
        destination=finding.destination if decided and finding else "",
        decided_on=finding.at.astimezone(CHINA).date() if decided and finding else None,
        decided_by=finding.by if decided and finding else "",
        handling=handling,
        handed_to=handed.batch.receiver if handed else "",
        batch=handed.batch.number if handed else "",
        handed_on=handed.batch.handed_on if handed else None,
        receipted_on=handed.batch.received_on if handed else None,
        returned_on=handed.returned_on if handed else None,
        hands=_hands(finding if decided else None, steps),
        items=tuple(
            LedgerItem(one.number, one.channel, one.signed, one.relation in REPEATS, one.main) for one in letters
        ),
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """An allegation that counts: of the decision, before that suggested."""

    category: Category
    subtype: str
    particulars: tuple[Particular, ...]


def _told(
    letters: Sequence[LedgerLetter], read: _Read, finding: Finding | None, categories: Sequence[Category]
) -> list[_Told]:
    suggested = [one for letter in letters for one in read.allegations.get(letter.id, ()) if one.category in categories]
    if finding is None or not finding.allegations:
        return [_Told(one.category, one.subtype, one.particulars) for one in suggested]
    known = [one for letter in letters for one in read.allegations.get(letter.id, ())]
    return [
        _Told(Category(category), subtype, _facts_at(known, letter, start, end))
        for letter, start, end, category, subtype in finding.allegations
        if category in categories
    ]


def _facts_at(known: Sequence[LedgerAllegation], letter: int, start: int, end: int) -> tuple[Particular, ...]:
    """Return the facts that the machine found where a person saw an allegation."""
    there = (one for one in known if one.letter_id == letter and one.start < end and start < one.end)
    return tuple(dict.fromkeys(fact for one in there for fact in one.particulars))


def _summaries(told: Sequence[_Told], categories: Sequence[Category]) -> Iterator[str]:
    for category in categories:
        facts = tuple(dict.fromkeys(fact for one in told if one.category is category for fact in one.particulars))
        yield f"疑似{category.chinese}：{summary(facts)}"


def _each(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))


def _source(letter: LedgerLetter) -> str:
    if letter.hand_over is None:
        return ""
    return "，".join(filter(None, (letter.hand_over.sender, letter.hand_over.list_number)))


def _signed(letters: Sequence[LedgerLetter], handling: Handling) -> tuple[str, ...]:
    claimed = {letter.signed for letter in letters}
    if Signed.REAL_NAME in claimed and handling.name_check is NameCheck.VERIFIED:
        return ("实名（已核实）",)
    if handling.name_check is NameCheck.UNVERIFIABLE:
        return ("无法核实，按匿名",)
    return tuple(word for signed, word in SIGNED.items() if signed in claimed)


def _hands(finding: Finding | None, steps: Sequence[Step]) -> tuple[str, ...]:
    """Return who did which step on which day (经手人签名链)."""
    chain = [f"认定 {finding.by} {_day(finding.at)}"] if finding else []
    return (*chain, *(f"{step.move.chinese} {step.by} {_day(step.created)}" for step in steps))


def _day(at: datetime) -> str:
    return at.astimezone(CHINA).date().isoformat()
