"""The words of the clue page for what the program keeps as codes; each has its English in the catalogue."""

from collections.abc import Mapping
from types import MappingProxyType

from xiansuo.domain.letter import Kind, PartRole, Signed
from xiansuo.domain.suggestion import Context
from xiansuo.domain.text import EntityType, Speaker


def N_(text: str) -> str:  # noqa: N802 - the usual name of a marker for translation
    """Mark a text for translation where it is shown."""
    return text


KINDS: Mapping[str, str] = MappingProxyType(
    {Kind.LETTER: N_("信件"), Kind.EMAIL: N_("邮件"), Kind.FORM: N_("登记表"), Kind.TRANSCRIPT: N_("谈话记录")}
)
SIGNED: Mapping[str, str] = MappingProxyType(
    {Signed.REAL_NAME: N_("署名"), Signed.ANONYMOUS: N_("匿名"), Signed.JOINT: N_("联名")}
)
PARTS: Mapping[str, str] = MappingProxyType(
    {
        PartRole.BODY: N_("正文"),
        PartRole.ATTACHMENT: N_("附件"),
        PartRole.FORWARDED: N_("转发的来件"),
        PartRole.QUOTED: N_("引用的旧邮件（不参与分析）"),
        PartRole.SIGNATURE: N_("签名栏（不参与分析）"),
    }
)
SPEAKERS: Mapping[str, str] = MappingProxyType(
    {Speaker.INTERVIEWER: N_("问"), Speaker.INTERVIEWEE: N_("答"), Speaker.NARRATOR: N_("记")}
)
CONTEXTS: Mapping[str, str] = MappingProxyType(
    {
        Context.DENIED: N_("否认：这里说没有这回事，不算一条反映，也不等于查清"),
        Context.QUESTION: N_("提问：这里是在问，不算反映"),
        Context.POLICY: N_("引用政策：这里是引文，不算反映"),
        Context.SLOGAN: N_("口号：只有说法，没有具体的事，不算反映"),
        Context.HYPOTHETICAL: N_("假设：这里说的是如果，不算反映"),
        Context.CONSULTATION: N_("咨询：这里是在打听办法，不算反映"),
        Context.WITHDRAWN: N_("撤回：这里说先前的反映不属实，须问清是否受到压力"),
        Context.HEARSAY: N_("听说：不是亲见亲历，内容仍可核"),
    }
)
ENTITIES: Mapping[str, str] = MappingProxyType(
    {
        EntityType.RESPONDENT: N_("被反映人"),
        EntityType.ORG: N_("单位"),
        EntityType.PLACE: N_("地点"),
        EntityType.POSITION: N_("职务"),
        EntityType.MONEY: N_("金额"),
        EntityType.COUNT: N_("数量"),
        EntityType.TIME: N_("时间"),
        EntityType.BENEFIT: N_("款物、待遇"),
        EntityType.DOCUMENT: N_("材料"),
    }
)
MASKS: Mapping[str, str] = MappingProxyType(
    {
        EntityType.PETITIONER: N_("已遮盖：反映人姓名。查看须经批准"),
        EntityType.PERSON: N_("已遮盖：其他人姓名。查看须经批准"),
        EntityType.PHONE: N_("已遮盖：电话。查看须经批准"),
        EntityType.ID_NUMBER: N_("已遮盖：证件号。查看须经批准"),
        EntityType.ADDRESS: N_("已遮盖：住址。查看须经批准"),
        EntityType.EMAIL: N_("已遮盖：邮箱。查看须经批准"),
        EntityType.ACCOUNT: N_("已遮盖：账号。查看须经批准"),
        EntityType.SELF_DISCLOSURE: N_("已遮盖：能看出身份的话。查看须经批准"),
    }
)
ASPECTS = (
    N_("被反映人"),
    N_("单位地点"),
    N_("时间"),
    N_("金额数量"),
    N_("款物"),
    N_("证据"),
    N_("亲历"),
    N_("听说"),
)
RELATIONS = (
    N_("首件"),
    N_("同文"),
    N_("略有改动的同文"),
    N_("内容已含在别件中"),
    N_("一信多事"),
    N_("另信反映同一事"),
    N_("人工归入"),
)
LIKELIHOODS = (N_("很可能"), N_("较可能"), N_("存疑"), N_("需人工通读"))
BLOCKS = (N_("可查性"), N_("严重性"), N_("影响面"), N_("紧迫性"), N_("来源与佐证"))
"""Words that the services give as they are shown."""
