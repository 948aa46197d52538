"""Personal names: cleaned, split into family and given name, and compared across scripts and orders.

Source: gazetteers in ``data/`` (see its README).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from pipeline.extract.kana import common_family_readings, family_readings, given_readings, is_kana, latin, sound, unify
from pipeline.extract.words import fold, is_japanese, plain, words

NAME_WORD = r"[^\W\d_][^\W\d_'’\-.]*(?:['’\-.][^\W\d_]+)*\.?"
_HONORIFICS_JA = re.compile(r"(?:\s*(?:様|さま|さん|殿|氏|先生|御中|君|くん|ちゃん|ご担当者))+$")
_SUFFIX = re.compile(r"\s*(?:,\s*|\s)(?:\(?(?P<word>[^\s,()]{1,12})\)?)\s*$")
_VIA = re.compile(
    r"\s+(?:via|through|経由)\s+.*$|\s*\((?:via|by way of)\b[^)]*\)$|\s+on behalf of\s+.*$", re.IGNORECASE
)

_BORN = re.compile(r"\s*[(（](?:旧姓?|née|nee|formerly)[:：\s]*[^()（）]{1,12}[)）]\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Name:
    """A person's name in its parts; ``family`` or ``given`` is None where the name has only the other."""

    full: str
    family: str | None
    given: str | None


@lru_cache(maxsize=8192)
def clean(text: str) -> str:
    """A name as written without honorifics, degrees, brackets and mailing-list remarks."""
    name = _BORN.sub(" ", without_list(text.strip().strip("\"'“”「」 \u3000"))).strip()
    name = re.sub(r"[（(\[【][^()（）\[\]【】]*[)）\]】]\s*$", "", name).strip()
    if is_japanese(name):
        return _HONORIFICS_JA.sub("", name).strip()
    return _without_credentials(_without_honorific(name))


def without_list(name: str) -> str:
    """A display name without what a mailing list or a deputy put behind it ("Jane via Sales")."""
    return _VIA.sub("", name)


def _without_honorific(name: str) -> str:
    while m := re.match(r"((?:Lt|Rt)\.?\s+[A-Z][a-z]{2}\.?|i\.\s?[AV]\.?|[^\W\d_][\w-]*(?:\.\w+)?)\.?\s+(?=\S)", name):
        if plain(m.group(1)).replace(".", "") not in _honorifics() or (" " not in name.strip() and "." not in name):
            break
        name = name[m.end() :]
    return name


@cache
def _honorifics() -> frozenset[str]:
    return frozenset(plain(w).replace(".", "") for w in words("honorifics.txt"))


@cache
def _credentials() -> frozenset[str]:
    return frozenset(plain(w).replace(".", "") for w in words("credentials.txt"))


def _without_credentials(name: str) -> str:
    if m := re.match(r"([^,]+),\s*(.+)$", name):
        tail = plain(m.group(2)).replace(".", "")
        if tail in _credentials() or all(_is_credential(t) for t in re.split(r"[,\s]+", m.group(2)) if t):
            return _without_credentials(m.group(1))
    while (m := _SUFFIX.search(name)) and _is_credential(m.group("word")) and len(name[: m.start()].split()) >= 2:
        name = name[: m.start()]
    return name.strip(" ,")


def _is_credential(word: str) -> bool:
    letters = word.strip("().,")
    return plain(letters).replace(".", "") in _credentials() or (
        letters.isupper() and 3 <= len(letters) <= 5 and not _vowelled(letters)
    )


def _vowelled(letters: str) -> bool:
    """Could the capitals be pronounced, as NARUMI or LEE, and so be a name?"""
    return len(re.findall(r"[AEIOUY]", letters)) * 3 >= len(letters)


@lru_cache(maxsize=8192)
def split(name: str, address: str = "", family: str | None = None) -> Name:
    """Family and given name of a cleaned full name.

    ``address`` (an e-mail address of the person) and a known ``family`` name decide where the text does not.
    """
    name = name.strip()
    if is_japanese(name):
        return _split_japanese(name, family)
    return _split_western(name, address, family)


def parts(text: str) -> dict[str, str]:
    """A Western name cut into ``title``, ``first``, ``middle``, ``last``, ``suffix`` and ``nickname``, as written."""
    name = " ".join(text.split())
    nick = re.search(r"\s*(?:\(?[\"“]([^\"”()]+)[\"”]\)?|\(([^()]+)\))\s*", name)
    nickname = (nick.group(1) or nick.group(2)) if nick else ""
    if nick and not _is_credential(nickname):
        name = f"{name[: nick.start()]} {name[nick.end() :]}".strip()
    else:
        nickname = ""
    bare = _without_honorific(name)
    core = _without_credentials(bare)
    title, suffix = (
        name[: len(name) - len(bare)].strip(),
        bare[bare.find(core) + len(core) :].strip(" ,") if core else "",
    )
    whole = _split_western(core, "") if core else Name("", None, None)
    first, _, middle = (whole.given or "").partition(" ")
    return {
        "title": title, "first": first, "middle": middle, "last": whole.family or "", "suffix": suffix,
        "nickname": nickname,
    }  # fmt: skip


def _split_japanese(name: str, family: str | None) -> Name:
    parts = re.split(r"[\s\u3000・=＝,]+", name)
    if len(parts) >= 2:
        return Name(name, parts[0], " ".join(parts[1:]))
    if family and name == family:
        return Name(name, name, None)
    if family and name.startswith(family) and len(name) > len(family):
        return Name(name, family, name[len(family) :])
    cut = _boundary(name)
    if cut is None or cut == len(name):
        return Name(name, name, None)
    return Name(name, name[:cut], name[cut:])


def _boundary(name: str) -> int | None:
    """Where the family name ends in a kanji name written without a space; its length where there is no given name."""
    unified = unify(name)
    families, givens = family_readings(), given_readings()
    if len(unified) == 4 and unified in families and unified[:2] not in common_family_readings():
        return len(name)
    if (
        unified in families
        and len(unified) <= 3
        and not any(
            unified[:i] in families and unified[i:] in givens and len(unified) == 4 for i in range(1, len(unified))
        )
    ):
        return len(name)
    if len(name) <= 2 or is_kana(name):
        return None
    scored = [(_fit(unified, i), -abs(i - 2), i) for i in range(1, len(name))]
    best = max(scored)
    return best[2] if best[0] > 0 or len(name) >= 4 else None


def _fit(unified: str, at: int) -> float:
    left, right = unified[:at], unified[at:]
    known_family = left in family_readings()
    kana_given = re.fullmatch(r"[ぁ-ゖァ-ヺー]+", right) is not None
    return (
        1.8 * known_family
        + 2.0 * (right in given_readings())
        + 1.0 * (kana_given and not re.search(r"[ぁ-ゖァ-ヺ]$", left))
        - 1.0 * (len(right) > 3 and not kana_given)
        - 1.0 * (at > 3)
    )


def _split_western(name: str, address: str, family: str | None = None) -> Name:
    if m := re.fullmatch(r"([^,]+),\s*([^,]+)", name):
        return Name(f"{m.group(2)} {m.group(1)}" if not m.group(1).isupper() else name, m.group(1), m.group(2))
    tokens = name.split()
    if len(tokens) == 1:
        return Name(name, name, None) if family == name else Name(name, None, name)
    if family_first(tokens, address):
        head = _particle_run(tokens, 0)
        return Name(name, " ".join(tokens[:head]), " ".join(tokens[head:]))
    at = _family_start(tokens, address)
    return Name(name, " ".join(tokens[at:]), " ".join(tokens[:at]))


def _particle_run(tokens: list[str], at: int) -> int:
    while at < len(tokens) - 1 and tokens[at].casefold() in words("particles.txt"):
        at += 1
    return min(at + 1, len(tokens) - 1)


def family_first(tokens: list[str], address: str = "") -> bool:
    """Is the family name written first (ARIMA Tomoko, Kang Min-seok, Szabó Eszter)?"""
    first, last = tokens[0], tokens[-1]
    if first.isupper() != last.isupper() and min(len(first), len(last)) > 2:
        return first.isupper()
    if (order := _order_by_address(tokens, address)) is not None:
        return order
    if plain(first) not in _family_first_names() or (plain(last) in _family_first_names() and len(tokens) == 2):
        return False
    if _is_syllables(tokens[1:]):
        return True
    return len(tokens) == 2 and plain(first) not in _given_names()


def _is_syllables(given: list[str]) -> bool:
    """Is it a Korean or Chinese given name in two syllables (Seo-yeon, Wei Ling)?"""
    syllables = [s for t in given for s in t.split("-")]
    return len(syllables) == 2 and all(re.fullmatch(r"[A-Z]?[a-z]{1,5}", s) for s in syllables)


def _order_by_address(tokens: list[str], address: str) -> bool | None:
    """Firms write given.family@ far more often than the reverse; an initial beside a whole word settles it."""
    if len(tokens) != 2:
        return None
    parts = [p for p in re.split(r"[._+-]", re.sub(r"\d+$", "", address.partition("@")[0])) if p]
    if len(parts) != 2:
        return None
    first, last = (_letters(t) for t in tokens)
    if parts == [last, first] and plain(tokens[0]) in _family_first_names():
        return True
    if len(parts[0]) <= 2 and parts[1] == first and last.startswith(parts[0][:1]):
        return True
    if parts == [first, last] and plain(tokens[0]) in _family_first_names():
        return None
    return False if parts[1] == last else None


def _letters(token: str) -> str:
    return re.sub(r"[^a-z]", "", plain(token))


def _family_start(tokens: list[str], address: str) -> int:
    """Index of the first token of the family name in given-first order."""
    at = len(tokens) - 1
    local = re.sub(r"[^a-z]", "", address.partition("@")[0].casefold())
    for i in range(1, len(tokens) - 1):
        rest = "".join(_letters(t) for t in tokens[i:])
        if local.endswith(rest) or (
            len(_letters(tokens[i])) > 3 and local.endswith(_letters(tokens[i])) and local != _letters(tokens[i])
        ):
            at = i
            break
    while at > 1 and tokens[at - 1].casefold() in words("particles.txt"):
        at -= 1
    return at


@cache
def _given_names() -> frozenset[str]:
    return frozenset(plain(w) for w in words("given_names_en.txt"))


@cache
def _family_first_names() -> frozenset[str]:
    return frozenset(plain(w) for w in words("family_first_names.txt"))


def is_given(word: str) -> bool:
    """Is it a given name of the Western gazetteer?"""
    return plain(word) in _given_names()


def is_family(word: str) -> bool:
    """Is it a family name of the Western gazetteer, or one usually written first?"""
    return plain(word) in _family_names() or plain(word) in _family_first_names()


@cache
def _family_names() -> frozenset[str]:
    return frozenset(plain(w) for w in words("family_names_en.txt"))


def is_family_japanese(word: str) -> bool:
    """Is it a family name of the Japanese gazetteer?"""
    return unify(word) in family_readings()


def is_given_japanese(word: str) -> bool:
    """Is it a given name of the Japanese gazetteer?"""
    return unify(word) in given_readings()


def is_family_of(name: str, full: str) -> bool:
    """Is a Japanese name the family name of a full one (佐藤, 佐藤 花子)?"""
    return is_japanese(name) and split(clean(full)).family == name


# ---- comparing


def same_name(a: str, b: str) -> bool:
    """Do two names name the same person, whatever the script, order, width, case or spacing?

    山田太郎 = 山田　太郎 = やまだ たろう = Taro Yamada = YAMADA Tarō. A family name alone equals only itself.
    """
    if not a.strip() or not b.strip():
        return False
    left, right = clean(fold(a)), clean(fold(b))
    if _squeezed(left) == _squeezed(right):
        return True
    return bool(_keys(left) & _keys(right))


def _squeezed(name: str) -> str:
    return unify(re.sub(r"[\s·・,.\-]+", "", plain(name)))


@cache
def _keys(name: str) -> frozenset[str]:
    """Order-free keys of the ways a name may sound."""
    if is_japanese(name):
        return _japanese_keys(name)
    tokens = [t for t in re.split(r"[\s,.]+", name) if t]
    spellings = {" ".join(sorted(_letters(t) for t in tokens)), " ".join(sorted(sound(t) for t in tokens))}
    return frozenset(s for s in spellings if s.strip())


def _japanese_keys(name: str) -> frozenset[str]:
    parts = split(name)
    if parts.given is None and is_kana(name):
        return frozenset({latin(name)})
    families = _sounds(parts.family or "", family_readings())
    if parts.given is None:
        return frozenset(families)
    givens = _sounds(parts.given, given_readings())
    return frozenset(" ".join(sorted((f, g))) for f in families for g in givens) | frozenset(
        f + g for f in families for g in givens
    )


def family_sounds(family: str) -> frozenset[str]:
    """How a Japanese family name may sound, in folded Latin letters."""
    return frozenset(_sounds(family, family_readings())) if family else frozenset()


def _sounds(part: str, readings: dict[str, tuple[str, ...]]) -> set[str]:
    if is_kana(part):
        return {latin(part)}
    return {latin(r) for r in readings.get(unify(part), ())}
