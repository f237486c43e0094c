import json
from pathlib import Path

import pytest

from tests.small_home import make_home
from xiansuo.errors import OfficeError, UsageError
from xiansuo.evaluation.report import Report
from xiansuo.services.evaluate import evaluate, write_report
from xiansuo.services.train import DAMAGED, IN_USE, MISMATCHED, list_models, require_place, train_now
from xiansuo.settings import Settings


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(home=make_home(tmp_path_factory.mktemp("home")))


@pytest.fixture(scope="module")
def reports(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, ...]:
    gold = tmp_path_factory.mktemp("gold") / "另一批.jsonl"
    gold.write_bytes((settings.corpus / "natural.jsonl").read_bytes())
    return evaluate(settings, gold=[gold], folds=2, rounds=5, tell=lambda _sentence: None)


def test_every_report_names_its_data_and_that_no_letter_is_real(reports: tuple[Report, ...]) -> None:
    assert [report.data for report in reports] == [
        "literary, 2 folds by matter",
        "natural, 2 folds by matter",
        "另一批",
    ]
    assert all("不是真实信访件" in report.notice for report in reports)


def test_letters_are_answered_by_a_model_that_did_not_see_them(reports: tuple[Report, ...]) -> None:
    unseen, seen = reports[1], reports[2]
    assert unseen.letters == seen.letters
    assert 0.6 < unseen.value("scope_auroc") < seen.value("scope_auroc")


def test_the_report_is_written_as_json(reports: tuple[Report, ...], tmp_path: Path) -> None:
    file = write_report(reports, tmp_path / "new" / "folder")
    assert [one["data"] for one in json.loads(file.read_text(encoding="utf-8"))] == [one.data for one in reports]


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="--output"):
        write_report((), tmp_path / "file")


@pytest.mark.parametrize(("content", "told"), [(None, "不能读取"), (b"\xff\xfe", "UTF-8"), (b"", "没有可以评测")])
def test_a_gold_file_that_cannot_be_used_is_told_before_any_work(
    settings: Settings, tmp_path: Path, content: bytes | None, told: str
) -> None:
    if content is not None:
        (tmp_path / "gold.jsonl").write_bytes(content)
    with pytest.raises(UsageError, match=told):
        evaluate(settings, gold=[tmp_path / "gold.jsonl"], tell=lambda _sentence: pytest.fail("no work yet"))


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
