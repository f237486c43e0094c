from pathlib import Path

import pytest

from xiansuo.domain.register import Head, Level, OrganisationRegister, Staff, Unit
from xiansuo.domain.text import Entity, EntityType
from xiansuo.rulebook.seal import SealCheck

RULES = Path(__file__).parents[2] / "rules"
OFFICE = "清水县纪委监委"
REGISTER = OrganisationRegister(
    office=OFFICE,
    ceiling=Level.COUNTY,
    units=(Unit(OFFICE, "", "纪委", Level.COUNTY, aliases=("清水县纪委", "县纪委监委")),),
    heads=(
        Head("温伯言", "清河市政府", "副市长", Level.PREFECTURE),
        Head("郭守正", OFFICE, "书记", Level.COUNTY, principal=True),
        Head("彭大海", "清水县水利局", "局长", Level.COUNTY),
    ),
    staff=(Staff("岳小川", "信访室主任"),),
)


def sealed(text: str, *, subject: str = "", entities: tuple[Entity, ...] = ()) -> str | None:
    return SealCheck(RULES, REGISTER).match(subject, text, entities)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("举报温伯言收受砂场老板的钱。", "higher-jurisdiction"),
        ("温伯言利用职权给弟弟揽工程。", "higher-jurisdiction"),
        ("被举报人：温伯言\n事实如下。", "higher-jurisdiction"),
        ("我要控告岳小川泄露举报材料。", "self-related"),
        ("岳小川收了被举报人的烟酒，包庇他们。", "self-related"),
        ("现举报清水县纪委书记郭守正以权谋私。", "self-related"),
        ("县纪委监委压案不办，包庇镇长。", "self-related"),
        ("反映彭大海贪污水利资金。", None),
        ("温伯言副市长在会上讲话，强调严禁公款吃喝。", None),
        ("谈话人：岳小川\n问：村里账目公开吗？\n答：公开。", None),
        ("清水县纪委：我举报村会计贪污。", None),
        ("我向清水县纪委反映过村会计贪污，没有答复。", None),
        ("请岳小川同志转交，我举报村会计贪污。", None),
        ("希望郭守正书记严查贪污的村会计。", None),
    ],
)
def test_who_is_complained_about_decides(text: str, rule: str | None) -> None:
    assert sealed(text) == rule


def test_a_title_in_the_subject_is_judged_like_the_text() -> None:
    assert sealed("详见附件。", subject="关于副市长违纪问题的举报") == "higher-jurisdiction"
    assert sealed("详见附件。", subject="致市长的一封信") is None


def test_a_name_that_the_entity_stage_took_for_a_respondent_seals() -> None:
    text = "砂场的事温伯言最清楚。"
    respondent = Entity(EntityType.RESPONDENT, 4, 7, "温伯言")
    assert sealed(text) is None
    assert sealed(text, entities=(respondent,)) == "higher-jurisdiction"


def test_a_higher_ceiling_keeps_what_a_lower_one_seals() -> None:
    text = "我举报副市长收受贿赂。"
    city = OrganisationRegister(ceiling=Level.PREFECTURE)
    assert SealCheck(RULES, OrganisationRegister()).match("", text, ()) == "higher-jurisdiction"
    assert SealCheck(RULES, city).match("", text, ()) is None
