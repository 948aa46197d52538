"""The Japanese grammar: its rules in their order, and the words around and between time words.

Patterns run on folded text (half-width digits and letters, lower case).
"""

from __future__ import annotations

from pipeline.extract.times.grammar import Cue, Grammar
from pipeline.extract.times.patterns_ja import STARTS
from pipeline.extract.times.rules_clocks_ja import CLOCKS
from pipeline.extract.times.rules_days_ja import DATES
from pipeline.extract.times.rules_lengths_ja import DISTANCES, FALSE_FRIENDS, LENGTHS
from pipeline.extract.times.rules_periods_ja import PERIODS
from pipeline.extract.times.rules_weeks_ja import WEEKS_AND_WEEKDAYS

RULES = (*FALSE_FRIENDS, *DATES, *WEEKS_AND_WEEKDAYS, *DISTANCES, *PERIODS, *LENGTHS, *CLOCKS)

_CANNOT = (
    r"(?:動け|伺え|行け|参れ|出られ|来られ|入れ|空けられ|(?:伺う|行く|出る|対応する|参加する|出席する)ことができ"
    r"|(?:対応|参加|出席|お会い|同席|訪問|都合)でき)(?:ませ|ない|ず)"
)
_MADE = r"(?:頃|ごろ|ころ|位|くらい|ぐらい|あたり)?(?:には|に|で)?(?:まで|迄)"

GRAMMAR = Grammar(
    rules=RULES,
    starts=STARTS,
    glue=(
        r"\s*(?:[,、・:|]|\)|\()*\s*(?:の|は|に|で|、|は、|頃の?|ごろの?|の中の|中の|付|付け|の[朝昼]|あたりの?|の方の?|時間は|:|開催)?\s*[(、]?\s*"
    ),
    to=r"\s*(?:から|より|以降|~|-|→|ー|ないし|乃至|か?ら)\s*(?:の)?\s*(?:翌|同)?",
    either=(
        r"\s*(?:、|,|・|/|\n|。|;)?\s*(?:か|または|又は|もしくは|若しくは|あるいは|或いは|と|や|及び|および|並びに|か、|、または|それとも|もしくは、)?(?:、)?\s*(?:\n\s*)?"
        r"(?:[・●○■◆※*-]|\(?\d[.)]|[①-⑳]|第[一二三四五1-5]候補|候補[①-⑤1-5])?[:\s、]*"
    ),
    between=r"(?!x)x",
    lasting=r"\s*(?:から|より)、?",
    free=r"",
    closes=r"まで(?:の(?:間|あいだ))?|の(?:間|あいだ)(?![隔柄食取])",
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
        Cue(r"(?:または|又は|もしくは|及び|および|と|か)(?:その|それ)(?:より)?(?:以前|前)", "before", inside=True),
        Cue(r"(?:または|又は|もしくは|及び|および|と|か)(?:その|それ)(?:より)?(?:以降|以後|後)", "after", inside=True),
        Cue(
            r"\s*(?:\([^)\n]{0,12}\))?\s*(?:必着|締め?切り?|〆切|〆|厳守|期限|が(?:締め?切り?|期限|納期)|を(?:目途|目処|めど|期限))",
            "by",
        ),
        Cue(
            rf"\s*(?:\([^)\n]{{0,12}}\))?{_MADE}(?=を?(?:に|の|で|が|、|は|と|お|ご|送|提|返|必|目|なら|だ|\s|。|$))",
            "by",
        ),
        Cue(
            r"(?:のうち(?=に)|(?:中|内|じゅう|いっぱい|一杯)(?=に|の|で|を|、|必|には|。|まで|とさせ|$))",
            "by",
            inside=True,
        ),
        Cue(r"(?:では|じゃ)な(?:く|くて|し)|でな(?:く|くて)", "except"),
        Cue(
            r"[はも][^、。\n]{1,14}(?:があ(?:り|る)|[がも][^、。\n]{0,4}入(?:り|っ))[^、。\n]{0,6}(?:ので|ため|から|まして|おり)",
            "except",
        ),
        Cue(r"[はも][^、。\n]{0,8}(?:用事|先約|約束|出張|会議)が(?:あり|入り|入って)", "except"),
        Cue(rf"[はも](?:[^、。\n\d曜]{{0,20}}(?:ため|ので)、)?[^、。\n\d曜]{{0,14}}{_CANNOT}", "except"),
        Cue(r"[はも][^、。\n]{1,16}(?:ので|ため|から)、?(?:避け|外し|除い)", "except"),
        Cue(r"だけは[^、。\n\d]{0,16}(?:外し|外して|除い|避け)", "except"),
        Cue(r"(?:の|にある)?(?:あいだ|間)(?=に|で|の|、|なら|でし)", approx=True),
        Cue(r"(?:[^、。\n]{0,4})?(?:以外|を除|をのぞ|を外し|[をは]避け)", "except"),
        Cue(
            r"(?:の[^、。\n]{0,6})?[はも](?:一切|終日|あいにく|ちょっと|別件[でのが]?|既に|すでに)?(?:別件|団体|定休|休業|予定が|会議が|先約が|塞がって|ふさがって|無理|難しい|不可|厳しい|埋まって|出張|不在|先約|だめ|ダメ|ng)",
            "except",
        ),
        Cue(r"(?:以降|以後|よりあと|よりも?後|の後から|過ぎ(?!た))", "after", inside=True, approx=True),
        Cue(r"以来", "since", inside=True),
        Cue(r"(?:以前|よりも?前|までの間)", "before", inside=True),
        Cue(r"の?前(?![後半倒売払任者提年日回月週述記段略])", "before", inside=True),
        Cue(r"の?後(?=に|の|は|も|から|、|。|で|$)", "after", inside=True),
        Cue(r"(?:付け?で|付け?を|付け?の|をもって|をもちまして)", "effect"),
        Cue(r"から|\s?~(?=\s*(?:$|[。、)]))", "from"),
        Cue(r"(?:まで|迄)", "until"),
        Cue(
            r"(?:頃|ごろ|ころ|あたり|くらい|ぐらい|位(?=[のにで、。]|$)|前後|ほど|程度|程(?!度)|弱|強|余り|近く|ばかり)",
            approx=True,
            inside=True,
        ),
        Cue(r"(?:以上|以下|未満|超|を(?:上回る|下回る|超える))", inside=True),
    ),
)
