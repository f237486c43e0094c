"""Owns Outlook's own kinds of mail (.msg, winmail.dat): a helper process writes them as the mail they once were."""

from collections.abc import Iterator, Mapping
from typing import Any

from xiansuo.intake.apart import helper
from xiansuo.intake.content import Content, Nest
from xiansuo.intake.lent import lent
from xiansuo.intake.limits import LONGEST
from xiansuo.intake.mail import read_mail

_HELPER = "xiansuo.intake.outlook_mail"
# Address space; the largest letter, its parts and the mail made of them lie in memory side by side.
_MEMORY = 2 << 30


def read_outlook(data: bytes, media_type: str, nest: Nest) -> Content:
    """Read an Outlook mail with everything attached to it; raise CannotRead when it is broken or takes too long."""
    limits = nest.limits
    asked = {"media_type": media_type, "largest": limits.max_total_unpacked, "seconds": limits.outlook_seconds}
    return read_mail(b"".join(outlook(asked, data)), nest)


@lent
def outlook(asked: Mapping[str, Any], data: bytes) -> Iterator[bytes]:
    """Yield one mail of RFC 5322."""
    return helper(_HELPER, memory=_MEMORY).ask(
        asked, data, seconds=min(asked["seconds"], LONGEST), largest=2 * asked["largest"]
    )
