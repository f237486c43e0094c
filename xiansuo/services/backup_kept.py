"""The backups an installation has: their names, and which are dropped. A name tells the installation and the moment, no person."""

import re
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from xiansuo.intake.backup_settings import BackupSettings, read_backup_settings
from xiansuo.services.office import Office
from xiansuo.storage.session import CHINA, now

SUFFIX = ".backup"
_NAME = re.compile(r"xiansuo-([0-9a-f]{8})-(\d{8}-\d{6})\.backup")


def backups(office: Office) -> list[tuple[datetime, Path]]:
    """Return the backups of this installation by the moment their names tell, newest first."""
    folder, owner = read_backup_settings(office.sources_file).folder, installation(office)
    return [(_moment(file), file) for file in reversed(_own(folder, owner))]


def installation(office: Office) -> str:
    """Return eight digits that tell this installation's backups from those of another in the same folder."""
    return office.keyring.sign(b"backups").hex()[:8]


def new_name(owner: str) -> str:
    """Return the name of a backup made now."""
    return f"xiansuo-{owner}-{now().astimezone(CHINA):%Y%m%d-%H%M%S}{SUFFIX}"


def _own(folder: Path, owner: str) -> list[Path]:
    """Return an installation's backups in a folder, oldest first."""
    named = ((_NAME.fullmatch(file.name), file) for file in folder.glob(f"*{SUFFIX}"))
    return sorted(file for match, file in named if match and match[1] == owner)


def _moment(file: Path) -> datetime:
    match = _NAME.fullmatch(file.name)
    return datetime.strptime(match[2] if match else "", "%Y%m%d-%H%M%S").replace(tzinfo=CHINA)


def drop_old(settings: BackupSettings, owner: str, newest: Path) -> int:
    """Remove the oldest beyond the number kept, and return how many went. The one just read back stays, whatever the clock made of its name."""
    older = [file for file in _own(settings.folder, owner) if file != newest]
    gone = older[: max(0, len(older) + 1 - settings.keep)]
    dropped = 0
    for file in gone:
        with suppress(OSError):
            file.unlink()
            dropped += 1
    return dropped
