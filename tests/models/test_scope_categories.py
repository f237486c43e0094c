"""Trains the shipped recipe without the frozen part and holds it against the gates."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import json
import time
from pathlib import Path

import numpy as np
import pytest

from xiansuo.classifiers.ngrams import spell
from xiansuo.classifiers.predict import Model
from xiansuo.classifiers.prepare import Prepared, fit, prepare
from xiansuo.classifiers.recipe import read_recipe
from xiansuo.evaluation.gates import failures, read_gates
from xiansuo.evaluation.gold import read_corpus
from xiansuo.evaluation.report import Report, measure
from xiansuo.evaluation.split import frozen
from xiansuo.services.held_out import Bench, Sitting
from xiansuo.settings import Settings
from xiansuo.text.lexicon import Lexicons

HOME = Path(__file__).resolve().parents[2]
FOLDER = HOME / "models/scope_categories"


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench.load(Settings(home=HOME))


@pytest.fixture(scope="module")
def parts(bench: Bench) -> tuple[Prepared, Prepared]:
    data = prepare(read_corpus(HOME / "data/corpus"), bench.tools)
    held = frozen(data.letters)
    return data.take(np.setdiff1d(np.arange(len(data.letters)), held).tolist()), data.take(held.tolist())


@pytest.fixture(scope="module")
def trained(parts: tuple[Prepared, Prepared]) -> tuple[Model, float]:
    started = time.process_time()
    model = fit(parts[0], read_recipe(FOLDER / "recipe.toml"))
    return model, time.process_time() - started


@pytest.fixture(scope="module")
def reports(bench: Bench, parts: tuple[Prepared, Prepared], trained: tuple[Model, float]) -> list[Report]:
    whole = bench.answer(trained[0], parts[1])
    return [_report(whole, half) for half in ("literary", "natural")]


def _report(whole: Sitting, half: str) -> Report:
    mine = whole.take([row for row, letter in enumerate(whole.data.letters) if letter.half == half])
    given, shown = mine.outputs(), mine.shown()
    return measure(mine.data.letters, given, data=f"{half}, frozen", method="xiansuo", rounds=0, shown=shown)


def test_the_frozen_part_passes_the_gates(reports: list[Report]) -> None:
    assert failures(reports, read_gates(HOME / "evaluation/gates.toml")) == []


def test_training_stays_within_a_minute(trained: tuple[Model, float]) -> None:
    assert trained[1] < 60


def test_the_model_knows_no_petitioner(parts: tuple[Prepared, Prepared], trained: tuple[Model, float]) -> None:
    surnames = Lexicons.load(HOME / "data/lexicons").surnames
    people = {
        name for letter in parts[0].letters for name in letter.petitioner if name[0] in surnames and len(name) == 3
    }
    assert len(people) > 100
    assert trained[0].vocabulary_holds(people) == []


def test_no_digit_of_a_number_is_a_word(trained: tuple[Model, float]) -> None:
    spelt = "".join(spell(key) for key in trained[0].vocabulary.keys.tolist())
    assert not set("123456789１２３") & set(spelt)


def test_the_card_and_the_baseline_name_their_data() -> None:
    card = (FOLDER / "card.md").read_text(encoding="utf-8")
    baseline = json.loads((FOLDER / "baseline.json").read_text(encoding="utf-8"))
    assert "不是真实信访件" in card
    assert {"literary", "natural"} <= {row["data"].split(",")[0] for row in baseline}
    assert all("不是真实信访件" in row["notice"] for row in baseline)
