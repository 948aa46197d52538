"""Settings for a command: read once, problems told in plain words."""

from __future__ import annotations

import os

from pydantic import ValidationError

from pipeline.errors import SettingsError
from pipeline.settings import Settings


def load() -> Settings:
    """The settings in force.

    Raises:
        SettingsError: an environment variable holds something that cannot be used.
    """
    try:
        return Settings()
    except ValidationError as error:
        names = ", ".join(f"MAIL_INSIGHT_{'.'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors())
        raise SettingsError(f"A setting cannot be used. {names}. See docs/settings.md.") from error


def processes(settings: Settings, asked: int | None) -> int:
    """How many worker processes to use: as asked, else as set, else one per core that this process may use."""
    return asked or settings.workers or len(os.sched_getaffinity(0))
