from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.services.samples import BANQUET, BENEFITS, holding, write
from xiansuo.domain.letter import IdentityKind
from xiansuo.intake.limits import Limits
from xiansuo.services import remask as remasking
from xiansuo.services.remask import Remasked, remask
from xiansuo.services.triage import Bench, ingest_paths, work_off
from xiansuo.services.upgrade import upgrade
from xiansuo.storage.repositories import clues, entities, letters, suggestions
from xiansuo.storage.repositories.letters import LetterState, StoredLetter
from xiansuo.storage.session import reading, transaction

NAME, PHONE = "马桂花", "13812345678"
SIGNED = f"{BENEFITS}\n举报人：{NAME}\n联系电话：{PHONE}\n"


@pytest.fixture
def ranked(bench: Bench, letters_folder: Path) -> Bench:
    ingest_paths(bench, [write(letters_folder, {"1.txt": SIGNED, "2.txt": BANQUET})])
    work_off(bench)
    return bench


def stored(bench: Bench) -> list[StoredLetter]:
    with reading(bench.office.engine) as session:
        return letters.get(session, letters.ids(session))


def weaken(bench: Bench) -> None:
    """Put the first letter back to what a poor masker would have stored: everything in clear."""
    with transaction(bench.office.engine) as session:
        session.execute(text("UPDATE letters SET text = :text, parts = '[]' WHERE id = 1"), {"text": SIGNED})
        session.execute(text("DELETE FROM vault_records WHERE kind IN ('mask', 'identities')"))
        session.execute(text("DELETE FROM vault_index"))
        session.execute(text("DELETE FROM entities WHERE letter_id = 1"))


def test_a_better_mask_replaces_text_identities_and_entities(ranked: Bench) -> None:
    before = stored(ranked)
    weaken(ranked)
    assert holding(ranked.office.state_dir, NAME)
    assert remask(ranked.office, ranked.analyser.finder) == Remasked(2, 1)
    work_off(ranked)
    assert stored(ranked) == before
    with reading(ranked.office.engine) as session:
        assert NAME not in repr(session.execute(text("SELECT subject, text FROM letters")).all())
        identities = ranked.office.vault.read_identities(session, 1)
        assert {one.value for one in identities if one.kind is IdentityKind.NAME} == {NAME}
        assert ranked.office.vault.find(session, PHONE) == [1]
        assert len(ranked.office.vault.read_mask(session, 1).text) >= 2
        assert entities.of_letters(session, [1])[1]


def test_a_letter_masked_anew_is_analysed_again_and_keeps_its_place(ranked: Bench) -> None:
    with reading(ranked.office.engine) as session:
        places = clues.of_letters(session, [1, 2])
        first = suggestions.for_letters(session, [1])[1]
    weaken(ranked)
    remask(ranked.office, ranked.analyser.finder)
    assert [letter.state for letter in stored(ranked)] == [LetterState.STORED, LetterState.RANKED]
    work_off(ranked)
    with reading(ranked.office.engine) as session:
        assert clues.of_letters(session, [1, 2]) == places
        again = suggestions.for_letters(session, [1])[1]
        assert again.id != first.id
        assert again.suggestion.labels == first.suggestion.labels
        allegation = again.suggestion.allegations[0]
        assert "领走" in allegation.span.of(stored(ranked)[0].text)


def test_masking_again_without_a_better_masker_changes_nothing(ranked: Bench) -> None:
    before = stored(ranked)
    assert remask(ranked.office, ranked.analyser.finder) == Remasked(2, 0)
    assert stored(ranked) == before


def test_a_batch_of_erased_letters_does_not_end_the_work(ranked: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remasking, "BATCH", 1)
    monkeypatch.setattr(remasking.retention, "erased", lambda _session, _kinds: {1})
    assert remask(ranked.office, ranked.analyser.finder) == Remasked(1, 0)


def test_a_letter_whose_entities_are_missing_is_analysed_again(ranked: Bench) -> None:
    with transaction(ranked.office.engine) as session:
        session.execute(text("DELETE FROM entities WHERE letter_id = 2"))
    assert remask(ranked.office, ranked.analyser.finder).changed == 1
    with reading(ranked.office.engine) as session:
        assert len(entities.of_letters(session, [2])[2]) > 3


def test_a_letter_that_cannot_be_read_any_more_keeps_its_mask_and_is_told_by_number(ranked: Bench) -> None:
    before = stored(ranked)
    strict = replace(ranked.office, limits=Limits(max_letter_bytes=len(SIGNED.encode()) - 1))
    assert remask(strict, ranked.analyser.finder) == Remasked(2, 0, (before[0].number,))
    assert stored(ranked) == before


def test_upgrade_masks_anew_where_it_is_asked(ranked: Bench) -> None:
    weaken(ranked)
    said: list[str] = []
    upgrade(ranked.office.settings, said.append)
    assert NAME in stored(ranked)[0].text
    upgrade(ranked.office.settings, said.append, remask=True)
    assert NAME not in stored(ranked)[0].text
    assert any("重新脱敏 2 件，其中 1 件" in one for one in said)
    assert NAME not in " ".join(said)
