"""An artefact on disk: a folder with ``weights.npz`` (arrays), other data files and ``manifest.json`` (all the rest).

No file holds code. The manifest names each file with its hash; reading refuses files that are not those.
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
    """What was read: the manifest, and the arrays and other files it vouches for."""

    manifest: Mapping[str, Any]
    arrays: Mapping[str, NDArray[Any]]
    files: Mapping[str, bytes]


def write(
    folder: Path,
    manifest: Mapping[str, Any],
    arrays: Mapping[str, NDArray[Any]],
    others: Mapping[str, bytes] | None = None,
) -> None:
    """Write the arrays, if there are any, the other files and the manifest; the same content gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    contents = dict(others or {})
    if arrays:
        buffer = io.BytesIO()
        np.savez_compressed(buffer, allow_pickle=False, **{name: arrays[name] for name in sorted(arrays)})
        contents[WEIGHTS] = buffer.getvalue()
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    files = {name: {"sha256": digest(data), "bytes": len(data)} for name, data in contents.items()}
    complete = {"format": FORMAT, **manifest, "version": version(files), "files": files}
    (folder / MANIFEST).write_text(to_json(complete), encoding="utf-8")


def read(folder: Path) -> Artefact:
    """Read and verify an artefact.

    Raises:
        ArtefactError: a file is missing or unreadable, the hash differs, or the format is another one.
    """
    manifest = read_manifest(folder)
    files = {name: _verified(folder, name, entry["sha256"]) for name, entry in manifest["files"].items()}
    if WEIGHTS not in files:
        return Artefact(manifest, {}, files)
    with np.load(io.BytesIO(files.pop(WEIGHTS)), allow_pickle=False) as stored:
        return Artefact(manifest, {name: stored[name] for name in stored.files}, files)


def _verified(folder: Path, name: str, sha256: str) -> bytes:
    try:
        data = (folder / name).read_bytes()
    except OSError as error:
        raise ArtefactError(f"{name} of the model {folder.name} cannot be read: {_REMEDY}") from error
    if digest(data) != sha256:
        raise ArtefactError(f"{name} of the model {folder.name} is not the file its manifest names: {_REMEDY}")
    return data


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


def version(files: Mapping[str, Mapping[str, Any]]) -> str:
    """Twelve digits that change with any file: of the only file's hash, or of the hash of all hashes."""
    hashes = [str(files[name]["sha256"]) for name in sorted(files)]
    return (hashes[0] if len(hashes) == 1 else digest("".join(hashes).encode()))[:12]


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
