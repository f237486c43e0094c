"""Builds one folder, and its tar, from which a machine without a network is installed: `python -m tools.airgap_kit dist/airgap`.

Holds a wheel of every locked package of this platform with all extras, the program's own, the content folders with the
trained model, the units of docs/systemd and checksums over everything. Building needs a network; installing needs Python and venv.
"""

import argparse
import hashlib
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
EXTRAS = ("ocr", "postgres", "dask")
CONTENT = ("rules", "data", "models", "evaluation")
PAPERS = (
    *("docs/operating.md", "docs/reviewing.md", "docs/architecture.md", "docs/authorisation.md", "docs/capacity.md"),
    *("docs/mail_faults.md", "LICENSE", "README.md", "README.zh-CN.md"),
)
UNITS = "docs/systemd"
SUMS = "SHA256SUMS"


def main() -> None:
    """Build the kit in the folder given, which must not exist, and its tar beside it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True)
    wheels(folder / "wheels")
    content(folder / "home")
    papers(folder)
    write_sums(folder)
    with tarfile.open(folder.with_suffix(".tar"), "w") as archive:
        archive.add(folder, folder.name)
    size = sum(one.stat().st_size for one in folder.rglob("*") if one.is_file()) / 1e6
    print(f"{folder}: {size:.0f} MB, {len(list((folder / 'wheels').iterdir()))} wheels; {folder.with_suffix('.tar')}")


def locked_packages() -> str:
    """Return the requirements of the program with all extras, each with its version and hashes, as the lock file has them."""
    extras = [word for extra in EXTRAS for word in ("--extra", extra)]
    command = [uv(), "export", "--quiet", "--offline", "--frozen", "--no-dev", "--no-emit-project", *extras]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def wheels(folder: Path) -> None:
    """Fetch or build the wheels; what exists as source only (jieba) is built, the hashes of the lock file bind all."""
    folder.mkdir()
    builder = folder.parent / "builder"
    subprocess.run([sys.executable, "-m", "venv", str(builder)], check=True)
    listed = builder / "requirements.txt"
    listed.write_text(locked_packages(), encoding="utf-8")
    pip = [str(builder / "bin/python"), "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", "--no-deps", "--require-hashes", "-r", str(listed), "-w", str(folder)], check=True)
    subprocess.run([uv(), "build", "--quiet", "--wheel", "--out-dir", str(folder)], cwd=ROOT, check=True)
    (folder / ".gitignore").unlink(missing_ok=True)
    shutil.rmtree(builder)


def content(folder: Path) -> None:
    """Copy what is committed of the content folders, and the model trained on it."""
    for name in [*committed(), *trained()]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, folder / name)


def committed() -> list[str]:
    """List the committed files of the content folders."""
    command = ["git", "ls-files", "-z", "--", *CONTENT]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [name for name in listed.split("\0") if name]


def trained() -> list[str]:
    """List the files of the model that belongs to this state of the program; train it where there is none."""
    from xiansuo.classifiers.artifact import folder_of, manifest_of  # noqa: PLC0415 - loads the classifiers
    from xiansuo.services.model import load_model  # noqa: PLC0415
    from xiansuo.settings import Settings  # noqa: PLC0415

    load_model(Settings(home=ROOT), tell=print)
    folder = folder_of(ROOT, manifest_of(ROOT))
    return sorted(str(one.relative_to(ROOT)) for one in folder.rglob("*") if one.is_file())


def papers(folder: Path) -> None:
    """Copy the manuals, the units and the script that installs."""
    for name in PAPERS:
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(ROOT / name, folder / name)
    shutil.copytree(ROOT / UNITS, folder / UNITS)
    (folder / "PYTHON").write_text(f"{sys.version_info.major}.{sys.version_info.minor}\n", encoding="utf-8")
    shutil.copyfile(ROOT / "tools/airgap_install", folder / "install")
    (folder / "install").chmod(0o755)


def write_sums(folder: Path) -> None:
    """Write the checksum of every file, in the format of sha256sum."""
    lines = (f"{_digest(one)}  {one.relative_to(folder)}\n" for one in _files(folder))
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")


def uv() -> str:
    """Return the uv that tools/bootstrap found or installed."""
    found = shutil.which("uv") or (str(ROOT / ".uv/bin/uv") if (ROOT / ".uv/bin/uv").exists() else None)
    if found is None:
        raise SystemExit("uv is missing: run tools/bootstrap test")
    return found


def _files(folder: Path) -> Iterator[Path]:
    yield from sorted(one for one in folder.rglob("*") if one.is_file() and one.name != SUMS)


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


if __name__ == "__main__":
    main()
