"""Progress bars on standard error: bytes read, mails, rate and time left; nothing where no one is looking."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)


class Bar:
    """One bar that counts bytes towards a total and mails beside it."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress, self._task, self._mails = progress, task, 0

    def advance(self, done_bytes: int, mails: int | None = None) -> None:
        """Reading has come to ``done_bytes``; ``mails`` have been seen, one more if not given."""
        self._mails = self._mails + 1 if mails is None else mails
        self._progress.update(self._task, completed=done_bytes, mails=self._mails)


@contextmanager
def bar(what: str, total_bytes: int) -> Iterator[Bar]:
    """A bar for as long as the block runs; drawn only on a terminal."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[mails]} mails"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        yield Bar(progress, progress.add_task(what, total=max(total_bytes, 1), mails=0))
