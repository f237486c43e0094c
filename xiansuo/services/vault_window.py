"""What the vault window shows of a letter: plain text in pieces, and what stands behind each mask. In memory only."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from xiansuo.domain.letter import Identity, IdentityKind, Letter, Part, PartRole
from xiansuo.domain.reveal import Reveal, Secret
from xiansuo.domain.text import Replacement
from xiansuo.storage.repositories.letters import StoredLetter
from xiansuo.text.mask import PLACEHOLDERS

# Nobody told these. To trace a writer by them takes an approval that this program cannot give (规则第二十九条).
_TRACES = frozenset({IdentityKind.HEADER, IdentityKind.FILE_METADATA})


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the letter; `placeholder` is what stands for it elsewhere, empty where nothing is masked."""

    text: str = field(repr=False)
    placeholder: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the letter (body, attachment, quoted mail …) as pieces."""

    part: Part
    pieces: tuple[Piece, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Window:
    """An original or an identity as shown. `masked` are (placeholder, what it stands for).

    `readable` is false where the original cannot be read now, `fitting` where a newer reader takes it apart in another way
    than when it was masked, so that only the list of identities is sure.
    """

    reveal: Reveal
    subject: tuple[Piece, ...] = field(default=(), repr=False)
    sections: tuple[Section, ...] = field(default=(), repr=False)
    identities: tuple[Identity, ...] = field(default=(), repr=False)
    masked: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    readable: bool = True
    fitting: bool = True


@dataclass(frozen=True, slots=True)
class Opened:
    """A letter as stored, as read from its original (nothing where it cannot be read), and its masks."""

    stored: StoredLetter
    clear: Letter | None = field(repr=False)
    identities: tuple[Identity, ...] = field(repr=False)
    subject_mask: tuple[Replacement, ...] = field(repr=False)
    text_mask: tuple[Replacement, ...] = field(repr=False)


def window(reveal: Reveal, opened: Opened) -> Window:
    """Return what the window of a granted request shows."""
    if reveal.what is Secret.ORIGINAL:
        return _original(reveal, opened.clear)
    return _identity(reveal, opened)


def _original(reveal: Reveal, clear: Letter | None) -> Window:
    if clear is None:
        return Window(reveal, readable=False)
    return Window(reveal, tuple(_pieces(clear.subject, (), 0, len(clear.subject))), tuple(_sections(clear, ())))


def _identity(reveal: Reveal, opened: Opened) -> Window:
    clear, told = opened.clear, tuple(one for one in opened.identities if one.kind not in _TRACES)
    if clear is None or not _fits(opened, clear):
        return Window(reveal, identities=told, readable=clear is not None, fitting=False)
    subject = tuple(_pieces(clear.subject, opened.subject_mask, 0, len(clear.subject)))
    sections = tuple(_sections(clear, opened.text_mask))
    pieces = [*subject, *(piece for section in sections for piece in section.pieces)]
    masked = dict.fromkeys((piece.placeholder, piece.text) for piece in pieces if piece.placeholder)
    return Window(reveal, subject, sections, told, tuple(masked))


def _fits(opened: Opened, clear: Letter) -> bool:
    masked = (_masked(clear.subject, opened.subject_mask), _masked(clear.text, opened.text_mask))
    return masked == (opened.stored.subject, opened.stored.text)


def _masked(text: str, masks: Sequence[Replacement]) -> str:
    return "".join(piece.placeholder or piece.text for piece in _pieces(text, masks, 0, len(text)))


def _sections(clear: Letter, masks: Sequence[Replacement]) -> Iterator[Section]:
    for part in clear.parts or (Part(PartRole.BODY, 0, len(clear.text)),):
        yield Section(part, tuple(_pieces(clear.text, masks, part.start, part.end)))


def _pieces(text: str, masks: Sequence[Replacement], start: int, end: int) -> Iterator[Piece]:
    done = start
    for one in masks:
        first, last = max(one.source.start, start), min(one.source.end, end)
        if first < last:
            if done < first:
                yield Piece(text[done:first])
            yield Piece(text[first:last], PLACEHOLDERS[one.type])
            done = last
    if done < end:
        yield Piece(text[done:end])
