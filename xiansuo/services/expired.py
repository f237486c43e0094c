"""What the nightly job does about retention: it counts, and brings to its end what two people decided and a power cut stopped. It proposes nothing."""

from collections.abc import Mapping

from xiansuo.services.erasure import carry_out, unfinished
from xiansuo.services.office import Office
from xiansuo.services.retention import totals
from xiansuo.storage.session import CHINA, now


def count(office: Office) -> Mapping[str, int]:
    """Return how many things may go today if two people say so, how many are held, and how many stand in a proposal."""
    found = totals(office, now().astimezone(CHINA).date())
    return {"expired": len(found.going), "held": len(found.held), "to_confirm": len(found.in_hand)}


def go_on(office: Office) -> Mapping[str, int]:
    """Carry out what was confirmed and not brought to its end, and return how many certificates that gave."""
    left = unfinished(office)
    for id_ in left:
        carry_out(office, id_)
    return {"certificates": len(left)}
