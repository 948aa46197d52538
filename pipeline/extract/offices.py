"""Several offices in one signature: only the one that the sender sits in gives an address and telephone numbers."""

from __future__ import annotations

import re
from itertools import zip_longest

from pipeline.extract import addresses
from pipeline.extract.lines import Block, is_empty
from pipeline.extract.words import Piece, digit_count, fold, is_japanese, plain

_KINDS_JA = r"本社|本店|本部|支社|支店|営業所|事業所|出張所|工場|センター|オフィス|研究所|事務所|店"
_OFFICE_JA = re.compile(
    rf"[\[【(■◆●・]?(?P<label>[^\d〒:]{{0,12}}(?:{_KINDS_JA}))[\])】]?\s*(?::\s*|(?=\s|〒|$))(?P<rest>.*)$"
)
_OFFICE_EN = re.compile(
    r"(?P<label>[A-Z][\w.'-]*(?: [A-Z(&][\w.')-]*){0,3}(?: (?i:office|branch|plant|warehouse|showroom|studio|hq))?)"
    r"\s*(?::\s*(?P<rest>\S.*)?|(?<=office)|(?<=Office)|(?<=Branch)|(?<=Plant)|(?<=HQ))$"
)
_PLACE_JA = re.compile(r"〒|[都道府県市区町村郡]\S*\d")


def leave_out_others(block: Block) -> None:
    """Mask the lines of all offices but the sender's: the one named elsewhere in the block, else the first."""
    offices = _offices(block)
    if len(offices) == 1 and (first := offices[0][1][0]) and _is_below_a_place(block, first):
        block.take(first.start, first.end)  # the head office under the sender's own
    if len(offices) < 2:
        return
    inside = {line.start for _, lines in offices for line in lines}
    elsewhere = plain(" ".join(line.text for line in block.lines if line.start not in inside))
    own = next((i for i, (label, _) in enumerate(offices) if plain(label) in elsewhere), 0)
    for i, (_, lines) in enumerate(offices):
        if i != own:
            block.take(lines[0].start, lines[-1].end)


def _is_below_a_place(block: Block, line: Piece) -> bool:
    """Does a line with an office and its address stand under an address that has no office's name?"""
    above = [p for p in block.lines if p.start < line.start]
    return (
        is_japanese(line.text)
        and _is_place(_label(line)[1])
        and any(_is_place(fold(p.text)) and not _label(p)[0] for p in above)
    )


def _offices(block: Block) -> list[tuple[str, list[Piece]]]:
    """The offices of a block: their names and lines, each with an address on its line or the one below."""
    found: list[tuple[str, list[Piece]]] = []
    for line, below in zip_longest(block.lines, block.lines[1:]):
        label, rest = _label(line)
        at_place = _is_place(rest) or (not rest and below is not None and _is_place(fold(below.text)))
        if label and at_place:
            found.append((label, [line]))
        elif found and digit_count(line.text) >= 4:
            found[-1][1].append(line)
        elif found and label:
            break
    return found


def _label(line: Piece) -> tuple[str, str]:
    """The office that a line names and what follows on the line; two empty texts where it names none."""
    folded = fold(line.text)
    m = _OFFICE_JA.match(folded) or _OFFICE_EN.match(folded)
    return (m["label"].strip(), m["rest"] or "") if m and not is_empty(m["label"]) else ("", "")


def _is_place(folded: str) -> bool:
    return (
        _PLACE_JA.search(folded) is not None
        or addresses.is_street(folded)
        or ("," in folded and addresses.postal_code(folded) is not None)
    )
