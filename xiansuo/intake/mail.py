"""Owns reading one mail: its body in the sender's charset, its attachments as parts, what nobody can read as notes."""

from collections.abc import Callable
from dataclasses import replace
from email import message_from_bytes
from email.policy import compat32
from itertools import compress

from xiansuo.domain.letter import PartRole, Trouble
from xiansuo.intake import mail_parts as parts
from xiansuo.intake.content import CannotRead, Content, Nest, Piece
from xiansuo.intake.mail_headers import header, headers, sender_identities, sent_on
from xiansuo.intake.media import TNEF
from xiansuo.intake.quotes import divide

_UNDECODABLE_BODY = "邮件正文的文字编码无法判断，没有读取。"


def read_mail(data: bytes, nest: Nest) -> Content:
    """Read a mail with everything attached to it; raise CannotRead beyond the limits."""
    inner = nest.deeper()
    message = message_from_bytes(data, policy=compat32)
    nest.tally.take(nest.limits, members=sum(1 for _ in message.walk()))
    said = headers(message)
    subject = header(said, "subject")
    leaves = parts.leaves(message)
    shown = [leaf.is_body for leaf in leaves]
    body = _body(list(compress(leaves, shown)), subject)
    attached = [
        _said_once(_open(leaf, inner), body) for leaf, is_text in zip(leaves, shown, strict=True) if not is_text
    ]
    return Content(
        pieces=(*body, *(piece for content in attached for piece in content.pieces)),
        identities=(
            *sender_identities(said),
            *(identity for content in attached for identity in content.identities),
        ),
        subject=subject,
        received=sent_on(said),
        message_id=header(said, "message-id"),
    )


def as_forwarded(content: Content) -> Content:
    """Turn a mail inside a mail into parts of the outer one: its new text is FORWARDED, led by its subject."""
    pieces = [
        replace(piece, role=PartRole.FORWARDED) if piece.role is PartRole.BODY else piece for piece in content.pieces
    ]
    first = next((at for at, piece in enumerate(pieces) if piece.role is PartRole.FORWARDED and piece.text), None)
    if content.subject and first is not None:
        pieces[first] = replace(pieces[first], text=f"{content.subject}\n{pieces[first].text}")
    return replace(content, pieces=tuple(pieces))


def _said_once(content: Content, body: tuple[Piece, ...]) -> Content:
    """Leave out what a winmail.dat repeats of the body beside it."""
    said = _squeezed("".join(piece.text for piece in body))
    repeated = (piece.media_type == TNEF and piece.text and _squeezed(piece.text) in said for piece in content.pieces)
    return replace(content, pieces=tuple(p for p, again in zip(content.pieces, repeated, strict=True) if not again))


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _body(leaves: list[parts.Leaf], subject: str) -> tuple[Piece, ...]:
    texts: list[str] = []
    failed: list[Piece] = []
    for leaf in leaves:
        try:
            texts.append(leaf.text)
        except CannotRead as reason:
            failed.append(Piece(PartRole.BODY, "", leaf.media_type, note=_UNDECODABLE_BODY, trouble=reason.trouble))
    return (*divide("\n\n".join(text for text in texts if text), subject=subject), *failed)


def _open(leaf: parts.Leaf, nest: Nest) -> Content:
    return nest.open_part(_loader(leaf), leaf.filename, leaf.declared, nest)


def _loader(leaf: parts.Leaf) -> Callable[[], bytes]:
    def load() -> bytes:
        data = leaf.payload
        if not data:
            raise CannotRead(Trouble.EMPTY, "附件0字节")
        return data

    return load
