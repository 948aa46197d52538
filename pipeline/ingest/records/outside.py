"""CRMs outside as the source of records: one interface, and the adapter for any that answers JSON over HTTP.

The protocol (docs/outside_crm.md): ``GET URL?updated_since=…&cursor=…`` answers ``{"items": […], "next": …,
"as_of": …}``. The other way round, the CRM posts the same ``items`` to ``/api/v1/records/changes``.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar, get_args

import httpx

from pipeline.errors import RemoteError
from pipeline.ingest.records.files import phone
from pipeline.records import PhoneType, RecordKind
from pipeline.store.crm.record_import import RecordDraft
from pipeline.store.crm.record_writing import FieldValue

Kind = TypeVar("Kind")
_FIELD = re.compile(r"[a-z][a-z0-9_]{0,39}")
MAX_TRIES = 4
MAX_WAIT_S = 30.0
MAX_PAGES = 100_000


@dataclass(frozen=True, slots=True)
class Batch:
    """Some changed records, and the time until when all changes are known once all batches are in."""

    drafts: tuple[RecordDraft, ...]
    as_of: datetime | None


class RecordSource(Protocol):
    """An outside CRM; ``name`` tells its ids from those of others."""

    @property
    def name(self) -> str:
        """What this CRM is called here."""

    def changes(self, since: datetime | None) -> Iterator[Batch]:
        """All records that changed since then, or all there are; accounts before contacts before deals.

        Raises: RemoteError where it does not answer as it should.
        """


@dataclass(frozen=True, slots=True)
class RestSource:
    """A CRM that answers JSON over HTTP. ``token`` is sent as bearer token and never logged."""

    name: str
    url: str
    token: str
    timeout_s: float = 30.0
    region: str = "JP"

    def changes(self, since: datetime | None) -> Iterator[Batch]:
        """Page after page, again after errors that may pass."""
        query: dict[str, str] = {"updated_since": since.isoformat()} if since else {}
        seen: set[str] = set()
        with httpx.Client(timeout=self.timeout_s, headers={"Authorization": f"Bearer {self.token}"}) as client:
            while True:
                page = _get(client, self.url, query)
                yield Batch(tuple(draft(item, self.region) for item in page["items"]), _moment(page.get("as_of")))
                cursor = page.get("next")
                if not cursor:
                    return
                if not isinstance(cursor, str) or cursor in seen or len(seen) >= MAX_PAGES:
                    raise RemoteError(f"{self.name} repeats itself; its list does not end.")
                seen.add(cursor)
                query = query | {"cursor": cursor}


def draft(item: Any, region: str = "JP") -> RecordDraft:
    """A record as the protocol writes it; what cannot be used becomes its ``problem``."""
    if not isinstance(item, Mapping) or not isinstance(item.get("id"), str) or not item["id"]:
        return RecordDraft("contact", "", place="an item without id", problem="an item needs an id")
    place = f"id {item['id'][:80]}"
    kind: Any = item.get("kind")
    if kind not in get_args(RecordKind):
        return RecordDraft("contact", "", place=place, problem=f"kind is one of {', '.join(get_args(RecordKind))}")
    try:
        return _draft(item, kind, place, region)
    except (TypeError, ValueError, AttributeError):
        return RecordDraft(kind, "", place=place, problem="a value has another form than the protocol says")


def _draft(item: Mapping[str, Any], kind: RecordKind, place: str, region: str) -> RecordDraft:
    contacts = {str(one["id"]): _optional(one.get("role"), str) for one in item.get("contacts") or ()}
    addresses = tuple(str(address).strip().lower() for address in item.get("addresses") or ())
    name = str(item.get("name") or next(iter(addresses), ""))
    return RecordDraft(
        kind,
        name,
        tuple(_values(item.get("fields") or {}, name if kind in ("contact", "lead") else None, region)),
        addresses,
        external_id=item["id"],
        account=_optional(item.get("account"), str),
        contacts=contacts,
        open=bool(item.get("open", True)),
        won=_optional(item.get("won"), bool),
        opened_at=_moment(item.get("opened_at")),
        closed_at=_moment(item.get("closed_at")),
        place=place,
        removed=bool(item.get("deleted", False)),
    )


def _values(fields: Mapping[str, Any], full_name: str | None, region: str) -> Iterator[FieldValue]:
    if full_name and "full_name" not in fields:
        yield FieldValue("full_name", full_name)
    for name, given in fields.items():
        if not _FIELD.fullmatch(name):
            raise ValueError("a field's name is lower-case letters, digits and _")
        for value in given if isinstance(given, list) else [given]:
            if isinstance(value, Mapping):
                yield _phone(value, region)
            elif value not in (None, ""):
                yield FieldValue(name, phone(str(value), region) if name == "phone" else str(value))


def _phone(value: Mapping[str, Any], region: str) -> FieldValue:
    type_, extension = value.get("type"), value.get("extension")
    if type_ is not None and type_ not in get_args(PhoneType):
        raise ValueError(f"the type of a phone is one of {', '.join(get_args(PhoneType))}")
    return FieldValue("phone", phone(str(value["value"]), region), type_, str(extension) if extension else None)


def _optional(value: Any, kind: type[Kind]) -> Kind | None:
    if value is not None and not isinstance(value, kind):
        raise TypeError("a value has another form")
    return value


def _moment(value: Any) -> datetime | None:
    if value is None:
        return None
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError("a time needs its zone")
    return moment


def _get(client: httpx.Client, url: str, query: Mapping[str, str]) -> Mapping[str, Any]:
    for attempt in range(1, MAX_TRIES + 1):
        try:
            answer = client.get(url, params=dict(query))
        except httpx.HTTPError as error:
            if attempt == MAX_TRIES:
                raise RemoteError(
                    f"The outside CRM does not answer ({type(error).__name__}); try again later."
                ) from None
            time.sleep(min(MAX_WAIT_S, 0.2 * 4**attempt))
            continue
        if answer.status_code not in (429, 500, 502, 503, 504):
            return _page(answer)
        if attempt < MAX_TRIES:
            time.sleep(_wait_s(answer, attempt))
    raise RemoteError(f"The outside CRM answers {answer.status_code} again and again; try again later.")


def _wait_s(answer: httpx.Response, attempt: int) -> float:
    asked = answer.headers.get("retry-after", "")
    return min(MAX_WAIT_S, float(asked) if asked.isdigit() else 0.2 * 4**attempt)


def _page(answer: httpx.Response) -> Mapping[str, Any]:
    if answer.status_code in (401, 403):
        raise RemoteError("The outside CRM does not accept the token; check it.")
    if answer.status_code != 200:
        raise RemoteError(f"The outside CRM answers {answer.status_code}; check the address.")
    try:
        page = answer.json()
    except ValueError:
        page = None
    if not isinstance(page, Mapping) or not isinstance(page.get("items"), list):
        raise RemoteError("The outside CRM does not answer as the protocol says; see docs/outside_crm.md.")
    return page
