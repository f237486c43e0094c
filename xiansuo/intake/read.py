"""Owns reading one item into a letter: the table of readers by media type, and the one place where a hostile file ends in quarantine."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from io import BytesIO
from typing import Protocol, TypeVar

from xiansuo.domain.letter import Item, Kind, Letter, PartRole, Trouble, Unreadable
from xiansuo.intake import media, registers
from xiansuo.intake.archive import read_zip
from xiansuo.intake.cards import read_card
from xiansuo.intake.content import CannotRead, Content, Declared, Nest, Piece, assemble
from xiansuo.intake.docx import read_docx
from xiansuo.intake.html import read_html
from xiansuo.intake.jsonl import read_record
from xiansuo.intake.limits import Limits
from xiansuo.intake.mail import as_forwarded, read_mail
from xiansuo.intake.notes import note
from xiansuo.intake.old_office import WAYS, converted
from xiansuo.intake.outlook import read_outlook
from xiansuo.intake.pdf import read_pdf
from xiansuo.intake.plain import read_plain
from xiansuo.intake.pptx import read_pptx
from xiansuo.intake.scans import read_picture
from xiansuo.intake.sheet_text import read_workbook
from xiansuo.intake.sniff import sniff

_T = TypeVar("_T")
Extractor = Callable[[bytes, Nest, str], Content]


class Reader(Protocol):
    """Reads one item; raises CannotRead or returns Unreadable when it cannot."""

    def __call__(self, item: Item, *, limits: Limits) -> Letter | Unreadable:
        """Return the letter."""
        ...


def _pictures(media_type: str) -> Extractor:
    return lambda data, nest, _charset: read_picture(data, media_type, nest)


def _outlook(media_type: str) -> Extractor:
    return lambda data, nest, _charset: read_outlook(data, media_type, nest)


def _old(media_type: str) -> Extractor:
    """Make the extractor of a format that LibreOffice writes anew; what it says is then read as ours."""
    read_new = _MODERN[WAYS[media_type].media_type]

    def read_old(data: bytes, nest: Nest, charset: str) -> Content:
        content = read_new(converted(data, media_type, nest.limits), nest, charset)
        return replace(content, pieces=tuple(replace(piece, media_type=media_type) for piece in content.pieces))

    return read_old


def _trusting(extract: Callable[[bytes, Nest], Content]) -> Extractor:
    """Make the extractor of a format whose libraries trust what a file says of itself: whatever they raise is damage."""

    def read_trusting(data: bytes, nest: Nest, _charset: str) -> Content:
        try:
            return extract(data, nest)
        except (CannotRead, MemoryError):
            raise
        except Exception as error:
            raise CannotRead(Trouble.DAMAGED, f"文件结构不完整（{type(error).__name__}）") from error

    return read_trusting


_MODERN: Mapping[str, Extractor] = {
    media.DOCX: _trusting(read_docx),
    media.XLSX: _trusting(read_workbook),
    media.PPTX: _trusting(read_pptx),
}

# What lies in a file, also inside a mail or an archive: (bytes, nest, declared charset) → content.
EXTRACTORS: Mapping[str, Extractor] = {
    **_MODERN,
    media.MAIL: lambda data, nest, _charset: read_mail(data, nest),
    media.PLAIN: read_plain,
    media.CSV: read_plain,
    media.JSONL: read_plain,
    media.HTML: read_html,
    media.CARD: read_card,
    media.CALENDAR: read_card,
    media.PDF: _trusting(read_pdf),
    media.ZIP: lambda data, nest, _charset: read_zip(BytesIO(data), nest),
    **{media_type: _outlook(media_type) for media_type in sorted(media.OUTLOOK)},
    **{media_type: _pictures(media_type) for media_type in sorted(media.IMAGES - {media.HEIC})},
    **{media_type: _old(media_type) for media_type in WAYS},
}

# Formats that are recognised and that nothing here reads.
_TROUBLES: Mapping[str, Trouble] = {media.LOCKED_OFFICE: Trouble.ENCRYPTED, media.HEIC: Trouble.NEEDS_EXTRA}
_ADVICE: Mapping[str, str] = {media.HEIC: "（HEIC）；请转成 jpg"}


def read(item: Item, *, limits: Limits) -> Letter | Unreadable:
    """Read an item into a letter, or say why it cannot be read; never raises for bad content."""
    result = attempt(lambda: _read(item, limits))
    return Unreadable(item, result.trouble, result.detail) if isinstance(result, CannotRead) else result


def attempt(work: Callable[[], _T]) -> _T | CannotRead:
    """Run a parser on a stranger's bytes and turn whatever it raises into a reason.

    The breadth is on purpose and only here: parsers of hostile files raise anything, and the letter must reach quarantine.
    Only the name of the error is kept, as messages of parsers quote the content.
    """
    try:
        return work()
    except CannotRead as reason:
        return reason
    except (MemoryError, RecursionError) as error:
        return CannotRead(Trouble.DAMAGED, type(error).__name__)
    except Exception as error:  # noqa: BLE001 - see the docstring
        return CannotRead(Trouble.FAILED, type(error).__name__)


def _read(item: Item, limits: Limits) -> Letter | Unreadable:
    if not item.data:
        raise CannotRead(Trouble.EMPTY, "0字节")
    if len(item.data) > limits.max_letter_bytes:
        raise CannotRead(Trouble.TOO_LARGE, f"{len(item.data)}字节，超过上限{limits.max_letter_bytes}")
    media_type = sniff(BytesIO(item.data)) if item.media_type == media.UNKNOWN else item.media_type
    reader = READERS.get(media_type)
    if reader is None:
        raise _refusal(media_type)
    return reader(item, limits=limits)


def _refusal(media_type: str) -> CannotRead:
    return CannotRead(
        _TROUBLES.get(media_type, Trouble.UNKNOWN_FORMAT),
        f"格式：{media.label(media_type)}{_ADVICE.get(media_type, '')}",
    )


def _file_reader(media_type: str) -> Reader:
    """Make the reader of a format that is also met inside mails and archives."""

    def read_file(item: Item, *, limits: Limits) -> Letter:
        content = EXTRACTORS[media_type](item.data, Nest(limits, open_part), "")
        _refuse_silence(content)
        return assemble(item, content, kind=Kind.EMAIL if media_type in _MAILS else None, limits=limits)

    return read_file


def _refuse_silence(content: Content) -> None:
    """Raise CannotRead where nothing could be read: such a letter belongs before a person, not at the end of the queue."""
    if any(piece.text for piece in content.pieces):
        return
    troubles = [piece.trouble for piece in content.pieces if piece.trouble]
    if troubles:
        raise CannotRead(troubles[0], f"没有可读文字，{len(troubles)}个部分没有读取")
    if not content.subject:
        raise CannotRead(Trouble.EMPTY, "没有主题，没有正文，没有附件")


def open_part(load: Callable[[], bytes], name: str, declared: Declared, nest: Nest) -> Content:
    """Read what lies inside a letter; what cannot be read becomes an empty part with a note and the letter goes on."""
    data = attempt(load)
    if isinstance(data, CannotRead):
        return _unread(media.UNKNOWN, name, data)
    media_type = _part_type(data, declared)
    content = attempt(lambda: _extract(media_type, data, declared, nest))
    if isinstance(content, CannotRead):
        return _unread(media_type, name, content)
    forwarded = as_forwarded(content) if media_type in {media.MAIL, media.MSG} else content
    pieces = tuple(_attached(piece, media_type, name) for piece in forwarded.pieces)
    return replace(forwarded, pieces=pieces)


def _part_type(data: bytes, declared: Declared) -> str:
    """Content decides; what was declared only decides between kinds of text."""
    found = sniff(BytesIO(data))
    is_text = found in {media.PLAIN, media.HTML, media.MAIL}
    return declared.media_type if is_text and declared.media_type in {media.HTML, media.MAIL} else found


def _extract(media_type: str, data: bytes, declared: Declared, nest: Nest) -> Content:
    if len(data) > nest.limits.max_letter_bytes:
        raise CannotRead(Trouble.TOO_LARGE, f"{len(data)}字节")
    extractor = EXTRACTORS.get(media_type)
    if extractor is None:
        raise _refusal(media_type)
    return extractor(data, nest, declared.charset)


def _attached(piece: Piece, media_type: str, name: str) -> Piece:
    role = PartRole.ATTACHMENT if piece.role is PartRole.BODY else piece.role
    # Of what Outlook repeats beside a mail's own body, the mail wants to know that it came from there.
    is_inside = media_type in _WRAPPERS or (media_type == media.TNEF and piece.role is PartRole.ATTACHMENT)
    kind = piece.media_type if is_inside else media_type
    return replace(piece, role=role, media_type=kind, name=piece.name or name)


def _unread(media_type: str, name: str, reason: CannotRead) -> Content:
    return Content(
        (Piece(PartRole.ATTACHMENT, "", media_type, name, note(media_type, reason.trouble), reason.trouble),)
    )


_MAILS = media.OUTLOOK | {media.MAIL}
_WRAPPERS = frozenset({media.ZIP, media.MAIL, media.MSG})

# Every format an item can have; a format met for the first time gets its place here.
READERS: Mapping[str, Reader] = {
    **{media_type: _file_reader(media_type) for media_type in EXTRACTORS},
    media.RECORD: read_record,
    media.ROW: registers.read_row,
}
