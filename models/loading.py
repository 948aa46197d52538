"""The shipped models, each read once on first use.

Artefacts live in ``models/artifacts/TASK-LANGUAGE/``. Sentences in a language without a model of its own are read by
the English one.
"""

from __future__ import annotations

import functools
from pathlib import Path

from models import artefact, encoder, mails, names, sentences
from models.artefact import Artefact
from models.encoder import Encoder
from models.labels import LANGUAGES

ARTEFACTS = Path(__file__).parent / "artifacts"
TASKS = ("sentences", "mails")
ENCODER, NAMES = "encoder", "names"


def route(language: str) -> str:
    """The language whose model reads text of ``language``."""
    return language if language in LANGUAGES else "en"


@functools.cache
def sentence_model(language: str) -> sentences.SentenceModel:
    """The shipped sentence model for ``language`` ("en" or "ja").

    Raises:
        models.artefact.ArtefactError: the artefact is missing or damaged.
    """
    return sentences.from_artefact(_shipped("sentences", language), shipped_encoder(language))


@functools.cache
def mail_model(language: str) -> mails.MailModel:
    """The shipped mail model for ``language`` ("en" or "ja").

    Raises:
        models.artefact.ArtefactError: the artefact is missing or damaged.
    """
    return mails.from_artefact(_shipped("mails", language), shipped_encoder(language))


@functools.cache
def name_model(language: str) -> names.NameModel | None:
    """The shipped tagger of names for ``language`` ("en" or "ja"); None where there is none.

    Raises:
        models.artefact.ArtefactError: the artefact is damaged.
    """
    has_one = (ARTEFACTS / f"{NAMES}-{language}").is_dir()
    return names.from_artefact(_shipped(NAMES, language)) if has_one else None


@functools.cache
def shipped_encoder(language: str) -> Encoder | None:
    """The shipped encoder for ``language``; None where its models do without.

    Raises:
        models.artefact.ArtefactError: the artefact is missing or damaged, or is not that of the sentence model.
    """
    return encoder_in(ARTEFACTS, language)


def encoder_in(folder: Path, language: str) -> Encoder | None:
    """The encoder that the sentence model of ``language`` in ``folder`` was trained with."""
    wanted = artefact.read_manifest(folder / f"sentences-{language}").get(ENCODER)
    return encoder.from_artefact(artefact.read(folder / f"{ENCODER}-{language}"), wanted) if wanted else None


@functools.cache
def versions() -> dict[str, str]:
    """Version of each shipped artefact, by ``TASK-LANGUAGE``: twelve digits that change with any of its files."""
    shipped = [f"{task}-{language}" for task in TASKS for language in LANGUAGES]
    optional = [f"{task}-{language}" for task in (ENCODER, NAMES) for language in LANGUAGES]
    shipped += [name for name in optional if (ARTEFACTS / name).is_dir()]
    return {name: str(artefact.read_manifest(ARTEFACTS / name)["version"]) for name in shipped}


def _shipped(task: str, language: str) -> Artefact:
    return artefact.read(ARTEFACTS / f"{task}-{language}")
