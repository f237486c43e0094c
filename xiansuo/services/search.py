"""Keeps the search index over masked letters up with the letters."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from xiansuo.services.office import Office
from xiansuo.storage.repositories import search
from xiansuo.storage.session import reading, transaction
from xiansuo.text.search import VERSION, document

BATCH = 500


def index_batch(office: Office, *, limit: int = BATCH) -> int:
    """Put up to `limit` letters into the search index, in one commit; return how many.

    Takes those that reached the queue, whose mask, unit or respondents changed, or that an earlier program folded. Sealed letters never come here.
    """
    with reading(office.engine) as session:
        if not (search.outdated(session, VERSION, limit=1) or search.new(session, limit=1)):
            return 0
    with transaction(office.engine) as session:
        again = search.outdated(session, VERSION, limit=limit)
        search.replace(session, _folded(session, again), VERSION)
        new = search.new(session, limit=limit - len(again))
        search.put(session, _folded(session, new), VERSION)
    return len(again) + len(new)


def _folded(session: Session, letters: Sequence[int]) -> list[tuple[int, str]]:
    return [(one.letter, document(one.fields)) for one in search.searchable(session, letters)]


def index_all(office: Office) -> int:
    """Index whatever waits and return how many letters."""
    total = 0
    while done := index_batch(office):
        total += done
    return total
