"""Finds sums of money and counts (mu, households, persons) with their range and basis; never multiplies them."""

import re
from decimal import Decimal
from itertools import chain

from xiansuo.domain.text import Entity, EntityType
from xiansuo.text.coverage import Coverage
from xiansuo.text.numerals import HAN_NUMBER, NUMBER, Amount, plain, read_number

_PER = "亩|人|户|年|个月|月|张票|票|张|吨|方|平方米?|平米|平|米|天|次|桌|斤|股|头|家|个|晚|车"
_BASIS = rf"(?:(?:(?P<every>[每一])(?P<per>{_PER})(?:[每一](?P<per2>年|月|人|天|个月))?|(?P<mean>人均|户均|亩均|年均))[^\W\d_]{{0,5}}?)?"
_SUM = rf"(?:大概|大约|约|近|将近|差不多|至少|不到|不足|超过|上)?(?P<low>{NUMBER})(?:(?:元|块)?[到至~～—-](?P<high>{NUMBER}))?"
_YUAN = r"(?P<unit>[多余来几]?(?:(?:元|块)钱?(?P<tenth>[一二三四五六七八九](?![十百千万\d]))?|圆|人民币|美元|港币)(?:整|左右|上下|出头|多)?|(?<=[万亿千])(?:出头|左右|上下)|(?<=[万亿])[多余]?(?=[，。、；！？\s）)]|的|左右|了|给|就|都|现金|$)|(?<=[万][一二三四五六七八九])(?=[，。、；！？\s）)]|的|了|给|就|都|$))"
# Every sum begins with one of these signs; one look saves trying its parts at every place of a text.
_FIRST = rf"[\d{HAN_NUMBER}每人户亩年大约近将差至不超上]"
_MONEY = re.compile(rf"(?={_FIRST}){_BASIS}(?P<sum>{_SUM}{_YUAN})")
_BARE = re.compile(
    rf"(?:(?P<every>[每一])(?P<per>{_PER})|合计|共计|平均|最低|至少|多的|少的|工资|租金|每月|一个月|一年|到手|[收交给罚扣发退补送要花借领欠拿打掏凑值转赚挣存])了?(?:[我他她](?:们|家)?)?"
    rf"(?P<sum>(?P<low>\d{{3,12}}|[{HAN_NUMBER}]{{1,16}}))(?=[，。、；！？\s）)]|的|$)"
)
_LARGE = re.compile(
    rf"(?:(?:(?P<every>[每一])(?P<per>{_PER}))[^\W\d_]{{0,3}}?)?(?P<sum>(?:大概|约|近|差不多|至少|不到|超过)?(?P<low>(?:\d[\d,]{{0,15}}(?:\.\d{{1,6}})?[多余]?[万亿][\d]?|[一二两三四五六七八九十几数][{HAN_NUMBER}]{{0,14}}[百千万亿][一二三四五六七八九]?)[多余]?)(?:左右|上下|出头)?)"
    rf"(?!\d|[{HAN_NUMBER}多余亩户人家名口桌次吨斤公立方平米棵头只套栋条瓶箱袋张份笔车台辆个株所件字里元块度步倍种分页天座间层岁本年月日级位股票票号])"
)
_UNITS = "亩|户人家|人家|户|人|名|口人?|家|桌|次|公斤|吨|斤|立方米?|方|平方米?|平米|公里|米|棵|头|只|套|栋|条|瓶|箱|袋|张|份|笔|车|台|辆"
_COUNT = re.compile(
    rf"(?P<low>{NUMBER})(?:[到至~～—-](?P<high>{NUMBER}))?(?P<about>[多余来几])?(?P<unit>{_UNITS})(?P<tenth>[一二三四五六七八九半]分?)?"
)
_NO_NUMBER = frozenset("万千百半数亿几十两")


def find_money(text: str) -> list[Entity]:
    """Find sums; the value is `low-high 元[/basis]`."""
    taken = Coverage(len(text))
    found = []
    for match in chain(_MONEY.finditer(text), _BARE.finditer(text), _LARGE.finditer(text)):
        entity = _sum(match)
        if entity and taken.free(entity.start, entity.end):
            taken.take(entity.start, entity.end)
            found.append(entity)
    return found


def _sum(match: re.Match[str]) -> Entity | None:
    groups = match.groupdict()
    unit, written = groups.get("unit"), match["low"]
    if unit and unit[0] in "多余来几":
        written += unit[0]
    amount = _range(written, groups.get("high"))
    if amount is None or written in _NO_NUMBER or (unit is None and amount.high < 100):
        return None
    tenth = groups.get("tenth")
    if tenth and (extra := read_number(tenth)):
        amount = Amount(amount.low + extra.low / 10, amount.high + extra.high / 10)
    value = f"{plain(amount.low)}-{plain(amount.high)} 元{_basis(groups)}"
    return Entity(EntityType.MONEY, match.start("sum"), match.end("sum"), match["sum"], value)


def _basis(groups: dict[str, str | None]) -> str:
    per = [groups.get("per"), groups.get("per2"), (groups.get("mean") or "")[:1]]
    return "".join(f"/{unit}" for unit in per if unit)


def _range(low: str, high: str | None) -> Amount | None:
    first = read_number(low)
    last = read_number(high) if high else first
    if first is None or last is None:
        return None
    if high and first.low < last.low / 1000 and high[-1] in "万千百亿":
        scale = {"万": 10_000, "千": 1000, "百": 100, "亿": 100_000_000}[high[-1]]
        first = Amount(first.low * scale, first.high * scale)
    return Amount(min(first.low, last.low), max(first.high, last.high))


def find_counts(text: str, sums: list[Entity]) -> list[Entity]:
    """Find counted quantities that are no sums; the value is `low-high unit`."""
    taken = Coverage(len(text))
    for entity in sums:
        taken.take(entity.start, entity.end)
    found = []
    for match in _COUNT.finditer(text):
        amount = _range(match["low"] + (match["about"] or ""), match["high"])
        if amount is None or amount.high < 2 or not taken.free(*match.span()):
            continue
        tenth = read_number(match["tenth"][0]) if match["tenth"] and match["tenth"][0] != "半" else None
        more = tenth.low / 10 if tenth else Decimal(0)
        value = f"{plain(amount.low + more)}-{plain(amount.high + more)} {match['unit']}"
        found.append(Entity(EntityType.COUNT, *match.span(), match[0], value))
    return found
