"""The moments at which the line between the program and a mail server breaks, and what is expected of each."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal

from tests.servers.cutting import Cut


class Stored(StrEnum):
    """How far the broken run came, and so what is left to the next one."""

    NOTHING = "nothing"
    LETTERS = "every letter"
    ALL = "every letter, and its mail marked and moved"


@dataclass(frozen=True, slots=True)
class Fault:
    """A break and what the run that meets it leaves behind; `rare` ones are tried by `make soak` only."""

    cut: Cut
    tls: Literal["none", "starttls", "ssl"] = "none"
    stored: Stored = Stored.NOTHING
    rare: bool = True


def _said(match: bytes, *, after: int = 0, skip: int = 0) -> Cut:
    return Cut(match, after=after, skip=skip)


def _asked(match: bytes, *, skip: int = 0) -> Cut:
    return Cut(match, from_server=False, skip=skip)


_COMMON = replace(Fault(Cut(b"")), rare=False)
_HANDSHAKE, _RECORD = rb"\x16\x03[\x01-\x03]", rb"\x17\x03\x03"
_UP_TO_THE_LETTERS: Mapping[str, Fault] = {
    "the greeting": Fault(_said(rb"\* OK")),
    "the middle of the greeting": replace(_COMMON, cut=_said(rb"\* OK", after=6)),
    "the question what the server can do": Fault(_asked(rb"CAPABILITY")),
    "the login": Fault(_asked(rb" LOGIN ")),
    "the answer to the login": replace(_COMMON, cut=_said(rb"OK .*Logged in", after=2)),
    "the opening of the folder": Fault(_asked(rb" (EXAMINE|SELECT) ")),
    "the middle of the answer to it": Fault(_said(rb"UIDVALIDITY", after=4)),
    "the search": Fault(_asked(rb"UID SEARCH")),
    "the middle of the answer to the search": Fault(_said(rb"\* SEARCH \d+ \d+", after=12)),
    "the question for the sizes": Fault(_asked(rb"UID FETCH [^\r]*RFC822\.SIZE")),
    "the middle of the sizes": Fault(_said(rb"RFC822\.SIZE \d+.*RFC822\.SIZE \d", after=40)),
    "the question for the mails": Fault(_asked(rb"UID FETCH [^\r]*BODY\.PEEK")),
    "the beginning of a mail": Fault(_said(rb"BODY\[\] \{\d+\}\r\n", after=20)),
    "the middle of a mail": replace(_COMMON, cut=_said(rb"Subject: ", after=5, skip=7)),
    "between two mails": Fault(_said(rb"\r\n\)\r\n\* \d+ FETCH", after=5)),
    "the end of the last mail": Fault(_said(rb"OK Fetch completed", after=1, skip=1)),
}
_ENCRYPTED: Mapping[str, Fault] = {
    "STARTTLS": Fault(_asked(rb"STARTTLS"), "starttls"),
    "the answer to STARTTLS": replace(_COMMON, cut=_said(rb"OK Begin TLS", after=4), tls="starttls"),
    "the handshake after STARTTLS": Fault(_said(_HANDSHAKE, after=30), "starttls"),
    "the mails after STARTTLS": Fault(_said(_RECORD, after=200, skip=12), "starttls"),
    "the client's handshake": Fault(_asked(_HANDSHAKE), "ssl"),
    "the server's handshake": replace(_COMMON, cut=_said(_HANDSHAKE, after=30), tls="ssl"),
    "the encrypted greeting": Fault(_said(_RECORD, after=3, skip=5), "ssl"),
    "the encrypted login": Fault(_asked(_RECORD, skip=1), "ssl"),
    "the encrypted mails": replace(_COMMON, cut=_said(_RECORD, after=200, skip=12), tls="ssl"),
}
_AFTER_THE_LETTERS: Mapping[str, Fault] = {
    "the goodbye": Fault(_asked(rb" LOGOUT"), stored=Stored.ALL, rare=False),
    "the opening for marking": Fault(_asked(rb" SELECT "), stored=Stored.LETTERS),
    "the marking": Fault(_asked(rb"UID STORE"), stored=Stored.LETTERS),
    "the answer to the marking": Fault(_said(rb"OK Store completed"), stored=Stored.LETTERS),
    "the making of the folder": Fault(_asked(rb" CREATE "), stored=Stored.LETTERS),
    "the moving": Fault(_asked(rb"UID MOVE"), stored=Stored.LETTERS),
    "the answer to the moving": Fault(_said(rb"COPYUID", after=3), stored=Stored.LETTERS, rare=False),
}
CUTS: Mapping[str, Fault] = {**_UP_TO_THE_LETTERS, **_ENCRYPTED, **_AFTER_THE_LETTERS}
"""The line is cut here."""
SILENCES: Mapping[str, Fault] = {
    name: replace(CUTS[name], cut=replace(CUTS[name].cut, then="silence"), rare=name != "the search")
    for name in ("the login", "the search", "the middle of a mail", "the encrypted mails")
}
"""The server keeps the line and says nothing more."""
DRIPS: Mapping[str, Fault] = {
    name: replace(CUTS[name], cut=replace(CUTS[name].cut, then="drip"), rare=name != "the middle of a mail")
    for name in ("the answer to the login", "the middle of a mail")
}
"""The server goes on byte by byte, always just before it would be given up. Over TLS that is a silence: parts of a record count for nothing."""
