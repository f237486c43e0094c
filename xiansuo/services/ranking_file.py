"""The rubric of an open office, read again only when an inspector changed it."""

from functools import lru_cache
from pathlib import Path

from xiansuo.services.office import Office
from xiansuo.triage.rank import Ranking


def ranking_of(office: Office) -> Ranking:
    """Return the rubric as rules/ranking.yaml has it now. Raises RankingError."""
    file = office.settings.rules / "ranking.yaml"
    return _read(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _read(file: Path, _stamp: int) -> Ranking:
    return Ranking.load(file)
