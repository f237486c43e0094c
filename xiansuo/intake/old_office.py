"""Owns formats of older office programs: LibreOffice, where installed, writes them anew in the format our own readers know.

The clear text stands for that moment in a folder that only this user can enter, in memory where the system has a place for that.
"""

import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xiansuo.domain.letter import Trouble
from xiansuo.intake import media
from xiansuo.intake.confine import confined, end
from xiansuo.intake.content import CannotRead
from xiansuo.intake.lent import lent
from xiansuo.intake.limits import LONGEST, Limits

WHAT_TO_INSTALL = (
    "请以 root 执行：apt-get install --no-install-recommends "
    "libreoffice-writer-nogui libreoffice-calc-nogui libreoffice-impress-nogui"
)
_FOLDER = "xiansuo-office-"
_MEMORY = 4 << 30
# A file system in memory; the least room it must have.
_IN_MEMORY = Path("/dev/shm")  # noqa: S108 - the folder made there has a name nobody can guess and is this user's alone
_ROOM = 256 << 20


@dataclass(frozen=True, slots=True)
class _Way:
    """The name LibreOffice knows a format by, and the one it is to write."""

    suffix: str
    target: str
    media_type: str


_WORD = ("docx", media.DOCX)
WAYS: Mapping[str, _Way] = {
    media.DOC: _Way("doc", *_WORD),
    media.RTF: _Way("rtf", *_WORD),
    media.ODF: _Way("odt", *_WORD),
    # Microsoft Works, whose files lack the streams of Word; newer .wps of WPS Office have them.
    media.OLE: _Way("wps", *_WORD),
    media.XLS: _Way("xls", "xlsx", media.XLSX),
    media.ODS: _Way("ods", "xlsx", media.XLSX),
    media.PPT: _Way("ppt", "pptx", media.PPTX),
    media.ODP: _Way("odp", "pptx", media.PPTX),
}
# No macro runs, no link is followed, nothing is asked and nothing remembered.
_SETTINGS = {
    "org.openoffice.Office.Common/Security/Scripting": {
        "MacroSecurityLevel": "3",
        "DisableMacrosExecution": "true",
        "DisableActiveContent": "true",
        "BlockUntrustedRefererLinks": "true",
    },
    "org.openoffice.Office.Common/Save/Document": {"CreateBackup": "false", "AutoSave": "false"},
    "org.openoffice.Office.Common/History": {"PickListSize": "0"},
    "org.openoffice.Office.Common/Misc": {"FirstRun": "false"},
    "org.openoffice.Office.Calc/Content/Update": {"Link": "1"},
    "org.openoffice.Office.Writer/Content/Update": {"Link": "0"},
}
_one_at_a_time = threading.Lock()


def can_convert() -> bool:
    """Tell whether LibreOffice is installed."""
    return shutil.which("soffice") is not None


def converted(data: bytes, media_type: str, limits: Limits) -> bytes:
    """Return a file as its modern relative; raise CannotRead without LibreOffice, beyond the time, or where it fails."""
    asked = {"media_type": media_type, "seconds": limits.office_seconds, "largest": limits.max_total_unpacked}
    return b"".join(office(asked, data))


@lent
def office(asked: Mapping[str, Any], data: bytes) -> Iterator[bytes]:
    """Yield the file as LibreOffice writes it anew."""
    media_type, largest = asked["media_type"], asked["largest"]
    way = WAYS[media_type]
    if not can_convert():
        raise CannotRead(Trouble.NEEDS_EXTRA, f"格式：{media.label(media_type)}；{WHAT_TO_INSTALL}")
    with _one_at_a_time, _private_folder() as folder:
        source = folder / f"letter.{way.suffix}"
        source.write_bytes(data)
        _convert(folder, source, way, seconds=min(asked["seconds"], LONGEST), largest=largest)
        target = folder / "out" / f"letter.{way.target}"
        if not target.is_file():
            raise CannotRead(Trouble.DAMAGED, f"{media.label(media_type)}，LibreOffice 无法打开")
        if target.stat().st_size > largest:
            raise CannotRead(Trouble.TOO_LARGE, f"转换后{target.stat().st_size}字节")
        yield target.read_bytes()


def _convert(folder: Path, source: Path, way: _Way, *, seconds: int, largest: int) -> None:
    command = [
        "soffice",
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        "--headless",
        "--norestore",
        "--nolockcheck",
        "--nodefault",
        "--convert-to",
        way.target,
        "--outdir",
        str(folder / "out"),
        str(source),
    ]
    _write_settings(folder / "profile" / "user")
    process = subprocess.Popen(
        confined(command, memory=_MEMORY, seconds=seconds, file_bytes=largest),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={"HOME": str(folder), "TMPDIR": str(folder), "PATH": os.defpath, "LANG": "C.UTF-8"},
        cwd=folder,
        start_new_session=True,
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired as error:
        raise CannotRead(Trouble.FAILED, f"LibreOffice 转换超过{seconds}秒，已中止") from error
    finally:
        end(process)


@contextmanager
def _private_folder() -> Iterator[Path]:
    """Make a folder that is gone afterwards; what a killed process left behind goes too."""
    place = _place()
    for left in place.glob(f"{_FOLDER}*"):
        if _is_abandoned(left):
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{_FOLDER}{os.getpid()}-", dir=place))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _place() -> Path:
    with suppress(OSError):
        if os.access(_IN_MEMORY, os.W_OK | os.X_OK) and shutil.disk_usage(_IN_MEMORY).free > _ROOM:
            return _IN_MEMORY
    return Path(tempfile.gettempdir())


def _is_abandoned(folder: Path) -> bool:
    number = folder.name.removeprefix(_FOLDER).split("-")[0]
    try:
        return folder.stat().st_uid == os.getuid() and number.isdecimal() and not Path(f"/proc/{number}").exists()
    except OSError:
        return False


def _write_settings(folder: Path) -> None:
    items = "".join(
        f'<item oor:path="/{path}"><prop oor:name="{name}" oor:op="fuse"><value>{value}</value></prop></item>'
        for path, values in _SETTINGS.items()
        for name, value in values.items()
    )
    head = '<?xml version="1.0" encoding="UTF-8"?><oor:items xmlns:oor="http://openoffice.org/2001/registry">'
    folder.mkdir(parents=True)
    (folder / "registrymodifications.xcu").write_text(f"{head}{items}</oor:items>", encoding="utf-8")
