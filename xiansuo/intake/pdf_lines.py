"""Owns joining the lines that a page's width broke."""

import re

_END_OF_PARAGRAPH = re.compile(r"[。！？!?：:；;…”\"）)】》]$")
_START_OF_PARAGRAPH = re.compile(
    r"^(?:\s|[（(]?[一二三四五六七八九十\d]{1,3}[、.．）)]|第[一二三四五六七八九十\d]+[条项页]|[问答][：:]|附[件：:]|此致|敬礼)"
)


def unwrap(text: str) -> str:
    """Join the lines that a page's width broke: a full line without an end of sentence continues in the next."""
    lines = [line.rstrip() for line in text.splitlines()]
    full = max((len(line) for line in lines), default=0) * 0.8
    joined: list[str] = []
    continues = False
    for line in lines:
        if continues and line and not _START_OF_PARAGRAPH.match(line):
            joined[-1] += line if not (joined[-1][-1].isascii() and line[0].isascii()) else f" {line}"
        else:
            joined.append(line)
        continues = len(line) >= max(full, 12) and not _END_OF_PARAGRAPH.search(line)
    return "\n".join(joined)
