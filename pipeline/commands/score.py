"""``mail-insight score``: mails in, JSON lines out."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import typer

from pipeline.commands.progress import Bar, bar
from pipeline.commands.settings import load, processes
from pipeline.ingest.files import Entry, entries
from pipeline.ingest.folders import find, total_bytes
from pipeline.records import RawMail
from pipeline.scoring import score


def run(inputs: Sequence[Path], own: Sequence[str], workers: int | None, *, as_json: bool) -> None:
    """Score all inputs; exit code 1 where a mail has failures."""
    settings = load()
    found = find(inputs)
    failed = 0
    with bar("score", total_bytes(found)) as progress:
        mails = _watched(entries(found, settings.max_mail_bytes), progress)
        for scored in score(mails, processes(settings, workers), own, settings.max_mail_bytes):
            failed += bool(scored.failures)
            sys.stdout.write((scored.line if as_json else brief(json.loads(scored.line))) + "\n")
    sys.stdout.flush()
    if failed:
        typer.secho(f"{failed} mails have failures; the line of each says what happened.", err=True, fg="yellow")
        raise typer.Exit(1)


def _watched(found: Iterable[Entry], progress: Bar) -> Iterator[RawMail]:
    for entry in found:
        progress.advance(entry.place.done_bytes)
        yield entry.mail


def brief(doc: dict[str, Any]) -> str:
    """One readable line: where from, what kind, what it wants, its mood, how many people and dates."""
    kind = doc["machine"] or ", ".join(i["label"] for i in doc["intents"]) or "-"
    mood = doc["sentiment"]["label"] if doc["sentiment"] else "-"
    found = f"{len(doc['contacts'])} people, {len(doc['activities'])} dates and tasks"
    failures = "; ".join(f["detail"] for f in doc["failures"])
    return "  ".join(filter(None, (doc["source"], doc["language"], kind, mood, found, failures)))
