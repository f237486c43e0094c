"""Which names a person may enter by hand: those that can be read anyway, never contact data, never a petitioner's."""

import re
from collections.abc import Sequence

from sqlalchemy.orm import Session

from xiansuo.services.office import Office
from xiansuo.storage.repositories import letters

_LONGEST = 40
_CONTACT = re.compile(r"(?:[0-9０-９零〇一二三四五六七八九][\s·.\-—－]{0,3}){7,}|@|＠|〔|〕|https?:|\n")


def may_enter(office: Office, session: Session, letter_ids: Sequence[int], value: str) -> bool:
    """Tell whether a value may be entered: it stands in these masked letters or in the register, and identifies no petitioner.

    Only what a reader sees anyway can be asked about, so refusals answer no guesses about who wrote.
    """
    if len(value) > _LONGEST or _CONTACT.search(value):
        return False
    texts = (one.text for one in letters.get(session, letter_ids))
    stands = any(value in text for text in texts)
    return (stands or value in _registered(office)) and not office.vault.find(session, value)


def _registered(office: Office) -> frozenset[str]:
    register = office.register
    units = {name for unit in register.units for name in (unit.name, *unit.aliases)}
    return frozenset(units | {head.name for head in register.heads})
