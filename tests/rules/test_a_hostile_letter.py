from time import process_time

import pytest

from tests.triage.letters import scores
from xiansuo.classifiers.prepare import Tools, load_tools
from xiansuo.domain.category import CATEGORIES
from xiansuo.domain.letter import Channel, Item, Letter
from xiansuo.intake.quotes import divide
from xiansuo.settings import Settings
from xiansuo.text.prepare import document, masked_entities, protect
from xiansuo.triage.suggest import Thresholds, suggest

# Work that grows with the square of the length takes 16 times as long; other work on the machine makes some of ten.
SMALL, TIMES, GROWTH = 5_000, 4, 10
# What takes less for the large text is left alone: the collector may stop in either. Work that grew with the square took over five seconds.
NOTHING = 0.5
REPEATED = {
    "digits": "7",
    "spaces": " ",
    "names": "张三、李建国、",
    "brackets": "（。",
    "dashes": "-",
    "places": "某某镇",
    "headers": "发件人：张三\n",
    "quotes": "> >\n",
    "denials": "没有",
    "answers": "问：收钱没有？\n答：没有。\n",
}
CERTAIN = scores(0.9, **{category.value: 0.9 for category in CATEGORIES})


@pytest.fixture(scope="module")
def tools() -> Tools:
    return load_tools(Settings().home)


def seconds(text: str, tools: Tools) -> float:
    """Return the processor time from clear text to allegations, the lesser of two."""
    taken = []
    for _ in range(2):
        started = process_time()
        read(text, tools)
        taken.append(process_time() - started)
    return min(taken)


def read(text: str, tools: Tools) -> None:
    divide(text)
    masked = protect(Letter(Item("a", "b", b"", "text/plain", Channel.POST), text), tools.finder)
    made = document("", masked.text.text, kind=masked.kind, received=None, entities=masked_entities(masked))
    suggest(made, tools.books.read(made), CERTAIN, thresholds=Thresholds())


@pytest.mark.slow
@pytest.mark.parametrize("words", REPEATED.values(), ids=REPEATED.keys())
def test_masking_and_analysis_of_a_hostile_letter_grow_with_its_length(words: str, tools: Tools) -> None:
    small, large = (seconds((words * size)[:size], tools) for size in (SMALL, SMALL * TIMES))
    assert large < max(NOTHING, GROWTH * small)
