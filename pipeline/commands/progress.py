"""Progress bars on standard error: bytes read, mails, rate and time left; nothing where no one is looking."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
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


class Counter:
    """One bar that counts mails, with the rate of those done since it was begun."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress, self._task, self._earlier = progress, task, 0
        self._begun = monotonic()

    def advance(self, mails: int, total: int, *, earlier: bool = False) -> None:
        """``mails`` of ``total`` are done; ``earlier`` where the last of them were done by an earlier run."""
        if earlier:
            self._earlier = mails
        rate = (mails - self._earlier) / max(monotonic() - self._begun, 0.001)
        self._progress.update(self._task, completed=mails, total=max(total, 1), rate=f"{rate:,.0f}")


@contextmanager
def counter(what: str) -> Iterator[Counter]:
    """A bar of mails for as long as the block runs; drawn only on a terminal."""
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]} mails/s"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        yield Counter(progress, progress.add_task(what, total=None, rate="-"))


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
