import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select

from tests.servers.state import empty_state
from tests.servers.waiting import wait_until
from tests.services.samples import BANQUET, BENEFITS, REGISTER, write
from xiansuo.services.analysis import Analyser
from xiansuo.services.claims import analyse_next, assist
from xiansuo.services.link import link_batch
from xiansuo.services.office import Office, import_register, initialise, open_office
from xiansuo.services.triage import Bench, ingest_paths
from xiansuo.settings import Settings
from xiansuo.storage.address import address_of
from xiansuo.storage.repositories import letters
from xiansuo.storage.repositories.letters import LetterState
from xiansuo.storage.session import reading, transaction
from xiansuo.storage.tables import Letters, Suggestions


@pytest.fixture
def shared(tmp_path: Path, analyser: Analyser) -> Iterator[Office]:
    """An office on PostgreSQL with ten stored letters."""
    settings = Settings(state_dir=empty_state(tmp_path / "state", postgres=True))
    initialise(settings)
    office = open_office(settings)
    import_register(office, REGISTER)
    told = {f"{number}.txt": f"{(BENEFITS, BANQUET)[number % 2]}第{number}件。" for number in range(10)}
    ingest_paths(Bench(office, analyser), [write(tmp_path / "in", told)])
    yield office
    office.engine.dispose()


def analysed(office: Office) -> list[int]:
    """The letters of all suggestions, in order of their ids."""
    with reading(office.engine) as session:
        return list(session.scalars(select(Suggestions.letter_id).order_by(Suggestions.id)))


def test_what_one_has_claimed_another_passes_over(shared: Office) -> None:
    with transaction(shared.engine) as first, transaction(shared.engine) as second:
        one = letters.claim(first, LetterState.STORED, limit=4)
        other = letters.claim(second, LetterState.STORED, limit=4)
        assert [letter.id for letter in (*one, *other)] == list(range(1, 9))


def test_a_claim_dies_with_its_connection(shared: Office) -> None:
    killed = psycopg.connect(address_of(shared.state_dir))
    killed.execute("SELECT id FROM letters ORDER BY id LIMIT 4 FOR NO KEY UPDATE")
    with transaction(shared.engine) as session:
        assert letters.claim(session, LetterState.STORED, limit=1)[0].id == 5
    backend = killed.info.backend_pid
    killed.close()
    with psycopg.connect(address_of(shared.state_dir), autocommit=True) as other:
        gone = "SELECT count(*) = 0 FROM pg_stat_activity WHERE pid = %s"
        wait_until(lambda: other.execute(gone, (backend,)).fetchone() == (True,), seconds=30)
    with transaction(shared.engine) as session:
        assert letters.claim(session, LetterState.STORED, limit=1)[0].id == 1


def test_a_claimed_letter_can_still_be_referred_to(shared: Office) -> None:
    with transaction(shared.engine) as first, psycopg.connect(address_of(shared.state_dir)) as other:
        letters.claim(first, LetterState.STORED, limit=4)
        other.execute("SET lock_timeout = '2s'")
        assert other.execute("SELECT id FROM letters WHERE id = 1 FOR KEY SHARE").fetchall() == [(1,)]


def test_batches_are_stored_in_order_of_intake_whoever_is_ready_first(shared: Office, analyser: Analyser) -> None:
    with transaction(shared.engine) as slow:
        letters.claim(slow, LetterState.STORED, limit=4)
        quick = threading.Thread(target=assist, args=(shared, analyser))
        quick.start()
        quick.join(timeout=0.5)
        assert quick.is_alive()
        assert analysed(shared) == []
    # The slow one gave up without having done anything: the quick one takes its letters over, and stores them first.
    quick.join(timeout=60)
    assert analysed(shared) == list(range(1, 11))


def test_several_at_once_store_what_one_stores(shared: Office, analyser: Analyser) -> None:
    crowd = [threading.Thread(target=small_batches, args=(shared, analyser)) for _ in range(3)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join(timeout=120)
    assert analysed(shared) == list(range(1, 11))


def test_only_letters_in_a_row_are_analysed_together(shared: Office, analyser: Analyser) -> None:
    with psycopg.connect(address_of(shared.state_dir)) as other:
        other.execute("SELECT id FROM letters WHERE id IN (4, 7) FOR NO KEY UPDATE")
        assert analyse_next(shared, analyser) == 3
        assert analysed(shared) == [1, 2, 3]
    assist(shared, analyser)
    assert analysed(shared) == list(range(1, 11))


def small_batches(office: Office, analyser: Analyser) -> None:
    while analyse_next(office, analyser, limit=2):
        pass


def test_a_batch_that_fails_leaves_its_letters_to_others(shared: Office, analyser: Analyser) -> None:
    broken = replace(analyser, ranking=None)
    with pytest.raises(AttributeError):
        analyse_next(shared, broken)
    assert analyse_next(shared, analyser) == 10


def test_linking_waits_for_whoever_links(shared: Office, analyser: Analyser) -> None:
    assist(shared, analyser)
    with psycopg.connect(address_of(shared.state_dir)) as other:
        other.execute("INSERT INTO counters VALUES ('linking', 0) ON CONFLICT DO NOTHING")
        other.execute("UPDATE counters SET value = value WHERE name = 'linking'")
        second = threading.Thread(target=link_batch, args=(shared, analyser.ranking))
        second.start()
        second.join(timeout=0.5)
        assert second.is_alive()
    second.join(timeout=60)
    with reading(shared.engine) as session:
        assert set(session.scalars(select(Letters.state))) == {LetterState.LINKED}
