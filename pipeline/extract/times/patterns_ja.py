"""Pieces of which the Japanese rules are built: numbers, years, months, days, weekdays, counted units."""

from __future__ import annotations

from pipeline.extract.times.numbers_ja import KANJI
from pipeline.extract.times.words_ja import either, first_letters, kana_beginnings

S = r"[ \n]?"
N = rf"(?:(?<![\d.第])\d{{1,4}}(?:\.\d+)?|(?<![第{KANJI[1:-1]}]){KANJI}{{1,4}})"
COUNT = rf"(?P<count>{N}|十数|数十?|両|幾)"
WD = r"(?P<weekday>[月火水木金土日])"
_HOLIDAY = r"[・,、/ ]?(?:祝日?|休)"
BRACKETED = rf"\((?:{S}{WD}(?:曜日?)?(?:{_HOLIDAY})?|祝日?|休日?|振休){S}\)"
PAREN = rf"{S}{BRACKETED}"
WEEKDAY = rf"(?:{PAREN}|{S}{WD}曜日?)?"
_ERA = r"(?P<era>令和|平成|昭和|大正|明治|(?<![a-z0-9])[rhstm])\.?"
YEAR = (
    rf"(?:{_ERA}{S}(?P<erayear>元|0?[1-9]|[1-9]\d|{KANJI}{{1,3}}){S}年"
    rf"|(?:西暦{S})?(?P<year>(?<!\d)(?:1[89]|2[01])\d\d|二[〇零]{KANJI}{{2}}|一九{KANJI}{{2}}){S}年)"
)
SHORT_YEAR = rf"(?<![\d第])(?P<year>'?\d\d){S}年"
YEARWORD = rf"(?P<yearword>{either('year', 'fiscal')})"
MONTH = rf"(?<!\d)(?P<month>1[0-2]|0?[1-9]|十[一二]?|一[〇一二]|(?<![十{KANJI[1:-1]}])[一二三四五六七八九]){S}月"
_KANJI_DAY = r"[一二][〇一二三四五六七八九]|三[〇一]|(?:[二三]?十)?[一二三四五六七八九]|[二三]?十"
DAY = rf"(?P<day>[12]\d|3[01]|0?[1-9]|{_KANJI_DAY}){S}日"
LASTING = (
    r"(?:間|ほど|くらい|ぐらい|程度|目|分(?!の)|連続|続|越し|あたり|当たり|ごと|毎|おき|余|遅|延|早|早め|以上|以下|以内"
    r"|で(?:終|完了|届|仕上|戻|でき)|程(?!度)|待|かか|かけ|ぶり|もの間|分で|足らず|近く|ばかり|半(?!ば)|前倒|超|がかり|を(?:上回|下回|超え))"
)
NOT_LENGTH = rf"(?!{LASTING}|後|前(?!後))"
WEEKS = rf"(?P<which>{either('week')})"
PORTION = rf"(?P<portion>{either('portion')})"
UNIT = (
    r"(?P<unit>営業日|営業時間|稼働日|実働日|就業日|平日|日間?|週間?|[ヶかカヵケ箇ケ]月間?|月間|時間|分間|分|秒間?|[ヶかカヵケ箇]年|年間?"
    r"|世紀|晩)"
)
ABOUT = r"(?P<about>ほど|くらい|ぐらい|近く|ばかり|余り|あまり|程度|強|弱|ちょっと)?"
HALF = rf"(?:(?P<half>{either('half')})の?)"
_FIRST = (
    r"\d'(+\-〇零一二三四五六七八九十百数両幾月火水木金土日年週世秒半丸上下前後今明昨翌次来再先去同当毎隔平連第四全早遅終定就営業退閉完了開到受注納契検入金着依頼発送公提承締稼設"
    r"向直最過現只目休夏冬春秋正真午朝昼夕夜晩深未夕中西令平昭大"
)
# where a time word can begin: most places of a text are passed over by this one look
STARTS = (
    rf"(?=[{_FIRST}{first_letters()}]|(?<![a-z])[a-z]|お[昼支申]|それ|こ[のこちれ]|ご[ご依]|あ[すと]|きょ"
    rf"|さき|つぎ|むこ|ひと|ふた|まる|ただ|いつ|いま|(?:げつ|か|すい|もく|きん|ど|にち)よう|{kana_beginnings()})"
)
ISH = r"(?:(?P<ish>頃|ごろ|ころ|前後|くらい|ぐらい|過ぎ|すぎ|あたり|辺り|台)|ちょうど|丁度|きっかり|ぴったり|ジャスト)?"
