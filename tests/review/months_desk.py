"""The desk after two months in which several people read, handled and sampled: reports of whole months have something to say."""

import shutil
from pathlib import Path

from benchmarks.months import spread
from benchmarks.review_office import build
from tests.review.desk import Desk, open_desk
from xiansuo.services.office import open_office
from xiansuo.settings import Settings

CLUES = 600


def make_months(state: Path, clues: int = CLUES) -> Path:
    """Make the installation once: text put together from the authored corpus, people and units made up, days spread over two months."""
    if not (state / "ready").exists():
        shutil.rmtree(state, ignore_errors=True)
        build(state, clues)
        office = open_office(Settings(state_dir=state))
        spread(office)
        office.engine.dispose()
        (state / "ready").touch()
    return state


def open_months(template: Path, state: Path) -> Desk:
    """Open a copy of it; people are `lead`, `head`, `transfer`, `auditor` and `reviewer0` on."""
    return open_desk(template, state)
