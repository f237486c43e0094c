"""The shipped model is the same to the last byte wherever, whenever and in whatever language it is trained."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.offline import FOLDER
from xiansuo.settings import Settings

HOME = Settings().home
_PLACES = {
    "plain": {"PYTHONHASHSEED": "0", "LANG": "C", "TZ": "UTC"},
    "elsewhere": {"PYTHONHASHSEED": "4711", "LANG": "zh_CN.UTF-8", "TZ": "Asia/Shanghai", "OPENBLAS_NUM_THREADS": "2"},
}


def _trained(folder: Path, settings: dict[str, str]) -> dict[str, str]:
    """Train in a copy of the content folders and return the digest of every file of the artifact."""
    for name in ("rules", "data/lexicons", "data/corpus", "models"):
        shutil.copytree(HOME / name, folder / name, ignore=shutil.ignore_patterns("artifacts"))
    env = {**os.environ, **settings, "XIANSUO_HOME": str(folder), "PYTHONPATH": f"{FOLDER}{os.pathsep}{HOME}"}
    command = [sys.executable, "-c", "from xiansuo.cli import main; main()", "train"]
    subprocess.run(command, env=env, check=True, capture_output=True, cwd=folder, timeout=600)
    files = [file for file in folder.glob("models/*/artifacts/**/*") if file.is_file()]
    return {str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


@pytest.mark.slow
def test_trained_twice_in_other_surroundings_the_model_is_the_same_to_the_last_byte(tmp_path: Path) -> None:
    """Another folder, hash seed, language, time zone and number of threads; nothing of them is in the artifact."""
    plain, elsewhere = (_trained(tmp_path / "a" / name, settings) for name, settings in _PLACES.items())
    assert len(plain) >= 2
    assert plain == elsewhere
