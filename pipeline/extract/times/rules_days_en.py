"""English rows for named days: dates in all orders, weekdays, ordinals, holidays and days counted from another."""

from __future__ import annotations

from pipeline.extract.times import meanings_en as say
from pipeline.extract.times.grammar import Rule
from pipeline.extract.times.numbers_en import HOUR_WORDS, ORDINAL
from pipeline.extract.times.words_en import (
    ANY_YEAR,
    DAY_WORD,
    FESTIVAL,
    LONG_WEEKDAY,
    MONTH,
    NTH,
    WEEKDAY,
    WHICH,
    YEAR,
    E,
)

_DAYS_AHEAD = r"\d{1,2}(?:st|nd|rd|th)?"
_LIST_END = rf"(?:, ?(?:the )?{_DAYS_AHEAD}){{0,4}},? ?(?:and|or|&|/|to|until|till|through|thru|-) ?(?:the )?(?:{_DAYS_AHEAD}|{ORDINAL})"
_MONTH_AHEAD = (
    rf"(?:,? (?:of )?{MONTH.replace('?P<month>', '?:')}| (?:of |in )(?:the )?(?:next|this|last|coming) month\b)"
)
_FOLLOWED = r"(?= (?:at|of (?:next|this|last|the) month|from|or|and|to|in the|is|would|works?|suits?|if|please|for|as|with|instead|between|after|before|by|around|either|this month|next month|when|was|has|will|morning|afternoon|evening|already|onwards|then)\b|\s*(?:[,.;:?!)-]|$))"

_COUNTED = "floor|page|street|avenue|edition|time|row|line|item|version|party|anniversary|century|grade|year|day|week|month|place|attempt|round|of the"

DAYS = (
    # written in full
    Rule("iso_datetime", r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)(?=t\d\d:\d\d)", say.date),
    Rule("iso_week", r"(?P<year>\d{4})-?w(?P<number>[0-5]\d)(?:-?(?P<weekdaynumber>[1-7]))?(?!\w)", say.iso_week),
    Rule("iso", r"(?P<year>\d{4})(?P<sep>[-/.])(?P<month>\d{1,2})[-/.](?P<day>\d{1,2})(?![\w/-]|[.]\d)", say.date),
    Rule("iso_inside", r"(?<=[\w-])(?<!\d-)(?<!\d)(?P<year>(?:19|20)\d\d)-(?P<month>[01]\d)-(?P<day>[0-3]\d)(?!\d)", say.date, weak=True, casual=True, inside=True),
    Rule("iso_packed", r"(?<!\d)(?<![\d.,]-)(?P<year>20[0-3]\d|19\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])(?!\d)", say.date, weak=True, casual=True, inside=True),
    Rule("slashed", r"(?P<first>\d{1,2})/(?P<second>\d{1,2})/(?P<year>\d{4}|\d\d)(?![\w/])", say.slashed),
    Rule("dashed", r"(?P<first>\d{1,2})-(?P<second>\d{1,2})-(?P<year>\d{4})(?!\w)", say.slashed),
    Rule("dotted", r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4}|\d\d)(?![\w.]\d)", say.date),
    Rule("dotted_short", r"(?:(?<=\bon )|(?<=\bby )|(?<=\buntil )|(?<=\btill )|(?<=\bfrom )|(?<=\bsince )|(?<=\bof ))(?P<day>3[01]|[12]\d|0?[1-9])\.(?P<month>1[0-2]|0?[1-9])\.(?=[\s,;)]|$)", say.date),
    Rule("named_month", rf"(?P<day>\d{{1,2}})[-/.]{MONTH}[-/.](?P<year>\d{{4}}|\d\d)(?!\w)|(?P<year>\d{{4}})[-/.]{MONTH}[-/.](?P<day>\d{{1,2}})(?!\w)|{MONTH}[-/](?P<day>\d{{1,2}})[-/,] ?(?P<year>\d{{4}})(?![\w/])|{MONTH}[-/](?P<day>[1-9]|[12]\d|3[01])(?![\w/])|(?P<day>\d{{1,2}})-{MONTH}(?!\w)", say.date),
    Rule("slashed_sure", r"(?P<first>1[3-9]|2\d|3[01])/(?P<second>0[1-9]|1[0-2])(?![\w/%]|[.]\d)(?! (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))|(?P<first>0[1-9]|1[0-2])/(?P<second>1[3-9]|2\d|3[01])(?![\w/%]|[.]\d)", say.slashed),
    Rule("slashed_short", rf"(?P<first>\d{{1,2}})/(?P<second>\d{{1,2}})(?![\w/%])(?! {MONTH.replace('?P<month>', '?:')})", say.slashed, weak=True),
    Rule("joined_month", r"(?P<month>jan|feb|mar|apr|jun|jul|aug|sep|oct|nov|dec)(?P<day>3[01]|[12]\d|0?[1-9])(?:(?: , |, | )(?P<year>(?:19|20)\d\d))?(?!\w)", say.date, weak=True, casual=True),
    Rule("packed_month", r"(?P<day>[0-3]\d)(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(?P<year>(?:20)?[2-3]\d)(?!\w)", say.date),
    Rule("day_month", rf"(?:the )?{DAY_WORD}(?: day)?(?: of)?[ -]?(?:of )?{MONTH}(?:,?[ -](?:of |in )?{YEAR}\b(?!:)| (?P<year>[23]\d)(?=\s*(?:[,.;)](?!\d)|$)))?{E}", say.date),
    Rule("month_day", rf"{MONTH}(?:,? ?|  (?=\d )|-(?!0))(?:the )?{DAY_WORD}(?![\w%]|[:.]\d|,\d(?!\d{{3}}\b))(?: ?,? ?{ANY_YEAR}\b(?!:)|,? ?(?P<year>\d\d)(?=\s+(?:was|is)\b))?", say.date),
    Rule("listed_day", rf"(?:the )?(?P<day>{ORDINAL}|\d{{1,2}})(?={_LIST_END}{_MONTH_AHEAD})", say.day_only),
    Rule("listed_weekday_day", rf"(?<=day )(?P<day>\d{{1,2}})(?=,? (?:and|or|to) (?:on )?{LONG_WEEKDAY},? (?:the )?\d{{1,2}}(?:st|nd|rd|th)? {MONTH.replace('?P<month>', '?:')})", say.day_only),
    # weekdays
    Rule("nth_weekday", rf"(?:the )?{NTH} (?P<weekday>{LONG_WEEKDAY})(?= (?:of|in)\b(?! the (?:morning|afternoon|evening|night|day)\b)| (?:morning|afternoon|evening|night|\d[^.!?\n]{{0,20}}) of (?:next|this|the|last)\b)(?: (?:of|in) (?P<ofmonth>the|each|every) month\b)?", say.nth_weekday),
    Rule("anchored_weekday", rf"the (?P<weekday>{LONG_WEEKDAY}) (?P<way>before|after)(?= ?(?:[,.;:!?)\n]|$|that|then|the meeting))", say.anchored_weekday),
    Rule("anchored_day", r"(?:the )?(?P<what>day before|day after|same day|following day|previous day|next day|day before that|day after that|week after|week before|following week)(?= ?(?:[,.;:!?)\n-]|$|at\b|that\b|and\b|or\b|by\b|is\b|would\b|works\b|suits\b|please\b))", say.anchored_day),
    Rule("that_day", rf"(?P<what>(?:on )?that (?:very |same )?day{E}|the (?:very )?same day{E}|(?:on )?(?:that same|that|the same|the following|the next|the previous) (?=(?:morning|afternoon|evening|night){E}))", say.anchored_day),
    Rule("then", rf"(?:(?<=by )|(?<=before )|(?<=until )|(?<=till ))(?:then|that(?: date| day| time)?(?= ?(?:[,.;:!?)]|$))){E}", say.then),
    Rule("before_event", rf"(?<=before )(?:we (?:meet|talk|speak|sit down|all meet)|the (?:meeting|call|visit|demo|session|interview|workshop|presentation)|our (?:meeting|call|visit|session|chat)|that meeting){E}", say.then),
    Rule("weekday_week", rf"(?:a )?(?P<weekday>{LONG_WEEKDAY}) (?P<count>week|fortnight)\b", say.weekday_week),
    Rule("week_on", rf"(?P<count>a week|a fortnight|two weeks) (?:on |(?=\w+day{E}(?! (?:at|from) \d)))(?P<weekday>{LONG_WEEKDAY}){E}", say.weekday_week),
    Rule("week_today", rf"(?:(?P<count>a week|a fortnight|two weeks|three weeks|a month|a year) (?:from )?(?P<base>today|tomorrow)|tomorrow week){E}", say.week_today),
    Rule("weekday_next", rf"(?:the )?(?P<weekday>{LONG_WEEKDAY}) (?:next(?! (?:week|month|year|door|to|time))|(?P<count>after next)|coming){E}", say.weekday_next),
    Rule("next_weekday", rf"(?:{WHICH} (?P<weekday>{LONG_WEEKDAY})|(?P<which>this|next|last|this coming|this upcoming|coming|upcoming) {WEEKDAY}|the (?P<weekday>{LONG_WEEKDAY})){E}(?!\s+(?:\d{{1,2}}(?:st|nd|rd|th)?\b(?! ?[-:ap])|the \d))", say.which_weekday),
    Rule("past_weekday", rf"(?P<which>on|this)? ?(?P<weekday>{LONG_WEEKDAY}) (?:just (?:gone|past)|last(?! (?:week|month|year|time|thing))){E}", say.past_weekday),
    Rule("weekday_number", rf"{WEEKDAY},? (?:(?:the )?(?P<day>\d{{1,2}}(?:st|nd|rd|th))|the (?P<day>{ORDINAL})){E}", say.weekday_day),
    Rule("weekday", rf"(?P<weekday>{LONG_WEEKDAY})(?![\w@])", say.weekday, person="titled"),
    Rule("longer_weekday", r"(?P<weekday>thurs|tues|weds)(?![\w@])", say.weekday),
    Rule("weekday_range", rf"{WEEKDAY}(?= ?(?:-|/|thru|through) ?(?:mon|tue|tues|wed|weds|thu|thur|thurs|fri|sat|sun)\b)|(?<=[a-z][/-]){WEEKDAY}(?![\w@])", say.weekday),
    Rule("short_weekday", rf"{WEEKDAY}(?![\w@])", say.weekday, weak=True, proper=True),
    # days by a word
    Rule("day_after", rf"(?:the )?day after tomorrow{E}", say.fixed("day", 2)),
    Rule("day_before", rf"(?:the )?day before yesterday{E}", say.fixed("day", -2)),
    Rule("today", rf"(?:later (?:in )?)?(?:today|tdy)(?:'s date)?{E}(?!\.example)|(?<=till )(?:current )?date\b|(?<=to )(?:current )?date(?= ?[.,?!])|current date\b", say.fixed("day", 0)),
    Rule("tomorrow", rf"(?:tomorrow|tomorow|tommorow|tommorrow|tmrw|tmr|tmw|2moro|overnight){E}", say.fixed("day", 1)),
    Rule("yesterday", rf"yesterday{E}", say.fixed("day", -1)),
    Rule("tonight", rf"(?=tonight)to(?=night(?:['’]?s)?{E})", say.fixed("day", 0)),
    Rule("tonite", rf"tonite{E}", say.tonite),
    Rule("this_part", rf"(?:(?:early|late|later|earlier) )?(?P<which>this|last|next|yesterday|(?<=on )the next)(?= (?:(?:early|late|mid)[ -])?(?:morning|afternoon|arvo|evening|night){E})", say.this_part),
    Rule("next_workday", rf"(?:the )?(?:next|following) (?:working|business|work) ?day{E}", say.fixed("workday", 1)),
    Rule("now", rf"(?:(?:just |right )now|now|at (?:the|this) (?:moment|minute|time)|at present|at the present (?:time|moment)|currently|asap|as soon as possible|immediately){E}", say.now, casual=True),
    Rule("the_day", rf"(?<=\bfor )the day{E}|(?<=\bof )the day{E}|(?:the|on) next day{E}|otd{E}", say.the_day, casual=True),
    # days known by name
    Rule("wish", rf"(?:happy|merry|joyous|joyful|lovely|wonderful|great|good|nice|peaceful|enjoy the|enjoy your) (?:and blessed |and peaceful )?(?:{FESTIVAL}){E}", say.indefinite),
    Rule("festival_thing", rf"(?:christmas|xmas|easter|halloween|thanksgiving|new year'?s?) (?:dinner|decorations|cards?|trees?|lights|presents?|gifts?|pay|bonus|party|parties|lunch|stout|beer|ale|menu|market|leaflet|corner|carols?|wishes|greetings|eggs?|jumpers?|shopping|sales?|order|orders|rush){E}", say.nothing),
    Rule("indefinite", rf"(?:day and night|night and day|(?:the )?last time|(?:a )?(?:good|great|lovely|nice|long) weekend|(?:week|month|minute) (?:{HOUR_WORDS})|(?:minute|hour|day|month) \d{{1,3}}(?= ?(?:[,.;?!)](?!\d)|$|and\b|of\b|is\b|was\b|because\b))|(?:{HOUR_WORDS}|\d{{1,2}}) (?:seasons?|shifts|winters?|summers?|semesters?|harvests)|(?:the )?whole (?:morning|afternoon|evening|weekend)|(?<=works )(?:nights|weekends)|(?<=, )(?:nights|weekends)(?= (?:only|too|as well))|(?:day|week|month|year) after (?:day|week|month|year)|(?:summer|easter|christmas|school|half[ -]term|autumn|winter|spring) (?:holidays?|break|vacation)|(?:day|week|month|year) by (?:day|week|month|year)|(?:the )?other day|(?:the )?other week|both days|(?:the |a )?bank holidays?|(?:over|before|after|during) the holidays?|half[ -]term|(?:the |this |next |last )?(?:spring|summer|autumn|winter|fall|school|michaelmas|hilary|trinity|lent) (?:term|semester)|(?:(?<=\bin )|(?<=\bof )|(?<=\buntil )|(?<=\bfor ))term [1-4]|(?:(?<=\bsince )|(?<=\bfrom )|(?<=\bduring )|(?<=\bbefore )|(?<=\bafter )|(?<=\bin ))lent|(?:in |over |during )?the coming (?:days|weeks|months|years)|(?:the )?turn of the (?:year|month|century)|the (?:very )?(?:next|following) time){E}", say.indefinite),
    Rule("festival", rf"(?:(?:the )?(?P<which>next|last|previous|following|coming|this) )?(?P<name>{FESTIVAL}|(?:(?<=lovely )|(?<=happy )|(?<=great ))fourth(?= ?[.!,])){E}(?:(?: of|,)? {YEAR}\b| (?:of )?(?P<yearaway>this|next|last) year\b)?", say.festival),
    # days by their number
    Rule("nth_day", rf"(?:(?:the|their|her|his|its|our|my|your) (?:very )?)?(?:{ORDINAL}) (?:(?:night|morning|evening|afternoon){E}(?!-)|(?:day|year|week|month){E}(?! (?:of|in|student|students|pupils?|(?:[a-z]+ ){{0,2}}(?:student|pupil)s?)\b)(?!-))", say.indefinite),
    Rule("day_of_month", rf"(?:the )?(?P<day>{ORDINAL})(?: day)? (?:of|in) (?P<which>the|next|this|last|every|each) month{E}", say.day_of_month),
    Rule("the_ordinal", rf"the (?P<day>\d{{1,2}}(?:st|nd|rd|th)){_FOLLOWED}{E}(?:(?: of)? (?P<which>next|this|last) month)?", say.day_only),
    Rule("on_the_ordinal", rf"(?:(?<=\bon )|(?<=\bby )|(?<=\bbefore )|(?<=\bafter )|(?<=\buntil )|(?<=\bsince )|(?<=\bfrom ))the (?P<day>\d{{1,2}}(?:st|nd|rd|th)){E}(?!-)(?! (?:{_COUNTED})\b)", say.day_only),
    Rule("the_ordinal_word", rf"(?:(?<=\bon )|(?<=\bby )|(?<=\bbefore )|(?<=\bafter )|(?<=\buntil )|(?<=\bsince )|(?<=\bfrom )|(?<=\bbetween ))the (?P<day>{ORDINAL})(?!-){_FOLLOWED}{E}(?:(?: of)? (?P<which>next|this|last) month)?", say.day_only),
    Rule("through_ordinal", rf"(?:(?<=through )|(?<=till )|(?<=until )|(?<=thru ))(?P<day>{ORDINAL})(?= ?(?:[,.;:?!)]|$|of\b))", say.day_only, weak=True),
    Rule("the_number", r"(?<=\bon )the (?P<day>\d{1,2})(?= (?:from|between|at)\b)", say.day_only),
    Rule("asked_ordinal", r"(?:the )?(?P<day>\d{1,2}(?:st|nd|rd|th))(?= ?\?)", say.day_only),
    Rule("ordinal", rf"(?:the )?(?P<day>\d{{1,2}}(?:st|nd|rd|th)){E}(?! {{0,2}}(?:centur|week|day|quarter|month|year|half))(?: of (?P<which>next|this|last) month)?", say.day_only, weak=True),
)  # fmt: skip
