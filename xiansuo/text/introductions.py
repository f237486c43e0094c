"""Owns the phrases after which a name follows, and whose name each introduces."""

import re
from dataclasses import dataclass, field

from xiansuo.text.gated import gate_of, pairs

KIN = (
    "(?:亲|大|小|二|老|三|四|堂|表|前)?(?:老婆|爱人|妻子|丈夫|老公|男人|婆娘|媳妇儿?|儿媳妇?|儿子|女儿|闺女|姑娘|父亲|母亲|爸爸?|妈妈?|爹|娘|爷爷|奶奶|外公|外婆|姥姥|姥爷|岳父|岳母|公公|婆婆"
    "|哥哥?|姐姐?|弟弟?|妹妹?|女婿|孙子|孙女|外孙女?|伯父|大伯|伯伯|伯母|叔叔?|婶婶?|舅舅?|舅妈|姑姑?|姨妈?|侄女子?|侄子|侄儿|外甥女?|兄弟|老伴|老头子?|老头|崽|幺妹|侄)"
)
SELF = "(?:我|俺|额|咱|余|侬|本人|笔者|敝人|草民|小民|冤民|老朽|老夫|鄙人)"
ACCUSE = "(?:实名)?(?:举报|控告|检举|状告|投诉|揭发)"


@dataclass(frozen=True, slots=True)
class NameCue:
    """A pattern whose group `n` is a name that follows it, the side it speaks for and how strongly.

    `many`: further names may follow in a list; `loose`: the name may stand at a distance, so it must begin a word;
    `sure`: what follows is a name even if it is a word too (我叫蓝天).
    """

    pattern: re.Pattern[str]
    writer: int = 0
    accused: int = 0
    other: int = 0
    many: bool = False
    loose: bool = False
    sure: bool = False
    words: tuple[str, ...] = ()
    gate: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "gate", gate_of(self.words))


def introductions(name: str, official: str, surname: str, *, posts: tuple[str, ...]) -> tuple[NameCue, ...]:
    """Return the phrases for a pattern of whole names, of posts (`posts` are their words) and of surnames."""
    end = r"(?=[^\u3400-\u9fff]|$|住|男|女|今年|现年|电话|手机|称|反映|表示|陈述|口述)"
    role = "[的民师工户员人长生医主板任理家农亲]"
    return (
        NameCue(
            re.compile(rf"(?:我|俺|额|余|咱|侬)的?(?:名字|姓名)?(?:是|叫|名叫|名字叫|就叫|就是)做?{name}{end}"),
            writer=5,
            sure=True,
            words=pairs("我俺额余咱侬", "的名姓是叫就"),
        ),
        NameCue(
            re.compile(
                rf"(?:本人|笔者|敝人|草民|小民|冤民|老朽|老夫|鄙人|写信人|(?<!被)(?:反映|举报|控告|申诉|信访|投诉|检举)人|来信人|(?<![^\s，。])余(?=[是叫系乃名]))(?:是|叫|名叫|姓名|系|乃)?[:：]?{name}{end}"
            ),
            writer=5,
            words=(
                "本人",
                "笔者",
                "敝人",
                "草民",
                "小民",
                "冤民",
                "老朽",
                "老夫",
                "鄙人",
                "信人",
                "映人",
                "报人",
                "告人",
                "诉人",
                "访人",
                "举人",
                "余",
            ),
        ),
        NameCue(
            re.compile(
                rf"{SELF}(?:们)?[^。！？；\n任记换选告举]{{0,40}}?[，,（(](?:名叫|叫|大名|真名|姓名)是?{name}{end}"
            ),
            writer=5,
            sure=True,
            words=pairs("，,（(", ("名叫", "叫", "大名", "真名", "姓名")),
        ),
        NameCue(
            re.compile(
                rf"{SELF}们?就?(?:是|系|叫)[^。！？；，,\n找给被说问听举报告映和跟向]{{0,34}}?(?<={role}){name}(?=[，。,（(、\s；;！]|$)"
            ),
            writer=5,
            many=True,
            words=pairs("我俺额咱余侬人者民朽夫", "们就是系叫"),
        ),
        NameCue(
            re.compile(
                r"(?:(?:^|(?<=[，。！；：:\s]))(?:我|俺|额|本人)(?:名)?叫|我的名字(?:是|叫))(?P<n>(?![他她你我来人不了过上到去车门])[\u3400-\u9fff]{1,6}(?:[·•・][\u3400-\u9fff]{1,8}|[\u3400-\u9fff]))(?=[，,。\s]|$)"
            ),
            writer=5,
            sure=True,
            words=("叫", "名字是"),
        ),
        NameCue(
            re.compile(rf"(?:我|本人|俺)[，,、（(]{name}(?=[，,、）)])"),
            writer=5,
            sure=True,
            words=pairs("我人俺", "，,、（("),
        ),
        NameCue(
            re.compile(rf"我姓{surname}，(?:我?(?:叫|名叫|单名|就是|是))?{name}{end}"),
            writer=5,
            sure=True,
            words=("我姓",),
        ),
        NameCue(
            re.compile(
                rf"(?:我|俺|额|咱)的?(?:家|们家)?的?{KIN}(?:今年)?[^，。；！？\n]{{0,8}}，(?:名字?|大名)?叫(?P<n>(?![我你他她它人来去不了过])[\u3400-\u9fff]{{2,3}})(?=[，。（(])"
            ),
            writer=4,
            sure=True,
            words=("，叫", "，名叫", "，名字叫", "，大名叫"),
        ),
        NameCue(
            re.compile(
                rf"(?:我|俺|咱|额|本人)的?家?的?{KIN}(?:名叫|名字叫|名字是|叫做?)(?P<n>(?![我你他她它人来去不了过])[\u3400-\u9fff]{{2,3}})(?=[，。；（、\s])"
            ),
            writer=4,
            sure=True,
            words=("叫", "名字是"),
        ),
        # A title that says no more than whose letter it is.
        NameCue(
            re.compile(
                rf"^(?:(?:转发|回复|答复|转|[Ff][Ww][Dd]?|[Rr][Ee])[:：][^\S\n]*)*{name}(?:的|[^\S\n]+)(?:实名)?(?:举报|反映|控告|检举|申诉|投诉|求助|来|信访)(?:信|函|件|书|材料)\s*$"
            ),
            writer=3,
            words=("信", "函", "件", "书", "材料"),
        ),
        NameCue(
            re.compile(
                rf"(?:^|(?<=[，。；！\s]))(?:老汉|老妇|老身|农妇|民妇|民女|小女子|学生|晚辈|贫民|草根){name}(?=[，。,\s（(]|$)"
            ),
            writer=5,
            words=("老汉", "老妇", "老身", "农妇", "民妇", "民女", "小女子", "学生", "晚辈", "贫民", "草根"),
        ),
        NameCue(
            re.compile(rf"(?:自称|(?<![他她其的])真名|大名|本名){name}{end}"),
            writer=4,
            words=("自称", "真名", "大名", "本名"),
        ),
        NameCue(
            re.compile(rf"(?:死者|受害人|被害人|伤者|患者|五保户|低保户|贫困户|残疾人|孤寡老人){name}"),
            other=4,
            words=("死者", "受害人", "被害人", "伤者", "患者", "五保户", "低保户", "贫困户", "残疾人", "孤寡老人"),
        ),
        NameCue(
            re.compile(
                rf"(?:我|俺|额|咱|本人)[^，。；！？\n]{{0,14}}(?:儿子|女儿|闺女|孙子|孙女|父亲|母亲|丈夫|妻子|老公){name}"
            ),
            writer=3,
            words=("儿子", "女儿", "闺女", "孙子", "孙女", "父亲", "母亲", "丈夫", "妻子", "老公"),
        ),
        NameCue(
            re.compile(
                rf"(?:来电人|来访人|来信人|反映人|举报人|来电者|群众|市民|居民|网民|读者)[^，。！？\n]{{0,4}}?(?:其|自己)?(?:为|是|系)[^，。！？\n]{{0,24}}?(?<={role}){name}(?=[，。（(\s])"
            ),
            writer=5,
            words=("来电人", "来访人", "来信人", "反映人", "举报人", "来电者", "群众", "市民", "居民", "网民", "读者"),
        ),
        NameCue(
            re.compile(
                rf"(?:市民|群众|居民|村民|网民|读者|业主|家长|职工){name}(?=(?:先生|女士|同志)?(?:来电|来信|来访|反映|投诉|举报|称|致电|打来))"
            ),
            writer=5,
            words=("市民", "群众", "居民", "村民", "网民", "读者", "业主", "家长", "职工"),
        ),
        NameCue(
            re.compile(
                rf"(?:^|(?<=[\n。；，：]))(?:(?:今|昨|当)[日天]|近日|日前)?(?:上午|下午)?{name}(?=(?:先生|女士|同志)?(?:来电|来信|来访|致电|上门|打来电话|打电话|写信|寄信)(?:反映|举报|投诉|控告|检举|称|说|咨询|求助))"
            ),
            writer=5,
            words=pairs(
                ("来电", "来信", "来访", "致电", "上门", "电话", "写信", "寄信"),
                ("反映", "举报", "投诉", "控告", "检举", "称", "说", "咨询", "求助"),
            ),
        ),
        NameCue(
            re.compile(
                rf"(?:(?<![证依凭根])据|经询问|询问|接到?|收到){name}(?=(?:先生|女士|同志|等人)?(?:反映|称|陈述|口述|(?:的)?(?:来信|来电|来访|信件)))"
            ),
            writer=5,
            words=("据", "询问", "接", "收到"),
        ),
        NameCue(
            re.compile(
                rf"(?:寄|回信|回复|来函)[^。！？\n]{{0,60}}?[室号村组户栋幢楼院街路巷，、\s]{name}(?=(?:同志|先生|女士|本人)?亲?[收启](?:[，。；、\s）)]|$))"
            ),
            writer=5,
            words=("寄", "回信", "回复", "来函"),
        ),
        NameCue(re.compile(rf"我是(?:他|她)(?:的)?{KIN}{name}"), writer=5, words=("我是他", "我是她")),
        NameCue(
            re.compile(
                rf"(?:我|本人)是?(?:叫)?{surname}[\u3400-\u9fff]{{1,2}}，(?:是)?{name}(?=的(?:母亲|父亲|丈夫|妻子|儿子|女儿|家属))"
            ),
            writer=5,
            words=pairs(["的"], ("母亲", "父亲", "丈夫", "妻子", "儿子", "女儿", "家属")),
        ),
        NameCue(re.compile(rf"(?:^|(?<=\n))[>＞ \t\u3000]*{name}[ \t\u3000]*(?=\n|$)"), writer=5),
        NameCue(
            re.compile(rf"姓名[^\n]{{0,16}}\n[^\n]{{0,3}}[答被][^\n\u3400-\u9fff]{{0,3}}{name}(?=[，,。])"),
            writer=5,
            words=("姓名",),
        ),
        NameCue(re.compile(rf"[\d０-９]{{4}}[^\S\n]*[（(]{name}{end}"), writer=5, words=("（", "(")),
        NameCue(re.compile(rf"信是(?:由)?(?:我)?(?:们)?{name}"), writer=5, words=("信是",)),
        NameCue(
            re.compile(rf"[把将]{name}(?=打|踢|推|按|骂|关|抓|撞|拖|揍|围|气得|叫到)"), other=2, words=("把", "将")
        ),
        NameCue(
            re.compile(rf"(?:{official})(?:同志)?(?:[，、：(（“]|是|叫|名叫)?{name}"), accused=3, many=True, words=posts
        ),
        NameCue(
            re.compile(rf"{ACCUSE}(?:了)?(?:我的?(?:老公|丈夫|前夫|前妻|妻子|爱人))?{name}"),
            accused=6,
            words=("举报", "控告", "检举", "状告", "投诉", "揭发"),
        ),
        NameCue(
            re.compile(
                rf"(?:反映|举报|控告|检举|揭发|关于|查一查|查查|查处|严查|状告|要告)[^，。；！？：:\n]{{0,25}}?{name}"
                r"(?=[^，。；！？\n]{0,25}(?:问题|情况|行为|的事|贪|占|挪|受贿|索|违|欺|打|贿|拉票|以权|利用|滥用|等人|一伙|虚报|套取|冒领|克扣|截留|公款|公车|大操|的信|$))"
            ),
            accused=3,
            loose=True,
            words=("反映", "举报", "控告", "检举", "揭发", "关于", "查一查", "查查", "查处", "严查", "状告", "要告"),
        ),
        NameCue(
            re.compile(
                rf"(?:老板|法人|法人代表|股东|户主|户名|收款人|经办人|法定代表人|负责人|经手人|实际控制人)(?:是|叫|姓名|写的是|：)?[“\"]?{name}"
            ),
            accused=2,
            words=(
                "老板",
                "法人",
                "法定代表人",
                "股东",
                "户主",
                "户名",
                "收款人",
                "经办人",
                "负责人",
                "经手人",
                "实际控制人",
            ),
        ),
        NameCue(
            re.compile(rf"(?:党支部|村委会|工程|项目|合同|名单)[^，。\n]{{0,6}}(?:由|被|给了?){name}"),
            accused=2,
            words=("党支部", "村委会", "工程", "项目", "合同", "名单"),
        ),
    )
