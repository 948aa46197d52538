"""What a sentence is about, as numbers: for intents that people make from a few examples.

English takes the means over a sentence's pieces from inside the encoder's network, after its pre-trained layers and
after the last one; Japanese takes the words and classes of words that its network reads. Each sentence is read alone,
so that an example means the same as the sentence of a mail.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models import artefact, loading, network_ja, transformer
from models.features import Floats

WIDTH_JA = 1024
STIFFNESS = {"en": 1.0, "ja": 10.0}
"""How much the spread of ordinary sentences is evened out before it is divided by; found on invented intents."""
_BITS = 20
_LAST = b"/MatMul_output_0"
_PRE_TRAINED = b"/bottom/layers.1/norm2/LayerNormalization_output_0"


def version(language: str) -> str:
    """Changes with what the vectors are made from."""
    made_by = loading.versions().get("encoder-en", "") if language == "en" else network_ja.classes_version()
    return artefact.digest(f"1 {made_by}".encode() + _background_file(language))[:12]


def vectors(texts: Sequence[str], language: str) -> Floats:
    """One row per sentence, of length 1.

    Raises:
        models.artefact.ArtefactError: the shipped network is missing or damaged.
    """
    if not texts:
        return np.zeros((0, 1), np.float32)
    return _english(texts) if language == "en" else _japanese(texts)


@functools.cache
def background(language: str) -> Floats:
    """The vectors of some ordinary sentences of business mail; a few seconds in English."""
    return vectors(_background_file(language).decode("utf-8").splitlines(), language)


@functools.cache
def spread(language: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The mean of the ordinary sentences, and the inverse of their covariance."""
    rows = background(language).astype(np.float64)
    mean = rows.mean(axis=0)
    covariance = np.cov((rows - mean).T)
    evened = STIFFNESS[language] * np.trace(covariance) / len(covariance)
    return mean, np.linalg.inv(covariance + evened * np.eye(len(covariance)))


def _background_file(language: str) -> bytes:
    return (files("models") / f"background_{language}.txt").read_bytes()


def _japanese(texts: Sequence[str]) -> Floats:
    """Runs of words and of classes, each added to or taken from one of the columns."""
    rows, columns = network_ja.columns(network_ja.read_words(texts), _BITS)
    keys = np.unique((rows << _BITS) | columns)
    rows, mixed = keys >> _BITS, ((keys & ((1 << _BITS) - 1)) * 2654435761) & 0xFFFFFFFF
    out = np.zeros((len(texts), WIDTH_JA), np.float32)
    np.add.at(out, (rows, (mixed >> 8) % WIDTH_JA), np.where(mixed >> 31, 1, -1).astype(np.float32))
    return _unit(out)


def _english(texts: Sequence[str]) -> Floats:
    session, cutter = _network()
    names = [name.decode() for name in (_LAST, _PRE_TRAINED)]
    rows = []
    for text in texts:
        window = next(iter(cutter.windows([text])))
        given = {"ids": np.array([window.ids], np.int64), "cases": np.array([window.cases], np.int64)}
        share = transformer.shares(window.lengths)
        last, before = session.run(names, {**given, "shares": share})
        rows.append(np.concatenate([_unit(last), _unit(share @ before[0])], axis=1))
    return np.asarray(np.concatenate(rows) / np.sqrt(2), np.float32)


@functools.cache
def _network() -> tuple[Any, transformer.Cutter]:
    import onnxruntime  # type: ignore[import-untyped]

    shipped = artefact.read(Path(loading.ARTEFACTS) / "encoder-en")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    tapped = shipped.files[transformer.MODEL] + b"".join(_output(name) for name in (_LAST, _PRE_TRAINED))
    session = onnxruntime.InferenceSession(tapped, options, providers=["CPUExecutionProvider"])
    pieces = shipped.manifest["encoder"]["pieces"]
    return session, transformer.cutter(shipped.files[transformer.VOCABULARY], pieces)


def _output(name: bytes) -> bytes:
    """The ONNX message that, put after a model, makes one more of its inner values an output.

    Source: Protocol Buffers, "the parser merges multiple instances of the same field"; onnx.proto, fields ModelProto 7,
    GraphProto 12, ValueInfoProto 1 and 2, TypeProto 1, Tensor 1 (1 is float).
    """
    tensor = _field(1, _field_number(1, 1))
    return _field(7, _field(12, _field(1, name) + _field(2, tensor)))


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _field_number(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def _unit(rows: NDArray[Any]) -> Floats:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-6), np.float32)
