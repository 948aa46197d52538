"""English time words: the tables behind pipeline.extract.times.find for text in English.

Patterns run on folded text (lower case, plain dashes and quotes). Rules are tried in order; the first that matches wins.
"""

from __future__ import annotations

from pipeline.extract.times.grammar import Cue, Grammar
from pipeline.extract.times.rules_clocks_en import CLOCKS, WEAK_CLOCKS
from pipeline.extract.times.rules_days_en import DAYS
from pipeline.extract.times.rules_periods_en import LENGTHS, PERIODS, REPETITIONS
from pipeline.extract.times.words_en import GATE, LONG_WEEKDAY

RULES = REPETITIONS + DAYS + PERIODS + CLOCKS + LENGTHS + WEAK_CLOCKS

# What may stand before a time word: no letter or digit, unless a dash joins it to one ("Jan-Feb", "3-5 May").
_STARTS = r"(?:(?<![\w@/.$-])|(?<=[a-z)]-)(?=[a-z])|(?<=\d-)(?=[a-z]|\d{1,2}/)|(?<=[a-z\d]/)(?=q[1-4]\b|(?:mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))|(?<=\d[snrt][tdh]-)(?=\d)|(?<=\d/)(?=\d{1,2} (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)))"
_FREE = (
    r"(?:['’]?s\b)?\s*(?:$|[,;:!?)\n-]|\.(?!\d)|(?:on|or|and|to|till|until|if|so|please|sharp|as|at|but|because|with|when|for|in|is|it"
    r"|would|will|works?|suits?|this|next|tomorrow|today|tonight|rather|prompt|start|instead|then|latest|onwards?|our|your|my|local|each|the latest|uk|cet|gmt|jst"
    rf"|the|i|i'm|i'll|we|we're|you|he|she|they|there|sharp|like|already|every|again|exactly|after|before|while|where|who|which|than|too|also|only|here|home|{LONG_WEEKDAY})\b|[^\w\s'/%$£€&+#@*=°~^\\[(<-])"
)

_BETWEEN = r"\bbetween\s+(?:the\s+(?:hours|times)\s+of\s+)?"
_AROUND = r"(?:around|(?<!how )(?<!what )about|approximately|approx\.?|circa|roughly|say|maybe|perhaps|c\.|towards|~)"

GRAMMAR = Grammar(
    rules=RULES,
    starts=_STARTS,
    glue=(
        r"'s\s+(?:(?:[\w-]+\s+){1,3}(?:at|from)\s+)?|"
        r"\s*(?:,|\(|\)|-|:|\|)?\s*(?:(?:at|on|in|in the|of|of the|for|from|any ?time|either|around|about|say|the|by"
        r"|starting|between|@|before|after|until|till|anytime|roughly|approximately|(?:no |not )?later than|earlier than|as early as|as late as)\s+){0,3}\(?\s*"
    ),
    to=r"\s*(?:-|~|to|until|till|til|through|thru|up to|(?:and )?(?:finishing|ending) (?:at|by)|right through to)\s*(?:the\s+|on\s+|at\s+|about\s+|around\s+)?",
    either=r"\s*(?:,|/|&|;|\n)?\s*(?:(?:or|and|and/or|or else|or even|or alternatively|either)\b)?\s*(?:\n\s*)?(?:\(?\w[.)]\s+|[-*•]\s*|[①-⑳]\s*)?(?:on|at|from|the|any time|the afternoon of|the morning of|between|after|by|any|possibly|perhaps)?\s*(?:the\s+)?",
    offset=r"\s*,?\s*(?:(?P<back>before|prior to|ahead of|earlier than)|from|after|following|since|later than|of)\s+(?:the\s+)?",
    between=_BETWEEN,
    free=_FREE,
    closes=r"(?!)",
    gate=GATE,
    ahead=3,
    places=r"(?<![^\W_])[a-z½$£€]|'(?=\d)|\d|(?<=\d)[a-z+-]|(?<=:\d\d )[+-](?=\d{4})|(?<=to)n",
    before=(
        Cue(
            r"\b(?:except(?: for| on)?|apart from|other than|excluding|any (?:day|time|morning|afternoon|evening|night) (?:but|bar|besides)|rather than|(?:can'?t|cannot|can not|won'?t|couldn'?t) (?:do|make|manage)|not on)\s+(?:on\s+)?(?:the\s+)?",
            "except",
            supports=True,
        ),
        Cue(_BETWEEN, supports=True, inside=True, approx=True),
        Cue(
            rf"\b(?:no later than|not later than|no (?:more|greater) than|as late as|by no later than|at the latest by|on or before|latest by|latest|by the latest|due(?: on| by| in)?|deadline(?: is| of|:)?|by)\s+(?:{_AROUND}\s+)?(?:the\s+)?",
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
            r"\b(?:any ?time after|after|(?<!no )(?<!not )(?:later|greater) than|not before|no earlier than|past)\s+(?:the\s+)?",
            "after",
            supports=True,
        ),
        Cue(
            r"\b(?:since|as early as|(?:starting|beginning|commencing)(?: on| from| at| in)?)\s+(?:the\s+)?",
            "since",
            supports=True,
        ),
        Cue(
            r"\b(?:any ?time before|before|ahead of|prior to|in time for|sooner than|earlier than)\s+(?:the\s+|our\s+)?",
            "before",
            supports=True,
        ),
        Cue(r"\b(?:(?:until|till|til)|up to and including|through to)\s+(?:the\s+)?", "until", supports=True),
        Cue(r"\b(?:up to|through)\s+(?:the\s+)?", "until", supports=True, days_only=True),
        Cue(rf"(?:\bat\s+)?{_AROUND}\s+(?:the\s+)?", supports=True, approx=True),
        Cue(r"(?:\b(?:at|either|or|make it|do)\s+|@\s*)(?:the\s+)?", supports=True),
        Cue(r"\b(?:on|for|this|next|in|of|et[ad])\s+(?:the\s+)?", supports=True, days_only=True),
    ),
    after=(
        Cue(
            r"(?:'s)? (?:is|are|was) (?:a |just |really |sadly )?(?:(?:public |bank )?holiday|bad|no good|full|impossible|difficult|closed|tricky|not (?:convenient|possible|good|suitable|ideal))\b| (?:won't|doesn't|does not|isn't|will not|collides|no)\b(?! (?:later|earlier|problem|matter|doubt))| (?:i'm|we're|i am|we are|he's|she's|they're) (?:in|at|away|out|off|abroad|on (?:holiday|leave|site))\b",
            "except",
        ),
        Cue(
            r"(?: (?:or|and) (?:later|greater|beyond)\b(?! than)| (?:or|and) after(?=\s*(?:[.,;:?!)]|$))| onwards?\b|\s*\+)",
            "from",
            inside=True,
            approx=True,
        ),
        Cue(r" (?:or|and) (?:(?:earlier|sooner|less)\b(?! than)|before(?=\s*(?:[.,;:?!)]|$)))", "before", inside=True),
        Cue(r" (?:at the (?:very )?latest|latest\b)", "by"),
        Cue(r" (?:at the (?:very )?earliest|earliest\b)", "from", approx=True),
        Cue(r" (?:or so|or thereabouts|ish)\b", approx=True, inside=True),
    ),
)
