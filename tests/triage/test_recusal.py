import pytest

from xiansuo.domain.recusal import RecusalProfile, Relative
from xiansuo.domain.register import Head, Level, OrganisationRegister, Staff, Unit
from xiansuo.text.folding import fold
from xiansuo.triage.recusal import FIELD, Named, Register, Watch, region_forms

REGISTER = OrganisationRegister(
    office="临溪县委巡察办",
    ceiling=Level.COUNTY,
    units=(
        Unit("临溪县", "", "地区", Level.COUNTY),
        Unit("临溪县委巡察办", "临溪县", "党委部门", Level.TOWNSHIP, aliases=("巡察办",)),
        Unit("东坪镇人民政府", "临溪县", "镇", Level.TOWNSHIP),
        Unit("青石村村民委员会", "东坪镇人民政府", "村", Level.VILLAGE),
        Unit("北岭村", "东坪镇", "村", Level.VILLAGE),
        Unit("县教育局", "临溪县", "学校", Level.TOWNSHIP),
        Unit("东坪镇中心小学", "县教育局", "学校", Level.TOWNSHIP),
    ),
    heads=(
        Head("王德福", "青石村村民委员会", "村党支部书记", Level.VILLAGE, principal=True),
        Head("欧阳明", "县教育局", "党组成员、副局长", Level.TOWNSHIP),
    ),
    staff=(Staff("岳小川", "信访室主任"),),
)
READY = Register(REGISTER)
ME = 7


def kept_away(profile: RecusalProfile, text: str = "", *, about: str = "", identities: str = "") -> bool:
    watch = Watch(READY, {ME: profile}, {"欧阳"})
    named = Named((fold(text),), (about,) if about else ())
    hay = FIELD + fold(identities) + FIELD
    confirmed = {term for term in watch.terms if term in hay}
    return ME in watch.blocked(named, READY.about(named), confirmed)


@pytest.mark.parametrize(
    "text",
    [
        "村会计马有财冒领补助款。",
        "村会计马　有　财冒领补助款。",
        "村会计马有\n财冒领补助款。",
        "村会计馬有財冒領補助款。",
        "马*有*财冒领补助款。",
        "村会计马有\u200b财冒领补助款。",
        "村会计马某财冒领补助款。",
    ],
)
def test_a_name_keeps_away_however_it_is_written(text: str) -> None:
    assert kept_away(RecusalProfile(names=("马有财",)), text)
    assert kept_away(RecusalProfile(relatives=(Relative("马有财", "姐夫"),)), text)
    assert not kept_away(RecusalProfile(names=("马有才",)), text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("王德福", "王书记把款子领走了。"),
        ("王德福", "王支书把款子领走了。"),
        ("王德福", "书记王某把款子领走了。"),
        ("王德福", "姓王的书记把款子领走了。"),
        ("欧阳明", "欧阳局长在酒店请客。"),
        ("欧阳明", "欧阳副局长在酒店请客。"),
        ("岳小川", "岳主任在酒店请客。"),
    ],
)
def test_a_surname_with_the_post_that_the_register_gives_keeps_away(name: str, text: str) -> None:
    assert kept_away(RecusalProfile(relatives=(Relative(name),)), text)
    assert not kept_away(RecusalProfile(relatives=(Relative("王小明"),)), text)


@pytest.mark.parametrize("identities", ["冯秀英", "秀英", "冯 秀英\n13800001111", "东坪镇青石村三组冯秀英家"])
def test_a_relative_among_the_identities_keeps_away(identities: str) -> None:
    assert kept_away(RecusalProfile(relatives=(Relative("冯秀英", "母亲"),)), identities=identities)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("青石村村民委员会", "青石村村委会的账从不公开。"),
        ("青石村村民委员会", "青石村的账从不公开。"),
        ("青石村", "青石村的账从不公开。"),
        ("东坪镇人民政府", "青石村的账从不公开。"),
        ("东坪镇", "北岭村的账从不公开。"),
        ("石门水库管理所", "石门水库管理所私分工程款。"),
    ],
)
def test_a_unit_worked_in_and_all_below_it_keep_away(written: str, text: str) -> None:
    assert kept_away(RecusalProfile(units=(written,)), text)


def test_a_unit_above_keeps_away_where_the_letter_is_about_it_and_not_where_it_is_only_mentioned() -> None:
    villager = RecusalProfile(units=("青石村",))
    assert kept_away(villager, "镇政府乱收费。", about="东坪镇政府")
    assert not kept_away(villager, "请东坪镇政府查北岭村。", about="北岭村")


@pytest.mark.parametrize("region", ["东坪镇", "东坪", "清河市临溪县东坪镇"])
@pytest.mark.parametrize(
    "text", ["东坪镇的干部请客。", "东坪的干部请客。", "青石村的账从不公开。", "东坪中心小学……北岭村"]
)
def test_a_region_keeps_away_with_its_places_and_units(region: str, text: str) -> None:
    assert kept_away(RecusalProfile(regions=(region,)), text)


def test_a_system_keeps_away_from_every_unit_of_that_type() -> None:
    teacher = RecusalProfile(systems=("学校",))
    assert kept_away(teacher, "东坪镇中心小学食堂套钱。")
    assert kept_away(teacher, "食堂套钱。", about="县教育局")
    assert not kept_away(teacher, "青石村的账从不公开。")


def test_that_letters_are_written_to_the_office_keeps_nobody_away() -> None:
    clerk = RecusalProfile(units=("临溪县委巡察办",))
    assert not kept_away(clerk, "巡察办：青石村的账从不公开。", about="青石村")
    assert kept_away(clerk, "巡察办有人收礼。", about="巡察办")


def test_a_leading_cadre_is_kept_from_the_own_unit_without_declaring_it() -> None:
    assert kept_away(RecusalProfile(names=("王德福",)), "青石村的账从不公开。")
    assert READY.about(Named((), (), ("王德福",))) == ["青石村村民委员会"]


def test_whoever_must_stay_away_from_a_unit_takes_no_part_in_its_round() -> None:
    people = {
        1: RecusalProfile(units=("青石村",)),
        2: RecusalProfile(regions=("东坪镇",)),
        3: RecusalProfile(relatives=(Relative("欧阳明"),)),
        4: RecusalProfile(names=("沈清",)),
    }
    watch = Watch(READY, people, {"欧阳"})
    assert watch.kept_from(["东坪镇人民政府"]) == {1, 2}
    assert watch.kept_from(["县教育局"]) == {3}


@pytest.mark.parametrize(
    ("region", "forms"),
    [
        ("清河市临溪县东坪镇", ["清河市临溪县东坪镇", "东坪镇", "东坪"]),
        ("南街", ["南街"]),
        ("枫林街道", ["枫林街道", "枫林"]),
    ],
)
def test_of_a_region_the_smallest_part_counts(region: str, forms: list[str]) -> None:
    assert list(dict.fromkeys(region_forms(region))) == forms
