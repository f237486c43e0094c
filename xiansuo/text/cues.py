"""Owns the phrases that tell whose name follows: the writer's side, the side complained about, or the office's own people."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from xiansuo.text.gated import Gated, pairs
from xiansuo.text.introductions import KIN, NameCue, introductions
from xiansuo.text.names import NameShapes, either_of

WRITER_LABEL = (
    "(?:实名)?(?:举报|反映|投诉|申诉|控告|申请|检举)(?:人员|人|者)(?:姓名|代表|签名|签字|签字确认)?|(?:请求|来信|来访|来电|写信|信访|求助|联系|联名|报料|告状|呈报|受访|被访谈|被访|被谈话|被走访|被询问|见证|证明|知情|证|当事|收件|发件|执笔|代笔|署名|落款)(?:人员|人|对象|者)(?:姓名|代表|签名|签字|签字确认)?"
    "|(?:走访|谈话|访谈|约谈)对象|被谈活人|参加人员|与会人员|参会人员|座谈对象|对象|在场|联名人|姓名|签名|签字|署名|落款|具名|执笔|代笔|住户|户主|受害群众|受害者|受害人|当事人|群众代表|职工代表|业主代表|村民代表|住户代表|家长代表|我们的代表|代表是|代表|联系方式|经办会计"
)
_STAFF_LABEL = "(?:谈话人员?|访谈人员?|走访人员?|记录人?员?|主谈人?|询问人|调查人|监督人|陪同人?员?|参加人?员?|巡察人员|接待人|整理人?|工作人员|谈话组)"
_ACCUSED_LABEL = "(?:(?:举报|反映|投诉|控告|检举)对象|被(?:举报|反映|控告|检举|投诉|申诉|信访|来信|申请|请求|求助|起诉|状告|告)(?:人|单位|对象|者)?)(?:姓名|名称)?"
_COMPLAINTS = ("举报", "反映", "投诉", "控告", "检举")
_MORE_COMPLAINTS = ("申诉", "信访", "来信", "申请", "请求", "求助", "起诉", "状告", "告")
_STAFF = (
    "谈话",
    "访谈",
    "走访",
    "记录",
    "主谈",
    "询问人",
    "调查人",
    "监督人",
    "陪同",
    "参加",
    "巡察人员",
    "接待人",
    "整理",
    "工作人员",
)
_CONDUCT = "收|要|叫|让|带|把|打|骂|说|讲|威胁|扣|领|贪|占|私|挪|冒|虚|伙同|利用|以|将|多次|公开|送|挨家|当选|上任|承包|包|卖|签|不给|不让|强|拿|找|吃|报|套|安排|指使|逼|拒|推|亲自|当场|当众|张口|开口|一手|从|因|为了|当"
_WEAK_POSTS = frozenset(
    [
        "村民代表",
        "党员代表",
        "职工代表",
        "村医",
        "网格员",
        "护林员",
        "河长",
        "科员",
        "老师",
        "教师",
        "医生",
        "师傅",
        "联系人",
        "队员",
        "后备干部",
        "大学生村官",
        "调研员",
        "村干部",
    ]
)
_MORE_POSTS = "老板|包工头|候选人|负责人|秘书|点长|族长|导师|法官|警官|辅警|协管员|中队长|护士长|头头|董事|工头|总监|馆长|厂长|库主任|教授|理事|书计|支委|组长|乡长|馆长|干部|厨师长|专干"


_HOUSE = "(?=家(?:中|里|堂屋|柴房|院坝|屋场|屋|院子|门口)?(?:[）)（(\\s，。；;/]|$))|(?=户[。（(，]|(?:屋场|堂屋|老屋)(?:[）)（(\\s，。；;/]|$))"
_AGED = r"(?=[^\S\n]*(?:[，,（(、][^\S\n]*){1,2}(?:男|女|汉族|现年|\d{2}岁|\d{2,3}[，、）)])|[（(][^）)\n]{0,24}(?:岁|科|股|站|职|员|师|长|主任|电话|派遣|借调|分管|户|家庭|教龄|工龄|\d{3}))"


@dataclass(frozen=True, slots=True)
class Cues:
    """All name patterns, compiled once.

    `before` are cues that a name follows, `after` what may follow a name (its group tells the side), `kin` a word of kinship before a name with
    `owner` for what stands before that word; `called` is a name with a post (郝书记), `handle` another way to speak of a person (姓龚的, 外号老四, 王某),
    `familiar` one for the writer (老冯, 冯大爷), `own` what the writers say they are called,
    `reachable` a handle with a phone number after it, `told` a bare surname whose words a minute reports,
    `informant` a handle after 知情人 and the like, `together` a list of names that complain together, `witness` names that are offered as witnesses.
    """

    name: re.Pattern[str]
    neighbourly: re.Pattern[str]
    before: tuple[NameCue, ...]
    after: re.Pattern[str]
    kin: re.Pattern[str]
    owner: re.Pattern[str]
    writer_field: re.Pattern[str]
    accused_field: Gated
    staff_field: Gated
    called: Gated
    handle: Gated
    familiar: re.Pattern[str]
    own: Gated
    reachable: Gated
    told: re.Pattern[str]
    informant: Gated
    together: Gated
    witness: Gated
    described: re.Pattern[str]
    housed: re.Pattern[str]


# Groups of `after` and what they weigh: for the writer's side, for the respondent's, for others to protect.
AFTER_WEIGHTS = {
    "w6": (5, 0, 0),
    "w5": (5, 0, 0),
    "w4": (2, 0, 0),
    "w3": (3, 0, 0),
    "a3": (0, 3, 0),
    "w2": (0, 0, 2),
    "a1": (0, 1, 0),
}
_POSTS = "书记|支书|主任|镇长|乡长|县长|区长|市长|局长|所长|站长|科长|股长|处长|部长|院长|校长|园长|队长|会计|出纳|文书|村长|组长|社长|经理|董事长|主席|委员|干事|老板|法官|警官|秘书长|秘书|理事长|馆长|场长|厂长|点长|教授|主管|总监|行长|庭长|厅长|指导员|教导员|医生|师傅|老师|辅导员"
_SHORT_POSTS = "局|总|所|队|科|处|厅|院|校"
_AFTER_SHORT = "，。、：；！？”“的说讲也都在就和让叫要给拿抽打知轮批那前找会从不没一经常直亲每有答先又还只"
_BLANKS = tuple(filter(str.isspace, map(chr, range(0x3001))))
_HONORIFIC = "大爷|大娘|大妈|大伯|大叔|大哥|大姐|大嫂|老伯|伯伯|老汉|老人家|婆婆|阿婆|奶奶|爷爷|师傅|老师|医生|大夫|阿姨|叔叔|嫂子|姆妈|女士|先生|小姐|同志|老太太|老太|老先生|老(?=写信|写|说|[^\u3400-\u9fff])|爹|婶|姐|哥|叔|伯|嫂|姨|妈|爷|总|老板"


_KIN_SIGNS = "亲大小二老三四堂表前爱妻丈男婆媳儿女闺姑父母爸妈爹娘爷奶外姥岳公哥姐弟妹孙伯叔婶舅姨侄兄幺崽连干司情嫂"
_NEIGHBOURLY = (
    "大爷|大娘|大妈|大婶|大伯|大叔|大哥|大姐|大嫂|婶子?|嫂子?|老汉|老人|婆婆|阿婆|奶奶|爷爷|老太太?|家兄弟|家姐妹|家"
)


def compile_cues(shapes: NameShapes, posts: Collection[str]) -> Cues:
    """Compile the cues for the given surnames and posts."""
    offices = sorted({*posts, *_MORE_POSTS.split("|")} - _WEAK_POSTS, key=lambda post: (-len(post), post))
    official = either_of(offices)
    name, surname = rf"(?P<n>{shapes.full})", shapes.surname
    kin = rf"(?:{KIN}|小舅子|连襟|姐夫|妹夫|老表|表[弟哥姐妹]|干兄弟|老弟|妻弟|妻侄|司机|亲家|情妇|嫂子|小姨子)"
    return Cues(
        name=re.compile(shapes.full),
        neighbourly=re.compile(rf"{surname}(?:{_NEIGHBOURLY})"),
        before=introductions(name, official, surname, posts=tuple(offices)),
        after=_after(official),
        kin=re.compile(rf"(?=[{_KIN_SIGNS}])(?P<kin>{kin})(?:儿)?(?:，|叫|是|名叫)?{name}"),
        owner=re.compile(
            rf"(?:(?P<w>我|俺|额|咱|侬|本人|舍)(?:们)?|(?P<o>{surname}(?:{_NEIGHBOURLY}))|(?P<a>他|她|其|(?:{official})|{surname}[^我俺咱额本他她其和跟，。；\s]{{1,2}})|(?P<c>^|[，。；,\s（(]|还有|和|跟|、))(?:的|家|家的|屋里)?(?:亲|干|堂|本家|独生)?$"
        ),
        writer_field=re.compile(
            rf"(?:^|(?<=[\n\s，。；！？、（【\[]))(?:{WRITER_LABEL})】?(?:[（(][^）)\n]{{0,12}}[）)])?[^\S\n]*(?:[:：]\s{{0,4}})?",
            re.MULTILINE,
        ),
        accused_field=Gated(
            (*pairs(_COMPLAINTS, ["对象"]), *pairs("被", (*_COMPLAINTS, *_MORE_COMPLAINTS))),
            re.compile(rf"{_ACCUSED_LABEL}[^\S\n]*[:：]?[^\S\n]*"),
        ),
        staff_field=Gated(
            _STAFF,
            re.compile(
                rf"(?<!被)(?:{_STAFF_LABEL})[^\S\n]*(?:[:：][^\S\n]*|[ \u3000]+|(?={shapes.full}[，。、\s]))(?P<v>[^\n；;]{{2,60}})"
            ),
        ),
        called=Gated(
            (*_POSTS.split("|"), *pairs(_SHORT_POSTS.split("|"), (*_AFTER_SHORT, *_BLANKS))),
            re.compile(
                rf"(?![和与跟]{surname}(?:{_POSTS}))(?P<n>{surname}[\u3400-\u9fff]{{0,2}}?)(?P<post>(?:原|前|老)?(?:副|常务副|党委|纪委|总支|支部)?(?:{_POSTS})"
                rf"|(?P<short>{_SHORT_POSTS})(?=[{_AFTER_SHORT}\s]))"
            ),
        ),
        handle=Gated(
            ("某", "×", "x", "X", "＊", "*", "姓", "老", "小", "外号", "绰号", "人称", "诨名", "都喊", "都叫"),
            re.compile(
                rf"(?P<veiled>{surname}(?:某某?[\u3400-\u9fff]?(?<![的了在是就说讲把被和收要给到去])|[×xX＊*]{{1,2}}))|(?P<said>姓{surname}的(?:副?(?:{_POSTS}))?)"
                rf"|(?P<nick>(?<![\u3400-\u9fff]里)[老小]{surname}(?![\u3400-\u9fff]?[学区组队孩时乡镇]))"
                rf"|(?<![我俺额])(?<!我的)(?:外号|绰号|人称|诨名|都喊|都叫)(?:他|她|叫)?[“\"]?(?P<known>[\u3400-\u9fff]{{2,4}})(?=[”\"，。的、；\s])"
            ),
        ),
        familiar=re.compile(
            rf"(?P<pre>[老小阿])(?P<s>{surname})(?![\u3400-\u9fff]?[区组时学])|(?P<t>{surname})(?:(?P<hon>{_HONORIFIC})|(?P<post>副?(?:{_POSTS}|{_SHORT_POSTS})))"
        ),
        own=Gated(
            (
                "叫我",
                "叫额",
                "叫俺",
                "喊我",
                "喊额",
                "喊俺",
                "妈妈",
                "爸爸",
                "自称",
                "女儿",
                "儿子",
                "闺女",
                "孙",
                "孩子",
                "是老",
                "是小",
                "是阿",
                "姓",
            ),
            re.compile(
                rf"(?:叫|喊)(?:我|额|俺)[“\"]?(?P<n>[老小阿][\u3400-\u9fff]{{1,2}}|[\u3400-\u9fff]{{1,2}}(?:嫂|婆婆?|阿婆|大?姐|大?哥|大?爷|大?娘|大?叔|大?伯|奶奶|师傅|老师|大?姨|大?妈))(?=[，。,”\"）\s])|(?:^|(?<=[，。；！\s、]))(?P<k>(?!我们|孩子|有些|其他|很多|有的|他的|她的|学生|同学|人家|一个|两个|几个)[\u3400-\u9fff]{{2}}(?:妈妈|爸爸))(?=[^\u3400-\u9fff]|多|去|说|问|看|在|把|也|就|给|发|$)|(?:^|(?<=[，。\s]))自称(?P<s>[\u3400-\u9fff]{{2,4}})(?=[，。,\s])"
                r"|(?:女儿|儿子|闺女|孙子|孙女|外孙|孩子)(?:叫)?(?P<d>(?P<e>[\u3400-\u9fff])(?P=e))(?!(?P=e))"
                rf"|(?:我|俺)(?:就)?是(?P<f>[老小阿]{surname})(?=[，。,！\s])"
                rf"|(?:我|本人|俺)[^。！？\n所任记队他她板长个有位那给找去]{{0,24}}?姓(?P<sur>{surname})(?=[，。,\s]|叫)"
            ),
        ),
        reachable=Gated(
            tuple(one + other for one in "1１" for other in "3456789３４５６７８９"),
            re.compile(
                rf"(?P<h>(?:[老小阿]{surname}|{surname}(?:{_HONORIFIC}|{_POSTS}|{_SHORT_POSTS})))(?=[^\u3400-\u9fff\d]{{0,4}}[1１][3-9３-９][\d０-９ -]{{8}})"
            ),
        ),
        told=re.compile(
            rf"(?<![\u3400-\u9fff])(?P<s>{surname})(?=说|讲|称|表示|答|介绍|认为|反映|谈到|提到|先|看了|想|又|，(?:男|女|\d\d岁))"
        ),
        informant=Gated(
            ("知情人", "联系人", "证明人", "证人"),
            re.compile(
                rf"(?:知情人|联系人|证明人|证人)[:：]?[^，。；\n]{{0,6}}?(?P<h>[老小]{surname}|{surname}(?:{_HONORIFIC}))"
            ),
        ),
        together=Gated(
            ("联名", "联合", "共同"),
            re.compile(
                rf"(?P<v>(?>{shapes.full})(?:[、，](?>{shapes.full})){{1,20}}+)(?:等[^，。\n]{{0,6}})?(?:联名|联合|共同)(?:反映|举报|控告|检举|签名|写信)"
            ),
        ),
        witness=Gated(
            ("作证", "做证", "证明", "佐证", "对质"),
            re.compile(
                rf"(?P<v>(?>{shapes.full})(?:[、，和与](?>{shapes.full})){{0,20}}+)(?:等)?(?:[一二两三四五六七八九十几\d]{{0,3}}(?:家|户|个人|位|名|人))?(?:都|均|也|还)?"
                r"(?:愿意|愿|可以|可|能够|能|敢|肯|会)(?:出面|出来|当面|到场)?(?:给[^，。\n]{0,4})?(?:作证|做证|证明|佐证|对质)"
            ),
        ),
        described=re.compile(
            rf"(?<=[民师员任长人的职表党工户生医记计主家属席书代友子村组社队镇县理局办站所院科股室校园厂行部委会班处]){shapes.full}$"
        ),
        housed=re.compile(rf"(?P<n>{shapes.full})(?:{_HOUSE}|{_AGED})"),
    )


def _after(official: str) -> re.Pattern[str]:
    """Compile what may follow a name: a phone, a mail address, a mark of signing, kinship to the writer, a post, a blow received, an act."""
    phone = r"(?:[^\S\n]|电话|手机|号码|联系|[:：（(，,]){0,6}[1１一][3-9３-９三四五六七八九][\d０-９ \-零〇一二三四五六七八九Oo]{7}"
    # Nothing blank stands before what follows a name: a page of blanks is read once.
    blanks = r"(?<![^\S\n])[^\S\n]*+"
    mail = rf"[\"”]?{blanks}[<＜（(\[]?[A-Za-z0-9][\w.+-]{{0,63}}@[A-Za-z0-9]"
    mark = rf"{blanks}(?:[（(](?:签名|签字|签章|手印|按印|按手印|捺印|代笔|口述|执笔|盖章|印)|(?:签名|签字|手印|按印|按手印|捺印|谨上|敬上|顿首|泣血|敬启|叩首|拜上|亲笔)(?=[\s，。）)]|$)|等\d+[名户人]|等[一二三四五六七八九十百]+[余多]?[名户人])"
    beaten = r"家?(?:的)?(?:[^，。\n]{0,6})?(?:被(?:打|踢|推|骂|撞|砸|抢|扣|关|抓|拖|他|人)|的(?:医药费|伤情|病房))"
    return re.compile(
        rf"(?P<w6>{mark})|(?P<w5>{phone}|{mail}|(?:老师|同志|大爷)?(?:执笔|代笔|代写|代书|口述)|写信(?:的事|反映|举报))|(?P<w3>之(?:妻|夫|子|女|母|父))|(?P<w4>，?(?:就)?是(?:我|俺)(?:的|们)?{KIN})|(?P<a3>(?:原|前|老)?(?:副)?(?:{official}))"
        rf"|(?P<w2>{beaten})|(?P<a1>(?:，|（|、)[\u3400-\u9fff]{{0,8}}(?:原|现任|时任)?(?:{official})|{_CONDUCT})"
    )
