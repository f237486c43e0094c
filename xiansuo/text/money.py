"""Finds sums of money and shares of sums with their range and basis; never multiplies them."""

import re
from collections.abc import Iterator

from xiansuo.domain.text import Entity, EntityType
from xiansuo.text.coverage import Coverage
from xiansuo.text.gated import Gated
from xiansuo.text.numerals import HAN_NUMBER, MEASURES, NUMBER, NUMBER_BEGINS, Amount, plain, read_number, read_range

_PER = "亩|人次|人|户|学期|年|个?月|季度|张票|票|张|吨|方|平方米?|平米|平|米|天|小时|次|桌|斤|公斤|股|头|只|台|家|家庭|个人|个|晚|车|辆|袋|条|瓶|份|间|套|件|名额"
_DIGIT = "一二三四五六七八九1-9"
_TENTH = rf"(?P<tenth>[{_DIGIT}][毛角](?:[{_DIGIT}]分?)?|[二三四五六七八九2-9](?![\d十百千万多来几分支针{MEASURES}])|[一1](?![\d\u3400-\u9fff]))"
_UNIT = rf"(?:(?:元|块|圆|蚊)(?:钱|人民币)?(?:{_TENTH}|(?P<more>多))?整?|美元|港币|人民币|(?P<small>毛|角)(?:钱)?(?:(?P<cents>[{_DIGIT}])分?(?![十百千万{MEASURES}]))?|(?P<cent>分)(?:钱|(?=[/每一]斤)))"
_TO = r"(?:元|块)?(?:到|至|~|～|—{1,2}|-)"
_SUM = re.compile(
    rf"(?=[上{NUMBER_BEGINS}])(?<![\d.A-Za-z])(?:上(?=[百千万]))?(?P<low>{NUMBER})(?:{_TO}(?P<high>{NUMBER}))?(?P<unit>[多余来几]?{_UNIT})?"
)
# What the sum is counted by, told before it (每人每年少发30元, 一亩四百, 人均八十) or behind it (三块五一斤, 220元/亩).
_BASIS_BEFORE = re.compile(
    rf"(?:(?P<every>每|(?<![第唯同统十二三四五六七八九零〇\d])一)(?P<per>{_PER})(?!性)(?:[每一](?P<per2>年|月|人|天|个月|学期))?|(?P<mean>[人户亩年月])均)(?P<gap>(?:(?![点号第月年])[^\W\d_]){{0,5}})$"
)
_BASIS_BEHIND = re.compile(rf"(?:[/／]|[每一])(?P<per>{_PER})(?![{HAN_NUMBER}\d])")
# Numbers without 元 are sums behind these words, unless they count something.
_PAID = (
    "收交给罚扣发退补送要花借领欠拿打掏凑值转赚挣存包塞充取返捐垫赔卖汇刷随抽贪付缴还", "涨到|降到|提到|减到|加到|少到",
    "补贴|补助|津贴|工资|薪|奖金|红包|罚款|押金|保证金|租金?|房贷|月供|礼金?|份子|费|税|价|赔偿款?|提成|低保|养老金|退休金|定金|订金|[借贷存欠余]款|成本|高龄|标准",
    "合计|共计|总共|一共|最低|最高|平均|起步|至少|少说|顶多|最多|最少|多的|少的|到手|净收|收入|支出|开支",
)  # fmt: skip
_PAID_BEFORE = re.compile(
    rf"(?:[{_PAID[0]}](?:了|过|我们?|他们?|她|你|咱|人家|走|去|来|出|进)*+|(?:{'|'.join(_PAID[1:])})(?:是|为|有|了|就|只|才|要|收|：|:|“|，|约|大概|大约)*+)$"
)
_PAID_BEHIND = re.compile(
    r"[“（]?(?:[\u3400-\u9fff]{0,3}费(?!了|劲|力)|红包|补[助贴]|[保押]证?金|押金|罚款|现金|奖金|工资|定金|礼金|回扣|好处|管理费|赔偿|提成|奖励|津贴)"
)
_ENDS = re.compile(
    r"[，。、；！？）)\s”：]|$|的(?!人|户|时候)|给|就|都|也|还|又|左右|上下|出头|以上|以下|不等|起|现金|一[个年月次户吨亩斤人场趟]"
)
_COUNTED = re.compile(
    r"(?:[.．-]\d|[%％\d亩户人家名口桌次吨斤公立方平米棵头只套栋条瓶箱袋张份笔车台辆个株所件字里元块度步倍种分页天座间层岁年本月日级位股票号点成一颗]|一)"
)
_LISTED = re.compile(
    r"(?=[1-9二三四五六七八九几两])(?<=[\u3400-\u9fff，、])(?<![第年月日号编码至到])(?:[1-9]\d{1,4}0|[二三四五六七八九几两]百[一二三四五六七八九多]?)(?=[，。、；）！]|的(?!人))"
)
_NEAR = 25
_LEAST, _TOO_LONG = 10, 9
_ABOUT = "多余来几"
_NO_NUMBER = frozenset([*"万千百半数亿几十拾佰仟两零〇一二三四五六七八九", "万一"])
_SCALE = re.compile(r"[十百千万亿拾佰仟廿卅]")
_NO_SUM_BEFORE = re.compile(r"(?:[号码第编]|[得选总]票|选民|人口|人数|总数|到会)(?:是|为|：|有|只有)?$|[切分]成$")
_PIECES = re.compile(r"[一两三四五六七八九几]块$")
_HOTLINE = re.compile(r"1(?:10|19|20|22)|123(?:06|15|33|37|45|48|69|80|88)|955\d\d|100(?:00|10|86)")

_PERCENT = re.compile(
    rf"(?=[\d{HAN_NUMBER}])(?:(?P<percent>\d{{1,3}}(?:\.\d{{1,2}})?)[%％]|百分之(?P<han>\d{{1,2}}|[{HAN_NUMBER}]{{1,4}})|(?P<points>\d{{1,2}}(?:\.\d)?|[{HAN_NUMBER}]{{1,3}})个点(?!位|名|评|赞|多?钟)|(?P<tenths>[一二两三四五六七八九])成(?P<half>[半一二三四五六七八九])?(?![年功立为长就员本果分熟不人品都新]))"
)
_SHARES = Gated(("%", "％", "百分之", "个点", "成"), _PERCENT)
_SHARED = re.compile(
    r"[扣返抽提佣税]|回扣|好处|[理务调腿续]费|干?股份?|工程|合同|货款|总价|利[润息]|分红|补[贴助]|赔付?"
)
_TAKEN = re.compile(r"(?:拿|给|留|收|付|交|短|要|分)(?:了|他|她|我|去|出|走|上)*$")
_RATE = re.compile(r"[降涨升率增]")
_WORDS, _BEHIND = 16, 8


def find_money(text: str) -> list[Entity]:
    """Find sums, the value is `low-high 元[/basis]`, and shares of sums, the value is `low-high %`."""
    taken = Coverage(len(text))
    found = []
    for entity in (*_sums(text), *_shares(text)):
        if taken.free(entity.start, entity.end):
            taken.take(entity.start, entity.end)
            found.append(entity)
    return sorted([*found, *_listed(text, found, taken)], key=lambda entity: entity.start)


def _sums(text: str) -> Iterator[Entity]:
    for match in _SUM.finditer(text):
        low, high, unit = match["low"], match["high"], match["unit"]
        behind = _BASIS_BEHIND.match(text, match.end())
        if (not unit and not behind and _COUNTED.match(text, match.end())) or (
            low in _NO_NUMBER and not (unit or high)
        ):
            continue
        amount = read_range(low + unit[0], high) if unit and unit[0] in _ABOUT and not high else read_range(low, high)
        if amount is None:
            continue
        before = _BASIS_BEFORE.search(text, max(0, match.start() - _WORDS), match.start())
        if unit and not _PIECES.fullmatch(match[0]):
            amount = _with_small(match, amount)
        elif not _is_sum(match, amount, before=before, behind=behind):
            continue
        value = f"{plain(amount.low)}-{plain(amount.high)} 元{_basis(before, behind)}"
        yield Entity(EntityType.MONEY, *match.span(), match[0], value)


def _is_sum(
    match: re.Match[str], amount: Amount, *, before: re.Match[str] | None, behind: re.Match[str] | None
) -> bool:
    """Tell whether a number without 元, or a few 块, is a sum: it counts nothing and stands where sums stand."""
    text, written, start, end = match.string, match[0], match.start(), match.end()
    first = max(0, start - _WORDS)
    if _NO_SUM_BEFORE.search(text, first, start) or (
        match["unit"] is None and not _may_be_sum(match["high"] or written, amount)
    ):
        return False
    large = amount.high >= 1000 and _SCALE.search(written)
    if large or (behind and amount.high >= 100) or _PAID_BEHIND.match(text, end):
        return True
    if before and len(before["gap"]) <= 2 and _ENDS.match(text, end):
        return True
    return bool(_PAID_BEFORE.search(text, first, start))


def _may_be_sum(written: str, amount: Amount) -> bool:
    """Tell whether a number could be a sum at all: no year in Chinese digits, hotline or telephone number."""
    if written.isascii():
        return (
            written[0] != "0" and not _HOTLINE.fullmatch(written) and amount.high >= _LEAST and len(written) < _TOO_LONG
        )
    return amount.high >= _LEAST and written[0] not in "半千" and bool(_SCALE.search(written))


def _with_small(match: re.Match[str], amount: Amount) -> Amount:
    """Add jiao and fen: 三块五 is 3.5, 三毛五 0.35; 三块多 lies between 3 and 4."""
    if match["more"]:
        return Amount(amount.low, amount.high + 1)
    factor = 10 if match["small"] else 100 if match["cent"] else 1
    signs = [sign for sign in match["tenth"] or "" if sign not in "毛角分"]
    signs = ["零", match["cents"]] if match["cents"] else signs
    more = sum(number.low / 10**place for place, one in enumerate(signs, start=1) if (number := read_number(one)))
    return Amount(amount.low / factor + more, amount.high / factor + more)


def _basis(before: re.Match[str] | None, behind: re.Match[str] | None) -> str:
    if behind:
        return f"/{behind['per']}"
    if before is None or (before["every"] == "一" and len(before["gap"]) > 2):
        return ""
    return "".join(f"/{unit}" for unit in (before["per"], before["per2"], before["mean"]) if unit)


def _listed(text: str, found: list[Entity], taken: Coverage) -> Iterator[Entity]:
    """Find round numbers in a list of sums: 普通工人500元，班组长1000，主任2000."""
    ends = [place for entity in found if "元" in entity.value for place in (entity.start, entity.end)]
    for match in _LISTED.finditer(text) if ends else ():
        near = any(abs(place - match.start()) < _NEAR for place in ends)
        amount = read_number(match[0]) if near and taken.free(*match.span()) else None
        if amount:
            taken.take(*match.span())
            ends.append(match.end())
            yield Entity(EntityType.MONEY, *match.span(), match[0], f"{plain(amount.low)}-{plain(amount.high)} 元")


def _shares(text: str) -> Iterator[Entity]:
    """Find shares that are paid or withheld: 三个点, 一成五, 百分之六; other percentages are no sums."""
    for match in _SHARES.finditer(text):
        around = text[max(0, match.start() - _WORDS) : match.end() + _BEHIND]
        told = text[max(0, match.start() - _WORDS) : match.start()]
        if (match["points"] and not _RATE.search(around)) or _SHARED.search(around) or _TAKEN.search(told):
            amount = _percent(match)
            value = f"{plain(amount.low)}-{plain(amount.high)} %" if amount else ""
            yield Entity(EntityType.MONEY, *match.span(), match[0], value)


def _percent(match: re.Match[str]) -> Amount | None:
    amount = read_number(match["percent"] or match["han"] or match["points"] or match["tenths"])
    if amount is None or not match["tenths"]:
        return amount
    half = read_number("五" if match["half"] == "半" else match["half"] or "零")
    more = half.low if half else 0
    return Amount(amount.low * 10 + more, amount.high * 10 + more)
