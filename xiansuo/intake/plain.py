"""Owns plain text: decoding a text file and taking out what editors and mailers leave behind."""

import re

from xiansuo.domain.letter import PartRole, Trouble
from xiansuo.intake.charsets import decode
from xiansuo.intake.content import CannotRead, Content, Nest, Piece

# Tried only where a run of spaces begins, and a run is given up whole: a page of spaces is read once.
_LINE_END = re.compile(r"(?<![ \t\u00a0\u3000])[ \t\u00a0\u3000]*+(?:\r\n|\r|\n|\x0b|\x0c|\u2028|\u2029|\x85)")
_GAP = re.compile(r"\n{4,}")
# Zero bytes, other controls, marks of byte order and direction, halves of surrogate pairs: no reader sees them.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\ud800-\udfff]"
)


def tidy(text: str) -> str:
    """Return text with newline line ends, without trailing blanks, unseen characters and long gaps."""
    text = _LINE_END.sub("\n", _UNSEEN.sub("", text))
    return _GAP.sub("\n\n\n", text).rstrip().lstrip("\n")


def read_plain(data: bytes, nest: Nest, charset: str = "") -> Content:
    """Read a text file; raise CannotRead(UNDECODABLE) when its charset cannot be found out, EMPTY when it is blank."""
    del nest
    text = tidy(decode(data, charset))
    if not text:
        raise CannotRead(Trouble.EMPTY, f"{len(data)}字节，只有空白")
    return Content((Piece(PartRole.BODY, text),))
