"""What a person typed into a suggestion's form, as the values to accept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pipeline import errors
from pipeline.records import Activity, Suggestion
from pipeline.store.crm.record_writing import FieldValue

_TIMES = ("start", "end", "due")
_TEXTS = ("title", "owner", "location", "online_url", "meeting_id", "passcode", "participants")


def typed_values(suggestion: Suggestion, form: Mapping[str, str], zone: ZoneInfo) -> list[FieldValue] | None:
    """The values of an edited form; None where it holds nothing but what was proposed.

    A field that was emptied is left out. Times were typed in the reader's ``zone``.

    Raises:
        errors.UsageError: a time cannot be read, or a chosen slot does not exist.
    """
    if suggestion.activity is not None:
        return _activity_values(suggestion.activity, form, zone) or None
    if suggestion.kind == "link_deal":
        return None
    values = []
    for place, field in enumerate(suggestion.fields):
        text = form.get(f"f{place}", field.value).strip()
        if text:
            same = text == field.value
            values.append(FieldValue(field.name, text, field.type, field.extension if same else None))
    return values


def chosen_values(suggestion: Suggestion, form: Mapping[str, str]) -> list[FieldValue]:
    """The candidate time or deal that was picked; nothing where the first offer stands.

    Raises:
        errors.UsageError: there is no such choice.
    """
    if (deal := form.get("deal_choice", "")) and deal != suggestion.record_id:
        return [FieldValue("deal", deal)]
    activity, place = suggestion.activity, form.get("start_choice", "")
    if activity is None or not place:
        return []
    if not place.isascii() or not place.isdigit() or int(place) >= len(activity.slots):
        raise errors.UsageError("There is no such candidate time; load the page again.")
    slot = activity.slots[int(place)]
    end = [FieldValue("end", slot.end.isoformat())] if slot.end else []
    return [FieldValue("start", slot.start.isoformat()), *end]


def _activity_values(activity: Activity, form: Mapping[str, str], zone: ZoneInfo) -> list[FieldValue]:
    values = [FieldValue(name, form[name]) for name in _TEXTS if name in form and form[name] != _text(activity, name)]
    now = _times(activity, zone)
    if any(form.get(name, now[name]) != now[name] for name in ("start", "end")):
        values += [FieldValue(name, _moment(form[name], zone)) for name in ("start", "end") if form.get(name)]
    if form.get("due", now["due"]) != now["due"]:
        values.append(FieldValue("due", _moment(form["due"], zone)))
    return values


def _text(activity: Activity, name: str) -> str:
    value = getattr(activity, name)
    return ", ".join(value) if name == "participants" else value or ""


def _times(activity: Activity, zone: ZoneInfo) -> dict[str, str]:
    """The times as the form showed them."""
    slot = activity.slots[0] if len(activity.slots) == 1 else None
    shown = {"start": slot.start if slot else None, "end": slot.end if slot else None, "due": activity.due}
    return {name: _shown(moment, zone) for name, moment in shown.items()}


def _shown(moment: date | None, zone: ZoneInfo) -> str:
    if isinstance(moment, datetime):
        return f"{moment.astimezone(zone):%Y-%m-%dT%H:%M}"
    return moment.isoformat() if moment else ""


def _moment(text: str, zone: ZoneInfo) -> str:
    """A typed day or time as ISO 8601, a time with the reader's offset; empty stays empty."""
    if not text or len(text) <= len("2026-03-10"):
        return text
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise errors.UsageError("This time cannot be read; pick it again.") from None
    return moment.replace(tzinfo=zone).isoformat()
