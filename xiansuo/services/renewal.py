"""Analyses the letters of unread clues again when another model has come into use, a batch at a time; what people decided on keeps what they saw."""

from sqlalchemy import Select
from sqlalchemy.orm import Session

from xiansuo.services.analysis import Analyser
from xiansuo.services.model import name_in_use, site_name
from xiansuo.services.office import Office
from xiansuo.storage.repositories import letters, site_models, suggestions
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
        outdated = _outdated(session)
        return 0 if outdated is None else letters.set_back(session, outdated.limit(limit))


def to_renew(office: Office) -> int:
    """Return how many letters are to be analysed again because another model came into use."""
    with reading(office.engine) as session:
        outdated = _outdated(session)
        return 0 if outdated is None else letters.count_of(session, outdated)


def _outdated(session: Session) -> Select[tuple[int]] | None:
    names = [one.name for one in site_models.listed(session)]
    chosen = site_models.in_use(session)
    if not names:
        return None
    return suggestions.of_other_models(chosen.name) if chosen else suggestions.of_other_models("", names)
