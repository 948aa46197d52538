"""Whose name a line holds: the sender's, surely somebody else's, or nobody's."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from pipeline.extract import links, mailboxes, names, organisations, people
from pipeline.extract.kana import given_readings, is_kana, latin, sound, unify
from pipeline.extract.lines import Block
from pipeline.extract.located import Hints, Located
from pipeline.extract.words import digit_count, fold, is_japanese, plain, words

_KANJI = r"[\u4e00-\u9fff\u3005\u30f6]"
_SPACED = re.compile(
    rf"(?:^|[\s\u3000:：(（】\])])({_KANJI}{{1,4}})[ \u3000]({_KANJI}{{1,3}})(?:\s?(?:様|さん|氏|殿))?$"
)
_LABEL = re.compile(r"[^\w]{0,3}([^\d:\n]{1,20}?)\s?:\s?(?=[^\W\d])")
_AREA = re.compile(
    r"^(?:North|South|East|West|New|Upper|Lower|Great|Little|Saint) "
    r"|(?:[a-z]shire|Island|Park|Valley|City|Town|Bay|Beach|Hill|Harbou?r|Village|County|Office|House|Desk|Team)$"
)
_NOBODY = Hints(None, None, "", ())
_NOT_NAMED = re.compile(r"\d{3}|@|https?:|[都道府県市区町村郡]\S*\d")
_WORD = r"[\u3041-\u30ff\u3400-\u9fff々]"
_LETTERS = re.compile(r"[^\W\d_]+")
_HONOURS = ("様", "さま", "さん", "氏", "殿", "先生", "宛")
_HONOURED = re.compile(rf"({_WORD}{{1,6}})(?:[ ]({_WORD}{{1,4}}))?[ ]?(?:{'|'.join(_HONOURS)})(?!\w)")
_BEFORE_ADDRESS = re.compile(rf"({_KANJI}{{1,4}})(?:様|さん|氏)?[\s\u3000]*([(（<＜])?[\s\u3000:：]*$")
_BEFORE_NUMBER = re.compile(
    rf"(?:^|[\s:、/(【]|[長任当])({_KANJI}{{1,4}}(?:[ ]{_KANJI}{{1,3}})?)(?:様|さん|氏)?[\s(:/]*"
    r"(?:(?:TEL|電話|携帯|直通|内線|☎|℡)(?:番号)?[\s:(]*)?\(?0\d{1,4}[-)(]\d"
)
_HELPER = re.compile(r"\b(?:assistant|secretary|PA|aide|deputy|office|clerk) (?:to|of|for) .*", re.IGNORECASE)
_REACHED = re.compile(
    r"[\s(（/／]*(?:TEL|電話|携帯|直通|内線|℡|☎|mobile|[\w.+-]{1,64}@|\+?\(?\d{2,5}[-)(]).*", re.IGNORECASE
)
_EDGE = " \t\u3000>・*＊■□◆◇●○▼▽▲★☆※<＜〈《【[［(（「『-－"


@lru_cache(maxsize=1024)
def anybody(line: str) -> Located | None:
    """The person whom a line names by its form alone."""
    return people.locate(Block(line, 0, len(line)), _NOBODY) if line.strip() else None


@lru_cache(maxsize=1024)
def named(line: str, hints: Hints) -> bool | None:
    """True where a line names the sender, False where it surely names another person, None where it names nobody."""
    line = _HELPER.sub("", line)
    if not line.strip() or len(line) > 120 or _is_number(line):
        return None
    if honours_another(line, hints):
        return False
    if _is_own_line(Block(line, 0, len(line)), hints):
        return True
    if _shows_anothers_mailbox(line, hints) or _is_before_number(line, hints):
        return False
    found = anybody(line)
    bracketed = name_before_address(line)
    if bracketed and known(hints) and hints.address not in line.lower() and is_another(bracketed, hints):
        return False
    name = found.name.text if found is not None else _spaced_name(line) or bracketed
    if name is None or _NOT_NAMED.search(name) or not (is_surely_name(name) or _has_own_address(line, name)):
        return None
    host = hints.address.partition("@")[2]
    if not is_japanese(name) and (organisations.legal_form_western(line) or _names_host(name, host)):
        return None  # a firm called after people, or whose name begins like one
    if is_another(name, hints) or any(names.same_name(name, other) for other in hints.others):
        return False
    if known(hints):
        return True
    return False if is_labelled_other(line) else None


def _shows_anothers_mailbox(line: str, hints: Hints) -> bool:
    """Does a line hold addresses, all of them called after others than the sender?"""
    shown = [p.text.lower() for p in links.emails(line)] if "@" in line and known(hints) else []
    mine = (
        {s for name in known(hints) for s in (*_sounds(name), *map(plain, re.split(r"[\s,.]+", name)))} if shown else ()
    )
    return bool(shown) and all(mailboxes.is_anothers(address, hints.address, mine) for address in shown)


def _is_before_number(line: str, hints: Hints) -> bool:
    """Does a family name that is not the sender's stand right before a telephone number (鬼塚 045-…)?"""
    m = _BEFORE_NUMBER.search(fold(line)) if digit_count(line) >= 9 and known(hints) else None
    return m is not None and _is_person(m[1]) and is_another(m[1], hints)


def _is_person(name: str) -> bool:
    """Is it a family name of the gazetteer, alone or with a given name behind it?"""
    if organisations.is_title_like(name) or name in words("not_names_ja.txt"):
        return False
    parts = names.split(name)
    given = parts.given is None or names.is_given_japanese(parts.given)
    return len(name) > 1 and given and names.is_family_japanese(parts.family or "")


def _is_number(line: str) -> bool:
    """Is the line nothing but numbers with their labels (TEL 03-…　FAX 03-…)?"""
    if digit_count(line) < 6 or "@" in line:
        return False
    labels = words("phone_labels.tsv")
    return all(word.casefold() in labels for word in _LETTERS.findall(fold(line)))


def honours_another(line: str, hints: Hints) -> bool:
    """Does a form of address stand behind a name, as nobody writes it behind his own?"""
    if not any(honour in line for honour in _HONOURS):
        return False
    for m in _HONOURED.finditer(fold(line)):
        parts = [w for w in m.groups() if w]
        families = [w for w in parts if names.is_family_japanese(names.split(w).family or w)]
        if families or names.is_given_japanese(parts[-1]):
            return not any(_shares(w, mine) for w in families or parts[:1] for mine in known(hints))
    return False


def _has_own_address(line: str, name: str) -> bool:
    """Does an address on the line hold a part of the name, or sound like it?"""
    mailboxes = [p.text.partition("@")[0] for p in links.emails(line)]
    written = " ".join(map(plain, mailboxes))
    if not mailboxes or any(len(t) > 2 and t in written for t in map(plain, name.split())):
        return bool(mailboxes)
    return is_japanese(name) and any(len(s) > 2 and s in sound(local) for s in _sounds(name) for local in mailboxes)


def name_before_address(line: str) -> str | None:
    """A Japanese word right before a mail address that sounds like it, or has it in brackets (樋口（higuchi@…）)."""
    for p in links.emails(line):
        m = _BEFORE_ADDRESS.search(line[: p.start])
        if m is None or organisations.is_title_like(m[1]) or organisations.company_japanese(m[1]) > 0.5:
            continue
        if _has_own_address(p.text, m[1]) or (m[2] and m[1] not in words("not_names_ja.txt")):
            return m[1]
    return None


def _names_host(name: str, host: str) -> bool:
    joined = re.sub(r"[^a-z]", "", plain(name))
    return len(joined) > 5 and joined in re.sub(r"[^a-z]", "", host)


def _spaced_name(line: str) -> str | None:
    """Two short words at a line's end, the second a given name, the first no firm or post (専務 城島 義明)."""
    m = _SPACED.search(_REACHED.sub("", line).rstrip(_EDGE + ")）】」』>》"))
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


def is_surely_name(name: str) -> bool:
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
    return len(words_only) == 2 and names.is_given(tokens[0]) and not _AREA.search(" ".join(tokens))


def is_another(name: str, hints: Hints) -> bool:
    """Is a name surely not the sender's? Where header and mailbox say too little, it may be his."""
    mine = known(hints)
    if not mine or any(names.same_name(name, k) or _shares(name, k) for k in mine):
        return False
    local = sound(hints.address.partition("@")[0])
    sounds = _sounds(name)
    if any(len(s) > 2 and s in local for s in sounds):
        return False
    return any(is_japanese(name) == is_japanese(k) for k in mine) or bool(sounds)


def known(hints: Hints) -> list[str]:
    """The sender's names that are surely a person's."""
    found = [n for n in (hints.full, hints.family) if n]
    mailbox = [
        w for w in re.split(r"[^a-z]+", plain(hints.address.partition("@")[0])) if w in mailboxes.family_sounds()
    ]
    return [n for n in found if _may_be_trusted(n, hints.address)] + mailbox


def _may_be_trusted(name: str, address: str) -> bool:
    if is_japanese(name):
        parts = names.split(name)
        family, given = parts.family or name, parts.given or ""
        spaced = len(family) + len(given) < len(name) and names.is_given_japanese(given)
        return names.is_family_japanese(family) or is_kana(family) or spaced
    first, *rest = re.split(r"[\s,]+", name)
    local = plain(address.partition("@")[0])
    if rest and any(plain(t) in mailboxes.family_sounds() for t in (first, *rest)):
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


def is_labelled_sender(line: str) -> bool:
    """Does a label say that the writer himself is named (担当：…)?"""
    m = _LABEL.match(fold(line))
    return m is not None and m[1].casefold().strip() in words("labels_of_sender.txt")


def is_labelled_other(line: str) -> bool:
    """Does a label say what somebody is that no sender calls himself (基調講演：…, Speaker: …)?"""
    m = _LABEL.match(fold(line))
    return m is not None and m[1].casefold().strip() not in words("labels_of_sender.txt")
