"""How often the time engine finds a time in sentences that have none: 300 of each language, from public data.

The sentences are those in which the annotators of a public set marked no date, time or age, and that hold no plain word
for a length or part of time ("last week", 昨年), which such sets leave unmarked; half of them hold a figure. They are
drawn by a hash of their text into build/false_alarms/, to be looked at there, and are never committed.

Usage: python -m tests.bench.false_alarms --shared FOLDER (the sets lie in FOLDER/data/public)
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.extract import times

OUT = Path("build/false_alarms")
PER_LANGUAGE = 300
REFERENCE = datetime.fromisoformat("2026-03-10T09:00:00+00:00")
_TIMES = {"DATE", "TIME", "DATE_TIME", "AGE", "DURATION"}
_PLAIN = {
    "en": r"\b(?:night|morning|afternoon|evening|today|tomorrow|yesterday|weekend|\w*days?|weeks?|months?|years?"
    r"|hours?|minutes?|seconds?|ago|breakfast|lunch|dinner|christmas|easter|centur\w+|decades?|'?\d0s)\b",
    "ja": r"[0-9０-９一二三四五六七八九十数半何]+(?:世紀|年|か月|ヶ月|カ月|月|週|日|時|分|秒)"
    r"|(?:[こそ]の|同|前|当|先|昨|翌|毎|今|来|明|後)(?:日|年|月|週|晩|夜|朝|回)(?!本)"
    r"|[年月週日]に|午[前後]|[朝昼夜晩]|夕方|深夜|[春夏秋冬]|年末|年始|世紀|時代|期間|いつ|最近|現在|時間|曜",
}
_FIGURE = re.compile(r"\d|[一二三四五六七八九十百千]")


def sentences(public: Path, language: str) -> Iterator[str]:
    """The sentences of the public set of a language in which its annotators marked no time."""
    if language == "en":
        for row in _rows(public / "presidio_synth_pii_en"):
            if not any(span["label"] in _TIMES for span in row["spans"]):
                yield " ".join(row["text"].split())
    else:
        for row in _rows(public / "ud_japanese_gsd_ner"):
            if not any(tag.partition("-")[2] in _TIMES for tag in row["tags"]):
                yield "".join(row["tokens"])


def _rows(folder: Path) -> Iterator[dict[str, Any]]:
    for file in sorted(folder.glob("*.jsonl*")):
        content = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        yield from map(json.loads, content.decode("utf-8").splitlines())


def drawn(found: Iterable[str], language: str) -> list[str]:
    """The sentences to look at: half with a figure, half without, in the order of a hash, none like another."""
    plain = re.compile(_PLAIN[language], re.IGNORECASE)
    alike = {_frame(text): text for text in sorted(found) if not plain.search(text)}
    ordered = sorted(alike.values(), key=lambda text: hashlib.sha256(text.encode()).hexdigest())
    half = PER_LANGUAGE // 2
    with_figure = [text for text in ordered if _FIGURE.search(text)]
    without = [text for text in ordered if not _FIGURE.search(text)]
    return (with_figure[:half] + without[:half] + with_figure[half:])[:PER_LANGUAGE]


def _frame(text: str) -> str:
    """A sentence without its names and figures: what sentences made from one pattern have in common."""
    return " ".join(word for word in text.split() if word.islower()) or text


def main() -> None:
    """Draw the sentences, and print the share in which a time is found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True, help="the project's shared data")
    public = parser.parse_args().shared / "data/public"
    if not public.is_dir():
        parser.exit(2, f"{public} is missing: the sentences come from public sets, see --shared.\n")
    OUT.mkdir(parents=True, exist_ok=True)
    for language in ("en", "ja"):
        chosen = drawn(sentences(public, language), language)
        lines = [(text, [text[s.start : s.end] for s in times.find(text, REFERENCE, language)]) for text in chosen]
        alarms = [(text, spans) for text, spans in lines if spans]
        rows = [f"{' | '.join(spans)}\t{text}\n" for text, spans in (*alarms, *(row for row in lines if not row[1]))]
        (OUT / f"{language}.tsv").write_text("".join(rows), encoding="utf-8")
        print(f"{language}: {len(alarms)} of {len(chosen)} sentences, {len(alarms) / len(chosen):.1%}")


if __name__ == "__main__":
    main()
