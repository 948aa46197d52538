"""The sample mails beside the program, where it runs from its source."""

from __future__ import annotations

from pathlib import Path

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
DESCRIPTION = "organisation.json"


def has_samples() -> bool:
    """Whether the sample mails are there; an installed package goes without."""
    return (SAMPLES / DESCRIPTION).is_file()
