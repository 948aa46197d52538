"""English rows for periods (weeks to centuries), distances from the mail's date, repetitions and lengths."""

from __future__ import annotations

from pipeline.extract.times import meanings_en as say
from pipeline.extract.times import periods_en as span
from pipeline.extract.times.grammar import Rule
from pipeline.extract.times.lengths_en import LENGTH, UNIT
from pipeline.extract.times.numbers_en import COUNT, ORDINAL, SMALL, YEAR_WORDS
from pipeline.extract.times.words_en import (
    DAY,
    FESTIVAL,
    LONG_MONTH,
    LONG_WEEKDAY,
    MONTH,
    NTH,
    PERIOD,
    PORTION,
    SEASON,
    WEEKDAY,
    WHICH,
    YEAR,
    E,
)

_LENGTH = f"(?P<length>{LENGTH})"
_OF_PERIOD = rf"(?:{MONTH}(?:,? {YEAR}\b)?|(?:the year )?{YEAR}\b|(?P<which>this|next|last|the following|the|each|every) (?P<unit>month|year|quarter))"
_EVERY_UNIT = rf"(?P<unit>morning|afternoon|evening|night|weekday|working day|business day|weekend|{UNIT})"
_YEARLY = r"(?:financial|fiscal|school|academic|calendar|tax)"
_BARE_YEAR = r"(?:1[5-9]\d\d|20\d\d|21\d\d)"

_MONTH_CUE = "|".join(
    rf"(?<=\b{word} )" for word in ("in", "until", "till", "since", "through", "during", "of", "every")
)
_SEASON_CUE = (
    "(?:"
    + "|".join(
        rf"(?<=\b{word} )" for word in ("in", "over", "since", "until", "by", "before", "during", "for", "next", "last")
    )
    + ")"
)

_NO_EVENT = rf"(?! (?:of|from|after) (?!now|today|this\b|the date|tomorrow|{LONG_WEEKDAY}|\d|{LONG_MONTH.replace('?P<month>', '?:')}))"
_NO_VERB = (
    "".join(rf"(?<!\b{word} )" for word in ("will", "to", "can", "would", "may", "should", "might", "must", "did"))
    + "(?<!n't )"
)
_NO_UNITS = r"(?! (?:units?|pieces|pcs|items|boxes|people|members|employees|shares|euros?|dollars|pounds|km|kg|mm|metres|miles|tonnes|[a-z]+ (?:units|pieces|boxes)))"
_NO_PART = "".join(
    rf"(?<!\b{word} )"
    for word in (
        "part",
        "room",
        "model",
        "item",
        "order",
        "invoice",
        "number",
        "no",
        "ref",
        "po",
        "lot",
        "box",
        "version",
        "about",
        "some",
        "only",
        "than",
        "at",
        "of",
        "are",
        "all",
        "per",
        "type",
        "code",
        "article",
        "line",
        "unit",
        "serial",
        "page",
        "from",
        "to",
        "and",
        "with",
        "has",
        "have",
        "another",
    )
)
_ADVERB = r"daily|nightly|weekly|fortnightly|bi-?weekly|monthly|bi-?monthly|quarterly|yearly|hourly"

REPETITIONS = (
    Rule("times_per", rf"{COUNT}(?: or {COUNT})? (?:days|nights|hours|months|weeks|times|evenings|mornings|afternoons) (?:an?|per|each|every) (?P<each>day|week|month|year){E}", span.once_a),
    Rule("rate", rf"(?<![\w.,])[$£€]?(?:\d[\d,.]*[km]?|{SMALL}|hundred|thousand|million|percent)(?: (?!(?:and|or|in|for|to|at|within|of|on|takes?|is|was|lasts?|after|before)\b)[a-z]+){{0,2}} an? (?:day|week|month|quarter|year|hour|minute|second|night){E}(?! (?:ago|later|from|before|after|or|and|of)\b)", say.nothing, inside=True),
    Rule("once_a", rf"(?:once|twice|three times|{COUNT} times|one|two|three) (?:an?|per|each|every) (?P<each>day|week|fortnight|month|quarter|year|hour){E}", span.once_a),
    Rule("per", rf"per (?:day|week|month|year|quarter|hour|night|annum){E}", say.nothing),
    Rule("every_weekday", rf"(?:(?:every|each|all(?= \w+s\b)) (?P<other>other |second |alternate )?(?:single )?(?:(?P<number>{ORDINAL}) )?(?:{WEEKDAY}s?|(?P<count>{COUNT}) (?P<units>{UNIT})|{_EVERY_UNIT})(?<!a minute)|alternate {WEEKDAY}s?|any {WEEKDAY}(?: (?:or|and) {LONG_WEEKDAY})?(?! (?:at|in|next|this)\b)|any (?P<unit>weekend|year)){E}", span.every),
    Rule("every_season", rf"(?:every|each) {SEASON}{E}", span.every_season),
    Rule("weekday_parts", rf"(?P<weekday>{LONG_WEEKDAY}) (?P<partword>mornings|afternoons|evenings|nights){E}", span.every_part),
    Rule("parts", rf"(?:in the )?(?:weekday )?(?P<partword>(?<!good )mornings|afternoons|evenings){E}", span.every_part),
    Rule("working_days", rf"(?:mon ?(?:-|to) ?fri|mondays (?:to|through|-) fridays|monday(?: (?:to|through|thru) | ?- ?)friday(?=,? (?:from |between |at )?\d{{1,2}}(?![\d/]|(?:st|nd|rd|th)\b| [a-z]{{3}}))|weekdays(?=,? (?:from |between |at )?\d)){E}", span.working_days),
    Rule("weekdays", rf"(?P<weekday>{LONG_WEEKDAY})s{E}", span.every),
    Rule("weekly", rf"(?P<unit>{_ADVERB}|annually|everyday){E}(?= ?(?:[.,;:?!)]|$|at\b|on\b|from\b|until\b|and\b|or\b|in\b|by\b))", span.every),
    Rule("at_weekends", rf"(?:(?<=\bon )|(?<=\bat )|(?<=\bduring ))(?P<unit>weekends|weekdays){E}|(?P<unit>weekends|weekdays)(?= (?:as well|too|only|included|excluded|alike)\b)", span.every),
    Rule("weekly_thing", rf"(?P<unit>{_ADVERB}|annual|everyday|semi-?annual(?:ly)?|bi-?annual(?:ly)?|weekends|weekdays){E}", span.every, weak=True, casual=True),
)  # fmt: skip

PERIODS = (
    # months
    Rule("nth_week", rf"(?:the )?{NTH} (?:full )?week (?:of|in) {_OF_PERIOD}{E}", span.nth_week),
    Rule("month_year", rf"(?:the )?(?:{PORTION}[ -]?(?:in )?)?{MONTH}(?:,?(?: of| in)? ?|[-/]){YEAR}\b{E}", span.month),
    Rule("portion_month", rf"(?:the )?{PORTION}[ -]?(?:in )?{MONTH}{E}(?! \d)", span.month),
    Rule("iso_month", r"(?P<year>(?:19|20)\d\d)[-/](?P<month>1[0-2]|0?[1-9])(?![\w/-]|[.,]\d)|(?P<month>1[0-2]|0?[1-9])[-/](?P<year>(?:19|20)\d\d)(?![\w/-]|[.,]\d)", span.numbered_month, weak=True, casual=True),
    Rule("month", rf"(?:(?P<which>this|next|last|past|the month of|(?:this |the )?(?:coming|following|upcoming)) )?{LONG_MONTH}{E}", span.month, person="named"),
    Rule("which_month", rf"(?P<which>this|next|last|past|the month of|(?:this |the )?(?:coming|following|upcoming)) (?P<month>march|may(?= ?(?:[.,;:?!)]|$|and\b|to\b|at\b))|mar|jun|jul|sep)\b{E}(?! \d)", span.month),
    Rule("in_month", rf"(?:{_MONTH_CUE})(?P<month>march|may|mar|jun|jul|sep)\b{E}(?! \d)", span.month),
    Rule("weak_month", rf"(?P<month>march|may(?! (?:or may|not|be|have|well|also|need|want)\b)|mar|jun|jul|sep)\b{E}", span.month, weak=True, proper=True, person="named"),
    # weeks
    Rule("week_commencing", rf"(?:the )?(?:week (?:commencing|beginning|starting|of)|w/c|wc|week ?(?P<weekend>end) of)(?: on)?(?: the)?(?: {WEEKDAY},?)? (?:the )?(?:{DAY}(?: of)? {MONTH}|(?P<bare>{ORDINAL})|(?P<month>[a-z]{{3,9}}) (?P<day>\d{{1,2}})(?:st|nd|rd|th)?|(?P<day>\d{{1,2}})[/.](?P<number>1[0-2]|0?[1-9])(?![\d/])){E}", span.week_of),
    Rule("week_beside", rf"(?:the )?(?:week|week ?(?P<weekend>end)) (?P<way>after|before|following|of) (?P<name>{FESTIVAL}){E}", span.week_beside),
    Rule("short_week", rf"(?:(?<=\bin )|(?<=\bby )|(?<=\bfrom )|(?<=\buntil )|(?<=\bfor )|(?<=\bof ))(?P<which>w)(?P<number>[0-5]\d)(?!\w)(?:[/ -]{YEAR}\b)?|(?P<which>w)(?P<number>[0-5]\d)[/ -]{YEAR}{E}", span.short_week),
    Rule("week_number", rf"(?:calendar )?(?:week|wk|cw|kw) ?(?P<number>[1-5]?\d)(?: (?:of|in) (?:{YEAR}|(?P<which>this|next|last) year)|/{YEAR})?{E}", span.week_number),
    Rule("weeks_after_next", rf"(?:the )?(?P<unit>week|month|year) (?P<way>after next|before last){E}", span.after_next),
    # quarters, halves, years
    Rule("question", r"(?:^|(?<=\n))q[1-4](?=[.:)] )", say.nothing),
    Rule("quarter", rf"(?:(?:the )?{PORTION}[ -]?(?:in |of )?)?(?:fy ?'?(?:{YEAR}|(?P<short>\d\d))[ /-]?q(?P<q>[1-4])|{YEAR}[ -]?q(?P<q>[1-4])|q(?P<q>[1-4])(?:[ /-]?(?:of )?(?:fy ?'?(?:{YEAR}|(?P<short>\d\d))|{YEAR}|'?(?P<short>2\d)(?=\s?(?:[,.;:?!)]|$)))\b)?|(?:the )?{NTH} quarter(?:(?: of| in)? {YEAR}\b| (?:of|in) (?P<which>this|next|last|the) year)?){E}", span.quarter),
    Rule("half_year", rf"(?:(?P<h>[12])h ?'?{YEAR}|(?P<h>[12])h ?'?(?P<short>[23]\d)(?!\d)|h(?P<h>[12]) ?fy ?'?(?:{YEAR}|(?P<short>\d\d))|(?:(?<=\bin )|(?<=\bfor )|(?<=\bby )|(?<=\bof )|(?<=\bduring )|(?<=\buntil ))h(?P<h>[12])(?! ?(?:header|heading|tag|bn))|{YEAR}[ -]?h(?P<h>[12])|h(?P<h>[12])[ /-]?(?:of )?{YEAR}\b|(?:the )?(?P<half>first|second|1st|2nd|latter) half of (?:{YEAR}\b|(?P<which>this|next|last|the) year)){E}", span.half_year),
    Rule("portion_year", rf"(?:the )?(?:{PORTION}[ -]?(?:of )?|(?P<portion>early|late|mid|middle) in )(?:the year )?{YEAR}\b{E}", span.year),
    Rule("double_year", r"(?:(?:the )?(?:(?:financial|fiscal|school|academic|tax|calendar) year |season |fy ?)(?P<year>(?:19|20)\d\d)[/-](?:20)?|(?P<year>(?:19|20)\d\d)[/-])(?P<second>\d\d)(?![\w/-]|[.,]\d)(?: (?:financial|fiscal|school|academic|tax) year| season)?|fy ?(?P<short>\d\d)/(?P<second>\d\d)(?![\w/-])", span.double_year),
    Rule("named_year", rf"(?:the )?(?:{_YEARLY} year|fy|cy|sy|year) ?(?:{YEAR}|(?P<short>(?<=[fcs]y)\d\d)){E}", span.year),
    Rule("decade", rf"(?:the )?(?:(?:early|mid|late)[ -])?(?P<decade>(?:1[5-9]|20)\d0)(?:'?s| s){E}|(?:the |(?<=in ))'?(?P<decade>[2-9]0)(?:'?s| s){E}(?<=s)|(?:the |(?<=in ))(?:early[ -]|mid[ -]|late[ -])?(?P<decadeword>noughties|twenties|thirties|forties|fifties|sixties|seventies|eighties|nineties){E}", span.decade),
    Rule("century", rf"(?:the )?(?P<nth>{ORDINAL})[ -]{{1,2}}century{E}", span.century),
    Rule("which_season", rf"(?:(?:all (?:the )?|a (?:southern |northern |hard |mild |long |cold |hot |wet )?){SEASON}(?= ?(?:[,.;:?!)]|$|on\b|in\b|at\b|with\b|long\b))|(?:{WHICH}|the coming) (?:{SEASON}|(?P<season>fall))|{_SEASON_CUE}(?:the )?{SEASON}|(?:(?<=\bin )|(?<=\bsince )|(?<=\bby ))the (?P<season>fall)(?! of)|(?<=\bby )(?P<season>fall)(?: (?:of )?{YEAR}\b)?|{SEASON} (?:of )?{YEAR}\b){E}(?! (?:street|road|lane|term|house|clean|break|holiday|sale|party|school|collection|rush|season|term|menu|cleaning))", span.season),
    Rule("season", rf"(?:(?:the )?(?:{PORTION}[ -])?|{WHICH} ){SEASON}(?: (?:of )?{YEAR}\b| (?:of )?(?P<yearaway>this|next|last) year)?{E}(?! (?:street|road|lane|house|hill))", span.season, weak=True, casual=True),
    # portions and relative periods
    Rule("portion_period", rf"(?:the |very ){{0,2}}{PORTION}[ -]?(?:on |in )?(?:of )?(?:the |of the )?(?P<which>this|next|last|the following|following|the|current|previous|past|coming|the new|the current)? ?{PERIOD}{E}(?!ly)", span.portion_period),
    Rule("rest_of", rf"(?:the )?(?:rest|remainder|remaining(?: days?)?|balance) of (?:the|this|my|our) (?:(?:working )?(?P<unit>day|morning|afternoon|evening)|{PERIOD}){E}", span.rest_of),
    Rule("year_end", rf"(?:the )?(?:financial |fiscal )?(?:(?P<unit>year|month|quarter)[ -]?|(?P<unit>week)[ -]|(?P<unit>year|month|quarter|week)'s )end{E}", span.period_end),
    Rule("eow", rf"(?P<code>eow|eom|eoy|eoq){E}", span.period_code),
    Rule("to_date", rf"(?:(?P<unit>year|month|quarter|week)[ -]to[ -]date|(?P<code>ytd|mtd|qtd)){E}", span.to_date),
    Rule("which_period", rf"(?:{WHICH}|the (?=week ?end)|the (?=(?:financial|fiscal|calendar|school|academic) )) ?(?:whole |entire |full )?{PERIOD}(?: (?P<now>so far))?{E}(?!ly)(?! ?end\b)(?! \d)", span.which_period),
    Rule("that_week", rf"(?:the same|same|that) (?P<unit>week){E}(?! ?end)", span.that_period),
    Rule("that_period", rf"(?:the same|same|that) (?P<unit>month|quarter|year|week ?end){E}(?!-)", span.that_period, casual=True),
    Rule("the_period", rf"(?:(?:(?<=\bfor )|(?<=\bin )|(?<=\buntil )|(?<=\bduring )|(?<=\bover ))the (?P<unit>week|month|quarter|year)|the (?P<unit>fortnight)|the (?P<unit>year)(?= before))(?! ?(?:(?:of|to|and)\b|\d|-)){E}", span.named_period),
    Rule("of_the_period", rf"(?<=\bof )the (?P<unit>week|month|quarter|year){E}", span.the_period, casual=True),
    Rule("this_season", rf"(?:(?<=\bat )this hour|(?:(?<=\bin )|(?<=\bend of )|(?<=\bafter )|(?<=\bbefore )|(?<=\buntil )|(?<=\bduring )|(?<=\bfor ))(?:the |this |next |last )?(?:[a-z]{{3,10}} )?season(?!')){E}", say.indefinite),
    Rule("weekend", rf"(?P<unit>weekend){E}", span.the_period, weak=True, casual=True),
    Rule("which_hour", rf"(?:the )?(?P<which>next|last|past|previous|coming) (?P<unit>hour|minute){E}", span.which_hour),
    Rule("last_n", rf"{_NO_VERB}(?:the )?(?P<which>last|past|next|previous|coming|upcoming|following) {_LENGTH}{E}(?! ago\b)", span.stretch),
    Rule("n_last", rf"(?:the )?(?P<count>{COUNT}) (?P<which>last|past|next|previous|coming|upcoming|following) (?P<unit>{UNIT})(?<=s){E}", span.stretch),
    # distances
    Rule("within", rf"(?:within|inside|(?<=\bor )over) (?:the )?(?:next |coming )?(?:another )?{_LENGTH}(?: \(\d+\))?(?:['’] time)?(?: or so)?(?: (?:from|of) (?:now|today|today's date|receipt|the date of this (?:letter|mail|email)))?{E}{_NO_EVENT}|within the (?P<length>hour|day|week|month){E}", span.within),
    Rule("ahead", rf"(?:in (?:the )?(?:another |about |around |roughly |approximately )?{_LENGTH}(?:\s\(\d+\))?(?:['’] time)?(?: or so)?(?: (?:from|of) (?:now|today|today's date|receipt))?{E}{_NO_EVENT}|{_LENGTH}(?:['’] time| from (?:now|today)| later| hence)){E}", span.ahead),
    Rule("ago", rf"{_LENGTH} (?:ago|back|overdue|late|earlier(?= ?(?:[,.;:!?)\n]|$))|(?P<anchored>before(?:hand| that| then)?|prior|ahead(?: of (?:that|it|then))?|in advance)(?= ?(?:[,.;:!?)\n]|$|and\b|so\b|at\b|by\b))){E}", span.ago),
    # years, the vaguest last
    Rule("in_year", r"(?:(?<=\bin )|(?<=\bsince )|(?<=\bof )|(?<=\bfrom )|(?<=\bduring )|(?<=\buntil )|(?<=\bfor )|(?<=\bto )|(?<=\bbefore )|(?<=\bafter )|(?<=\bthrough )|(?<=\bover )|(?<=\bby )|(?<=\bbuilt )|(?<=\b(?:19|20)\d\d and )|(?<=\b(?:19|20)\d\d or ))(?P<year>(?:1[89]|20)\d\d)(?![\w%/]|:\S|[.,]\d|-[^(12]| \w*(?:units?|pieces|pcs|items))", span.year),
    Rule("told_year", r"(?:(?<=\bwas )|(?<=\bbe )|(?<=\bnot )|(?<=\bcirca )|(?<=\bdated )|(?<=\bsay, )|(?<=\bthink, )|(?<=\bthe ))(?P<year>1[5-9]\d\d)(?![\w%/]|:\S|[.,]\d|-\d)(?! (?:units?|pieces|pcs|items|of|euros?|dollars|pounds)\b)", span.year),
    Rule("short_year", r"(?:(?<=\bin )|(?<=\bsince )|(?<=\bof )|(?<=\bfrom ))(?P<year>'\d\d)(?![\w'])", span.year),
    Rule("year_of", rf"(?:(?<=\bthe )|(?<=\byour )|(?<=\bour )|(?<=\bmy ))(?P<year>20[012]\d)(?= [a-z]+){_NO_UNITS}|{_NO_PART}(?<=[a-z] )(?P<year>20[12]\d)(?= [a-z]{{3}}| ?[,.;?!)](?!\d)|$){_NO_UNITS}", span.named_year),
    Rule("weak_year", rf"(?<![$£€#])(?<!\bat )(?<!\d-)(?<!\d - )(?P<year>{_BARE_YEAR})(?! ?(?:hrs?|hours|h)\b)(?![\w%/:]|[.,]\d|-(?!(?:19|20)\d\d\b(?!-))| - \d\d?\b){_NO_UNITS}|(?<=[12]\d{{3}}[-~])(?P<year>{_BARE_YEAR})(?![\w%/:-]|[.,]\d)|(?P<yearwords>{YEAR_WORDS})(?= ?(?:[.,;?!)]|$| and\b))", span.year, weak=True, casual=True, inside=True),
)  # fmt: skip

LENGTHS = (
    Rule("for_years", rf"(?:(?<=\bin )|(?<=\bfor )|(?<=\bwithin )|(?<=\blast ))(?:years|months|weeks|days|hours|ages|decades|minutes){E}", say.indefinite),
    Rule("all_length", rf"(?:all|(?:the|that|a) (?:whole|entire|full)) (?P<whole>week|month|year|weekend|night|morning|afternoon|evening|quarter|day|summer|winter|season)(?: long)?{E}", span.whole_length),
    Rule("the_hour", rf"(?<=for )the hour{E}", span.the_hour, casual=True),
    Rule("age", rf"(?:{COUNT}[ -](?:years?|months?|weeks?)[ -]olds?|{COUNT}-(?:year|month)(?!s)(?= [a-z]+)(?! (?:ago|later|from|before|period|term|extension|contract|commitment|warranty|plan)))\b", say.nothing),
    Rule("elided", rf"(?<=[fstrnd] )(?:(?<=\binstead of )|(?<=\bagainst )|(?<=\bagainst our )|(?<=\bagainst your )|(?<=\brather than )|(?<=\bnot )|(?<=\bfor )|(?<=\bbeen )|(?<=\bagreed ))(?P<count>\d{{1,3}}|{SMALL})(?= ?(?:[,.;:?!)](?!\d)|$|from\b))", span.elided, weak=True, inside=True),
    Rule("half_second", r"half a second\b", say.nothing),
    Rule("length", rf"(?<![\w@/.:])(?<!\d,){_LENGTH}{E}", span.length, inside=True),
)  # fmt: skip
