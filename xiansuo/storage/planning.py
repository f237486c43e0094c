"""Tells PostgreSQL which ways of reading a table are not worth trying for a statement."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text
from sqlalchemy.orm import Session


@contextmanager
def along_indexes(session: Session, *, in_order: bool) -> Iterator[None]:
    """Let PostgreSQL read along indexes meanwhile, with `in_order` along the one that has the rows in the order asked for.

    It takes conditions on lists and on words for much rarer than they are, and would read and sort whole tables for a page of thirty.
    """
    off = (
        ["enable_seqscan", *(["enable_sort"] if in_order else [])]
        if session.get_bind().dialect.name == "postgresql"
        else []
    )
    for way in off:
        session.execute(text(f"SET LOCAL {way} = off"))
    yield
    for way in off:
        # Not "on": the server's administrator may have decided otherwise.
        session.execute(text(f"SET LOCAL {way} TO DEFAULT"))
