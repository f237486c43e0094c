from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from xiansuo.storage.bulk import insert_tuples
from xiansuo.storage.tables import AuditEvents, Letters, Sources
from xiansuo.storage.tables.base import table_of

COLUMNS = (
    "id", "number", "source_id", "kind", "channel", "received", "signed", "state", "message_key",
    "hand_over", "named_unit", "named_respondents", "parts", "ingested_at", "subject", "text",
)  # fmt: skip
ROWS = [
    (1, "2026-1", 7, "letter", "来信", date(2026, 3, 1), "named", "stored", b"\x00\xff", ["甲", "3", 2], "某镇", ["乙"],
     [["body", 0, 4, "text/plain", ""]], datetime(2026, 3, 2, 8, tzinfo=timezone(timedelta(hours=8))), "题\0目", "正\ud800文"),
    (2, "2026-2", 7, "email", "邮箱", None, "anonymous", "stored", None, None, "", [], [],
     datetime(2026, 3, 2, 8, tzinfo=UTC), "%(x)s ? :y", "百分之 100%"),
]  # fmt: skip


def read(session: Session) -> list[tuple[object, ...]]:
    wanted = [table_of(Letters).c[name] for name in COLUMNS]
    return [tuple(row) for row in session.execute(select(*wanted).order_by(Letters.id))]


@pytest.fixture
def source(session: Session) -> int:
    insert_tuples(session, Sources, ("name", "id", "kind"), [("来信", 7, "folder")])
    return 7


def test_tuples_arrive_as_the_mappings_of_sqlalchemy_do(session: Session, source: int) -> None:
    assert source == 7
    insert_tuples(session, Letters, COLUMNS, ROWS)
    ours = read(session)
    session.execute(table_of(Letters).delete())
    session.execute(insert(table_of(Letters)), [dict(zip(COLUMNS, row, strict=True)) for row in ROWS])
    assert ours == read(session)
    assert ours[0][-1] == "正\ufffd文"


def test_columns_left_out_get_the_default_of_the_database(session: Session) -> None:
    names = ("id", "at", "actor", "action", "object_kind", "object_id", "previous", "hash")
    row = (1, datetime(2026, 3, 2, tzinfo=UTC), "系统", "ingest", "letter", "1", b"p", b"h")
    insert_tuples(session, AuditEvents, names, [row])
    assert list(session.scalars(select(AuditEvents.result))) == [""]


def test_no_rows_are_no_statement(session: Session) -> None:
    insert_tuples(session, Sources, ("name", "kind"), [])
    assert session.scalars(select(Sources)).all() == []


def test_a_row_that_is_there_is_left_out_only_when_asked(session: Session, source: int) -> None:
    rows = [("来信", "folder"), ("来访", "folder")]
    insert_tuples(session, Sources, ("name", "kind"), rows, missing=True)
    assert source in session.scalars(select(Sources.id))
    with pytest.raises(IntegrityError):
        insert_tuples(session, Sources, ("name", "kind"), rows)


def test_a_row_of_another_length_is_refused(session: Session) -> None:
    with pytest.raises(ValueError, match="zip"):
        insert_tuples(session, Sources, ("name", "kind"), [("来信", "folder"), ("来访",)])
