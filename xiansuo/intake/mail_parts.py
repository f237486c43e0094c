"""Owns the tree of a mail: which leaves are body, which are attached, and the bytes and text of each."""

import re
from email.message import Message
from email.policy import compat32
from io import BytesIO

from xiansuo.intake import media
from xiansuo.intake.charsets import decode
from xiansuo.intake.content import CannotRead, Declared
from xiansuo.intake.html import decode_html, html_to_text
from xiansuo.intake.mail_headers import decode_words, header, unpack_base64
from xiansuo.intake.plain import tidy
from xiansuo.intake.sniff import sniff

_TEXTS = frozenset({media.PLAIN, media.HTML, media.MAIL, media.CSV, media.JSONL, media.MBOX})
_ENCODINGS = ("base64", "quoted-printable", "x-uuencode", "uuencode", "uue", "x-uue")
# A plain part shorter than this may be a mere "your mailer cannot show HTML".
_SURE_PLAIN = 200


def leaves(message: Message) -> list[Message]:
    """List the parts that are to be read, in order; of alternatives only one text, but everything attached to any."""
    if message.get_content_maintype() != "multipart" or not message.is_multipart():
        return [message]
    branches = [leaves(child) for child in _children(message)]
    if message.get_content_subtype() == "alternative":
        chosen = _choose(branches)
        branches = [
            branch if branch is chosen else [leaf for leaf in branch if not is_body(leaf)] for branch in branches
        ]
    return [leaf for branch in branches for leaf in branch]


def is_body(leaf: Message) -> bool:
    """Tell whether a leaf is text that a mail program shows, not a file that was attached."""
    kind = leaf.get_content_type()
    shown = kind in {media.PLAIN, media.HTML} or (
        leaf.get_content_maintype() == "multipart" and not leaf.is_multipart()
    )
    if not shown or _disposition(leaf) == "attachment" or filename(leaf):
        return False
    return sniff(BytesIO(payload(leaf))) in _TEXTS or _is_utf16(leaf)


def text_of(leaf: Message) -> str:
    """Return the text of a body leaf; raise CannotRead(UNDECODABLE) when its charset cannot be found out."""
    data = payload(leaf)
    charset = declared(leaf).charset
    if leaf.get_content_type() == media.HTML:
        return html_to_text(decode_html(data, charset))
    text = tidy(decode(data, charset)) if data else ""
    return _unflowed(decode(data, charset), leaf) if _parameter(leaf, "format").lower() == "flowed" else text


def payload(leaf: Message) -> bytes:
    """Return a leaf's bytes with its transfer encoding undone, however it is spelt."""
    if leaf.is_multipart():
        return _nested(leaf, _children(leaf))
    _repair_encoding(leaf)
    data = leaf.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def filename(leaf: Message) -> str:
    """Return the name an attachment came with, '' when it has none."""
    for key, parameter in (("content-disposition", "filename"), ("content-type", "name")):
        value = _parameter(leaf, parameter, key)
        if value:
            return re.sub(r"\s+", " ", decode_words(value)).strip()
    return ""


def declared(leaf: Message) -> Declared:
    """Return what a leaf says about itself."""
    return Declared(media_type=leaf.get_content_type(), charset=_parameter(leaf, "charset"))


def _choose(branches: list[list[Message]]) -> list[Message]:
    """Prefer the plain alternative unless it is empty or says nothing of what the HTML says."""
    shown = [branch for branch in branches if any(is_body(leaf) for leaf in branch)]
    plain = next((branch for branch in shown if not _has_html(branch)), None)
    rich = next((branch for branch in shown if _has_html(branch)), None)
    if plain is None or rich is None:
        return plain or rich or []
    plain_length = _length(plain)
    if plain_length >= _SURE_PLAIN:
        return plain
    return rich if not plain_length or _length(rich) > 4 * plain_length + 60 else plain


def _has_html(branch: list[Message]) -> bool:
    return any(leaf.get_content_type() == media.HTML for leaf in branch)


def _length(branch: list[Message]) -> int:
    """Count the characters a branch shows; undecodable text shows none."""
    total = 0
    for leaf in branch:
        try:
            total += len(text_of(leaf).strip()) if is_body(leaf) else 0
        except CannotRead:
            continue
    return total


def _children(message: Message) -> list[Message]:
    return [child for child in message.get_payload() if isinstance(child, Message)]


def _nested(leaf: Message, children: list[Message]) -> bytes:
    """Return a mail inside a mail as bytes; some mailers pack it in base64 against the rules."""
    if not children:
        return b""
    inner = children[0]
    packed = inner.get_payload()
    if not inner.keys() and isinstance(packed, str) and "base64" in header(leaf, "content-transfer-encoding").lower():
        return unpack_base64(packed.encode("ascii", "ignore"))
    return b"\n".join(_written(child) for child in children)


def _written(message: Message) -> bytes:
    try:
        return message.as_bytes(policy=compat32)
    except UnicodeError:  # 8-bit bytes where the writer allows none
        return message.as_string(policy=compat32).encode("utf-8", "surrogateescape")


def _repair_encoding(leaf: Message) -> None:
    """Leave only the name of the encoding in its header, as the parser knows no other spelling."""
    said = header(leaf, "content-transfer-encoding").lower()
    known = next((name for name in _ENCODINGS if name in said), "")
    if known and said != known:
        del leaf["content-transfer-encoding"]
        leaf["content-transfer-encoding"] = known


def _disposition(leaf: Message) -> str:
    return header(leaf, "content-disposition").split(";")[0].strip().lower()


def _parameter(leaf: Message, name: str, key: str = "content-type") -> str:
    """Return a header's parameter with its RFC 2231 parts joined and decoded; '' when it is missing or beyond repair."""
    try:
        value = _readable(leaf, key).get_param(name, "", key)
    except (ValueError, TypeError, LookupError, AttributeError):
        return ""
    if isinstance(value, tuple):
        charset, _, text = value
        return _rfc2231(text, charset or "")
    return str(value).strip()


def _readable(leaf: Message, key: str) -> Message:
    """Return the leaf, or a copy of its header where that holds 8-bit bytes, which the parser would throw away."""
    raw = next((str(value) for name, value in leaf.raw_items() if name.lower() == key), "")
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


def _is_utf16(leaf: Message) -> bool:
    return declared(leaf).charset.lower().startswith(("utf-16", "utf-32"))


def _unflowed(text: str, leaf: Message) -> str:
    """Join the lines of a format=flowed body (RFC 3676): a trailing blank means that the paragraph goes on."""
    glue = "" if _parameter(leaf, "delsp").lower() == "yes" else " "
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
