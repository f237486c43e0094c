"""Content folders with the shipped rules and word lists and a few authored letters, so that training takes seconds."""

import shutil
from functools import cache
from pathlib import Path

SHIPPED = Path(__file__).resolve().parents[1]


def make_home(home: Path, *, every: int = 8) -> Path:
    """Copy the content folders into `home` with one authored letter in `every`."""
    for name in ("rules", "data/lexicons"):
        shutil.copytree(SHIPPED / name, home / name)
    (home / "evaluation").mkdir()
    shutil.copy(SHIPPED / "evaluation/targets.toml", home / "evaluation")
    (home / "data/corpus").mkdir()
    for path in sorted((SHIPPED / "data/corpus").glob("*.jsonl")):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        (home / "data/corpus" / path.name).write_text("".join(lines[::every]), encoding="utf-8")
    folder = home / "models/scope_categories"
    folder.mkdir(parents=True)
    recipe = (SHIPPED / "models/scope_categories/recipe.toml").read_text(encoding="utf-8")
    (folder / "recipe.toml").write_text(recipe.replace("folds = 6", "folds = 2"), encoding="utf-8")
    return home


@cache
def shipped_content() -> frozenset[bytes]:
    """The bytes of the shipped rules and word lists: an office keeps copies of those it used, and they tell of no letter."""
    folders = SHIPPED / "rules", SHIPPED / "data/lexicons"
    return frozenset(path.read_bytes() for folder in folders for path in folder.rglob("*") if path.is_file())
