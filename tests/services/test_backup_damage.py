"""What is not a whole backup is never taken for one: changed bytes, cut files, kills and full disks."""

import hashlib
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.services.backing_up import SIGNED, made, made_apart, take_in, unlock
from tests.services.samples import TO_SEAL
from xiansuo.errors import BackupError, KeyFileError
from xiansuo.services.backup import verify
from xiansuo.services.backup_kept import backups
from xiansuo.services.office import Office
from xiansuo.text.entities import EntityFinder


@pytest.fixture
def filled(office: Office, finder: EntityFinder) -> Office:
    """An office with a letter that names its writer, one that cannot be read, and one that was sealed."""
    take_in(office, finder, SIGNED, TO_SEAL, "")
    return office


def _flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


def test_a_flipped_byte_anywhere_is_found_without_any_key(filled: Office, tmp_path: Path) -> None:
    data, file = made(filled).file.read_bytes(), tmp_path / "flipped"
    places = [*range(0, 400, 13), *range(400, len(data), len(data) // 60), *range(len(data) - 50, len(data))]
    for place in places:
        file.write_bytes(_flipped(data, place))
        with pytest.raises(BackupError):
            verify(file, None)


def test_bytes_changed_together_with_the_end_are_found_with_the_key(filled: Office, tmp_path: Path) -> None:
    data, file = made(filled).file.read_bytes(), tmp_path / "forged"
    end = len(data) - 32 - len(b"\nEND OF BACKUP ")
    for place in (20, 60, *range(400, end, end // 30), end - 1):
        body = _flipped(data[:end], place)
        file.write_bytes(body + b"\nEND OF BACKUP " + hashlib.sha256(body).digest())
        with pytest.raises((BackupError, KeyFileError)):
            verify(file, unlock(filled))


@pytest.mark.parametrize("cut", [1, 40, 5000])
def test_a_shortened_or_lengthened_file_is_no_backup(filled: Office, tmp_path: Path, cut: int) -> None:
    data, file = made(filled).file.read_bytes(), tmp_path / "cut"
    for wrong in (data[:-cut], data[:cut], data + b"x" * cut, b""):
        file.write_bytes(wrong)
        with pytest.raises(BackupError):
            verify(file, None)


_DYING = """
import resource, signal, sys
from pathlib import Path
from xiansuo.services.backup import back_up
from xiansuo.services.office import open_office
from xiansuo.settings import Settings
office = open_office(Settings(state_dir=Path(sys.argv[1])))
signal.signal(signal.SIGXFSZ, signal.SIG_DFL if sys.argv[3] == "killed" else signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
try:
    back_up(office, actor="uid:0")
except Exception as error:
    sys.exit(str(error))
"""


@pytest.fixture
def die() -> Callable[[Office, int, str], int]:
    def run(office: Office, size: int, how: str) -> int:
        command = [sys.executable, "-c", _DYING, str(office.state_dir), str(size), how]
        return subprocess.run(command, check=False, capture_output=True).returncode

    return run


@pytest.mark.parametrize(
    "share", [0.5, pytest.param(0.0, marks=pytest.mark.slow), pytest.param(0.999, marks=pytest.mark.slow)]
)
def test_a_backup_killed_at_any_point_leaves_nothing_that_counts(
    filled: Office, die: Callable[[Office, int, str], int], share: float
) -> None:
    whole = made(filled)
    size = whole.size
    assert die(filled, int(size * share), "killed") == -signal.SIGXFSZ
    assert [file for _, file in backups(filled)] == [whole.file]
    for left in set((filled.state_dir / "backups").iterdir()) - {whole.file}:
        assert left.name.startswith(".")
        with pytest.raises(BackupError):
            verify(left, None)
    again = made_apart(filled, 1)
    assert [file.name for file in (filled.state_dir / "backups").iterdir() if file.name.startswith(".")] == []
    assert verify(again.file, None)


def test_a_full_disk_leaves_no_half_of_a_backup(filled: Office, die: Callable[[Office, int, str], int]) -> None:
    size = made_apart(filled, 1).size
    assert die(filled, size // 2, "refused") == 1
    assert [file.name for file in (filled.state_dir / "backups").iterdir()] == ["1.backup"]
