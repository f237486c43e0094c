"""Owns what the columns of a register mean: the word list of headings and the office's own mapping files."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from itertools import product
from pathlib import Path

import yaml

from xiansuo.domain.letter import Channel
from xiansuo.errors import UsageError
from xiansuo.settings import Settings


class Field(StrEnum):
    """What a register's column holds."""

    POSITION = "position"
    NUMBER = "number"
    RECEIVED = "received"
    CHANNEL = "channel"
    KIND = "kind"
    SUBJECT = "subject"
    TEXT = "text"
    CATEGORY = "category"
    SENDER = "sender"
    LIST_NUMBER = "list_number"
    HANDLING = "handling"
    NOTE = "note"
    WRITER_NAME = "writer_name"
    WRITER_PHONE = "writer_phone"
    WRITER_ADDRESS = "writer_address"
    WRITER_ID_NUMBER = "writer_id_number"
    WRITER_EMAIL = "writer_email"
    WRITER_ACCOUNT = "writer_account"
    WRITER_UNIT = "writer_unit"
    WRITER_POSITION = "writer_position"
    WRITER_OTHER = "writer_other"
    RESPONDENT_NAME = "respondent_name"
    RESPONDENT_PHONE = "respondent_phone"
    RESPONDENT_ADDRESS = "respondent_address"
    RESPONDENT_ID_NUMBER = "respondent_id_number"
    RESPONDENT_EMAIL = "respondent_email"
    RESPONDENT_ACCOUNT = "respondent_account"
    RESPONDENT_UNIT = "respondent_unit"
    RESPONDENT_POSITION = "respondent_position"
    RESPONDENT_OTHER = "respondent_other"


_FIELDS = {field.value: field for field in Field}


class HeadingError(UsageError):
    """A word list or mapping file says something about headings that has no meaning."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: the key under which a row keeps its cells, and its field if the heading is known.

    A key ends in `→field` where the heading alone, without its neighbours or a mapping file, would not tell the field.
    """

    key: str
    field: Field | None


@dataclass(frozen=True, slots=True)
class Headings:
    """The words of the register headings; `fields` and `members` are keyed by the plain form of a heading."""

    fields: Mapping[str, Field]
    groups: Mapping[str, str]
    members: Mapping[str, str]
    about_writer: frozenset[str]
    order: Mapping[str, int]
    channels: tuple[tuple[Channel, tuple[str, ...]], ...]
    not_names: frozenset[str]
    list_titles: tuple[str, ...]
    sender_labels: tuple[str, ...]
    number_labels: tuple[str, ...]
    totals: frozenset[str]
    signatures: frozenset[str]
    own: Mapping[str, Field] = field(default_factory=dict)

    def with_mapping(self, mapping: Mapping[str, Field]) -> "Headings":
        """Return the same words, with an office's own headings taking precedence where columns are told."""
        return replace(self, own={plain(word): field for word, field in mapping.items()})

    def field_of(self, key: str) -> Field | None:
        """Return the field of a row's key as `Column` defines it."""
        heading, arrow, code = key.rpartition("→")
        if arrow and code in _FIELDS:
            return _FIELDS[code]
        return self.fields.get(plain(heading + arrow + code))

    def channel_of(self, cell: str) -> Channel | None:
        """Return the channel that a cell such as 群众来信 or 12345热线 names."""
        if not (cell := cell.lower()):
            return None
        return next((channel for channel, words in self.channels if any(word in cell for word in words)), None)


_BRACKETS = re.compile(r"[(\[【〔<《].{0,400}?[)\]】〕>》]", re.DOTALL)
_MARKS = re.compile(r"[\W_]+")


@cache
def plain(heading: str) -> str:
    """Return a heading without spaces, punctuation, bracketed remarks and letter case."""
    text = unicodedata.normalize("NFKC", heading).lower()
    return _MARKS.sub("", _BRACKETS.sub("", text)) or _MARKS.sub("", text)


@cache
def load_headings(path: Path | None = None) -> Headings:
    """Read the word list (by default `data/lexicons/headings.yaml`); raise HeadingError if it cannot be used."""
    path = path or Settings().lexicons / "headings.yaml"
    try:
        words = yaml.safe_load(path.read_text("utf-8"))
        return _headings(words)
    except OSError as error:
        raise HeadingError(f"表头词表 {path} 无法读取。请检查文件是否存在、是否可读。") from error
    except (yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise HeadingError(
            f"表头词表 {path} 的写法有误（{type(error).__name__}：{error}）。请对照原文件改正。"
        ) from error


def load_mapping(path: Path, words: Headings) -> dict[str, Field]:
    """Read an office's own `heading = field` file (TOML or YAML); a field is a code or a heading of the word list."""
    try:
        content = path.read_text("utf-8-sig")
        table = tomllib.loads(content) if path.suffix.lower() == ".toml" else yaml.safe_load(content)
    except OSError as error:
        raise HeadingError(f"对照文件 {path} 无法读取。请检查文件是否存在、是否可读。") from error
    except (tomllib.TOMLDecodeError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise HeadingError(
            f"对照文件 {path} 的写法有误。每行写“表头 = 字段”（TOML）或“表头: 字段”（YAML）。"
        ) from error
    if not isinstance(table, dict):
        raise HeadingError(f"对照文件 {path} 应当逐行写“表头 = 字段”。")
    return {str(heading): _field_named(str(name), words, path) for heading, name in table.items()}


def _field_named(name: str, words: Headings, path: Path) -> Field:
    field = _FIELDS.get(name) or words.fields.get(plain(name))
    if field is None:
        raise HeadingError(
            f"对照文件 {path} 中的字段“{name}”无法识别。可用：{'、'.join(Field)}，或一个通用表头（如“主要问题”）。"
        )
    return field


def _headings(words: Mapping[str, Mapping[str, list[str]]]) -> Headings:
    fields = {plain(str(word)): Field(code) for code, row in words["fields"].items() for word in row}
    order = {plain(str(word)): place for row in words["fields"].values() for place, word in enumerate(row)}
    members = {plain(word): code for code, row in words["about"].items() for word in row}
    groups: dict[str, str] = {}
    for who, people in words["people"].items():
        for person, ending in product(people, ["", *words["group_endings"]]):
            groups[plain(person + ending)] = who
        for person, (member, code) in product(people, members.items()):
            fields[plain(person) + member] = Field(f"{who}_{code}")
        fields.update({plain(person): Field(f"{who}_name") for person in people})
    fields.update({plain(word): Field.RESPONDENT_UNIT for word in words["respondent_units"]})
    channels = tuple((Channel(name), tuple(map(str, row))) for name, row in words["channels"].items())
    hand_over = words["hand_over"]
    return Headings(
        fields=fields,
        groups=groups,
        members=members,
        about_writer=frozenset(words["about_writer"]),
        order=order,
        channels=channels,
        not_names=frozenset(str(word) for word in words["not_names"]),
        list_titles=tuple(hand_over["titles"]),
        sender_labels=tuple(hand_over["sender"]),
        number_labels=tuple(hand_over["list_number"]),
        totals=frozenset(words["totals"]),
        signatures=frozenset(words["signatures"]),
    )


def columns_of(cells: Sequence[str], below: Sequence[str], words: Headings) -> tuple[tuple[Column, ...], int] | None:
    """Return the columns if `cells` (with `below`, for merged headings) is a heading row, and how many rows it takes."""
    # The arrow is ours alone: a heading must not be able to choose its own field.
    cells = [cell.replace("→", "/") for cell in cells]
    merged = _merged(cells, below, words)
    names = ["/".join(pair) if pair else cell for cell, pair in zip(cells, merged, strict=True)]
    own = [_own_field(cell, pair, words) for cell, pair in zip(cells, merged, strict=True)]
    fields = list(_resolved(names, own, words))
    if not _is_heading_row(names, fields):
        return None
    keys = _unique(_key(name, means, words) for name, means in zip(names, fields, strict=True))
    return tuple(Column(key, means) for key, means in zip(keys, fields, strict=True)), 2 if any(merged) else 1


def _key(name: str, means: Field | None, words: Headings) -> str:
    return f"{name}→{means}" if means and words.field_of(name) != means else name


def _own_field(cell: str, pair: tuple[str, str] | None, words: Headings) -> Field | None:
    """Return the field that a heading means whatever stands beside it."""
    if pair:
        code = words.members.get(plain(pair[1]))
        return Field(f"{words.groups[plain(pair[0])]}_{code}") if code else None
    return words.own.get(plain(cell)) or words.fields.get(plain(cell))


def _merged(cells: Sequence[str], below: Sequence[str], words: Headings) -> list[tuple[str, str] | None]:
    """Return for every column its merged heading and the one below it (反映人情况, 姓名), None where nothing is merged.

    A merged cell keeps its text in its first column only. `below` is no second heading row if it holds anything else.
    """
    below = [*below, *[""] * len(cells)][: len(cells)]
    pairs, group = list[tuple[str, str] | None](), ""
    for cell, member in zip(cells, below, strict=True):
        group = (cell if plain(cell) in words.groups else "") if cell else group
        pairs.append((group, member) if group and member else None)
    known = any(pair and plain(pair[1]) in words.members for pair in pairs)
    stray = any(member and not pair for member, pair in zip(below, pairs, strict=True))
    return [None] * len(cells) if stray or not known else pairs


def _resolved(names: Sequence[str], own: Sequence[Field | None], words: Headings) -> Iterator[Field | None]:
    """Give bare headings such as 姓名 or 工作单位 to the person named to their left, else to whom they mostly belong."""
    respondent_known = any(known in {Field.RESPONDENT_NAME, Field.RESPONDENT_UNIT} for known in own)
    codes = {words.members.get(plain(name)) for name, known in zip(names, own, strict=True) if known is None}
    about_respondent = not respondent_known and bool(codes & {"position", "unit"}) and not codes & words.about_writer
    person = ""
    for name, known in zip(names, own, strict=True):
        code = words.members.get(plain(name)) if known is None else None
        if known in {Field.WRITER_NAME, Field.RESPONDENT_NAME}:
            person = known.partition("_")[0]
        if code is None:
            yield known
        elif code in words.about_writer:
            yield Field(f"writer_{code}")
        elif code == "name":
            person = person or ("respondent" if about_respondent else "writer")
            yield Field(f"{person}_name")
        elif code in {"unit", "position"} and not respondent_known:
            yield Field(f"respondent_{code}")
        else:
            yield Field(f"{person or 'respondent'}_{code}")


def _is_heading_row(names: Sequence[str], fields: Sequence[Field | None]) -> bool:
    """Tell a heading row from a title, a form or a letter: it names the text, and most of its cells are known."""
    filled, known = sum(map(bool, names)), sum(field is not None for field in fields)
    if not {Field.TEXT, Field.SUBJECT} & set(fields):
        return False
    if filled == 1:
        return True
    return known >= 2 and (2 * known > filled or (known >= 5 and 3 * known > filled))


def _unique(keys: Iterator[str]) -> Iterator[str]:
    """Give a number to headings that occur twice, as a row's cells are kept by heading."""
    seen: dict[str, int] = {}
    for key in keys:
        seen[key] = seen.get(key, 0) + 1
        if not key or seen[key] == 1:
            yield key
        else:
            name, arrow, code = key.partition("→")
            yield f"{name}({seen[key]}){arrow}{code}"
