"""Writes docs/figures.md: how much of the program is tried, and how, each figure with the command that makes it.

usage: python -m tools.figures_page [--coverage FILE] [--tests]

`--coverage FILE` takes a run of `make coverage` (coverage.json) into evaluation/reports/coverage.json; `--tests` counts the tests
anew. What has not been measured is said to be so.
"""

import argparse
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from tests.review.routes import Door, doors
from tools.authorisation_table import no_office
from xiansuo.domain.people import MATRIX, Role
from xiansuo.review.app import create_app

HOME = Path(__file__).resolve().parents[1]
REPORTS = HOME / "evaluation" / "reports"
PAGE = HOME / "docs" / "figures.md"
NOT_MEASURED = "not measured"
AREAS: Mapping[str, tuple[str, ...]] = {
    "vault": (
        "domain/reveal.py",
        "services/reveal.py",
        "services/vault_window.py",
        "storage/crypto.py",
        "storage/repositories/reveals.py",
        "storage/vault.py",
        "storage/vault_forms.py",
    ),
    "mask": ("services/remask.py", "text/mask.py"),
    "seal": ("rulebook/seal.py", "services/seal.py", "services/sealed.py", "storage/repositories/sealed.py"),
    "audit": (
        "domain/audit.py",
        "services/audit.py",
        "storage/repositories/audit.py",
        "storage/repositories/audit_objects.py",
    ),
    "authorisation": (
        "domain/account.py",
        "domain/people.py",
        "review/cookies.py",
        "review/guard.py",
        "review/throttle.py",
        "review/wall.py",
        "services/accounts.py",
        "services/familiar.py",
        "services/login.py",
        "services/passwords.py",
        "services/sessions.py",
        "storage/repositories/accounts.py",
        "storage/repositories/sessions.py",
        "storage/repositories/visibility.py",
    ),
}
"""The modules that keep people safe; each is to be covered whole, branches included."""


class Covered(NamedTuple):
    """What a run covered of some code: lines and branches, each done of all."""

    lines: int = 0
    all_lines: int = 0
    branches: int = 0
    all_branches: int = 0

    def __add__(self, other: tuple[Any, ...]) -> "Covered":
        """Return both together."""
        return Covered(*(one + more for one, more in zip(self, other, strict=True)))

    @property
    def share(self) -> str:
        """Lines and branches together, in percent, never rounded up to the whole."""
        done, all_ = self.lines + self.branches, self.all_lines + self.all_branches
        return f"{int(1000 * done / all_) / 10:.1f} %" if all_ else "100.0 %"


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--coverage", type=Path, help="a coverage.json to take over")
    parser.add_argument("--tests", action="store_true", help="count the tests anew")
    given = parser.parse_args()
    if given.coverage:
        _write("coverage", reduced(json.loads(given.coverage.read_text(encoding="utf-8"))))
    if given.tests:
        _write("tests", {"make test": _collected("not slow"), "make soak": _collected("slow")})
    PAGE.write_text(page(REPORTS), encoding="utf-8")


def page(reports: Path) -> str:
    """Return the page over the reports in a folder."""
    parts = [
        _HEAD,
        *_tests(_read(reports, "tests")),
        *_coverage(_read(reports, "coverage")),
        *_doors(doors(create_app(no_office()))),
        *_report("Canaries", "canaries.json", _read(reports, "canaries")),
        *_report("Hostile files", "fuzz.json", _read(reports, "fuzz")),
        *_report("Faults", "faults.json", _read(reports, "faults")),
    ]
    return "\n".join(parts) + "\n"


def reduced(run: Mapping[str, Any]) -> dict[str, list[int]]:
    """Return lines and branches of each file, done and all, from what `coverage json` writes."""
    return {name: list(_covered(one["summary"])) for name, one in sorted(run["files"].items())}


def _covered(summary: Mapping[str, int]) -> Covered:
    counted = ("covered_lines", "num_statements", "covered_branches", "num_branches")
    return Covered(*(summary[name] for name in counted))


_HEAD = """# Figures

Written by `python -m tools.figures_page` from the reports beside [the evaluation](../evaluation/README.md); no figure is typed by hand.
All letters, people and files in the tests are fictional. What the figures do not show stands in [the threat model](threat-model.md).
"""


def _tests(found: Mapping[str, Any] | None) -> Iterator[str]:
    yield "## Tests\n\n| run by | tests |\n|---|---|"
    for name in ("make test", "make soak"):
        yield f"| `{name}`{' besides' if name == 'make soak' else ''} | {found[name] if found else NOT_MEASURED} |"
    yield "\nCounted by `python -m tools.figures_page --tests`; each row of a table of examples is a test.\n"


def _coverage(found: Mapping[str, list[int]] | None) -> Iterator[str]:
    yield "## Coverage\n\nLines and branches that `make coverage` ran through, in all processes; the tests of `make test`.\n"
    yield "| what | lines | branches | covered |\n|---|---|---|---|"
    files = {name.removeprefix("xiansuo/"): Covered(*counts) for name, counts in (found or {}).items()}
    yield _line("**all**", sum_(files.values()) if files else None)
    for area, modules in AREAS.items():
        known = [files[one] for one in modules if one in files]
        yield _line(f"**{area}**", sum_(known) if len(known) == len(modules) else None)
        yield from (_line(f"`{one}`", files.get(one)) for one in modules)
    yield ""


def sum_(parts: Iterable[Covered]) -> Covered:
    """Return several together."""
    return sum(parts, Covered())


def _line(name: str, found: Covered | None) -> str:
    if found is None:
        return f"| {name} | {NOT_MEASURED} | | |"
    return f"| {name} | {found.lines}/{found.all_lines} | {found.branches}/{found.all_branches} | {found.share} |"


def _doors(found: Iterable[Door]) -> Iterator[str]:
    routes = list(found)
    granted = sum(door.power is None or door.power in MATRIX[role] for door in routes for role in Role)
    tried = len(routes) * (len(Role) + 1)
    yield "## Routes × roles\n"
    yield f"{len(routes)} routes × ({len(Role)} roles and a stranger) = {tried} combinations, every one tried; {granted} of them are granted."
    yield "The table is [who may open what](authorisation.md); `tests/review/test_authorisation.py` walks it.\n"


def _report(title: str, file: str, found: Mapping[str, Any] | None) -> Iterator[str]:
    yield f"## {title}\n"
    if found is None:
        yield f"{NOT_MEASURED.capitalize()}: there is no report `{file}` yet.\n"
        return
    yield "| what | figure |\n|---|---|"
    yield from (f"| {name} | {value} |" for name, value in _flat(found))
    yield f"\nFrom the report `{file}`.\n"


def _flat(found: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    """Yield every figure with the words that lead to it; a list is told by its length."""
    for name, value in found.items():
        words = f"{before}{name}".replace("_", " ")
        if isinstance(value, Mapping):
            yield from _flat(value, f"{words}: ")
        elif isinstance(value, list):
            yield words, f"{len(value)} rows"
        else:
            yield words, f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value)


def _collected(mark: str) -> int:
    command = [sys.executable, "-m", "pytest", "-n", "0", "--collect-only", "-q", "-m", mark]
    told = subprocess.run(command, cwd=HOME, capture_output=True, text=True, check=True).stdout
    counted = re.search(r"^(\d+)(?:/\d+)? tests collected", told, re.MULTILINE)
    return int(counted[1]) if counted else 0


def _read(reports: Path, name: str) -> Any:
    file = reports / f"{name}.json"
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None


def _write(name: str, found: object) -> None:
    (REPORTS / f"{name}.json").write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
