"""How English mail says who takes part in a meeting: patterns with groups name, more, title, list.

Where a group ``with`` takes part, a name without a title must be a usual one: the words tell of things as well.
"""

from __future__ import annotations

NAME = r"[A-Z][\w'’-]*\w(?:\s+(?:[A-Z][\w'’-]*\w|de|van|von|der|la|al|bin)){0,3}"
_TITLE = r"(?:(?:Mr|Mrs|Ms|Dr|Prof|Sir|Engr|Ing|Nurse|Deacon|Councillor|Professor)\.?\s+)?"
_PERSON = rf"(?P<title>{_TITLE})(?P<name>{NAME})"
_ROLE = r"(?:\s*\([^)\n]{1,40}\)|,?\s+(?:from|of|at|our|the)\s[^,.;:!?\n]{1,40},?|,\s[^,.;:!?\n]{1,60},)?"
_AND = rf"(?:,?\s(?:and|as well as)\s(?:{_TITLE}(?P<more>{NAME}){_ROLE}|[^,.;\n]{{1,30}}?))?"
_MY = r"(?:my|our)\s(?:[a-z]+\s){1,3}"
_WILL = (
    r"(?:(?:will|shall|would|can|could|may|is|are)(?:\s(?:also|probably|then|both|all))?"
    r"|(?:is|are)\sgoing\sto|wants?\sto|would\slike\sto|ought\sto|['’]ll|['’]s)"
)
_JOIN = (
    r"(?:join|joining|attend|attending|come|coming|dial(?:ling)?\sin|sit(?:ting)?\sin|chair|run\s(?:it|the)"
    r"|lead\s(?:it|the)|take\spart|participate|accompany|walk\syou|show\syou|meet\s(?:you|him|her|them|me|us)"
    r"|be\s(?:there|present|in\sthe\sroom|on\s(?:it|the\s(?:call|line)))|pop\sby)"
)
_DOES = r"(?:joins|attends|chairs|comes\s(?:too|along|with)|dials\sin|sits\sin|takes\spart)"
_NOT_OF = r"(?<!in\s)(?<!at\s)(?<!of\s)(?<!from\s)(?<!the\s)(?<!to\s)"

PLAIN = (
    rf"\b{_NOT_OF}{_PERSON}{_ROLE}{_AND}\s*(?:{_WILL}\s(?:also\s|both\s)?{_JOIN}|{_DOES})\b",
    rf"\b[Hh]av(?:e|ing)\s{_PERSON}{_ROLE}(?:\sand\s{_MY}(?P<more>{NAME}))?"
    r"\s(?:in the room|on the (?:call|line)|with (?:me|us))\b",
    rf"\b(?:asked|invited|ask|invite)\s{_PERSON}{_ROLE}\sto\s{_JOIN}\b",
    rf"\b[Ss]o\s(?:will|would|does|is)\s(?:my\s|our\s)?(?:[a-z]+\s){{0,3}}{_PERSON}",
)
_COMES = (
    r"(?:(?:will|can|could|would|may|shall)(?:\s(?:also|then|both))?"
    r"\s(?!you\b|we\b|I\b|not\b|send|need|have to|want you)[a-z]"
    r"|['’]ll\s[a-z]|(?:wants|would\slike|hopes|is\sgoing|is\spleased|is\sable|is\shappy|has\sagreed)\sto\s|joins\b|holds?\s)"
)
OWN = (
    rf"(?:^|(?<=[.!?;:]\s)|(?<=\b[Oo]ur\s)|(?<=director\s)|(?<=manager\s)|(?<=analyst\s)|(?<=engineer\s))"
    rf"(?P<with>){_PERSON}(?:\s(?:from|of|at|our)\s[^,.;:!?\n]{{1,40}}?|,\s[^,.;:!?\n]{{1,60}},)?\s*{_COMES}",
    rf"\b(?P<with>[Rr]ing|[Pp]hone|[Cc]all|[Tt]elephone)\s{_PERSON}(?=[\s,.;:!?]|$)",
    rf"\b[Yy]ou\sand\s{_PERSON}(?=\s(?:come|be|join|could|are|in|on|at|for|to)\b)",
    r"\b(?:(?P<with>[Ww]ith)|[Bb]ring(?:ing)?|[Ii]nclud(?:e|ing)|[Hh]ave|[Jj]oined by|[Aa]ccompanied by)\s+"
    rf"(?:me\s+and\s+|both\s+)?(?:(?:our|my)\s(?:[\w-]+\s){{1,4}}?)?{_PERSON}(?=[\s,.;:!?(]|$)"
    r"(?:\s+(?:from|of|in)\s|\s*[,.(]|\s+(?:will|to|who)\b|\s+and\s|$)"
    rf"(?:[^,.;)\n]{{0,30}}\)?\s?(?:and|,)\s{_MY}(?P<more>{NAME}))?",
    rf"\b(?:me|I|you|yourself)(?:,|\sand)\s(?:our\s(?:[\w-]+\s){{1,4}}?)?{_PERSON}"
    r"(?=\s(?:from|of|must|will|would|can|should)\b|[,.])",
)
LIST = (
    r"^\W{0,3}(?:[Aa]ttendees|[Pp]articipants|[Pp]resent|[Ii]nvitees|[Ii]nterviewers|[Ss]peakers?)\s*:"
    r"\s*(?P<list>[^\n]{2,200})"
)
