import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from xiansuo.review.locale import catalogue

SERVICES = Path(__file__).resolve().parents[2] / "xiansuo" / "services"
_SHOWN = (
    "decide",
    "drafting",
    "readings",
    "handling",
    "reveal",
    "rounds",
    "recusal",
    "views",
    "relink",
    "entities",
    "second_looks",
    "stopping",
    "rule_draft",
    "retention",
    "erasure",
)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def _sentences(module: str) -> Iterator[str]:
    """Yield what a module tells people, filled in with numbers."""
    tree = ast.parse((SERVICES / f"{module}.py").read_text("utf-8"))
    inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        parts = node.values if isinstance(node, ast.JoinedStr) else [node]
        told = "".join(str(one.value) if isinstance(one, ast.Constant) else "7" for one in parts)
        if isinstance(node, ast.JoinedStr | ast.Constant) and id(node) not in inner and told.endswith("。"):
            yield told


@pytest.mark.parametrize("module", _SHOWN)
def test_what_a_service_tells_people_is_said_in_english(module: str) -> None:
    untold = [one for one in _sentences(module) if _CHINESE.search(catalogue("en").say(one)) and "宜由" not in one]
    assert not [one for one in untold if "应再次" not in one]


@pytest.mark.parametrize(
    ("sentence", "english"),
    [
        ("还有3个工作日", "3 working days left"),
        ("写明被反映人“甲、乙”、有时间“2024年”", "names the respondent “甲、乙”, gives the time “2024年”"),
        ("疑似四风（很可能）、贪污侵占（存疑）", "suspected: Four winds (very likely), Embezzlement (doubtful)"),
        ("某某村民委员会、某某镇", "某某村民委员会、某某镇"),
        (
            "邮箱来源“甲”连接被拒绝。请核对 host、port，并确认邮件服务已启动。",
            "Mailbox “甲”: the connection was refused. Check host and port, and that the mail service is running.",
        ),
        (
            "邮箱来源“甲”抓取超过 60 分钟，先停下，让其他来源抓取。已取回的邮件不受影响，下一次从断开处接着取。",
            "Mailbox “甲”: reading took more than 60 minutes and made way for other sources. Mails fetched before are safe; the next run goes on from there.",
        ),
    ],
)
def test_a_sentence_that_is_filled_in_is_said_in_english_and_names_stay(sentence: str, english: str) -> None:
    assert catalogue("en").say(sentence) == english
    assert catalogue("zh").say(sentence) == sentence
