"""The certificate of an erasure (销毁证明) as a page to print and sign: no script, no style sheet, nothing from elsewhere."""

from collections.abc import Iterable
from datetime import datetime
from html import escape

from xiansuo.domain.times import minute
from xiansuo.storage.repositories.erasures import Erasure
from xiansuo.storage.repositories.retention import Kept, Kind


def page_of(found: Erasure) -> str:
    """Return the certificate of what was carried out as HTML. It holds numbers of certificates and digests, none of letters."""
    told = found.certificate
    facts = [
        ("单位", told["office"]),
        ("证明编号", told["number"]),
        ("提出人", f"{told['proposed_by']}，{_moment(told['proposed_at'])}"),
        ("确认人", f"{told['confirmed_by']}，{_moment(told['confirmed_at'])}"),
        ("销毁完毕", _moment(told["finished_at"])),
        ("期限截至", told["day"]),
        ("审计日志", f"第 {told['trail']['events']} 条之后，校验值 {told['trail']['head']}"),
        ("本证明校验值", found.digest.hex() if found.digest else ""),
    ]
    parts = [
        _table("", facts),
        _table("依据", [(rule["name"], f"{rule['period']}（{rule['source']}）") for rule in told["rules"]]),
        _table("销毁件数", [(Kind(kind).chinese, f"{count} 件") for kind, count in told["counts"].items()]),
        _table("提出以后有变化、没有销毁", [(Kept(why).chinese, f"{count} 件") for why, count in told["kept"].items()]),
        _list("一并删去的模型文件", told["models_removed"]),
        _list("从其中学过、要由人退回或重新训练的在用模型", [told["model_in_use_to_replace"]]),
        _list("一并删去的数据库副本", told["database_copies_removed"]),
        _list("还含有这些内容的较早备份（加密）", map(_backup, told["older_backups"])),
        _list(
            "被销毁内容的校验值（带密钥，不能反推）", [f"{Kind(kind).chinese} {key}" for kind, key in told["digests"]]
        ),
        "<p>提出人签名：＿＿＿＿＿＿　确认人签名：＿＿＿＿＿＿　日期：＿＿＿＿＿＿</p>",
    ]
    title = escape(f"销毁证明 {told['number']}")
    head = f'<meta charset="utf-8"><title>{title}</title>'
    return (
        f'<!doctype html><html lang="zh-CN"><head>{head}</head><body><h1>{title}</h1>{"".join(parts)}</body></html>\n'
    )


def _table(title: str, rows: Iterable[tuple[str, str]]) -> str:
    lines = "".join(f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>' for name, value in rows)
    return f"{_title(title)}<table>{lines}</table>" if lines else ""


def _list(title: str, told: Iterable[str]) -> str:
    lines = "".join(f"<li>{escape(one)}</li>" for one in told if one)
    return f"{_title(title)}<ul>{lines}</ul>" if lines else ""


def _title(title: str) -> str:
    return f"<h2>{escape(title)}</h2>" if title else ""


def _backup(one: dict[str, str]) -> str:
    return f"{one['name']}，{_moment(one['made'])} 作出，按现在的份数约在 {one['goes']} 删去"


def _moment(told: str) -> str:
    return minute(datetime.fromisoformat(told))
