"""Lets the shipped model get to know the office's mail without anybody's decisions, and keeps what it learned in the state directory."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from xiansuo.classifiers.adapt import Adapted, SiteLetter, acquaint
from xiansuo.rulebook.match import RuleBooks
from xiansuo.services import site_artifact
from xiansuo.services.analyse import documents_of
from xiansuo.services.analysis import Analyser
from xiansuo.services.model import Shipped, load_model
from xiansuo.services.office import Office
from xiansuo.services.site_artifact import Made
from xiansuo.storage.repositories import mail
from xiansuo.storage.session import chunks, reading

MOST_LETTERS = 20_000
"""Older letters are not heard: what the office is told about changes, and what is learned must fit into memory."""
GROWTH = 1.5
"""The mail is heard anew when there is this much more of it than the last time."""
KIND = "acquaintance"
_BATCH = 500
_KEPT = 3


@dataclass(frozen=True, slots=True)
class Acquaintance:
    """The shipped model as it knows the office's mail, by a name that changes with what it knows; it heard letters up to `last_letter`."""

    id: str
    adapted: Adapted = field(repr=False)
    last_letter: int
    made: Made


def acquaintance(
    office: Office, analyser: Analyser, *, renew: bool = False, tell: Callable[[str], None]
) -> Acquaintance:
    """Return what the shipped model knows of the office's mail.

    It is what was stored last, unless `renew` asks for hearing everything again, the mail has grown by half or the shipped model is
    another one. Raises ModelMismatchError where what is stored was damaged or changed; `renew` puts a new one in its place.
    """
    shipped = load_model(office.settings, tell=tell)
    stored = None if renew else latest(office, shipped)
    if stored is not None and not _outgrown(office, stored.made):
        return stored
    tell("正在熟悉本单位来件的用语……")
    adapted, made = _heard(office, analyser, shipped)
    name = f"{KIND}-{site_artifact.digest_of(made, adapted)}"
    site_artifact.write(office, name, made, adapted)
    for older in site_artifact.names(office, KIND)[_KEPT:]:
        site_artifact.remove(office, older)
    return Acquaintance(name, adapted, made.last_letter, made)


def latest(office: Office, shipped: Shipped) -> Acquaintance | None:
    """Return what was stored last for this shipped model, None where nothing was. Raises ModelMismatchError."""
    for name in site_artifact.names(office, KIND):
        if site_artifact.read_made(office, name).base == shipped.id:
            adapted, made = site_artifact.read(office, name, shipped.model, shipped.id)
            return Acquaintance(name, adapted, made.last_letter, made)
    return None


def site_letters(office: Office, books: RuleBooks, matters: Mapping[int, int]) -> list[SiteLetter]:
    """Return stored letters as a model learns from them, masked and in order of intake; `matters` has the main clue of each."""
    found: list[SiteLetter] = []
    for ids in chunks(sorted(matters), _BATCH):
        with reading(office.engine) as session:
            rows = documents_of(session, ids)
        found += [SiteLetter(document, books.read(document), str(matters[one.id])) for one, document in rows]
    return found


def _heard(office: Office, analyser: Analyser, shipped: Shipped) -> tuple[Adapted, Made]:
    with reading(office.engine) as session:
        count, matters = mail.count(session), mail.newest(session, limit=MOST_LETTERS)
    heard = acquaint(shipped.model, site_letters(office, analyser.books, matters))
    return heard, Made(shipped.id, count, len(matters), max(matters, default=0))


def _outgrown(office: Office, made: Made) -> bool:
    with reading(office.engine) as session:
        count = mail.count(session)
    return count > made.mail and count >= made.mail * GROWTH
