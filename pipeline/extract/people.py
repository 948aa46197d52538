"""Who a mail's headers name, and where that name stands in a signature block."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.extract import names, organisations
from pipeline.extract.beside import READING, beside
from pipeline.extract.kana import given_readings, is_kana, latin, sound, unify
from pipeline.extract.lines import Block, is_empty, soft_parts, tokens_japanese
from pipeline.extract.located import Hints, Located
from pipeline.extract.words import Piece, is_japanese, plain, words

_WORD_JA = r"[\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff々ー]"
_PERSON_WEST = re.compile(
    rf"(?:(?:[A-Z]\.? ?){{1,3}}|{names.NAME_WORD})(?:[ \u3000](?:(?:{names.NAME_WORD})|[A-Z]\.?)){{1,4}}$"
)
_FORMER = re.compile(
    rf"({_WORD_JA}{{1,5}})[ \u3000]({_WORD_JA}{{1,5}})[ \u3000]?[(（]旧姓[:：\s]{{0,2}}({_WORD_JA}{{1,5}})[)）]"
)
_LATIN_NAME = re.compile(r"[A-Z][A-Za-zāīūēōĀĪŪĒŌ'’-]+,? +[A-Z][A-Za-zāīūēōĀĪŪĒŌ'’-]+")


# ---- the name in a block


def locate(block: Block, hints: Hints) -> Located | None:
    """The person's name in a signature block, found by what the headers say, else by its form and place."""
    japanese = is_japanese(block.text[block.start : block.end])
    found = _by_header(block, hints)
    if japanese and (found is None or not is_japanese(found.name.text)):
        native = _by_family(block, hints) or _by_form_japanese(block, hints)
        if native is not None:
            native = beside(block, native)
            if found is not None and native.latin is None:
                native = Located(native.name, native.family, native.rule, native.kana, found.name)
            return native
        if found is not None and (native := _native_beside(block, found)) is not None:
            return native
    if found is not None:
        return beside(block, found)
    return _by_form_western(block, hints) or _by_mailbox(block, hints)


def _native_beside(block: Block, found: Located) -> Located | None:
    """A Japanese name in brackets or after a slash behind a Latin one: 「Emi Leung（梁 恵美）」."""
    m = re.match(
        rf"\s*[(（/／]\s*({_WORD_JA}{{1,6}}[\s\u3000]{_WORD_JA}{{1,6}})\s*(?:[)）]|$|\n)",
        block.text[found.name.end : block.end],
    )
    if m is None or is_kana(m.group(1)):
        return None
    at = found.name.end + m.start(1)
    return Located(Piece(at, at + len(m.group(1)), m.group(1)), None, "signature.name", None, found.name)


def _by_header(block: Block, hints: Hints) -> Located | None:
    if not hints.full:
        return None
    if is_japanese(hints.full):
        return _by_former_name(block, hints) or _by_full_japanese(block, hints)
    return _by_full_western(block, hints.full)


def _by_former_name(block: Block, hints: Hints) -> Located | None:
    """A name with the header's family name behind it as the former one (緒方 奈緒（旧姓 志摩）)."""
    family = hints.family or names.split(hints.full or "").family
    m = _FORMER.search(block.text, block.start, block.end) if "旧姓" in block.text[block.start : block.end] else None
    if m is None or not family or unify(m[3]) != unify(family):
        return None
    return Located(Piece(m.start(1), m.end(2), block.text[m.start(1) : m.end(2)]), m[1], "signature.name")


def _by_full_japanese(block: Block, hints: Hints) -> Located | None:
    letters = re.sub(r"[\s\u3000・]+", "", unify(hints.full or ""))
    if len(letters) <= 3 and not re.search(r"\s", hints.full or ""):
        return None  # a family name, perhaps, with the given name still to come
    places = [i for i in range(block.start, block.end) if block.text[i] != "・" and not block.text[i].isspace()]
    at = unify("".join(block.text[i] for i in places)).find(letters) if letters else -1
    if at < 0:
        return None
    start, end = places[at], places[at + len(letters) - 1] + 1
    written = block.text[start:end]
    return None if "\n" in written else Located(Piece(start, end, written), hints.family, "signature.name")


def _by_family(block: Block, hints: Hints) -> Located | None:
    """A known family name at a word's start, with the given name that follows it."""
    tokens = re.split(r"[\s\u3000]+", hints.full) if hints.full and is_japanese(hints.full) else []
    # "広報 瀬川" may be a post and a family name: the last word is tried too
    known = [f for f in (*tokens[:1], hints.family, *tokens[1:2]) if f]
    for family in dict.fromkeys(known):
        places = list(_places_of(block, family))
        # the name in full goes before the family name alone, as in a list of duties above the signature
        if places:
            return Located(max(places, key=lambda p: len(p.text) > len(family)), family, "signature.family_name")
    return None


def _places_of(block: Block, family: str) -> Iterator[Piece]:
    wanted = unify(family)
    for line in block.lines:
        for m in re.finditer(re.escape(wanted), unify(line.text)) if wanted in unify(line.text) else ():
            name = _family_at(line, m, family)
            if name is not None and not block.taken(name.start, name.end):
                yield name


def _family_at(line: Piece, m: re.Match[str], family: str) -> Piece | None:
    left, rest = line.text[: m.start()], line.text[m.end() :]
    if left and left[-1] != "・" and re.match(_WORD_JA, left[-1]) and not _glued_before(left):
        return None
    given = re.match(rf"[\s\u3000]({_WORD_JA}{{1,5}})(?=[\s\u3000（(/／,、。:]|$)", rest)
    given = given or re.match(rf"({_WORD_JA}{{1,3}})(?=[\s\u3000（(/／,、。:]|$)", rest)
    if given is not None and not _can_be_given(given, rest):
        given = None
    if given is None and not re.match(r"[\s\u3000（(/／,、:]|$", rest):
        return None
    end = m.end() + (given.end() if given else 0)
    return Piece(line.start + m.start(), line.start + end, line.text[m.start() : end])


def _can_be_given(given: re.Match[str], rest: str) -> bool:
    word = given.group(1)
    if re.search(r"[\u4e00-\u9fff]", word) and re.search(r"[\u30a1-\u30fa]", word.replace("ヶ", "")):
        return False  # 山吹ツール
    if organisations.is_title_like(word) or (
        organisations.company_japanese(word) and not names.is_given_japanese(word)
    ):
        return False
    return rest[0].isspace() or names.is_given_japanese(word)


def _glued_before(left: str) -> bool:
    tail = re.split(r"[\s\u3000]", left)[-1]
    return bool(organisations.title_japanese(tail) or organisations.department_japanese(tail))


def _by_full_western(block: Block, full: str) -> Located | None:
    tokens = [t for t in re.split(r"[\s,]+", full) if t]
    if len(tokens) < 2:
        return _short_form(block, tokens)
    wanted = [plain(t).strip(".") for t in tokens]
    best: tuple[int, Piece] | None = None
    for line in block.lines:
        letters = plain(line.text)
        if not any(w in letters for w in wanted):
            continue
        for p in _name_pieces(block, line):
            core = _vouched(p, wanted)
            score = _agreement(core.text, wanted)
            if score and (best is None or score > best[0]):
                best = (score, core)
    return Located(best[1], None, "signature.name") if best else None


def _vouched(p: Piece, wanted: list[str]) -> Piece:
    """The piece from the first to the last word that the header's name has too (degrees and titles fall away)."""
    found = list(re.finditer(r"[^\s,]+", p.text))
    own = [i for i, t in enumerate(found) if _is_wanted(plain(t.group()).strip("."), wanted)]
    if len(own) < 2 or own[-1] - own[0] > 5:
        return p
    start, end = found[own[0]].start(), found[own[-1]].end()
    return Piece(p.start + start, p.start + end, p.text[start:end].rstrip(",;"))


def _is_wanted(word: str, wanted: list[str]) -> bool:
    return word in wanted or (len(word) == 1 and any(w.startswith(word) for w in wanted))


def _name_pieces(block: Block, line: Piece) -> list[Piece]:
    """Stretches of a line that may be a name: its pieces, their parts, and the parts without degrees and titles."""
    found: list[Piece] = []
    for p in block.pieces(line):
        for part in soft_parts(block.text, p):
            if is_japanese(part.text):
                found += [
                    Piece(part.start + m.start(), part.start + m.end(), m.group())
                    for m in _LATIN_NAME.finditer(part.text)
                ]
            elif (cleaned := _cleaned(_unlabelled(part))) is not None:
                found.append(cleaned)
        if re.match(r"[A-Z]{2,}, [A-Z][a-z]+$", p.text):
            found.append(p)
    return found


def _unlabelled(part: Piece) -> Piece:
    """The part without a label before a name ("Account queries: Jane Roe"), which no post or firm is."""
    m = re.match(r"([A-Z][\w ./&-]{1,30}): ?(?=[A-Z])", part.text)
    if m is None or organisations.title_western(m[1]):
        return part
    return Piece(part.start + m.end(), part.end, part.text[m.end() :])


def _cleaned(part: Piece) -> Piece | None:
    name = names.clean(part.text)
    at = part.text.find(name)
    return Piece(part.start + at, part.start + at + len(name), name) if name and at >= 0 else None


def _agreement(text: str, wanted: list[str]) -> int:
    """How many parts of the header's name a stretch has; 0 where it is more or less than that name."""
    have = [plain(t).strip(".") for t in re.split(r"[\s,]+", text) if t.strip(".")]
    if not 2 <= len(have) <= 6:
        return 0
    hits = [w for w in have if w in wanted]
    initials = [w for w in have if len(w) == 1 and any(x.startswith(w) for x in wanted)]
    near = [w for w in have if w not in hits and len(w) > 2 and any(x.startswith(w[:3]) for x in wanted)]
    if not hits or len(hits) + len(initials) + len(near) < 2 or len(have) - len(hits) - len(initials) - len(near) > 1:
        return 0
    return 3 * len(hits) + len(initials) + len(near)


def _short_form(block: Block, tokens: list[str]) -> Located | None:
    """With only one name in the header, the first piece that holds it."""
    if not tokens:
        return None
    for line in block.lines:
        for p in _name_pieces(block, line):
            have = [plain(t).strip(".") for t in p.text.split()]
            if plain(tokens[0]) in have and len(have) <= 4 and len(have) > 1:
                return Located(p, None, "signature.name")
    return None


# ---- without help from the headers


def _by_form_japanese(block: Block, hints: Hints) -> Located | None:
    """Two short words, or one that splits into known names, that are no firm, department or title."""
    best: tuple[float, Located] | None = None
    for line in block.lines:
        tokens = [_unaddressed(t) for p in block.pieces(line) for t in tokens_japanese(block.text, p)]
        for i, t in enumerate(tokens):
            for name, score in _candidates(block, tokens, i, t, hints):
                if score > (best[0] if best else 1.39):
                    best = (score, Located(name, None, "signature.name_form"))
    return best[1] if best else None


def _unaddressed(t: Piece) -> Piece:
    """The word without the form of address at its end."""
    bare = re.sub(r"(?:様|さま|さん|殿|氏|先生|宛)$", "", t.text)
    return Piece(t.start, t.start + len(bare), bare) if len(bare) >= 1 else t


def _candidates(block: Block, tokens: list[Piece], i: int, t: Piece, hints: Hints) -> list[tuple[Piece, float]]:
    out = []
    if not _is_name_word(t.text):
        return []
    reading = READING.match(block.text[t.end : min(block.end, t.end + 40)]) is not None
    if (
        i + 1 < len(tokens)
        and _is_name_word(tokens[i + 1].text)
        and len(block.text[t.end : tokens[i + 1].start].strip()) == 0
    ):
        name = Piece(t.start, tokens[i + 1].end, block.text[t.start : tokens[i + 1].end])
        after = READING.match(block.text[name.end : min(block.end, name.end + 40)]) is not None
        score = (
            0.8
            + 0.9 * names.is_family_japanese(t.text)
            + 0.6 * names.is_given_japanese(tokens[i + 1].text)
            + 1.0 * after
        )
        out.append((name, score + _sounds_like(name.text, hints)))
    parts = names.split(t.text)
    known = names.is_family_japanese(parts.family or "")
    score = (
        0.2
        + (1.0 if known else 0.0)
        + (0.7 if parts.given and names.is_given_japanese(parts.given) else 0.0)
        + 1.0 * reading
    )
    score += 0.5 * (i > 0 and i == len(tokens) - 1)
    score += 1.0 * (block.text[t.end : t.end + 1] in ("様", "氏"))
    if out and names.is_given_japanese(tokens[i + 1].text):
        score -= 0.6  # a family name with its given name behind it
    out.append((t, score + _sounds_like(t.text, hints)))
    return out


def _is_name_word(token: str) -> bool:
    if token in ("様", "殿", "氏", "宛", "先生", "御中") or organisations.is_title_like(token):
        return False
    if not re.fullmatch(rf"{_WORD_JA}{{1,6}}|[\u30a1-\u30faー]{{2,12}}", token):
        return False
    return organisations.company_japanese(token) < 0.5 or names.is_family_japanese(token)


def _sounds_like(name: str, hints: Hints) -> float:
    """Does the name sound like the Latin name of the header, or like the mailbox?"""
    if hints.full and names.same_name(name, hints.full):
        return 1.5
    local = sound(hints.address.partition("@")[0])
    parts = names.split(name)
    if any(len(r) > 2 and r in local for r in names.family_sounds(parts.family or "")):
        return 0.8
    shown = {sound(t) for t in re.split(r"[\s,]+", hints.full)} if hints.full and not is_japanese(hints.full) else set()
    return 0.8 if shown & {latin(r) for r in given_readings().get(unify(parts.given or ""), ())} else 0.0


def _by_form_western(block: Block, hints: Hints) -> Located | None:
    """A line near the top that has a name's form: two to five capitalised words, none of a firm, title or place."""
    for number, line in enumerate(block.lines[:4]):
        for p in _name_pieces(block, line):
            if not _looks_personal(p.text, hints):
                continue
            known = any(names.is_given(t) or names.is_family(t) for t in p.text.split())
            if known or number == 0:
                return Located(p, None, "signature.name_form")
        if number == 0 and hints.full and len(block.lines) == 1:
            return None
    return None


def _by_mailbox(block: Block, hints: Hints) -> Located | None:
    """A block of one word that the mailbox holds too ("joana", joana.vilhena@…)."""
    if len(block.lines) != 1 or hints.full:
        return None
    line = block.lines[0]
    local = plain(hints.address.partition("@")[0])
    if re.fullmatch(r"[^\W\d_]{3,20}", line.text) and plain(line.text) in re.split(r"[._+-]", local):
        return Located(line, None, "signature.name_form")
    return None


def _looks_personal(text: str, hints: Hints) -> bool:
    if is_japanese(text) or not _PERSON_WEST.match(text) or any(c.isdigit() for c in text):
        return False
    first, *rest = text.split()
    if any(plain(t) in words("function_words_en.txt") for t in (first, *rest)):
        return False
    if not first[0].isupper() or any(not t[0].isupper() and t.casefold() not in words("particles.txt") for t in rest):
        return False
    domain = hints.address.partition("@")[2]
    given = names.is_given(first)
    if organisations.legal_form_western(text) or (organisations.title_western(text) >= 0.6 and not given):
        return False
    if organisations.company_western(text, domain) > (0.7 if given else 0.5) and not (
        given and len(rest) == 1 and organisations.company_western(text) < 0.5
    ):
        return False
    return not organisations.department_western(text) and not is_empty(text)
