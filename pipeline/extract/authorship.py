"""Which stretches of a block are about somebody else than the sender.

A value credited to the wrong person is worse than a value left out. So before a block is read as the sender's, the
parts of it that name another person, or that stand under a label such as 納品先 or "Bill to", are found and blanked.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache, lru_cache

from pipeline.extract import copies, identity, links, names, organisations
from pipeline.extract.lines import RULE, is_empty
from pipeline.extract.located import Hints
from pipeline.extract.words import alternation, fold, is_japanese, plain, words

Span = tuple[int, int]

_LONGEST = 5000  # characters; no signature is longer
_BARE_NAME = 13  # characters; a name alone on its line
_EDGE = " \t\u3000>・*＊■□◆◇●○▼▽▲★☆※<＜〈《【[［(（「『-－"
_END = r"\s*(?:[::】\])>》〉」』]|は(?:以下|下記|次)|$)"
_REPRESENTATIVE = re.compile(r"代表|社長|理事長|会長|院長|学長|\b(?:CEO|President|Chairman|Managing Director)\b")
_ENTRY = re.compile(r"[\s·■◆●○※*-]*([^\s@\d][^@\d\n]{0,60}?)\s*[(:]?\s*(?:[\w.+-]{2,64}@[\w-]+\.|\+?\(?\d{2,5}[-) ]\d)")
_ACCOUNT = re.compile(
    r"(?:普通|当座)(?:預金)?\s*(?:No\.?)?\s*\d{6,7}|口座(?:番号|名義)|\b(?:IBAN|sort code|account number)\b", re.I
)
_IN_BRACKETS = re.compile(r"[(（\[【].*[)）\]】]")
_POINTED = re.compile(
    r"下記|以下|次の[^。\n]{1,8}(?:へ|まで|に)|次の通り|こちらに|会場|宿泊先|場所|住所|連絡先|お送りいただ|送付先|決まりました|お知らせします|こちら(?:です|になり|で)"
    r"|\b(?:below|following|here (?:is|are)|address|details|hotel|venue|location"
    r"|(?:restaurant|place|clinic|garage|pub|caf[eé]) is)\b",
    re.IGNORECASE,
)
_POINTS = re.compile(
    r"(?:下記|以下|次)[^。\n]{0,20}(?:まで|へ|に)[^。\n]{0,6}(?:連絡|問い?合わせ)|(?:urgent|emergenc|immediate|contact)[^\n]*",
    re.IGNORECASE,
)


def foreign(text: str, start: int, end: int, hints: Hints, stand_in: bool = False) -> list[Span]:
    """The stretches of ``text[start:end]`` that are about another person, in order and apart from each other.

    ``stand_in``: the mail is an out-of-office reply, in which a block may be the stand-in's.
    """
    end = min(end, start + _LONGEST)
    parts = _parts(text, start, end)
    copied = copies.is_copied(text, start) or (
        stand_in and _POINTS.search(fold(text[max(0, start - 500) : start])) is not None
    )
    if not identity.known(hints):
        parts_near = [
            (a, b)
            for a, b in parts
            if not (_is_elsewhere(text[a:b], hints.address) or _is_other_firm(text[a:b], text[:start], hints))
        ]
        hints = hints if copied else _with_first_named(text, parts_near, hints)
    owners = _owners(text, parts, hints)
    out: list[Span] = []
    labelled, own = _is_label(_line_above(text, start)), not copied
    for (a, b), owner in zip(parts, owners, strict=True):
        own = own or owner is True
        first = text[a:b].strip().partition("\n")[0]
        labelled = _is_label(first) or (labelled and owner is not True and not identity.is_labelled_sender(first))
        if labelled or owner is False or not own:
            out.append((a, b))
        else:
            out += _lines_of_others(text, a, b, hints)
    return out


def _owners(text: str, parts: list[Span], hints: Hints) -> list[bool | None]:
    """Whose each part is; a part without a name is another's where the text points at it."""
    owners = [_owner(text, a, b, hints) for a, b in parts]
    start, end = (parts[0][0], parts[-1][1]) if parts else (0, 0)
    for i, (a, b) in enumerate(parts):
        if owners[i] is None and _is_other_firm(text[a:b], text[:start], hints):
            owners[i] = False
    if owners.count(True) > 1:  # an account may bear the sender's name
        owners = [
            False if owner and _ACCOUNT.search(fold(text[a:b])) else owner
            for owner, (a, b) in zip(owners, parts, strict=True)
        ]
    first_own = owners.index(True) if True in owners else max(len(parts) - 1, 0)
    for i, (a, b) in enumerate(parts[:first_own]):
        owners[i] = False if owners[i] is None and is_directory(text[a:b]) else owners[i]
    if True not in owners:
        foreign_all = bool(parts and identity.known(hints)) and not _is_at_home(text[start:end], text[:start], hints)
        return [False] * len(parts) if foreign_all else owners
    if first_own and owners[0] is None and _goes_on(text, start):
        owners[0] = False
    _without_other_firms(text, parts, owners, first_own)
    own_start, own_end = parts[first_own]
    signed_barely = own_end - own_start <= _BARE_NAME
    if signed_barely and not _is_at_home(text[start:own_start], text[:start], hints):
        owners[:first_own] = [False if owner is None else owner for owner in owners[:first_own]]
    return owners


def points(text: str) -> bool:
    """Does a text point at somebody's details, which stand below it?"""
    return _POINTED.search(fold(text)) is not None


def is_directory(part: str) -> bool:
    """Does a part list whom to reach for what (旧：… 011-…, 見積：… sato@…), or an account to pay into?"""
    if _ACCOUNT.search(fold(part)):
        return True
    leads = {m[1] for line in part.splitlines() if (m := _ENTRY.match(fold(line))) and not is_empty(m[1])}
    return len(leads) > 1 and "〒" not in part


def _without_other_firms(text: str, parts: list[Span], owners: list[bool | None], own: int) -> None:
    """Beside a part with the sender's name and firm, a nameless part with another firm is that firm's."""
    firms = _firms(text[slice(*parts[own])])
    for i, part in enumerate(parts):
        if firms and owners[i] is None and (others := _firms(text[slice(*part)])) and not firms & others:
            owners[i] = False


def _firms(part: str) -> set[str]:
    """The firms with a legal form that a part names, in a form to compare by."""
    japanese = {plain(t) for t in re.split(r"[\s\u3000/／|｜]+", part) if organisations.names_firm_japanese(t)}
    western = {
        plain(line[: m.end()])
        for line in part.splitlines()
        if not is_japanese(line) and (m := organisations.legal_form_western(line))
    }
    return japanese | western


def _is_other_firm(part: str, before: str, hints: Hints) -> bool:
    """Are all firms of a part surely others than the one that the sender shows or says to be at?

    Western ones only where the text above points at them and the sender has no name: many a firm's host is not
    called like it.
    """
    own, firms = hints.firm or "", _firms(part)
    japanese = [firm for firm in firms if is_japanese(firm)]
    if japanese:
        told = any(map(organisations.company_japanese, (own, *own.split())))
        return told and not any(_share(firm, plain(own)) for firm in japanese)
    host = hints.address.partition("@")[2]
    if not firms or identity.known(hints) or host in words("free_mail.txt") or not _POINTED.search(fold(before[-500:])):
        return False
    return not any(organisations.domain_likeness(firm, h) > 0.35 for firm in firms for h in (host, f"{plain(own)}.com"))


def _share(firm: str, own: str) -> bool:
    """Have two firms two letters in common beside their legal forms and words such as 商事?"""
    core = organisations.without_form_japanese(firm)
    return any(core[i : i + 2] in own for i in range(max(1, len(core) - 1)))


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
    lines = [text[a:b] for a, b in _lines(text, start, min(end, start + _LONGEST))]
    if len({name for line in lines if (name := identity.name_before_address(line))}) > 1:
        return True
    found = [identity.anybody(line) for line in lines]
    return len({f.name.text for f in found if f is not None and identity.is_surely_name(f.name.text)}) > 1


def without(text: str, spans: list[Span]) -> str:
    """The text with the stretches blanked, every offset as before."""
    out, at = [], 0
    for start, end in spans:
        out += [text[at:start], re.sub(r"[^\n]", " ", text[start:end])]
        at = end
    return "".join([*out, text[at:]])


def _parts(text: str, start: int, end: int) -> list[Span]:
    """The runs of lines between blank lines, rules and lines that are a label of somebody else's details."""
    out: list[Span] = []
    at, begin = start, None
    for line in text[start:end].splitlines(keepends=True):
        stop = not line.strip() or RULE.match(fold(line))
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
    named = [identity.named(text[a:b], hints) for a, b in _lines(text, start, end)]
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
    """Where nothing tells the sender's name, the first person of a block is the sender, but no representative.

    Where the text points at what follows, as at somebody's details, it is the person of the last part.
    """
    pointed = len(parts) > 1 and _POINTED.search(fold(text[max(0, parts[0][0] - 500) : parts[0][0]])) is not None
    for a, b in (line for part in (parts[-1:] if pointed else parts) for line in _lines(text, *part)):
        others = identity.is_labelled_other(text[a:b]) or identity.named(text[a:b], hints) is False
        found = None if others else identity.anybody(text[a:b])
        if found and identity.is_surely_name(found.name.text) and not _REPRESENTATIVE.search(text[a:b]):
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
        named = identity.named(text[a:b], hints)
        if named is True:
            other = False
        elif named is False:
            out.append((a, b))
            other = not (_REPRESENTATIVE.search(text[a:b]) or _IN_BRACKETS.fullmatch(text[a:b].strip()))
        elif other:
            out.append((a, b))
    return out


def _line_above(text: str, start: int) -> str:
    before = text[max(0, start - 500) : start].rstrip()
    return before.rpartition("\n")[2]


@cache
def _labels() -> re.Pattern[str]:
    return re.compile(rf"(?:{alternation(sorted(words('labels_of_others.txt')))}){_END}", re.IGNORECASE)


@lru_cache(maxsize=2048)
def _is_label(line: str) -> bool:
    """Does a line open the details of somebody else (納品先：, 【請求先】, Bill to:)?"""
    return len(line) <= 120 and _labels().match(fold(line).strip(_EDGE)) is not None
