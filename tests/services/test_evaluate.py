import json
from pathlib import Path

import pytest

from tests.small_home import SHIPPED, make_home
from xiansuo.errors import OfficeError, UsageError
from xiansuo.evaluation.evaluation import Evaluation, Part
from xiansuo.evaluation.gold import read_corpus
from xiansuo.evaluation.mistakes import Mistake
from xiansuo.services.evaluate import Asked, evaluate, write
from xiansuo.services.train import DAMAGED, IN_USE, MISMATCHED, list_models, require_place, train_now
from xiansuo.settings import Settings


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(home=make_home(tmp_path_factory.mktemp("home")))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = make_home(tmp_path_factory.mktemp("small"), every=4)
    for path in (home / "data/corpus").iterdir():
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if json.loads(line)["id"].startswith(("a1-", "a2-", "n1-", "n3-"))]
        path.write_text("".join(kept), encoding="utf-8")
    return Settings(home=home)


@pytest.fixture(scope="module")
def found(small: Settings, tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    gold = tmp_path_factory.mktemp("gold") / "另一批.jsonl"
    gold.write_bytes((small.corpus / "natural.jsonl").read_bytes())
    more = gold.with_name("更多.jsonl")
    lines = (SHIPPED / "data/corpus/natural.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    more.write_text("".join(lines[::7]), encoding="utf-8")
    return evaluate(small, Asked((gold, more), rounds=2), tell=lambda _sentence: None)


def test_every_report_names_its_data_and_that_no_letter_is_real(found: Evaluation) -> None:
    modes = ("by matter", "author left out", "frozen")
    wanted = {f"{half}, {mode}" for mode in modes for half in ("literary", "natural")}
    assert {part.report.data for part in found.parts} == wanted | {"gold-1", "gold-2"}
    assert all("不是真实信访件" in report.notice for report in found.reports)


def test_letters_are_answered_by_a_model_that_did_not_see_them(found: Evaluation) -> None:
    unseen, seen = found.part("natural, by matter"), found.part("gold-1")
    assert unseen is not None
    assert seen is not None
    assert 0.6 < unseen.report.value("scope_auroc") < seen.report.value("scope_auroc")


def test_no_letter_of_the_frozen_part_is_measured_elsewhere(found: Evaluation) -> None:
    letters = {part.report.data: part.letters for part in found.parts}
    assert letters["natural, by matter"] == letters["natural, author left out"]
    assert letters["natural, by matter"] + letters["natural, frozen"] == letters["gold-1"]


def test_the_learning_curve_grows_by_letters(found: Evaluation) -> None:
    used = [step.letters for step in found.learning]
    assert used == sorted(set(used))
    assert found.learning[-1].share == 1.0


def test_plain_methods_stand_beside_the_program_on_the_same_letters(found: Evaluation) -> None:
    for part in found.parts:
        assert len({report.method for report in part.plain}) == 6
        assert {report.letters for report in part.plain} == {part.letters}


def test_every_target_has_a_row_for_every_gold_file(found: Evaluation) -> None:
    reached = {(row.target.figure, row.on): row for row in found.targets}
    assert reached["scope_auroc", "gold-1"].figure is not None
    assert reached["scope_auroc", "literary, author left out"].figure is not None
    assert reached["screening_saved", "gold-1"].figure is None
    assert reached["screening_saved", "gold-2"].figure is not None
    assert [reached[f"scope_auroc_after_{count}", "gold-2"].figure is None for count in (50, 100)] == [False, True]
    assert (speed := reached["letters_per_second", "speed"].figure) is not None
    assert speed.value > 1


def test_figures_and_page_are_written(found: Evaluation, tmp_path: Path) -> None:
    figures, page = write(found, tmp_path / "new" / "folder", english=False)
    told = json.loads(figures.read_text(encoding="utf-8"))
    assert len(told["reports"]) == len(found.reports)
    assert "一、结论" in page.read_text(encoding="utf-8")


def test_no_petitioner_stands_in_figures_or_page(small: Settings, found: Evaluation, tmp_path: Path) -> None:
    told = "".join(path.read_text(encoding="utf-8") for path in write(found, tmp_path, english=False))
    letters = read_corpus(small.corpus)
    names = {name for one in letters for name in one.petitioner if name not in one.respondents and len(name) > 2}
    assert len(names) > 20
    assert [name for name in names if name in told] == []


def test_letters_of_a_gold_file_stay_without_context_and_authored_ones_show_masked_words(found: Evaluation) -> None:
    bare, authored = (found.part(data) for data in ("gold-1", "literary, by matter"))
    assert {mistake.context for mistake in _mistakes(bare)} == {""}
    words = [word for mistake in _mistakes(bare) for one in mistake.words for word in one.text.split("、")]
    assert all(len(word) <= 3 for word in words)
    assert any(mistake.context for mistake in _mistakes(authored))


def _mistakes(part: Part | None) -> tuple[Mistake, ...]:
    assert part is not None
    assert part.details is not None
    return part.details.mistakes


def test_a_folder_that_cannot_be_written_is_told(found: Evaluation, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="--output"):
        write(found, tmp_path / "file", english=False)


@pytest.mark.parametrize(("content", "told"), [(None, "不能读取"), (b"\xff\xfe", "UTF-8"), (b"", "没有可以评测")])
def test_a_gold_file_that_cannot_be_used_is_told_before_any_work(
    settings: Settings, tmp_path: Path, content: bytes | None, told: str
) -> None:
    if content is not None:
        (tmp_path / "gold.jsonl").write_bytes(content)
    with pytest.raises(UsageError, match=told):
        evaluate(settings, Asked((tmp_path / "gold.jsonl",)), tell=lambda _sentence: pytest.fail("no work yet"))


def test_a_new_model_takes_the_place_of_a_damaged_one(settings: Settings) -> None:
    made = train_now(settings)
    (made.folder / "model.npz").write_bytes(b"")
    assert [model.state for model in list_models(settings)] == [DAMAGED]
    assert train_now(settings).folder == made.folder
    assert [model.state for model in list_models(settings)] == [IN_USE]
    assert (made.letters, made.matters) >= (100, 90)


def test_a_changed_word_list_sets_the_old_model_aside(settings: Settings) -> None:
    train_now(settings)
    lexicon = settings.lexicons / "titles.yaml"
    before = lexicon.read_bytes()
    lexicon.write_bytes(before + "# 改动\n".encode())
    try:
        (model,) = list_models(settings)
        assert (model.state, "data/lexicons/titles.yaml" in model.sentence) == (MISMATCHED, True)
    finally:
        lexicon.write_bytes(before)


def test_nobody_waits_for_training_where_the_model_cannot_be_kept(tmp_path: Path) -> None:
    settings = Settings(home=make_home(tmp_path / "home", every=200))
    (settings.models / "scope_categories" / "artifacts").touch()
    with pytest.raises(OfficeError, match="不能写入"):
        require_place(settings)
