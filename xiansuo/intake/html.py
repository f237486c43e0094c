"""Owns web pages and the HTML bodies of mails: their visible text, without fetching anything."""

import re

from inscriptis import get_text
from inscriptis.model.config import ParserConfig

from xiansuo.domain.letter import PartRole, Trouble
from xiansuo.intake.charsets import decode
from xiansuo.intake.content import CannotRead, Content, Nest, Piece
from xiansuo.intake.media import HTML
from xiansuo.intake.plain import tidy

_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*+=\s*+[\"']?\s*+([\w-]+)", re.IGNORECASE)
# What a browser does not show; conditional comments of Outlook hide a second copy of the layout.
_HIDDEN = re.compile(
    r"<(script|style|template|noscript|title)\b[^>]*>.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)|<![^>]{0,200}\]>",
    re.IGNORECASE | re.DOTALL,
)
_INDENT = re.compile(r"^[ \t\u00a0]+", re.MULTILINE)
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]{0,200}\?>")
_CONFIG = ParserConfig(display_links=False, display_images=False, display_anchors=False)


def html_to_text(markup: str) -> str:
    """Return the visible text of markup, with lines where a browser breaks them."""
    markup = _HIDDEN.sub("", _DECLARATION.sub("", markup.replace("\x00", "")))
    return tidy(_INDENT.sub("", get_text(markup, _CONFIG))) if markup.strip() else ""


def read_html(data: bytes, nest: Nest, charset: str = "") -> Content:
    """Read a web page; raise CannotRead(NO_TEXT) when it shows no text."""
    del nest
    text = html_to_text(decode_html(data, charset))
    if not text:
        raise CannotRead(Trouble.NO_TEXT, f"{len(data)}字节，没有可见文字")
    return Content((Piece(PartRole.BODY, text, HTML),))


def decode_html(data: bytes, charset: str = "") -> str:
    """Decode markup by the charset given with it, else by its own meta element."""
    meta = _META_CHARSET.search(data[:4096])
    return decode(data, charset or (meta[1].decode("ascii", "replace") if meta else ""))
