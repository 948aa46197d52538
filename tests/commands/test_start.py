"""Commands that need no model load none, nor what reading mail needs."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

HEAVY = (
    "numpy",
    "onnxruntime",
    "sudachipy",
    "pandas",
    "pyarrow",
    "alembic",
    "httpx",
    "pipeline.journey",
    "pipeline.scoring",
)


@pytest.mark.parametrize("command", [["mailbox", "list"], ["password", "nobody@example.com"], ["--help"]])
def test_a_command_without_models_imports_nothing_heavy(command, tmp_path):
    environment = os.environ | {"MAIL_INSIGHT_HOME": str(tmp_path), "MAIL_INSIGHT_PASSWORD": "long enough 1"}
    ask = [sys.executable, "-X", "importtime", "-m", "pipeline.cli", *command]
    subprocess.run([sys.executable, "-m", "pipeline.cli", "mailbox", "list"], env=environment, check=True)
    found = subprocess.run(ask, env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    loaded = {line.rsplit("|", 1)[-1].strip() for line in found.stderr.splitlines() if line.startswith("import time:")}
    assert "pipeline.errors" in loaded
    assert loaded.isdisjoint(HEAVY)
