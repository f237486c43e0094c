import shutil
from pathlib import Path

import numpy as np
import pytest
from classifier_samples import HOME

from xiansuo.classifiers import artifact
from xiansuo.classifiers.artifact import Manifest, ModelMismatchError, load, load_or_train, manifest_of, save
from xiansuo.classifiers.predict import Model
from xiansuo.classifiers.prepare import Prepared
from xiansuo.classifiers.recipe import Recipe

MADE_FROM = Manifest({"recipe.toml": "1", "rules/bullying.yaml": "2"})


@pytest.fixture
def home(tmp_path: Path) -> Path:
    shutil.copytree(
        HOME / "models/scope_categories",
        tmp_path / "models/scope_categories",
        ignore=shutil.ignore_patterns("artifacts"),
    )
    shutil.copytree(HOME / "rules", tmp_path / "rules")
    (tmp_path / "data/corpus").mkdir(parents=True)
    (tmp_path / "data/corpus/natural.jsonl").write_text("{}", encoding="utf-8")
    return tmp_path


def test_a_stored_model_answers_as_before(model: Model, some: Prepared, tmp_path: Path) -> None:
    save(model, tmp_path / "m", MADE_FROM)
    loaded = load(tmp_path / "m", MADE_FROM)
    assert loaded.score(some.documents, some.readings) == model.score(some.documents, some.readings)


def test_storing_twice_gives_the_same_bytes(model: Model, tmp_path: Path) -> None:
    for name in ("one", "two"):
        save(model, tmp_path / name, MADE_FROM)
    for file in ("model.npz", "manifest.json"):
        assert (tmp_path / "one" / file).read_bytes() == (tmp_path / "two" / file).read_bytes()


@pytest.mark.parametrize(
    "expected",
    [
        {"recipe.toml": "1", "rules/bullying.yaml": "3"},
        {"recipe.toml": "1"},
        {"recipe.toml": "1", "rules/bullying.yaml": "2", "new": "4"},
    ],
)
def test_a_model_of_other_inputs_is_refused_with_what_differs(
    model: Model, tmp_path: Path, expected: dict[str, str]
) -> None:
    save(model, tmp_path / "m", MADE_FROM)
    with pytest.raises(ModelMismatchError, match=r"(bullying\.yaml|new).*xiansuo train"):
        load(tmp_path / "m", Manifest(expected))


def test_changed_numbers_are_refused(model: Model, tmp_path: Path) -> None:
    save(model, tmp_path / "m", MADE_FROM)
    with (tmp_path / "m/model.npz").open("ab") as file:
        file.write(b"x")
    with pytest.raises(ModelMismatchError, match="xiansuo train"):
        load(tmp_path / "m", MADE_FROM)


def test_a_folder_without_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelMismatchError, match="清单"):
        load(tmp_path, MADE_FROM)


def test_arrays_hold_no_objects_that_could_run_code(model: Model, tmp_path: Path) -> None:
    save(model, tmp_path / "m", MADE_FROM)
    with np.load(tmp_path / "m/model.npz", allow_pickle=False) as arrays:
        assert all(arrays[name].dtype.kind in "if" for name in arrays.files)


def test_the_second_of_two_writers_changes_nothing_and_leaves_no_litter(model: Model, tmp_path: Path) -> None:
    save(model, tmp_path / "m", MADE_FROM)
    before = (tmp_path / "m/manifest.json").stat().st_mtime_ns
    save(model, tmp_path / "m", MADE_FROM)
    assert (tmp_path / "m/manifest.json").stat().st_mtime_ns == before
    assert [path.name for path in tmp_path.iterdir()] == ["m"]


@pytest.mark.parametrize(
    ("changed", "matters"),
    [
        ("models/scope_categories/recipe.toml", True),
        ("data/corpus/natural.jsonl", True),
        ("rules/bullying.yaml", True),
        ("rules/ranking.yaml", False),
    ],
)
def test_a_manifest_covers_what_training_reads_and_nothing_else(home: Path, changed: str, matters: bool) -> None:  # noqa: FBT001
    before = manifest_of(home).digest
    with (home / changed).open("a", encoding="utf-8") as file:
        file.write("\n# 改")
    assert (manifest_of(home).digest != before) is matters


def test_a_missing_model_is_trained_once_and_told(home: Path, model: Model, recipe: Recipe) -> None:
    told: list[str] = []
    fits: list[Path] = []

    def fit(where: Path, _: Recipe) -> Model:
        fits.append(where)
        return model

    for _ in range(2):
        load_or_train(home, fit=fit, recipe=recipe, tell=told.append)
    assert fits == [home]
    assert len(told) == 1


def test_the_manifest_names_no_path_of_this_machine(home: Path) -> None:
    assert not any(name.startswith("/") or str(home) in name for name in manifest_of(home).inputs)
    assert artifact.folder_of(home, manifest_of(home)).is_relative_to(home)
