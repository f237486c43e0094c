"""Owns what a reader hands over before it becomes a letter: pieces of text, identities, and the reason for giving up."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Self

from xiansuo.domain.letter import Identity, Item, Kind, Letter, Part, PartRole, Trouble
from xiansuo.intake.limits import Limits
from xiansuo.intake.media import PLAIN


class CannotRead(Exception):  # noqa: N818 - it is an outcome that ends in quarantine, named as people say it
    """A piece of content cannot be read; `detail` holds numbers and technical facts only."""

    def __init__(self, trouble: Trouble, detail: str = "") -> None:
        super().__init__(trouble.value, detail)
        self.trouble = trouble
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text before its place in the letter is known."""

    role: PartRole
    text: str = field(repr=False)
    media_type: str = PLAIN
    name: str = field(default="", repr=False)
    note: str = ""
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """Everything one file or mail says."""

    pieces: tuple[Piece, ...]
    identities: tuple[Identity, ...] = ()
    subject: str = field(default="", repr=False)
    received: date | None = None
    message_id: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Declared:
    """What the sender says about a part; both may be missing or wrong."""

    media_type: str = ""
    charset: str = ""


@dataclass(slots=True)
class Tally:
    """What unpacking one letter or one top-level archive has used up so far."""

    members: int = 0
    unpacked: int = 0

    def take(self, limits: Limits, *, members: int = 0, unpacked: int = 0) -> None:
        """Count what is about to be opened; raise CannotRead(ARCHIVE_LIMIT) when it is too much."""
        self.members += members
        self.unpacked += unpacked
        if self.members > limits.max_members:
            raise CannotRead(Trouble.ARCHIVE_LIMIT, f"文件数超过上限{limits.max_members}")
        if self.unpacked > limits.max_total_unpacked:
            raise CannotRead(Trouble.ARCHIVE_LIMIT, f"解压后总量超过上限{limits.max_total_unpacked}字节")


@dataclass(frozen=True, slots=True)
class Nest:
    """How deep inside a letter a reader stands, and how it opens what lies inside.

    `open_part(load, name, declared, nest)` never raises: what cannot be read becomes an empty piece with a note.
    """

    limits: Limits
    open_part: Callable[[Callable[[], bytes], str, Declared, "Nest"], Content]
    depth: int = 0
    tally: Tally = field(default_factory=Tally)

    def deeper(self) -> Self:
        """Step one level in; raise CannotRead(ARCHIVE_LIMIT) below the deepest allowed level."""
        if self.depth >= self.limits.max_depth:
            raise CannotRead(Trouble.ARCHIVE_LIMIT, f"层数超过上限{self.limits.max_depth}")
        return replace(self, depth=self.depth + 1)


_SEPARATOR = "\n\n"


def assemble(item: Item, content: Content, *, kind: Kind | None = None, limits: Limits) -> Letter:
    """Lay the pieces out as one letter: body first, other parts after it, an empty line between them."""
    parts: list[Part] = []
    position = 0
    texts: list[str] = []
    for piece in content.pieces:
        if texts and piece.text:
            position += len(_SEPARATOR)
        end = position + len(piece.text)
        parts.append(Part(piece.role, position, end, piece.media_type, piece.name, piece.note))
        if piece.text:
            texts.append(piece.text)
        position = end
    if position > limits.max_text_chars:
        raise CannotRead(Trouble.TOO_LARGE, f"文字{position}字，超过上限{limits.max_text_chars}")
    return Letter(
        item=item,
        text=_whole(_SEPARATOR.join(texts)),
        subject=_whole(content.subject),
        kind=kind,
        received=content.received or item.received,
        parts=tuple(parts),
        identities=each_once(content.identities),
        message_id=content.message_id,
    )


def _whole(text: str) -> str:
    """Put question marks, one for one, in the place of half characters, which no charset has and no later step can write."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def each_once(identities: Iterable[Identity]) -> tuple[Identity, ...]:
    """Keep the first mention of every identity value."""
    first: dict[str, Identity] = {}
    for identity in identities:
        first.setdefault(identity.value, identity)
    return tuple(first.values())
