import pytest

from xiansuo.domain.letter import Channel, Item, Letter
from xiansuo.text.entities import EntityFinder
from xiansuo.text.prepare import protect

# Text, who must vanish, who must stay readable.
SCENES: list[tuple[str, list[str], list[str]]] = [
    ("我和同村的段志刚去镇里找过，民政办主任贺长林说没有指标。", ["段志刚"], ["贺长林"]),
    ("材料是韩小梅帮我写的，我不识字。村会计丁有福扣了我的补贴。", ["韩小梅"], ["丁有福"]),
    ("邻居曹秀兰可以作证，村主任丁有福打了我。", ["曹秀兰"], ["丁有福"]),
    ("城管队长贺长林打了卖菜的韩小梅。", ["韩小梅"], ["贺长林"]),
    ("我们组的曹秀兰家也没拿到，钱是村会计丁有福经手的。", ["曹秀兰"], ["丁有福"]),
    ("我跟段志刚、韩小梅三户都没有签字，村主任丁有福代签的。", ["段志刚", "韩小梅"], ["丁有福"]),
    ("曹秀兰的低保也被扣了，是村会计丁有福扣的。", ["曹秀兰"], ["丁有福"]),
    ("领到钱的只有两家。受害群众：段志刚 韩小梅 曹秀兰。村会计丁有福说发完了。", ["段志刚", "韩小梅", "曹秀兰"], ["丁有福"]),
    ("曹大姐是我们厂的，她男人段志刚断了手。厂长丁有福不给报工伤。", ["段志刚"], ["丁有福"]),
    ("贺长林收了我们每户五百元，说是修路。", [], ["贺长林"]),
    ("贺长林、丁有福、段志刚，这三个人都是城管局的，吃拿卡要。", [], ["贺长林", "丁有福", "段志刚"]),
    ("市场办的贺长林每月来收钱，不给票。", [], ["贺长林"]),
    ("村里的贺书记叫贺长林，账从来不公开。", [], ["贺长林"]),
    ("贺长林在村里说一不二，谁家盖房都要送礼。", [], ["贺长林"]),
    ("我要举报的事和村支书贺长林的侄子贺小军有关，他承包了沙场。", [], ["贺长林", "贺小军"]),
    ("余海涛、于建设都是城管局的干部，拿东西不给钱。", [], ["余海涛", "于建设"]),
]  # fmt: skip


def masked(text: str, finder: EntityFinder) -> str:
    return protect(Letter(Item("t", "1", b"", "text/plain", Channel.MAILBOX), text, ""), finder).text.text


@pytest.mark.parametrize(("text", "hidden", "shown"), SCENES)
def test_who_helps_or_suffers_is_hidden_and_who_is_blamed_is_shown(
    finder: EntityFinder, text: str, hidden: list[str], shown: list[str]
) -> None:
    result = masked(text, finder)
    assert [name for name in hidden if name in result] == []
    assert [name for name in shown if name not in result] == []


@pytest.mark.parametrize(
    "text", ["建议在梅竹湖路口装红绿灯。", "周末管理费上涨，高速路边没有路灯。", "希望江河水常清，何时才能安排施工？"]
)
def test_places_and_ordinary_words_are_nobodys_name(finder: EntityFinder, text: str) -> None:
    assert masked(text, finder) == text


def test_people_beside_the_petitioner_have_a_placeholder_of_their_own(finder: EntityFinder) -> None:
    assert masked("邻居曹秀兰可以作证，村主任丁有福打了我。", finder) == "邻居〔他人〕可以作证，村主任丁有福打了我。"
