"""Japanese words for days, weeks and longer periods, one rule a row; the first that matches at a place wins."""

from __future__ import annotations

from pipeline.extract.times import meanings_ja as say
from pipeline.extract.times import periods_ja as periods
from pipeline.extract.times.grammar import Rule
from pipeline.extract.times.patterns_ja import (
    DAY,
    MONTH,
    NOT_LENGTH,
    PAREN,
    PORTION,
    SHORT_YEAR,
    WD,
    WEEKDAY,
    YEAR,
    YEARWORD,
    S,
)
from pipeline.extract.times.words_ja import either

_OF_YEAR = rf"(?:(?:{YEAR}|{YEARWORD}){S}の?{S})?"
_OF_MONTH = rf"(?:{_OF_YEAR}{MONTH}|(?P<which>{either('month')}))"
_NTH = rf"(?:第{S}(?P<nth>[1-5一二三四五])|(?P<last>最終|最後の|最後)|(?P<first>最初の))"
_M, _D = r"(?P<month>1[0-2]|0?[1-9])", r"(?P<day>3[01]|[12]\d|0?[1-9])"
_USED = (
    r"(?=\s?(?:まで|から|より|以降|以前|以後|付|発|着|出荷|納|必着|締|〆|開催|実施|午前|午後|朝|夕|夜|頃|ごろ|分の|\d{1,2}[:時]|~\s?\d|→)"
    r"|に(?:は|て|も)?(?:お|ご|納|届|出|入|伺|打|送|開|行|実|会|発|着|到|返|提|公|再|現|訪|来|連|確)|の(?:打|会|午|朝|夕|\d|納))"
)
_NO_COUNT = rf"(?![\d/:.時]|{S}(?:月|本|個|台|名|人|インチ|mm|cm))"
_NOT_TOPIC = r"(?![\d曜旬]|・(?!\d)|額|分(?!の一)|号|期|生まれ|出荷|次(?!回)|例|末|謝|面|刊|見|影|光|日)"

DATES = (
    Rule("iso_datetime", r"(?<!\d)(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)(?=t\d\d:\d\d)", say.date),
    Rule("week_of", rf"(?:(?:{YEAR}{S})?{MONTH}{S})?{DAY}(?:{PAREN})?の?週(?![報刊末間])", say.week_of),
    Rule("year_month_day", rf"(?:{YEAR}|{SHORT_YEAR}){S}/?{MONTH}{S}/?{DAY}{WEEKDAY}", say.date),
    Rule("era_numeric", rf"(?<![a-z0-9])(?P<era>令和|平成|昭和|[rhs])\.?(?P<erayear>元|\d{{1,2}})[./年-]{_M}[./月-]{_D}(?![\d/-]|\.\d){WEEKDAY}", say.date),
    Rule("numeric", rf"(?<![\d/.])(?<![^\d\s]-)(?:西暦)?(?P<year>(?:19|20)\d\d){S}[/.・-]{S}{_M}[/.・-]{_D}(?![\d/]|-(?!\d{{4}}/)\d|\.\d){WEEKDAY}", say.date),
    Rule("short_numeric", rf"(?<![a-z0-9/.-]){_M}[/.]{_D}(?![a-z0-9/%]|\.\d){PAREN}", say.date),
    Rule("numeric_range", rf"(?<![a-z0-9/.-]){_M}/{_D}(?={S}[~-]{S}(?:1[0-2]|0?[1-9])/(?:3[01]|[12]\d|0?[1-9])(?!\d|/|\.\d|{S}(?:インチ|mm|cm)))", say.date),
    Rule("numeric_to_day", rf"(?<![a-z0-9/.-]){_M}/{_D}(?=[-~](?:3[01]|[12]\d|0?[1-9]){_NO_COUNT})|(?:(?<=\d/\d[-~])|(?<=\d/\d\d[-~])){_D}{_NO_COUNT}", say.date_or_day),
    Rule("numeric_use", rf"(?<![a-z0-9/.,-]){_M}/{_D}(?![a-z0-9/%.]){_USED}|^{_M}/{_D}$|(?<![a-z0-9/.,-]){_M}/{_D}日(?!間)", say.date),
    Rule("month_day", rf"(?:{YEARWORD}の?)?{MONTH}{S}{DAY}{WEEKDAY}", say.date),
    Rule("month_day_list", rf"(?:{YEARWORD}の?)?{MONTH}{S}{_D}(?=(?:[、,・.~と-]{S}(?:[12]\d|3[01]|[1-9])){{1,9}}{S}日|から(?!\d*%)|まで)", say.date),
    Rule("bare_numeric", rf"(?<![a-z0-9/.,]){_M}/{_D}(?![\d/%]|\.\d|\s*(?:本|個|台|名|人|回|サイズ|インチ))", say.date, weak=True),
    Rule("year_of_range", r"(?<![\d/.-])(?P<year>(?:19|20)\d\d)(?=\s?(?:から|~|-|・|、)\s?(?:19|20)\d\d年)", periods.year),
    Rule("year_dot_month", r"(?<![\d/.-])(?P<year>20\d\d)\.(?P<month>0[1-9]|1[0-2])(?=$|[にかまよ〜~ 以のでは、。)])", periods.month),
    Rule("year_slash_month", rf"(?<![\d/.-])(?P<year>20\d\d)年?/{_M}(?:月|(?![\d/月]))", periods.month),
    # weeks and weekdays of a month or year
    Rule("nth_weekday", rf"(?:{_OF_MONTH}{S}の?{S})?{_NTH}{S}の?{WD}曜日?", say.nth_weekday),
    Rule("nth_week", rf"(?:{_OF_MONTH}{S}の?{S})(?:{_NTH}{S}の?週)(?:目)?", say.nth_week),
    Rule("week_of_year", rf"(?:{YEAR}|{YEARWORD}){S}の?{S}(?:第{S}(?P<nth>\d{{1,2}}|[一二三四五])|(?P<last>最終|最後の)|(?P<first>最初の))週", say.week_of_year),
    Rule("week_number", r"第(?P<nth>\d{1,2}|[一二三四五])週(?!目)", say.week_of_year),
    Rule("nth_workday", rf"{_OF_MONTH}{S}の?{S}(?:第{S}(?P<nth>\d{{1,2}}|[一二三四五])|(?P<last>最終)|(?P<first>最初の))営業日", say.nth_workday),
    Rule("after_new_year", rf"年明け(?:の|、)?{S}{DAY}", say.after_new_year),
    Rule("prefixed_day", rf"(?P<which>{either('month')})の?{S}{DAY}{NOT_LENGTH}{WEEKDAY}", say.day_only),
    # portions of months and years, seasons
    Rule("season_of", rf"(?:{_OF_YEAR[:-1]}|(?<!\d)(?P<year>20\d\d)/?|(?P<near>今|昨|一昨|来|翌|この|次の|前の)){S}(?P<season>[春夏秋冬])(?:季|期|頃|ごろ|先|口)?(?![田葉山木目巻至日])(?:休み)?", periods.season),
    Rule("season", r"(?<![一-龥ァ-ヶー])(?P<season>[春夏秋冬])(?=から|まで|に(?!な[りっる]|近|向|は?か)|の(?:間|うち|初|終|時期|繁忙期|展示会)|頃|ごろ|以降|以前|前(?!線)|中|口|先|、(?=[^ぁ-ん])|と[春夏秋冬]|休み)(?:休み)?|(?<=[春夏秋冬]と)(?P<season>[春夏秋冬])", periods.season),
    Rule("portion_month", rf"(?:(?:{YEAR}|{SHORT_YEAR}|{YEARWORD})の?)?{S}{MONTH}{S}の?{PORTION}(?![一-龥]々)", periods.month),
    Rule("portion_year", rf"{YEAR}(?P<fiscal>度)?{S}の?{PORTION}", periods.portion_year),
    Rule("relative_portion", rf"(?P<which>{either('week', 'month', 'year', 'fiscal', 'term')}|今週末|来週末|週|(?<![一-龥])(?:{either('bare')}))の?{PORTION}(?!を|話|調整|年始)", periods.relative_portion),
    Rule("to_portion", r"(?<=[旬めば頭末]から)(?P<portion>中旬|下旬|月末|末|半ば)|(?<=[旬めば頭][~・-])(?P<portion>中旬|下旬|月末|末|半ば)", periods.month),
    Rule("of_month_topic", rf"{MONTH}{S}(?:度)?(?:分(?!の一)|次(?!回)|期(?!待|間)|付(?!近|属|与|随|加))", say.indefinite),
    Rule("month_of_range", r"(?<![\d./])(?P<month>1[0-2]|[1-9])(?=[~-](?:1[0-2]|[1-9])月)", periods.month),
    Rule("year_month", rf"(?:{YEAR}|{SHORT_YEAR}){S}{MONTH}(?:中|度)?(?!\d|号)", periods.month),
    Rule("month", rf"(?:{YEARWORD}の?)?{MONTH}(?:中(?![旬古止])|度|いっぱい|一杯)?{_NOT_TOPIC}", periods.month),
)  # fmt: skip
