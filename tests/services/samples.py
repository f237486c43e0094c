"""A fictional office, letters for it, and a search for strings that must not be found."""

import base64
import json
from email.message import EmailMessage
from pathlib import Path

from tests.servers.state import values_on_server
from tests.small_home import shipped_content
from xiansuo.domain.letter import Channel, Item
from xiansuo.domain.register import Head, Level, OrganisationRegister, Staff, Unit
from xiansuo.intake import media

OFFICE = "清水县纪委监委"
REGISTER = OrganisationRegister(
    office=OFFICE,
    ceiling=Level.COUNTY,
    units=(
        Unit(OFFICE, "", "纪委", Level.COUNTY, aliases=("清水县纪委",)),
        Unit("柳河镇人民政府", "清水县", "镇", Level.TOWNSHIP, aliases=("柳河镇",)),
        Unit("青石村村民委员会", "柳河镇人民政府", "村", Level.VILLAGE, aliases=("青石村",)),
    ),
    heads=(Head("温伯言", "清河市政府", "副市长", Level.PREFECTURE),),
    staff=(Staff("岳小川", "信访室主任"),),
)

BENEFITS = (
    "我是青石村村民。村会计马德才2024年3月冒用六户村民的名字，领走危房改造补助款三万六千元，"
    "存进他妻子的存折，村里公示栏从来没有公示过。请组织派人查账。"
)
BANQUET = (
    "柳河镇财政所所长孙广田2025年1月为女儿办婚宴，在镇上福满楼摆了四十二桌，"
    "收受管理服务对象礼金八万余元，烟酒由镇政府食堂报销，票据写成会议费。"
)
SEAL_CANARY = "河滩玉米地里的界桩"
TO_SEAL = f"举报温伯言收受砂场老板三十万元，{SEAL_CANARY}被他的人拔掉。"


def item(text: str = BENEFITS, *, name: str = "1", data: bytes | None = None, media_type: str = media.PLAIN) -> Item:
    """Make a plain letter by post."""
    return Item("测试", f"/来件/{name}.txt", text.encode() if data is None else data, media_type, Channel.POST)


def mail(text: str = BENEFITS, *, sender: str = "writer@example.com", message_id: str = "<1@example.com>") -> bytes:
    """Make a mail."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "office@example.org", "反映问题"
    message["Date"], message["Message-ID"] = "Mon, 02 Mar 2026 10:00:00 +0800", message_id
    message.set_content(text)
    return message.as_bytes()


def write(folder: Path, files: dict[str, bytes | str]) -> Path:
    """Write files into a folder."""
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def holding(folder: Path, *strings: str) -> dict[str, list[str]]:
    """Return the files under `folder` that hold one of the strings, in any form a program writes text in."""
    found: dict[str, list[str]] = {}
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        data = file.read_bytes()
        if data in shipped_content():
            continue
        names = [one for one in strings if any(form in data for form in _forms(one)) or one in file.name]
        if names:
            found[file.name] = names
    rows = b"\n".join(value for _, value in values_on_server(folder))
    if names := [one for one in strings if any(form in rows for form in _forms(one))]:
        found["rows on the server"] = names
    return found


def _forms(text: str) -> list[bytes]:
    escaped = json.dumps(text)[1:-1].encode()
    turns = [base64.b64encode(b" " * pad + text.encode())[4 * (pad > 0) : -4] for pad in range(3)]
    long_turns = [turn for turn in turns if len(turn) >= 8]
    return [text.encode(), escaped, text.encode("utf-16-le"), text.encode("gb18030"), *long_turns]
