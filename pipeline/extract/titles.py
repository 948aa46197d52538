"""A short label for an activity, in the mail's language: the mail's subject, else the evidence's first words."""

from __future__ import annotations

import re

_LONGEST = 60
_PREFIX = re.compile(
    r"^(?:\s*(?:re|fwd?|aw|wg|sv|tr|返信|転送)\s*(?:\[\d+\])?\s*[:：]|\s*[【\[][^】\]\n]{0,20}[】\]])+\s*",
    re.IGNORECASE,
)
_REPLY = re.compile(r"\s*(?:re|aw|sv|返信)\s*(?:\[\d+\])?\s*[:：]", re.IGNORECASE)
_ENDS = re.compile(r"[。.!?？！\n]")
_OPENERS = re.compile(
    r"^(?:(?:and|also|so|then|but|please|kindly|could you|can you|would you|i'll|we'll|i will|we will)\b[\s,]*"
    r"|(?:なお|また|つきましては|では|それでは|恐れ入りますが|お手数ですが|お忙しいところ[^、]{0,20})、?)+",
    re.IGNORECASE,
)


def is_reply(subject: str) -> bool:
    """Whether a subject is marked as an answer (Re:, 返信:)."""
    return _REPLY.match(subject) is not None


def of_meeting(subject: str, sentence: str) -> str:
    """The subject without reply marks; where there is none, the start of the sentence."""
    plain = _PREFIX.sub("", " ".join(subject.split())).strip()
    return _cut(plain) if plain else of_task(sentence)


def of_task(sentence: str) -> str:
    """The sentence that holds the deed, cut at a natural end."""
    plain = _OPENERS.sub("", " ".join(sentence.split()))
    plain = _ENDS.split(plain, maxsplit=1)[0].strip() or " ".join(sentence.split())
    return _cut(plain[:1].upper() + plain[1:])


def _cut(text: str) -> str:
    if len(text) <= _LONGEST:
        return text
    head = text[:_LONGEST]
    for stop in ("、", ", ", " "):
        if stop in head[_LONGEST // 3 :]:
            return head[: head.rindex(stop)].rstrip(" ,、") + "…"
    return head.rstrip() + "…"
