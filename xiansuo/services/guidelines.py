"""The guidelines of the categories, as the rule books have them now."""

from functools import lru_cache
from pathlib import Path

from xiansuo.domain.category import CATEGORIES
from xiansuo.rulebook.guideline import Guideline, load_guideline
from xiansuo.services.office import Office


def guidelines(office: Office) -> tuple[Guideline, ...]:
    """Return the guidelines that there are, in the order of the categories; a changed file is read again."""
    files = [office.settings.rules / f"{category.value}.yaml" for category in CATEGORIES]
    found = (_read(file, file.stat().st_mtime_ns) for file in files if file.exists())
    return tuple(one for one in found if one)


@lru_cache(maxsize=32)
def _read(file: Path, _changed: int) -> Guideline | None:
    return load_guideline(file)
