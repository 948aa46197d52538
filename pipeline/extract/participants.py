"""Who takes part in a meeting beside sender and recipients, as the text says it."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from importlib.resources import files

from pipeline.records import Message

_NAME_EN = r"[A-Z][\w'’-]+(?:\s+(?:[A-Z][\w'’-]+|de|van|von|der|la|al|bin)){0,3}"
_TITLE_EN = r"(?:(?:Mr|Mrs|Ms|Dr|Prof|Sir|Engr)\.?\s+)?"
_JOINS_EN = (
    r"(?:join|attend|come|dial|sit in|run|chair|be (?:there|present|in the room)|meet|accompany|walk|lead"
    r"|joining|coming|attending)"
)
_EN: tuple[re.Pattern[str], ...] = (
    re.compile(
        rf"\b{_TITLE_EN}({_NAME_EN})(?:\s*\([^)\n]{{1,40}}\))?,?(?:\s+(?:from|of|our)\s[^,.\n]{{1,40}},?)?"
        rf"\s+(?:will|is going to|is|are|would like to)\s+(?:also\s+)?{_JOINS_EN}"
    ),
    re.compile(
        rf"\b(?:[Ww]ith|[Bb]ring(?:ing)?|joined by|accompanied by|and)\s+(?:me\s+and\s+|our\s+[a-z ]{{2,30}},?\s+)?"
        rf"{_TITLE_EN}({_NAME_EN})(?=[\s,.;:!?(]|$)(?:\s+(?:from|of)\s|\s*[,.(]|\s+(?:will|and)\b|$)"
    ),
    re.compile(rf"\b{_TITLE_EN}({_NAME_EN})\s+(?:joins|attends|comes|runs|chairs)\b"),
)
_NAME_JA = r"[一-龥々ヶ]{1,4}(?:[ 　][一-龥ぁ-んァ-ヶ]{1,4})?|[ァ-ヶー]{2,8}(?:・[ァ-ヶー]{2,10})?"
_TITLE_JA = r"(?:様|さん|氏|先生|部長|課長|係長|主任)?"
_JA: tuple[re.Pattern[str], ...] = (
    re.compile(
        rf"(?:の|[、。\s]|^)({_NAME_JA}){_TITLE_JA}(?:（[^）\n]{{1,20}}）)?(?:も|が|を)"
        r"(?:同席|同行|参加|出席|連れて|交え|伺|ご?案内|対応|立ち会)"
    ),
    re.compile(
        rf"(?:の|[、。\s]|^)({_NAME_JA}){_TITLE_JA}と"
        r"(?:私|わたし|わたくし|一緒に|ともに|共に|二人で|[二三四2-4]名で)"
    ),
)


@functools.cache
def no_names() -> frozenset[str]:
    """Capitalised English words that are no person's name."""
    lines = (files(__package__) / "no_names_en.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def find(
    sentences: Iterable[tuple[str, str]], everything: Iterable[tuple[str, str]], message: Message
) -> tuple[str, ...]:
    """Names that are said to take part, without sender and recipients.

    Each argument holds (text, language) pairs: the meeting's own sentences, and all of the mail, in which only
    plain statements count ("X will join us", Xも同席します).
    """
    known = _known(message)
    found: list[str] = []
    for texts, which in ((everything, slice(0, 1)), (sentences, slice(None))):
        for text, language in texts:
            for pattern in (_JA if language == "ja" else _EN)[which]:
                for match in pattern.finditer(text):
                    name = " ".join(match.group(1).split())
                    if name.split()[0] not in no_names() and name not in found and not _same(name, known):
                        found.append(name)
    return tuple(found)


def _known(message: Message) -> str:
    people = (message.from_, *message.to)
    return " ".join((p.name or "") + " " + p.address for p in people if p).lower()


def _same(name: str, known: str) -> bool:
    return all(part.lower() in known for part in name.split())
