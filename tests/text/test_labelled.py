"""Names are read out of fields, lists and signatures."""

import pytest

from xiansuo.text.cues import compile_cues
from xiansuo.text.labelled import FieldReader, up_to_next_field
from xiansuo.text.names import name_shapes

READER = FieldReader(compile_cues(name_shapes({"邓", "方", "黄"}), {"主任"}), frozenset({"黄瓜"}))


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("邓祥云、方菊香", ["邓祥云", "方菊香"]),
        ("邓祥云等三人", ["邓祥云"]),
        ("三台村村民邓祥云", ["邓祥云"]),
        ("黄瓜", []),
    ],
)
def test_a_list_gives_its_names(value: str, names: list[str]) -> None:
    assert READER.names_in(value) == names


def test_a_strict_list_gives_no_name_that_closes_a_description() -> None:
    assert READER.names_in("三台村村民邓祥云", strict=True) == []


@pytest.mark.parametrize(("line", "value"), [("邓祥云 电话：139", "邓祥云"), ("邓祥云；方菊香", "邓祥云")])
def test_a_value_ends_where_the_next_field_begins(line: str, value: str) -> None:
    assert up_to_next_field(line) == value
