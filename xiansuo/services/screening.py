"""Checks clues for recusals, the last stage before anybody sees them: which units and rounds they belong to, and who must never meet them."""

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path

from sqlalchemy.orm import Session

from xiansuo.domain.recusal import RecusalProfile
from xiansuo.services.office import Office
from xiansuo.storage.repositories import recusals, rounds, screening
from xiansuo.storage.repositories import register as register_rows
from xiansuo.storage.repositories.screening import Material
from xiansuo.storage.session import reading, transaction
from xiansuo.text.folding import fold
from xiansuo.text.lexicon import Lexicons
from xiansuo.triage.recusal import FIELD, Named, Register, Watch, compiled

BATCH = 500
_ACCOUNT_BATCH = 250
"""While so many clues are checked, everybody else who writes waits."""

_Profiles = tuple[tuple[int, RecusalProfile], ...]


def screen_batch(office: Office, limit: int = BATCH) -> int:
    """Check up to `limit` clues for every account in one commit and return how many; before it nobody sees them."""
    with transaction(office.engine) as session:
        screening.take_turn(session)
        waiting = screening.waiting(session, limit)
        if not waiting:
            return 0
        check = _Check(office, session, profiles(office, session))
        named = check.read(waiting)
        screening.replace_units(session, {clue: check.lineage(clue) for clue in named})
        rounds.place_clues(session, waiting)
        recusals.replace(session, waiting, check.blocks())
        screening.mark_done(session, waiting)
    return len(waiting)


def screen_waiting(office: Office) -> int:
    """Check every clue and every account that waits for it; return how many clues. What others check meanwhile is not done twice."""
    total = 0
    while _waits(office) and (done := screen_batch(office)):
        total += done
    with reading(office.engine) as session:
        accounts = screening.waiting_accounts(session)
    for account in accounts:
        screen_account(office, account)
    return total


def screen_account(office: Office, account: int) -> None:
    """Check every clue for one account, whose profile or name changed; before it is through the person sees nothing.

    When the profile changes again meanwhile, it begins anew.
    """
    after, checked = 0, None
    while True:
        with transaction(office.engine) as session:
            screening.take_turn(session)
            current = profile_of(office, session, account)
            if current != checked:
                after, checked = 0, current
                screening.set_account(session, account, screened=False)
            chunk = screening.done(session, after=after, limit=_ACCOUNT_BATCH)
            if not chunk:
                screening.set_account(session, account, screened=True)
                return
            check = _Check(office, session, ((account, current),))
            check.read(chunk)
            recusals.replace(session, chunk, check.blocks(), account=account)
            after = chunk[-1]


def profiles(office: Office, session: Session) -> _Profiles:
    """Return what keeps every account away, the account's own name included."""
    named = screening.accounts(session)
    declared = office.vault.read_recusals(session, named)
    return tuple((id_, _with_name(declared.get(id_, RecusalProfile()), name)) for id_, name in sorted(named.items()))


def profile_of(office: Office, session: Session, account: int) -> RecusalProfile:
    """Return what keeps one account away, its own name included."""
    return _with_name(office.vault.read_recusal(session, account), screening.accounts(session)[account])


def watch_of(office: Office, session: Session) -> Watch:
    """Return what has to be looked for on behalf of everybody."""
    return _watch(compiled(register_rows.load(session)), profiles(office, session), office.settings.lexicons)


class _Check:
    """Some clues, what they name, and what has to be looked for in them."""

    def __init__(self, office: Office, session: Session, looked_for: _Profiles) -> None:
        self._office, self._session = office, session
        self._register = compiled(register_rows.load(session))
        self._watch = _watch(self._register, looked_for, office.settings.lexicons)
        self._materials: Mapping[int, Material] = {}
        self._named: dict[int, Named] = {}
        self._about: dict[int, list[str]] = {}

    def read(self, clue_ids: Sequence[int]) -> Mapping[int, Named]:
        """Read what the clues name."""
        self._materials = screening.materials(self._session, clue_ids, texts=bool(self._watch.terms))
        self._named = {clue: _named(material) for clue, material in self._materials.items()}
        self._about = {clue: self._register.about(named) for clue, named in self._named.items()}
        return self._named

    def lineage(self, clue: int) -> dict[str, int]:
        """Return the unit a clue is about and those above it, with the steps between; nothing where no unit is known."""
        about = self._about[clue]
        return {about[0]: 0, **self._register.tree.above(about[0])} if about else {}

    def blocks(self) -> set[recusals.Block]:
        """Return who must not meet which of the clues."""
        letters = {letter for material in self._materials.values() for letter in material.letters}
        confirmed = self._office.vault.mentions(self._session, letters, self._watch.terms)
        return {
            (account, clue)
            for clue, named in self._named.items()
            for account in self._watch.blocked(
                named,
                self._about[clue],
                {term for letter in self._materials[clue].letters for term in confirmed.get(letter, ())},
            )
        }


def _named(material: Material) -> Named:
    respondents = tuple(dict.fromkeys(filter(None, material.respondents)))
    people = FIELD + FIELD.join(map(fold, respondents)) + FIELD
    texts = (*map(fold, dict.fromkeys(filter(None, (*material.texts, *material.units)))), people)
    return Named(texts, tuple(dict.fromkeys(filter(None, material.units))), respondents)


def _with_name(profile: RecusalProfile, name: str) -> RecusalProfile:
    names = tuple(dict.fromkeys((name, *profile.names)))
    return RecusalProfile(names, profile.relatives, profile.regions, profile.systems, profile.units)


def _waits(office: Office) -> bool:
    with reading(office.engine) as session:
        return screening.is_waiting(session)


@lru_cache(maxsize=4)
def _watch(register: Register, looked_for: _Profiles, lexicons: Path) -> Watch:
    # Reading the lists takes longer than checking a thousand clues, and without accounts there is nobody to look for.
    return Watch(register, dict(looked_for), _compound(lexicons) if looked_for else frozenset())


@cache
def _compound(lexicons: Path) -> frozenset[str]:
    return Lexicons.load(lexicons).compound_surnames
