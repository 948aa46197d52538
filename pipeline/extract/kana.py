"""Readings: kana to Latin letters, kanji names to their readings, variant kanji folded to one form."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from pipeline.extract.words import plain, rows

_VARIANTS = str.maketrans(
    "髙﨑嵜碕濵濱邊邉齋齊斎澤廣國櫻德槗眞嶋嶌濹瀧龍惠藪萬與榮壽淺條會藏圓栁桒舘聰禮靜穗曾峯栄淵渕",
    "高崎崎崎浜浜辺辺斉斉斉沢広国桜徳橋真島島墨滝竜恵薮万与栄寿浅条会蔵円柳桑館聡礼静穂曽峰栄渕渕",
)
_KANA = re.compile(r"[\u3041-\u3096\u30a1-\u30faーｦ-ﾟ\s・=゠]+")
_NARROW = re.compile("[ｦ-ﾟ]")
_BASE = {
    "a": "あいうえお", "k": "かきくけこ", "g": "がぎぐげご", "s": "さしすせそ", "z": "ざじずぜぞ", "t": "たちつてと",
    "d": "だぢづでど", "n": "なにぬねの", "h": "はひふへほ", "b": "ばびぶべぼ", "p": "ぱぴぷぺぽ", "m": "まみむめも",
    "r": "らりるれろ",
}  # fmt: skip
_SPECIAL = {
    "し": "shi", "ち": "chi", "つ": "tsu", "ふ": "fu", "じ": "ji", "ぢ": "ji", "づ": "zu", "や": "ya", "ゆ": "yu",
    "よ": "yo", "わ": "wa", "を": "o", "ゐ": "i", "ゑ": "e", "ん": "n", "ゔ": "vu", "ぁ": "a", "ぃ": "i", "ぅ": "u",
    "ぇ": "e", "ぉ": "o", "ゃ": "ya", "ゅ": "yu", "ょ": "yo", "っ": "", "ゎ": "wa",
}  # fmt: skip
# spellings of the same sounds: Kunrei and Hepburn, long vowels written or not
_SPELLINGS = (
    ("tsu", "tu"), ("shi", "si"), ("chi", "ti"), ("sha", "sya"), ("shu", "syu"), ("sho", "syo"), ("cha", "tya"),
    ("chu", "tyu"), ("cho", "tyo"), ("ja", "zya"), ("ju", "zyu"), ("jo", "zyo"), ("jya", "zya"), ("jyu", "zyu"),
    ("jyo", "zyo"), ("ji", "zi"), ("fu", "hu"), ("mb", "nb"), ("mp", "np"), ("mm", "nm"), ("ph", "p"),
)  # fmt: skip


def unify(text: str) -> str:
    """The text with variant kanji (髙, 﨑, 濵 …) as their common form; same length."""
    return text.translate(_VARIANTS)


def is_kana(text: str) -> bool:
    """Is the text written in kana only?"""
    return bool(text.strip()) and _KANA.fullmatch(text) is not None


def hiragana(text: str) -> str:
    """Katakana, of either width, as hiragana."""
    return "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in _wide(text))


def _wide(text: str) -> str:
    return unicodedata.normalize("NFKC", text) if _NARROW.search(text) else text


@cache
def _syllables() -> dict[str, str]:
    table = {
        kana: (row if row != "a" else "") + vowel
        for row, kanas in _BASE.items()
        for kana, vowel in zip(kanas, "aiueo", strict=True)
    }
    return table | _SPECIAL


def latin(kana: str) -> str:
    """A kana reading in Latin letters, in the folded form that ``sound`` gives."""
    out = ""
    for c in hiragana(kana):
        if c in "ゃゅょぁぃぅぇぉ" and out:
            glide = _syllables()[c]
            palatal = out.endswith("i") and c in "ゃゅょ" and not out.endswith(("shi", "chi", "ji"))
            out = out[:-1] + (glide if palatal else glide[-1])
        elif c == "ー":
            continue
        else:
            out += _syllables().get(c, "" if c.isspace() else c)
    return sound(out)


@lru_cache(maxsize=8192)
def sound(text: str) -> str:
    """Latin letters folded so that spellings of one Japanese sound are equal (Satoh, Satō, Satou → sato)."""
    letters = re.sub(r"[^a-z]", "", plain(text))
    letters = re.sub(r"h(?=[bcdfgjkmnprstz]|$)", "", re.sub(r"(?<=[o])h(?![aeiouy])", "", letters))
    for a, b in _SPELLINGS:
        letters = letters.replace(a, b)
    letters = re.sub(r"(?<=o)u|([aiueo])\1", lambda m: m.group(1) or "", letters)
    return re.sub(r"([bcdfgkmprstz])\1", r"\1", letters)


@cache
def family_readings() -> dict[str, tuple[str, ...]]:
    """Family names and their hiragana readings, the rarer ones among them."""
    return _readings("family_names_rare_ja.tsv") | common_family_readings()


@cache
def common_family_readings() -> dict[str, tuple[str, ...]]:
    """The more frequent family names and their hiragana readings."""
    return _readings("family_names_ja.tsv")


def _readings(file: str) -> dict[str, tuple[str, ...]]:
    return {unify(r[0]): tuple(r[1].split()) for r in rows(file)}


@cache
def given_readings() -> dict[str, tuple[str, ...]]:
    """Given names and their hiragana readings."""
    found: dict[str, tuple[str, ...]] = {}
    for reading, names in rows("given_names_ja.tsv"):
        for name in names.split(" "):
            key = unify(name)
            found[key] = (*found.get(key, ()), reading)
    return found
