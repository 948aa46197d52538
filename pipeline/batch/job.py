"""A whole job in one folder: planned once, gone on with after any interruption, summed up at the end.

    job.json        what was asked for: another job does not write into the same folder
    plan.jsonl      the parts, one a line
    part-*.parquet  one a part
    manifest.json   counts, versions, and every file with its size and hash; there only when the job is done

The same inputs, options and versions give the same files, byte for byte, however often the job was interrupted.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.batch.engines import Engine
from pipeline.batch.parts import Part, from_json, to_json
from pipeline.batch.scoring import Done, Task, finished, part_path, score_part_apart
from pipeline.batch.summary import Summary, total
from pipeline.errors import Conflict, SettingsError, UsageError
from pipeline.scoring import versions

JOB, PLAN, MANIFEST, LOCK = "job.json", "plan.jsonl", "manifest.json", ".lock"
ANOTHER = "{} holds another job: its inputs, options or versions differ. Choose another folder, or add --restart."


@dataclass(frozen=True, slots=True)
class Step:
    """A part is done; ``before`` where an earlier run did it. ``mails`` of ``total`` have been read so far."""

    done: Done
    before: bool
    mails: int
    total: int


def run(
    task: Task,
    asked: Mapping[str, Any],
    plan: Callable[[], Iterable[Part]],
    engine: Callable[[], Engine],
    notify: Callable[[Step], None] = lambda _: None,
    *,
    restart: bool = False,
) -> Summary:
    """Do what is not done yet of a job, and write its manifest.

    ``asked`` says in JSON values what makes this job another than the next. ``plan`` and ``engine`` are called only
    where there is something to plan, and something left to score.

    Raises: UsageError where the folder holds another job; Conflict where another process works in it; and as
    ``score_part`` does.
    """
    out = task.out
    _make(out)
    with _alone(out):
        asked = {**asked, "versions": versions()}
        if restart:
            _clear(out)
        parts = _planned(out, asked, plan)
        summary = total(_all(task, parts, engine, notify))
        _write_text(out / MANIFEST, _dump({**asked, "summary": summary.to_json(), "files": _files(out, parts)}))
    return summary


def _all(
    task: Task, parts: list[Part], engine: Callable[[], Engine], notify: Callable[[Step], None]
) -> Iterator[Summary]:
    whole, mails, left = sum(part.mails for part in parts), 0, list[Part]()
    for part in parts:
        done = finished(task.out, part.number)
        if done is None:
            left.append(part)
            continue
        mails += part.mails
        notify(Step(done, True, mails, whole))
        yield done.summary
    if not left:
        return
    with _closing(engine()) as workers:
        for part, result in workers.run(task, left):
            done = result or score_part_apart(task, part)
            mails += part.mails
            notify(Step(done, False, mails, whole))
            yield done.summary


@contextmanager
def _closing(engine: Engine) -> Iterator[Engine]:
    try:
        yield engine
    except BaseException:
        engine.close(wait=False)
        raise
    engine.close(wait=True)


def _planned(out: Path, asked: Mapping[str, Any], plan: Callable[[], Iterable[Part]]) -> list[Part]:
    job = out / JOB
    if job.exists():
        if job.read_text(encoding="utf-8") != _dump(asked):
            raise UsageError(ANOTHER.format(out))
        with (out / PLAN).open(encoding="utf-8") as lines:
            return [from_json(json.loads(line)) for line in lines]
    if any(out.glob("part-*.parquet")):
        raise UsageError(ANOTHER.format(out))
    parts = list(plan())
    _write_text(out / PLAN, "".join(json.dumps(to_json(part), ensure_ascii=True) + "\n" for part in parts))
    _write_text(job, _dump(asked))
    return parts


def _files(out: Path, parts: Iterable[Part]) -> list[dict[str, Any]]:
    return [_file(part_path(out, part.number)) for part in parts]


def _file(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"name": path.name, "size_bytes": path.stat().st_size, "sha256": digest}


def _make(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"The folder {out} cannot be made ({error.strerror}). Choose another.") from error


@contextmanager
def _alone(out: Path) -> Iterator[None]:
    """Hold the folder for this process; what a killed one left aside is removed."""
    with (out / LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Conflict(f"Another process writes into {out}. Wait for it, or choose another folder.") from error
        for aside in out.glob(".part-*"):
            aside.unlink(missing_ok=True)
        yield


def _clear(out: Path) -> None:
    for path in (*out.glob("part-*.parquet"), out / JOB, out / PLAN, out / MANIFEST):
        path.unlink(missing_ok=True)


def _dump(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=True, indent=1) + "\n"


def _write_text(path: Path, text: str) -> None:
    """Write aside, then rename."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        aside.write_text(text, encoding="utf-8")
        aside.replace(path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise SettingsError(f"{path} cannot be written ({error.strerror}). Make room and run this again.") from error
