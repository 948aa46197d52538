"""Whether a meeting is confirmed or only proposed, by the weight of what its sentences say and how exact its times are.

A logistic regression for both languages together, because the word lists have the same names in both. Its weights are
in ``weights_status.json``, fitted by ``python -m training.deeds``.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from importlib.resources import files

from pipeline.extract import weighing
from pipeline.extract.clues import Clue
from pipeline.extract.clues import patterns as cue_patterns
from pipeline.records import Slot

_TAGS = ("request", "question", "meeting", "call", "task", "promise")
_POINTING = "option_"  # the lists of "the second one" and the like say which, not how sure


def features(group: Sequence[Clue], final: Sequence[Slot], reply: bool) -> dict[str, float]:
    """What speaks for either, of the sentences of a meeting and its times; ``reply``: the mail answers another."""
    language = group[0].sentence.language
    found = {f"tag.{tag}": max(weighing.logit(c.scores[tag]) for c in group) for tag in _TAGS}
    cues = {cue for clue in group for cue in clue.cues}
    found |= {f"cue.{name}": float(name in cues) for name in cue_patterns(language) if not name.startswith(_POINTING)}
    told = [weighing.deeds(clue.sentence.text, language) for clue in group]
    found |= {f"deed.{name}": max(deeds[name] for deeds in told) for name in told[0]}
    one = final[0] if len(final) == 1 else None
    return found | {
        "asks": float(any(c.sentence.text.rstrip().endswith(("?", "？")) for c in group)),
        "reply": float(reply),
        "several": float(len(final) > 1),
        "undated": float(not final),
        "exact": float(one is not None and not one.approx),
        "all_day": float(one is not None and one.all_day),
        "has_end": float(one is not None and one.end is not None),
        "sentences": float(len(group)),
        "japanese": float(language == "ja"),
    }


def is_confirmed(group: Sequence[Clue], final: Sequence[Slot], reply: bool) -> bool:
    """Whether a meeting that is neither moved nor cancelled is confirmed."""
    weights = _weights()
    told = features(group, final, reply)
    return weights["bias"] + sum(weights.get(name, 0.0) * value for name, value in told.items()) > 0


@functools.cache
def _weights() -> dict[str, float]:
    weights: dict[str, float] = json.loads((files(__package__) / "weights_status.json").read_text(encoding="utf-8"))
    return weights
