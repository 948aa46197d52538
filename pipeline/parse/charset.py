"""From bytes to text without losing a character: the decoding ladder, with the step that was used.

Steps, in order: the declared charset, ISO-2022-JP escapes, strict UTF-8, cp932, EUC-JP, detection, and cp1252 as the
last resort. A declared single-byte charset cannot be wrong by its bytes alone, so UTF-8 and the Japanese ones are tried
before it where the bytes speak for them, and so is detection where no word would be of a Western language.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib import resources

import charset_normalizer

from pipeline.parse import japanese

_SAMPLE_BYTES = 4096
_MAX_WITHOUT_KANA = 12
_MAX_DETECTIONS = 300
_MAIL_CODEC = re.compile(r"(?:iso|cp\d|koi8|mac|utf|gb|big5|euc|hz|johab|shift|tis|ptcp|kz|ascii|latin|viscii|hp)")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SINGLE_BYTE = {"cp1252", "cp1250", "cp1254", "iso8859-2", "iso8859-15", "mac-roman"}
_UTF8_PAIR = re.compile(rb"[\xc2-\xf4][\x80-\xbf]")
_KANA = re.compile("[\u3041-\u30fe]")
_COMMON = re.compile("[\u3000-\u303f\u3041-\u30fe\u4e00-\u9fff\uff01-\uff60]")
_FOREIGN = re.compile("[\x80-\u04ff\ue000-\uf8ff]")
_HALF_KANA = re.compile("[\uff61-\uff9f]")

_ACCENTED = bytes(range(0xC0, 0x100))  # the letters of cp1252 and its neighbours
_PLAIN = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_MIN_LETTERS = 8
_WESTERN = set("ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜßàáâãäåæçèéêëìíîïñòóôõöøùúûüŒœ€£¥§©®°·«»¿¡‘’“”„–—…•\xa0ªº²³½¼´±×")
# What mail is written in without saying so; what a detector knows beside these (DOS, EBCDIC, Mac) mail does not use.
_DETECTED = [
    "cp1251", "koi8_r", "koi8_u", "iso8859_5", "cp1253", "iso8859_7", "cp1255", "cp1256", "cp1250", "iso8859_2",
    "cp1254", "cp1257", "cp1258", "cp874", "cp1252", "gb18030", "big5hkscs", "big5", "cp949", "euc_kr", "hz",
]  # fmt: skip


_detected: ContextVar[dict[bytes, str | None] | None] = ContextVar("_detected", default=None)


@contextmanager
def one_mail() -> Iterator[None]:
    """While one mail is read, detection is done for so many texts only; a header may hold thousands of them."""
    token = _detected.set({})
    try:
        yield
    finally:
        _detected.reset(token)


def decode(data: bytes, declared: str | None = None) -> tuple[str, str]:
    """Text of the bytes, and the step that read it: ``declared:utf-8``, ``iso-2022-jp``, ``utf-8``, ``cp932`` …

    ``declared`` is the charset as the mail names it, or None. Total: any bytes give a text.
    """
    codec = codec_of(declared)
    if codec == "iso-2022-jp" and not japanese.has_escapes(data):
        data = japanese.restore_escapes(data)
    if japanese.has_escapes(data) and (codec is None or not codec.startswith(("iso2022_kr", "hz", "utf-16"))):
        step = "declared:iso-2022-jp" if codec == "iso-2022-jp" else "iso-2022-jp"
        return japanese.decode_iso2022(data, _decode_stray), step
    if data.isascii() and codec in (None, "ascii", "cp1252", "utf-8", "iso-2022-jp", "euc-jp", "cp932", *_SINGLE_BYTE):
        return data.decode("ascii"), f"declared:{codec}" if codec else "ascii"
    if codec in _SINGLE_BYTE and _UTF8_PAIR.search(data) and (text := _strict(data, "utf-8")) is not None:
        return text, "utf-8"
    if codec in _SINGLE_BYTE and (found := _mislabelled(data)) is not None:
        return found
    if codec and codec != "iso-2022-jp" and (text := _declared(data, codec)) is not None:
        return text, f"declared:{codec}"
    return _guess(data, codec)


def _guess(data: bytes, codec: str | None) -> tuple[str, str]:
    """The rest of the ladder, for bytes that their declared charset could not read."""
    if (text := _strict(data, "utf-8")) is not None:
        return text, "utf-8"
    if codec == "utf-8" and (text := _almost_utf8(data)) is not None:
        return text, "utf-8:replaced"
    if (found := _japanese(data)) is not None:
        return found
    if codec in ("cp932", "euc-jp", "iso-2022-jp") and (text := _damaged_japanese(data, codec)) is not None:
        return text, f"{codec}:replaced"
    return _detect(data)


def _mislabelled(data: bytes) -> tuple[str, str] | None:
    """The reading of bytes that are called Western and cannot be; None if they can."""
    found = _japanese(data)
    if found is not None and _KANA.search(found[0]):
        return found
    return None if _may_be_western(data) else _detect(data)


def _may_be_western(data: bytes) -> bool:
    """Whether letters with accents are the fewer ones, as in every language that cp1252 can write."""
    accented = len(data) - len(data.translate(None, _ACCENTED))
    return accented < _MIN_LETTERS or accented <= len(data) - len(data.translate(None, _PLAIN))


def _decode_stray(data: bytes) -> str:
    """8-bit bytes between ISO-2022-JP escapes: another Japanese encoding, or nothing worth a detection."""
    if (found := _japanese(data)) is not None:
        return found[0]
    return next(text for text in (_strict(data, "utf-8"), _strict(data, "cp932"), _western(data)) if text is not None)


def _japanese(data: bytes) -> tuple[str, str] | None:
    """The text as cp932 or EUC-JP, whichever it looks more like, and that step; None if it looks like neither."""
    found = [
        (_japanese_score(text), step, text)
        for step, text in (("cp932", _strict(data, "cp932")), ("euc-jp", _strict_euc(data)))
        if text is not None
    ]
    best = max(found, key=lambda f: f[0], default=(0.0, "", ""))
    return (best[2], best[1]) if best[0] > 0 else None


def _declared(data: bytes, codec: str) -> str | None:
    if codec == "euc-jp":
        return _strict_euc(data)
    text = _strict(data, codec)
    if text is not None and codec == "cp932" and _is_really_euc(data, text):
        return None
    if text is None and codec == "cp1252":
        return _western(data)
    return text


def _is_really_euc(data: bytes, text: str) -> bool:
    """Whether bytes that are valid cp932 as well (half-width kana mostly) are a text in EUC-JP."""
    if len(_HALF_KANA.findall(text)) * 2 < sum(1 for c in text if c > "\x7f"):
        return False
    euc = _strict_euc(data)
    return euc is not None and bool(_KANA.search(euc)) and _japanese_score(euc) > 0


def _strict(data: bytes, codec: str) -> str | None:
    try:
        text = data.decode(codec)
        return text if codec != "utf-7" else _SURROGATE.sub("\ufffd", text)
    except (UnicodeError, LookupError, ValueError):
        return None


def _strict_euc(data: bytes) -> str | None:
    if not japanese.is_euc(data):
        return None
    text = japanese.decode_euc(data)
    return None if japanese.REPLACEMENT in text else text


def _almost_utf8(data: bytes) -> str | None:
    """UTF-8 with a few broken bytes (text cut in a character); None if most of it is something else."""
    text = data.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    right = sum(1 for c in text if c > "\x7f") - wrong
    return text if wrong <= 2 or wrong * 10 <= right else None


def _damaged_japanese(data: bytes, codec: str) -> str | None:
    text = data.decode("cp932", "replace") if codec == "cp932" else japanese.decode_euc(data)
    wrong = text.count("\ufffd")
    return text if wrong <= 2 or wrong * 10 <= len(text) else None


def _japanese_score(text: str) -> float:
    """How much a text decoded on suspicion looks like Japanese; zero or less means it does not."""
    wide = [c for c in text if c > "\x7f"]
    if not wide:
        return 0.0
    sample = "".join(wide[:4000])
    common, kana, half, foreign = (len(p.findall(sample)) for p in (_COMMON, _KANA, _HALF_KANA, _FOREIGN))
    score = (common + kana - half - 3 * foreign) / len(sample)
    ascii_letters = sum(1 for c in text[:8000] if "a" <= c.lower() <= "z")
    if not kana and ascii_letters > 2 * len(sample):
        return -1.0  # Latin words with an accent here and there, which happen to be valid double bytes
    # Running Japanese has kana; kanji alone are a name or a heading, or a Korean or Chinese text in disguise.
    return score if kana or (2 <= common <= _MAX_WITHOUT_KANA and any(map(_is_everyday, sample))) else -1.0


def _is_everyday(char: str) -> bool:
    """Whether a character is among the nearly 3,000 kanji of JIS level 1; two Cyrillic letters hardly ever make one."""
    return b"\x88\x9f" <= char.encode("cp932", "replace") <= b"\x98\x72"


def _detect(data: bytes) -> tuple[str, str]:
    western = _western(data)
    if all(c in _WESTERN for c in set(western) if c > "\x7f") and _may_be_western(data):
        return western, "cp1252"
    first = next((i for i, byte in enumerate(data) if byte > 0x7F), 0)
    start = max(0, first - 200)
    encoding = _encoding_of(data[start : start + _SAMPLE_BYTES])
    if encoding and (text := _strict(data, encoding)) is not None and _printable(text):
        return text, f"detected:{encoding}"
    return western, "cp1252"


def _encoding_of(sample: bytes) -> str | None:
    """What the detector takes the bytes for."""
    known = _detected.get()
    if known is not None and (sample in known or len(known) >= _MAX_DETECTIONS):
        return known.get(sample)
    best = charset_normalizer.from_bytes(sample, cp_isolation=_DETECTED).best()
    encoding = best.encoding if best is not None else None
    if known is not None:
        known[sample] = encoding
    return encoding


def _printable(text: str) -> bool:
    return not any((c < " " and c not in "\t\n\r\f\x1b") or "\x7f" <= c < "\xa0" for c in text[:_SAMPLE_BYTES])


def codec_of(name: str | None) -> str | None:
    """The codec meant by a charset name as found in mail, None if it names nothing known."""
    if not name:
        return None
    key = name.strip().strip("\"'").split("*")[0].lower()
    names = _names()
    if key in names:
        return names[key] or None
    try:
        info = codecs.lookup(key)
    except (LookupError, ValueError):
        return None
    return info.name if _MAIL_CODEC.match(info.name) else None


@cache
def _names() -> dict[str, str]:
    rows = resources.files(__package__).joinpath("data", "charset_names.tsv").read_text(encoding="utf-8").splitlines()
    return dict(row.split("\t", 1) for row in rows if row and not row.startswith("#"))


# cp1252 leaves five bytes undefined; WHATWG and every mail client read them as the C1 control.
_CP1252 = "".join(bytes((b,)).decode("cp1252", "ignore") or chr(b) for b in range(256))


def _western(data: bytes) -> str:
    return codecs.charmap_decode(data, "strict", _CP1252)[0]
