"""Which clues still have to be checked for recusals, what they name, and the units they stand under."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from xiansuo.storage.repositories import numbers
from xiansuo.storage.session import add_rows, chunks
from xiansuo.storage.tables import (
    Accounts,
    ClueLetters,
    Clues,
    ClueUnits,
    Entities,
    EntityCorrections,
    Letters,
    Suggestions,
)

_NAMING = ("org", "place", "respondent", "position")


@dataclass(slots=True)
class Material:
    """What a clue's letters name, as stored: texts to be searched, units and respondents as written, the clue's own unit first."""

    letters: set[int] = field(default_factory=set)
    texts: list[str] = field(default_factory=list, repr=False)
    units: list[str] = field(default_factory=list, repr=False)
    respondents: list[str] = field(default_factory=list, repr=False)


def take_turn(session: Session) -> None:
    """Wait until nobody else checks clues or changes what they are checked against; they wait until this transaction ends."""
    numbers.take(session, "screening")


def is_waiting(session: Session) -> bool:
    """Tell whether a clue has to be checked."""
    return session.scalar(select(Clues.id).where(~Clues.screened).limit(1)) is not None


def waiting(session: Session, limit: int) -> list[int]:
    """Return up to `limit` clues that have to be checked, in order of age; a letter put into one meanwhile waits for this transaction."""
    return list(
        session.scalars(select(Clues.id).where(~Clues.screened).order_by(Clues.id).limit(limit).with_for_update())
    )


def done(session: Session, *, after: int, limit: int) -> list[int]:
    """Return up to `limit` checked clues after the clue `after`, in order of age."""
    checked = select(Clues.id).where(Clues.screened, Clues.id > after)
    return list(session.scalars(checked.order_by(Clues.id).limit(limit)))


def mark_done(session: Session, clue_ids: Iterable[int]) -> None:
    """Note that clues were checked for every account."""
    for chunk in chunks(clue_ids):
        session.execute(update(Clues).where(Clues.id.in_(chunk)).values(screened=True))


def again(session: Session, clue_ids: Iterable[int]) -> None:
    """Let clues be checked anew; until then nobody sees them."""
    for chunk in chunks(clue_ids):
        session.execute(update(Clues).where(Clues.id.in_(chunk)).values(screened=False))


def letters_again(session: Session, letter_ids: Iterable[int]) -> None:
    """Let the clues of letters be checked anew; until then nobody sees them."""
    for chunk in chunks(letter_ids):
        touched = select(ClueLetters.clue_id).where(ClueLetters.letter_id.in_(chunk))
        session.execute(update(Clues).where(Clues.id.in_(touched)).values(screened=False))


def all_again(session: Session) -> None:
    """Let every clue be checked anew, after a change that concerns all of them."""
    session.execute(update(Clues).where(Clues.screened).values(screened=False))


def accounts(session: Session) -> dict[int, str]:
    """Return the names of all accounts, also of closed ones, which may be opened again."""
    return dict(session.execute(select(Accounts.id, Accounts.name)).tuples().all())


def waiting_accounts(session: Session) -> list[int]:
    """Return the accounts for which not every clue has been checked."""
    return list(session.scalars(select(Accounts.id).where(~Accounts.screened).order_by(Accounts.id)))


def set_account(session: Session, account_id: int, *, screened: bool) -> None:
    """Note whether every clue has been checked for an account; while not, it sees none."""
    session.execute(update(Accounts).where(Accounts.id == account_id).values(screened=screened))


def materials(session: Session, clue_ids: Sequence[int], *, texts: bool = True) -> dict[int, Material]:
    """Return what each clue names; without `texts` nothing is looked for in any, and only units and respondents are read."""
    found: dict[int, Material] = {}
    for chunk in chunks(clue_ids):
        for id_, unit, respondents in session.execute(
            select(Clues.id, Clues.unit, Clues.respondents).where(Clues.id.in_(chunk))
        ):
            found[id_] = Material(units=[unit], respondents=list(respondents))
        of_letter = _read_letters(session, found, chunk)
        for letters in chunks(of_letter):
            _read_suggestions(session, of_letter, letters)
        if texts:
            _read_texts(session, found, of_letter, chunk)
    return found


def replace_units(session: Session, placed: Mapping[int, Mapping[str, int]]) -> None:
    """Put clues under units (clue → unit → steps above the clue's own unit), in the place of those they stood under."""
    for chunk in chunks(placed):
        session.execute(delete(ClueUnits).where(ClueUnits.clue_id.in_(chunk)))
    rows = [
        {"unit": unit, "clue_id": clue, "depth": depth}
        for clue, units in placed.items()
        for unit, depth in units.items()
    ]
    add_rows(session, ClueUnits, rows)


def _read_letters(
    session: Session, found: Mapping[int, Material], clue_ids: Sequence[int]
) -> dict[int, list[Material]]:
    """Add the letters to their clues; return the materials each letter belongs to."""
    of_letter: dict[int, list[Material]] = {}
    columns = (ClueLetters.clue_id, Letters.id, Letters.named_unit, Letters.named_respondents)
    placed = select(*columns).join(Letters, Letters.id == ClueLetters.letter_id)
    for clue_id, id_, unit, respondents in session.execute(placed.where(ClueLetters.clue_id.in_(clue_ids))):
        one = found[clue_id]
        one.letters.add(id_)
        one.units.append(unit)
        one.respondents += respondents
        of_letter.setdefault(id_, []).append(one)
    return of_letter


def _read_texts(
    session: Session,
    found: Mapping[int, Material],
    of_letter: Mapping[int, list[Material]],
    clue_ids: Sequence[int],
) -> None:
    for letters in chunks(of_letter):
        written = select(Letters.id, Letters.subject, Letters.text).where(Letters.id.in_(letters))
        for id_, *texts in session.execute(written):
            for one in of_letter[id_]:
                one.texts += texts
        _read_entities(session, of_letter, letters)
    _read_corrections(session, found, clue_ids)


def _read_suggestions(session: Session, of_letter: Mapping[int, list[Material]], letter_ids: Sequence[int]) -> None:
    told = select(Suggestions.letter_id, Suggestions.unit, Suggestions.respondents)
    for id_, unit, respondents in session.execute(told.where(Suggestions.letter_id.in_(letter_ids))):
        for one in of_letter[id_]:
            one.units.append(unit)
            one.respondents += respondents


def _read_entities(session: Session, of_letter: Mapping[int, list[Material]], letter_ids: Sequence[int]) -> None:
    # The value is the register's name, or a person's correction, where the text has another.
    named = select(Entities.letter_id, Entities.value).where(Entities.type.in_(_NAMING), Entities.value != "")
    for id_, value in session.execute(named.where(Entities.letter_id.in_(letter_ids))):
        for one in of_letter[id_]:
            one.texts.append(value)


def _read_corrections(session: Session, found: Mapping[int, Material], clue_ids: Sequence[int]) -> None:
    corrected = select(EntityCorrections.clue_id, EntityCorrections.new_value)
    corrected = corrected.where(EntityCorrections.undone.is_(None), EntityCorrections.clue_id.in_(clue_ids))
    for clue_id, value in session.execute(corrected):
        found[clue_id].texts.append(value)
