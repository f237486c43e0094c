"""Fictional petitioners who tell who they are in unusual ways: in disguise, by a nickname, by what only one person is."""

from collections.abc import Callable

from tests.e2e.garden import Garden, apart, between, broken_at, circled, formal, veiled

Files = dict[str, bytes]
_ZERO, _WIDE = "\u200b\u200d\u2060", "\u3000"


def disguised_numbers(g: Garden) -> Files:
    """Numbers written so that a search for digits misses them."""
    told = (
        f"电话{g.phone('大写数字手机', formal)}。",
        f"电话{g.phone('圈码手机', circled)}。",
        f"电话{g.phone('零宽字符手机', between(_ZERO))}。",
        f"手机{g.phone('下划线手机', between('_'))}。",
        f"手机{g.phone('星号隔开手机', lambda n: f'{n[:3]}*{n[3:7]}*{n[7:]}')}。",
        f"联系电话：{g.phone('断行手机', broken_at(6))}。",
        f"打{g.phone('国际前缀手机', lambda n: f'0086{n}')}找我。",
        f"身份证号{g.id_number('遮盖证件号', veiled)}。",
        f"身份证号{g.id_number('短横证件号', lambda n: f'{n[:6]}-{n[6:14]}-{n[14:]}')}。",
        f"证件号{g.id_number('逐字隔开证件号', between(' '))}。",
        f"补贴打进卡号{g.card('银行卡号')}。",
        f"钱存在{g.card('四位一组银行卡号', lambda n: ' '.join(n[i : i + 4] for i in range(0, 19, 4)))}。",
        f"残疾证号{g.word('残疾证号', '990101195005{:04}43')}。",
        f"低保证号{g.word('低保证号', '99-0123-{:05}')}。",
        f"护照号{g.word('护照号', 'E1234{:04}')}。",
        f"我的车牌是{g.word('车牌号', '青Z·8{:03}K')}，被他扣了。",
        f"微信同号{g.phone('微信同号手机')}。",
        f"微信号是{g.account('中文说的微信号')}，加我。",
        f"扣扣{g.word('扣扣号', '88002{:04}')}。",
        f"企鹅号：{g.word('企鹅号', '88003{:04}')}。",
        f"快手号{g.account('快手号')}。",
        f"邮箱{g.told_email('念出来的邮箱')}。",
        f"传真{g.word('传真号', '0990-67{:05}')}。",
    )
    return {f"号码/{at:02}.txt": f"{g.deed()}{one}".encode() for at, one in enumerate(told)}


def disguised_names(g: Garden) -> Files:
    """Names in other letters, pulled apart or told in pieces, and what people are called beside their names."""
    family, given = g.in_pieces("分开说的姓名")
    told = (
        f"{g.deed()}\n举报人：{g.name('零宽字符姓名', style=between(_ZERO))}",
        f"{g.deed()}\n举报人：{g.name('点隔开姓名', style=apart('.'))}",
        f"{g.deed()}\n举报人：{g.name('全角空格姓名', style=between(_WIDE))}",
        f"我叫{g.name('断行姓名', style=broken_at(2))}，家住本村。{g.deed()}",
        f"我姓{family}，名{given}。{g.deed()}",
        f"{g.deed()}\n举报人：{g.word('拼音姓名', 'Tao Yingqiu')}",
        f"{g.deed()}\n此致 敬礼\n{g.word('大写拼音落款', 'FU YAN QING')}\n2026年3月2日",
        f"{g.deed()}\nName: {g.name('英文标签姓名')}\nTel: {g.phone('英文标签手机')}",
        f"| 姓名 | {g.name('竖线表格姓名')} | 电话 | {g.phone('竖线表格手机')} |\n{g.deed()}",
        f"{g.deed()}\n举报人：{g.word('少数民族姓名', '努尔曼古丽·托合提')}",
        f"大家都叫我{g.word('绰号老某头', '老陶头')}，{g.deed()}",
        f"村里人都喊我{g.word('绰号带残疾', '傅三瘸子')}，{g.deed()}",
        f"我外号{g.word('外号', '铁拐祁')}，{g.deed()}",
        f"{g.deed()}\n柳林村{g.word('绰号落款', '老滕头')}",
        f"信访人{g.name('第三人称：称')}称，{g.deed()}其要求保密。",
        f"据{g.name('第三人称：据反映')}反映，{g.deed()}",
        f"经询问举报人{g.name('第三人称：询问')}，{g.deed()}",
        f"{g.name('第三人称：来电反映')}来电反映：{g.deed()}",
        f"我们接到{g.name('第三人称：接到来信')}的来信后，{g.deed()}",
        f"{g.deed()}口述：{g.name('口述人')}，代笔：{g.name('代笔人')}",
        f"{g.deed()}回信请寄白杨镇{g.address('回信地址')}，{g.name('收信人')}收",
        f"{g.deed()}家住{g.village_place('村组门牌', '柳林村四组{}号')}。",
        f"{g.deed()}见 http://t.example/u/{g.account('网址里的账号')}",
    )
    return {f"姓名/{at:02}.txt": one.encode() for at, one in enumerate(told)}


_CLAUSES = (
    "我是三组唯一的聋哑人，",
    "我是村里唯一参加过边境作战的老兵，",
    "我家生的是全村唯一一对三胞胎，",
    "我是前任会计的爱人，",
    "我男人以前就是村里的会计，",
    "我在村口开小卖部二十年，",
    "我是二组组长的弟媳妇，",
    "全村就我一家没有搬走，",
    "我是去年被他打断腿的那个人，",
    "我是村小学最早的民办教师，",
    "我儿子是前年考上大学的那个，",
    "就是我在会上当面问他要账本的，",
)


def clauses(g: Garden) -> Files:
    """Clauses that fit one person only."""
    return {f"从句/{at:02}.txt": f"{g.clause('身份从句', one)}{g.deed()}".encode() for at, one in enumerate(_CLAUSES)}


Planter = Callable[[Garden], Files]
