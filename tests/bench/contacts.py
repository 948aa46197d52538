"""Contacts found per second by the rules alone, beside what one would write first: addresses and numbers of the text.

The mails are read and cut into zones and sentences before the clock starts. Half of them are read to load tables, the
other half once while the clock runs, each way in a process of its own on one core.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline.journey import journey
from pipeline.records import Dossier, RawMail
from pipeline.stage import Journey

ROUNDS = 3
NAMES = {"ja": "sample mails, Japanese", "en": "sample mails, English"}
_BEFORE = ("parse", "thread", "direction", "zones", "quoted", "noise", "sentences")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


def dossiers(language: str) -> list[Dossier]:
    """The sample mails as the contact finder gets them."""
    mails = [RawMail(p.name, p.read_bytes()) for p in sorted(Path("data/samples", language).glob("*.eml"))]
    stages = tuple(stage for stage in journey().stages if stage.name in _BEFORE)
    return Journey(stages).score(mails)


def ours(language: str) -> Callable[[Dossier], object]:
    """The contacts of a mail, from all rules."""
    from pipeline.extract.contacts import find

    return lambda d: find(d.message, d.segments, d.sentences, d.noise) if d.message else ()


def plain(language: str) -> Callable[[Dossier], object]:
    """Addresses by a pattern, numbers by phonenumbers; no names, firms, posts, and no idea whose they are."""
    import phonenumbers

    region = "JP" if language == "ja" else "US"

    def read(d: Dossier) -> object:
        text = d.message.text if d.message else ""
        return _ADDRESS.findall(text), list(phonenumbers.PhoneNumberMatcher(text, region))

    return read


WAYS = {"ours": ours, "plain": plain}


def measure(way: str, language: str) -> float:
    """Mails per second of one way, in this process."""
    mails = dossiers(language)
    find = WAYS[way](language)
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    _all(find, mails[::2])
    begin = time.process_time()
    _all(find, mails[1::2])
    return len(mails[1::2]) / (time.process_time() - begin)


def _all(find: Callable[[Dossier], object], mails: Sequence[Dossier]) -> None:
    for mail in mails:
        find(mail)


def rate(way: str, language: str) -> float:
    """``measure`` in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.contacts", way, language]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return float(json.loads(done.stdout.splitlines()[-1]))


def table() -> str:
    """One row a language: ours and the plain way."""
    rows = [
        "| mail | contacts by rules, mails/s | addresses and numbers only, mails/s | ratio |",
        "| --- | --- | --- | --- |",
    ]
    for language, name in NAMES.items():
        runs = [[rate(way, language) for way in WAYS] for _ in range(ROUNDS)]
        own, theirs = (statistics.median(run[i] for run in runs) for i in range(len(WAYS)))
        rows.append(f"| {name} | {own:.0f} | {theirs:.0f} | {own / theirs:.1f} |")
    return "\n".join(rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("way", choices=WAYS)
    parser.add_argument("language", choices=NAMES)
    arguments = parser.parse_args()
    print(json.dumps(measure(arguments.way, arguments.language)))
