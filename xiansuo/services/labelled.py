"""Reads labelled letters from a file that a person names."""

from collections.abc import Sequence
from pathlib import Path

from xiansuo.errors import UsageError
from xiansuo.evaluation.gold import GoldLetter, read_measured


def titles(paths: Sequence[Path], home: Path) -> list[str]:
    """Return how reports, which travel, call gold files: those that are shipped by their own names, an office's by their order."""
    shipped = home.resolve()
    return [path.stem if shipped in path.resolve().parents else f"gold-{at}" for at, path in enumerate(paths, 1)]


def read_labelled(path: Path) -> tuple[GoldLetter, ...]:
    """Return the letters of a gold file, border cases left out; a file that cannot be read or holds none is a `UsageError`."""
    try:
        letters = read_measured(path)
    except OSError as error:
        raise UsageError(f"不能读取标注文件：{error.strerror}。请核对 --gold 的路径和权限。") from error
    except UnicodeDecodeError as error:
        raise UsageError("标注文件不是 UTF-8 文字。请另存为 UTF-8 后重试。") from error
    if not letters:
        raise UsageError("标注文件里没有可以评测的信件。请核对 --gold。")
    return letters
