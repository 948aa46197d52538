"""``make bench``: speed on one core as ratios within one run, never as a timed test.

Each pair is timed in turns (ours, theirs, ours, theirs, …) in processes bound to one core; the median of the rounds
counts. Absolute figures depend on the machine, the ratio much less so.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench import contacts, peer_stack, times

ROUNDS = 3
WARM_MAILS = 150
_MARK = re.compile(r"\[([^|\]]*)\|[^\]]*\]")
TALON = Path("build/talon")  # an environment of its own, made by the Makefile
SPAM_ASSASSIN = "data/public/spamassassin_ham_raw/all.jsonl.gz"
NAMES = {"ja": "sample mails, Japanese", "en": "sample mails, English", "spamassassin": "SpamAssassin ham, raw"}


def samples(language: str) -> list[bytes]:
    """The sample mails of a language."""
    return [p.read_bytes() for p in sorted(Path("data/samples", language).glob("*.eml"))]


def spam_assassin(shared: Path) -> list[bytes]:
    """Every tenth raw mail of SpamAssassin's ham, or nothing where the data does not lie."""
    path = shared / SPAM_ASSASSIN
    if not path.exists():
        print(f"left out: {path} is missing (SpamAssassin public corpus; see its SOURCE.md)", file=sys.stderr)
        return []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for number, line in enumerate(lines) if number % 10 == 0]
    return [row["raw"].encode("utf-8", "surrogateescape") for row in rows]


def written(language: str) -> list[bytes]:
    """Some of the written training mails, to warm up with: other mails than those measured."""
    mails = []
    for path in sorted(Path("training/data/written").glob(f"{language}_[ab].jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines()[:WARM_MAILS]:
            mail = json.loads(line)
            text = "\n\n".join("".join(sentence for sentence, _ in paragraph) for paragraph in mail["body"])
            head = f"From: {mail['from']}\nDate: {mail['date']}\nSubject: {mail['subject']}\n"
            kind = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
            mails.append((head + kind + _MARK.sub(r"\1", text)).encode())
    return mails


def product() -> Callable[[list[bytes], str], object]:
    """The whole journey, models loaded, in batches as the command line uses them."""
    from pipeline.records import RawMail
    from pipeline.scoring import Scorer

    scorer = Scorer()
    return lambda raws, language: [
        scorer.lines([RawMail("m", r) for r in raws[i : i + 32]]) for i in range(0, len(raws), 32)
    ]


def plain() -> Callable[[list[bytes], str], object]:
    """The plain loop."""
    from tests.bench.plain import read

    return lambda raws, language: [read(raw, language) for raw in raws]


def reading() -> Callable[[list[bytes], str], object]:
    """The reading of mail only: bytes to a message and its zones."""
    from pipeline.parse import message, zones

    def read(raw: bytes) -> object:
        parsed = message.parse(raw)
        return zones.split(parsed.text, parsed.from_.name if parsed.from_ else None)

    return lambda raws, _: [read(raw) for raw in raws]


def standard() -> Callable[[list[bytes], str], object]:
    """The standard library's reading, without zones."""
    from tests.bench.peers import read_with_email

    return lambda raws, _: [read_with_email(raw) for raw in raws]


def with_talon() -> Callable[[list[bytes], str], object]:
    """The standard library for the body only, talon for its reply and signature."""
    from tests.bench.peers import read_with_talon

    return lambda raws, _: [read_with_talon(raw) for raw in raws]


WAYS = {"product": product, "plain": plain, "reading": reading, "standard": standard, "talon": with_talon}


def measure(which: str, corpus: str, shared: Path) -> dict[str, float]:
    """Mails per second of one way over one corpus, in this process."""
    raws = spam_assassin(shared) if corpus == "spamassassin" else samples(corpus)
    language = "en" if corpus == "spamassassin" else corpus
    way = WAYS[which]()
    os.sched_setaffinity(0, {sorted(os.sched_getaffinity(0))[0]})
    # Start-up costs, of both languages' words and models, are not the subject; and no mail is read twice.
    measured = raws[1::2]
    for each in ("ja", "en"):
        way([*written(each), *(samples(each)[::2] if each == corpus else [])], each)
    begin = time.process_time()
    way(measured, language)
    spent = time.process_time() - begin
    return {"rate": len(measured) / spent, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def in_child(which: str, corpus: str, shared: Path) -> dict[str, float]:
    """``measure`` in a process of its own, one thread."""
    python = str(TALON / "bin/python") if which == "talon" else sys.executable
    command = [python, "-m", "tests.bench.run", "--shared", str(shared), "--one", which, corpus]
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"}
    )
    return dict(json.loads(done.stdout))


def rates(ways: list[str], corpus: str, shared: Path) -> tuple[list[float], float]:
    """The median rate of each way, taken in turns, and the largest memory of the first."""
    runs = [[in_child(way, corpus, shared) for way in ways] for _ in range(ROUNDS)]
    return [statistics.median(run[i]["rate"] for run in runs) for i in range(len(ways))], max(
        run[0]["peak_mb"] for run in runs
    )


def journey_table(corpora: list[str], shared: Path) -> str:
    """The whole journey against the plain loop, one row a corpus."""
    lines = [
        "| mail | mail-insight, mails/s | plain loop, mails/s | ratio | peak memory, MB |",
        "| --- | --- | --- | --- | --- |",
    ]
    for corpus in corpora:
        (ours, theirs), peak = rates(["product", "plain"], corpus, shared)
        lines.append(f"| {NAMES[corpus]} | {ours:.0f} | {theirs:.0f} | {ours / theirs:.1f} | {peak:.0f} |")
    return "\n".join(lines)


def reading_table(corpora: list[str], shared: Path) -> str:
    """Reading and zones against the standard library's reading, and against its body with talon's zones."""
    lines = [
        "| mail | parse + zones, mails/s | `email`, mails/s | ratio | `email` + talon, mails/s | ratio |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for corpus in corpora:
        ways = ["reading", "standard"] + (["talon"] if (TALON / ".ready").exists() else [])
        (ours, theirs, *talons), _ = rates(ways, corpus, shared)
        last = f"{talons[0]:.0f} | {ours / talons[0]:.1f}" if talons else "not installed | "
        lines.append(f"| {NAMES[corpus]} | {ours:.0f} | {theirs:.0f} | {ours / theirs:.1f} | {last} |")
    return "\n".join(lines)


def write(name: str, text: str) -> None:
    """Put a table between its markers in README.md."""
    start, end = f"<!-- {name}:start -->", f"<!-- {name}:end -->"
    readme = Path("README.md")
    head, rest = readme.read_text(encoding="utf-8").split(start)
    readme.write_text(f"{head}{start}\n{text}\n{end}{rest.split(end)[1]}", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True, help="the project's shared data")
    parser.add_argument("--write", action="store_true", help="put the tables into README.md")
    parser.add_argument("--only", choices=TABLES, help="one of the tables")
    parser.add_argument("--one", nargs=2, metavar=("WAY", "CORPUS"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        print(json.dumps(measure(*args.one, args.shared)))
        return
    corpora = ["ja", "en"] + (["spamassassin"] if (args.shared / SPAM_ASSASSIN).exists() else [])
    for name in [args.only] if args.only else TABLES:
        text = TABLES[name](corpora, args.shared)
        print(text, flush=True)
        if args.write:
            write(name, text)


def times_table(corpora: list[str], shared: Path) -> str:
    """Finding times beside dateparser, Microsoft Recognizers and ja-timex."""
    return times.table()


def contacts_table(corpora: list[str], shared: Path) -> str:
    """Finding contacts by rules beside finding addresses and numbers only."""
    return contacts.table()


def peer_stack_table(corpora: list[str], shared: Path) -> str:
    """The whole journey beside glued packages."""
    return peer_stack.table(lambda language: rates(["product"], language, shared)[0][0], samples, shared)


TABLES = {
    "bench": journey_table,
    "bench-reading": reading_table,
    "bench-contacts": contacts_table,
    "bench-times": times_table,
    "bench-peer": peer_stack_table,
}

if __name__ == "__main__":
    main()
