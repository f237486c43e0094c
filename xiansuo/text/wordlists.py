"""Owns reading the YAML word lists: checked types, and sentences an inspector understands where a list is wrong."""

from collections.abc import Mapping
from pathlib import Path

import yaml

from xiansuo.errors import XiansuoError


class LexiconError(XiansuoError):
    """A word list is missing or wrong; the message names the file and what to do."""


def read_mapping(path: Path) -> Mapping[str, object]:
    """Return the top level of a word list, a mapping from Chinese or English headings."""
    try:
        content: object = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise LexiconError(
            f"缺少词表 {path.name}。请把它放回 {path.parent.name} 目录，或检查 XIANSUO_HOME。"
        ) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise LexiconError(f"词表 {path.name} 不是正确的 YAML。请检查缩进、冒号和文件编码（UTF-8）。") from error
    if not isinstance(content, dict) or not all(isinstance(key, str) for key in content):
        raise LexiconError(f"词表 {path.name} 应当是“名称: 内容”的形式。请对照该目录 README.md 改正。")
    return content


def strings(path: Path, value: object) -> tuple[str, ...]:
    """Return a list of distinct non-empty words as written, in order."""
    if not isinstance(value, list) or not all(isinstance(word, str) and word == word.strip() != "" for word in value):
        raise LexiconError(f"词表 {path.name} 的每一组都应当是词的列表，词不能为空，数字要加引号。")
    if len(set(value)) < len(value):
        repeated = "、".join(sorted({word for word in value if value.count(word) > 1}))
        raise LexiconError(f"词表 {path.name} 的同一组里重复了：{repeated}。请删去重复的词。")
    return tuple(value)
