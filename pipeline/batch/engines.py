"""Where parts are scored: processes of this machine, or a Dask cluster. An engine maps parts to results.

A worker that dies costs its part and nothing else: the part is tried once more, then given back for whoever asked to
read it more carefully. Models are loaded once a worker.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor
from concurrent.futures import wait as wait_for
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from typing import Protocol

from pipeline.batch.parts import Part
from pipeline.batch.scoring import Done, Task, score_part
from pipeline.errors import RemoteError, SettingsError
from pipeline.processes import end_with_parent

UNWATCHED = {
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "5s",
    "distributed.admin.system-monitor.gil.enabled": False,
}
"""What Dask workers made for one job need not do: sample their own stack every 10 ms, and wake every 20 ms."""


class Engine(Protocol):
    """Scores parts somewhere."""

    def run(self, task: Task, parts: Iterable[Part]) -> Iterator[tuple[Part, Done | None]]:
        """Each part as it gets done, in any order; None where its worker died twice over it.

        Raises: errors.Error as ``score_part`` does, RemoteError where a cluster is lost.
        """
        ...

    def close(self, *, wait: bool) -> None:
        """End its workers; ``wait`` for them where nothing has gone wrong."""
        ...


class LocalEngine:
    """Processes of this machine. Each is a pool of its own, so that one that dies takes no other part with it."""

    def __init__(self, workers: int) -> None:
        self._pools = [_pool() for _ in range(workers)]

    def run(self, task: Task, parts: Iterable[Part]) -> Iterator[tuple[Part, Done | None]]:
        waiting = iter(parts)
        under_way: dict[Future[Done], tuple[int, Part, bool]] = {}
        for index in range(len(self._pools)):
            self._start(index, task, next(waiting, None), under_way)
        while under_way:
            done, _ = wait_for(under_way, return_when=FIRST_COMPLETED)
            for future in done:
                index, part, again = under_way.pop(future)
                try:
                    yield part, future.result()
                except BrokenProcessPool:
                    self._pools[index] = _pool()
                    if not again:
                        self._start(index, task, part, under_way, again=True)
                        continue
                    yield part, None
                self._start(index, task, next(waiting, None), under_way)

    def _start(
        self, index: int, task: Task, part: Part | None, under_way: dict[Future[Done], tuple[int, Part, bool]],
        *, again: bool = False,
    ) -> None:  # fmt: skip
        if part is None:
            return
        try:
            future = self._pools[index].submit(score_part, task, part)
        except BrokenProcessPool:  # it was killed while it had nothing to do
            self._pools[index] = _pool()
            future = self._pools[index].submit(score_part, task, part)
        under_way[future] = (index, part, again)

    def close(self, *, wait: bool) -> None:
        for pool in self._pools:
            pool.shutdown(wait=wait, cancel_futures=True)


def _pool() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), end_with_parent)


class DaskEngine:
    """A Dask cluster: the one at an address, or one of ``workers`` processes made here for this job.

    Workers need this package, and the input and output folders under the same paths.

    Raises: SettingsError where Dask is not installed, RemoteError where the scheduler does not answer.
    """

    def __init__(self, address: str | None, workers: int, timeout_s: float = 30) -> None:
        try:
            import dask
            from distributed import Client
        except ImportError as error:
            raise SettingsError("Dask is not installed. Install it with: pip install 'mail-insight[dask]'") from error
        try:
            with dask.config.set(UNWATCHED):
                self._client = (
                    Client(address, timeout=timeout_s)
                    if address
                    else Client(n_workers=workers, threads_per_worker=1, processes=True, dashboard_address=None)
                )
        except (OSError, TimeoutError) as error:
            raise RemoteError(
                f"The Dask scheduler at {address} does not answer. Check the address, and that it is running."
            ) from error

    def run(self, task: Task, parts: Iterable[Part]) -> Iterator[tuple[Part, Done | None]]:
        from distributed import as_completed
        from distributed.client import FutureCancelledError
        from distributed.scheduler import KilledWorker

        waiting = iter(parts)
        # Twice as many parts as threads are under way, so that no worker waits for this process.
        ahead = 2 * max(1, sum(self._client.nthreads().values()))
        under_way = {self._submit(task, part): part for part in islice(waiting, ahead)}
        completed = as_completed(list(under_way))
        for future in completed:
            part = under_way.pop(future)
            try:
                yield part, future.result()
            except KilledWorker:
                yield part, None
            except (FutureCancelledError, OSError, TimeoutError) as error:
                raise RemoteError(
                    "The Dask scheduler is gone. Start it and run the same command again: finished parts are kept."
                ) from error
            for following in islice(waiting, 1):
                new = self._submit(task, following)
                under_way[new] = following
                completed.add(new)

    def _submit(self, task: Task, part: Part):  # type: ignore[no-untyped-def]
        return self._client.submit(score_part, task, part, pure=False)

    def close(self, *, wait: bool) -> None:
        self._client.close()
