"""What PostgreSQL is told of reading tables holds for the statements within, and SQLite is told nothing."""

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from xiansuo.storage.planning import along_indexes
from xiansuo.storage.session import reading


def _ways(session: Session) -> list[str]:
    return [str(session.scalar(text(f"SHOW {way}"))) for way in ("enable_seqscan", "enable_sort")]


@pytest.mark.parametrize(("in_order", "within"), [(True, ["off", "off"]), (False, ["off", "on"])])
def test_it_holds_for_the_statements_within(postgres_engine: Engine, *, in_order: bool, within: list[str]) -> None:
    with reading(postgres_engine) as session:
        with along_indexes(session, in_order=in_order):
            assert _ways(session) == within
        assert _ways(session) == ["on", "on"]
    with reading(postgres_engine) as session:
        assert _ways(session) == ["on", "on"]
        assert session.scalar(text("SHOW jit")) == "off"


def test_sqlite_is_told_nothing(sqlite_engine: Engine) -> None:
    with reading(sqlite_engine) as session, along_indexes(session, in_order=True):
        assert session.scalar(text("SELECT 1")) == 1
