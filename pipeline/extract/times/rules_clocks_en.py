"""English rows for times of day: clock times, parts of the day, time zones."""

from __future__ import annotations

from pipeline.extract.times import clocks_en as clocks
from pipeline.extract.times import meanings_en as say
from pipeline.extract.times.grammar import Rule
from pipeline.extract.times.numbers_en import COUNT, HOUR_WORDS
from pipeline.extract.times.words_en import HALF, HOUR_WORD, LONG_WEEKDAY, MINUTE_WORD, B, E

_ISH = r"(?:-?(?P<ish>ish))?"
_NO_THING = r"(?: ?(?:percent|per cent|degrees|off\b|units?\b|pcs|nos\b|kg|mm|km|people|of us|of you|of them))"
_CUES = r"(?:(?<=\bat )|(?<=\bby )|(?<=\bbefore )|(?<=\bafter )|(?<=\btill )|(?<=\buntil )|(?<=\baround )|(?<=\bfrom )|(?<=\bbetween )|(?<=\band )|(?<=\bto )|(?<=\bsince )|(?<=\bat about ))"

_NO_NOUN = r"(?! (?:class(?:es)?|shifts?|team|papers?|line|desk|people|crew|shift|sister|nurse|porter|patrol|technician|number|courier|bus|train|club|school|loading|support|rush)\b)"

CLOCKS = (
    Rule("iso_clock", r"(?<=\d)t(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d))?(?:\.\d+)?", clocks.clock, inside=True),
    Rule("offset_zone", r"(?<=:\d\d:\d\d )(?P<zone>[+-]\d\d\d\d)(?!\d)|(?:(?<=:\d\d:\d\d)|(?<=t\d\d:\d\d))(?P<zone>z|[+-]\d\d:?\d\d)(?!\d)|(?<=[ (])(?P<zone>(?:utc|gmt) ?[+-] ?\d{1,2}(?::?\d\d)?)(?![\d:])", clocks.zone, inside=True),
    Rule("clock_half", rf"(?<![\w.:/])(?P<hour>\d{{1,2}})(?:[.:h ](?P<minute>[0-5]\d)|(?P<minute>[0-5]\d)(?= ?[ap]))?(?::(?P<second>\d\d))? ?-?{_ISH} ?\.?{HALF}{E}|(?:(?<=\bat )|(?<=\bby )|(?<=\buntil )|(?<=\bfrom )|(?<=\bto )|(?<=\bbefore )|(?<=\bafter )|(?<=day ))(?P<hour>\d{{1,2}})(?::(?P<minute>\d\d))?(?P<half>[ap])(?![\w'-])", clocks.clock, inside=True),
    Rule("word_half", rf"{HOUR_WORD}(?:[ -]{MINUTE_WORD})? ?{HALF}{E}", clocks.clock),
    Rule("clock_colon", rf"(?<![\w.:/$£€-])(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?{_ISH}(?: ?h(?:rs?)?(?!\w))?(?![\d%]|:\d)(?! ?(?:odds|ratio)\b)", clocks.clock, inside=True),
    Rule("clock_colon_dash", r"(?<=\d[ -])(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?(?![\d:%])|(?<=-)(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)(?![\d:%])", clocks.clock, inside=True),
    Rule("clock_hours", r"(?<![\w.:/-])(?P<hour>[01]\d|2[0-3])\.?(?P<minute>[0-5]\d) ?(?:hrs?|hours|h)\b|(?:(?<=at )|(?<=from )|(?<=to )|(?<=until )|(?<=day )|(?<=by )|(?<=h-))(?P<hour>[01]?\d|2[0-3])h(?P<minute>[0-5]\d)?(?!\w)|(?<![\w.:/-])(?P<hour>[01]?\d|2[0-3])h(?P<minute>[0-5]\d)(?![\w ]?m)", clocks.clock, inside=True),
    Rule("military", r"(?:(?<=\bat )|(?<=\bfrom )|(?<=\bby )|(?<=\bto )|(?<=\bbefore )|(?<=\bafter )|(?<=\buntil )|(?<=\bbetween )|(?<=[0-2]\d[0-5]\d-)|(?<=[0-2]\d[0-5]\d - ))(?!(?:19|20)[0-5][1-46-9])(?P<hour>[01]\d|2[0-3])(?P<minute>[0-5]\d)(?![\w/]|-(?![0-2]\d[0-5]\d\b))|(?<![\w.:/-])(?P<hour>[01]\d|2[0-3])(?P<minute>[0-5]\d)(?= ?(?:lt|z|zulu|local time|utc|gmt)(?!\w))", clocks.clock, weak=True, inside=True),
    Rule("oclock", rf"(?:(?P<hour>\d{{1,2}})|{HOUR_WORD}) ?o ?['’]?clock{_ISH}{E}", clocks.clock),
    Rule("past_hour", rf"(?:(?P<amount>half|quarter|a quarter|\d{{1,2}}(?= min| past)|(?!\d){COUNT}(?= min)|five|ten|fifteen|twenty(?:[ -]five)?)(?: min(?:ute)?s?)?[ -](?P<way>past|to|after|before)[ -])(?:(?P<hour>\d{{1,2}})|{HOUR_WORD})(?! (?:people|persons|of|to|weeks|days|months|years|hours|minutes)\b){_ISH}(?: o ?['’]?clock)?(?: ?{HALF})?{E}", clocks.clock_words),
    Rule("past_no_hour", r"(?:half|(?:a )?quarter|five|ten|twenty|twenty[ -]five) (?:past|to)(?= ?(?:[,.;:!?)]|$|and\b))", say.indefinite),
    Rule("half_hour", rf"(?P<amount>half)[ -](?:{HOUR_WORD}|(?P<hour>1[0-2]|[1-9])(?![\d:.]| (?:hour|day)))(?:-?(?P<ish>ish))?{E}", clocks.clock_words),
    Rule("hour_minute", rf"{HOUR_WORD}[ -]{MINUTE_WORD}(?: minutes)?(?!-){E}", clocks.clock, weak=True),
    Rule("ish", rf"(?:(?P<hour>\d{{1,2}})(?:[.:](?P<minute>\d\d))?|{HOUR_WORD})-?(?P<ish>ish){E}", clocks.clock),
    Rule("noon", rf"(?P<name>12 noon|12 midnight|noon|midday|mid-day|midnight)(?:-?(?P<ish>ish))?{E}", clocks.named_clock),
    Rule("close", rf"{B}(?:the )?end of (?=(?:the |this |next )?(?:tomorrow|yesterday|{LONG_WEEKDAY})){E}?|{B}(?:the )?(?:close|end) of (?:business|play|work|trade|trading|the working day|the business day|(?:the )?day|today)(?: (?:today|(?=tomorrow)))?{E}|{B}(?:the )?(?:cob|eod|eob|cop){E}(?=[ ,.;!?)\n]|$)", clocks.close, inside=True),
    # parts of the day
    Rule("greeting", rf"(?:very )?good (?:morning|afternoon|evening|day|night){E}|(?:^|(?<=\n))(?:good )?(?:morning|afternoon|evening)(?! (?:of|or|and|at|on|is|works?|would|suits?|sounds?|please|then|only|slots?|sessions?|meetings?|calls?|time)\b)|(?:a )?(?:good|nice|lovely|great|wonderful|pleasant|fine|fantastic|long) (?:day|evening|afternoon|morning|weekend|year|week|night|one){E}", say.nothing),
    Rule("part", rf"(?:(?:in|during|over) (?:the )?(?P<which>early |late )?|(?P<which>early(?: in the)?|mid|late(?: in the)?|first thing|first thing in the|first thing this|earlier in the|later in the|later (?:on )?in the)[ -]?)(?P<part>morning|forenoon|afternoon|arvo|evening|daytime|night-?time|(?<=the )night){_NO_NOUN}{E}", clocks.part),
    Rule("part_beside", r"the (?:morning|afternoon|evening|night) (?P<what>before|after)(?= ?(?:[,.;:!?)\n]|$|and\b|then\b|that\b|at\b|if\b|so\b))", say.anchored_day),
    Rule("part_of_week", r"(?:any|every|each|one|some|in the|over the) (?P<part>morning|afternoon|evening|night)s?(?= (?:(?:of )?(?:next|this|that|the (?:coming|following|same)) week\b|in the week (?:of|commencing|beginning)))", clocks.part),
    Rule("the_part", r"(?:an (?:afternoon|evening)|the (?:day|week|fortnight|month) (?:before|after)(?= ?(?:[,.;:!?)]|$|and\b|then\b|that\b))|the (?:morning|afternoon|evening)(?= ?(?:[,.;:!?)]|$|would\b|is\b|works\b|suits\b)))(?<!after)(?!\w)|the (?:day|week|fortnight|month|year) after(?= ?(?:[,.;:!?)]|$))", say.indefinite),
    Rule("some_part", rf"(?:one|some|another|any|the other) (?:morning|afternoon|evening|night){_NO_NOUN}{E}(?= ?(?:[,.;:!?)]|$|next|this|last|and|or|but|before|after|from))", say.indefinite),
    Rule("bare_part", rf"(?P<part>morning|forenoon|afternoon|arvo|evening){_NO_NOUN}{E}", clocks.part, weak=True),
    Rule("meal_part", rf"(?:at )?(?P<part>lunch ?time|dinner ?time|first thing(?! (?:that|to)\b)|(?:over |at |after |before |around |by |since )lunch|(?:after |before |at |over |by )(?:breakfast|dinner|supper)|after work(?= ?(?:[,.;!?)]|$|on (?:mon|tue|wed|thu|fri)|tomorrow\b|today\b))|breakfast time|bed ?time|tea ?time|(?:the )?(?:small|early|wee) hours|(?:by |before |after |until |at )(?:nightfall|sundown|sunset|dusk|dawn|sunrise|sunup|daybreak|first light)){E}", clocks.part),
    Rule("night", rf"(?:{B}|(?P<tonight>(?<=\bto)))(?P<part>night(?:['’]?s)?){_NO_NOUN}{E}", clocks.part, weak=True, inside=True),
    Rule("half_alone", r"(?:(?<=today )|(?<=tomorrow )|(?<=day )|(?<=\d ))(?P<part>am|pm|[ap]\.m\.)(?![\w@])", clocks.part, weak=True),
    Rule("all_day", rf"all day(?: long)?{E}", clocks.all_day, weak=True),
    Rule("same_time", rf"(?:at )?(?:the )?(?:same|usual|original|agreed) (?:times?|hours?)(?: of (?:the )?day)?{E}(?! as\b)", clocks.same_time),
)  # fmt: skip

WEAK_CLOCKS = (
    Rule("zone", rf"{B}(?:prevailing |local )?(?P<zone>«abbreviation»){E}(?: time\b)?|{B}(?:prevailing |local )?(?P<zone>«country»|«city»)(?:'s)? (?:standard |daylight |summer |local )?time(?: ?zone)?\b|(?<=\()(?P<zone>«city»){E}|(?:(?<=\d in )|(?<=m in )|(?<=m\. in ))(?P<zone>«city»){E}|(?:(?<=\d )|(?<=[ap]m )|(?<=\.m\. )|(?<=noon )|(?<=clock ))(?P<zone>«country»|«city»){E}(?! (?:timezone|time zone))", clocks.zone, weak=True, inside=True),
    Rule("own_zone", rf"(?P<zone>my|our|your|(?:the )?local) (?:local )?time{E}|(?<=\d )(?P<zone>lt){E}", clocks.own_zone, weak=True),
    Rule("dotted_list", r"(?<![\w.,:/$£€#+@-])(?P<hour>0\d|1\d|2[0-3])\.(?P<minute>[0-5]\d)(?=(?:, | and )(?:0\d|1\d|2[0-3])\.[0-5]\d(?![\d%]|\.\d))|(?<=\d\.\d\d, )(?P<hour>0\d|1\d|2[0-3])\.(?P<minute>[0-5]\d)(?![\d%]|\.\d| ?(?:kg|mm|cm|m|eur|gbp|usd)\b)", clocks.clock, inside=True),
    Rule("till_clock", r"(?<![\w.:/$£€#+@-])(?P<hour>1?\d|2[0-3])(?:[.:](?P<minute>[0-5]\d))?(?= till? (?:1?\d|2[0-3])(?:[.:][0-5]\d)?(?![\w:/%]|\.\d))", clocks.bare_clock, inside=True),
    Rule("first_clock", r"(?:^|(?<=\bonly ))(?P<hour>1?\d|2[0-3])[.:](?P<minute>[0-5]\d)(?= (?:is|works?|suits?|would|sounds|to \d|or \d))", clocks.bare_clock, inside=True),
    Rule("named_service", r"(?<=\bthe )(?P<hour>1?\d|2[0-3])[.:](?P<minute>[0-5]\d)(?= (?:train|flight|slot|bus|ferry|service|appointment|call|meeting|one|to|from)\b)", clocks.bare_clock, inside=True),
    Rule("first_of_two", r"(?<![\w.:/$£€#+@-])(?P<hour>1?\d|2[0-3])(?= or (?:1?\d|2[0-3])[:.][0-5]\d(?!\d))", clocks.bare_clock, inside=True),
    Rule("about_clock", rf"(?:(?<=day, about )|(?<=day about )|(?<=day, around )|(?<=row, about )|(?<=row about ))(?:{HOUR_WORD}|(?P<hour>1?\d))(?= ?(?:[,.;!?)](?!\d)|$))", clocks.bare_clock, inside=True),
    Rule("bare_clock", rf"(?<![\w.:/$£€#+@-])(?<!\d[, ])(?<!\bgoes from )(?<!\bwent from )(?<!\bup from )(?<!\bdown from )(?<!\bshort by )(?P<hour>[01]?\d|2[0-4])(?:[.](?P<minute>[0-5]\d))?(?![\w%/:$£€-]|[.,]\d|\)|{_NO_THING})|(?<=\d-)(?P<hour>1?\d|2[0-4])(?:[.](?P<minute>[0-5]\d))?(?![\w%/:-]|[.,]\d)|(?<=[ap]m-)(?P<hour>1[0-2]|[1-9])(?![\w%/:.-])|(?<![\w.:/$£€#+@-])(?P<hour>1?\d|2[0-4])(?:[.](?P<minute>[0-5]\d))?(?=-\d{{1,2}}(?:[.:]\d\d)?(?: ?[ap]\.?m\b|\b(?![\w%/-]|\.\d)))", clocks.bare_clock, weak=True, inside=True),
    Rule("word_clock", rf"{_CUES}{HOUR_WORD}{E}", clocks.bare_clock, weak=True, inside=True),
    Rule("word_clock_on", rf"{HOUR_WORD}(?= on (?:the \d|{LONG_WEEKDAY})| to (?:{HOUR_WORDS}) (?:today|tomorrow|in the|is|works|suits|would)\b)", clocks.bare_clock),
    Rule("bare_day", r"(?<![\w.:/$£€#+@-])(?<!\bof )(?<!\bin )(?<!\bat )(?<!\bfor )(?P<day>2[5-9]|3[01])(?![\w%/:$£€-]|[.,]\d|\))", say.day_only, weak=True, inside=True),
)  # fmt: skip
