"""What the pages show of mails, suggestions and records, put into words of one language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers

from api.nothing import Reason
from api.web import dates
from api.web.catalogue import Language, translate, words
from api.web.highlight import Block, Mark, blocks, group
from pipeline.records import Activity, Evidence, ProposedField, Record, Segment, Slot, Suggestion
from pipeline.store.activities import StoredActivity
from pipeline.store.mails import Mail, MailSummary
from pipeline.store.suggestion_json import moment
from pipeline.store.suggestions import SuggestionView
from pipeline.store.tables.base import clean, clean_json

SURE, LIKELY = 0.9, 0.7
"""From here on a value is called sure, or likely; below it asks to be checked. Scores are calibrated."""

ICONS = {
    "create_contact": "add", "update_contact": "update", "create_meeting": "meeting", "change_meeting": "meeting",
    "create_call": "call", "change_call": "call", "create_task": "task", "link_deal": "link", "changed_job": "move",
    "successor": "add",
}  # fmt: skip
_NOT_TELLING = {"full_name", "family_name", "given_name", "name_kana", "name_latin", "email"}
_INPUTS = {"email": "email", "phone": "tel", "website": "url", "online_url": "url"}


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


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several values to pick from."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Edit:
    """A field of the form behind a row: its name, what kind of input it is, what it holds."""

    name: str
    kind: str
    raw: str
    label: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a suggestion's form: ``value`` is what a person reads, ``edits`` what they may change."""

    key: str
    label: str
    value: str
    group: str
    edits: tuple[Edit, ...] = ()
    choices: tuple[Choice, ...] = ()
    old: str | None = None
    sure: str = ""
    percent: int = 0
    why: str = ""
    tag: str = ""
    lights: tuple[str, ...] = ()
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to look at before deciding, with the record it is about."""

    text: str
    href: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence of the mail that speaks for the suggestion."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Card:
    """A suggestion as the review page shows it."""

    id: str
    version: int
    kind: str
    state: str
    icon: str
    title: str
    about: str
    person: str | None
    sure: str
    percent: int
    record: Record | None
    notices: tuple[Notice, ...]
    rows: tuple[Row, ...]
    evidence: tuple[Line, ...]
    shared: bool
    timed: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A suggestion as a line of a list."""

    id: str
    kind: str
    state: str
    icon: str
    who: str
    line: str
    date: datetime
    person: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as the reading pane shows it."""

    id: str
    subject: str
    from_name: str | None
    from_address: str | None
    initial: str
    to: str
    date: datetime | None
    language: str
    intents: tuple[str, ...]
    sentiment: str | None
    machine: str | None
    gist: str
    attachment_count: int
    blocks: tuple[Block, ...]


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


def card(stored: SuggestionView, view: View) -> Card:
    """A suggestion with its fields, warnings and evidence."""
    suggestion = stored.suggestion
    rows = form_rows(suggestion, view)
    word, percent = sure(suggestion.score)
    about = view.people.get(suggestion.person or "", suggestion.person) if suggestion.activity is not None else None
    return Card(
        stored.id,
        stored.version,
        suggestion.kind,
        stored.state,
        ICONS[suggestion.kind],
        headline(suggestion, view),
        clean(about or ""),
        suggestion.person,
        word,
        percent,
        view.records.get(suggestion.record_id or ""),
        tuple(_notices(suggestion, view)),
        rows,
        tuple(Line(key, clean(piece.text)) for key, piece in sentences(suggestion)),
        shared=suggestion.activity is None and suggestion.kind != "link_deal",
        timed=_is_timed(suggestion),
    )


def _is_timed(suggestion: Suggestion) -> bool:
    return suggestion.activity is not None and suggestion.activity.kind != "task"


def headline(suggestion: Suggestion, view: View) -> str:
    """What a suggestion is about, in a few words: the person, the meeting, the task."""
    activity = suggestion.activity
    if activity is not None:
        return clean(activity.title or view.say(f"activity.{activity.kind}"))
    record = view.records.get(suggestion.record_id or "")
    if record is not None:
        return record.name
    name = next((f.value for f in suggestion.fields if f.name in ("full_name", "name_latin")), None)
    return clean(name or suggestion.person or suggestion.title)


def entry(stored: SuggestionView, view: View) -> Entry:
    """A suggestion as a line: whom it is about, and what it would do."""
    suggestion = stored.suggestion
    name = next((field.value for field in suggestion.fields if field.name == "full_name"), None)
    who = name or view.people.get(suggestion.person or "") or suggestion.person or suggestion.title
    return Entry(
        stored.id,
        suggestion.kind,
        stored.state,
        ICONS[suggestion.kind],
        clean(who),
        _line(suggestion, view),
        stored.mail_date,
        suggestion.person or "",
    )


def _line(suggestion: Suggestion, view: View) -> str:
    kind = view.say(f"kind.{suggestion.kind}")
    activity = suggestion.activity
    if activity is not None:
        when = activity_time(activity, view)
        return clean(" · ".join(part for part in (when or kind, activity.title) if part))
    if suggestion.kind == "link_deal":
        deal = view.records.get(suggestion.record_id or "")
        return " · ".join([kind, deal.name] if deal else [kind])
    values = [f for f in suggestion.fields if f.name not in _NOT_TELLING]
    return " · ".join([kind, *(shown_value(f, view) for f in values[:2])])


def form_rows(suggestion: Suggestion, view: View) -> tuple[Row, ...]:
    """The form of a suggestion: its fields in their order, or what makes up its activity."""
    if suggestion.activity is not None:
        changes = {field.name: field for field in reversed(suggestion.fields)}
        lights = tuple(f"e{place}" for place, _ in enumerate(suggestion.evidence))
        rows = activity_rows(suggestion.activity, view)
        return tuple(replace(_with_change(row, changes, view), lights=lights) for row in rows)
    if suggestion.kind == "link_deal":
        return (_deal_row(suggestion, view),)
    rows = [_field_row(f"f{place}", field, view) for place, field in enumerate(suggestion.fields)]
    return tuple(_name_in_one(rows, suggestion.fields, view))


def _name_in_one(rows: Sequence[Row], fields: Sequence[ProposedField], view: View) -> Iterable[Row]:
    """Beside a full name its parts are shown only for editing; the family name stands as a note, to be checked."""
    family = next((one.value for one in fields if one.name == "family_name"), None)
    has_full = any(one.name == "full_name" for one in fields)
    for row, one in zip(rows, fields, strict=True):
        if one.name == "full_name" and family:
            yield replace(row, tag=clean(f"{view.field('family_name')} {family}"))
        else:
            yield replace(row, quiet=has_full and one.name in ("family_name", "given_name"))


def _field_row(key: str, field: ProposedField, view: View) -> Row:
    word, percent = sure(field.score)
    label = view.field(field.name)
    return Row(
        key,
        label,
        shown_value(field, view),
        group(field.name),
        (Edit(key, _INPUTS.get(field.name, "text"), clean(field.value), label),),
        old=None if field.old is None else shown(field.name, field.old, view),
        sure=word,
        percent=percent,
        why=field.rule,
        tag=phone_tag(field.type, field.extension, view),
        lights=(key,) if field.start is not None else (),
    )


def _deal_row(suggestion: Suggestion, view: View) -> Row:
    """The deals to choose from, the likeliest first."""
    known = [view.records[one.value] for one in suggestion.fields if one.value in view.records]
    options = tuple(Choice(deal.id, deal.name, chosen=deal.id == suggestion.record_id) for deal in known)
    return Row("deal", view.field("deal"), "", group("deal"), choices=options)


def _with_change(row: Row, changes: Mapping[str, ProposedField], view: View) -> Row:
    """A row of an activity with the old value beside it, where the activity changes one."""
    field = changes.get(row.key)
    if field is None:
        return row
    word, percent = sure(field.score)
    old = _old_moment(field.old, view) if row.key == "start" else field.old
    return replace(row, old=clean(old) if old else row.old, sure=word, percent=percent, why=field.rule)


def _old_moment(text: str | None, view: View) -> str | None:
    try:
        when = moment(text)
    except ValueError:
        return text
    return view.at(when) if when else None


def shown_value(field: ProposedField, view: View) -> str:
    """A proposed value as a person reads it."""
    return shown(field.name, field.value, view)


def shown(name: str, value: str, view: View) -> str:
    """A value as a person reads it."""
    return clean(phone(value, view.language) if name == "phone" else value)


def phone_tag(kind: str | None, extension: str | None, view: View) -> str:
    """What kind of number it is, and its extension."""
    parts = [view.say(f"phone.{kind}")] if kind else []
    if extension:
        parts.append(view.say("phone.extension", extension=extension))
    return " · ".join(parts)


def activity_rows(activity: Activity, view: View) -> list[Row]:
    """The rows of a meeting, call or task."""
    rows = [_text_row("title", activity.title, view)]
    old = None if activity.old_start is None else view.at(activity.old_start)
    rows += _slot_rows(activity.slots, old, view)
    if activity.kind == "task":
        rows.append(_due_row(activity.due, view))
    if activity.owner:
        shown_owner = words(view.language).get(f"owner.{activity.owner}", activity.owner)
        rows.append(replace(_text_row("owner", activity.owner, view), value=clean(shown_owner)))
    rows += [_text_row(name, value, view) for name in ("location", "online_url") if (value := getattr(activity, name))]
    if activity.participants:
        rows.append(_text_row("participants", ", ".join(activity.participants), view))
    return rows


def _text_row(name: str, value: str, view: View) -> Row:
    value, label = clean(value), view.field(name)
    return Row(name, label, value, group(name), (Edit(name, _INPUTS.get(name, "text"), value, label),))


def _due_row(due: date | None, view: View) -> Row:
    label = view.field("due")
    return Row("due", label, view.at(due) if due else "", "time", (_moment_edit("due", due, label, view),))


def _slot_rows(slots: Sequence[Slot], old: str | None, view: View) -> Iterable[Row]:
    label = view.field("slot")
    if len(slots) == 1:
        (slot,) = slots
        edits = (
            _moment_edit("start", slot.start, view.field("start"), view),
            _moment_edit("end", slot.end, view.field("end"), view, like=slot.start),
        )
        yield Row("start", label, slot_text(slot, view), "time", edits, old=old)
    elif slots:
        keep = Choice("", view.say("review.all_slots", count=len(slots)), chosen=True)
        options = (Choice(str(n), slot_text(slot, view), chosen=False) for n, slot in enumerate(slots))
        yield Row("start", label, "", "time", choices=(keep, *options), old=old)
    elif old:
        yield Row("start", label, "–", "time", old=old)


def _moment_edit(name: str, when: date | None, label: str, view: View, like: date | None = None) -> Edit:
    """A field for a day, or for a time in the reader's zone."""
    if not isinstance(when or like, datetime):
        return Edit(name, "date", when.isoformat() if when else "", label)
    local = dates.aware(when).astimezone(view.zone) if isinstance(when, datetime) else None
    return Edit(name, "datetime-local", f"{local:%Y-%m-%dT%H:%M}" if local else "", label)


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


def _notices(suggestion: Suggestion, view: View) -> Iterable[Notice]:
    for duplicate in suggestion.duplicates:
        if duplicate in view.records:
            yield Notice(view.say("review.warn_duplicate"), f"/records/{duplicate}", view.records[duplicate].name)
    typed = [view.field(f.name) for f in suggestion.fields if f.old_edited]
    if typed:
        comma = "、" if view.language == "ja" else ", "
        yield Notice(view.say("review.warn_edited") + comma.join(typed))


def sentences(suggestion: Suggestion) -> tuple[tuple[str, Evidence], ...]:
    """The evidence that says more than the fields do, each with its key: what a field covers is marked as that."""
    spans = [(field.start, field.end) for field in suggestion.fields if field.start is not None]
    return tuple(
        (f"e{place}", piece)
        for place, piece in enumerate(suggestion.evidence)
        if not any(start <= piece.start and piece.end <= (end or 0) for start, end in spans if start is not None)
    )


def marks(suggestion: Suggestion) -> tuple[Mark, ...]:
    """Where in the mail the evidence of each field stands; the whole sentences first, so that fields lie above."""
    about = "time" if _is_timed(suggestion) else "intent"
    whole = [Mark(piece.start, piece.end, about, key) for key, piece in sentences(suggestion)]
    values = [
        Mark(one.start, one.end, group(one.name), f"f{place}")
        for place, one in enumerate(suggestion.fields)
        if one.start is not None and one.end is not None
    ]
    return (*whole, *values)


def letter(mail: Mail, evidence: Iterable[Mark] = ()) -> Letter:
    """A mail with its text zone by zone and the evidence marked."""
    document, summary = clean_json(mail.document), mail.summary
    segments = [Segment(s["zone"], s["start"], s["end"], s["language"]) for s in document["segments"]]
    return Letter(
        summary.id,
        summary.subject,
        summary.from_name,
        summary.from_address,
        initial(summary.from_name or summary.from_address),
        addressees(document),
        _own_date(document) or summary.date,
        summary.language,
        summary.intents,
        summary.sentiment,
        summary.machine,
        summary.gist,
        summary.attachment_count,
        blocks(document["text"] or "", segments, evidence),
    )


def addressees(document: Mapping[str, Any], most: int = 4) -> str:
    """To and Cc in one line, by name where there is one."""
    everybody = [one["name"] or one["address"] for one in (*document["to"], *document["cc"])]
    rest = f" +{len(everybody) - most}" if len(everybody) > most else ""
    return ", ".join(everybody[:most]) + rest


def _own_date(document: Mapping[str, Any]) -> datetime | None:
    return datetime.fromisoformat(document["date"]) if document["date"] else None


def sender(summary: MailSummary) -> str | None:
    """Whom a mail is from, by name where there is one."""
    return summary.from_name or summary.from_address


def readable(text: str) -> str:
    """Text that can be sent: what no encoding holds is replaced, character by character."""
    return clean(text)


def nothing(reason: Reason, mail: Mail, view: View) -> str:
    """Why nothing was suggested, in a sentence."""
    if reason != "machine":
        return view.say(f"nothing.{reason}")
    return view.say("nothing.machine", kind=view.say(f"machine.{mail.summary.machine}"))
