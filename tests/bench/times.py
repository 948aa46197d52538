"""Times found per second, beside the libraries a user would pick instead, on the lines of the sample mails.

Every way gets the same lines, in a process of its own on one core, and reads them once before the clock starts, so that
tables are loaded. No way keeps answers by text. The peers need old companions,
so they live in an environment of their own (build/times, see the Makefile); this module imports nothing of ours at
its head, so that it runs there too.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

PEERS = Path("build/times")  # an environment of its own, made by the Makefile
ROUNDS = 3
STEP = {"engine": 1, "dateparser": 3, "recognizers": 5, "ja-timex": 1}  # the slow read every third or fifth line
REFERENCE = datetime(2026, 3, 10, 9, tzinfo=timezone(timedelta(hours=9)))
NAMES = {"ja": "Japanese", "en": "English"}
PEER_OF = {"ja": "ja-timex", "en": "recognizers"}
Find = Callable[[str], object]


def lines(language: str) -> list[str]:
    """The lines of text of the sample mails, each once."""
    found: dict[str, None] = {}
    for path in sorted(Path("data/samples", language).glob("*.eml")):
        part = message_from_bytes(path.read_bytes(), policy=policy.default).get_body(("plain",))
        text = part.get_content() if part else ""
        found.update(dict.fromkeys(line for line in text.splitlines() if line.strip()))
    return list(found)


def engine(language: str) -> Find:
    """This product's engine."""
    from pipeline.extract.times import find

    return lambda text: find(text, REFERENCE, language)


def dateparser(language: str) -> Find:
    """dateparser's search, told the language."""
    import dateparser.search as search

    settings: Any = {"RELATIVE_BASE": REFERENCE.replace(tzinfo=None)}
    return lambda text: search.search_dates(text, languages=[language], settings=settings)


def recognizers(language: str) -> Find:
    """Microsoft Recognizers, date and time, with the models kept."""
    from recognizers_date_time import Culture, DateTimeRecognizer  # type: ignore[import-not-found]

    model = DateTimeRecognizer(Culture.English).get_datetime_model()
    return lambda text: model.parse(text, REFERENCE.replace(tzinfo=None))


def ja_timex(language: str) -> Find:
    """ja-timex with a reference time."""
    import pendulum  # type: ignore[import-not-found]
    from ja_timex import TimexParser  # type: ignore[import-not-found]

    parser = TimexParser(reference=pendulum.instance(REFERENCE))
    return parser.parse  # type: ignore[no-any-return]


WAYS = {"engine": engine, "dateparser": dateparser, "recognizers": recognizers, "ja-timex": ja_timex}


def measure(way: str, language: str) -> float:
    """Lines per second of one way, in this process; start-up is not the subject."""
    measured = lines(language)[:: STEP[way]]
    find = WAYS[way](language)
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    for line in measured:
        find(line)
    begin = time.process_time()
    for line in measured:
        find(line)
    return len(measured) / (time.process_time() - begin)


def rate(way: str, language: str) -> float:
    """``measure`` in a process of its own."""
    python = sys.executable if way in ("engine", "dateparser") else str(PEERS / "bin/python")
    command = [python, "-m", "tests.bench.times", way, language]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return float(json.loads(done.stdout.splitlines()[-1]))


def table() -> str:
    """One row a language: ours, dateparser's search, and the language's own peer."""
    rows = [
        "| lines of mail | mail-insight, lines/s | `dateparser.search`, lines/s | ratio | a peer, lines/s | ratio |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for language, peer in PEER_OF.items():
        ways = ["engine", "dateparser"] + ([peer] if (PEERS / ".ready").exists() else [])
        runs = [[rate(way, language) for way in ways] for _ in range(ROUNDS)]
        ours, search, *own = (statistics.median(run[i] for run in runs) for i in range(len(ways)))
        last = f"{peer} {own[0]:.0f} | {ours / own[0]:.0f}" if own else f"{peer} not installed | "
        rows.append(f"| {NAMES[language]} | {ours:.0f} | {search:.0f} | {ours / search:.0f} | {last} |")
    return "\n".join(rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("way", choices=WAYS)
    parser.add_argument("language", choices=NAMES)
    arguments = parser.parse_args()
    print(json.dumps(measure(arguments.way, arguments.language)))
