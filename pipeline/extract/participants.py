"""Who takes part in a meeting beside sender and recipients, as the text says it."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from importlib.resources import files

from pipeline.extract import names, participants_en, participants_ja
from pipeline.records import Message

_BREAK = re.compile(r"[ 　]*\n[ 　]*")
_BRACKETS = re.compile(r"[（(][^）)\n]*[）)]")
_BETWEEN = re.compile(r"[、,，・/／;]|\sand\s")
_NO_PERSON = re.compile(r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?$|I['’]|[A-Z]{1,3}$")
_NOT_KANJI = re.compile(r"[A-Za-zァ-ヶー・]+$")
_WHOLE_FOREIGN = re.compile(r"[A-Z][a-z]+|[ァ-ヶー]+・")


@functools.cache
def _patterns(plain: bool, japanese: bool) -> tuple[re.Pattern[str], ...]:
    """Plain statements ("X will join us", Xも同席します), or words that tell only in a meeting's own sentences."""
    language = participants_ja if japanese else participants_en
    return tuple(re.compile(row) for row in (language.PLAIN if plain else language.OWN))


@functools.cache
def _list(japanese: bool) -> re.Pattern[str]:
    return re.compile((participants_ja if japanese else participants_en).LIST, re.MULTILINE)


@functools.cache
def _name(japanese: bool) -> re.Pattern[str]:
    return re.compile((participants_ja if japanese else participants_en).NAME)


@functools.cache
def no_names() -> frozenset[str]:
    """Capitalised English words that are no person's name."""
    lines = (files(__package__) / "no_names_en.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def find(
    sentences: Iterable[tuple[str, str]], everything: Iterable[tuple[str, str]], message: Message
) -> tuple[str, ...]:
    """Names that are said to take part, without sender and recipients.

    Each argument holds (text, language) pairs: the meeting's own sentences, and all of the mail, in which only
    plain statements count ("X will join us", Xも同席します).
    """
    known = _known(message)
    found: list[str] = []
    for texts, plain in ((everything, True), (sentences, False)):
        for text, language in texts:
            for name in _named(text, language == "ja", plain):
                if name not in found and not _same(name, known):
                    found.append(name)
    return tuple(found)


def _named(text: str, japanese: bool, plain: bool) -> Iterator[str]:
    flat = _BREAK.sub("" if japanese else " ", text)
    for pattern in _patterns(plain, japanese):
        for match in pattern.finditer(flat):
            given = match.groupdict()
            for part in ("name", "more"):
                name = names.clean(" ".join((given.get(part) or "").split()))
                titled = bool(given.get("suffix") or given.get("title"))
                if (
                    name
                    and _is_person(name, japanese, titled)
                    and (given.get("with") is None or titled or _usual(name))
                ):
                    yield name
    if plain and (listed := _list(japanese).search(text)):
        yield from _split_list(listed.group("list"), japanese)


def _split_list(text: str, japanese: bool) -> Iterator[str]:
    """The names of a list of people, without roles and brackets (館長　森、学芸員　林)."""
    for item in _BETWEEN.split(_BRACKETS.sub("", text)):
        words = names.clean(item.strip()).split()
        for name in (" ".join(words), " ".join(words[-2:]), " ".join(words[-1:])):
            whole = _name(japanese).fullmatch(name)
            if whole and (
                _is_person(name, japanese, titled=False) or (japanese and len(words) > 1 and name == words[-1])
            ):
                yield name
                break


def _usual(name: str) -> bool:
    """Whether a Western name stands in the gazetteer: "with" is said of things as well."""
    return names.is_given(name.split()[0]) or names.is_family(name.split()[-1])


def _is_person(name: str, japanese: bool, titled: bool) -> bool:
    first = name.split()[0]
    if not japanese:
        return no_names().isdisjoint(name.split()) and not _NO_PERSON.match(first)
    if _NOT_KANJI.match(first):
        return titled or _WHOLE_FOREIGN.match(first) is not None
    return names.is_family_japanese(first) or names.is_family_japanese(names.split(first).family or "")


def _known(message: Message) -> str:
    people = (message.from_, *message.to)
    return " ".join((p.name or "") + " " + p.address for p in people if p).lower()


def is_known(name: str, message: Message) -> bool:
    """Whether a name is the sender's or a recipient's."""
    return _same(name, _known(message))


def _same(name: str, known: str) -> bool:
    return all(part.lower() in known for part in name.split())
