"""Where letters outside the six categories could be sent on to, as rules/out_of_scope.yaml lists them."""

from functools import lru_cache
from pathlib import Path

from xiansuo.rulebook.destinations import OUT_OF_SCOPE_FILE, Destination, load_destinations
from xiansuo.services.office import Office


def destinations(office: Office) -> tuple[Destination, ...]:
    """Return the destinations in the order of the file; a changed file is read again."""
    file = office.settings.rules / OUT_OF_SCOPE_FILE
    return _read(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _read(file: Path, _changed: int) -> tuple[Destination, ...]:
    return load_destinations(file).listed
