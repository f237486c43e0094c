"""Reads labelled letters from a file that a person names."""

from pathlib import Path

from xiansuo.errors import UsageError
from xiansuo.evaluation.gold import GoldLetter, read_measured


def read_labelled(path: Path) -> tuple[GoldLetter, ...]:
    """Return the letters of a gold file, border cases left out; a file that cannot be read or holds none is a `UsageError`."""
    try:
        letters = read_measured(path)
    except OSError as error:
        raise UsageError(f"不能读取标注文件：{error.strerror}。请核对 --gold 的路径和权限。") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"标注文件 {path.name} 不是 UTF-8 文字。请另存为 UTF-8 后重试。") from error
    if not letters:
        raise UsageError(f"标注文件 {path.name} 里没有可以评测的信件。请核对 --gold。")
    return letters
