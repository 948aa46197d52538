"""Many mails on all cores: batches go to worker processes, documents come back in the order of the input.

Memory is bounded: only a few batches are under way at a time, and a batch holds at most ``BATCH_BYTES`` of mail.
A worker that dies (killed, out of memory) costs nothing but time: its batch is read again mail by mail, and the
mail that kills its worker each time is listed as a failure.
"""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version

from pipeline.document import document, dumps
from pipeline.errors import SettingsError
from pipeline.processes import end_with_parent
from pipeline.records import Dossier, Failure, RawMail

BATCH_MAILS = 32
BATCH_BYTES = 8_000_000
WORKER_DIED = "The process that read this mail ended twice. It may need more memory than this machine has."


@dataclass(frozen=True, slots=True)
class Scored:
    """One line of output: the document as JSON, and how many failures it lists."""

    line: str
    failures: int


class Scorer:
    """Reads batches in this process. Building one checks that the models are there; the first batch loads them.

    Without the ``gate`` no mail is a machine's.
    """

    def __init__(
        self, own_addresses: Iterable[str] = (), max_mail_bytes: int = 25_000_000, *, gate: bool = True
    ) -> None:
        from pipeline.journey import journey

        self._versions = versions()
        self._journey = journey(own_addresses, max_mail_bytes, gate=gate)

    def dossiers(self, mails: Sequence[RawMail]) -> list[Dossier]:
        """What was found in each mail, in order."""
        return self._journey.score(mails)

    def document(self, dossier: Dossier) -> dict[str, object]:
        """The insight document of a dossier, with the versions in force."""
        return document(dossier, self._versions)

    def lines(self, mails: Sequence[RawMail]) -> list[Scored]:
        """One line of JSON for each mail, in order."""
        return [Scored(dumps(self.document(d)), len(d.failures)) for d in self.dossiers(mails)]


def versions() -> dict[str, str]:
    """The versions of the pipeline and of every model in use.

    Raises:
        SettingsError: a model is missing or damaged.
    """
    from models.artefact import ArtefactError
    from models.loading import versions as model_versions

    try:
        return {"pipeline": version("mail-insight"), **model_versions()}
    except ArtefactError as error:
        raise SettingsError(str(error)) from error


def score(
    mails: Iterable[RawMail], workers: int, own_addresses: Sequence[str], max_mail_bytes: int
) -> Iterator[Scored]:
    """Score a stream of mails with ``workers`` processes; exactly one result for each mail, in order."""
    batches = _batches(mails)
    if workers <= 1:
        scorer = Scorer(own_addresses, max_mail_bytes)
        for batch in batches:
            yield from scorer.lines(batch)
        return
    with _Pool(workers, (tuple(own_addresses), max_mail_bytes)) as pool:
        yield from pool.map(batches)


def _batches(mails: Iterable[RawMail]) -> Iterator[list[RawMail]]:
    batch: list[RawMail] = []
    size = 0
    for mail in mails:
        if batch and (len(batch) == BATCH_MAILS or size + len(mail.raw) > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(mail)
        size += len(mail.raw)
    if batch:
        yield batch


class _Pool:
    """Worker processes that are replaced when one of them dies."""

    def __init__(self, workers: int, settings: tuple[tuple[str, ...], int]) -> None:
        self._workers = workers
        self._start = partial(
            ProcessPoolExecutor, workers, multiprocessing.get_context("spawn"), _load_worker, settings
        )
        self._executor = self._start()

    def __enter__(self) -> _Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self._executor.shutdown(cancel_futures=True)

    def map(self, batches: Iterable[list[RawMail]]) -> Iterator[Scored]:
        """Results of all batches in order, with at most two batches a worker under way."""
        waiting: deque[tuple[list[RawMail], Future[list[Scored]]]] = deque()
        for batch in batches:
            waiting.append((batch, self._submit(batch)))
            if len(waiting) > 2 * self._workers:
                yield from self._result(*waiting.popleft())
        while waiting:
            yield from self._result(*waiting.popleft())

    def _submit(self, batch: list[RawMail]) -> Future[list[Scored]]:
        try:
            return self._executor.submit(_score_in_worker, batch)
        except BrokenProcessPool:
            self._executor = self._start()
            return self._executor.submit(_score_in_worker, batch)

    def _result(self, batch: list[RawMail], future: Future[list[Scored]]) -> list[Scored]:
        try:
            return future.result()
        except BrokenProcessPool:
            return [scored for mail in batch for scored in self._alone(mail)]

    def _alone(self, mail: RawMail) -> list[Scored]:
        """One mail in a worker of its own making: does it kill its worker again?"""
        try:
            return self._submit([mail]).result()
        except BrokenProcessPool:
            dead = Dossier(mail, failures=(Failure("score", "worker_died", WORKER_DIED),))
            return [Scored(dumps(document(dead, versions())), 1)]


_scorer: Scorer | None = None


def _load_worker(own_addresses: tuple[str, ...], max_mail_bytes: int) -> None:
    global _scorer
    end_with_parent()
    _scorer = Scorer(own_addresses, max_mail_bytes)


def _score_in_worker(batch: list[RawMail]) -> list[Scored]:
    assert _scorer is not None
    return _scorer.lines(batch)
