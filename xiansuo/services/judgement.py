"""Decides in memory what becomes of a letter, stored, sealed or quarantined, and what may be kept of it outside the vault."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from xiansuo.domain.keys import Purpose
from xiansuo.domain.letter import Item, Letter, Unreadable
from xiansuo.intake.content import CannotRead
from xiansuo.intake.read import attempt
from xiansuo.intake.reading import read_apart
from xiansuo.rulebook.seal import SealCheck
from xiansuo.services.office import Office
from xiansuo.services.seal import LetterToSeal
from xiansuo.storage.repositories.letters import NewLetter
from xiansuo.text.entities import EntityFinder
from xiansuo.text.prepare import Protected, protect

SEALED_MEMBER = "sealed-member"


@dataclass(frozen=True, slots=True)
class Ready:
    """A letter that may be stored: read, not to be sealed, masked."""

    letter: Letter
    protected: Protected = field(repr=False)


@dataclass(frozen=True, slots=True)
class ToSeal:
    """A letter that must not enter the system, and the rule that says so."""

    rule: str
    letter: Letter


Judgement = Ready | ToSeal | Unreadable


def seal_with_member(item: Item) -> ToSeal:
    """Return the judgement on the bytes of a file that cannot be kept because a letter in it was sealed."""
    return ToSeal(SEALED_MEMBER, Letter(item, ""))


def judge(
    entries: Sequence[Item | Unreadable], office: Office, finder: EntityFinder, seal_check: SealCheck
) -> list[Judgement]:
    """Read items and decide, in memory, whether each is stored, sealed or quarantined."""
    # All are read before the first is masked: each step's code and tables stay in the processor's cache (decision 0028).
    letters = [entry if isinstance(entry, Unreadable) else read_apart(entry, limits=office.limits) for entry in entries]
    return [_judged(letter, finder, seal_check) for letter in letters]


def _judged(letter: Letter | Unreadable, finder: EntityFinder, seal_check: SealCheck) -> Judgement:
    if isinstance(letter, Unreadable):
        return letter
    # A fault on one letter must neither stop the batch nor lose the letter.
    judged = attempt(lambda: _judge(letter, finder, seal_check))
    return Unreadable(letter.item, judged.trouble, judged.detail) if isinstance(judged, CannotRead) else judged


def _judge(letter: Letter, finder: EntityFinder, seal_check: SealCheck) -> Ready | ToSeal:
    protected = protect(letter, finder)
    clear = protected.clear
    rule = seal_check.match(clear.subject, clear.text, clear.entities)
    return ToSeal(rule, letter) if rule else Ready(letter, protected)


def new_letter(ready: Ready, *, source_id: int, office: Office) -> NewLetter:
    """Return the row of a letter: masked text and nothing that identifies its petitioner."""
    letter, protected = ready.letter, ready.protected
    message = letter.message_id.encode("utf-8", "surrogatepass")
    return NewLetter(
        source_id=source_id,
        kind=protected.kind,
        channel=letter.item.channel,
        received=letter.received or letter.item.received,
        subject=protected.subject.text,
        text=protected.text.text,
        parts=protected.parts,
        signed=protected.signed,
        message_key=office.keyring.digest(Purpose.MESSAGE, message) if message else None,
        hand_over=letter.item.hand_over,
        named_unit=letter.named_unit,
        named_respondents=letter.named_respondents,
    )


def letter_to_seal(one: ToSeal, item: Item, *, source_id: int) -> LetterToSeal:
    """Return the bytes to seal and what the receipt may say."""
    return LetterToSeal(item.data, one.letter.received or item.received, item.channel, one.rule, source_id)
