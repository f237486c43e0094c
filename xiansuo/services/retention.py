"""What may go on a day by the rules and what stays, and why (留存期限). Pure reading; holding and releasing are people's acts, and nothing is erased here."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from xiansuo.domain.people import Power, Reach, Viewer
from xiansuo.errors import NotVisibleError, RefusedError, UsageError
from xiansuo.services.obstacles import obstacles
from xiansuo.services.office import Office
from xiansuo.services.retention_rules import RetentionRule, Since, load_retention
from xiansuo.storage.repositories import audit, erasures, holds, retention
from xiansuo.storage.repositories.holds import Hold
from xiansuo.storage.repositories.retention import LETTER_KINDS, Item, Kept, Kind
from xiansuo.storage.repositories.visibility import met
from xiansuo.storage.session import reading, transaction

_LONGEST = 500
LEAST_REASON = 5
"""Characters that a reason has at least."""


@dataclass(frozen=True, slots=True)
class Due:
    """A thing whose period is over since `day`, and all that stands in the way of letting it go; nothing where it may go."""

    item: Item
    rule: RetentionRule
    day: date
    kept: tuple[Kept, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What goes on a day if two people say so, what is held, and what a proposal names already."""

    day: date
    rules: tuple[RetentionRule, ...]
    going: tuple[Due, ...]
    held: tuple[Due, ...]
    in_hand: tuple[Due, ...]

    @property
    def kinds(self) -> Counter[Kind]:
        """How many go, by kind."""
        return Counter(one.item.kind for one in self.going)

    @property
    def reasons(self) -> Counter[Kept]:
        """How many are held, by each reason that holds them."""
        return Counter(reason for one in self.held for reason in one.kept)

    @property
    def sentence(self) -> str:
        """The plan in one sentence."""
        why = "、".join(f"{reason.chinese}（{count} 件）" for reason, count in sorted(self.reasons.items()))
        held = f"，另有 {len(self.held)} 件到期但要保留：{why}" if self.held else ""
        waits = f"，{len(self.in_hand)} 件已列入待确认的清单" if self.in_hand else ""
        return f"到 {self.day} 为止，有 {len(self.going)} 件到期可以销毁{held}{waits}。"

    def as_json(self, *, numbers: bool) -> dict[str, object]:
        """Return the plan for scripts, with register numbers only for a person who may see them."""
        found: dict[str, object] = {
            "day": self.day.isoformat(),
            "going": len(self.going),
            "held": len(self.held),
            "in_hand": len(self.in_hand),
            "kinds": {kind.value: count for kind, count in sorted(self.kinds.items())},
            "reasons": {reason.value: count for reason, count in sorted(self.reasons.items())},
            "rules": [rule.as_json() for rule in self.rules],
        }
        return {**found, "items": [_line(one) for one in (*self.going, *self.held)]} if numbers else found


def _line(one: Due) -> dict[str, object]:
    told = {"kind": one.item.kind.value, "number": one.item.number, "rule": one.rule.id, "since": one.day.isoformat()}
    return {**told, "kept": [reason.value for reason in one.kept]}


def plan(office: Office, viewer: Viewer, day: date) -> Plan:
    """Return what may go on `day`, as far as the person may meet every clue it has to do with. Raises NotVisibleError."""
    power = power_of(viewer)
    with reading(office.engine) as session:
        whole = survey(office, session, day)
        return _seen(session, viewer, power, whole)


def totals(office: Office, day: date) -> Plan:
    """Return what may go on `day` for counting alone, as the operator's page and the nightly job do."""
    with reading(office.engine) as session:
        return survey(office, session, day)


def power_of(viewer: Viewer) -> Power:
    """Return by which power a person looks at the plan: handing on, disposing, or reading. Raises NotVisibleError."""
    found = next((one for one in (Power.HAND_OVER, Power.DISPOSE, Power.READ_CLUES) if viewer.may(one)), None)
    if found is None:
        raise NotVisibleError
    return found


def survey(office: Office, session: Session, day: date) -> Plan:
    """Return what may go on `day` and what stays."""
    rules, taken = load_retention(office.settings.rules), erasures.in_hand(session)
    due = _largest(one for rule in rules for one in _due(session, rule, day))
    blocked = obstacles(office, session, day, [one.item for one in due])
    judged = [Due(one.item, one.rule, one.day, blocked.get(one.item.key, ())) for one in due]
    waiting = [one for one in judged if one.item.key in taken]
    free = [one for one in judged if one.item.key not in taken]
    going = tuple(one for one in free if not one.kept)
    return Plan(day, rules, going, tuple(one for one in free if one.kept), tuple(waiting))


def items_of(session: Session, wanted: Sequence[tuple[Kind, int]]) -> list[Item]:
    """Return these things as they stand now, for looking once more what is in the way."""
    found: list[Item] = []
    for kind in LETTER_KINDS:
        refs = [ref for one, ref in wanted if one is kind]
        found += retention.letter_items(session, kind, dict.fromkeys(refs, date.min))
    others = {one for one in wanted if not one[0].of_letter}
    named = (*retention.files(session), *(item for item, _ in retention.receipts(session))) if others else ()
    return found + [item for item in named if item.key in others]


def hold(office: Office, viewer: Viewer, number: str, reason: str, *, request: str) -> None:
    """Keep a clue, a letter or a quarantined file from being erased, whatever its period. Whoever may read it may do so.

    Raises UsageError without a reason, NotVisibleError.
    """
    said = required(reason)
    with transaction(office.engine) as session:
        place = holds.place(session, number.strip())
        if place is None or not _sees(session, viewer, place):
            raise NotVisibleError
        kind, ref = place
        if holds.add(session, place, actor=viewer.login, reason=said, request=request):
            audit.append(session, actor=viewer.login, action="retention.hold", object_kind=kind, object_id=str(ref))


def release(office: Office, viewer: Viewer, id_: int, reason: str) -> None:
    """Release a hold, which takes the power to dispose of what it keeps. Raises UsageError without a reason, NotVisibleError, RefusedError."""
    said = required(reason)
    if not viewer.may(Power.DISPOSE):
        raise RefusedError("解除保留由组长或分管领导办理。")
    with transaction(office.engine) as session:
        found = next((one for one in holds.standing(session) if one.id == id_), None)
        if found is None or not _sees(session, viewer, (found.kind, found.ref), Power.DISPOSE):
            raise NotVisibleError
        if holds.release(session, id_, actor=viewer.login, reason=said):
            audit.append(
                session,
                actor=viewer.login,
                action="retention.release",
                object_kind=found.kind,
                object_id=str(found.ref),
            )


def held(office: Office, viewer: Viewer) -> list[Hold]:
    """Return the holds that stand on what the person may meet. Raises NotVisibleError."""
    power = power_of(viewer)
    with reading(office.engine) as session:
        return [one for one in holds.standing(session) if _sees(session, viewer, (one.kind, one.ref), power)]


def required(reason: str) -> str:
    """Return a reason that says something. Raises UsageError."""
    said = reason.strip()
    if len("".join(said.split())) < LEAST_REASON or len(said) > _LONGEST:
        raise UsageError(f"请写明理由，{LEAST_REASON} 到 {_LONGEST} 个字，不要写信中内容。")
    return said


def sees_all(session: Session, viewer: Viewer, power: Power, items: Sequence[Item]) -> bool:
    """Tell whether a person may use a power on everything that these things have to do with."""
    return len(_visible(session, viewer, power, items)) == len(items)


def _due(session: Session, rule: RetentionRule, day: date) -> Iterator[Due]:
    # Nothing that began on the day itself can be over, so that is the bound of the question.
    for item in _items(session, rule, day):
        if (over := rule.due(item.start)) <= day:
            yield Due(item, rule, over)


def _items(session: Session, rule: RetentionRule, day: date) -> Iterator[Item]:
    if rule.kind is Kind.QUARANTINE:
        return retention.files(session)
    if rule.kind is Kind.RECEIPT:
        gone = retention.erased(session, [Kind.RECEIPT])
        return (item for item, _ in retention.receipts(session) if item.ref not in gone)
    if rule.since is Since.RECEIVED:
        starts = retention.letters_received(session, day)
    else:
        starts = retention.letters_ended(session, day, told=rule.since is Since.FEEDBACK)
    gone = retention.erased(session, LETTER_KINDS[LETTER_KINDS.index(rule.kind) :])
    over = {id_: start for id_, start in starts.items() if id_ not in gone and rule.due(start) <= day}
    return retention.letter_items(session, rule.kind, over)


def _largest(found: Iterator[Due]) -> list[Due]:
    """Keep of each letter the rule that lets most of it go: the whole letter holds its original."""
    kept: dict[tuple[bool, Kind | None, int], Due] = {}
    for one in found:
        of_letter = one.item.kind.of_letter
        place = (of_letter, None if of_letter else one.item.kind, one.item.ref)
        known = kept.get(place)
        if known is None or LETTER_KINDS.index(one.item.kind) > LETTER_KINDS.index(known.item.kind):
            kept[place] = one
    return sorted(kept.values(), key=lambda one: (one.day, one.item.key))


def _seen(session: Session, viewer: Viewer, power: Power, whole: Plan) -> Plan:
    every = [one.item for one in (*whole.going, *whole.held, *whole.in_hand)]
    known = _visible(session, viewer, power, every)

    def seen(found: Sequence[Due]) -> tuple[Due, ...]:
        return tuple(one for one in found if one.item.key in known)

    return Plan(whole.day, whole.rules, seen(whole.going), seen(whole.held), seen(whole.in_hand))


def _visible(session: Session, viewer: Viewer, power: Power, items: Sequence[Item]) -> set[tuple[Kind, int]]:
    """Return the things of which a person may meet every clue; what has none is for those who may meet all clues of the office."""
    known = met(session, viewer, power, {clue for item in items for clue in item.clues | item.near})
    everywhere = viewer.reach(power) is Reach.ALL
    return {item.key for item in items if (everywhere or item.clues) and known.issuperset(item.clues | item.near)}


def _sees(session: Session, viewer: Viewer, place: tuple[str, int], power: Power = Power.READ_CLUES) -> bool:
    kind, ref = place
    if kind == "clue":
        return ref in met(session, viewer, power, [ref])
    wanted = (Kind.LETTER if kind == "letter" else Kind.QUARANTINE, ref)
    items = items_of(session, [wanted])
    return bool(items) and sees_all(session, viewer, power, items)
