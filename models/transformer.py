"""A small transformer in ONNX that reads a whole mail at once, and the names it finds.

A mail is one sequence of word pieces, ``[CLS] sentence [SEP] sentence [SEP] …``; a sentence is the mean over its own
pieces, so it is read in its context and the network runs once. A long mail is read in several runs, and of a very long
one only the beginning, so that no mail takes more than a fraction of a second.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models import wordpiece
from models.encoder import Entity, Reading
from models.features import Floats
from models.heads import softmax
from models.labels import ENTITIES, TAGS
from models.wordpiece import NO_CASE, Word, WordPiece

MODEL, VOCABULARY = "encoder.onnx", "vocabulary.txt"
OUTSIDE, BEGIN = 0, 1
MOST_RUNS = 8  # about 2,000 words
_LONGEST_SENTENCE = 4_000  # characters; far more than the pieces that are read of one
NAME_COLUMNS = 1 + 2 * len(ENTITIES)  # outside, then beginning and inside of each type


@dataclass(slots=True)
class Window:
    """What one run reads: numbers and letter case of the pieces, sentence after sentence.

    ``lengths`` counts the pieces of each sentence with the mark at its end; ``words`` holds each sentence's words,
    ``places`` the first piece of each.
    """

    ids: list[int]
    cases: list[int]
    lengths: list[int]
    words: list[list[Word]]
    places: list[list[int]]


@dataclass(frozen=True, slots=True)
class Cutter:
    """Cuts mails into windows: at most ``sentence`` pieces of each sentence, at most ``window`` in one run."""

    tokenizer: WordPiece
    sentence: int
    window: int

    def windows(self, mail: Sequence[str]) -> Iterator[Window]:
        """Runs of whole sentences."""
        window = self._empty()
        for text in mail:
            words = self._first_words(text)
            size = sum(len(word.pieces) for word in words) + 1
            if window.lengths and len(window.ids) + size > self.window:
                yield window
                window = self._empty()
            self._add(window, words, size)
        yield window

    def _empty(self) -> Window:
        return Window([self.tokenizer.start], [NO_CASE], [], [], [])

    def _first_words(self, text: str) -> list[Word]:
        out, size = [], 0
        for word in self.tokenizer.words(text[:_LONGEST_SENTENCE]):
            size += len(word.pieces)
            if size > self.sentence:
                break
            out.append(word)
        return out

    def _add(self, window: Window, words: list[Word], size: int) -> None:
        places = []
        for word in words:
            places.append(len(window.ids))
            window.ids += word.pieces
            window.cases += [word.case] * len(word.pieces)
        window.ids.append(self.tokenizer.stop)
        window.cases.append(NO_CASE)
        window.lengths.append(size)
        window.words.append(words)
        window.places.append(places)


def shares(lengths: Sequence[int]) -> Floats:
    """The matrix that takes the mean over each sentence's pieces; the first piece belongs to none."""
    out = np.zeros((len(lengths), sum(lengths) + 1), np.float32)
    end = 1
    for row, length in enumerate(lengths):
        out[row, end : end + length] = 1 / length
        end += length
    return out


class Transformer:
    """A loaded network."""

    def __init__(self, session: Any, cutter: Cutter) -> None:
        self._session, self._cutter = session, cutter

    def read(self, mail: Sequence[str]) -> Reading:
        """The scores of one mail, in several runs their mean; nan for sentences after the last run."""
        tags, labels = [], []
        entities: list[tuple[Entity, ...]] = []
        for window in itertools.islice(self._cutter.windows(mail), MOST_RUNS):
            of_sentences, of_mail, of_pieces = self._run(window)
            tags.append(of_sentences)
            labels.append(of_mail)
            for words, places in zip(window.words, window.places, strict=True):
                entities.append(names(words, of_pieces[places]))
        unread = len(mail) - len(entities)
        tags.append(np.full((unread, len(TAGS)), np.nan, np.float32))
        return Reading(np.concatenate(tags), np.mean(labels, axis=0), (*entities, *[()] * unread))

    def _run(self, window: Window) -> list[NDArray[Any]]:
        ids, cases = (np.array([numbers], np.int64) for numbers in (window.ids, window.cases))
        return list(self._session.run(None, {"ids": ids, "cases": cases, "shares": shares(window.lengths)}))


def names(words: Sequence[Word], scores: NDArray[Any]) -> tuple[Entity, ...]:
    """The names in one sentence from a row of scores per word: outside, then beginning and inside of each type."""
    chosen = scores.argmax(axis=1).tolist() if len(words) else []
    if not any(chosen):
        return ()
    probabilities = softmax(scores)
    out: list[tuple[int, int, int]] = []
    for place, column in enumerate(chosen):
        kind, begins = (column - 1) // 2, column % 2 == BEGIN
        if column == OUTSIDE:
            continue
        if out and not begins and out[-1][1:] == (place, kind):
            out[-1] = (out[-1][0], place + 1, kind)
        else:
            out.append((place, place + 1, kind))
    return tuple(
        Entity(words[first].start, words[end - 1].end, ENTITIES[kind], _sureness(probabilities[first:end], kind))
        for first, end, kind in out
    )


def _sureness(probabilities: NDArray[Any], kind: int) -> float:
    """The lowest probability of the type among the words of a name."""
    return round(float(probabilities[:, 1 + 2 * kind : 3 + 2 * kind].sum(axis=1).min()), 4)


def load(files: Mapping[str, bytes], settings: Mapping[str, Any]) -> Transformer:
    """The network that an artefact holds."""
    import onnxruntime  # type: ignore[import-untyped]

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(files[MODEL], options, providers=["CPUExecutionProvider"])
    return Transformer(session, cutter(files[VOCABULARY], settings["pieces"]))


def cutter(vocabulary: bytes, pieces: Mapping[str, int]) -> Cutter:
    """The cutter of a vocabulary file and the limits ``sentence`` and ``window``."""
    return Cutter(wordpiece.from_lines(vocabulary), **pieces)
