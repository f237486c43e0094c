"""Recusal (回避): what a person declares, who may complete it, and giving a clue up by one's own word."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from xiansuo.domain.people import Power, Reach, Viewer
from xiansuo.domain.recusal import RecusalProfile, Relative
from xiansuo.errors import ConflictError, NotVisibleError, UsageError
from xiansuo.services.office import Office
from xiansuo.services.screening import screen_account, screen_waiting
from xiansuo.storage.repositories import audit, recusals, rounds, screening
from xiansuo.storage.repositories import register as register_rows
from xiansuo.storage.repositories.recusals import GivenUp, Person
from xiansuo.storage.repositories.visibility import find
from xiansuo.storage.session import reading, transaction
from xiansuo.storage.tables import Clues
from xiansuo.text.folding import fold

_LONGEST, _SHORTEST, _MOST = 40, 2, 60


@dataclass(frozen=True, slots=True)
class Declared:
    """Somebody's declaration as the list of recusals shows it: that there is one and how many clues it keeps away, no values."""

    person: Person = field(repr=False)
    declared: bool
    kept_away: int


def own_profile(office: Office, viewer: Viewer) -> RecusalProfile:
    """Return what the person declared."""
    with reading(office.engine) as session:
        return office.vault.read_recusal(session, viewer.account)


def profile_for(office: Office, viewer: Viewer, account: int) -> tuple[Person, RecusalProfile]:
    """Return somebody and what was declared, to whoever keeps recusals; that it was read is on record. Raises NotVisibleError."""
    with transaction(office.engine) as session:
        person = _kept_person(session, viewer, account)
        audit.append(session, actor=viewer.login, action="recusal.read", object_kind="account", object_id=str(account))
        return person, office.vault.read_recusal(session, account)


def is_checking(office: Office, viewer: Viewer) -> bool:
    """Tell whether the clues are still being checked for the person, who sees none until they are."""
    with reading(office.engine) as session:
        return viewer.account in screening.waiting_accounts(session)


def declare(office: Office, viewer: Viewer, profile: RecusalProfile, *, check: bool = True) -> None:
    """Add to what the person declared, and check every clue against it. Raises UsageError.

    Without `check` the caller does so (`screening.screen_account`); the person sees nothing before. Only somebody else may take a declaration out again (`complete`): else a person could open a clue to herself.
    """
    added = checked(profile)
    with transaction(office.engine) as session:
        _keep(
            office, session, viewer, viewer.account, merged(office.vault.read_recusal(session, viewer.account), added)
        )
    if check:
        screen_account(office, viewer.account)


def complete(
    office: Office, viewer: Viewer, account: int, profile: RecusalProfile, *, stamp: str = "", check: bool = True
) -> None:
    """Put `profile` in the place of the declaration with `stamp`, as whoever keeps recusals found it right; one's own only grows.

    Without `check` the caller checks the clues (`screening.screen_account`); the person sees nothing before. Raises NotVisibleError, ConflictError where it was changed meanwhile, UsageError.
    """
    whole = checked(profile)
    with transaction(office.engine) as session:
        _kept_person(session, viewer, account)
        before = office.vault.read_recusal(session, account)
        if stamp and stamp != before.stamp:
            raise ConflictError("这份回避申报刚被改过，没有保存。请刷新页面，看清现在的内容后重新填写。")
        _keep(office, session, viewer, account, merged(before, whole) if account == viewer.account else whole)
    if check:
        screen_account(office, account)


def declarations(office: Office, viewer: Viewer) -> list[Declared]:
    """Return the people whose recusals `viewer` keeps: a lead those of the own rounds, a head everybody."""
    with reading(office.engine) as session:
        people = _kept_by(session, viewer)
        declared = office.vault.read_recusals(session, people)
        kept_away = recusals.counts(session, viewer)
        return [
            Declared(person, id_ in declared and declared[id_].declared, kept_away.get(id_, 0))
            for id_, person in people.items()
        ]


def systems(office: Office) -> list[str]:
    """Return the types of units in the register, from which systems are chosen."""
    with reading(office.engine) as session:
        return list(dict.fromkeys(unit.type for unit in register_rows.load(session).units if unit.type))


def unit_names(office: Office) -> list[str]:
    """Return the names of the registered units."""
    with reading(office.engine) as session:
        return [unit.name for unit in register_rows.load(session).units]


def recuse(office: Office, viewer: Viewer, clue_number: str, request_key: str) -> None:
    """Take a clue away from the person who gives it up, for good; it goes back to the others. Doing it twice does it once.

    Raises NotVisibleError where there is no such clue for the person.
    """
    del request_key  # Giving up a clue again is the same act under any key.
    with transaction(office.engine) as session:
        screening.take_turn(session)
        clue = find(session, clue_number, viewer)
        if clue is None and not _gave_up(session, viewer, clue_number):
            raise NotVisibleError
        if clue is not None and recusals.give_up(session, viewer.account, clue):
            audit.append(session, actor=viewer.login, action="clue.recuse", object_kind="clue", object_id=clue_number)


def given_up(office: Office, viewer: Viewer) -> list[GivenUp]:
    """Return who gave up which of the clues that `viewer` may see."""
    with reading(office.engine) as session:
        return recusals.given_up(session, viewer)


def give_back(office: Office, viewer: Viewer, clue_number: str, account: int) -> None:
    """Let a person read a clue again that was given up by mistake: somebody else's act, never the person's own. Raises NotVisibleError."""
    with transaction(office.engine) as session:
        screening.take_turn(session)
        clue = find(session, clue_number, viewer, Power.RECUSALS)
        if clue is None or account == viewer.account or account not in _kept_by(session, viewer):
            raise NotVisibleError
        if recusals.give_back(session, account, clue):
            screening.again(session, {clue, *recusals.sharing(session, clue)})
            audit.append(
                session,
                actor=viewer.login,
                action="recusal.give_back",
                object_kind="clue",
                object_id=f"{clue_number}:{account}",
            )
    screen_waiting(office)


def checked(profile: RecusalProfile) -> RecusalProfile:
    """Return a profile without blanks and repetitions. Raises UsageError where an entry is too short, too long or they are too many."""
    relatives = {
        fold(one.name): Relative(one.name.strip(), one.relation.strip()[:_LONGEST]) for one in profile.relatives
    }
    tidy = RecusalProfile(
        _tidy(profile.names),
        tuple(one for one in relatives.values() if one.name),
        _tidy(profile.regions),
        _tidy(profile.systems),
        _tidy(profile.units),
    )
    entries = (*tidy.people(), *tidy.regions, *tidy.systems, *tidy.units)
    if len(entries) > _MOST:
        raise UsageError(f"回避信息最多填 {_MOST} 条，请合并后再保存。")
    if any(len(entry) > _LONGEST for entry in entries):
        raise UsageError(f"有一条回避信息超过 {_LONGEST} 字。每行只填一个姓名、地名或单位。")
    if any(len(fold(entry)) < _SHORTEST for entry in (*tidy.people(), *tidy.regions, *tidy.units)):
        raise UsageError("姓名、地区和单位至少要有两个字，请写全称。")
    return tidy


def merged(before: RecusalProfile, added: RecusalProfile) -> RecusalProfile:
    """Return both declarations as one; a relation said later holds."""
    relatives = {fold(one.name): one for one in (*before.relatives, *added.relatives)}
    return RecusalProfile(
        _tidy((*before.names, *added.names)),
        tuple(relatives.values()),
        _tidy((*before.regions, *added.regions)),
        _tidy((*before.systems, *added.systems)),
        _tidy((*before.units, *added.units)),
    )


def _tidy(entries: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, (entry.strip() for entry in entries))))


def _keep(office: Office, session: Session, viewer: Viewer, account: int, profile: RecusalProfile) -> None:
    """Store a profile and close every clue to the person until all were checked."""
    screening.take_turn(session)
    office.vault.put_recusal(session, account, profile)
    screening.set_account(session, account, screened=False)
    audit.append(session, actor=viewer.login, action="recusal.declare", object_kind="account", object_id=str(account))


def _kept_by(session: Session, viewer: Viewer) -> dict[int, Person]:
    reach = viewer.reach(Power.RECUSALS)
    if reach is None:
        raise NotVisibleError
    people = {person.account: person for person in recusals.people(session)}
    if reach is Reach.ALL:
        return people
    mine = rounds.colleagues(session, [one.round for one in viewer.rounds])
    return {id_: person for id_, person in people.items() if id_ in mine}


def _kept_person(session: Session, viewer: Viewer, account: int) -> Person:
    person = _kept_by(session, viewer).get(account)
    if person is None:
        raise NotVisibleError
    return person


def _gave_up(session: Session, viewer: Viewer, clue_number: str) -> bool:
    clue = session.scalar(select(Clues.id).where(Clues.number == clue_number))
    return clue is not None and recusals.gave_up(session, viewer.account, clue)
