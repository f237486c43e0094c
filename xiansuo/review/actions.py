"""What the acts of the audit trail are called; one that is not listed is shown by its code."""

from collections.abc import Mapping


def N_(text: str) -> str:  # noqa: N802 - the mark by which texts are collected for translation
    """Mark a text that is translated where it is shown."""
    return text


ACTIONS: Mapping[str, str] = {
    "access.refused": N_("访问被拒绝"),
    "audit.anchor": N_("取审计锚点"),
    "audit.export": N_("导出审计日志"),
    "audit.verify": N_("核验审计日志"),
    "identity.view": N_("查看身份"),
    "letter.register": N_("登记来件"),
    "original.view": N_("查看原件"),
    "quarantine.locator": N_("查看待处理件位置"),
    "quarantine.register": N_("登记件进入待处理区"),
    "quarantine.retry": N_("重读待处理件"),
    "reveal.answer": N_("答复查看申请"),
    "reveal.close": N_("提前结束查看"),
    "reveal.grant": N_("批准查看申请"),
    "reveal.refuse": N_("不批准查看申请"),
    "reveal.request": N_("申请查看身份或原件"),
    "reveal.view": N_("打开查看窗口"),
    "seal.register": N_("登记密封件"),
}

KINDS: Mapping[str, str] = {
    "account": N_("账号"),
    "audit": N_("审计记录"),
    "clue": N_("线索"),
    "export": N_("导出"),
    "letter": N_("来件"),
    "page": N_("页面"),
    "quarantine": N_("待处理"),
    "receipt": N_("密封收据"),
    "reveal": N_("查看申请"),
    "round": N_("轮次"),
}
