"""What keeps something whose period is over: an open clue near it, a person, a batch, a sample, a window, a model. One place for all reasons."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from xiansuo.services.office import Office
from xiansuo.services.seal import SEALED_FOLDER
from xiansuo.storage.repositories import retention
from xiansuo.storage.repositories.retention import Item, Kept, Kind


def obstacles(
    office: Office, session: Session, day: date, items: Sequence[Item]
) -> Mapping[tuple[Kind, int], tuple[Kept, ...]]:
    """Return for each thing that has to stay all reasons for it."""
    found: dict[tuple[Kind, int], list[Kept]] = {}
    checks = _checks(office, session, day, items)
    for item in items:
        if reasons := [reason for reason, applies in checks.items() if applies(item)]:
            found[item.key] = reasons
    return {key: tuple(reasons) for key, reasons in found.items()}


@dataclass(slots=True)
class _Facts:
    """What stands in the way, as sets to look things up in."""

    open: set[int]
    on_way: set[int]
    drawn: set[int]
    learned: set[int]
    asked: set[int]
    people: Mapping[str, set[int]]
    envelopes: set[int] = field(default_factory=set)


def _checks(
    office: Office, session: Session, day: date, items: Sequence[Item]
) -> Mapping[Kept, Callable[[Item], bool]]:
    own = {clue for item in items for clue in item.clues}
    near = {clue for item in items for clue in item.near}
    lessons = retention.lessons_in_use(session)
    facts = _Facts(
        open=retention.clues_where(session, own | near, retention.unfinished()),
        on_way=retention.clues_where(session, own, retention.on_its_way()),
        drawn=retention.clues_where(session, own, retention.drawn_in_open_round(day)),
        learned=retention.clues_where(session, own, retention.learned_from(lessons)) if lessons else set(),
        asked=retention.asked_for(session, {item.ref for item in items if item.kind.of_letter}),
        people=retention.held_by_people(session),
        envelopes=_envelopes(office, session) if any(item.kind is Kind.RECEIPT for item in items) else set(),
    )
    return _conditions(facts)


def _conditions(facts: _Facts) -> Mapping[Kept, Callable[[Item], bool]]:
    """Return the condition of each reason; the text that a model learned from goes with the whole letter only."""
    return {
        Kept.OPEN_CLUE: lambda one: bool(one.clues & facts.open),
        Kept.LINKED: lambda one: bool(one.near & facts.open),
        Kept.UNPLACED: lambda one: one.kind.of_letter and not one.clues,
        Kept.PERSON: lambda one: _is_held(one, facts.people),
        Kept.BATCH: lambda one: bool(one.clues & facts.on_way),
        Kept.SAMPLE: lambda one: bool(one.clues & facts.drawn),
        Kept.WINDOW: lambda one: one.kind.of_letter and one.ref in facts.asked,
        Kept.MODEL: lambda one: one.kind is Kind.LETTER and bool(one.clues & facts.learned),
        Kept.ENVELOPE: lambda one: one.kind is Kind.RECEIPT and one.ref in facts.envelopes,
    }


def _is_held(item: Item, people: Mapping[str, set[int]]) -> bool:
    own = "letter" if item.kind.of_letter else item.kind.value
    return item.ref in people.get(own, ()) or bool(item.clues & people.get("clue", set()))


def _envelopes(office: Office, session: Session) -> set[int]:
    there = {file.name for file in (office.state_dir / SEALED_FOLDER).glob("*")}
    return {item.ref for item, file in retention.receipts(session) if file in there}
