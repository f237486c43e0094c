"""Where what we build on comes from: hashes in the lock file, a licence for everything, files of others unchanged."""

import hashlib
import re
import tomllib

import pytest

from tools.licences_table import HOME, PAGE, VENDOR, VENDORED, Kind, Row, kind_of, objections, page, rows


def test_every_locked_file_has_its_hash_and_comes_from_the_one_registry() -> None:
    packages = tomllib.loads((HOME / "uv.lock").read_text(encoding="utf-8"))["package"]
    assert len(packages) > 150
    foreign = [one for one in packages if "registry" not in one["source"]]
    assert [one["name"] for one in foreign] == ["xiansuo"], "nothing from a repository, a folder or a plain address"
    files = [file for one in packages for file in (*one.get("wheels", ()), *([one["sdist"]] if "sdist" in one else ()))]
    assert [file["url"] for file in files if not re.fullmatch(r"sha256:[0-9a-f]{64}", file.get("hash", ""))] == []
    assert [
        one["name"] for one in packages if one not in foreign and not one.get("wheels") and "sdist" not in one
    ] == []


def test_what_is_installed_is_what_is_locked() -> None:
    locked = {(one["name"], one["version"]) for one in tomllib.loads((HOME / "uv.lock").read_text("utf-8"))["package"]}
    assert [(one.name, one.version) for one in rows() if (one.name, one.version) not in locked] == []


def test_the_page_of_licences_is_the_one_in_force() -> None:
    # Another Python or machine has a few packages more or less; those that are here stand on the page as they are.
    written = set(PAGE.read_text(encoding="utf-8").splitlines())
    assert [line for line in page(rows()).splitlines() if line not in written] == [], (
        "run: python -m tools.licences_table"
    )


def test_nothing_that_is_passed_on_binds_the_program_and_no_licence_is_unknown() -> None:
    assert objections(rows()) == []


@pytest.mark.parametrize(
    ("licence", "kind"),
    [
        ("MIT", Kind.PERMISSIVE),
        ("Apache-2.0 OR BSD-2-Clause", Kind.PERMISSIVE),
        ("BSD License AND Apache Software License", Kind.PERMISSIVE),
        ("Mozilla Public License 2.0 (MPL 2.0)", Kind.WEAK),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", Kind.WEAK),
        ("GNU Lesser General Public License v3 (LGPLv3)", Kind.WEAK),
        ("LGPL-3.0-only", Kind.WEAK),
        ("GPL-3.0-or-later", Kind.STRONG),
        ("GNU General Public License v2 or later (GPLv2+)", Kind.STRONG),
        ("GNU Affero General Public License v3", Kind.STRONG),
        ("AGPL-3.0-only", Kind.STRONG),
        ("MIT AND GPL-2.0-only", Kind.STRONG),
        ("MIT OR GPL-2.0-only", Kind.PERMISSIVE),
        ("SSPL-1.0", Kind.STRONG),
        ("Proprietary", Kind.UNKNOWN),
        ("", Kind.UNKNOWN),
        ("Proprietary AND MIT", Kind.UNKNOWN),
    ],
)
def test_a_licence_is_told_by_what_it_asks(licence: str, kind: Kind) -> None:
    assert kind_of(licence) is kind


@pytest.mark.parametrize("licence", ["AGPL-3.0-only", "See the website", ""])
def test_a_package_that_must_not_be_passed_on_is_noticed(licence: str) -> None:
    assert objections([*rows(), Row("newcomer", "1.0", "program", licence)]) != []


def test_every_file_of_others_is_listed_with_its_licence() -> None:
    assert {one.name for one in VENDOR.iterdir()} == {one.folder for one in VENDORED}
    for one in VENDORED:
        assert (VENDOR / one.folder / "LICENSE").is_file()
    brought = [
        file
        for file in HOME.rglob("*")
        if file.suffix in {".woff", ".woff2", ".ttf", ".otf", ".min.js", ".wasm"} and ".venv" not in file.parts
    ]
    assert [file for file in brought if ".uv" not in file.parts and VENDOR not in file.parents] == []


def test_files_of_others_are_unchanged() -> None:
    htmx = (VENDOR / "htmx" / "htmx.min.js").read_text(encoding="utf-8")
    assert f'version:"{VENDORED[0].version}"' in htmx
    told = (VENDOR / "echarts" / "README.md").read_text(encoding="utf-8")
    echarts = (VENDOR / "echarts" / "echarts.common.min.js").read_bytes()
    assert hashlib.sha256(echarts).hexdigest() in told
    assert VENDORED[1].version in told
