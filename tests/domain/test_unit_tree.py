from xiansuo.domain.register import Level, OrganisationRegister, Unit
from xiansuo.domain.units import UnitTree

TREE = UnitTree.of(
    OrganisationRegister(
        units=(
            Unit("村", "东坪", "村", Level.VILLAGE),
            Unit("东坪镇", "县", "镇", Level.TOWNSHIP, aliases=("东坪",)),
            Unit("西坪镇", "县", "镇", Level.TOWNSHIP),
            Unit("甲", "乙", "圈", Level.TOWNSHIP),
            Unit("乙", "甲", "圈", Level.TOWNSHIP),
        )
    )
)


def test_a_parent_may_be_written_by_its_alias_or_stand_outside_the_register() -> None:
    assert TREE.above("村") == {"东坪镇": 1, "县": 2}
    assert TREE.below("县") == {"县", "东坪镇", "西坪镇", "村"}


def test_units_that_stand_above_each_other_end_nothing() -> None:
    assert TREE.above("甲") == {"乙": 1}
    assert TREE.below("甲") == {"甲", "乙"}


def test_every_unit_follows_the_one_above_it() -> None:
    assert [(unit.name, depth) for unit, depth in TREE.in_order()] == [
        ("东坪镇", 0),
        ("村", 1),
        ("西坪镇", 0),
        ("甲", 0),
        ("乙", 0),
    ]
