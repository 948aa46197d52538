"""For whom something is put into words, and how values read in that person's language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

import phonenumbers

from api.web import dates
from api.web.catalogue import Language, translate, words
from pipeline.records import Activity, ProposedField, Record, Slot
from pipeline.store.crm.activities import StoredActivity
from pipeline.store.tables.base import clean

SURE, LIKELY = 0.9, 0.7
"""From here on a value is called sure, or likely; below it asks to be checked. Scores are calibrated."""


_KANA = "\u3000-\u30ff\u3400-\u9fff\uff00-\uffef"
_BROKEN = re.compile(rf"(?<=[{_KANA}])[ \t]*\n[ \t\u3000]*(?=[{_KANA}])|(?<=[。、！？]) +(?=[{_KANA}])")


@dataclass(frozen=True, slots=True)
class View:
    """For whom something is put into words: language, zone, and the time it is now.

    ``records`` by id and ``people``, names by address, are those that the things to show refer to.
    """

    language: Language
    zone: ZoneInfo
    now: datetime
    records: Mapping[str, Record] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)

    def say(self, key: str, **values: object) -> str:
        """A string of the reader's language."""
        return translate(self.language, key, **values)

    def at(self, when: date) -> str:
        """A day, or a time in the reader's zone."""
        return dates.moment(when, self.language, self.zone, self.now)

    def field(self, name: str) -> str:
        """What a field is called; an unknown one by its own name."""
        return words(self.language).get(f"field.{name}", name)


def flow(text: str) -> str:
    """Text copied from a mail in one line: where Japanese was broken into lines, nothing stands between its letters."""
    return " ".join(_BROKEN.sub("", text).split())


def sure(score: float | None) -> tuple[str, int]:
    """A score in words, and in whole percent; nothing where there is no score."""
    if score is None:
        return "", 0
    word = "sure" if score >= SURE else "likely" if score >= LIKELY else "check"
    return word, min(99, int(score * 100))


def initial(name: str | None) -> str:
    """The letter in the circle: the first that is a letter at all."""
    return next((letter.upper() for letter in name or "" if letter.isalpha()), "·")


def phone(value: str, language: Language) -> str:
    """An E.164 number as people write it: at home in their country, else international."""
    try:
        number = phonenumbers.parse(value)
    except phonenumbers.NumberParseException:
        return value
    at_home = language == "ja" and number.country_code == 81
    form = phonenumbers.PhoneNumberFormat.NATIONAL if at_home else phonenumbers.PhoneNumberFormat.INTERNATIONAL
    return phonenumbers.format_number(number, form)


def shown(name: str, value: str, view: View) -> str:
    """A value as a person reads it."""
    return clean(phone(value, view.language) if name == "phone" else value)


def shown_value(field: ProposedField, view: View) -> str:
    """A proposed value as a person reads it."""
    return shown(field.name, field.value, view)


def phone_tag(kind: str | None, extension: str | None, view: View) -> str:
    """What kind of number it is, and its extension."""
    parts = [view.say(f"phone.{kind}")] if kind else []
    if extension:
        parts.append(view.say("phone.extension", extension=extension))
    return " · ".join(parts)


def slot_text(slot: Slot, view: View) -> str:
    """A candidate time in words."""
    text = dates.span(slot.start, slot.end, view.language, view.zone, view.now)
    if not slot.approx:
        return text
    around = view.say("field.approx")
    return f"{text}{around}" if view.language == "ja" else f"{around} {text}"


def activity_time(activity: Activity | StoredActivity, view: View) -> str:
    """When it is, or by when it is due; empty where the mail does not say."""
    when: date | None = activity.slots[0].start if activity.slots else activity.due
    return "" if when is None else view.at(when)
