"""Jobs whose worker, driver or scheduler is killed at a random moment, and which are then gone on with.

``python -m tests.batch.killing [--rounds N] [--seed N]`` does so many rounds and compares each with an undisturbed run.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, get_args

import psutil

from tests.batch.conftest import SAMPLES, files_of, mbox

Kind = Literal["worker", "driver", "dask worker", "dask driver", "scheduler"]
ROOT = Path(__file__).parents[2]
MAX_TRIES = 6
_ENV = {**os.environ, "OMP_NUM_THREADS": "1", "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "5s"}


def disturbed(archive: Path, out: Path, kind: Kind, seed: int) -> int:
    """Run a job to its end although something is killed on the way, and tell how often it was begun."""
    chance = random.Random(seed)
    if kind == "scheduler" or kind == "dask worker":
        return _on_a_cluster(archive, out, kind, chance)
    engine = "dask" if kind == "dask driver" else "local"
    job = _start(archive, out, engine)
    _wait_for_work(job, out)
    time.sleep(chance.uniform(0, 0.4))
    _kill(_workers(job, chance) if kind == "worker" else [job.pid])
    return _until_done(job, archive, out, engine)


def _on_a_cluster(archive: Path, out: Path, kind: Kind, chance: random.Random) -> int:
    with cluster() as (address, processes):
        job = _start(archive, out, address)
        _wait_for_work(job, out)
        time.sleep(chance.uniform(0, 0.4))
        if kind == "dask worker":
            _kill(
                [each.pid for each in psutil.Process(processes[1].pid).children(recursive=True)] or [processes[1].pid]
            )
            return _until_done(job, archive, out, address)
        _kill([processes[0].pid])
        job.wait(120)
    with cluster() as (address, _):
        return _until_done(_start(archive, out, address), archive, out, address)


@contextlib.contextmanager
def cluster() -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A Dask scheduler and two workers, each a process; the first of the processes is the scheduler."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    worker = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-dashboard"]
    commands = [
        [*dask, "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"],
        *([*worker, "--death-timeout", "60"] for _ in range(2)),
    ]
    with tempfile.TemporaryDirectory() as folder, open(os.devnull, "wb") as nowhere:
        started = [
            subprocess.Popen(command, cwd=folder, env={**_ENV, "PYTHONPATH": str(ROOT)}, stdout=nowhere, stderr=nowhere)
            for command in commands
        ]
        try:
            yield address, started
        finally:
            for process in reversed(started):
                _kill_tree(process.pid)
                process.wait(30)


def _start(archive: Path, out: Path, engine: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tests.batch.job_process", str(archive), str(out), engine]
    return subprocess.Popen(command, cwd=ROOT, env=_ENV, stderr=subprocess.DEVNULL, start_new_session=True)


def _wait_for_work(job: subprocess.Popen[bytes], out: Path) -> None:
    """Until a part is written or being written."""
    deadline = time.monotonic() + 120
    while job.poll() is None and time.monotonic() < deadline:
        if any(out.glob(".part-*")) or any(out.glob("part-*")):
            return
        time.sleep(0.01)


def _workers(job: subprocess.Popen[bytes], chance: random.Random) -> list[int]:
    children = [each.pid for each in psutil.Process(job.pid).children() if "spawn_main" in " ".join(each.cmdline())]
    return [chance.choice(children)] if children else []


def _kill(pids: list[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _kill_tree(pid: int) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        family = psutil.Process(pid)
        _kill([each.pid for each in family.children(recursive=True)] + [pid])


def _until_done(job: subprocess.Popen[bytes], archive: Path, out: Path, engine: str) -> int:
    for tries in range(1, MAX_TRIES + 1):
        if job.wait(180) == 0:
            return tries
        job = _start(archive, out, engine)
    raise AssertionError(f"the job did not end well in {MAX_TRIES} tries")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    kinds: tuple[Kind, ...] = get_args(Kind)
    with tempfile.TemporaryDirectory() as folder:
        archive, whole = Path(folder) / "archive.mbox", Path(folder) / "whole"
        archive.write_bytes(mbox(*(path.read_bytes() for path in sorted(SAMPLES.rglob("*.eml")))))
        assert _start(archive, whole, "local").wait(300) == 0
        for number in range(options.rounds):
            kind, out = kinds[number % len(kinds)], Path(folder) / f"round-{number}"
            tries = disturbed(archive, out, kind, options.seed + number)
            assert files_of(out) == files_of(whole), f"round {number} ({kind}) differs"
            sys.stdout.write(f"{number + 1:3} {kind}: equal, begun {tries} times\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
