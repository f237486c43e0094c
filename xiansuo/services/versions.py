"""Keeps the rules and word lists of every version that made a suggestion, so that it can be made again."""

import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache, cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from xiansuo.classifiers.artifact import manifest_of, written_whole
from xiansuo.errors import OfficeError
from xiansuo.rulebook.load import version as rules_version
from xiansuo.services.office import Office
from xiansuo.services.tagger import NAME as TAGGER
from xiansuo.settings import Settings

FOLDER = "versions"
RANKING = "rules/ranking.yaml"
_UNREAD = frozenset({RANKING, "rules/deadlines.yaml", "rules/holidays.yaml", "rules/retention.yaml"})
"""The files on which nothing hangs that is found in a letter."""
_MANIFEST = "manifest.json"
_CODE = ("domain", "text", "rulebook", "classifiers", "triage")
_SERVICES = ("analysis.py", "analyse.py", "findings.py", "headline.py", "places.py", "tagger.py")
_LIBRARIES = ("numpy", "scipy", "rjieba")
"""Those whose own version may change the last digit of an answer, or a word."""
_VARIANTS = "variants.yaml"
_NAME_DIGITS = 16


@dataclass(frozen=True)
class Version:
    """Rules, rubric and word lists by the SHA-256 of every file, and the program (code and libraries) that read them."""

    files: Mapping[str, str]
    program: str
    rules: str

    @cached_property
    def id(self) -> str:
        """One name for all of it."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()

    def is_but_for_points(self, other: "Version") -> bool:
        """Tell whether the other is the same program with the same rules and word lists, whatever the points of the rubric."""
        mine, theirs = (
            {name: digest for name, digest in one.files.items() if name not in _UNREAD} for one in (self, other)
        )
        return self.program == other.program and mine == theirs

    def has(self, file: Path, name: str) -> bool:
        """Tell whether a file is the one of this version."""
        return _sha256(file) == self.files[name]

    @property
    def mark(self) -> bytes:
        """The first 16 bytes of that, by which a suggestion names what made it."""
        return bytes.fromhex(self.id)[:16]


def version_of(settings: Settings) -> Version:
    """Return the version of the content folders and the program at hand."""
    return Version(_digests(settings.rules, settings.lexicons), program_of(settings), rules_version(settings.rules))


def program_of(settings: Settings) -> str:
    """Return one name for the program that reads letters, with what it reads once for all: variant characters, the tagger."""
    tagger = "" if settings.ner == "off" else manifest_of(settings.home, TAGGER).digest
    parts = (_code(), tagger, _sha256(settings.lexicons / _VARIANTS), *(_library(name) for name in _LIBRARIES))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def keep(office: Office, used: Version) -> None:
    """Copy the files of a version into the state directory, once. Raises OfficeError where they were changed since it was read."""
    folder = _folder(office, used)
    if folder.is_dir():
        return
    with written_whole(folder) as draft:
        for name in used.files:
            source = _source(office.settings, name)
            (draft / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(source, draft / name)
        if _digests(draft / "rules", draft / "lexicons") != used.files:
            raise OfficeError("规则或词表在本次运行中被改动，来件没有分析，仍在等待。请重新运行。")
        (draft / _MANIFEST).write_text(json.dumps(asdict(used), indent=1, sort_keys=True), encoding="utf-8")


def kept(office: Office) -> list[Version]:
    """Return every version that is kept; one whose manifest cannot be read is left out."""
    found = []
    for file in sorted((office.state_dir / FOLDER).glob(f"[!.]*/{_MANIFEST}")):
        try:
            one = Version(**json.loads(file.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            continue
        if file.parent == _folder(office, one):
            found.append(one)
    return found


def files_of(office: Office, used: Version) -> Path:
    """Return the folder with `rules` and `lexicons` of a version, each file as it was. Raises OfficeError."""
    folder = _folder(office, used)
    try:
        sound = _digests(folder / "rules", folder / "lexicons") == used.files
    except OSError:
        sound = False
    if not sound:
        raise OfficeError(
            f"状态目录 {FOLDER}/{folder.name} 里的规则或词表缺失或被改动，不能重算。请从备份恢复这个文件夹。"
        )
    return folder


def _folder(office: Office, used: Version) -> Path:
    return office.state_dir / FOLDER / used.id[:_NAME_DIGITS]


def _source(settings: Settings, name: str) -> Path:
    folder, _, file = name.partition("/")
    return (settings.rules if folder == "rules" else settings.lexicons) / file


def _digests(rules: Path, lexicons: Path) -> dict[str, str]:
    files = {f"rules/{path.name}": path for path in sorted(rules.glob("*.yaml"))}
    files |= {f"lexicons/{path.name}": path for path in sorted(lexicons.iterdir()) if path.suffix in {".yaml", ".tsv"}}
    return {name: _sha256(path) for name, path in files.items()}


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@cache
def _code() -> str:
    package = Path(__file__).resolve().parent.parent
    files = [path for folder in _CODE for path in sorted((package / folder).glob("*.py"))]
    files += [package / "services" / name for name in _SERVICES]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def _library(name: str) -> str:
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return name
