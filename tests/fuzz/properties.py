"""What holds for every mail, whatever its bytes: the one property of all fuzzing."""

from __future__ import annotations

import dataclasses
import json
import time
from typing import Any

from pipeline.parse import defects, language, message, noise, sentences, zones
from pipeline.records import Message, Noise, Segment, Sentence

FREE_S = 0.5  # what a small mail may take at most: tables are loaded once, and a shared machine stutters

Reading = tuple[Message, tuple[Segment, ...], str, Noise | None, tuple[Sentence, ...]]


def read(raw: bytes) -> Reading:
    """All that the parsing room tells of a mail."""
    parsed = message.parse(raw)
    defects.judge(parsed)
    segments = zones.split(parsed.text, parsed.from_.name if parsed.from_ else None)
    body = "\n".join(parsed.text[s.start : s.end] for s in segments if s.zone == "body")
    spoken = language.detect(body or parsed.subject or parsed.text)
    return parsed, segments, spoken, noise.judge(parsed, body), sentences.split(parsed.text, segments)


def check(raw: bytes, seconds_per_mb: float = 1.0) -> None:
    """Read a mail twice and assert what must hold.

    ``seconds_per_mb`` is the processor time allowed for a megabyte of input, beside ``FREE_S``.
    """
    start = time.process_time()
    reading = read(raw)
    spent_s = time.process_time() - start
    check_reading(reading)
    assert reading == read(raw), "the same bytes gave two readings"
    allowed_s = FREE_S + seconds_per_mb * len(raw) / 1e6
    assert spent_s <= allowed_s, f"{len(raw)} bytes took {spent_s:.2f} s, {allowed_s:.2f} s are allowed"


def check_reading(reading: Reading) -> None:
    """Segments cover the text in order, sentences stand where they say, and all of it can be written down."""
    parsed, segments, spoken, _, found = reading
    text = parsed.text
    assert parsed.message_id.startswith("<")
    assert parsed.date is None or parsed.date.tzinfo is not None
    assert [s.start for s in segments] == [0, *(s.end for s in segments)][: len(segments)]
    assert (segments[-1].end if segments else 0) == len(text)
    assert all(s.start < s.end and s.zone in ("body", "signature", "quote", "footer") for s in segments)
    at = 0
    for sentence in found:
        assert at <= sentence.start < sentence.end <= len(text)
        assert text[sentence.start : sentence.end] == sentence.text == sentence.text.strip()
        at = sentence.end
    assert spoken
    _write(reading)


def _write(reading: Reading) -> None:
    """Encoding fails on lone surrogates, which neither a database nor a JSON reader takes."""

    def plain(value: Any) -> Any:
        return dataclasses.asdict(value) if dataclasses.is_dataclass(value) else str(value)

    json.dumps(reading, default=plain, ensure_ascii=False, allow_nan=False).encode("utf-8")
