"""Runs in the helper process: writes Outlook's .msg and winmail.dat as mails of RFC 5322."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from xiansuo.intake import media
from xiansuo.intake.msg import from_msg
from xiansuo.intake.tnef import from_tnef

_WRITERS: Mapping[str, Callable[[bytes, int], bytes]] = {media.MSG: from_msg, media.TNEF: from_tnef}


def answer(asked: Mapping[str, Any], data: bytes) -> Iterator[bytes]:
    """Yield one mail."""
    yield _WRITERS[asked["media_type"]](data, asked["largest"])
