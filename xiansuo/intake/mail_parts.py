"""Owns the tree of a mail: which leaves are body, which are attached, and the bytes and text of each."""

import re
from email.message import Message
from email.policy import compat32
from functools import cached_property
from io import BytesIO

from xiansuo.intake import media
from xiansuo.intake.charsets import decode
from xiansuo.intake.content import CannotRead, Declared
from xiansuo.intake.html import decode_html, html_to_text
from xiansuo.intake.mail_headers import decode_words, one_line, unfolded, unpack_base64
from xiansuo.intake.plain import tidy
from xiansuo.intake.sniff import sniff

_TEXTS = frozenset({media.PLAIN, media.HTML, media.MAIL, media.CSV, media.JSONL, media.MBOX})
_ENCODINGS = ("base64", "quoted-printable", "x-uuencode", "uuencode", "uue", "x-uue")
# A plain part shorter than this may be a mere "your mailer cannot show HTML".
_SURE_PLAIN = 200


class Leaf:
    """A part of a mail that holds no others, or a mail that lies inside; what is asked of it is found out once."""

    def __init__(self, message: Message) -> None:
        self._message = message
        # The first header of a name counts.
        self._said = {name.lower(): str(value) for name, value in reversed(list(message.raw_items()))}

    @cached_property
    def media_type(self) -> str:
        """What the sender says that this is."""
        return self._message.get_content_type()

    @cached_property
    def is_body(self) -> bool:
        """Whether this is text that a mail program shows, not a file that was attached."""
        shown = self.media_type in {media.PLAIN, media.HTML} or (
            self.media_type.startswith("multipart/") and not self._message.is_multipart()
        )
        if not shown or self._disposition == "attachment" or self.filename:
            return False
        return sniff(BytesIO(self.payload)) in _TEXTS or self._is_utf16

    @cached_property
    def text(self) -> str:
        """The text of a body; raises CannotRead(UNDECODABLE) when its charset cannot be found out."""
        data = self.payload
        if self.media_type == media.HTML:
            return html_to_text(decode_html(data, self._charset))
        text = decode(data, self._charset) if data else ""
        flowed = self._parameter("format").lower() == "flowed"
        return _unflowed(text, glue="" if self._parameter("delsp").lower() == "yes" else " ") if flowed else tidy(text)

    @cached_property
    def payload(self) -> bytes:
        """The bytes with their transfer encoding undone, however it is spelt."""
        if self._message.is_multipart():
            return _nested(self._header("content-transfer-encoding"), _children(self._message))
        self._repair_encoding()
        data = self._message.get_payload(decode=True)
        return data if isinstance(data, bytes) else b""

    @cached_property
    def filename(self) -> str:
        """The name an attachment came with, '' when it has none."""
        for key, parameter in (("content-disposition", "filename"), ("content-type", "name")):
            value = self._parameter(parameter, key)
            if value:
                return re.sub(r"\s+", " ", decode_words(value)).strip()
        return ""

    @property
    def declared(self) -> Declared:
        """What the part says about itself."""
        return Declared(media_type=self.media_type, charset=self._charset)

    @cached_property
    def _charset(self) -> str:
        return self._parameter("charset")

    @property
    def _is_utf16(self) -> bool:
        return self._charset.lower().startswith(("utf-16", "utf-32"))

    @property
    def _disposition(self) -> str:
        return self._header("content-disposition").split(";")[0].strip().lower()

    def _header(self, name: str) -> str:
        return one_line(unfolded(self._said[name])) if name in self._said else ""

    def _parameter(self, name: str, key: str = "content-type") -> str:
        """Return a header's parameter with its RFC 2231 parts joined and decoded; '' when it is missing or beyond repair."""
        raw = self._said.get(key, "")
        if name not in raw.lower() and raw.isascii():
            return ""
        try:
            value = _readable(self._message, key, raw).get_param(name, "", key)
        except (ValueError, TypeError, LookupError, AttributeError):
            return ""
        if isinstance(value, tuple):
            charset, _, text = value
            return _rfc2231(text, charset or "")
        return str(value).strip()

    def _repair_encoding(self) -> None:
        """Leave only the name of the encoding in its header, as the parser knows no other spelling."""
        said = self._header("content-transfer-encoding").lower()
        known = next((name for name in _ENCODINGS if name in said), "")
        if known and said != known:
            del self._message["content-transfer-encoding"]
            self._message["content-transfer-encoding"] = known


def leaves(message: Message) -> list[Leaf]:
    """List the parts that are to be read, in order; of alternatives only one text, but everything attached to any."""
    if message.get_content_maintype() != "multipart" or not message.is_multipart():
        return [Leaf(message)]
    branches = [leaves(child) for child in _children(message)]
    if message.get_content_subtype() == "alternative":
        chosen = _choose(branches)
        branches = [
            branch if branch is chosen else [leaf for leaf in branch if not leaf.is_body] for branch in branches
        ]
    return [leaf for branch in branches for leaf in branch]


def _choose(branches: list[list[Leaf]]) -> list[Leaf]:
    """Prefer the plain alternative unless it is empty or says nothing of what the HTML says."""
    shown = [branch for branch in branches if any(leaf.is_body for leaf in branch)]
    plain = next((branch for branch in shown if not _has_html(branch)), None)
    rich = next((branch for branch in shown if _has_html(branch)), None)
    if plain is None or rich is None:
        return plain or rich or []
    plain_length = _length(plain)
    if plain_length >= _SURE_PLAIN:
        return plain
    return rich if not plain_length or _length(rich) > 4 * plain_length + 60 else plain


def _has_html(branch: list[Leaf]) -> bool:
    return any(leaf.media_type == media.HTML for leaf in branch)


def _length(branch: list[Leaf]) -> int:
    """Count the characters a branch shows; undecodable text shows none."""
    total = 0
    for leaf in branch:
        try:
            total += len(leaf.text.strip()) if leaf.is_body else 0
        except CannotRead:
            continue
    return total


def _children(message: Message) -> list[Message]:
    return [child for child in message.get_payload() if isinstance(child, Message)]


def _nested(encoding: str, children: list[Message]) -> bytes:
    """Return a mail inside a mail as bytes; some mailers pack it in base64 against the rules."""
    if not children:
        return b""
    inner = children[0]
    packed = inner.get_payload()
    if not inner.keys() and isinstance(packed, str) and "base64" in encoding.lower():
        return unpack_base64(packed.encode("ascii", "ignore"))
    return b"\n".join(_written(child) for child in children)


def _written(message: Message) -> bytes:
    try:
        return message.as_bytes(policy=compat32)
    except UnicodeError:  # 8-bit bytes where the writer allows none
        return message.as_string(policy=compat32).encode("utf-8", "surrogateescape")


def _readable(leaf: Message, key: str, raw: str) -> Message:
    """Return the leaf, or a copy of its header where that holds 8-bit bytes, which the parser would throw away."""
    if raw.isascii():
        return leaf
    copy = Message(policy=compat32)
    copy[key] = decode_words(re.sub(r"\r?\n", "", raw))
    return copy


def _rfc2231(text: str, charset: str) -> str:
    """Decode a parameter whose percent-encoded bytes the parser hands over as Latin-1."""
    data = text.encode("latin-1", "replace")
    try:
        return decode(data, charset)
    except CannotRead:
        return text


def _unflowed(text: str, *, glue: str) -> str:
    """Join the lines of a format=flowed body (RFC 3676): a trailing blank means that the paragraph goes on."""
    paragraphs: list[str] = []
    flows = False
    for line in text.replace("\r\n", "\n").split("\n"):
        line_text = line.removeprefix(" ")
        if flows and not line_text.startswith(">"):
            paragraphs[-1] = (
                paragraphs[-1].removesuffix(" ") + (glue if paragraphs[-1][-2:-1].isascii() else "") + line_text
            )
        else:
            paragraphs.append(line_text)
        flows = line.endswith(" ") and line.rstrip() != "--" and not line.startswith(">")
    return tidy("\n".join(paragraphs))
