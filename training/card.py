"""A model card written from a manifest, so that it cannot say anything else than the figures."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from models.transformer import MODEL

_LANGUAGES = {"en": "English", "ja": "Japanese"}
_WHAT = {
    "encoder": "reads the newest text of a business mail in one run and scores the tags of each sentence and "
    "the mail's labels; the models named sentences and mails join them with their own",
    "sentences": "reads each sentence of a business mail among its neighbours and gives the probability of eleven "
    "tags: the four intents, meeting, call, task, promise, positive, negative and gist",
    "names": "marks persons, organisations, departments, titles, places, products and events in the text of business "
    "mail; pipeline and spaCy component share it",
    "mails": "reads the newest text of a business mail and gives its intents (request, question, complaint, "
    "purchase), its sentiment (three classes) and its emotion (eight)",
}
_TITLES = {"noisy": "Macro F1 on the same mails with broken lines, in capitals, unpunctuated or hasty"}
HEADS = {"encoder": (), "sentences": ("sentences",), "mails": ("intents", "sentiment", "emotion", "noisy")}


def render(manifest: Mapping[str, Any]) -> str:
    """The card of an artefact in Markdown."""
    task, language = manifest["task"], manifest["language"]
    return "\n".join(
        [
            f"# {task}-{language}, version {manifest['version']}",
            "",
            f"This model {_WHAT[task]}. It reads {_LANGUAGES[language]}.",
            "",
            "## How it works",
            _how(manifest),
            "",
            "## Training data",
            *_data(manifest),
            "",
            *_figures(manifest),
            "## Limits",
            *_limits(task),
            "",
            "Labels: docs/labels.md. How to train it again: docs/training.md.",
            "",
        ]
    )


def _how(manifest: Mapping[str, Any]) -> str:
    if manifest["task"] == "encoder":
        engine = "ONNX Runtime runs it on one thread" if MODEL in manifest["files"] else "numpy is all it needs to run"
        return f"{manifest['encoder']['about']} {engine}, one mail at a time."
    shape = manifest["shape"]
    if manifest["task"] == "names":
        return (
            "Each word is a sum of rows of a hashed table (its normal form, ends, shape, part of speech) and of "
            f"{manifest['bases'][0]['name']}'s vector, all in eight bits; {shape['layers']} layers see one word more "
            "on either side each. numpy is all it needs to run, one mail at a time."
        )
    return (
        f"Character n-grams of 1 to {shape['chars']} and runs of 1 to {shape['tokens']} tokens, hashed into "
        f"{2 ** shape['bits']:,} columns; one linear layer with 8-bit weights; small dense heads that see the "
        "neighbouring sentences and give calibrated probabilities."
        + (f" Averaged with encoder-{manifest['language']}." if manifest.get("encoder") else "")
    )


def _data(manifest: Mapping[str, Any]) -> list[str]:
    data = manifest["data"]
    lines = [f"{data['mails']:,} mails, {data['sentences']:,} sentences, from:", ""]
    sources = [*data["sources"], *manifest.get("bases", [])]
    return lines + [f"- {s['name']} ({s['licence']}): {s['origin']}" for s in sources]


def _figures(manifest: Mapping[str, Any]) -> list[str]:
    heads = HEADS.get(manifest["task"], tuple(manifest["metrics"]))
    if not heads:
        return []
    return [
        "## Figures",
        "On test mails that training never saw (split by mail, near-duplicates on one side). F1 unless named.",
        *[line for head in heads for line in _table(head, manifest["metrics"][head])],
        "",
    ]


def _table(head: str, figures: Mapping[str, float]) -> list[str]:
    rows = [f"| {name.replace('_', ' ')} | {value:.3f} |" for name, value in figures.items()]
    return ["", f"### {_TITLES.get(head, head.capitalize())}", "", "| figure | value |", "| --- | ---: |", *rows]


def _limits(task: str) -> list[str]:
    common = [
        "- Written for business mail between firms; chat, social media and legal text were not tried.",
        "- It knows words, not the world: sarcasm, and complaints that name no displeasure, are often missed.",
        "- The test mails come from the same writers as the training mails; strangers' mail reads a little worse.",
    ]
    if task == "names":
        return [
            common[0],
            "- Exact spans are counted. Departments, titles, products and events rest on the written mails alone.",
            "- A name that no rule confirms is a hint; the pipeline takes no person's details from it.",
        ]
    if task == "mails":
        common.append("- Rare emotions (trust, enthusiasm, confusion) rest on few examples; treat them as a hint.")
    return common
