"""Japanese words for distances and lengths of time, one rule a row; the first that matches at a place wins."""

from __future__ import annotations

from pipeline.extract.times import lengths_ja as lengths
from pipeline.extract.times.grammar import Rule
from pipeline.extract.times.patterns_ja import ABOUT, COUNT, LASTING, UNIT, N, S
from pipeline.extract.times.words_ja import false_friends

_EVENT = (
    r"(?:(?:到着|受領|注文|発注|納品|契約|検収|入金|受注|着荷|お支払い?|開催|お申し込み|申込|ご?依頼|到達|発送|公開|終了|完了|提出|承認|締結|稼働|設置|納入)"
    r"(?:の)?(?:後|から)、?)"
)
_BASE = r"(?:(?P<base>今日|本日|明日|明後日|昨日|一昨日|今|これ|現在)(?:から|より|の)(?:さらに)?|(?:本書面?|本状|本通知|本メール|当メール)(?:の)?(?:到達|受領|受信|到着|送付)(?:の)?(?:後|から|日から)、?)"
_WAY = (
    r"(?P<way>以内|以上前|後(?![半任者期続日継述輩払退])|(?:あと|のち)(?=に|で|の)|前(?![後半倒売払任者提年日回月週])"
    r"|まえ(?=に|の|$)|先(?=に|の|まで|を|、|。|も|$)|(?:(?<=営業日)|(?<=週間)|(?<=数日))中|内に|経過後|経ったら|経過したら)(?!半)"
)
_NOT_MINUTE = r"(?!割|類|野|岐|母|子|量|配|布|担|離|解|裂|散|別|数|身|家|校|析|業|断|立|譲|娩|化|厘|袋|け(?!て)|か[るりれっ]|の[\d一二三四五六七八九十]|位[数相]|際|限|[一-龥]?間に合)"
_NOT_YEAR = r"(?!生|次|度|組|制|式|版|号|代|報|齢|長|史|祭|時(?!間|点)|始|末|初|[\d一二三四五六七八九十]+月|[a-z]組|賀|金|輪|中(?!小)|じゅう|\d(?!\d*[かヶカヵケ箇]月))"

FALSE_FRIENDS = (
    Rule("false_friend", rf"{false_friends()}", lengths.nothing),
    Rule("good_wishes", r"(?:(?<=よい|良い|いい)|(?<=すてきな)|(?<=素敵な|楽しい)|(?<=素晴らしい))(?:お?年|一日|1日|週末|一週間|1週間|一か月|連休|夏休み|お?正月|ゴールデンウィーク|gw|クリスマス)(?=を|になり|をお過ごし)", lengths.nothing),
    Rule("for_a_while", r"一時(?=(?![半頃過前以集開発着必十二三四五間台])[一-龥ァ-ヶ])", lengths.nothing),
    Rule("enough", r"十分(?!間(?!に合)|後|前|ほど|くらい|ぐらい|程度|以上|以内|おき|ごと|遅|待|休|刻み|の(?!一)|かか|で(?:着|行|戻|終|でき|完|仕上|済|折))|(?:十二|十|百)分(?=の[一二三四五六七八九])", lengths.nothing),
    Rule("school_year", rf"(?<=[学部科校士課中高小])(?:院)?{N}年(?=生|の|、|に)", lengths.nothing),
)  # fmt: skip

DISTANCES = (
    Rule("days_between", r"(?<![一-龥])中(?:(?P<count>[2-9]|1\d)|(?P<count>[一二三四五六七八九]))日(?!間?の|曜)", lengths.days_between),
    Rule("one_day", r"(?<![月第十\d])一日(?!付|中|の終わり|から|まで|\(|、|に(?:は|お|ご|伺|行|開|実|納|届|発|着)|の(?:午|朝|夜|夕)|午|朝|現在|発|着)", lengths.one_day),
    Rule("from_event", rf"{_EVENT}{S}{COUNT}{S}{UNIT}(?:以内|後|で|前|内)?", lengths.indefinite),
    Rule("ahead", rf"{_BASE}?(?!\d{{4}}{S}年(?!間)){COUNT}{S}{UNIT}(?P<half>半)?{S}{ABOUT}{_WAY}", lengths.ahead),
    Rule("half_ahead", rf"{_BASE}?(?P<half>四半|半){S}(?P<unit>年|月|日|世紀){ABOUT}{_WAY}", lengths.ahead),
    Rule("coming", rf"(?:今後|向こう|むこう|これから(?:先)?|この先|次の|つぎの|(?<![一-龥])後|あと)の?{S}(?:{COUNT}|(?P<half>半)){S}{UNIT}(?:間)?(?!目|以内|後|前)", lengths.coming),
    Rule("passed", rf"(?:過去|ここ最近|ここ|この|直近の?|最近|前の|これまでの|先の)の?{S}(?:{COUNT}|(?P<half>半)){S}{UNIT}(?:間)?(?!目|以内|後|前|度)", lengths.passed),
)  # fmt: skip

LENGTHS = (
    Rule("calendar_length", rf"(?:丸|まる)?(?:(?P<years>{N}|数|十数){S}[かヶカヵケ箇]?年{_NOT_YEAR})(?:間(?!に))?(?:{S}(?P<half>半)|{S}(?P<months>{N}){S}[かヶカヵケ箇]月(?:{S}(?P<days>{N}){S}日)?)?間?(?:ぶり|越し|目|もの間|分(?!の))?", lengths.calendar),
    Rule("month_length", rf"(?:丸|まる)?(?:(?P<months>ひと|ふた)月|(?P<months>{N}|数|十数){S}[かヶカヵケ箇]月)(?:{S}(?P<half>半))?間?(?:ぶり|越し|目|分(?!の))?", lengths.calendar),
    Rule("week_length", rf"(?:丸|まる)?{COUNT}{S}(?P<unit>週間|週(?=半|目|近く|前後|ばかり|ほど|くらい|程度|以内|以上|連続|続|、|で)){S}(?P<half>半)?(?:ぶり|目|連続|分(?!の))?", lengths.length),
    Rule("day_length", rf"(?:丸|まる){COUNT}{S}(?P<unit>日)間?|{COUNT}{S}(?P<unit>営業日|日(?:間(?![ぁ-ん]?に合)|(?={LASTING})|(?=半))|(?<=[4-9]\d)日|(?<=3[2-9])日|(?<=\d{{3}})日|(?<=\.\d)日|晩|泊(?!り?先))(?P<half>半)?(?:ぶり|越し|目|連続|分(?!の))?", lengths.length),
    Rule("clock_length", rf"(?:丸|まる)?(?P<hours>{N}|数|十数){S}時間(?:{S}(?P<half>半)|{S}(?P<minutes>{N}){S}分(?:{S}(?P<seconds>{N}){S}秒)?)?間?(?!目)", lengths.clock),
    Rule("minute_length", rf"(?P<minutes>(?<!度){N}|(?<![人件個台点枚部])数){S}分(?:{S}(?P<half>半)|{S}(?P<seconds>{N}){S}秒)?{_NOT_MINUTE}(?:間(?!に合))?", lengths.clock),
    Rule("second_length", rf"(?P<seconds>{N}|数){S}秒(?P<fraction>\d+|半)?間?(?!速)(?:目)?", lengths.clock),
    Rule("season_length", r"(?:ひと|一)[冬夏春秋](?![日休])|一年中|一晩中|年じゅう|四六時中", lengths.indefinite),
    Rule("half_length", r"(?P<unit>半日|半年|半月|(?<!四)半期|半世紀|四半世紀|小一時間)(?!ごと|号)(?:間|分)?", lengths.half),
)  # fmt: skip
