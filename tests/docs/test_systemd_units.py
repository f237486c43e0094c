"""The systemd units of the operating manual, checked by systemd itself."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

UNITS = Path(__file__).resolve().parents[2] / "docs" / "systemd"
SERVICES = sorted(UNITS.glob("*.service"))
HARDENED = {
    "NoNewPrivileges": "yes",
    "ProtectSystem": "strict",
    "PrivateTmp": "yes",
    "ProtectHome": "yes",
    "UMask": "0077",
    "CapabilityBoundingSet": "",
    "RestrictSUIDSGID": "yes",
}


def settings_of(unit: Path) -> dict[str, str]:
    return dict(re.findall(r"^(\w+)=(.*)$", unit.read_text("utf-8"), re.MULTILINE))


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The units as they would be installed, over a program that is there."""
    program = tmp_path / "xiansuo"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    for unit in UNITS.iterdir():
        told = unit.read_text("utf-8").replace("/opt/xiansuo/.venv/bin/xiansuo", str(program))
        (tmp_path / unit.name).write_text(re.sub("^(User|Group)=.*$", r"\1=root", told, flags=re.MULTILINE), "utf-8")
    return tmp_path


def test_systemd_finds_nothing_wrong_with_the_units(installed: Path) -> None:
    verify = shutil.which("systemd-analyze")
    if verify is None:
        missing = "systemd-analyze is missing: apt-get install --no-install-recommends systemd"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(missing)
    units = sorted(map(str, [*installed.glob("*.service"), *installed.glob("*.timer")]))
    command = [verify, "verify", "--man=no", "--recursive-errors=no", *units]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    own = [line for line in (done.stdout + done.stderr).splitlines() if "xiansuo" in line]
    assert (done.returncode, own) == (0, [])


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_every_service_is_shut_in(unit: Path) -> None:
    settings = settings_of(unit)
    assert {name: settings.get(name) for name in HARDENED} == HARDENED
    assert settings["User"] == "xiansuo"
    assert "MemoryMax" in settings
    assert set(settings["RestrictAddressFamilies"].split()) <= {"AF_INET", "AF_INET6", "AF_UNIX"}


def test_the_alarm_runs_every_hour_and_makes_up_for_a_missed_one() -> None:
    assert settings_of(UNITS / "xiansuo-sources.timer")["OnCalendar"] == "*-*-* *:20:00"
    assert settings_of(UNITS / "xiansuo-sources.timer")["Persistent"] == "yes"
