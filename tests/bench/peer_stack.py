"""The whole journey beside packages glued together by an engineer: ``suites/peer_stack.py`` of the shared data.

It runs in an environment of its own, made by the Makefile, on the same sample mails, and tells its rate itself.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

PYTHON = Path("build/peers/bin/python")
_RATE = re.compile(r"([\d.]+) mails per CPU second")


def table(ours: Callable[[str], float], samples: Callable[[str], list[bytes]], shared: Path) -> str:
    """A row a language: our rate, theirs, the ratio. ``ours`` gives our rate on the mails of a language."""
    script = shared / "suites/peer_stack.py"
    if not (PYTHON.exists() and script.exists()):
        print(f"left out: {script} or its environment build/peers is missing", file=sys.stderr)
        return ""
    lines = ["| mail | mail-insight, mails/s | glued packages, mails/s | ratio |", "| --- | --- | --- | --- |"]
    for language, name in (("ja", "Japanese"), ("en", "English")):
        mine, theirs = ours(language), _rate(script, samples(language))
        lines.append(f"| sample mails, {name} | {mine:.0f} | {theirs:.0f} | {mine / theirs:.1f} |")
    return "\n".join(lines)


def _rate(script: Path, mails: list[bytes]) -> float:
    with tempfile.TemporaryDirectory() as folder:
        for number, raw in enumerate(mails):
            (Path(folder) / f"{number:03}.eml").write_bytes(raw)
        command = ["taskset", "-c", "0", str(PYTHON), str(script), folder]
        done = subprocess.run(
            command, check=True, capture_output=True, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"}
        )
    found = _RATE.search(done.stderr)
    assert found is not None, done.stderr[-500:]
    return float(found[1])
