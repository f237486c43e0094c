import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from xiansuo.settings import Settings
from xiansuo.text.entities import EntityFinder
from xiansuo.text.lexicon import Lexicons
from xiansuo.text.prepare import protect

HOME = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("measure_masking", HOME / "tools" / "measure_masking.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_corpus_meets_the_targets_of_masking(tool: ModuleType) -> None:
    finder = EntityFinder(Lexicons.load(Settings().lexicons))
    verdicts: dict[str, list[bool]] = {"masked": [], "readable": [], "masked in subject": []}
    for half in ("literary", "natural"):
        for record in tool.read_lines(Settings().corpus / f"{half}.jsonl"):
            for measure, right, _ in tool.judge(record, protect(tool.letter_of(record), finder)):
                verdicts[measure].append(right)
    assert sum(verdicts["masked"]) / len(verdicts["masked"]) >= 0.99
    assert sum(verdicts["readable"]) / len(verdicts["readable"]) >= 0.95


def test_wilsons_interval_holds_the_share_and_narrows_with_tries(tool: ModuleType) -> None:
    few, many = tool.wilson(9, 10), tool.wilson(900, 1000)
    assert few[0] < many[0] < 0.9 < many[1] < few[1]
