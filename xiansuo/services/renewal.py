"""Analyses the letters of unread clues again when another model has come into use, a batch at a time; what people decided on keeps what they saw."""

from pathlib import Path

from sqlalchemy import Select
from sqlalchemy.orm import Session

from xiansuo.services.analysis import Analyser
from xiansuo.services.model import name_in_use, site_name
from xiansuo.services.office import Office
from xiansuo.storage.repositories import letters, renewals, site_models
from xiansuo.storage.session import reading, transaction

BATCH = 200


def renew_batch(office: Office, analyser: Analyser, *, limit: int = BATCH) -> int:
    """Let up to `limit` letters of clues that nobody has read wait for analysis by the model in use; return how many.

    What changed in rules or in the shipped model is no matter of this: `xiansuo upgrade` analyses all letters again. A process that
    still works with an earlier model leaves it to those that come after.
    """
    if name_in_use(office) != site_name(analyser.trained):
        return 0
    with transaction(office.engine) as session:
        outdated, point = _outdated(session), renewals.point(session)
        if outdated is None or _nothing_left.get(office.state_dir) == point:
            return 0
        found = letters.set_back(session, outdated.limit(limit))
    if not found:
        _nothing_left[office.state_dir] = point
    return found


_nothing_left: dict[Path, renewals.Point] = {}
"""Up to where there was nothing left to do. Looking at every letter anew would take a second at each intake."""


def to_renew(office: Office) -> int:
    """Return how many letters are to be analysed again because another model came into use."""
    with reading(office.engine) as session:
        outdated, point = _outdated(session), renewals.point(session)
        if outdated is None or _nothing_left.get(office.state_dir) == point:
            return 0
        count = letters.count_of(session, outdated)
    if not count:
        _nothing_left[office.state_dir] = point
    return count


def _outdated(session: Session) -> Select[tuple[int]] | None:
    names = sorted({one.model for one in site_models.promotions(session) if one.model})
    chosen = site_models.in_use(session)
    if not names:
        return None
    return renewals.of_other_models(chosen.name) if chosen else renewals.of_other_models("", names)
