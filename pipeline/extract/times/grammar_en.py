"""English time words: the tables behind pipeline.extract.times.find for text in English.

Patterns run on folded text (lower case, plain dashes and quotes). Rules are tried in order; the first that matches wins.
"""

from __future__ import annotations

from pipeline.extract.times import clocks_en as clocks
from pipeline.extract.times import meanings_en as say
from pipeline.extract.times.grammar import Cue, Grammar, Rule
from pipeline.extract.times.numbers_en import COUNT, HOUR_WORDS, ORDINAL

_B = r"(?<![\w@/.-])"
_E = r"(?![\w@])"
_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b(?:\.(?= ?\d))?"
)
_LONG_MONTH = r"(?P<month>january|february|april|june|july|august|september|october|november|december|jan|feb|apr|aug|sept|oct|nov|dec)\b"
_LONG_WEEKDAY = r"(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
_WEEKDAY = rf"(?P<weekday>{_LONG_WEEKDAY}|tues?|weds?|thurs?|thu|mon|fri|sat|sun)\b(?:\.(?= ?\w))?"
_YEAR = r"(?P<year>(?:19|20)\d\d|'\d\d)"
_DAY = rf"(?P<day>{ORDINAL}|\d{{1,2}})"
_HALF = r"(?P<half>[ap]\.m\.(?=[^\w]|$)|[ap]\.?m\b)"
_UNITS = r"(?P<unit>minutes?|mins?|hours?|hrs?|(?:calendar )?days?|(?:working|business|work) ?days?|weeks?|wks?|fortnights?|months?|quarters?(?! of\b)|years?|yrs?)"
_PERIOD = r"(?P<unit>week ?end|week|month|quarter|year|financial year|fiscal year)"
_WHICH = r"(?P<which>this coming|this|next|last|the following|following|the coming|coming|previous|past|the previous|the past|current|the current|the next|the)"
_FREE = (
    r"(?:['’]?s\b)?\s*(?:$|[,;:!?)\n-]|\.(?!\d)|(?:on|or|and|to|till|until|if|so|please|sharp|as|at|but|because|with|when|for|in|is|it"
    r"|would|will|works?|suits?|this|next|tomorrow|today|tonight|rather|prompt|start|instead|then|latest|onwards?|our|your|my|local|each|the latest|uk|cet|gmt|jst"
    rf"|{_LONG_WEEKDAY})\b)"
)

RULES = (
    # dates written in full
    Rule("iso_datetime", r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)(?=t\d\d:\d\d)", say.date),
    Rule("iso", r"(?P<year>\d{4})[-/](?P<month>\d{1,2})[-/](?P<day>\d{1,2})(?![\w/-])", say.date),
    Rule("slashed", r"(?P<first>\d{1,2})/(?P<second>\d{1,2})/(?P<year>\d{4}|\d\d)(?![\w/])", say.slashed),
    Rule("dashed", r"(?P<first>\d{1,2})-(?P<second>\d{1,2})-(?P<year>\d{4})(?![\w-])", say.slashed),
    Rule("dotted", r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4}|\d\d)(?![\w.]\d)", say.date),
    Rule("slashed_short", r"(?P<first>\d{1,2})/(?P<second>\d{1,2})(?![\w/%])", say.slashed, weak=True),
    Rule("day_month", rf"(?:the )?{_DAY}(?: day)?(?: of)?[ -]?(?:of )?{_MONTH}(?:,?[ -]{_YEAR}\b)?{_E}", say.date),
    Rule("month_day", rf"{_MONTH},? ?(?:the )?{_DAY}(?![\w%]|[:.,]\d)(?:,? {_YEAR}\b)?", say.date),
    Rule("listed_day", rf"(?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?=(?:, ?(?:the )?\d{{1,2}}(?:st|nd|rd|th)?){{0,4}},? ?(?:and|or|&|/|to|until|till|-) ?(?:the )?\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH})", say.day_only),
    Rule("listed_weekday_day", rf"(?<=day )(?P<day>\d{{1,2}})(?=,? (?:and|or|to) (?:on )?{_LONG_WEEKDAY},? (?:the )?\d{{1,2}}(?:st|nd|rd|th)? {_MONTH})", say.day_only),
    Rule("nth_week", rf"(?:the )?(?P<nth>first|second|third|fourth|last|1st|2nd|3rd|4th) week (?:of|in) (?:{_MONTH}|(?P<which>this|next) month){_E}", say.nth_week),
    Rule("month_year", rf"(?P<portion>early|mid|late|the last day of|last day of|the end of|end of|end|the beginning of|beginning of|the start of|start of|the middle of|middle of|the first half of|the second half of)?[ -]?{_MONTH},?(?: of)? {_YEAR}\b{_E}", say.month),
    Rule("portion_month", rf"(?:the )?(?P<portion>early|mid|late|last day of|end of|end|beginning of|start of|middle of|first half of|second half of)[ -]?(?:in )?{_MONTH}{_E}", say.month),
    Rule("month", rf"(?:the month of )?{_LONG_MONTH}{_E}", say.month),
    Rule("weak_month", rf"(?:the month of )?(?P<month>march|may|mar|jun|jul|sep)\b{_E}", say.month, weak=True),
    # weeks
    Rule("week_commencing", rf"(?:the )?(?:week (?:commencing|beginning|starting|of)|w/c|wc)(?: on)?(?: the)?(?: {_WEEKDAY},?)? (?:the )?(?:{_DAY}(?: of)? {_MONTH}|(?P<bare>{ORDINAL})|(?P<month>[a-z]{{3,9}}) (?P<day>\d{{1,2}})(?:st|nd|rd|th)?){_E}", say.week_of),
    Rule("week_number", rf"(?:calendar )?week (?P<number>[1-5]?\d){_E}", say.week_number),
    Rule("anchored_weekday", rf"the (?P<weekday>{_LONG_WEEKDAY}) (?P<way>before|after)(?= ?(?:[,.;:!?)\n]|$|that|then|the meeting))", say.anchored_weekday),
    Rule("anchored_day", r"(?:the )?(?P<what>day before|day after|same day|following day|next day|day before that|day after that|week after|week before|following week)(?= ?(?:[,.;:!?)\n-]|$|at\b|that\b|and\b|or\b|by\b|is\b|would\b|works\b|suits\b|please\b))", say.anchored_day),
    Rule("that_day", rf"(?P<what>(?:on )?that (?:same )?day|the same day|(?:on )?that (?:same )?(?=morning|afternoon|evening)){_E}?", say.anchored_day),
    Rule("then", rf"(?:(?<=by )|(?<=before )|(?<=until )|(?<=till ))(?:then|that(?: date| day| time)?(?= ?(?:[,.;:!?)]|$))){_E}", say.then),
    Rule("before_event", rf"(?<=before )(?:we (?:meet|talk|speak|sit down|all meet)|the (?:meeting|call|visit|demo|session|interview|workshop|presentation)|our (?:meeting|call|visit|session|chat)|that meeting){_E}", say.then),
    Rule("weekday_week", rf"(?:a )?(?P<weekday>{_LONG_WEEKDAY}) week\b", say.weekday_week),
    Rule("week_on", rf"a week on (?P<weekday>{_LONG_WEEKDAY}){_E}", say.weekday_week),
    Rule("week_from", rf"(?:a|one) week from (?P<base>today|tomorrow|(?P<weekday>{_LONG_WEEKDAY})){_E}", say.week_from),
    Rule("next_weekday", rf"(?:{_WHICH} (?P<weekday>{_LONG_WEEKDAY})|(?P<which>this|next|last|this coming|coming) {_WEEKDAY}){_E}(?!\s+(?:\d{{1,2}}(?:st|nd|rd|th)?\b|the \d))", say.which_weekday),
    Rule("past_weekday", rf"(?P<which>on|this)? ?(?P<weekday>{_LONG_WEEKDAY}) just (?:gone|past){_E}", say.past_weekday),
    Rule("every_weekday", rf"(?:(?:every|each) (?P<other>other |second )?(?:{_WEEKDAY}|(?P<count>{COUNT}) (?P<units>days|weeks|months|years|hours|minutes|quarters)|(?P<unit>morning|afternoon|evening|night|day|weekday|working day|week|fortnight|month|quarter|year|hour|minute))|any {_WEEKDAY}(?: (?:or|and) {_LONG_WEEKDAY})?(?! (?:at|in|next|this)\b)){_E}", say.every),
    Rule("weekdays", rf"(?P<weekday>{_LONG_WEEKDAY})s{_E}", say.every),
    Rule("weekly", rf"(?P<unit>daily|weekly|fortnightly|monthly|quarterly|annually|yearly){_E}", say.every),
    Rule("weekday", rf"(?P<weekday>{_LONG_WEEKDAY})(?![\w@])", say.weekday),
    Rule("short_weekday", rf"{_WEEKDAY}(?![\w@])", say.weekday, weak=True),
    # days by distance
    Rule("day_after", rf"(?:the )?day after tomorrow{_E}", say.fixed("day", 2)),
    Rule("day_before", rf"(?:the )?day before yesterday{_E}", say.fixed("day", -2)),
    Rule("today", rf"(?:today|tdy){_E}", say.fixed("day", 0)),
    Rule("tomorrow", rf"(?:tomorrow|tomorow|tommorow|tmrw|tmr|2moro|overnight){_E}", say.fixed("day", 1)),
    Rule("yesterday", rf"yesterday{_E}", say.fixed("day", -1)),
    Rule("tonight", rf"(?=tonight)to(?=night(?:['’]?s)?{_E})", say.fixed("day", 0)),
    Rule("this_part", rf"(?P<which>this|last)(?= (?:(?:early|late|mid)[ -])?(?:morning|afternoon|arvo|evening|night){_E})", say.this_part),
    Rule("next_workday", rf"(?:the )?(?:next|following) (?:working|business|work) ?day{_E}", say.fixed("workday", 1)),
    Rule("within_event", rf"(?:in|within|inside) (?P<count>{COUNT}) {_UNITS} (?:of|from|after) (?!now|today|this\b|the date)", say.nothing),
    Rule("within", rf"(?:in|within|inside|over) (?:the )?(?:next |coming )?(?:another )?(?P<count>{COUNT})(?: \(\d+\))? {_UNITS}(?:['’] time)?(?: or so)?(?: (?:from|of) (?:now|today|today's date|receipt|the date of this (?:letter|mail|email)))?{_E}", say.ahead),
    Rule("ahead", rf"(?P<count>{COUNT}) {_UNITS}(?:['’] time| from (?:now|today)| later| hence){_E}", say.ahead),
    Rule("ago", rf"(?P<count>{COUNT}) {_UNITS} (?:ago|back|earlier|before|overdue|late){_E}", say.ago),
    Rule("week_after_next", rf"(?:the )?(?P<unit>week|month) after next{_E}", say.after_next),
    Rule("portion_period", rf"(?:the |very ){{0,2}}(?P<portion>early|mid|late|later|end of|end|beginning of|start of|middle of|back end of|first half of|second half of|first thing|earlier|first part of|latter half of)[ -]?(?:on |in )?(?:the |of the )?(?P<which>this|next|last|the following|following|the|current)? ?{_PERIOD}{_E}", say.portion_period),
    Rule("rest_of", rf"(?:the )?(?:rest|remainder) of (?:the|this) {_PERIOD}{_E}", say.rest_of),
    Rule("year_end", rf"(?:the )?(?P<unit>year|month|week|quarter)[ -]?end{_E}", say.period_end),
    Rule("eow", rf"(?P<code>eow|eom|eoy|eoq){_E}", say.period_code),
    Rule("which_period", rf"{_WHICH} (?:whole |entire )?{_PERIOD}{_E}(?!ly)", say.which_period),
    Rule("last_n", rf"(?:the )?(?P<which>last|past|next|previous|coming) (?P<count>{COUNT}) {_UNITS}{_E}", say.which_length),
    Rule("quarter", rf"(?:q(?P<q>[1-4])|(?:the )?(?P<ordinal>first|second|third|fourth|1st|2nd|3rd|4th) quarter)(?: of)?(?:[ /]?{_YEAR}\b)?{_E}", say.quarter),
    Rule("festival", rf"(?P<name>christmas eve|christmas day|christmas|xmas|boxing day|new year'?s eve|new year'?s day|the new year|new year|easter monday|easter sunday|easter|good friday|thanksgiving|halloween|valentine'?s day|independence day){_E}", say.festival),
    Rule("the_ordinal", rf"the (?P<day>{ORDINAL})(?= (?:at|of (?P<away>next|this|last) month|from|or|and|to|in the|is|would|works?|suits?|if|please|for|as|with|instead|between|after|before|by|around|either)\b|\s*(?:[,.;:?!)-]|$)){_E}(?: of (?P<which>next|this|last) month)?", say.day_only),
    Rule("asked_ordinal", r"(?:the )?(?P<day>\d{1,2}(?:st|nd|rd|th))(?= ?\?)", say.day_only),
    Rule("ordinal", rf"(?:the )?(?P<day>\d{{1,2}}(?:st|nd|rd|th)){_E}(?: of (?P<which>next|this|last) month)?", say.day_only, weak=True),
    Rule("in_year", r"(?:(?<=\bin )|(?<=\bsince )|(?<=\bof )|(?<=\bfrom )|(?<=\bduring )|(?<=\buntil )|(?<=\bfor )|(?<=\bto ))(?P<year>(?:19|20)\d\d)(?![\w%/:-]|[.,]\d| \w*(?:units?|pieces|pcs|items))", say.year),
    Rule("weak_year", r"(?P<year>20[12]\d)(?![\w%/:-]|[.,]\d)", say.year, weak=True),
    # times of day
    Rule("iso_clock", r"(?<=\d)t(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d))?(?:\.\d+)?", clocks.clock, inside=True),
    Rule("offset_zone", r"(?:(?<=:\d\d:\d\d)|(?<=t\d\d:\d\d))(?P<zone>z|[+-]\d\d:?\d\d)(?!\d)|(?<=[ (])(?P<zone>(?:utc|gmt) ?[+-] ?\d{1,2}(?::?\d\d)?)(?![\d:])", clocks.zone, inside=True),
    Rule("clock_half", rf"(?<![\w.:/])(?P<hour>\d{{1,2}})(?:[.:h](?P<minute>\d\d))?(?::(?P<second>\d\d))? ?-?(?P<ish>ish)? ?{_HALF}{_E}", clocks.clock, inside=True),
    Rule("word_half", rf"(?P<hourword>{HOUR_WORDS})(?:[ -](?P<minuteword>thirty|fifteen|forty[ -]five))? ?{_HALF}{_E}", clocks.clock),
    Rule("clock_colon", r"(?<![\w.:/$£€-])(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?(?:-?(?P<ish>ish))?(?![\d:%])", clocks.clock, inside=True),
    Rule("clock_colon_dash", r"(?<=\d[ -])(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?(?![\d:%])|(?<=-)(?P<hour>[01]?\d|2[0-4]):(?P<minute>[0-5]\d)(?![\d:%])", clocks.clock, inside=True),
    Rule("clock_hours", r"(?<![\w.:/-])(?P<hour>[01]\d|2[0-3])\.?(?P<minute>[0-5]\d) ?(?:hrs?|hours|h)\b|(?<![\w.:/-])(?P<hour>[01]?\d|2[0-3])h(?P<minute>[0-5]\d)?(?!\w)", clocks.clock, inside=True),
    Rule("military", r"(?:(?<=\bat )|(?<=\bfrom )|(?<=\bby )|(?<=\bto )|(?<=\bbefore )|(?<=\bafter )|(?<=\buntil ))(?P<hour>[01]\d|2[0-3])(?P<minute>[0-5]\d)(?![\w/-])", clocks.clock, weak=True, inside=True),
    Rule("oclock", rf"(?:(?P<hour>\d{{1,2}})|(?P<hourword>{HOUR_WORDS})) ?o ?['’]?clock(?:-?(?P<ish>ish))?{_E}", clocks.clock),
    Rule("past_hour", rf"(?:(?P<amount>half|quarter|a quarter|\d{{1,2}}(?= minutes| past)|(?!\d){COUNT})(?: minutes)?[ -](?P<way>past|to|after)[ -])(?:(?P<hour>\d{{1,2}})|(?P<hourword>{HOUR_WORDS}))(?:-?(?P<ish>ish))?(?: ?{_HALF})?{_E}", clocks.clock_words),
    Rule("half_hour", rf"(?P<amount>half)[ -](?:(?P<hourword>{HOUR_WORDS})|(?P<hour>1[0-2]|[1-9])(?![\d:.]))(?:-?(?P<ish>ish))?{_E}", clocks.clock_words),
    Rule("hour_thirty", rf"(?P<hourword>{HOUR_WORDS})[ -](?P<minuteword>thirty|fifteen|forty[ -]five){_E}", clocks.clock, weak=True),
    Rule("ish", rf"(?:(?P<hour>\d{{1,2}})(?:[.:](?P<minute>\d\d))?|(?P<hourword>{HOUR_WORDS}))-?(?P<ish>ish){_E}", clocks.clock),
    Rule("noon", rf"(?P<name>12 noon|noon|midday|mid-day|midnight){_E}", clocks.named_clock),
    Rule("close", rf"{_B}(?:the )?(?:close|end) of (?:business|play|work|trade|trading|the working day|the business day|(?:the )?day|today)(?: (?:today|(?=tomorrow)))?{_E}|{_B}(?:cob|eod|eob|cop){_E}(?=[ ,.;!?)\n]|$)", clocks.close, inside=True),
    # parts of the day
    Rule("greeting", rf"(?:very )?good (?:morning|afternoon|evening|day){_E}", say.nothing),
    Rule("part", rf"(?:(?:in|during|over) the )?(?P<which>early|mid|late|first thing|first thing in the|first thing this|earlier in the|later in the)?[ -]?(?P<part>morning|afternoon|arvo|evening){_E}", clocks.part),
    Rule("bare_part", rf"(?:{_B}|(?P<tonight>(?<=\bto)))(?:at )?(?P<part>night(?:['’]?s)?|lunch ?time|breakfast|first thing|over lunch|for lunch|at lunch|after lunch|dinner time){_E}", clocks.part, inside=True),
    Rule("all_day", rf"all day{_E}", clocks.all_day, weak=True),
    Rule("same_time", rf"(?:at )?(?:the )?(?:same|usual|original|agreed) (?:times?|hours?)(?: of (?:the )?day)?{_E}(?! as\b)", clocks.same_time),
    # lengths
    Rule("quarter_hour", rf"(?:a )?quarter of an hour{_E}", clocks.quarter_hour),
    Rule("half_length", rf"(?P<count>{COUNT})?(?: and)? ?(?:a )?half(?:[ -]an)?[ -]?(?:a |of a )?(?P<unit>hour|day|year|month|week)s?{_E}", clocks.half_length),
    Rule("length_half", rf"(?P<count>{COUNT}) {_UNITS} and a half{_E}", clocks.length_half),
    Rule("compact_length", r"(?<![\w.:/-])(?P<hours>\d{1,2})h(?:rs?)? ?(?P<minutes>[0-5]?\d) ?m(?:ins?)?\b", clocks.compact_length, inside=True),
    Rule("length_and", rf"(?P<count>{COUNT})[ -](?P<unit>hours?|hrs?)(?: and|,)? (?P<minutes>\d{{1,2}}|{COUNT})[ -](?:minutes?|mins?){_E}", clocks.length),
    Rule("length", rf"(?<![\w@/.:])(?P<count>{COUNT})(?:[ -]|(?<=\d))(?:full |long |whole |good |short )?(?:to |- ?)?{_UNITS}{_E}", clocks.length, inside=True),
    # weak numbers and zones last
    Rule("zone", rf"{_B}(?:prevailing |local )?(?P<zone>«abbreviation»){_E}(?: time\b)?|{_B}(?:prevailing |local )?(?P<zone>«country»|«city»)(?:'s)? (?:standard |daylight |summer |local )?time\b|(?:(?<=\bin )|(?<=\())(?P<zone>«city»){_E}|(?<=[\dm.] )(?P<zone>«country»|«city»){_E}", clocks.zone, weak=True, inside=True),
    Rule("own_zone", rf"(?P<zone>my|our) (?:local )?time{_E}", clocks.own_zone, weak=True),
    Rule("bare_clock", r"(?<![\w.:/$£€#+@-])(?<!\d[, ])(?P<hour>[01]?\d|2[0-4])(?:[.](?P<minute>[0-5]\d))?(?![\w%/:$£€-]|[.,]\d|\)| ?(?:percent|per cent|degrees|off\b|units?\b|pcs|nos\b|kg|mm|km|people|of us|of you|of them))|(?<=\d-)(?P<hour>1?\d|2[0-4])(?:[.](?P<minute>[0-5]\d))?(?![\w%/:-]|[.,]\d)|(?<![\w.:/$£€#+@-])(?P<hour>1?\d|2[0-4])(?:[.](?P<minute>[0-5]\d))?(?=-\d{1,2}(?:[.:]\d\d)?(?: ?[ap]\.?m\b|\b(?![\w%/-]|\.\d)))", clocks.bare_clock, weak=True, inside=True),
    Rule("word_clock", rf"(?:(?<=\bat )|(?<=\bby )|(?<=\bbefore )|(?<=\bafter )|(?<=\btill )|(?<=\buntil )|(?<=\baround )|(?<=\bfrom )|(?<=\bbetween )|(?<=\band )|(?<=\bto ))(?P<hourword>{HOUR_WORDS}){_E}", clocks.bare_clock, weak=True, inside=True),
    Rule("word_clock_on", rf"(?P<hourword>{HOUR_WORDS})(?= on (?:the \d|{_LONG_WEEKDAY}))", clocks.bare_clock),
    Rule("bare_day", r"(?<![\w.:/$£€#+@-])(?P<day>2[5-9]|3[01])(?![\w%/:$£€-]|[.,]\d|\))", say.day_only, weak=True, inside=True),
)  # fmt: skip

_BETWEEN = r"\bbetween\s+(?:the\s+(?:hours|times)\s+of\s+)?"
_AROUND = r"(?:around|(?<!how )(?<!what )about|approximately|approx\.?|circa|roughly|say|maybe|perhaps|c\.|towards|~)"

GRAMMAR = Grammar(
    rules=RULES,
    starts=_B,
    glue=(
        r"'s\s+(?:[\w-]+\s+){1,3}(?:at|from)\s+|"
        r"\s*(?:,|\(|\)|-|:|\|)?\s*(?:(?:at|on|in|in the|of|of the|for|from|any ?time|either|around|about|say|the|by"
        r"|starting|between|@|before|after|until|till|anytime|roughly|approximately)\s+){0,3}\(?\s*"
    ),
    to=r"\s*(?:-|~|to|until|till|til|through|thru|up to|(?:and )?(?:finishing|ending) (?:at|by)|right through to)\s*(?:the\s+|on\s+|at\s+|about\s+|around\s+)?",
    either=r"\s*(?:,|/|&|;|\n)?\s*(?:(?:or|and|and/or|or else|or even|or alternatively|either)\b)?\s*(?:\n\s*)?(?:\(?\w[.)]\s+|[-*•]\s*|[①-⑳]\s*)?(?:on|at|from|the|any time|the afternoon of|the morning of|between|after|by|any|possibly|perhaps)?\s*(?:the\s+)?",
    between=_BETWEEN,
    free=_FREE,
    closes=r"(?!)",
    before=(
        Cue(
            r"\b(?:except(?: for| on)?|apart from|other than|excluding|any day but|(?:can'?t|cannot|can not|won'?t|couldn'?t) (?:do|make|manage)|not on)\s+(?:on\s+)?(?:the\s+)?",
            "except",
            supports=True,
        ),
        Cue(_BETWEEN, supports=True, inside=True, approx=True),
        Cue(
            rf"\b(?:no later than|not later than|by no later than|at the latest by|on or before|latest by|latest|by the latest|due(?: on| by| in)?|deadline(?: is| of|:)?|by)\s+(?:{_AROUND}\s+)?(?:the\s+)?",
            "by",
            supports=True,
        ),
        Cue(
            r"\b(?:as of|with effect from|effective|w\.?e\.?f\.?|effective from|as from)\s+(?:the\s+)?",
            "effect",
            supports=True,
        ),
        Cue(r"\b(?:any ?time from|from)\s+(?:the\s+)?(?:about\s+|around\s+)?", "from", supports=True),
        Cue(
            r"\b(?:any ?time after|after|later than|not before|no earlier than|past)\s+(?:the\s+)?",
            "after",
            supports=True,
        ),
        Cue(r"\bsince\s+(?:the\s+)?", "since", supports=True),
        Cue(
            r"\b(?:any ?time before|before|ahead of|prior to|in time for|sooner than|earlier than)\s+(?:the\s+|our\s+)?",
            "before",
            supports=True,
        ),
        Cue(r"\b(?:until|till|til|up to|through)\s+(?:the\s+)?", "until", supports=True),
        Cue(rf"(?:\bat\s+)?{_AROUND}\s+(?:the\s+)?", supports=True, approx=True),
        Cue(r"\b(?:on|at|for|this|next|in|either|or|make it|do)\s+(?:the\s+)?", supports=True),
        Cue(r"(?:@|\bof)\s*", supports=True),
    ),
    after=(
        Cue(
            r"(?:'s)? (?:is|are|was) (?:a |just |really |sadly )?(?:(?:public |bank )?holiday|bad|no good|full|impossible|difficult|closed|tricky|not (?:convenient|possible|good|suitable|ideal))\b| (?:won't|doesn't|does not|isn't|will not|collides)\b",
            "except",
        ),
        Cue(r"(?: or (?:later|after)| onwards?\b| and after\b|\s*\+)", "from", inside=True, approx=True),
        Cue(r" or (?:earlier|sooner|before)\b", "before", inside=True),
        Cue(r" (?:at the (?:very )?latest|latest\b)", "by"),
        Cue(r" (?:or so|or thereabouts|ish)\b", approx=True, inside=True),
    ),
)
