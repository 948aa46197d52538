"""``make bench-batch``: two workers against one, Dask against local, and memory over a large job, in one run each.

Wall-clock times on this machine, taken in turns; the ratios are the result. ``--mails`` is the size of the job whose
memory is watched: the sample mails, repeated with changed Message-IDs.

``--costs N`` prints the table of docs/batch.md instead: jobs of N mails and of twice as many in one worker, whose
difference leaves the start-up out; ``--raw FOLDER`` adds a line for real mail.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil

from tests.batch.conftest import SAMPLES, mbox

ROUNDS = 3
EVERY_S = 0.5


def archive(path: Path, mails: int, of: Path = SAMPLES) -> Path:
    """An mbox of so many mails, those of a folder repeated, each with a Message-ID of its own."""
    samples = [
        each.read_bytes()
        for each in sorted(of.rglob("*"))
        if each.is_file() and each.suffix not in (".json", ".md", ".mbox")
    ]
    with path.open("wb") as file:
        for number in range(mails):
            raw = samples[number % len(samples)]
            file.write(mbox(raw.replace(b"Message-ID: <", f"Message-ID: <{number}.".encode(), 1)))
    return path


def job(source: Path, out: Path, *options: str) -> tuple[float, list[list[float]]]:
    """Seconds that a job took, and every half second the memory of each of its processes in MB."""
    command = [sys.executable, "-m", "pipeline.cli", "batch", str(source), "--out", str(out), *options]
    begin = time.perf_counter()
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    watched = []
    while process.poll() is None:
        watched.append(_memory(process.pid))
        time.sleep(EVERY_S)
    return time.perf_counter() - begin, watched


def _memory(pid: int) -> list[float]:
    try:
        family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
        return [each.memory_info().rss / 1e6 for each in family]
    except psutil.NoSuchProcess:
        return []


def ratios(mails: int) -> str:
    """One worker, two workers, and Dask with two, in turns."""
    ways = {
        "one worker": ["--workers", "1"],
        "two workers": ["--workers", "2"],
        "Dask, two": ["--dask", "--workers", "2"],
    }
    with tempfile.TemporaryDirectory() as folder:
        source = archive(Path(folder) / "a.mbox", mails)
        spent: dict[str, list[float]] = {name: [] for name in ways}
        for number in range(ROUNDS):
            for name, options in ways.items():
                out = Path(folder) / f"{name}-{number}"
                spent[name].append(job(source, out, "--part-mails", "250", *options)[0])
    seconds = {name: statistics.median(values) for name, values in spent.items()}
    lines = ["| engine | mails/s | against |", "| --- | --- | --- |"]
    against = {"one worker": "", "two workers": "one worker", "Dask, two": "two workers"}
    for name, value in seconds.items():
        other = against[name]
        lines.append(f"| {name} | {mails / value:.0f} | {f'{seconds[other] / value:.2f} × {other}' if other else ''} |")
    return "\n".join(lines)


def memory(mails: int) -> str:
    """The largest process in the first and the last quarter of one job."""
    with tempfile.TemporaryDirectory() as folder:
        source = archive(Path(folder) / "a.mbox", mails)
        spent, watched = job(source, Path(folder) / "out")
    quarter = max(1, len(watched) // 4)
    early, late = (max(mb for sizes in part for mb in sizes) for part in (watched[:quarter], watched[-quarter:]))
    rate = mails / spent
    return (
        f"{mails:,} mails in {spent / 60:.1f} min, {rate:.0f} mails/s; largest process {early:.0f} MB in the first "
        f"quarter, {late:.0f} MB in the last; a million mails take {1e6 / rate / 3600:.1f} hours here."
    )


def costs(mails: int, raw: Path | None) -> str:
    """What a million mails need of one core, and of the disk for what was found in them."""
    kinds = {"English": SAMPLES / "en", "Japanese": SAMPLES / "ja"} | ({"raw, as found": raw} if raw else {})
    lines = [
        "| mail | mails/s on one core | mails per core-hour | core-hours per million | GB of Parquet per million |",
        "| --- | --- | --- | --- | --- |",
    ]
    for name, of in kinds.items():
        seconds, size_bytes = zip(*(_cost(count, of) for count in (mails, 2 * mails)), strict=True)
        rate = mails / (seconds[1] - seconds[0])
        gigabytes = (size_bytes[1] - size_bytes[0]) / mails / 1e3
        lines.append(f"| {name} | {rate:.0f} | {rate * 3600:,.0f} | {1e6 / rate / 3600:.1f} | {gigabytes:.1f} |")
    return "\n".join(lines)


def _cost(mails: int, of: Path) -> tuple[float, int]:
    """Seconds of a job in one worker, the median of three, and the bytes of its Parquet."""
    with tempfile.TemporaryDirectory() as folder:
        source = archive(Path(folder) / "a.mbox", mails, of)
        out = Path(folder) / "out"
        seconds = statistics.median(job(source, out, "--workers", "1", "--restart")[0] for _ in range(ROUNDS))
        return seconds, sum(each.stat().st_size for each in out.rglob("*.parquet"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--costs", type=int, default=0)
    parser.add_argument("--raw", type=Path)
    parser.add_argument("--ratio-mails", type=int, default=2000)
    parser.add_argument("--mails", type=int, default=200_000)
    options = parser.parse_args()
    if options.costs:
        print(costs(options.costs, options.raw))
        return
    print(ratios(options.ratio_mails), flush=True)
    if options.mails:
        print(memory(options.mails))


if __name__ == "__main__":
    main()
