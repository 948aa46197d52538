"""Japanese time words: the tables behind pipeline.extract.times.find for text in Japanese.

Patterns run on folded text (half-width digits and letters, lower case). Rules are tried in order; the first that matches wins.
"""

from __future__ import annotations

from pipeline.extract.times import clocks_ja as clocks
from pipeline.extract.times import meanings_ja as say
from pipeline.extract.times.grammar import Cue, Grammar, Rule
from pipeline.extract.times.numbers_ja import KANJI

_S = r"[ \n]?"
_B = r"(?<![a-z0-9@/.-])"
_D = r"(?<![\d.,/:-])"
_N = rf"(?:(?<!\d)\d{{1,3}}(?:\.\d)?|(?<!{KANJI}){KANJI}{{1,4}})"
_WD = r"(?P<weekday>[月火水木金土日])"
_PAREN = rf"{_S}\({_S}{_WD}(?:曜日?)?(?:[・,、/ ]?(?:祝日?|休))?{_S}\)"
_YEAR = rf"(?:(?P<era>令和|平成|昭和|(?<![a-z])[rh])\.?{_S}(?P<erayear>元|\d{{1,2}}|{KANJI}{{1,3}}){_S}年|(?P<year>(?:19|20)\d\d|二[〇零]{KANJI}{{2}}|(?<!\d)'?\d\d){_S}年)"
_MONTH = rf"(?<!\d)(?P<month>1[0-2]|0?[1-9]|十[一二]?|(?<!十)[一二三四五六七八九]){_S}月"
_DAY = rf"(?P<day>[12]\d|3[01]|0?[1-9]|(?:[二三]?十)?[一二三四五六七八九]|[二三]?十){_S}日"
_NOT_LENGTH = r"(?!間|後|前(?!後)|以内|ほど|くらい|ぐらい|程度|目|分(?!の)|連続|あたり|当たり|ごと|おき|余|遅|延|早|で(?:終|完了|届|仕上)|程)"
_WHICH_WEEK = r"(?P<which>今週|来週|再来週|次週|先週|先々週|前週|翌々週|同じ週|同週|翌週(?=の?[月火水木金土日]曜))"
_PORTION = r"(?P<portion>上旬|初旬|中旬|下旬|前半|後半|初め|はじめ|始め|頭|初頭|早々|半ば|なかば|中頃|中ごろ|末日|末頃|末ごろ|末|終わり|終盤|月末|月初)"
_PART = r"(?P<part>午前中|午前|午後|早朝|朝|お?昼|夕方|夕刻|夕|夜|晩|深夜|未明)"
_HALF = r"(?:(?P<half>午前|午後|ごぜん|ごご|am|pm|a\.m\.|p\.m\.|朝|昼|夕方|夜|晩|深夜|早朝)の?)"
_COUNT_UNIT = rf"(?P<count>{_N}|数|両|半){_S}(?P<unit>営業日|稼働日|実働日|就業日|平日|日間|日|週間|週|[ヶかカヵケ箇]月間?|月間|時間|分間|分|年間|年)"

RULES = (
    # full dates
    Rule("iso_datetime", r"(?<!\d)(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)(?=t\d\d:\d\d)", say.date),
    Rule("year_month_day", rf"{_YEAR}{_S}{_MONTH}{_S}{_DAY}(?:{_PAREN}|{_S}{_WD}曜日?)?", say.date),
    Rule("numeric", rf"(?<![\d/.-])(?P<year>(?:19|20)\d\d){_S}(?:[/.-]){_S}(?P<month>1[0-2]|0?[1-9])[/.-](?P<day>3[01]|[12]\d|0?[1-9])(?![\d/-]|\.\d)(?:{_PAREN})?", say.date),
    Rule("short_numeric", rf"(?<![a-z0-9/.-])(?P<month>1[0-2]|0?[1-9])[/](?P<day>3[01]|[12]\d|0?[1-9])(?![a-z0-9/%]|\.\d){_PAREN}", say.date),
    Rule("month_day", rf"(?:(?P<yearword>今年|本年|来年|翌年|昨年|去年|再来年|同年)の?)?{_MONTH}{_S}{_DAY}(?:{_PAREN}|{_S}{_WD}曜日?)?", say.date),
    Rule("bare_numeric", r"(?<![a-z0-9/.,-])(?P<month>1[0-2]|0?[1-9])/(?P<day>3[01]|[12]\d|0?[1-9])(?![\d/%]|\.\d|\s*(?:本|個|台|名|人|回|サイズ))", say.date, weak=True),
    # portions of months and years
    Rule("week_of", rf"(?:{_MONTH}{_S})?{_DAY}(?:{_PAREN})?の週(?![報刊末])", say.week_of),
    Rule("nth_week", rf"(?:{_MONTH}|(?P<which>来月|今月|再来月)){_S}の?(?:第{_S}(?P<nth>[1-5一二三四五])週|(?P<last>最終週|最後の週|最終の週))(?:目)?", say.nth_week),
    Rule("after_new_year", rf"年明け(?:の|、)?{_S}{_DAY}", say.after_new_year),
    Rule("prefixed_day", rf"(?P<prefix>来月|今月|翌月|先月|当月|再来月)の?{_S}{_DAY}{_NOT_LENGTH}(?:{_PAREN}|{_S}{_WD}曜日?)?", say.day_only),
    Rule("portion_month", rf"(?:{_YEAR}|(?P<yearword>今年|本年|来年|翌年|昨年|去年)の?)?{_S}{_MONTH}{_S}の?{_PORTION}(?:まで(?=に))?(?<!まで)", say.month),
    Rule("relative_portion", rf"(?P<which>今月|当月|本月|来月|翌月|次月|再来月|翌々月|先月|前月|同月|今週|来週|翌週|次週|再来週|先週|今年度|来年度|本年度|今期|来期|当期|今年|本年|来年|翌年|昨年|年度|期|年|四半期|週|月)の?{_PORTION}", say.relative_portion),
    Rule("year_month", rf"{_YEAR}{_S}{_MONTH}(?:中|度)?(?!\d)", say.month),
    Rule("month", rf"(?:(?P<yearword>今年|本年|来年|翌年|昨年|去年|再来年)の?)?{_MONTH}(?:中(?![旬古止])|度|いっぱい|一杯)?(?![\d曜旬・、]|額|分|決算|付|号|期|生まれ|出荷|次|例|末|謝|面|刊|{_S}[)）])", say.month),
    # weeks and weekdays
    Rule("which_weekday", rf"{_WHICH_WEEK}{_S}(?:の|、|は)?{_S}(?:\(?{_WD}\)?曜日?|(?<=[週の]){_WD}(?![曜\w])|\({_WD}\))", say.which_weekday),
    Rule("which_weekday_short", rf"{_WHICH_WEEK}の?{_WD}(?=[かの・、とまに午朝夕 ])(?!の(?:件|予定))", say.which_weekday),
    Rule("every_weekday", rf"(?P<each>毎週|隔週|第?\d週)の?{_WD}曜?日?", say.every),
    Rule("every_month_day", rf"毎月の?(?P<portion>末日|末|{_DAY})", say.every_month),
    Rule("every", r"(?P<each>毎日|毎朝|毎晩|毎週末|毎週|毎月|毎年|毎時|隔週|隔日|隔月|毎営業日|毎回の週)", say.every),
    Rule("times_a", rf"(?P<each>年|月|週|日)に?{_S}(?:{_N}){_S}(?:回|度)(?!目)", say.every),
    Rule("weekday_dots", rf"{_WD}(?=[・、,と]{_S}[月火水木金土日](?:[・、,と][月火水木金土日]){{0,6}}曜)", say.weekday),
    Rule("weekday", rf"{_WD}曜日?", say.weekday),
    Rule("weekday_paren", rf"\({_S}{_WD}(?:曜日?)?(?:[・,、/ ]?(?:祝日?|休))?{_S}\)", say.weekday, weak=True),
    Rule("week_start", r"(?P<which>来週|再来週|翌週|休み)?(?:週明け|(?<=来週)明け|(?<=休み)明け)(?:早々|すぐ)?", say.week_start),
    Rule("which_week", rf"{_WHICH_WEEK}", say.which_week),
    # days by distance
    Rule("anchored", r"(?P<word>翌々日|翌日|翌朝|前々日|前日|同日|同じ日|その日|当日|翌週|前の週|次の日)", say.anchored),
    Rule("then", r"(?P<word>それ|その時|そのとき|そこ|その前)(?=まで(?:に|の)?|(?<=その前)(?:に|日))", say.then),
    Rule("day_word", r"(?P<word>一昨々日|一昨日|おととい|昨日|昨晩|昨夜|きのう|今日|本日|今朝|今(?=[夜晩](?!勤))|今夕|今回の当日|明々後日|しあさって|明後日|あさって|明日|明朝|明(?=晩)|あした|みょうにち|即日)", say.day_word),
    Rule("next_workday", r"(?<!の)(?P<word>翌々営業日|翌営業日|次の営業日|次営業日|明営業日|前営業日|翌稼働日|最終営業日)", say.workday_word),
    Rule("ahead", rf"(?P<event>(?:到着|受領|注文|発注|納品|契約|検収|入金|受注|着荷|お支払い?|開催|お申し込み|申込|ご?依頼)(?:の)?後、?|より|の(?=翌))?(?:今後|向こう|あと|本日から|今日から|本日より)?{_S}{_COUNT_UNIT}{_S}(?P<way>以内|以上前|後|前(?!後)|先|(?<=営業日)中に?|(?<=週間)中に?|内に|ぶり)(?!半)", say.ahead),
    Rule("vague_days", r"(?P<word>一両日中|両日中|二三日中|二、三日中|2,?3日中|2~3日中|2-3日中|数日中|数日以内|数日内|近日中)", say.vague_days),
    Rule("month_word", r"(?P<which>今月|当月|来月|翌月|次月|再来月|翌々月|先月|前月|先々月)(?:度)?", say.which_month),
    Rule("month_day_word", r"(?P<word>月末|月初め|月初|月内|月中(?=に|まで|を)|年末年始|年末|年内|年明け早々|年明け|年始|年度末|年度内|年度初め|期末|期内|期初|今期中|四半期末)", say.period_word),
    Rule("quarter", rf"(?:{_YEAR}度?)?(?:第(?P<q>[1-4一二三四])四半期|(?P<q>[1-4])q\b|q(?P<q>[1-4])(?!\w)|(?P<halfyear>上半期|上期|下半期|下期))", say.quarter),
    Rule("year", rf"{_YEAR}(?:度|中|内)?(?!間|以上|ほど|ぶり|くらい|目|後|前|保証|もの)", say.year),
    Rule("year_word", r"(?P<which>今年|本年|来年|翌年|再来年|昨年|去年|一昨年|おととし)(?P<fiscal>度)?", say.which_year),
    Rule("festival", r"(?P<name>元日|元旦|正月三が日|お正月|正月|大晦日|大みそか|クリスマスイブ|クリスマス|ゴールデンウ[ィイ]ーク|gw|お盆休み|お盆|シルバーウィーク|バレンタイン)", say.festival),
    Rule("day", rf"(?<![\d/.,月十第約丸全計]){_DAY}(?!程|本|々|{_S}\d{{1,2}}(?![\d時:])){_NOT_LENGTH}(?:{_PAREN}|{_S}{_WD}曜日?)?", say.day_only),
    Rule("days_list", rf"(?<![\d/.,:-])(?P<day>[12]\d|3[01]|[1-9])(?=[、,・]{_S}(?:[12]\d|3[01]|[1-9])(?:[、,・]{_S}(?:[12]\d|3[01]|[1-9])){{0,9}}日(?!間|後|以内))", say.day_only),
    # times of day
    Rule("iso_clock", r"(?<=\d)t(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d))?(?:\.\d+)?", clocks.clock),
    Rule("offset_zone", r"(?:(?<=:\d\d:\d\d)|(?<=t\d\d:\d\d))(?P<zone>z|[+-]\d\d:?\d\d)(?!\d)|(?P<zone>(?:utc|gmt) ?[+-] ?\d{1,2}(?::?\d\d)?)(?![\d:])", clocks.zone),
    Rule("kanji_clock", rf"{_HALF}?{_S}(?<![\d.])(?P<hour>2[0-4]|1\d|0?\d|(?:二?十)?[一二三四五六七八九]|二?十|零){_S}時(?!間|々|期|点|代|短|給|価|限|計|刻|差|効|事|系|折)(?:{_S}(?:(?P<minute>[0-5]?\d|{KANJI}{{1,3}}){_S}分(?!間|の)(?:{_S}(?P<second>[0-5]?\d)秒)?|(?P<thirty>半)))?(?P<ish>頃|ごろ|前後|くらい|ぐらい|過ぎ|すぎ|あたり)?", clocks.clock),
    Rule("colon_clock", rf"{_HALF}?{_S}(?<![\d:./])(?P<hour>2[0-4]|1\d|0?\d):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?(?![\d:])(?:{_S}(?P<half>am|pm|a\.m\.|p\.m\.)(?![a-z]))?(?P<ish>頃|ごろ|前後|くらい|ぐらい|過ぎ|すぎ)?", clocks.clock),
    Rule("half_clock", r"(?<![\d:./])(?P<hour>1[0-2]|0?\d) ?(?P<half>am|pm)(?![a-z])|(?<![a-z])(?P<half>am|pm) ?(?P<hour>1[0-2]|0?\d)(?![\d.])", clocks.clock),
    Rule("noon", r"(?P<name>お昼の?12時|正午|真昼|午前0時|深夜0時|零時)", clocks.named_clock),
    Rule("first_thing", r"(?P<noon>午後)の?(?:イチ|一番|1番|いち|一(?![〇一二三四五六七八九十時件社つ部])|ー)|(?P<part>朝)(?:イチ|一番|1番|いち|一(?![〇一二三四五六七八九十時件社つ部])|っぱら)", clocks.first_thing),
    Rule("greeting", r"(?:お?夕食|夕べ|昼夜|日夜|朝夕|朝礼|朝食|朝晩の|昼食|お昼ご飯|昼休み|毎朝新聞|夜勤|夜間|朝日|夕日|前夜|昼寝|昼礼|昼飯|夕飯|朝会)", say.nothing),
    Rule("tonight", r"(?<=今)[夜晩](?![^\n]?(?:勤|食))", clocks.tonight),
    Rule("part", r"(?P<part>午前中|午前|午後遅め|午後の早い時間|午後早め|午後早く|午後(?:の部)?|早朝|昼間|日中(?=に|の|で|は|なら)|(?<=[日曜\)の朝今明翌 ])(?:お昼過ぎ|昼過ぎ|お昼|夕方以降|夕方|夕刻|夕|夜|晩)|お昼過ぎ|昼過ぎ|お昼どき|お昼前|お昼|昼前|昼(?![食休夜寝礼間飯時]|ご飯)|夕方|夕刻|夜(?=に|まで)|(?<=[日曜\)の今明翌 ])朝|朝(?=に|まで|方))", clocks.part),
    Rule("close", r"(?P<part>終業時間|終業時刻|終業|定時|就業時間内|営業時間内|営業終了|退社時間|業務終了|閉店)(?=まで|内|中|に|後|時)", clocks.close),
    Rule("all_day", r"(?P<part>終日|一日中|丸一日|まる一日|1日中)", clocks.all_day, weak=True),
    Rule("same_time", r"(?:同じ|同)(?:時刻|時間(?:帯)?)|(?:いつも|従来|当初|通常)の時間", clocks.same_time),
    # lengths
    Rule("length_half", rf"(?P<count>{_N}){_S}(?P<unit>時間|年|[ヶかカヵケ箇]月){_S}半", clocks.length_half),
    Rule("length_minutes", rf"(?P<count>{_N}){_S}(?P<unit>時間){_S}(?P<minutes>{_N}){_S}分", clocks.length),
    Rule("half_length", r"(?P<unit>半日|半年|半月|半期|小一時間|丸1日)(?:間|分)?", clocks.half_length),
    Rule("length", rf"(?:約|およそ|ざっと|最大)?(?P<count>{_N}|数|両){_S}(?P<unit>営業日|時間|分間|分(?!(?![頂間程位以])[一-龥]|の\d)|日間|週間|[ヶかカヵケ箇]月間?|年間|か年|日(?=ほど|くらい|程度))", clocks.length),
    # zones
    Rule("zone", r"(?P<zone>«abbreviation»)(?![a-z])|(?P<zone>«country»|«city»)(?:の?(?:現地)?標準時|の?現地時間|の?時間|時間帯|側)|(?P<zone>«country»|«city»)(?=[の ]?(?:\d|午前|午後|朝|夜|夕))|(?<=\()(?P<zone>«country»|«city»)(?=\))", clocks.zone, weak=True),
    Rule("own_zone", r"(?P<zone>こちらの時間|当地時間|現地時間|こちら時間|弊社時間)", clocks.own_zone, weak=True),
    Rule("bare_hour", r"(?<![\d.:/])(?P<hour>2[0-4]|1\d|[1-9])(?=\s?[~-]\s?(?:2[0-4]|1\d|[1-9])時)|(?<![\d.:/])(?P<hour>2[0-4]|1\d|[1-9])(?=[、,・か](?:2[0-4]|1\d|[1-9])時)", clocks.bare_clock, weak=True),
)  # fmt: skip

_MADE = r"(?:には|に|で)?(?:まで|迄)"

GRAMMAR = Grammar(
    rules=RULES,
    starts="",
    glue=(
        r"\s*(?:[,、・:|]|\)|\()*\s*(?:の|は|に|で|、|は、|頃の?|ごろの?|の中の|中の|付|付け|の[朝昼]|あたりの?|の方の?|時間は|:|開催)?\s*[(、]?\s*"
    ),
    to=r"\s*(?:から|より|~|-|→|ー|ないし|乃至|か?ら)\s*(?:の)?\s*(?:翌)?",
    either=(
        r"\s*(?:、|,|・|/|\n|。|;)?\s*(?:か|または|又は|もしくは|若しくは|あるいは|或いは|と|や|及び|および|並びに|か、|、または|それとも|もしくは、)?(?:、)?\s*(?:\n\s*)?"
        r"(?:[・●○■◆※*-]|\(?\d[.)]|[①-⑳]|第[一二三四五1-5]候補|候補[①-⑤1-5])?[:\s、]*"
    ),
    between=r"(?!x)x",
    free=r"",
    closes=r"まで",
    before=(
        Cue(
            r"(?:納期|期限|締切|締め切り|〆切|期日|必着|回答期限|提出期限|提出締切|返信期限|支払期日|有効期限)(?:は|日)?\s*[:はが、]?\s*",
            "by",
            supports=True,
        ),
        Cue(r"(?:遅くとも|おそくとも|遅くても)、?\s*", "by", supports=True),
        Cue(
            r"(?:日時|日程|開催日|候補日?|期間|日取り|時間|実施日|訪問日|第[一二三123]候補|候補[①②③123])\s*[:は]?\s*",
            supports=True,
        ),
        Cue(r"(?:約|およそ|大体|だいたい)", approx=True),
    ),
    after=(
        Cue(
            r"\s*(?:\([^)\n]{0,12}\))?\s*(?:必着|締め?切り?|〆切|〆|厳守|期限|が(?:締め?切り?|期限|納期)|を(?:目途|目処|めど|期限))",
            "by",
        ),
        Cue(
            rf"\s*(?:\([^)\n]{{0,12}}\))?{_MADE}(?=を?(?:に|の|で|が|、|は|と|お|ご|送|提|返|必|目|なら|だ|\s|。|$))",
            "by",
        ),
        Cue(r"(?:中|内|じゅう|のうち|いっぱい|一杯)(?=に|の|で|を|、|必|には|。|まで|とさせ|$)", "by", inside=True),
        Cue(r"(?:の|にある)?(?:あいだ|間)(?=に|で|の|、|なら|でし)", approx=True),
        Cue(r"(?:[^、。\n]{0,4})?(?:以外|を除|をのぞ|を外し|[をは]避け)", "except"),
        Cue(
            r"(?:の[^、。\n]{0,6})?[はも](?:一切|終日|あいにく|ちょっと|別件[でのが]?|既に|すでに)?(?:別件|団体|定休|休業|予定が|会議が|先約が|塞がって|ふさがって|無理|難しい|不可|厳しい|埋まって|出張|不在|先約|だめ|ダメ|ng)",
            "except",
        ),
        Cue(r"(?:以降|以後|よりあと|より後|過ぎ)", "after", inside=True, approx=True),
        Cue(r"(?:以前|より前|までの間)", "before", inside=True),
        Cue(r"(?:の|より)?前(?=に|の|まで)", "before"),
        Cue(r"(?:付け?で|付け?を|付け?の|をもって|をもちまして)", "effect"),
        Cue(r"から", "from"),
        Cue(r"(?:まで|迄)", "until"),
        Cue(r"(?:頃|ごろ|あたり|くらい|ぐらい|前後|ほど|程度|程(?!度)|弱|余り)", approx=True, inside=True),
    ),
)
