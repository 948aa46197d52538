"""Japanese words for weeks, weekdays and repetitions, one rule a row; the first that matches at a place wins."""

from __future__ import annotations

from pipeline.extract.times import meanings_ja as say
from pipeline.extract.times import periods_ja as periods
from pipeline.extract.times import repetitions_ja as sets
from pipeline.extract.times.grammar import Rule
from pipeline.extract.times.patterns_ja import BRACKETED, COUNT, DAY, MONTH, WD, WEEKS, N, S
from pipeline.extract.times.words_ja import either

WEEKS_AND_WEEKDAYS = (
    Rule("which_weekday", rf"{WEEKS}{S}(?:の|、|は)?{S}(?:\(?{WD}\)?曜日?|(?<=[週の]){WD}(?![曜\w])|\({WD}\))", say.which_weekday),
    Rule("which_weekday_short", rf"{WEEKS}の?{WD}(?=[かの・、とまに午朝夕 ])(?!の(?:件|予定))", say.which_weekday),
    Rule("near_weekday", rf"(?P<near>今度の?|次の|次回の?|つぎの|直近の|この前の?|この間の|前の|先の|さきの)(?:{WD}曜日?|\({WD}\))", say.near_weekday),
    Rule("every_weekday", rf"(?P<each>毎週|隔週|第?\d週)の?{S}(?:第{S}(?P<nth>[1-5一二三四五]))?{WD}(?:曜日?|(?=[・、,とに]|{S}\d))", sets.every),
    Rule("each_weekday", rf"{WD}曜日?(?P<each>ごと|毎)に?", sets.every),
    Rule("every_month_day", rf"毎月(?:の|、)?{S}(?:(?P<portion>末日?|月末|最終日|初日|初め|月初)|第{S}(?P<nth>[1-5一二三四五]){S}{WD}曜日?|{DAY})", sets.every_month),
    Rule("every_year", rf"毎年(?:の|、)?{S}(?={MONTH})", sets.every_year),
    Rule("every", r"(?P<each>毎日|毎朝|毎晩|毎夜|毎夕|毎週末|毎週|毎月末|毎月|毎年|毎時間|毎時|毎分|毎秒|隔週|隔日|隔月|隔年|毎営業日|毎平日|毎回の週|連日)", sets.every),
    Rule("every_few", rf"(?:(?P<count>{N}|数){S}(?P<unit>営業日|日|週間?|[ヶかカヵケ箇]月|年|時間|分|秒)|(?P<unit>日|週|月|四半期|半年|年))(?P<each>ごと|毎(?![日週月年朝晩回])|おき|置き)に?", sets.every_few),
    Rule("times_a", rf"(?<![今来先毎連翌隔\d/当本一二三])(?P<each>年|月|週|日)に?{S}(?:{N}){S}(?:回|便(?!局)|度(?=は|も|の|ほど|くらい|、))(?!目)|(?P<each>(?:一|1)(?:年|日|週間|[かヶカヵケ]月))に?{S}(?:{N}){S}(?:回|度)(?!目)", sets.every),
    Rule("rate", rf"{COUNT}{S}(?P<unit>年|[かヶカヵケ箇]月|週間?|日|時間|分|秒)間?に{S}{N}{S}(?:回|度|日|時間|週間?|分|秒)(?!目)|(?<![\d今来先毎連翌隔本昨])(?P<unit>週)に?{S}{N}{S}(?:日|時間)(?!目|後|前|以内)|(?<![\d今来先毎翌昨])(?P<unit>年)に{S}{N}{S}(?:日|時間|[かヶカヵケ箇]月)|(?<![\d月])(?:1|一)(?P<unit>日){S}{N}{S}(?:時間|分)(?!前|後)", sets.rate),
    Rule("workdays", r"平日|(?P<weekend>土日)(?!祝)", sets.workdays),
    Rule("weekday_dots", rf"{WD}(?=[・、,と]{S}[月火水木金土日](?:[・、,と][月火水木金土日]){{0,6}}曜)", say.weekday),
    Rule("weekday", rf"{WD}曜日?|^{BRACKETED}$", say.weekday),
    Rule("kana_weekday", r"(?<![ぁ-ん])(?P<kana>げつ|か|すい|もく|きん|ど|にち)ようび", say.kana_weekday),
    Rule("weekday_paren", BRACKETED, say.weekday, weak=True),
    Rule("week_start", r"(?P<which>来週|再来週|翌週|休み)?(?:週明け|(?<=来週)明け|(?<=休み)明け)(?:早々|すぐ)?", say.week_start),
    Rule("anchored_period", r"(?P<which>その|同じ|次の|前の)(?P<unit>年|週末)|(?P<which>その|同じ)(?P<unit>月)(?![代齢号額一-龥])", say.anchored_period),
    Rule("anchored", rf"(?P<word>{either('anchored')})(?![程取])", say.anchored),
    Rule("which_week", rf"{WEEKS}", periods.which_week),
    Rule("then", r"(?:それ|その時|そのとき)(?=まで(?:に|の)?)|その(?=前(?:に|まで))", say.then),
)  # fmt: skip
