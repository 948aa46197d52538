"""The parameters file, one section per stage."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent
FILE = Path(__file__).parent / "params.yaml"


def load(section: str, file: Path = FILE) -> dict[str, Any]:
    """The parameters of one stage."""
    sections: dict[str, dict[str, Any]] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return sections[section]
