"""Proposing a model: trained, compared, stored once, put into use by nobody, and told in sentences."""

import pytest
from sqlalchemy import select

from tests.services import challengers
from tests.services.mailbag import decide, hush
from xiansuo.domain.suggestion import Grade, Rank
from xiansuo.services.challenge import Proposed, propose
from xiansuo.services.model import load_by_id, name_in_use
from xiansuo.services.office import Office
from xiansuo.storage.repositories import clues, site_models
from xiansuo.storage.repositories.clues import ClueContent
from xiansuo.storage.repositories.site_models import SiteModel
from xiansuo.storage.session import reading, transaction
from xiansuo.storage.tables import AuditEvents, SiteModels


def furnish(office: Office, count: int) -> None:
    """Let people have decided about letters of the corpus as their authors would."""
    gold = challengers.decide(office, challengers.site_letters(count))
    content = ClueContent(Rank(50.0, (), Grade.AVERAGE), 0.5)
    with transaction(office.engine) as session:
        opened = clues.create_all(session, [(one.letter, content) for one in gold])
    decide(office, opened, [one.finding for one in gold])


def stored(office: Office) -> list[SiteModel]:
    with reading(office.engine) as session:
        return site_models.listed(session)


def test_too_few_decisions_are_a_sentence_and_nothing_is_stored(office: Office) -> None:
    furnish(office, 10)
    found = propose(office, hush, "测试")
    assert (found.name, found.is_new, found.passed) == ("", False, False)
    assert "还差 40 条" in found.sentences[0]
    assert stored(office) == []


@pytest.mark.slow
def test_what_is_proposed_is_stored_once_with_its_comparison_and_nobody_uses_it(office: Office) -> None:
    furnish(office, 90)
    first, again = propose(office, hush, "modeller"), propose(office, hush, "modeller")
    (row,) = stored(office)
    assert first == Proposed(first.sentences, row.name, is_new=True, passed=row.passed)
    assert again == Proposed(again.sentences, row.name, is_new=False, passed=row.passed)
    assert row.name in first.sentences[0]
    assert "没有新内容" in again.sentences[0]
    assert (row.gold, row.made_by, row.base_rate, row.champion) == (60, "modeller", None, row.base)
    assert load_by_id(office, row.name).id == row.name
    assert name_in_use(office) == ""
    with reading(office.engine) as session:
        wanted = select(AuditEvents.actor, AuditEvents.object_id).where(AuditEvents.action == "model.train")
        assert [tuple(one) for one in session.execute(wanted)] == [("modeller", row.name)]


@pytest.mark.slow
def test_a_model_is_compared_again_once_another_one_is_in_use(office: Office) -> None:
    furnish(office, 90)
    propose(office, hush, "modeller")
    (row,) = stored(office)
    with transaction(office.engine) as session:
        session.get_one(SiteModels, row.id).champion = "another"
    again = propose(office, hush, "modeller")
    assert (again.name, again.is_new) == (row.name, True)
    assert [(one.name, one.champion) for one in stored(office)] == [(row.name, row.base)]
