"""Finds counted quantities (mu, households, persons) with their range."""

import re
from collections.abc import Iterable
from decimal import Decimal

from xiansuo.domain.text import Entity, EntityType
from xiansuo.text.coverage import Coverage
from xiansuo.text.numerals import NUMBER, NUMBER_BEGINS, plain, read_number, read_range

_UNITS = "亩|户人家|人家|户|人|名|口人?|家|桌|次|公斤|吨|斤|立方米?|方|平方米?|平米|公里|米|棵|头|只|套|栋|条|瓶|箱|袋|张|份|笔|车|台|辆"
_COUNT = re.compile(
    rf"(?=[{NUMBER_BEGINS}])(?P<low>{NUMBER})(?:[到至~～—-](?P<high>{NUMBER}))?(?P<about>[多余来几])?(?P<unit>{_UNITS})(?P<tenth>[一二三四五六七八九半]分?)?"
)


def find_counts(text: str, sums: Iterable[Entity]) -> list[Entity]:
    """Find counted quantities that are no sums; the value is `low-high unit`."""
    taken = Coverage(len(text))
    for entity in sums:
        taken.take(entity.start, entity.end)
    found = []
    for match in _COUNT.finditer(text):
        amount = read_range(match["low"] + (match["about"] or ""), match["high"])
        if amount is None or amount.high < 2 or not taken.free(*match.span()):
            continue
        tenth = read_number(match["tenth"][0]) if match["tenth"] and match["tenth"][0] != "半" else None
        more = tenth.low / 10 if tenth else Decimal(0)
        value = f"{plain(amount.low + more)}-{plain(amount.high + more)} {match['unit']}"
        found.append(Entity(EntityType.COUNT, *match.span(), match[0], value))
    return found
