"""Owns the pieces of regular expressions in which times are told: years, months, days, hours, seasons, feasts, eras."""

from xiansuo.text.when import HOLIDAYS

_D = "零〇一二三四五六七八九"
_COUNTED = "个元块万千百亩人户名斤天次年月台辆条几多张间栋"
_ONES = "[一二三四五六七八九]"

# 13年 and 三四年 may be spans of years: short years count where a month, a season or the like follows.
_GOES_ON = rf"年(?=[初底末春夏秋冬上下以起开前]|(?:\d{{1,2}}|{_ONES}|十[一二]?)月)"
YEAR = (
    rf"(?:(?:19|2[O0])[\dOlI]{{2}}|[一二][{_D}入]{{3}}|(?<![\d{_D}])(?:[089]\d|\d\d(?={_GOES_ON})"
    rf"|(?:一二|三四|四五|五六|六七|七八|八九)(?={_GOES_ON})|(?!一二|三四|四五|五六|六七|七八|八九)[{_D}]{{2}}))"
)
YEAR_WORD = "大前年|前年|去年|上年|今年|本年|当年|明年"
MONTH = r"(?:1[0-2lI]|[lI][0-2lI]|0?[1-9]|十[一二]?|[一二三四五六七八九正元冬腊])"
HAN_DAY = rf"(?:初[一二三四五六七八九十]|三十一?|二十{_ONES}?|廿{_ONES}?|十{_ONES}?|{_ONES})"
# A number alone is a day only where it counts nothing: 3月12, 腊月二十三, but not 三月四个人.
DAY = (
    rf"(?:(?:3[O01]|[12][\dO]|0?[1-9])(?:几?[日号曰]|(?![\d.,OlI{_COUNTED}%：:/-]))|{_ONES}?十几[日号]|{HAN_DAY}[日号]"
    rf"|(?:初[一二三四五六七八九十]|二?十{_ONES}|[二三]十|廿{_ONES}?)(?![{_COUNTED}十{_D}]))"
)
PART = (
    "(?:凌晨|清早|清晨|早上|早晨|上午|中午|正午|下午|傍晚|天黑|晚上|半夜|后半夜|夜里|夜间|深夜|晚间|当晚|晚(?=[，。]))"
)
CLOCK = (
    rf"(?:\d{{1,2}}[:：]\d{{2}}|(?:\d{{1,2}}|十{_ONES}?|[一二两三四五六七八九])[时点]"
    rf"(?:[0-5]\d分?|{_ONES}?十{_ONES}?分?|半|一刻)?(?:来钟|多钟|[钟许多])?(?:左右|以后|以前|前后)?)"
)
HOURS = rf"(?:\s?{PART}(?:\s?{CLOCK}(?:\s?[-—~～到至]+\s?{CLOCK})?)?|\s?{CLOCK}(?:\s?[-—~～到至]+\s?{CLOCK})?)?"
SEASON = "开春|春[天季上里]?|夏[天季里]?|秋[天季上里后收]?|入冬|冬[天季里]?|年底|年末|年初|年头|年前|上半年|下半年|年中|暑假|寒假|汛期"
FEAST = "|".join(sorted(HOLIDAYS, key=len, reverse=True))
AROUND = "节?(?:假期|放假|长假|前[一二两三几]天|前后|期间|过后|以前|以后|之前|之后|前夕|前|后|那天|当天|那几天|时)*"
AFTER = "(?:(?:以来|以前|以后|之前|之后|前后|左右|开始|起)(?![到在]))?"
ERAS = "疫情|非典|换届|选举|征地|拆迁|土地确权|确权|二轮延?承?包|分田到户|包产到户|土改|大集体|人民公社|撤乡并镇|合村并组|并村|村改居|发大水|洪水|地震"
POSTS = "书记|主任|镇长|乡长|县长|局长|校长|院长|支书|村长|所长|站长|厂长|经理|会计|组长"
