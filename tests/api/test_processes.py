"""Several processes serve together: they count a caller's requests, and their own work, as one."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from api.limits import SharedWindows

_COUNTED = 'mail_insight_requests_total{method="GET",route="/api/v1/me"'


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {"MAIL_INSIGHT_HOME": str(tmp_path), "MAIL_INSIGHT_REQUESTS_PER_MINUTE": "8"}
    command = [sys.executable, "-m", "pipeline.cli", "serve", "--port", str(port), "--workers", "2"]
    with subprocess.Popen(command, env=os.environ | environment) as process:
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def test_two_processes_keep_one_limit_and_tell_one_number(address: str) -> None:
    until_up(address)
    answers = [httpx.get(f"{address}/api/v1/me").status_code for _ in range(10)]
    told = [httpx.get(f"{address}/metrics").text for _ in range(5)]
    counts = {float(line.split()[-1]) for one in told for line in one.splitlines() if _COUNTED in line}
    assert counts == {10.0}
    answers += [httpx.get(f"{address}/api/v1/me").status_code for _ in range(40)]
    # A machine may ask five times as much as one caller; asking for metrics counts, too.
    assert (answers.count(401), answers.count(429)) == (35, 15)


def until_up(address: str) -> None:
    for _ in range(600):
        try:
            if httpx.get(f"{address}/health").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail("the server did not start")


def test_windows_in_one_file_count_together(tmp_path: Path) -> None:
    now = [1000.0]
    one, two = (SharedWindows(tmp_path / "requests", lambda: now[0]) for _ in range(2))
    assert [each.take("aya", 3)[0] for each in (one, two, one, two)] == [2, 1, 0, -1]
    assert one.take("ben", 3) == (2, 60)
    now[0] += 59
    assert two.take("ben", 3) == (1, 1)
    now[0] += 1
    assert [each.take("aya", 3)[0] for each in (two, one)] == [2, 1]


def test_a_clock_that_starts_anew_and_a_full_table_hold_nobody_up_for_ever(tmp_path: Path) -> None:
    now = [50_000.0]
    windows = SharedWindows(tmp_path / "requests", lambda: now[0], slots=8)
    for caller in range(20):
        assert windows.take(f"caller {caller}", 5)[0] == 4
    assert windows.take("caller 19", 5)[0] == 3
    now[0] = 3.0
    assert windows.take("caller 19", 5) == (4, 60)
