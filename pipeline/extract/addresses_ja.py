"""Japanese postal addresses: postal code, prefecture, municipality, town, house number, building.

Source: municipalities of Geolonia's address data (data/README.md).
"""

from __future__ import annotations

import re
from functools import cache

from pipeline.extract.addresses import Place
from pipeline.extract.words import Piece, fold, piece, rows

PREFECTURES = (
    r"(?:北海道|東京都|(?:京都|大阪)府|(?:神奈川|和歌山|鹿児島|青森|岩手|宮城|秋田|山形|福島|茨城|栃木|群馬|埼玉|千葉|新潟"
    r"|富山|石川|福井|山梨|長野|岐阜|静岡|愛知|三重|滋賀|兵庫|奈良|鳥取|島根|岡山|広島|山口|徳島|香川|愛媛|高知|福岡|佐賀|長崎|熊本|大分|宮崎|沖縄)県)"
)
_POSTAL_JA = re.compile(r"〒\s*(\d{3})-?(\d{4})(?!\d)|(?<![\d-])(\d{3})-(\d{4})(?![\d-])")
_TOWN = r"[\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff々ヶケ]"
_CITY_JA = re.compile(rf"(?<!{_TOWN}){_TOWN}{{1,6}}?[市区郡町村](?={_TOWN}|\d)")
_HOUSE_JA = re.compile(
    r"\d+(?:丁目|番地?|号)|[一二三四五六七八九十]+(?:丁目|番地?)|\d+(?:-\d+){1,4}|\d+$|(?<=\D)\d{1,4}(?=\s|$)"
)
_BUILDING_JA = re.compile(
    r"(?:ビル|ビルディング|タワー|マンション|ハイツ|プラザ|会館|センター|号棟|号館|\d+階|\d+ ?F|\d+号室?)"
    r"(?:\s|$|[A-Z\d])"
)


@cache
def municipalities() -> frozenset[str]:
    """Japanese cities, wards, towns and villages, with and without their county or city."""
    names = {name for row in rows("municipalities_ja.tsv") for name in row[1].split()}
    return frozenset(
        names
        | {m.group() for n in names if (m := re.match(r".+?[市郡](?=.)", n))}
        | {re.sub(r"^.+?[市郡]", "", n) for n in names}
    )


def find(text: str, line: Piece) -> Place | None:
    """The Japanese address of one line, up to the next thing that is none (the caller cuts telephones off)."""
    folded = fold(line.text)
    postal = _POSTAL_JA.search(folded)
    code = _postal_piece(line, postal) if postal else None
    start = _start_japanese(folded, postal)
    if start is None:
        alone = postal is not None and "〒" in postal.group()
        return Place(code.start, code.end, "", code, None) if code and alone else None
    end = postal.start() if postal and postal.start() > start else len(folded)
    inner = piece(text, line.start + start, line.start + end, " 　、,／/|｜()（）〒")
    return Place(min(inner.start, code.start if code else inner.start), inner.end, inner.text, code, None)


def _postal_piece(line: Piece, m: re.Match[str]) -> Piece:
    digits = re.sub(r"\D", "", m.group())
    first = re.search(r"\d", m.group())
    start = line.start + m.start() + (first.start() if first else 0)
    return Piece(start, line.start + m.end(), f"{digits[:3]}-{digits[3:]}")


def _start_japanese(folded: str, postal: re.Match[str] | None) -> int | None:
    m = re.search(PREFECTURES + rf"(?={_TOWN})", folded)
    if m and (postal or _HOUSE_JA.search(folded, m.end())):
        return m.start()
    for city in _CITY_JA.finditer(folded):
        known = city.group() in municipalities()
        if (known or postal) and _HOUSE_JA.search(folded, city.end()):
            return city.start()
    if postal and (rest := re.match(rf"\s*[)）]?\s*(?={_TOWN})", folded[postal.end() :])):
        return postal.end() + rest.end()
    return None


def continues(text: str) -> bool:
    """Does a line of its own go on with the address above (a building, a floor)?"""
    folded = fold(text).strip()
    return bool(_BUILDING_JA.search(folded + " ")) and len(folded) <= 40


def parts(text: str) -> dict[str, str]:
    """Prefecture, municipality and town of a Japanese address; "" where the address does not give one."""
    folded = fold(text)
    postal = _POSTAL_JA.search(folded)
    rest = folded[_start_japanese(folded, postal) or 0 :].strip()
    pref = re.match(PREFECTURES, rest)
    rest = rest[pref.end() :] if pref else rest
    city = _longest_city(pref.group() if pref else "", rest)
    town = re.match(r"\D*(?:\d+丁目)?", rest[len(city) :])
    return {
        "pref": pref.group() if pref else _prefecture_of(city),
        "city": city,
        "town": town.group().strip() if town else "",
    }


@cache
def _cities() -> dict[str, tuple[str, ...]]:
    return {row[0]: tuple(sorted(row[1].split(), key=len, reverse=True)) for row in rows("municipalities_ja.tsv")}


def _longest_city(pref: str, rest: str) -> str:
    names = _cities().get(pref) or tuple(n for names in _cities().values() for n in names)
    return max((n for n in names if rest.startswith(n)), key=len, default="")


def _prefecture_of(city: str) -> str:
    owners = [pref for pref, names in _cities().items() if city in names]
    return owners[0] if len(owners) == 1 else ""
