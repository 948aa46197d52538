"""What an out-of-office reply tells: the first day back, and who stands in."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.extract.return_dates import first_day_back
from pipeline.extract.stand_ins import stand_in
from pipeline.records import Message, Noise, OutOfOffice, Segment, Zone

_MAX_CHARS = 5000


def find(message: Message, segments: Sequence[Segment], noise: Noise | None) -> OutOfOffice | None:
    """The return date and stand-in of an out-of-office reply; None for any other mail."""
    if noise is None or noise.kind != "auto_reply":
        return None
    body, signature = _text(message, segments, "body"), _text(message, segments, "signature")
    until = first_day_back(f"{body}\n{signature}", message.date) if message.date else None
    return OutOfOffice(until, stand_in(body, signature, message.from_))


def _text(message: Message, segments: Sequence[Segment], zone: Zone) -> str:
    return "".join(message.text[s.start : s.end] for s in segments if s.zone == zone)[:_MAX_CHARS]
