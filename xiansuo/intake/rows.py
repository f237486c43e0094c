"""Owns what the cells of one register row become: subject, text, respondents, and the writer's identities."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import orjson

from xiansuo.domain.letter import Channel, Identity, IdentityKind, Item, Kind, Letter, Part, PartRole, Trouble
from xiansuo.intake.content import CannotRead, each_once
from xiansuo.intake.dates import parse_date
from xiansuo.intake.headings import Field, Headings, plain
from xiansuo.intake.limits import Limits

_IDENTITIES = {
    Field.WRITER_NAME: IdentityKind.NAME,
    Field.WRITER_PHONE: IdentityKind.PHONE,
    Field.WRITER_ADDRESS: IdentityKind.ADDRESS,
    Field.WRITER_ID_NUMBER: IdentityKind.ID_NUMBER,
    Field.WRITER_EMAIL: IdentityKind.EMAIL,
    Field.WRITER_ACCOUNT: IdentityKind.ACCOUNT,
    Field.WRITER_UNIT: IdentityKind.OTHER,
}
_SEPARATORS = re.compile(r"[、,，;；/\s]+")
_DIGIT = r"\d一二三四五六七八九十百千余多"
# Without 等 it is tried only where spaces or a number begin: a cell full of spaces is read once.
_AND_MORE = re.compile(
    rf"(?:等|(?<!\s)(?<![{_DIGIT}](?=[{_DIGIT}])))\s*+[{_DIGIT}]*+\s*+(人|户|名群众|名村民)$|等$|[(\uff08].{{0,200}}?[)\uff09]"
)
_SHAPES = (
    (IdentityKind.EMAIL, re.compile(r"(?<!\S)\S+@\S+")),
    (IdentityKind.ID_NUMBER, re.compile(r"\d{17}[\dXx]|\d{15}")),
    (IdentityKind.PHONE, re.compile(r"\+?[\d-]{7,}")),
)
_ABOUT = {Field.RESPONDENT_NAME: "被反映人", Field.RESPONDENT_UNIT: "单位", Field.RESPONDENT_POSITION: "职务"}
_NAMED_KINDS = {kind.value: kind for kind in Kind}
_KINDS = {Channel.POST: Kind.LETTER, Channel.BOX: Kind.LETTER, Channel.MAILBOX: Kind.EMAIL, Channel.WEB: Kind.FORM}


def read_cells(item: Item, *, words: Headings, limits: Limits) -> Letter:
    """Return the letter of a row item; raise CannotRead when its text cells are empty or its data is no row."""
    cells = _grouped(_parsed(item.data), words)
    subject, written = _writing(cells)
    if not written:
        raise CannotRead(Trouble.EMPTY)
    text = _about(cells) + written
    if len(text) > limits.max_text_chars:
        raise CannotRead(Trouble.TOO_LARGE, f"文字{len(text)}字，超过上限{limits.max_text_chars}")
    unit = _first(cells, Field.RESPONDENT_UNIT)
    return Letter(
        item=item,
        text=text,
        subject=subject,
        kind=_kind(cells, item.channel),
        received=item.received or parse_date(_first(cells, Field.RECEIVED)),
        parts=(Part(PartRole.BODY, 0, len(text)),),
        identities=each_once(_identities(cells, words)),
        named_unit=unit,
        named_position=_first(cells, Field.RESPONDENT_POSITION),
        named_respondents=tuple(dict.fromkeys(_names(cells[Field.RESPONDENT_NAME], words))),
    )


def _parsed(data: bytes) -> dict[str, str]:
    try:
        row = orjson.loads(data)
    except ValueError as error:
        raise CannotRead(Trouble.DAMAGED, "不是登记表的一行") from error
    if not isinstance(row, dict):
        raise CannotRead(Trouble.DAMAGED, "不是登记表的一行")
    return {key: value for key, value in row.items() if isinstance(value, str)}


def _grouped(row: Mapping[str, str], words: Headings) -> Mapping[Field, list[str]]:
    """Return the cells of each field, the one with the most usual heading first."""
    cells: defaultdict[Field, list[str]] = defaultdict(list)
    for key in sorted(row, key=lambda key: words.order.get(plain(key), len(words.order))):
        if field := words.field_of(key):
            cells[field].append(_tidy(row[key]))
    return cells


def _tidy(cell: str) -> str:
    return cell.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").strip()


def _writing(cells: Mapping[Field, list[str]]) -> tuple[str, str]:
    """Return subject and text; a register that has titles only has nothing else to read."""
    subject = " ".join(cell for cell in cells[Field.SUBJECT] if cell)
    text = "\n".join(dict.fromkeys(cell for cell in cells[Field.TEXT] if cell))
    return (subject, text) if text else ("", subject)


def _about(cells: Mapping[Field, list[str]]) -> str:
    """Return whom the register says the letter is about, as a first line, so that sealing, ranking and linking read it too."""
    named = [f"{label}：{cell}" for field, label in _ABOUT.items() if (cell := _first(cells, field))]
    return "　".join(named) + "\n" if named else ""


def _first(cells: Mapping[Field, list[str]], field: Field) -> str:
    return next((cell for cell in cells[field] if cell), "")


def _kind(cells: Mapping[Field, list[str]], channel: Channel) -> Kind | None:
    """Return the kind that its column or the channel tells; talk noted down may be an interview, which the text shows."""
    named = _first(cells, Field.KIND)
    return _NAMED_KINDS.get(named) or _KINDS.get(channel)


def _identities(cells: Mapping[Field, list[str]], words: Headings) -> Iterator[Identity]:
    units = set(cells[Field.RESPONDENT_UNIT])
    for field, kind in _IDENTITIES.items():
        for cell in cells[field]:
            if kind in {IdentityKind.NAME, IdentityKind.PHONE}:
                yield from (Identity(_shape(token, kind), token) for token in _names([cell], words))
            # The body complained about must stay readable, also where the writer works in it.
            elif cell and plain(cell) and cell.lower() not in words.not_names and cell not in units:
                yield Identity(kind, cell)


def _shape(token: str, kind: IdentityKind) -> IdentityKind:
    """Tell a telephone number written into the name's cell, and the like."""
    return next((shape for shape, pattern in _SHAPES if pattern.fullmatch(token)), kind)


def _names(cells: Sequence[str], words: Headings) -> Iterator[str]:
    for cell in cells:
        for token in _SEPARATORS.split(cell):
            name = _AND_MORE.sub("", token).strip()
            if len(name) > 1 and name.lower() not in words.not_names:
                yield name
