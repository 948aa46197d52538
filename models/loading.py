"""The shipped models, each read once on first use.

Artefacts live in ``models/artifacts/TASK-LANGUAGE/``. Sentences in a language without a model of its own are read by
the English one.
"""

from __future__ import annotations

import functools
from pathlib import Path

from models import artefact, mails, sentences
from models.artefact import Artefact
from models.labels import LANGUAGES

ARTEFACTS = Path(__file__).parent / "artifacts"
TASKS = ("sentences", "mails")


def route(language: str) -> str:
    """The language whose model reads text of ``language``."""
    return language if language in LANGUAGES else "en"


@functools.cache
def sentence_model(language: str) -> sentences.SentenceModel:
    """The shipped sentence model for ``language`` ("en" or "ja").

    Raises:
        models.artefact.ArtefactError: the artefact is missing or damaged.
    """
    return sentences.from_artefact(_shipped("sentences", language))


@functools.cache
def mail_model(language: str) -> mails.MailModel:
    """The shipped mail model for ``language`` ("en" or "ja").

    Raises:
        models.artefact.ArtefactError: the artefact is missing or damaged.
    """
    return mails.from_artefact(_shipped("mails", language))


@functools.cache
def versions() -> dict[str, str]:
    """Version of each shipped artefact, by ``TASK-LANGUAGE``: the first twelve digits of its weights' hash."""
    names = [f"{task}-{language}" for task in TASKS for language in LANGUAGES]
    return {name: str(artefact.read_manifest(ARTEFACTS / name)["version"]) for name in names}


def _shipped(task: str, language: str) -> Artefact:
    return artefact.read(ARTEFACTS / f"{task}-{language}")
