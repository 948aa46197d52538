"""An artefact on disk: a folder with ``weights.npz`` (arrays) and ``manifest.json`` (all the rest), no code in either.

The manifest names the hash of the weights; reading refuses weights that are not those.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

FORMAT = 1
MANIFEST, WEIGHTS = "manifest.json", "weights.npz"
_REMEDY = "install the package again, or train and promote the model (docs/training.md)"


class ArtefactError(Exception):
    """A model's files are missing, damaged, or of another format. The message names the folder and the remedy."""


@dataclass(frozen=True, slots=True)
class Artefact:
    """What was read: the manifest and the arrays it vouches for."""

    manifest: Mapping[str, Any]
    arrays: Mapping[str, NDArray[Any]]


def write(folder: Path, manifest: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write both files; the same content gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **{name: arrays[name] for name in sorted(arrays)})
    data = buffer.getvalue()
    (folder / WEIGHTS).write_bytes(data)
    files = {WEIGHTS: {"sha256": digest(data), "bytes": len(data)}}
    complete = {"format": FORMAT, **manifest, "version": digest(data)[:12], "files": files}
    (folder / MANIFEST).write_text(to_json(complete), encoding="utf-8")


def read(folder: Path) -> Artefact:
    """Read and verify an artefact.

    Raises:
        ArtefactError: a file is missing or unreadable, the hash differs, or the format is another one.
    """
    manifest = read_manifest(folder)
    try:
        data = (folder / WEIGHTS).read_bytes()
    except OSError as error:
        raise ArtefactError(f"{WEIGHTS} of the model {folder.name} cannot be read: {_REMEDY}") from error
    if digest(data) != manifest["files"][WEIGHTS]["sha256"]:
        raise ArtefactError(f"{WEIGHTS} of the model {folder.name} is not the file its manifest names: {_REMEDY}")
    with np.load(io.BytesIO(data), allow_pickle=False) as stored:
        return Artefact(manifest, {name: stored[name] for name in stored.files})


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read only what an artefact says of itself.

    Raises:
        ArtefactError: it is missing, no manifest, or of another format.
    """
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        found = manifest["format"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ArtefactError(f"{MANIFEST} of the model {folder.name} cannot be read: {_REMEDY}") from error
    if found != FORMAT:
        raise ArtefactError(f"the model {folder.name} has format {found}, this version reads {FORMAT}: {_REMEDY}")
    return manifest


def digest(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def to_json(content: Mapping[str, Any]) -> str:
    """Sorted, indented two levels deep at most, so that a diff of two manifests is readable."""
    lines = []
    for key in sorted(content):
        value = content[key]
        if isinstance(value, dict) and value:
            inner = ",\n".join(f"  {json.dumps(k)}: {_flat(value[k])}" for k in sorted(value))
            lines.append(f" {json.dumps(key)}: {{\n{inner}\n }}")
        else:
            lines.append(f" {json.dumps(key)}: {_flat(value)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _flat(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
