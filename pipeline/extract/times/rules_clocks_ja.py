"""Japanese words for times of day and zones, one rule a row; the first that matches at a place wins."""

from __future__ import annotations

from pipeline.extract.times import clocks_ja as clocks
from pipeline.extract.times.grammar import Rule
from pipeline.extract.times.numbers_ja import KANJI
from pipeline.extract.times.patterns_ja import HALF, ISH, S
from pipeline.extract.times.words_ja import either

_MINUTE = rf"(?:{S}(?:(?P<minute>[0-5]?\d|{KANJI}{{1,3}}){S}分(?:(?:(?<=[\D]5分)|(?<=10分)|(?<=15分)|(?<=20分)|(?<=[時 ]五分)|(?<=[時 ]十分)|(?<=十五分))(?P<to>前(?!後))|(?!間|の[\d一二三四五六七八九十])(?:{S}(?P<second>[0-5]?\d|{KANJI}{{1,3}})秒)?)|(?P<thirty>半)(?:(?P<second>[0-5]?\d|{KANJI}{{1,3}})秒)?|(?P<second>[0-5]?\d)秒))?"

CLOCKS = (
    Rule("now", r"今すぐ|ただちに|直ちに|(?<![ぁ-ん])いま(?![ぁ-ん])|今(?![回度後期季更般昔日週月年朝夜晩夕春夏秋冬一])|現在|ただいま|只今|目下|最近", clocks.now, casual=True),
    Rule("iso_clock", r"(?<=\d)t(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d))?(?:\.\d+)?", clocks.clock),
    Rule("offset_zone", r"(?:(?<=:\d\d:\d\d)|(?<=t\d\d:\d\d))(?P<zone>z|[+-]\d\d:?\d\d)(?![\d:])|(?P<zone>(?:utc|gmt) ?[+-] ?\d{1,2}(?::?\d\d)?)(?![\d:])", clocks.zone),
    Rule("noon_clock", r"(?:正午|お?昼)の?(?:12|十二)時(?![間\d])", clocks.noon),
    Rule("kanji_clock", rf"(?:{HALF}{S})?(?<![\d.])(?P<hour>2\d|1\d|0?\d|(?:二?十)?[一二三四五六七八九]|二?十|零|〇){S}時(?!間|々|期|点|代|短|給|価|限|計|刻|差|効|事|系|折){_MINUTE}{ISH}", clocks.clock),
    Rule("colon_clock", rf"(?:{HALF}{S})?(?<![\d:./])(?P<hour>2\d|1\d|0?\d):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?(?![\d:])(?:{S}(?P<half>am|pm|a\.m\.|p\.m\.)(?![a-z]))?{ISH}", clocks.clock),
    Rule("half_clock", r"(?<![\d:./])(?P<hour>1[0-2]|0?\d) ?(?P<half>am|pm)(?![a-z])|(?<![a-z])(?P<half>am|pm) ?(?P<hour>1[0-2]|0?\d)(?![\d.])", clocks.clock),
    Rule("noon", r"(?P<name>正午|真昼|午前0時|深夜0時|零時|真夜中)", clocks.named_clock),
    Rule("first_thing", r"(?P<noon>午後)の?(?:イチ|一番|1番|いち|一(?![〇一二三四五六七八九十時件社つ部])|ー)|(?P<noon>昼)イチ|(?P<part>朝)(?:イチ|一番|1番|いち|一(?![〇一二三四五六七八九十時件社つ部])|っぱら)", clocks.first_thing),
    Rule("this_morning", r"(?<=今)朝(?!礼|食|刊)", clocks.this_morning),
    Rule("tonight", r"(?<=今)[夜晩](?![^\n]?(?:勤|食))", clocks.tonight),
    Rule("part", rf"(?P<part>{either('part')})|(?P<part>日中)(?=に|の|で|は|なら)", clocks.part),
    Rule("part_early", r"(?:(?<=[日曜\)])|(?<=[日曜\)]の))(?:早い時間|早め|(?P<late>遅い時間|遅め))", clocks.part_early),
    Rule("part_midday", r"(?P<part>昼休み|お?昼(?:過ぎ|すぎ|どき|時|前|頃|ごろ|休憩)|お?昼(?=に(?!な)|まで|から|、|$|\d|以降)|昼(?=は|も|の(?:便|部|\d))|(?<=[日曜\)今明翌 ])お?昼|(?<=[日曜]の)お?昼(?!食))", clocks.part),
    Rule("part_morning", r"(?<=[日曜\)今明翌\d ])(?P<part>朝)(?![礼食])|(?<=[日曜]の)(?P<part>朝)|(?<![一-龥ァ-ヶー])(?P<part>朝)(?=に|まで|方|早く|は|から|、|のうち|の便|$)(?:方|早く)?", clocks.part),
    Rule("part_evening", r"(?:(?<=[日曜\)今明翌昨週末])|(?<=[日曜\)週末]の))(?P<part>夕|夜|晩)(?![勤食方刻])|(?<![一-龥ァ-ヶのないるたきあそこ])(?P<part>夜|晩)(?=に|まで|は|しか|、|遅く|の(?:部|便|会)|$|\d)(?:遅く)?", clocks.part),
    Rule("close_of_day", r"(?:一日|1日)の終わり|(?<=[日曜]の)終わり(?=に|まで|$)", clocks.close),
    Rule("close", r"(?P<part>終業時間|終業時刻|終業|定時|就業時間内|営業時間内|営業終了|退社時間|業務終了|閉店)(?=まで|内|中|に|後)", clocks.close),
    Rule("all_day", r"(?P<part>(?<!最)終日|一日中|1日中)", clocks.all_day),
    Rule("same_time", r"(?:同じ|同)(?:時刻|時間(?:帯)?)|(?:いつも|従来|当初|通常)の時間", clocks.same_time),
    Rule("zone", r"(?P<zone>«abbreviation»)(?![a-z])|(?P<zone>«country»|«city»)(?:の?(?:現地)?標準時間?|の?現地時間|の?時間|時間帯|側)|(?P<zone>«country»|«city»)(?=[の ]?(?:\d|午前|午後|朝|夜|夕))|(?<=\()(?P<zone>«country»|«city»)(?=\))|(?<=\()(?P<zone>«country»|«city»)(?:では|は)(?=\d|午前|午後|朝|夜|夕)", clocks.zone, weak=True),
    Rule("own_zone", r"(?P<zone>こちらの時間|当地時間|現地時間|こちら時間|弊社時間)", clocks.own_zone, weak=True),
    Rule("bare_hour", r"(?<![\d.:/])(?P<hour>2[0-4]|1\d|[1-9])(?=\s?[~-]\s?(?:2[0-4]|1\d|[1-9])時)|(?<![\d.:/])(?P<hour>2[0-4]|1\d|[1-9])(?=[、,・か](?:2[0-4]|1\d|[1-9])時)", clocks.bare_clock, weak=True),
)  # fmt: skip
