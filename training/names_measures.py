"""How well names are found: exact spans with their type."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from models.names import LABELS, NameModel, runs
from models.names_words import CUTTERS
from training.names_corpora import IGNORED, Span, Text


@dataclass(frozen=True, slots=True)
class Counts:
    """Names found rightly, found, and wanted, by type."""

    right: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    wanted: Counter[str] = field(default_factory=Counter)

    def figures(self) -> dict[str, float]:
        """F1, precision and recall over all types, and the F1 of each."""
        right, found, wanted = (sum(counter.values()) for counter in (self.right, self.found, self.wanted))
        each = {label: _f1(self.right[label], self.found[label], self.wanted[label]) for label in sorted(self.wanted)}
        return {
            "f1": _f1(right, found, wanted),
            "precision": round(right / max(1, found), 4),
            "recall": round(right / max(1, wanted), 4),
            **each,
        }


def for_manifest(figures: Mapping[str, Mapping[str, float]]) -> dict[str, Mapping[str, float]]:
    """Figures as a manifest shows them: ``names`` holds the types on the written mails, as other models' heads do."""
    written = figures["written"]
    each = {label: value for label, value in written.items() if label in LABELS}
    macro = round(sum(each.values()) / max(1, len(each)), 4)
    whole = {name: value for name, value in written.items() if name not in each}
    return {"names": {"macro_f1": macro, **each}, **figures, "written": whole}


def _f1(right: int, found: int, wanted: int) -> float:
    return round(2 * right / max(1, found + wanted), 4)


def count(
    model: NameModel, texts: Sequence[Text], labels: Collection[str] = LABELS, with_signature: bool = False
) -> Counts:
    """Let the model read the texts, and compare."""
    counts = Counts()
    for text in texts:
        for number, (given, names) in enumerate(zip(_read(model, text.sentences), text.names, strict=True)):
            if number >= text.body and not with_signature:
                continue
            wanted = {name for name in names if name[2] in labels}
            found = {name for name in given if name[2] in labels and not _is_ignored(name, names)}
            for counter, spans in ((counts.right, wanted & found), (counts.found, found), (counts.wanted, wanted)):
                counter.update(label for _, _, label in spans)
    return counts


def _is_ignored(name: Span, names: Sequence[Span]) -> bool:
    return any(kind == IGNORED and start < name[1] and name[0] < end for start, end, kind in names)


def _read(model: NameModel, sentences: Sequence[str]) -> Iterator[list[Span]]:
    """The names of each sentence with the types of ``LABELS``, facilities and dates too."""
    found = [list(CUTTERS[model.language](sentence)) for sentence in sentences]
    scores = model.scores(found)
    first = 0
    for words in found:
        of_sentence = runs(scores[first : first + len(words)])
        yield [(words[start].start, words[end - 1].end, label) for start, end, label, _ in of_sentence]
        first += len(words) + 1
