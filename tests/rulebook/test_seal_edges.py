"""What the seal check makes of an empty register, of words that only look like a title, and of a word list with a mistake."""

from pathlib import Path

import pytest
import yaml

from tests.rulebook.test_seal import OFFICE, REGISTER, RULES, sealed
from xiansuo.domain.register import Level, OrganisationRegister, Staff, Unit
from xiansuo.rulebook.schema import RuleBookError
from xiansuo.rulebook.seal import SealCheck, load_seal


@pytest.mark.parametrize("text", ["举报城市长期乱收费。", "举报A市长江路的店主。"])
def test_words_that_only_look_like_a_title_seal_nothing(text: str) -> None:
    assert sealed(text) is None


def test_a_register_that_names_nobody_seals_nothing(tmp_path: Path) -> None:
    words = yaml.safe_load((RULES / "seal.yaml").read_text(encoding="utf-8"))
    words["titles"] = {}
    words["pseudo"] = words["pseudo"][:1]
    (tmp_path / "seal.yaml").write_text(yaml.safe_dump(words, allow_unicode=True), encoding="utf-8")
    empty = OrganisationRegister(office="", ceiling=Level.COUNTY, units=(), heads=(), staff=())
    assert SealCheck(tmp_path, empty).match("", "举报县长贪污。", ()) is None


def test_a_name_of_one_character_is_nobody() -> None:
    register = OrganisationRegister(
        office=OFFICE,
        ceiling=Level.COUNTY,
        units=(Unit(OFFICE, "", "纪委", Level.COUNTY),),
        heads=(),
        staff=(Staff("水", "科员"),),
    )
    assert SealCheck(RULES, register).match("", "举报水贪污，水收了钱。", ()) is None
    assert SealCheck(RULES, REGISTER).match("", "举报岳小川泄露材料。", ()) == "self-related"


def test_a_level_that_is_none_is_told_with_those_there_are(tmp_path: Path) -> None:
    words = yaml.safe_load((RULES / "seal.yaml").read_text(encoding="utf-8"))
    words["titles"]["很高级"] = ["某长"]
    (tmp_path / "seal.yaml").write_text(yaml.safe_dump(words, allow_unicode=True), encoding="utf-8")
    with pytest.raises(RuleBookError, match="下列级别之一"):
        load_seal(tmp_path / "seal.yaml")
