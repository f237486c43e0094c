"""Keeps the search index over masked letters up with the letters."""

from xiansuo.services.office import Office
from xiansuo.storage.repositories import search
from xiansuo.storage.session import reading, transaction
from xiansuo.text.search import VERSION, document

BATCH = 500


def index_batch(office: Office, *, limit: int = BATCH) -> int:
    """Put up to `limit` letters into the search index, in one commit; return how many.

    Takes those that are new, whose mask, unit or respondents changed, or that an earlier program folded. Sealed letters never come here.
    """
    with reading(office.engine) as session:
        if not search.waiting(session, VERSION, limit=1):
            return 0
    with transaction(office.engine) as session:
        waiting = search.waiting(session, VERSION, limit=limit)
        found = search.searchable(session, waiting)
        search.put(session, [(one.letter, document(one.fields)) for one in found], VERSION)
    return len(waiting)


def index_all(office: Office) -> int:
    """Index whatever waits and return how many letters."""
    total = 0
    while done := index_batch(office):
        total += done
    return total
