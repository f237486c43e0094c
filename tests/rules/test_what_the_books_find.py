"""Fictional sentences, none of them an example in the books: what the shipped rules must and must not raise."""

from pathlib import Path

import pytest

from xiansuo.domain.category import CATEGORIES
from xiansuo.rulebook.example import example_document
from xiansuo.rulebook.load import load_rule_books
from xiansuo.rulebook.match import RuleBooks, categories

RULES = Path(__file__).parents[2] / "rules"
SUBTYPES = dict(zip(CATEGORIES, ("A", "B", "C", "D", "E", "F"), strict=True))
COUNTS = {"A": 7, "B": 7, "C": 4, "D": 7, "E": 7, "F": 6}

IMPLICIT = [
    ("four_winds", "工会主席嫁女那天摆了三十六桌，各科室的人一个不落都上了礼。"),
    ("four_winds", "每天下午四点半，局里的越野车准时停在实验小学门口接他孙子。"),
    ("four_winds", "参观的人要来，村里连夜拉来几十盆花摆在路口，人一走又拉走了。"),
    ("four_winds", "跑了六趟，窗口每次都说缺一样材料，前后三种说法。"),
    ("embezzlement", "鱼塘的租金打到了村会计他老婆的卡上，村账上没有。"),
    ("embezzlement", "误工名单上有七个人已经去世，误工费照样报了。"),
    ("embezzlement", "合同上一年三万六，村账上只有一万二。"),
    ("embezzlement", "收据上是我的名字，笔迹不是我的，村里拿去报销劳务费三千元。"),
    ("vote_buying", "选举前一天晚上挨家送烟，叫我们都划他。"),
    ("vote_buying", "我家五口人，票都是他家的人代填的，换届那天没人叫我们去。"),
    ("benefit_misuse", "发放表上有我家的名字和手印，可我没按过，粮补一分没见。"),
    ("benefit_misuse", "她爹前年就去世了，高龄补贴还在领，折子在支书手里。"),
    ("benefit_misuse", "国家规定一户补两万，到我手里只有一万四。"),
    ("rent_seeking", "给所长塞了八千块，过了三天地基就批下来了。"),
    ("rent_seeking", "去年镇里的绿化工程全部由副镇长的小舅子承包。"),
    ("rent_seeking", "查车的还没到，砂场的人就先停工了，有人给他们通风报信。"),
    ("bullying", "我去县里反映以后，第二个月村支书就把我家的低保停了。"),
    ("bullying", "镇里带着挖机，没有任何通知就把我家的油菜地推平了。"),
    ("bullying", "村里建房先交五千押金，不交就不给盖章，房子盖完也不退。"),
]
HARMLESS = [
    "请问低保需要哪些材料，到哪里办理？",
    "小区业委会选举，有人挨家送鸡蛋拉票，物业也不管。",
    "邻居家办喜酒摆了二十桌，鞭炮放到半夜，影响休息。",
    "公司拖欠我三个月工资，老板说年底才给。",
    "路灯坏了半个月，请尽快派人来修。",
    "村里的账目每季度公开，低保评议大家都举手表决，没有优亲厚友。",
    "健身房收了年卡的钱，老板跑了，不退款。",
    "建议在学校门口加一条斑马线，接孩子的时候太堵。",
]


@pytest.fixture(scope="module")
def books() -> RuleBooks:
    return load_rule_books(RULES)


@pytest.mark.parametrize("category", CATEGORIES)
def test_every_subtype_has_a_rule_in_the_book_of_its_category(books: RuleBooks, category: str) -> None:
    letter = SUBTYPES[category]
    found = {rule.subtype for rule in books.rules if rule.category == category}
    assert found == {f"{letter}{number}" for number in range(1, COUNTS[letter] + 1)}


@pytest.mark.parametrize(("category", "text"), IMPLICIT)
def test_conduct_is_found_without_any_word_that_names_the_offence(books: RuleBooks, category: str, text: str) -> None:
    assert category in categories(books.read(example_document(text)))


@pytest.mark.parametrize("text", HARMLESS)
def test_everyday_complaints_and_questions_raise_nothing(books: RuleBooks, text: str) -> None:
    assert categories(books.read(example_document(text))) == frozenset()


def test_no_rule_alone_outweighs_what_a_model_may_hold_down(books: RuleBooks) -> None:
    assert [rule.id for rule in books.rules if rule.weight >= 4.0] == []
