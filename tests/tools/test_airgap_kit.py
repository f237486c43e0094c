"""The folder from which a machine without a network is installed."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tools import airgap_kit

ROOT = Path(__file__).resolve().parents[2]
CUT = ["unshare", "--net", "--"]


def has_uv() -> bool:
    return os.environ.get("CI") == "true" or shutil.which("uv") is not None or (ROOT / ".uv/bin/uv").exists()


def small_kit(folder: Path) -> Path:
    folder.mkdir()
    shutil.copy(ROOT / "tools/airgap_install", folder / "install")
    (folder / "PYTHON").write_text("0.0\n")
    (folder / "wheels").mkdir()
    (folder / "wheels/a.whl").write_bytes(b"wheel")
    airgap_kit.write_sums(folder)
    return folder


def install(kit: Path, target: Path, *before: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*before, str(kit / "install"), str(target)], capture_output=True, text=True, check=False)


@pytest.mark.skipif(not has_uv(), reason="tools/bootstrap test installs uv")
def test_the_kit_holds_every_package_the_program_and_its_extras_ask_for() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    assert set(extras) == set(airgap_kit.EXTRAS)
    asked = [*project["dependencies"], *(one for extra in extras.values() for one in extra)]
    listed = airgap_kit.locked_packages()
    names = {match[1].lower() for one in asked if (match := re.match(r"([\w.-]+)", one))}
    assert names <= set(re.findall(r"^([\w.-]+)(?:\[.*\])?==", listed, re.MULTILINE))
    assert listed.count("--hash=") > len(names)


def test_the_kit_holds_the_content_that_people_may_change() -> None:
    names = airgap_kit.committed()
    assert {name.split("/")[0] for name in names} == set(airgap_kit.CONTENT)
    assert not [name for name in names if "/artifacts/" in name]


def test_a_kit_whose_files_were_changed_is_not_installed(tmp_path: Path) -> None:
    kit = small_kit(tmp_path / "the kit")
    (kit / "wheels/a.whl").write_bytes(b"other")
    found = install(kit, tmp_path / "target")
    assert (found.returncode, "被改动过" in found.stderr) == (1, True)


def test_a_kit_to_which_something_was_added_is_not_installed(tmp_path: Path) -> None:
    kit = small_kit(tmp_path / "the kit")
    (kit / "wheels/b.whl").write_bytes(b"more")
    found = install(kit, tmp_path / "target")
    assert (found.returncode, "清单以外" in found.stderr) == (1, True)


def test_a_whole_kit_asks_for_its_python_and_leaves_nothing_where_there_is_none(tmp_path: Path) -> None:
    found = install(small_kit(tmp_path / "the kit"), tmp_path / "target")
    assert (found.returncode, "Python 0.0" in found.stderr) == (1, True)
    assert not (tmp_path / "target").exists()


@pytest.mark.slow
@pytest.mark.skipif(
    os.environ.get("CI") != "true" and (os.getuid() != 0 or not has_uv()), reason="root cuts the network"
)
def test_a_kit_is_built_and_installed_and_used_with_the_network_cut(tmp_path: Path) -> None:
    kit, target, state = tmp_path / "air gap kit", tmp_path / "in stalled", tmp_path / "sta te"
    # Building fetches the packages: the one thing in all tests that may reach another machine.
    fetching = {**os.environ, "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-m", "tools.airgap_kit", str(kit)], cwd=ROOT, check=True, env=fetching)
    found = install(kit, target, *CUT)
    assert found.returncode == 0, found.stderr
    environment = {"PATH": os.defpath, "HOME": str(tmp_path), "LANG": "C.UTF-8", "XIANSUO_STATE_DIR": str(state)}

    def xiansuo(*words: str) -> str:
        command = [*CUT, str(target / "bin/xiansuo"), *words]
        ran = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=tmp_path)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout + ran.stderr

    xiansuo("init")
    xiansuo("org", "import", str(target / "home/data/samples/register.xlsx"))
    told = xiansuo("ingest", str(target / "home/data/samples/inbox"), "--json")
    assert "训练" not in told
    assert re.search(r'"stored": [1-9]', told)
    (state / "head-private-key.pem").rename(tmp_path / "away.pem")
    assert str(target / "home") in xiansuo("doctor") or "规则" in xiansuo("doctor")
