import stat
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from tests.services.deciding import GRAFT, Room, furnish
from xiansuo.domain.decision import Outcome
from xiansuo.domain.people import Role
from xiansuo.errors import ConflictError, NotVisibleError, RefusedError, XiansuoError
from xiansuo.rulebook.load import load_rule_books
from xiansuo.services.analysis import Analyser
from xiansuo.services.decide import Choice, decide
from xiansuo.services.office import Office
from xiansuo.services.rule_draft import Wording, accept, refuse
from xiansuo.services.rule_preview import changed_books
from xiansuo.services.rule_proposals import RuleProposal, propose, waiting
from xiansuo.storage.repositories import rule_proposals as proposals
from xiansuo.storage.repositories.rule_proposals import NewProposal
from xiansuo.storage.session import now, transaction
from xiansuo.storage.tables import ClueBlocks, Letters, RuleProposals, Samples

ARTFUL = "村里的砂石料夜里借道出库，年底对不上数，大家都知道是怎么回事。"
HARMLESS = "路灯坏了很久，晚上出行不便，希望有关部门尽快修好，谢谢。"
WORDING = Wording(
    "物资借道出库，账实不符。",
    "B2",
    ("村主任让人把集体木材借道出库。", "会计借道出库水泥二十吨，没有入账。"),
    ("没有借道出库的情况。", "请问什么叫借道出库？"),
)


@pytest.fixture
def decided(office: Office) -> Room:
    """Twelve decided clues: four confirmed that no rule catches, eight about street lamps."""
    room = furnish(office, 12)
    numbers = sorted(room.letters)
    with transaction(office.engine) as session:
        for place, number in enumerate(numbers):
            text = ARTFUL if place < 4 else HARMLESS
            session.execute(update(Letters).where(Letters.id == room.letters[number]).values(text=text, subject=""))
    for place, number in enumerate(numbers):
        choice = Choice(labels=(GRAFT,)) if place < 4 else Choice(Outcome.OUT_OF_SCOPE, destination="Z1")
        decide(office, room.people["jia"], room.asked(number), choice)
    return room


def _modeller(room: Room):  # noqa: ANN202
    return replace(room.people["head"], role=Role.MODELLER)


def _proposed(room: Room, analyser: Analyser) -> list[RuleProposal]:
    propose(room.office, analyser, tell=lambda _sentence: None)
    return waiting(room.office, _modeller(room))


def _offer(room: Room) -> int:
    with transaction(room.office.engine) as session:
        ids = tuple(room.clue(number).id for number in sorted(room.letters)[:4])
        proposals.renew(session, [NewProposal(GRAFT, "借道出库", ids, (), ids[:1], 3.0)])
        return session.scalars(select(RuleProposals.id)).one()


def test_words_of_uncaught_confirmed_clues_are_proposed_once_with_counts(decided: Room, analyser: Analyser) -> None:
    found = _proposed(decided, analyser)
    assert found
    assert all((one.category, one.confirmed, one.outside) == (GRAFT, 4, 0) for one in found)
    assert all(one.words in ARTFUL for one in found)
    assert propose(decided.office, analyser, tell=lambda _sentence: None) == 0


def test_clues_of_the_random_sample_give_no_words(decided: Room, analyser: Analyser) -> None:
    with transaction(decided.office.engine) as session:
        for number in sorted(decided.letters)[:2]:
            clue = decided.clue(number)
            session.add(
                Samples(clue_id=clue.id, drawn=now().date(), lot=0.0, share=0.1, pile=9, rank=5.0, created=now())
            )
    assert _proposed(decided, analyser) == []


def test_words_are_hidden_where_the_viewer_may_meet_fewer_than_three_of_their_clues(decided: Room) -> None:
    _offer(decided)
    modeller = _modeller(decided)
    assert [one.confirmed for one in waiting(decided.office, modeller)] == [4]
    for number, left in zip(sorted(decided.letters)[:2], ([3], []), strict=True):
        with transaction(decided.office.engine) as session:
            block = ClueBlocks(clue_id=decided.clue(number).id, account_id=modeller.account, source="t", created=now())
            session.add(block)
        assert [one.confirmed for one in waiting(decided.office, modeller)] == left
    for act in (lambda: accept(decided.office, modeller, 1, WORDING), lambda: refuse(decided.office, modeller, 1, "x")):
        with pytest.raises(NotVisibleError):
            act()
    with pytest.raises(RefusedError):
        waiting(decided.office, decided.people["jia"])


def test_an_accepted_proposal_is_a_sound_draft_that_only_its_owner_reads_and_no_rule_yet(decided: Room) -> None:
    look, rules = _offer(decided), decided.office.settings.rules
    before = load_rule_books(rules).version
    file = accept(decided.office, _modeller(decided), look, WORDING)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert decided.office.state_dir in file.parents
    (rule,) = [one for one in changed_books(rules, file).rules if one.id == f"site-{look}"]
    assert (rule.sentence, rule.source, rule.match) == (WORDING.sentence, "本单位认定", WORDING.match)
    assert load_rule_books(rules).version == before
    assert accept(decided.office, _modeller(decided), look, WORDING) == file
    assert waiting(decided.office, _modeller(decided)) == []


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"match": ("只有一句借道出库。",)}, "至少 2 个例子"),
        ({"match": ("与此无关的一句话。", "还有一句也无关。")}, "例子不符"),
        ({"subtype": "A1"}, "小类"),
        ({"match": ("村里的砂石料夜里借道出库，年底对不上数。", "会计借道出库水泥。")}, "来件相同"),
    ],
)
def test_a_rule_that_is_not_sound_is_not_written(decided: Room, wrong: dict[str, object], sentence: str) -> None:
    look = _offer(decided)
    with pytest.raises(XiansuoError, match=sentence):
        accept(decided.office, _modeller(decided), look, replace(WORDING, **wrong))  # type: ignore[arg-type]
    assert not list(decided.office.state_dir.glob("rule-drafts/**/*.yaml"))
    assert len(waiting(decided.office, _modeller(decided))) == 1


def test_a_refused_proposal_needs_a_reason_and_is_not_made_again(decided: Room) -> None:
    look = _offer(decided)
    with pytest.raises(XiansuoError, match="理由"):
        refuse(decided.office, _modeller(decided), look, " ")
    refuse(decided.office, _modeller(decided), look, "说法太笼统")
    _offer(decided)
    assert waiting(decided.office, _modeller(decided)) == []
    with pytest.raises(ConflictError):
        accept(decided.office, _modeller(decided), look, WORDING)
