"""Owns Outlook's own kinds of mail (.msg, winmail.dat): a helper process writes them as the mail they once were."""

from xiansuo.intake.apart import helper
from xiansuo.intake.content import Content, Nest
from xiansuo.intake.mail import read_mail

_HELPER = "xiansuo.intake.outlook_mail"
# Address space; the largest letter, its parts and the mail made of them lie in memory side by side.
_MEMORY = 2 << 30


def read_outlook(data: bytes, media_type: str, nest: Nest) -> Content:
    """Read an Outlook mail with everything attached to it; raise CannotRead when it is broken or takes too long."""
    limits = nest.limits
    asked = {"media_type": media_type, "largest": limits.max_total_unpacked}
    answers = helper(_HELPER, memory=_MEMORY).ask(
        asked, data, seconds=limits.outlook_seconds, largest=2 * limits.max_total_unpacked
    )
    return read_mail(b"".join(answers), nest)
