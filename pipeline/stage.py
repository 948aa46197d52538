"""What a stage is, and how a row of stages runs over a batch of mails.

A stage says what it needs and what it gives, takes a batch of dossiers and returns as many in the same order.
One mail is a batch of one. A mail that fails a stage keeps a ``Failure`` and goes on with the next stage;
the others of its batch are not harmed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

from pipeline.records import Dossier, Failure, Message, RawMail

Run = Callable[[Sequence[Dossier]], list[Dossier]]


@dataclass(frozen=True, slots=True)
class Stage:
    """One step: its name, the dossier fields it reads, the fields it fills, and the function over a batch."""

    name: str
    needs: tuple[str, ...]
    gives: tuple[str, ...]
    run: Run


class Journey:
    """Stages in order, checked once: whatever a stage needs must have been given before it."""

    def __init__(self, stages: Iterable[Stage]) -> None:
        self.stages = tuple(stages)
        known = {"mail"}
        for stage in self.stages:
            missing = set(stage.needs) - known
            if missing:
                raise ValueError(f"stage {stage.name} needs {sorted(missing)}, which no earlier stage gives")
            known.update(stage.gives)
        unknown = known - {f.name for f in fields(Dossier)}
        if unknown:
            raise ValueError(f"no such dossier fields: {sorted(unknown)}")

    def score(self, mails: Sequence[RawMail]) -> list[Dossier]:
        """Read a batch of mails; one dossier for each, in the same order."""
        dossiers = [Dossier(mail, failures=(mail.failure,) if mail.failure else ()) for mail in mails]
        for stage in self.stages:
            dossiers = _isolate(stage, dossiers)
        return dossiers


def _isolate(stage: Stage, batch: list[Dossier]) -> list[Dossier]:
    """Run a stage; where it raises, halve the batch until the one mail that makes it raise stands alone."""
    try:
        return stage.run(batch)
    except Exception as error:
        if len(batch) == 1:
            return [replace(batch[0], failures=(*batch[0].failures, _unexpected(stage, error)))]
        middle = len(batch) // 2
        return _isolate(stage, batch[:middle]) + _isolate(stage, batch[middle:])


def _unexpected(stage: Stage, error: Exception) -> Failure:
    """A failure that names the place in our code and never the error's text, which may hold mail content."""
    place = error.__traceback__
    while place and place.tb_next:
        place = place.tb_next
    where = f"{Path(place.tb_frame.f_code.co_filename).name}:{place.tb_lineno}" if place else "unknown place"
    detail = f"{type(error).__name__} at {where}; this mail goes on without this step. Please report it."
    return Failure(stage.name, "unexpected", detail)


def for_each(step: Callable[[Dossier, Message], Dossier]) -> Run:
    """A batch function from a function of one readable mail; a mail without message passes unchanged."""

    def run(batch: Sequence[Dossier]) -> list[Dossier]:
        return [step(d, d.message) if d.message is not None else d for d in batch]

    return run
