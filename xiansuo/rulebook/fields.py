"""Reads YAML into checked fields; every complaint is a sentence that names file, rule, field, value and what is allowed."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TypeVar

import yaml

from xiansuo.rulebook.schema import RuleBookError

Choice = TypeVar("Choice", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a rule file we are."""

    file: str
    rule: str = ""

    def error(self, name: str, value: object, allowed: str) -> RuleBookError:
        """Return the complaint about one field."""
        where = f"{self.file}" + (f"，规则 {self.rule}" if self.rule else "")
        return RuleBookError(f"{where}，字段 {name}：现在是 {_short(value)}，应当是{allowed}。")


def _short(value: object) -> str:
    text = "（没有写）" if value is None else str(value)
    return text if len(text) <= 60 else text[:60] + "…"


class _UniqueKeys(yaml.CSafeLoader):
    """PyYAML keeps the last of two equal keys without a word, which would silently drop half of a group."""


def _mapping(loader: _UniqueKeys, node: yaml.MappingNode) -> dict[object, object]:
    keys = [loader.construct_object(key) for key, _ in node.value]
    twice = sorted({str(key) for key in keys if keys.count(key) > 1})
    if twice:
        raise yaml.MarkedYAMLError(problem=f"“{twice[0]}” 写了两次", problem_mark=node.start_mark)
    return yaml.SafeLoader.construct_mapping(loader, node, deep=True)


_UniqueKeys.add_constructor("tag:yaml.org,2002:map", _mapping)


def read_yaml(path: Path) -> Mapping[str, object]:
    """Return the top mapping of a rule file; raises RuleBookError with the line of a mistake."""
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_UniqueKeys)  # noqa: S506  # a SafeLoader
    except FileNotFoundError as error:
        raise RuleBookError(f"找不到规则文件 {path.name}。请恢复该文件，或检查 XIANSUO_HOME。") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RuleBookError(f"{path.name} 不是正确的 YAML：{_yaml_reason(error)}。请检查缩进、冒号和引号。") from error
    if not isinstance(content, dict):
        raise Place(path.name).error("（整个文件）", content, "“字段: 值”的列表")
    return {str(key): value for key, value in content.items()}


def _yaml_reason(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    line = f"第 {mark.line + 1} 行，" if mark is not None else ""
    return line + str(getattr(error, "problem", None) or "编码或格式错误")


def known(fields: Mapping[str, object], names: Iterable[str], place: Place) -> None:
    """Refuse field names that nobody reads: a typing mistake must not switch a rule off."""
    allowed = list(names)
    for name in fields:
        if name not in allowed:
            raise place.error(name, fields[name], "下列字段之一：" + "、".join(allowed))


def section(value: object, name: str, place: Place) -> Mapping[str, object]:
    """Return a mapping field."""
    if not isinstance(value, dict):
        raise place.error(name, value, "“名称: 内容”的列表")
    return {str(key): entry for key, entry in value.items()}


def entries(value: object, name: str, place: Place) -> Sequence[object]:
    """Return a list field, which may be left out."""
    if value is None:
        return ()
    if not isinstance(value, list):
        raise place.error(name, value, "列表，如 [甲, 乙]")
    return value


def words(value: object, name: str, place: Place) -> tuple[str, ...]:
    """Return a list of strings, which may be left out."""
    listed = entries(value, name, place)
    for word in listed:
        if not isinstance(word, str) or not word.strip():
            raise place.error(name, word, "文字（数字请加引号）")
    return tuple(str(word) for word in listed)


def required_words(value: object, name: str, place: Place) -> tuple[str, ...]:
    """Return a list of strings that holds at least one."""
    listed = words(value, name, place)
    if not listed:
        raise place.error(name, value, "至少有一个词的列表")
    return listed


def sentence(fields: Mapping[str, object], name: str, place: Place) -> str:
    """Return a required string."""
    value = fields.get(name)
    if not isinstance(value, str) or not value.strip():
        raise place.error(name, value, "一句文字")
    return value.strip()


def number(value: object, name: str, place: Place, bounds: tuple[float, float]) -> float:
    """Return a number inside `bounds`."""
    low, high = bounds
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise place.error(name, value, f" {low:g} 到 {high:g} 之间的数")
    return float(value)


def choice(value: object, name: str, place: Place, kind: type[Choice]) -> Choice:
    """Return a member of a fixed list of words."""
    try:
        return kind(str(value))
    except ValueError:
        raise place.error(name, value, "下列之一：" + "、".join(kind)) from None


def identifier(fields: Mapping[str, object], place: Place) -> str:
    """Return a rule's id: small letters, digits and hyphens."""
    value = fields.get("id")
    if not isinstance(value, str) or not re.fullmatch(r"[a-z][a-z0-9-]{2,40}", value):
        raise place.error("id", value, "小写字母开头、只含小写字母、数字和连字符的短名，如 emb-off-book")
    return value


class Groups:
    """Named word groups; `@name` inside a list stands for all words of the group."""

    def __init__(self, raw: Mapping[str, tuple[str, ...]], parent: "Groups | None" = None) -> None:
        self._raw = raw
        self._parent = parent

    def expand(self, listed: Iterable[str], name: str, place: Place, seen: tuple[str, ...] = ()) -> frozenset[str]:
        """Return all words of a list with the groups it names; raises RuleBookError for unknown or circular groups."""
        found: set[str] = set()
        for word in listed:
            found |= self._group(word[1:], name, place, seen) if word.startswith("@") else {word}
        return frozenset(found)

    def _group(self, group: str, name: str, place: Place, seen: tuple[str, ...]) -> frozenset[str]:
        if group in seen:
            raise place.error(name, "@" + group, "不绕回自己的词组")
        if group in self._raw:
            return self.expand(self._raw[group], name, place, (*seen, group))
        if self._parent is not None:
            return self._parent.expand(["@" + group], name, place, seen)
        raise place.error(name, "@" + group, "下列词组之一：" + "、".join(sorted(self._raw)))


def groups(value: object, place: Place, parent: Groups | None = None) -> Groups:
    """Read the `groups` field of a file; its groups hide those of `parent` with the same name."""
    raw = section(value or {}, "groups", place)
    return Groups({name: words(listed, f"groups.{name}", place) for name, listed in raw.items()}, parent)
