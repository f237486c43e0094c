"""Training a model from decisions: what is learned from, what is held back, what must never be in it, and what is said when too little was decided."""

from dataclasses import replace

import pytest
from sqlalchemy import update

from tests.classifiers.classifier_samples import document
from tests.services.deciding import GRAFT
from tests.services.mailbag import decide, draw, hush, put
from xiansuo.classifiers.adapt import Decided
from xiansuo.classifiers.corpus import read_corpus
from xiansuo.domain.decision import Finding, Outcome
from xiansuo.evaluation.split import frozen
from xiansuo.services.acquaint import acquaintance
from xiansuo.services.analysis import Analyser
from xiansuo.services.lessons import lessons_of, rehearsal, trained
from xiansuo.services.office import Office
from xiansuo.services.site_artifact import digest_of, read, write
from xiansuo.settings import Settings
from xiansuo.storage.session import transaction
from xiansuo.storage.tables import ClueLetters

SECRET, IN_COPIES, IN_CLUES = "褚嬿婼", "鄢玖酩", "澍沄垚"
LAKE = "湖面归{}号渔政科管，渔政科{}让船老大私下交钱才放船出湖。"
TIDE = "请问{}号码头今年的潮汐表在哪里可以查到，多谢答复。"
YES, NO = Finding(Outcome.CORRECTED, (GRAFT,)), Finding(Outcome.OUT_OF_SCOPE, destination="Z1")


Kept = list[Decided]


@pytest.fixture(scope="module")
def kept() -> Kept:
    """The letters that must not be forgotten."""
    return rehearsal(Settings())


@pytest.fixture
def clues(office: Office) -> list[int]:
    """Eighty matters, every second one an accusation; the first has five copies with a phrase of their own."""
    texts = [[(LAKE if number % 2 == 0 else TIDE).format(number, IN_CLUES)] for number in range(80)]
    texts[0] = [f"{LAKE.format(0, IN_COPIES)}{SECRET}也在场。"] * 5
    return put(office, texts)


@pytest.fixture
def decided(office: Office, clues: list[int]) -> list[int]:
    return decide(office, clues, [YES, NO] * 40)


def test_the_newest_matters_are_held_back_and_drawn_ones_are_on_neither_side(
    office: Office, clues: list[int], decided: list[int]
) -> None:
    draw(office, clues[0])
    draw(office, clues[79])
    found = lessons_of(office)
    assert [one.decision for one in found.older] == decided[1:49]
    assert [one.decision for one in found.recent] == decided[49:79]
    assert (found.until, found.lacking, found.base_rate) == (decided[-1], (), None)


def test_letters_that_lie_in_one_clue_now_are_one_matter(office: Office, clues: list[int], decided: list[int]) -> None:
    with transaction(office.engine) as session:
        moved = update(ClueLetters).where(ClueLetters.clue_id == clues[4])
        session.execute(moved.values(clue_id=clues[78]))
    found = lessons_of(office)
    assert decided[4] in {one.decision for one in found.recent}
    assert len(found.older) + len(found.recent) == 80


@pytest.mark.parametrize(
    ("findings", "sentence"),
    [
        ([YES, NO] * 10, "现有 20 条，至少要 50 条（20 条用来学，最近的 30 条留着比较），还差 30 条"),
        ([Finding(Outcome.NO_SUBSTANCE)] * 80, "现有 0 条"),
        ([YES] * 80, "50 条认定中，不反映问题的只有 0 条，至少要 5 条，还差 5 条"),
        ([YES] * 3 + [NO] * 77, "反映问题的只有 3 条，至少要 5 条，还差 2 条"),
    ],
)
def test_too_little_to_learn_from_is_said_with_what_is_lacking(
    office: Office, clues: list[int], findings: list[Finding], sentence: str
) -> None:
    decide(office, clues[: len(findings)], findings)
    assert sentence in lessons_of(office).lacking[0]


def test_the_same_decisions_and_mail_give_the_same_bytes_and_others_do_not(
    office: Office, analyser: Analyser, kept: Kept, clues: list[int], decided: list[int]
) -> None:
    known = acquaintance(office, analyser, tell=hush)
    model, made = trained(office, analyser, known, lessons_of(office), kept[:50])
    again, _ = trained(office, analyser, known, lessons_of(office), kept[:50])
    assert (again.digest, made.gold, made.last_decision) == (model.digest, 50, decided[49])
    decide(office, clues[:1], [NO])
    other, _ = trained(office, analyser, known, lessons_of(office), kept[:50])
    assert other.digest != model.digest


def test_what_was_decided_teaches_and_what_is_held_back_does_not(
    office: Office, analyser: Analyser, kept: Kept, clues: list[int]
) -> None:
    known = acquaintance(office, analyser, tell=hush)
    decide(office, clues, [YES, NO] * 25 + [NO, YES] * 15)
    model, _ = trained(office, analyser, known, lessons_of(office), kept[:50])
    asked = [document(LAKE.format(99, "")), document(TIDE.format(99))]
    before, after = (one.score(asked, [analyser.books.read(each) for each in asked]) for one in (known.adapted, model))
    assert after[0].scope > before[0].scope
    assert after[0].categories[GRAFT] > before[0].categories[GRAFT]
    assert after[1].scope < before[1].scope + 0.01


def test_nothing_of_one_matter_or_of_the_sample_is_in_what_is_stored(
    office: Office, analyser: Analyser, kept: Kept, decided: list[int]
) -> None:
    del decided
    sampled = put(office, [[f"潮汐表{number}号{SECRET[::-1]}。"] for number in range(6)])
    decide(office, sampled, [YES] * 6)
    for clue in sampled:
        draw(office, clue)
    known = acquaintance(office, analyser, tell=hush)
    model, made = trained(office, analyser, known, lessons_of(office), kept[:50])
    name = f"{made.base}-{digest_of(made, model)}"
    write(office, name, made, model)
    stored, found = read(office, name, model.cold, made.base)
    assert found == made
    assert stored.digest == model.digest
    assert stored.vocabulary_holds([SECRET, SECRET[::-1], IN_COPIES, IN_CLUES]) == [IN_CLUES]


def test_the_frozen_letters_are_never_rehearsed(kept: Kept) -> None:
    corpus = read_corpus(Settings().corpus)
    held = {corpus[row].matter for row in frozen(corpus)}
    assert not {one.letter.matter for one in kept} & held
    assert len(kept) == len(corpus) - len(frozen(corpus))


def test_a_measured_base_rate_goes_into_the_model_and_comes_back_with_it(
    office: Office, analyser: Analyser, kept: Kept, decided: list[int]
) -> None:
    del decided
    known = acquaintance(office, analyser, tell=hush)
    plain, rare = (
        trained(office, analyser, known, replace(lessons_of(office), base_rate=rate), kept[:50])
        for rate in (None, 0.02)
    )
    write(office, "rare", rare[1], rare[0])
    stored, made = read(office, "rare", known.adapted.cold, rare[1].base)
    asked = [document("今年的雨水比往年多，河堤上的柳树都发了芽。")]
    scopes = [model.score(asked, [analyser.books.read(asked[0])])[0].scope for model in (plain[0], rare[0], stored)]
    assert scopes[1] < scopes[0]
    assert scopes[2] == scopes[1]
    assert (made, made.base_rate) == (rare[1], 0.02)
    assert digest_of(*reversed(plain)) != digest_of(*reversed(rare))
