"""How an import is getting on: counts whose sum is the source's count, and a checkpoint to go on from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from pipeline.ingest.files import Place
from pipeline.ingest.folders import MailFile
from pipeline.store.sync.mailboxes import Checkpoint

# More files than a batch has mails.
_RECENT = 1000
OUTCOMES = ("stored", "already_there", "skipped", "failed")


@dataclass(frozen=True, slots=True)
class Counts:
    """How many mails were seen and what became of them; ``seen`` is the sum of the four outcomes.

    ``reasons`` splits ``skipped`` and ``failed`` up (``skipped.spam``, ``failed.too_large``).
    """

    seen: int = 0
    stored: int = 0
    already_there: int = 0
    skipped: int = 0
    failed: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)

    def plus(self, outcome: str, reason: str | None = None) -> Counts:
        """The counts with one more mail of this outcome."""
        reasons = dict(self.reasons)
        if reason is not None:
            name = f"{outcome}.{reason}"
            reasons[name] = reasons.get(name, 0) + 1
        return replace(self, seen=self.seen + 1, reasons=reasons, **{outcome: getattr(self, outcome) + 1})

    def as_dict(self) -> dict[str, int]:
        """All counts by name, reasons among them."""
        return {"seen": self.seen, **{name: getattr(self, name) for name in OUTCOMES}, **self.reasons}

    @classmethod
    def from_dict(cls, counts: Mapping[str, int]) -> Counts:
        """The counts that ``as_dict`` wrote."""
        plain = {name: counts.get(name, 0) for name in ("seen", *OUTCOMES)}
        return cls(**plain, reasons={name: count for name, count in counts.items() if name not in plain})


class Position:
    """Where an import is within its files, as a string that another run can check against the files it finds.

    The string holds a digest of all files up to the current one. If any of them is another one meanwhile, reading
    begins anew, and what is stored already is found to be there.
    """

    def __init__(self, files: Sequence[MailFile]) -> None:
        self._files = files
        self._begin()

    def at(self, place: Place, *, done: bool = False) -> str:
        """The position behind a place; places must not go backwards."""
        spot = {"file": place.file, "number": place.number, "offset": place.offset, "bytes": place.done_bytes}
        return json.dumps({**spot, "files": self._upto(place.file), "done": done}, sort_keys=True)

    def resume(self, checkpoint: Checkpoint | None) -> tuple[Place, Counts]:
        """Where to go on after an interrupted run, and its counts; the beginning where there is none."""
        if checkpoint is None:
            return Place(), Counts()
        spot = json.loads(checkpoint.position)
        fits = not spot["done"] and spot["file"] <= len(self._files) and self._upto(spot["file"]) == spot["files"]
        if fits:
            place = Place(spot["file"], spot["number"], spot["offset"], spot["bytes"])
            return place, Counts.from_dict(checkpoint.counts)
        self._begin()
        return Place(), Counts()

    def _begin(self) -> None:
        self._digest = hashlib.sha256()
        self._recent: dict[int, str] = {}
        self._digested = 0

    def _upto(self, index: int) -> str:
        """The digest of all files up to this one; of earlier ones only the last few are at hand."""
        for file in self._files[self._digested : index + 1]:
            line = [file.name, file.format, str(file.size_bytes), str(file.modified_ns)]
            self._digest.update(json.dumps(line).encode())
            self._recent[self._digested] = self._digest.hexdigest()
            self._recent.pop(self._digested - _RECENT, None)
            self._digested += 1
        return self._recent.get(min(index, len(self._files) - 1), "")
