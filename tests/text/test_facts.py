"""Sums, counts, times, contacts and places."""

from datetime import date

import pytest

from xiansuo.domain.register import Level, OrganisationRegister, Unit
from xiansuo.domain.text import EntityType
from xiansuo.settings import Settings
from xiansuo.text.contacts import find_contacts
from xiansuo.text.counts import find_counts
from xiansuo.text.entities import EntityFinder
from xiansuo.text.lexicon import Lexicons
from xiansuo.text.money import find_money
from xiansuo.text.numerals import read_number
from xiansuo.text.times import find_times

REFERENCE = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("written", "low", "high"),
    [
        ("三万五", 35000, 35000),
        ("两千来", 1800, 2200),
        ("几十万", 200_000, 900_000),
        ("百十来万", 1_000_000, 1_200_000),
        ("叁万伍仟", 35000, 35000),
        ("四万七千八百六十二", 47862, 47862),
        ("一百零五", 105, 105),
        ("三四万", 30000, 40000),
        ("十几万", 110_000, 190_000),
        ("300多", 300, 400),
        ("3.5万", 35000, 35000),
        ("1,200", 1200, 1200),
        ("二〇二五", 2025, 2025),
    ],
)
def test_a_written_number_is_read_as_the_range_it_may_mean(written: str, low: int, high: int) -> None:
    assert read_number(written) == (low, high)


@pytest.mark.parametrize("written", ["多", "万的", "12a"])
def test_what_is_no_number_is_not_read(written: str) -> None:
    assert read_number(written) is None


@pytest.mark.parametrize(
    ("text", "sums"),
    [
        ("每亩只有41000元，加起来270多万，请问", ["41000-41000 元/亩", "2700000-2800000 元"]),
        ("一票五百，送了两条烟", ["500-500 元/票"]),
        ("叁万伍仟元整", ["35000-35000 元"]),
        ("每人每年交120元", ["120-120 元/人/年"]),
        ("每平三块五", ["3.5-3.5 元/平"]),
        ("补1.2万到1.5万元", ["12000-15000 元"]),
        ("二十多万的车", ["200000-300000 元"]),
        ("人均少发30元", ["30-30 元/人"]),
        ("给了我800。", ["800-800 元"]),
        ("2021年3月，全村68亩，万一有事", []),
    ],
)
def test_sums_keep_range_and_basis_and_are_never_multiplied(text: str, sums: list[str]) -> None:
    assert [entity.value for entity in find_money(text)] == sums


def test_counts_are_quantities_that_are_no_sums() -> None:
    text = "十九户人家，68亩，300多人，一次"
    assert [e.value for e in find_counts(text, find_money(text))] == ["19-19 户人家", "68-68 亩", "300-400 人"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2021年春节前", "2021-01/2021-02"),
        ("二〇二二年以后", "2022"),
        ("四月十二日", "2025-04-12"),
        ("去年腊月二十三", "2026-01/2026-02"),
        ("前年秋上", "2024-08/2024-11"),
        ("2025.4.9", "2025-04-09"),
        ("今年2月12号", "2026-02-12"),
        ("21年秋天", "2021-08/2021-11"),
        ("昨天", "2026-02-28"),
        ("上届换届时", ""),
    ],
)
def test_times_resolve_against_the_letters_date(text: str, value: str) -> None:
    assert [(e.text, e.value) for e in find_times(text, REFERENCE)] == [(text, value)]


def test_a_relative_time_without_a_date_stays_open() -> None:
    assert [entity.value for entity in find_times("去年腊月", None)] == [""]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("电话138 0000 2217", EntityType.PHONE, "13800002217"),
        ("１３８００００２２１７", EntityType.PHONE, "13800002217"),
        ("一三八零零零零二二一七", EntityType.PHONE, "13800002217"),
        ("138-0000-2217", EntityType.PHONE, "13800002217"),
        ("手机号码：1380000O217", EntityType.PHONE, "13800000217"),
        ("电话:1 3 8 0 0 0 0 1 8 3 3", EntityType.PHONE, "13800001833"),
        ("0999-88880000", EntityType.PHONE, "099988880000"),
        ("身份证990101 19760412 003X", EntityType.ID_NUMBER, "99010119760412003X"),
        ("身份证号990101760412003", EntityType.ID_NUMBER, "990101760412003"),
        ("QQ：123456789", EntityType.ACCOUNT, "123456789"),
        ("卡号6222 0212 3456 7890 123", EntityType.ACCOUNT, "6222021234567890123"),
        ("a.b@c.com.cn", EntityType.EMAIL, "a.b@c.com.cn"),
    ],
)
def test_contacts_are_found_in_every_spelling(text: str, kind: EntityType, value: str) -> None:
    assert [(e.type, e.value) for e in find_contacts(text)] == [(kind, value)]


def test_years_sums_and_tail_numbers_are_no_contacts() -> None:
    assert find_contacts("2021年3月12日，486万元，尾号4471，共214.6亩") == []


def test_bodies_places_posts_and_benefits_are_found(finder: EntityFinder) -> None:
    found = finder.find("青石县白马镇柳林村三组的低保名单在镇民政办，村支书有花名册。")
    texts = {kind: [e.text for e in found if e.type is kind] for kind in EntityType}
    assert texts[EntityType.PLACE] == ["青石县白马镇柳林村三组"]
    assert texts[EntityType.ORG] == ["镇民政办"]
    assert "村支书" in texts[EntityType.POSITION]
    assert texts[EntityType.BENEFIT] == ["低保"]
    assert texts[EntityType.DOCUMENT] == ["花名册"]


def test_the_register_names_a_body_by_its_alias() -> None:
    unit = Unit("青石县白马镇人民政府", "青石县", "政府", Level.TOWNSHIP, ("白马镇府",))
    finder = EntityFinder(Lexicons.load(Settings().lexicons), OrganisationRegister(units=(unit,)))
    found = [e for e in finder.find("白马镇府不办事") if e.type is EntityType.ORG]
    assert [(e.text, e.value) for e in found] == [("白马镇府", "青石县白马镇人民政府")]


@pytest.mark.parametrize(
    ("text", "respondent"),
    [
        ("村支书张某某不签字", "张某某"),
        ("王某富收了两万元", "王某富"),
        ("姓龚的队长一脚踢过来", "姓龚的队长"),
        ("一个外号老四的人开车", "老四"),
        ("郝书记说了算", "郝书记"),
        ("龚总从来不签字", "龚总"),
        ("他侄子罗小军开着三轮", "罗小军"),
        ("被举报人：向光明　职务：所长", "向光明"),
    ],
)
def test_respondents_are_found_under_all_the_names_people_use(finder: EntityFinder, text: str, respondent: str) -> None:
    assert respondent in [e.text for e in finder.find(text) if e.type is EntityType.RESPONDENT]


@pytest.mark.parametrize("word", ["老师", "小区", "小时", "老党员", "小金库"])
def test_ordinary_words_are_nobodys_nickname(finder: EntityFinder, word: str) -> None:
    people = {EntityType.RESPONDENT, EntityType.PETITIONER, EntityType.PERSON}
    assert [e.text for e in finder.find(f"我们那里的{word}很多") if e.type in people] == []


@pytest.mark.parametrize(
    ("text", "written", "kind"),
    [
        ("挪用村里的钱", "村里的钱", "集体资金"),
        ("拿公款吃喝", "公款", "公款"),
        ("维修基金谁动了", "维修基金", "公共维修资金"),
        ("征地款没有发", "征地款", "征地补偿款"),
        ("收了三年的承包费", "承包费", "集体租金"),
        ("党费不上交", "党费", "党费"),
        ("截留农民工工资", "农民工工资", "工程款"),
    ],
)
def test_which_money_a_letter_is_about_has_one_name(finder: EntityFinder, text: str, written: str, kind: str) -> None:
    assert [(e.text, e.value) for e in finder.find(text) if e.type is EntityType.BENEFIT] == [(written, kind)]


@pytest.mark.parametrize("paper", ["转账截图", "过磅单", "伤情鉴定", "礼单", "微信记录", "工资条"])
def test_papers_and_recordings_are_found(finder: EntityFinder, paper: str) -> None:
    assert [e.text for e in finder.find(f"我手里有{paper}。") if e.type is EntityType.DOCUMENT] == [paper]
