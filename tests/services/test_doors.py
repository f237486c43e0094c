"""Who may open which door inside the program, read from the source itself, so that a new module is found without a list to keep."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

XIANSUO = Path(__file__).resolve().parents[2] / "xiansuo"
_HOLD = {
    "backup",
    "backup_check",
    "erasure",
    "ingest",
    "keys",
    "office",
    "quarantine",
    "recusal",
    "remask",
    "restore",
    "reveal",
    "rotation",
}
_ASK = {"names", "screening"}
"""Services that ask the vault a question which it answers with yes or no."""


def _imported(file: Path) -> Iterator[str]:
    """Give every module that a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{one.name}" for one in node.names)


def _importing(module: str, below: Path) -> set[str]:
    return {
        file.relative_to(XIANSUO).as_posix()
        for file in below.rglob("*.py")
        if any(f"{one}.".startswith(f"{module}.") for one in _imported(file))
    }


def _touching(attribute: str) -> set[str]:
    return {
        file.stem
        for file in (XIANSUO / "services").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == attribute
    }


def test_only_these_services_import_the_vault() -> None:
    allowed = {f"services/{name}.py" for name in _HOLD}
    found = _importing("xiansuo.storage.vault", XIANSUO)
    assert found
    assert found <= allowed


def test_only_these_services_use_the_vault_of_an_office() -> None:
    assert _touching("vault") <= _HOLD | _ASK


@pytest.mark.parametrize("module", ["xiansuo.storage", "sqlalchemy"])
def test_pages_ask_services_and_never_tables(module: str) -> None:
    assert not _importing(module, XIANSUO / "review")


@pytest.mark.parametrize("module", ["fastapi", "starlette"])
def test_nothing_but_pages_knows_the_web(module: str) -> None:
    outside = {file for file in _importing(module, XIANSUO) if not file.startswith("review/")}
    assert not outside


def test_no_page_touches_the_vault_of_an_office() -> None:
    pages = (file for part in ("review", "cli") for file in (XIANSUO / part).rglob("*.py"))
    assert not [file.name for file in pages if "office.vault" in file.read_text("utf-8")]
