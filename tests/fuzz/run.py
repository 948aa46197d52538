"""``make fuzz``: coverage-guided fuzzing of the reading of mail, with Atheris (libFuzzer).

Seeds are the sample mails and what earlier runs found worth keeping (build/fuzz/corpus); inputs that break a property
are kept in build/fuzz/crashes, one file each, and make the command fail. What is found becomes a test of its own.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["pipeline"]):
    from tests.fuzz import properties

from tests.fuzz import mutate

HOME = Path("build/fuzz")
SECONDS_PER_MB = 8.0  # instrumented code runs about this much slower
MAX_BYTES = 60_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=600, help="how long to fuzz (default: 600)")
    seconds = parser.parse_args().seconds
    corpus, crashes = HOME / "corpus", HOME / "crashes"
    for folder in (corpus, crashes):
        folder.mkdir(parents=True, exist_ok=True)
    seed(corpus)
    options = [
        f"-max_total_time={seconds}", f"-max_len={MAX_BYTES}", "-timeout=30", "-rss_limit_mb=4096",
        "-print_final_stats=1", f"-artifact_prefix={crashes}/", str(corpus),
    ]  # fmt: skip
    atheris.Setup([sys.argv[0], *options], one, custom_mutator=change)
    atheris.Fuzz()


def one(raw: bytes) -> None:
    properties.check(raw, SECONDS_PER_MB)


def change(raw: bytes, max_size: int, seed: int) -> bytes:
    """Half of the changes are mail's own, half libFuzzer's."""
    if random.Random(seed).random() < 0.5:
        return mutate.mutate(raw, seed)[:max_size]
    return bytes(atheris.Mutate(raw, max_size))


def seed(corpus: Path) -> None:
    """Put the sample mails, and each of them after some changes, into the corpus."""
    for number, path in enumerate(sorted(Path("data/samples").glob("*/*.eml"))):
        raw = path.read_bytes()
        for data in (raw, mutate.mutate(raw, number, 6)):
            (corpus / hashlib.sha1(data, usedforsecurity=False).hexdigest()).write_bytes(data[:MAX_BYTES])


if __name__ == "__main__":
    main()
