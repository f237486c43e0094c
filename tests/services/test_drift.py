"""The figures by which a model in use is seen to grow worse."""

import pytest

from tests.services.lessons import HARMLESS, TAUGHT, is_tide, school
from xiansuo.services.decide import decide
from xiansuo.services.drift import measure_in_use
from xiansuo.services.office import Office


def test_an_office_without_decisions_is_measured_on_the_frozen_letters_alone(office: Office) -> None:
    counts = measure_in_use(office)
    assert {name.split("_")[0] for name in counts} == {"frozen"}
    assert counts["frozen_missed"] + counts["frozen_right"] <= counts["frozen_with_category"] < counts["frozen_letters"]


@pytest.mark.parametrize("people_agree", [True, False])
def test_recent_decisions_are_held_against_what_the_model_says(office: Office, people_agree: bool) -> None:  # noqa: FBT001
    room = school(office, 40)
    for number in room.numbers:
        meant = TAUGHT if is_tide(room, number) is not people_agree else HARMLESS
        decide(office, room.people["jia"], room.asked(number), meant)
    counts = {name: count for name, count in measure_in_use(office).items() if name.startswith("recent")}
    wrong = 0 if people_agree else 10
    assert counts == {
        "recent_letters": 20,
        "recent_with_category": 10,
        "recent_missed": wrong,
        "recent_false": wrong,
        "recent_right": 10 - wrong,
    }
