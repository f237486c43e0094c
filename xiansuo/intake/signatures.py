"""Owns finding where a mail's signature begins: a delimiter, a device's line, or a block of name, telephone and address."""

import re

# Mailers write "-- "; QQ mail and others rule a line of dashes above the name.
_DELIMITER = re.compile(r"--\s?")
_RULE = re.compile(r"[-—_=]{8,}")
_DEVICE = re.compile(
    r"(?:发自|發自|寄自|来自|發送自|发送自|从|通过|使用).{0,30}(?:iPhone|iPad|手机|安卓|Android|邮箱|邮件|Outlook|Windows|Foxmail|客户端|发送|大师).{0,20}$"
    r"|发自我的.{1,20}$|發自我的.{1,20}$|Sent from (?:my|Mail|Outlook|Yahoo|Huawei).{0,60}$|(?:Get|获取) ?Outlook (?:for|适用于).{1,40}$|Sent with .{1,40}$|来自网易邮箱.{0,20}$",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"(?:1[3-9]\d{9}|1[3-9]\d[ -]\d{4}[ -]\d{4}|\(?0\d{2,3}\)?[- ]?\d{7,8}|[\w.+-]@[\w-]++\.[\w.])"
    r"|^(?:联系)?(?:电话|手机|微信|QQ|邮箱|电邮|地址|住址|通讯地址|通信地址|邮编|传真|Tel|Phone|Mobile|E-?mail|Fax|Add(?:ress)?|Web)\s*+(?:[号码]++\s*+)?[:：]",
    re.IGNORECASE,
)
_CLAIM = re.compile(
    r"[。；！？;!?]|证人|证明|证据|凭证|收据|复印|照片|录音|批条|知情人|被举报|被反映|被投诉|元|万|附[:：件]|[：:]\s*$"
)
_LONGEST_LINE = 45
_MOST_LINES = 9
_MOST_AFTER_DELIMITER = 20


def signature_start(text: str) -> int:
    """Return the position where the closing signature begins, the text's length when there is none."""
    starts = _line_starts(text)
    lines = [text[start:end].strip() for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]
    first = min(_delimited(lines), _device(lines))
    first = min(first, _contact_block(lines[:first]))
    return starts[first] if first < len(starts) else len(text)


def _line_starts(text: str) -> list[int]:
    return [0, *(match.end() for match in re.finditer("\n", text))]


def _delimited(lines: list[str]) -> int:
    for number in range(len(lines) - 1, max(-1, len(lines) - _MOST_AFTER_DELIMITER), -1):
        if _DELIMITER.fullmatch(lines[number]) or (_RULE.fullmatch(lines[number]) and _is_card(lines[number + 1 :])):
            return number
    return len(lines)


def _is_card(lines: list[str]) -> bool:
    said = [line for line in lines if line]
    return 0 < len(said) <= _MOST_LINES and all(_is_card_line(line) for line in said)


def _device(lines: list[str]) -> int:
    """Find the line a device adds; what follows it is at most a few short lines."""
    for number in range(len(lines) - 1, max(-1, len(lines) - _MOST_LINES), -1):
        if len(lines[number]) < 60 and _DEVICE.match(lines[number]):
            after = [line for line in lines[number + 1 :] if line]
            return (
                number if all(len(line) <= _LONGEST_LINE and not _CLAIM.search(line) for line in after) else len(lines)
            )
    return len(lines)


def _contact_block(lines: list[str]) -> int:
    """Find the closing lines that only say who and where somebody is; at least one must be a way to reach them."""
    end = len(lines)
    while end and not lines[end - 1]:
        end -= 1
    first = end
    while first and end - first < _MOST_LINES and _is_card_line(lines[first - 1]):
        first -= 1
    block = lines[first:end]
    reachable = sum(bool(_CONTACT.search(line)) for line in block)
    alone = first == 0 or not lines[first - 1]
    return first if reachable and (reachable > 1 or (alone and len(block) > 1)) else len(lines)


def _is_card_line(line: str) -> bool:
    return 0 < len(line) <= _LONGEST_LINE and not _CLAIM.search(line)
