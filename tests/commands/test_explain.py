"""``explain`` says whom an undeliverable mail did not reach, and why, in both languages."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.cli import app

BOUNCE = """\
From: MAILER-DAEMON@mx.kita.example
To: aiko@kita.example
Message-ID: <b1@mx.kita.example>
Date: Tue, 4 Mar 2025 09:00:00 +0900
Subject: Undelivered Mail

<ben@mill.example>: 550 5.1.1 user unknown
<carla@mill.example>: refused
"""


@pytest.mark.parametrize(("language", "meaning"), [("en", "no such mailbox"), ("ja", "アドレスが存在しない")])
def test_an_undeliverable_mail(tmp_path: Path, language: str, meaning: str) -> None:
    mail = tmp_path / "bounce.eml"
    mail.write_text(BOUNCE)
    result = CliRunner().invoke(app, ["explain", str(mail), "--language", language])
    assert result.exit_code == 0
    assert f"ben@mill.example  5.1.1 {meaning}" in result.output
    assert "carla@mill.example\n" in result.output.replace(" ", "")


@pytest.mark.parametrize("language", ["en", "ja"])
def test_each_reason_has_words(language: str) -> None:
    rules = files("pipeline.parse").joinpath("noise.py").read_text(encoding="utf-8")
    codes = set(re.findall(r'"((?:address|content|header|name|subject|text)\.[a-z_]+)"', rules))
    codes |= {"content.delivery_delayed", "content.delivery_delivered"}
    words = json.loads(files("pipeline.commands").joinpath(f"words_{language}.json").read_text(encoding="utf-8"))
    assert len(codes) > 20
    assert {f"reason.{code}" for code in codes} == {name for name in words if name.startswith("reason.")}
