"""Which stretches of a block are about somebody else than the sender.

A value credited to the wrong person is worse than a value left out. So before a block is read as the sender's, the
parts of it that name another person, or that stand under a label such as 納品先 or "Bill to", are found and blanked.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache, lru_cache

from pipeline.extract import links, names, organisations, people
from pipeline.extract.kana import family_readings, given_readings, is_kana, latin, sound, unify
from pipeline.extract.lines import Block, paragraphs
from pipeline.extract.located import Hints, Located
from pipeline.extract.words import Piece, alternation, fold, is_japanese, plain, words

Span = tuple[int, int]

_LONGEST = 5000  # characters; no signature is longer
_BARE_NAME = 13  # characters; a name alone on its line
_RULE = re.compile(r"\s*([-_=*~#+.・─━―ー＿＝＊◆◇■□●○☆★▼▲／/|｜<>＜＞])(?:\s*\1){3,}\s*$|\s*--\s*$")
_EDGE = " \t\u3000>・*＊■□◆◇●○▼▽▲★☆※<＜〈《【[［(（「『-－"
_END = r"\s*(?:[::】\])>》〉」』]|は(?:以下|下記|次)|$)"
_REPRESENTATIVE = re.compile(r"代表|社長|理事長|会長|院長|学長|\b(?:CEO|President|Chairman|Managing Director)\b")
_KANJI = r"[\u4e00-\u9fff\u3005\u30f6]"
_SPACED = re.compile(rf"(?:^|[\s\u3000:：(（])({_KANJI}{{1,4}})[ \u3000]({_KANJI}{{1,3}})(?:\s?(?:様|さん|氏|殿))?$")
_COPIED = re.compile(
    r"転送(?!料|先)|転記|原文|フォワード|メール(?:が(?:来|き|届|あり|入)|を(?:いただ|受け|頂)|です。?\s*\n)"
    r"|(?:連絡|問い?合わせ|回答|返信)が(?:来|き(?:て|ま)|届|あり|入)"
    r"|(?:以下|下記)(?:の通り|は|、|に)?[^。\n]{1,24}(?:様|さん|氏|社)(?:より|から|の)"
    r"|\b(?:forward(?:ed|ing)|fwd|see below|message (?:I|we) (?:got|received))\b",
    re.IGNORECASE,
)
_SALUTATION = re.compile(
    r"[ >]{0,3}[^。、:\n]{1,30}(?:様|さん|御中|各位|殿|先生)[、,]?\s*|(?:Dear|Hi|Hello|Hey) [^.\n]{2,40}[,:!]?\s*"
)
_SENTENCE = re.compile(r"[。!?！？]|[a-z][.]\s*$", re.MULTILINE)
_BEGUN = re.compile(rf"{_SENTENCE.pattern}|\bFYI\b|(?:ご参考|参考まで|転送|共有)(?:に|です|します|$)", re.MULTILINE)
_POINTED = re.compile(
    r"下記|以下|次の通り|こちらに|会場|宿泊先|場所|住所|連絡先|お送りいただ|送付先|決まりました|お知らせします"
    r"|\b(?:below|following|here (?:is|are)|address|details|hotel|venue|location)\b",
    re.IGNORECASE,
)
_POINTS = re.compile(
    r"(?:下記|以下|次)[^。\n]{0,20}(?:まで|へ|に)[^。\n]{0,6}(?:連絡|問い?合わせ)|(?:urgent|emergenc|immediate|contact)[^\n]*",
    re.IGNORECASE,
)
_AREA = re.compile(r"(?:Island|Park|Valley|City|Town|Bay|Beach|Hill|Harbou?r|Village|County|Office|House|Desk|Team)$")
_NOBODY = Hints(None, None, "", ())
_NOT_NAMED = re.compile(r"\d{3}|@|https?:|[都道府県市区町村郡]\S*\d")


def foreign(text: str, start: int, end: int, hints: Hints, stand_in: bool = False) -> list[Span]:
    """The stretches of ``text[start:end]`` that are about another person, in order and apart from each other.

    ``stand_in``: the mail is an out-of-office reply, in which a block may be the stand-in's.
    """
    end = min(end, start + _LONGEST)
    parts = _parts(text, start, end)
    copied = is_copied(text, start) or (
        stand_in and _POINTS.search(fold(text[max(0, start - 500) : start])) is not None
    )
    if not _known(hints):
        parts_near = [p for p in parts if not _is_elsewhere(text[p[0] : p[1]], hints.address)]
        hints = hints if copied else _with_first_named(text, parts_near, hints)
    owners = _owners(text, parts, hints)
    out: list[Span] = []
    labelled, own = _is_label(_line_above(text, start)), not copied
    for (a, b), owner in zip(parts, owners, strict=True):
        own = own or owner is True
        labelled = _is_label(text[a:b].strip().partition("\n")[0]) or (labelled and owner is not True)
        if labelled or owner is False or not own:
            out.append((a, b))
        else:
            out += _lines_of_others(text, a, b, hints)
    return out


def _owners(text: str, parts: list[Span], hints: Hints) -> list[bool | None]:
    """Whose each part is; a part without a name is another's where the text points at it."""
    owners = [_owner(text, a, b, hints) for a, b in parts]
    start, end = (parts[0][0], parts[-1][1]) if parts else (0, 0)
    if True not in owners:
        foreign_all = bool(parts and _known(hints)) and not _is_at_home(text[start:end], text[:start], hints)
        return [False] * len(parts) if foreign_all else owners
    first_own = owners.index(True)
    if first_own and owners[0] is None and _goes_on(text, start):
        owners[0] = False
    own_start, own_end = parts[first_own]
    signed_barely = own_end - own_start <= _BARE_NAME
    if signed_barely and not _is_at_home(text[start:own_start], text[:start], hints):
        owners[:first_own] = [False if owner is None else owner for owner in owners[:first_own]]
    return owners


def _is_at_home(block: str, before: str, hints: Hints) -> bool:
    """Does a block without a name show the sender's firm: his host, or does no text above point at it?"""
    host = hints.address.partition("@")[2]
    folded = fold(block).lower()
    if any(w in folded for w in re.split(r"[.-]", host)[:-1] if len(w) > 3):
        return True
    first = next((line.strip(_EDGE) for line in block.splitlines() if line.strip(_EDGE)), "")
    domain = organisations.domain_likeness(fold(first), host) >= 0.6
    return domain or not _POINTED.search(fold(before[-500:]))


def _goes_on(text: str, start: int) -> bool:
    """Does a block begin in the midst of a paragraph of prose?"""
    line = text[max(0, start - 200) : start].rstrip("\n").rpartition("\n")[2]
    return (
        text[max(0, start - 2) : start].strip("\n") != ""
        and re.search(r"[。．.]\s*$", line) is not None
        and (not re.search(r"願い|thank|regards", line, re.IGNORECASE))
    )


def names_several(text: str, start: int, end: int) -> bool:
    """Do several lines of a block name a person each, so that nothing tells whose a value is?"""
    found = [_anybody(text[a:b]) for a, b in _lines(text, start, min(end, start + _LONGEST))]
    return len({f.name.text for f in found if f is not None and _is_surely_name(f.name.text)}) > 1


def is_copied(text: str, start: int) -> bool:
    """Does the text above a place say that a letter of somebody else is copied there, or does one begin there?"""
    return _ends_in_copy(text[max(0, start - 3000) : start])


@lru_cache(maxsize=8)
def _ends_in_copy(above: str) -> bool:
    folded = fold(above)
    return _letter(paragraphs(folded, 0, len(folded))) is not None or _COPIED.search(folded) is not None


def copied_from(text: str, start: int, end: int) -> int:
    """Where in a body somebody else's letter begins, copied in without a mark of a quote; ``end`` where none does."""
    letter = _letter(paragraphs(text, start, end))
    return letter.start if letter else end


def _letter(parts: list[Piece]) -> Piece | None:
    """The paragraph that opens a letter in the midst of a mail: a form of address behind prose, prose after it."""
    begun = False
    for i, p in enumerate(parts):
        if begun and (rest := _after_salutation(p.text)) is not None:
            goes_on = rest.strip() or "".join(after.text for after in parts[i + 1 : i + 2])
            if not goes_on or _SENTENCE.search(goes_on):
                return p
        begun = begun or _BEGUN.search(p.text) is not None
    return None


def _after_salutation(paragraph: str) -> str | None:
    """What follows the form of address that opens a paragraph, alone or under a firm's name; None where none does."""
    first, *rest = fold(paragraph).split("\n")
    if _SALUTATION.fullmatch(first):
        return "\n".join(rest)
    return "" if len(rest) == 1 and _SALUTATION.fullmatch(rest[0]) else None


def without(text: str, spans: list[Span]) -> str:
    """The text with the stretches blanked, every offset as before."""
    out, at = [], 0
    for start, end in spans:
        out += [text[at:start], re.sub(r"[^\n]", " ", text[start:end])]
        at = end
    return "".join([*out, text[at:]])


# ---- parts


def _parts(text: str, start: int, end: int) -> list[Span]:
    """The runs of lines between blank lines, rules and lines that are a label of somebody else's details."""
    out: list[Span] = []
    at, begin = start, None
    for line in text[start:end].splitlines(keepends=True):
        stop = not line.strip() or _RULE.match(fold(line))
        if (stop or _is_label(line)) and begin is not None:
            out.append((begin, at))
            begin = None
        if not stop and begin is None:
            begin = at
        at += len(line)
    return out if begin is None else [*out, (begin, end)]


def _owner(text: str, start: int, end: int, hints: Hints) -> bool | None:
    """True where the part holds the sender's name or address, False where only another's name, None where nothing."""
    if hints.address and hints.address in text[start:end].lower():
        return True
    named = [_named(text[a:b], hints) for a, b in _lines(text, start, end)]
    if True in named:
        return True
    return False if False in named or _is_elsewhere(text[start:end], hints.address) else None


def _is_elsewhere(part: str, address: str) -> bool:
    """Are all mail addresses of a part at firms that are not the sender's?"""
    host = address.partition("@")[2]
    hosts = [p.text.lower().partition("@")[2] for p in links.emails(part)]
    return bool(host and hosts) and not any(_is_kin(host, h) or {host, h} & words("free_mail.txt") for h in hosts)


def _is_kin(a: str, b: str) -> bool:
    """Do two hosts share the word that names the firm (mail.acme.example, acme.co.example)?"""
    left, right = ({w for w in re.split(r"[.-]", h)[:-1] if len(w) > 3} for h in (a, b))
    return a == b or bool(left & right)


def _with_first_named(text: str, parts: list[Span], hints: Hints) -> Hints:
    """Where nothing tells the sender's name, the first person of a block is the sender, but no representative."""
    for a, b in (line for part in parts for line in _lines(text, *part)):
        found = _anybody(text[a:b])
        if found and _is_surely_name(found.name.text) and not _REPRESENTATIVE.search(text[a:b]):
            return replace(hints, full=found.name.text, family=names.split(found.name.text).family)
    return hints


def _lines(text: str, start: int, end: int) -> list[Span]:
    out, at = [], start
    for line in text[start:end].splitlines(keepends=True):
        out.append((at, at + len(line.rstrip("\n"))))
        at += len(line)
    return out


def _lines_of_others(text: str, start: int, end: int, hints: Hints) -> list[Span]:
    """In a part that names several people, the lines from another's name to the next of the sender's.

    A firm's representative above or below the sender's own name has only his line.
    """
    out: list[Span] = []
    other = False
    for a, b in _lines(text, start, end):
        named = _named(text[a:b], hints)
        if named is True:
            other = False
        elif named is False:
            out.append((a, b))
            other = not _REPRESENTATIVE.search(text[a:b])
        elif other:
            out.append((a, b))
    return out


def _line_above(text: str, start: int) -> str:
    before = text[max(0, start - 500) : start].rstrip()
    return before.rpartition("\n")[2]


@cache
def _labels() -> re.Pattern[str]:
    return re.compile(rf"(?:{alternation(sorted(words('labels_of_others.txt')))}){_END}", re.IGNORECASE)


def _is_label(line: str) -> bool:
    """Does a line open the details of somebody else (納品先：, 【請求先】, Bill to:)?"""
    return len(line) <= 120 and _labels().match(fold(line).strip(_EDGE)) is not None


# ---- names


@lru_cache(maxsize=1024)
def _anybody(line: str) -> Located | None:
    """The person whom a line names by its form alone."""
    return people.locate(Block(line, 0, len(line)), _NOBODY) if line.strip() else None


@lru_cache(maxsize=1024)
def _named(line: str, hints: Hints) -> bool | None:
    """True where a line names the sender, False where it surely names another person, None where it names nobody."""
    if not line.strip() or len(line) > 120:
        return None
    if _is_own_line(Block(line, 0, len(line)), hints):
        return True
    found = _anybody(line)
    name = found.name.text if found is not None else _spaced_name(line)
    if name is None or _NOT_NAMED.search(name) or not _is_surely_name(name):
        return None
    host = hints.address.partition("@")[2]
    if not is_japanese(name) and (organisations.legal_form_western(line) or _names_host(name, host)):
        return None  # a firm called after people, or whose name begins like one
    if is_another(name, hints):
        return False
    return True if _known(hints) else None


def _names_host(name: str, host: str) -> bool:
    joined = re.sub(r"[^a-z]", "", plain(name))
    return len(joined) > 5 and joined in re.sub(r"[^a-z]", "", host)


def _spaced_name(line: str) -> str | None:
    """Two short words at a line's end, the second a given name, the first no firm or post (専務 城島 義明)."""
    m = _SPACED.search(line.rstrip(_EDGE + ")）】」』>》"))
    if m is None or organisations.is_title_like(m[1]) or organisations.company_japanese(m[1]) > 0.5:
        return None
    return f"{m[1]} {m[2]}" if names.is_given_japanese(m[2]) else None


def _is_own_line(block: Block, hints: Hints) -> bool:
    if not (hints.full or hints.family):
        return False
    found = people.locate(block, replace(hints, address=""))
    if found is None:
        return False
    if found.rule != "signature.name_form":
        return True
    likeness = organisations.domain_likeness(found.name.text, hints.address.partition("@")[2])
    return likeness < 0.6 and not is_another(found.name.text, hints)  # a firm may bear its owner's name


def _is_surely_name(name: str) -> bool:
    tokens = re.split(r"[\s\u3000]+", names.clean(name))
    if is_japanese(name):
        if organisations.is_title_like(name) or organisations.legal_form_japanese(name):
            return False
        parts = names.split(name)
        given = names.is_given_japanese(parts.given or "") and len(tokens) == 2
        return bool(parts.given) and (given or names.is_family_japanese(parts.family or ""))
    if organisations.legal_form_western(name) or organisations.title_western(name):
        return False
    if organisations.company_western(name, "") > 0.5 or plain(tokens[-1]) in words("streets.txt"):
        return False
    words_only = [t for t in tokens if len(t.strip(".")) > 1]
    return len(words_only) == 2 and names.is_given(tokens[0]) and not _AREA.search(tokens[-1])


def is_another(name: str, hints: Hints) -> bool:
    """Is a name surely not the sender's? Where header and mailbox say too little, it may be his."""
    known = _known(hints)
    if not known or any(names.same_name(name, k) or _shares(name, k) for k in known):
        return False
    local = sound(hints.address.partition("@")[0])
    mine = _sounds(name)
    if any(len(s) > 2 and s in local for s in mine):
        return False
    return any(is_japanese(name) == is_japanese(k) for k in known) or bool(mine)


def _known(hints: Hints) -> list[str]:
    """The sender's names that are surely a person's."""
    found = [n for n in (hints.full, hints.family) if n]
    mailbox = [w for w in re.split(r"[^a-z]+", plain(hints.address.partition("@")[0])) if w in _family_sounds()]
    return [n for n in found if _may_be_trusted(n, hints.address)] + mailbox


@cache
def _family_sounds() -> frozenset[str]:
    return frozenset(latin(r) for readings in family_readings().values() for r in readings if len(r) > 2)


def _may_be_trusted(name: str, address: str) -> bool:
    if is_japanese(name):
        family = names.split(name).family or name
        return names.is_family_japanese(family) or is_kana(family)
    first, *rest = re.split(r"[\s,]+", name)
    local = plain(address.partition("@")[0])
    if rest and any(plain(t) in _family_sounds() for t in (first, *rest)):
        return True
    return bool(rest) and any(names.is_given(t) or (len(t) > 2 and plain(t) in local) for t in (first, *rest))


def _shares(a: str, b: str) -> bool:
    """Do two names have a part in common, also as initial, short form or reading?"""
    if is_japanese(a) and is_japanese(b):
        left, right = names.split(a), names.split(b)
        if left.family == right.family and left.given and right.given:
            return is_kana(left.given) != is_kana(right.given) or left.given == right.given
        same_given = bool(left.given) and left.given == right.given
        return same_given or left.family == right.family or plain(b) in plain(a) or plain(a) in plain(b)
    if is_japanese(a) != is_japanese(b):
        native, other = (a, b) if is_japanese(a) else (b, a)
        return bool(_sounds(native) & {sound(t) for t in re.split(r"[\s,.]+", other)})
    left_tokens, right_tokens = ([plain(t).strip(".") for t in re.split(r"[\s,]+", n) if t] for n in (a, b))
    return any(x[:3] == y[:3] for x in left_tokens for y in right_tokens if len(x) > 1 and len(y) > 1)


def _sounds(name: str) -> frozenset[str]:
    if not is_japanese(name):
        return frozenset(sound(t) for t in re.split(r"[\s,.]+", name))
    parts = names.split(name)
    family, given = parts.family or "", parts.given or ""
    kana = {latin(part) for part in (family, given) if part and is_kana(part)}
    return names.family_sounds(family) | {latin(r) for r in given_readings().get(unify(given), ())} | kana
