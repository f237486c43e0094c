"""Writes docs/licences.md: the licence of every package that is locked and installed, and of every file taken over from elsewhere.

usage: python -m tools.licences_table

Exits with 1 where a licence is unknown, or would bind this program (strong copyleft) in what a user installs.
"""

import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from enum import IntEnum
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any, NamedTuple

HOME = Path(__file__).resolve().parents[1]
PAGE = HOME / "docs" / "licences.md"
VENDOR = HOME / "xiansuo" / "review" / "static" / "vendor"


class Kind(IntEnum):
    """What a licence asks of who passes the program on, from nothing much to everything."""

    PERMISSIVE = 0
    WEAK = 1
    STRONG = 2
    UNKNOWN = 3

    @property
    def told(self) -> str:
        """The words for it."""
        return ("permissive", "weak copyleft", "**strong copyleft**", "**unknown**")[self]


class Reviewed(NamedTuple):
    """A licence that the package's metadata do not tell, and words that its own licence file has to hold."""

    licence: str
    words: str


REVIEWED: Mapping[str, Reviewed] = {
    # The checker inside, axe-core, is under the MPL.
    "axe-playwright-python": Reviewed("MIT AND MPL-2.0", "MIT"),
    "imapclient": Reviewed("BSD-3-Clause", "Redistribution and use in source and binary forms"),
    "skops": Reviewed("MIT", "Permission is hereby granted, free of charge"),
    # Either at one's choice; the first is chosen.
    "text-unidecode": Reviewed("Artistic-1.0-Perl OR GPL-2.0-or-later", "Artistic License"),
}


class Taken(NamedTuple):
    """Files of others that lie in this repository, unchanged, in `folder`."""

    name: str
    version: str
    licence: str
    folder: str


VENDORED = (
    Taken("htmx (npm `htmx.org`)", "2.0.10", "0BSD", "htmx"),
    Taken("Apache ECharts (npm `echarts`)", "5.6.0", "Apache-2.0 AND BSD-3-Clause", "echarts"),
)
_PERMISSIVE = re.compile(
    r"MIT|MIT-0|MIT-CMU|ISC|0BSD|Zlib|Unlicense|CC0-1\.0|PSF-2\.0|HPND|BSD|Apache|Python Software Foundation|Public Domain|Artistic"
    r"|CNRI-Python|LicenseRef-numpy|NCSA|Boost|BSL-1\.0|OFL",
    re.IGNORECASE,
)
_WEAK = re.compile(r"LGPL|Lesser General Public|MPL|Mozilla Public|EPL|CDDL", re.IGNORECASE)
_STRONG = re.compile(
    r"(?<!L)GPL|AGPL|(?<!Lesser )General Public|SSPL|EUPL|CC-BY-(?:SA|NC)|Commons Clause", re.IGNORECASE
)


def kind_of(licence: str) -> Kind:
    """Return what a licence asks: of alternatives the least, of several that all hold the most."""
    inner = re.search(r"\(([^()]*)\)", licence)
    if inner:
        # A bracket of several becomes the one that counts; one that only repeats an abbreviation stays as words.
        several = re.search(r"\b(?:OR|AND)\b", inner[1])
        told = _STANDS_FOR[kind_of(inner[1])] if several else f" {inner[1]} "
        return kind_of(licence[: inner.start()] + told + licence[inner.end() :])
    return min(max(map(_kind, re.split(r"\bAND\b|;", one))) for one in re.split(r"\bOR\b", licence))


def _kind(licence: str) -> Kind:
    name = licence.partition(" WITH ")[0]
    for kind, pattern in ((Kind.WEAK, _WEAK), (Kind.STRONG, _STRONG), (Kind.PERMISSIVE, _PERMISSIVE)):
        if pattern.search(name):
            return kind
    return Kind.UNKNOWN


_STANDS_FOR = {Kind.PERMISSIVE: "MIT", Kind.WEAK: "MPL-2.0", Kind.STRONG: "GPL-3.0-only", Kind.UNKNOWN: "?"}


class Row(NamedTuple):
    """A package: what it is needed for, its version and its licence."""

    name: str
    version: str
    use: str
    licence: str

    @property
    def kind(self) -> Kind:
        """What the licence asks."""
        return kind_of(self.licence)


def rows() -> list[Row]:
    """Return the packages of the lock file that are installed here."""
    uses = _uses(tomllib.loads((HOME / "uv.lock").read_text(encoding="utf-8"))["package"])
    installed = {_plain(one.metadata["Name"]): one for one in distributions()}
    return [
        Row(name, installed[name].version, uses[name], licence_of(installed[name]))
        for name in sorted(uses.keys() & installed.keys())
    ]


def licence_of(package: Distribution) -> str:
    """Return a package's licence as its metadata tell it; reviewed ones hold only while the licence file says the same."""
    known = REVIEWED.get(_plain(package.metadata["Name"]))
    if known:
        return known.licence if known.words in _licence_files(package) else ""
    told = package.metadata.get_all("License-Expression") or []
    kinds = [one.split("::")[-1].strip() for one in package.metadata.get_all("Classifier") or () if "License ::" in one]
    named = [one for one in kinds if one != "OSI Approved"]
    line = (package.metadata.get("License") or "").strip().partition("\n")[0]
    return (told or [" AND ".join(sorted(named))])[0] or line[:60]


def _licence_files(package: Distribution) -> str:
    found = [one for one in package.files or () if re.search(r"LICEN[CS]E|COPYING", one.name, re.IGNORECASE)]
    return "\n".join(one.read_text() or "" for one in found)


def _uses(packages: list[dict[str, Any]]) -> dict[str, str]:
    """Return for each locked package what needs it first: the program, an extra of it, or its tests."""
    needs = {one["name"]: [*_names(one.get("dependencies", ())), *_extras(one)] for one in packages}
    own = next(one for one in packages if one["name"] == "xiansuo")
    roots = [("program", _names(own["dependencies"]))]
    roots += [(f"extra `{name}`", _names(some)) for name, some in sorted(own.get("optional-dependencies", {}).items())]
    roots += [("tests", _names(some)) for some in own.get("dev-dependencies", {}).values()]
    found: dict[str, str] = {}
    for use, some in roots:
        waiting = [*some]
        while waiting:
            name = waiting.pop()
            if name not in found:
                found[name] = use
                waiting += needs.get(name, [])
    return found


def _names(entries: Any) -> list[str]:
    return [one["name"] for one in entries]


def _extras(package: Mapping[str, Any]) -> Iterator[str]:
    # Which extras of a package are asked for matters little here: one licence too many harms nobody.
    for some in package.get("optional-dependencies", {}).values():
        yield from _names(some)


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


_HEAD = """# Licences

Written by `python -m tools.licences_table` from `uv.lock` and what the installed packages tell of themselves; a test keeps it true.
The program is under Apache-2.0. Packages are used unchanged and are not part of this repository; those under a weak copyleft licence stay
replaceable, as it asks, since each is a package of its own. Packages for other systems or Python versions than this one are not listed.
"""


def page(found: list[Row]) -> str:
    """Return the page."""
    lines = [_HEAD, "## Packages", "", "| package | version | needed by | licence | |", "|---|---|---|---|---|"]
    lines += [f"| {one.name} | {one.version} | {one.use} | {one.licence or '?'} | {one.kind.told} |" for one in found]
    lines += [
        "",
        "## Files of others in this repository",
        "",
        "| what | version | licence | folder |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {one.name} | {one.version} | {one.licence} | `xiansuo/review/static/vendor/{one.folder}` |"
        for one in VENDORED
    ]
    lines += [
        "",
        "No fonts are shipped: pages use those of the reader's machine, and Chinese ones for tests come from Debian.",
        "",
    ]
    return "\n".join(lines)


def objections(found: list[Row]) -> list[str]:
    """Return what must not be passed on: unknown licences, and strong copyleft in what a user installs."""
    worst = {one.name: one.kind for one in found if one.kind is Kind.UNKNOWN or one.kind is Kind.STRONG}
    return [f"{name}: {kind.told.strip('*')}" for name, kind in worst.items()]


def main() -> None:
    """Write the page."""
    found = rows()
    PAGE.write_text(page(found), encoding="utf-8")
    if wrong := objections(found):
        sys.exit("; ".join(wrong))


if __name__ == "__main__":
    main()
