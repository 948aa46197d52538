"""How well intents from a few examples are found: each example by the others, and alarms among ordinary sentences.

Usage: python -m tests.bench.custom_intents [--show]

The examples are invented (custom_intents.toml). Recall is the share of examples that an intent fitted on the others
finds; alarms are counted among the written mails' sentences that the intent was not fitted against. Some of these do
mean the intent: ``--show`` prints them, to be judged by a person.
"""

from __future__ import annotations

import argparse
import re
import time
import tomllib
from pathlib import Path

from pipeline.classify import custom
from pipeline.records import Sentence
from training import params
from training.rows import read_json_lines

EXAMPLES = Path(__file__).with_suffix(".toml")
_MARK = re.compile(r"\[([^\[\]|]+)\|[a-z]+\]")


def written(language: str) -> list[str]:
    """Sentences of the written mails that are no background."""
    background = (params.ROOT / f"models/background_{language}.txt").read_text(encoding="utf-8").splitlines()
    known = {_plain(text) for text in background}
    found = {}
    for file in sorted((params.ROOT / "training/data/written").glob(f"{language}_*.jsonl")):
        for mail in read_json_lines(file):
            for paragraph in mail["body"]:
                for text, _ in paragraph:
                    bare = _MARK.sub(r"\1", text)
                    if _plain(bare) not in known:
                        found[_plain(bare)] = bare
    return list(found.values())


def _plain(text: str) -> str:
    return "".join(text.split())


def main() -> None:
    """Print a line for each intent and language."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--show", action="store_true", help="print the sentences that were taken for each intent")
    shows = parser.parse_args().show
    intents = tomllib.loads(EXAMPLES.read_text(encoding="utf-8"))["intent"]
    for language in ("en", "ja"):
        sentences = [Sentence(0, len(text), text, language) for text in written(language)]
        for intent in intents:
            started = time.process_time()
            fitted = custom.fit(intent[language])[language]
            made = custom.CustomIntent(intent["name"], {language: fitted})
            taken = [one.text for one in sentences if custom.find([made], [one])]
            print(
                f"{language} {intent['name']}: {fitted.found} of {fitted.examples} examples by the others, "
                f"{len(taken)} of {len(sentences)} written sentences, {time.process_time() - started:.0f} s"
            )
            for text in taken if shows else ():
                print("   ", " ".join(text.split()))


if __name__ == "__main__":
    main()
