"""Says of the machine itself whether there is room on its disk and how far it keeps processes that read letters from everything else."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from xiansuo.intake.landlock import can_restrict
from xiansuo.settings import Settings
from xiansuo.storage.session import DATABASE_FILE

_LEAST_FREE = 1 << 30


def examine_confinement(_settings: Settings) -> Iterator[tuple[str, bool]]:
    """Tell what a hostile file could still reach if it took over the process that reads it.

    A kernel without Landlock is no fault of the installation: limits of memory and time hold all the same, so it is told as well.
    """
    if can_restrict():
        yield "读来信附件的进程看不到磁盘上的其他文件，内存和时间有上限。", True
        return
    exposed = "本机内核没有启用 Landlock：读来信附件的进程内存和时间有上限，但看得到本用户能读的文件。"
    yield exposed + "请换用启用了 Landlock 的内核（Linux 5.13 以上）。", True


def examine_disk(settings: Settings) -> Iterator[tuple[str, bool]]:
    """Tell whether the disk has room to work and for an upgrade."""
    free = shutil.disk_usage(existing(settings.state_dir)).free
    database = settings.state_dir / DATABASE_FILE
    # An upgrade copies the database first.
    needed = max(_LEAST_FREE, database.stat().st_size if database.exists() else 0)
    if free < needed:
        yield f"只剩 {free / 2**20:.0f} MB，少于所需的 {needed / 2**20:.0f} MB。请清理磁盘。", False
    else:
        yield f"剩余 {free / 2**30:.1f} GB。", True


def existing(path: Path) -> Path:
    """Return the path itself, or the nearest folder above it that there is."""
    return path if path.exists() or path == path.parent else existing(path.parent)
