"""Other ways to say who one is: nicknames, pinyin, names pulled apart, numbers in disguise."""

from datetime import date

import pytest

from xiansuo.domain.letter import Channel, Item, Letter
from xiansuo.text.entities import EntityFinder
from xiansuo.text.prepare import protect

D = "青石村会计马德才冒领危房改造补助款三万元。"


def masked(finder: EntityFinder, text: str, subject: str = "") -> str:
    item = Item("测试", "1", b"", "text/plain", Channel.MAILBOX)
    protected = protect(Letter(item, text, subject, None, date(2026, 3, 2)), finder)
    return f"{protected.subject.text}\n{protected.text.text}"


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        (f"我外号铁拐陶，{D}", "铁拐陶"),
        (f"村里人都喊我陶三瘸子，{D}", "陶三瘸子"),
        (f"我姓陶，名映秋。{D}", "映秋"),
        (f"{D}\n举报人：陶.映.秋", "映"),
        (f"{D}\n举报人：陶_映_秋", "映"),
        (f"{D}\n此致 敬礼\nTAO YING QIU\n2026年3月2日", "YING"),
        (f"我叫TaoYingqiu，{D}", "Tao"),
        (f"{D}电话壹叁捌零零零零肆壹零叁。", "零零肆壹"),
        (f"{D}身份证号991101********5217", "5217"),
        (f"{D}身份证号991101××××××××5217", "991101"),
        (f"{D}社保卡号：99K123456789", "99K1234"),
        (f"{D}低保证号99-0123-4567", "0123"),
        (f"{D}护照号E12345678", "E12345678"),
        (f"{D}手机1_3_8_0_0_0_0_4_1_0_3", "4_1_0"),
        (f"{D}手机①③⑧⓪⓪⓪⓪④①⓪②", "④"),
        (f"{D}请打008613800004107", "4107"),
        (f"{D}我的车牌青Z·8K417被他扣了", "8K417"),
        (f"据戚稻芹反映，{D}", "戚稻芹"),
        (f"信访人冉傲铃称，{D}", "冉傲铃"),
        (f"我们接到桑杏莺的来信后，{D}", "桑杏莺"),
        (f"{D}回信请寄白杨镇梧桐巷203号4单元5室，邵梨琪收", "邵梨琪"),
        (f"{D}企鹅号：880014321", "880014321"),
        (f"{D}扣扣88 001 4321", "4321"),
        (f"{D}邮箱canary7 (at) mail.example", "canary7"),
        (f"{D}邮箱canary7艾特mail点example", "canary7"),
        (f"陶映秋来电反映：{D}", "陶映秋"),
        (f"我家生的是全村唯一一对双胞胎，{D}", "双胞胎"),
        (f"我男人以前就是村里的会计，{D}", "以前就是村里的会计"),
    ],
)
def test_whoever_tells_it_in_another_way_is_hidden_as_well(finder: EntityFinder, text: str, hidden: str) -> None:
    assert hidden not in masked(finder, text)
    assert "马德才" in masked(finder, text)


@pytest.mark.parametrize("subject", ["转发：傅砚青的举报材料", "Fw: 回复: 傅砚青 举报信", "答复：傅砚青的来信"])
def test_a_forwarded_title_hides_whose_letter_it_is(finder: EntityFinder, subject: str) -> None:
    assert "傅砚青" not in masked(finder, D, subject)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"{D}马德才外号马大炮，谁也不敢惹。", "马大炮"),
        (f"{D}他叫我回去，说让我等着。", "回去"),
        (f"{D}合同编号20190312，房产证号880014321。", "880014321"),
        (f"{D}工程由HAI TIAN公司承包。", "HAI TIAN"),
        (f"{D}他开公车辽Z8K417接送老婆。", "辽Z8K417"),
        (f"{D}①马德才③他外甥。", "①"),
        (f"{D}接到马德才通知才去开会。", "马德才"),
        (f"{D}共计壹拾贰万叁仟元。", "壹拾贰万叁仟元"),
        (f"{D}村里唯一的水塘也被他卖了。", "唯一的水塘"),
        ("反映马德才来信中说的问题。", "马德才"),
    ],
)
def test_what_tells_of_others_stays_readable(finder: EntityFinder, text: str, shown: str) -> None:
    assert shown in masked(finder, text)
