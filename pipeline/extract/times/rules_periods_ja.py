"""Japanese words for days by distance or name, and for longer periods, one rule a row."""

from __future__ import annotations

from pipeline.extract.times import meanings_ja as say
from pipeline.extract.times import periods_ja as periods
from pipeline.extract.times.grammar import Rule
from pipeline.extract.times.patterns_ja import DAY, NOT_LENGTH, SHORT_YEAR, WEEKDAY, YEAR, YEARWORD, N, S
from pipeline.extract.times.words_ja import either, named_days

PERIODS = (
    Rule("day_word", rf"(?P<word>{either('day')})(?!券)(?:[1一]日(?=は|なら|を|も|で|、|$))?|(?<![ぁ-ん])(?P<word>あす|きょう)(?=[のはにも、]|まで|から|中|$)|(?P<word>{either('part_of_day')})(?=[朝夜晩夕](?!勤|食))", say.day_word),
    Rule("last_workday", r"(?:(?P<which>月末|年内|今月|年末)の?)?最終営業日", say.last_workday),
    Rule("vague_days", r"(?P<word>一両日中|両日中|二三日中|二、三日中|2,?3日中|2~3日中|2-3日中|近日中|(?:[二2](?:[、,・~-])?[三3]|[三3](?:[、,・~-])[四4])日(?=中|以内|のうち|ほど|程度|後|で(?!す)))", say.vague_days),
    Rule("month_word", rf"(?P<which>{either('month')})(?:度)?", periods.which_month),
    Rule("month_day_word", r"(?P<word>月末|月初め|月初|月内|月中(?=に|まで|を)|年末年始|年末|年内|年明け早々|年明け|年始|年初|年度末|年度内|年度初め|年度始め|期末|期内|期初|期首|今期中|四半期末)", periods.period_word),
    Rule("half_year", rf"(?:(?:{YEAR}|{YEARWORD})度?{S}の?{S})?(?<![地天])(?P<halfyear>上半期|上期|下半期|下期)", periods.quarter),
    Rule("quarter", rf"(?:(?:{YEAR}|{YEARWORD})度?{S}の?{S}|fy\d\d{S})?(?:第{S}(?P<q>[1-4一二三四])(?:四半期|q(?!\w))|(?<![\d.])(?P<q>[1-4])q(?!\w)|(?<![\w-])q(?P<q>[1-4])(?=[にまか中末](?!つ)|(?<=[年期度 ]q\d)|の?\s?(?:決算|実績|売上|予算|目標|納期)|$))", periods.quarter),
    Rule("decade", r"(?<!\d)(?P<year>(?:1[0-9]|20)\d0)年代|(?<!\d)(?P<year>[1-9]0)年代(?!の(?:方|人|男|女))", periods.decade),
    Rule("century", rf"(?P<count>{N})世紀(?![前後])", periods.century),
    Rule("fiscal_year", rf"(?:{YEAR}|{SHORT_YEAR})度(?:中|内)?", periods.fiscal_year),
    Rule("year", rf"{YEAR}(?:中(?![華国東学央])|内)?(?!間|以上|ほど|ぶり|くらい|目|保証|もの)|(?<![\d第])(?P<year>'\d\d)年", periods.year),
    Rule("fiscal_word", rf"(?P<which>{either('fiscal')})(?:中|内)?", periods.fiscal_word),
    Rule("year_word", rf"(?P<which>{either('year')})(?:中|内)?(?!比|か[知言見])", periods.which_year),
    Rule("term_word", rf"(?P<which>{either('term')})(?!待|間)", periods.which_term),
    Rule("before_break", r"(?:大型|[三3四4五5])?連休(?=前)", periods.next_break),
    Rule("after_festival", rf"(?P<name>{named_days()})(?:の|お)?(?:休み|休暇|連休)?明け|(?P<break>(?:大型|[三3四4五5])?連休)明け", periods.after_festival),
    Rule("festival", rf"(?P<name>{named_days()})(?:休み|休暇|連休)?(?!まつり|祭|セール|フェア|商戦|ケーキ|カード|パッケージ|プレゼント)", periods.festival),
    Rule("holidays", r"(?:大型|三|3|四|4|五|5|(?:ゴールデンウィーク|gw|年末年始|お盆|正月|夏季?|冬季?)の)?連休|(?<=[春夏冬])休み|(?<=(?:夏季|冬季|春季|年末|年始))休[暇業]", say.indefinite),
    Rule("indefinite", rf"{either('indefinite')}", say.indefinite),
    Rule("day", rf"(?<![\d/.月十第約丸全計]){DAY}(?!程|本|々|当|{S}\d{{1,2}}(?![\d時:日])){NOT_LENGTH}{WEEKDAY}", say.day_only),
    Rule("days_list", rf"(?<![\d/.,:-])(?P<day>[12]\d|3[01]|[1-9])(?=[、,・]{S}(?:[12]\d|3[01]|[1-9])(?:[、,・]{S}(?:[12]\d|3[01]|[1-9])){{0,9}}日(?!間|後|以内))", say.day_only),
)  # fmt: skip
