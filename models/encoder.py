"""A network that reads a whole mail in one run: what the models ask of it, and which one an artefact holds.

Each mail runs alone: networks with eight-bit activations scale them by the largest of a run, so company in a batch
would change the scores.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from models.artefact import Artefact, ArtefactError
from models.features import Floats
from models.labels import EMOTIONS, INTENTS, SENTIMENTS, TAGS

MAIL_LABELS = (*INTENTS, *SENTIMENTS, *EMOTIONS)
NETWORKS = {"transformer": "models.transformer", "network_ja": "models.network_ja"}
_REMEMBERED_MAILS = 64  # more than a batch of the journey: the sentence and the mail model ask for the same mail


@dataclass(frozen=True, slots=True)
class Entity:
    """A name in a sentence: characters ``start`` to ``end``, its type, and the probability of that."""

    start: int
    end: int
    label: str
    score: float


@dataclass(frozen=True, slots=True)
class Reading:
    """Scores of one mail before any head: log odds, one column per label.

    ``sentences`` has a row per sentence and the columns of ``TAGS``, nan for sentences that the network did not read;
    ``mail`` has those of ``MAIL_LABELS``, nan for labels that it does not know. ``entities`` holds the names in each
    sentence, if the network finds them.
    """

    sentences: Floats
    mail: Floats
    entities: tuple[tuple[Entity, ...], ...] = ()


class Network(Protocol):
    """What reads one mail, given as its sentences; there is at least one."""

    def read(self, mail: Sequence[str]) -> Reading:
        """The scores of the mail."""


class Encoder:
    """A loaded network that remembers the last few mails."""

    def __init__(self, network: Network) -> None:
        self.read = functools.lru_cache(_REMEMBERED_MAILS)(network.read)

    def sentences(self, mails: Sequence[Sequence[str]]) -> Floats:
        """One row per sentence, mail after mail."""
        rows = [self.read(tuple(mail)).sentences for mail in mails if mail]
        return np.concatenate([np.zeros((0, len(TAGS)), np.float32), *rows])

    def mails(self, mails: Sequence[Sequence[str]]) -> Floats:
        """One row per mail; nan for a mail without a sentence."""
        nothing = np.full(len(MAIL_LABELS), np.nan, np.float32)
        return np.stack([self.read(tuple(mail)).mail if mail else nothing for mail in mails])


def from_artefact(artefact: Artefact, version: str) -> Encoder:
    """The encoder that an artefact holds.

    Its manifest names the network under ``encoder.network``, a key of ``NETWORKS``; the rest of ``encoder`` and the
    files are that module's, whose function ``load(files, settings)`` makes the network.

    Raises:
        ArtefactError: it is another version than the one the models were trained with.
    """
    found = artefact.manifest["version"]
    if found != version:
        raise ArtefactError(f"the models need encoder {version}, here is {found}: install the package again")
    return from_files(artefact.files, artefact.manifest["encoder"])


def from_files(files: Mapping[str, bytes], settings: Mapping[str, Any]) -> Encoder:
    """The encoder of these files and settings, as an artefact would hold them."""
    return Encoder(importlib.import_module(NETWORKS[settings["network"]]).load(files, settings))
