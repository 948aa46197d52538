"""The form of a suggestion: one row per value, with what a person reads and what they may change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from api.web import dates
from api.web.catalogue import words
from api.web.highlight import group
from api.web.view import View, phone_tag, shown, shown_value, slot_text, sure
from pipeline.records import Activity, ProposedField, Slot, Suggestion
from pipeline.store.review.suggestion_json import moment
from pipeline.store.tables.base import clean

_PLACE = ("location", "online_url", "meeting_id", "passcode")
_INPUTS = {"email": "email", "phone": "tel", "website": "url", "online_url": "url"}


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
    rows += [_text_row(name, value, view) for name in _PLACE if (value := getattr(activity, name))]
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
