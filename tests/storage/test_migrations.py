from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from xiansuo.errors import StorageError
from xiansuo.storage.migrations import current_revision, migrate, pending
from xiansuo.storage.session import open_engine
from xiansuo.storage.tables import Base


def test_migrations_and_tables_agree(engine: Engine) -> None:
    # SQLite cannot tell what a descending index covers; there the query plans below show that it is the right one.
    ordered = {"ix_clues_state_rank_id", "ix_clues_state_rubric_rank_id"}
    skipped = ordered if engine.dialect.name == "sqlite" else set()
    options = {
        "compare_server_default": True,
        # Each database has the search index in a form of its own, which no table class describes.
        "include_name": lambda name, kind, _parents: not (kind == "table" and name.startswith("letter_grams")),
        "include_object": lambda _object, name, *_: name not in skipped,
    }
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata) == []


def test_an_empty_database_lacks_all_revisions_until_it_is_migrated(tmp_path: Path) -> None:
    engine = open_engine(tmp_path)
    assert current_revision(engine) is None
    assert pending(engine)[0] == "0001"
    migrate(engine)
    assert pending(engine) == []
    assert current_revision(engine) == "0006"


def test_migrating_twice_changes_nothing(engine: Engine) -> None:
    before = inspect(engine).get_table_names()
    migrate(engine)
    assert inspect(engine).get_table_names() == before


def test_a_database_of_a_newer_program_is_refused(sqlite_engine: Engine) -> None:
    with sqlite_engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StorageError, match="9999"):
        migrate(sqlite_engine)


def test_a_migration_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    engine = open_engine(tmp_path)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE vault_records (id INTEGER)"))
    try:
        migrate(engine)
    except Exception:  # noqa: BLE001 - whatever the database calls it
        assert inspect(engine).get_table_names() == ["vault_records"]
    else:
        raise AssertionError("the migration should have met a table of the same name")


def test_the_queue_and_the_work_lists_are_read_through_their_indexes(sqlite_engine: Engine) -> None:
    questions = {
        "SELECT * FROM clues WHERE state = 'open' AND rank <= 50 AND (rank < 50 OR id > 3) ORDER BY rank DESC, id": "ix_clues_state_rank_id",
        "SELECT * FROM letters WHERE state = 'stored' AND id > 5 ORDER BY id": "ix_letters_state_id",
        "SELECT * FROM vault_index WHERE blind = x'00'": "sqlite_autoindex_vault_index_1",
        "SELECT * FROM sketches WHERE hash = 5": "PRIMARY KEY",
    }
    with sqlite_engine.connect() as connection:
        for question, index in questions.items():
            plan = " ".join(row.detail for row in connection.execute(text(f"EXPLAIN QUERY PLAN {question}")))
            assert index in plan
            assert "TEMP B-TREE" not in plan


def test_a_migrated_sqlite_database_knows_what_its_indexes_hold(sqlite_engine: Engine) -> None:
    with sqlite_engine.connect() as connection:
        assert inspect(connection).has_table("sqlite_stat1")
