"""Owns the `[backup]` table of `xiansuo.toml`: where backups go, and how many are kept."""

from dataclasses import dataclass
from pathlib import Path

from xiansuo.intake.sources import SourcesError, read_table, shown

KEEP = 14
DEFAULT_FOLDER = "backups"


@dataclass(frozen=True, slots=True)
class BackupSettings:
    """The folder in which backups lie, and how many of the newest stay."""

    folder: Path
    keep: int = KEEP


def read_backup_settings(path: Path) -> BackupSettings:
    """Read where backups go; a relative folder counts from the settings file. Raises SourcesError with what is wrong."""
    given = read_table(path).get("backup", {})
    if not isinstance(given, dict):
        raise SourcesError(f"配置文件 {path} 的 backup 应写成 [backup]（一层方括号），下面一行一项。")
    if unknown := [name for name in given if name not in {"keep", "folder"}]:
        raise SourcesError(f"{path.name} 的 [backup] 里的 {shown(unknown[0])} 不认识。可用：keep、folder。")
    keep, folder = given.get("keep", KEEP), given.get("folder", DEFAULT_FOLDER)
    if not isinstance(keep, int) or isinstance(keep, bool) or keep < 1:
        raise SourcesError(f"{path.name} 的 [backup] keep = {shown(keep)} 有误。应为保留的份数，至少 1。")
    if not isinstance(folder, str) or not folder.strip():
        raise SourcesError(f"{path.name} 的 [backup] folder = {shown(folder)} 有误。应为存放备份的文件夹。")
    return BackupSettings(path.parent / Path(folder).expanduser(), keep)
