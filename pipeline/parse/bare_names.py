"""A mail that ends with a bare name, initials, or a name and a word about it, and nothing under them."""

from __future__ import annotations

import re

from pipeline.parse import closings, identity, senders
from pipeline.parse.lines import Line

ENDED = re.compile(r"[.!?…。！？）)♪☆笑\u2600-\u27bf\ufe0f\U0001f300-\U0001faff]\s*$")
ANNOUNCES = re.compile(
    r"[:：]\s*$|(?:下記|以下|次)の?(?:とおり|通り|まで|へ|に|を|は|が|番号|口座|住所|連絡先).{0,20}[。、]?\s*$"
)
_DASHED = re.compile(r"\s*[-–—~]{1,2}\s?[A-ZÀ-Þ][\w'’.-]{0,14}(?: [A-ZÀ-Þ][\w'’.-]{0,14})?\s*$")
_SET_OFF = re.compile(r"[|/·•~(（–—,@　]|[\u3041-\u9fff] ")
_NAMED_JA = -0.8


def find(lines: list[Line], written: list[int], names: frozenset[str]) -> int | None:
    """Where a bare name begins: its own line, which is the last, or the rule right above it; None if there is none."""
    if len(written) < 2 or not _is_signed(lines, written, names):
        return None
    above = written[-2]
    return above if above == written[-1] - 1 and identity.is_rule(lines[above].text) else written[-1]


def above_delimiter(lines: list[Line], delimiter: int, first: int, names: frozenset[str]) -> int:
    """The sender's bare name above a delimiter belongs to the block, else the block begins with the delimiter."""
    above = next((i for i in range(delimiter - 1, first, -1) if lines[i].bare), first)
    if above <= first or not identity.is_short_name(lines[above].text.rstrip(" .")):
        return delimiter
    closed = closings.closes(lines[above - 1].text)
    own = not lines[above - 1].bare and senders.names(lines[above].text, names)
    return above if closed or own else delimiter


def _is_signed(lines: list[Line], written: list[int], names: frozenset[str]) -> bool:
    """Whether the last line is a name with nothing under it, after a blank line or a closing phrase."""
    text, above, before = lines[written[-1]].text, lines[written[-1] - 1].text, lines[written[-2]].text
    own = senders.names(text, names)
    if own or closings.closes(above):
        text = text.rstrip(" .")
    short = identity.is_short_name(text) or identity.bare_name(text).lower() in names
    if not short or (text.rstrip().endswith(",") and not own):
        return _is_own_line(text, above, before, names)
    if above.strip():
        signed = own and not identity.weight(above) > 0 and not senders.heads(above, names)
        return closings.closes(above) or signed or _is_dashed(text, above)
    closed = closings.closes(before)
    if names and not own and not closed and len(identity.bare_name(text).split()) > 1:
        return False  # two capitalised words that are not the sender: a heading or a file
    return closed or not identity.weight(before) > 1.0 or (own and _is_announced(lines, written[-2]))


def _is_announced(lines: list[Line], at: int) -> bool:
    """Whether words above the paragraph of line ``at`` announce it: then it is their content."""
    while at > 0 and lines[at].bare:
        at -= 1
    above = next((line.bare for line in reversed(lines[max(0, at - 3) : at]) if line.bare), "")
    return bool(ANNOUNCES.search(above))


def _is_own_line(text: str, above: str, before: str, names: frozenset[str]) -> bool:
    """Whether a line on its own is a name, the sender's if known, with a word about them ("Ann Bell, Bell Glass")."""
    apart = not above.strip()
    if not names and apart and identity.is_named_line(text) and not identity.weight(before) > 0.5:
        return True
    if identity.weight(before) > 1.0 or not (apart or (ENDED.search(above) and _SET_OFF.search(text))):
        return False
    if identity.is_japanese(text) and senders.names(text, names):
        return identity.weight(text) >= _NAMED_JA
    return senders.begins(text, names)


def _is_dashed(text: str, above: str) -> bool:
    """Whether a name stands after a dash, as a signature and not as an item of a list."""
    return bool(_DASHED.match(text)) and not re.match(r"\s*[-–—~*•]", above) and not above.rstrip().endswith(":")
