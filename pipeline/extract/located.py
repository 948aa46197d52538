"""A person sought in a block of text: what is known before, and what was found."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.extract.phones import Regions
from pipeline.extract.words import Piece


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known of a person before the block is read.

    ``full`` is the cleaned name of the From header, ``family`` a Japanese family name from header or
    self-introduction, ``regions`` ISO codes for telephone numbers. ``firm`` is what the header shows instead of a
    person, or the firm of the self-introduction. ``others`` are the names of the recipients.
    """

    full: str | None
    family: str | None
    address: str
    regions: Regions
    firm: str | None = None
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Located:
    """A name in the text, with reading and Latin form where they stand beside it."""

    name: Piece
    family: str | None
    rule: str
    kana: Piece | None = None
    latin: Piece | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the block and what it was judged to be; ``sure`` is 0 to 1."""

    kind: str
    piece: Piece
    sure: float
    rule: str
