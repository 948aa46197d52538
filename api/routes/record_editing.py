"""Creating, changing, converting, merging and importing leads, contacts, accounts and deals."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Query, Response, UploadFile
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from api import etags
from api.deps import Admin, Db, Now, Reader
from api.etags import IfMatch
from api.problems import answers
from api.routes.records import RecordFull, RecordLine
from api.routes.users import MailAddress
from pipeline.ingest.records.files import MAX_BYTES, read_csv, read_vcards
from pipeline.ingest.records.outside import draft
from pipeline.records import PhoneType, Record, RecordKind
from pipeline.store.crm import deals, merging, record_changes
from pipeline.store.crm.record_changes import UNSET, RecordChange
from pipeline.store.crm.record_import import ImportReport, import_records
from pipeline.store.crm.record_writing import FieldValue, NewRecord
from pipeline.store.crm.records import get_record
from pipeline.store.organisation.audit import record_action
from pipeline.store.organisation.people import User
from pipeline.store.rows import lock

router = APIRouter(prefix="/records", tags=["records"])
FieldName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$", examples=["job_title"])]
Id = Annotated[str, Field(min_length=1, max_length=64)]
Outcome = Literal["created", "updated", "unchanged", "removed", "duplicate", "invalid"]


class ValueIn(BaseModel):
    """A value; ``type`` and ``extension`` are for phones, whose value is in E.164 form."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"value": "+81255550142", "type": "work"}})
    value: str = Field(min_length=1, max_length=2000)
    type: PhoneType | None = None
    extension: str | None = Field(None, max_length=20)


Values = Annotated[dict[FieldName, Annotated[list[ValueIn], Field(max_length=50)]], Field(max_length=60)]


class PartIn(BaseModel):
    """A contact of a deal and their role in it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"contact_id": "5f1c", "role": "buyer"}})
    contact_id: Id
    role: str | None = Field(None, max_length=100)


class RecordIn(BaseModel):
    """A record to create. ``contacts``, ``open``, ``won`` and the times are for deals."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "kind": "contact", "name": "高橋 美咲", "addresses": ["m.takahashi@kita-seiki.example"],
                "values": {"job_title": [{"value": "主任"}]},
            }
        },
    )  # fmt: skip
    kind: RecordKind
    name: str = Field(min_length=1, max_length=500)
    values: Values = {}
    addresses: list[MailAddress] = Field([], max_length=50, description="The primary one first.")
    account_id: Id | None = None
    contacts: list[PartIn] = Field([], max_length=500)
    open: bool = True
    won: bool | None = None
    opened_at: AwareDatetime | None = None
    closed_at: AwareDatetime | None = None


class RecordPatch(BaseModel):
    """What to change; what is left out stays. A list replaces what was there; an empty one takes all away."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"values": {"stage": [{"value": "交渉"}]}, "open": True}}
    )
    name: str = Field("", min_length=1, max_length=500)
    values: Values = {}
    addresses: list[MailAddress] = Field([], max_length=50)
    account_id: Id | None = None
    contacts: list[PartIn] = Field([], max_length=500)
    open: bool = True
    won: bool | None = None


class Merging(BaseModel):
    """The records to merge into the one in the path."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"record_ids": ["77aa"]}})
    record_ids: list[Id] = Field(min_length=1, max_length=50)


class Converting(BaseModel):
    """Whether the account of the lead's company is found or made, and the name of a deal to open, if any."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"account": True, "deal": "12台の導入"}})
    account: bool = True
    deal: str | None = Field(None, min_length=1, max_length=500)


class Converted(BaseModel):
    """What became of a lead."""

    contact: RecordLine
    account: RecordLine | None
    deal: RecordLine | None


class StageOut(BaseModel):
    """What a deal was from a time on."""

    since: datetime
    stage: str | None
    open: bool
    won: bool | None


class PartOut(BaseModel):
    """The part of a contact in a deal; ``until`` is null while it lasts."""

    contact_id: str
    role: str | None
    since: datetime
    until: datetime | None


class History(BaseModel):
    """A deal over time, oldest first."""

    stages: list[StageOut]
    contacts: list[PartOut]


class RowOut(BaseModel):
    """A row that needs a look; for a duplicate, ``record_ids`` are those that could be meant."""

    place: str
    outcome: Outcome
    record_ids: list[str]
    reason: str | None


class Imported(BaseModel):
    """What became of the rows, or with ``dry_run`` would: counts, and the first rows that need a look."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "dry_run": True, "counts": {"created": 12, "updated": 3, "duplicate": 1}, "unknown_columns": ["誕生日"],
                "rows": [{"place": "line 7", "outcome": "duplicate", "record_ids": ["5f1c", "77aa"],
                          "reason": "several records have this address or name"}],
            }
        }
    )  # fmt: skip
    dry_run: bool
    counts: dict[str, int] = Field(description="By outcome: created, updated, unchanged, removed, duplicate, invalid.")
    rows: list[RowOut]
    unknown_columns: list[str] = []

    @classmethod
    def of(cls, report: ImportReport, dry: bool, unknown: tuple[str, ...] = ()) -> Imported:
        """The view of a report."""
        rows = [RowOut.model_validate(row, from_attributes=True) for row in report.listed]
        return cls(dry_run=dry, counts=dict(report.counts), rows=rows, unknown_columns=list(unknown))


class Changes(BaseModel):
    """Changed records as an outside CRM pushes them; docs/outside_crm.md tells the form of an item."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {"source": "crm", "items": [{"id": "C-1", "kind": "contact", "name": "高橋 美咲"}]}
        },
    )
    source: str = Field(min_length=1, max_length=100)
    items: list[dict[str, Any]] = Field(max_length=1000)


@router.post("", status_code=201, summary="Create a record", responses=answers(401, 403, 422))
def create(user: Reader, db: Db, now: Now, given: RecordIn, response: Response) -> RecordFull:
    """Mail of its addresses is linked at once. For any signed-in user, in their organisation."""
    new = NewRecord(
        given.kind, given.name, [value for name, many in given.values.items() for value in _values(name, many)],
        given.addresses, given.account_id, [part.contact_id for part in given.contacts],
        {part.contact_id: part.role for part in given.contacts if part.role}, given.open, given.opened_at, None,
        given.closed_at, given.won,
    )  # fmt: skip

    def work(session: Session) -> RecordFull:
        made = record_changes.create(session, user, new, now)
        return _full(session, user, made.id)

    view = db.run(work)
    etags.put(response, view)
    return view


@router.patch("/{record_id}", summary="Change a record", responses=answers(401, 403, 404, 412, 422))
def change(
    user: Reader, db: Db, now: Now, record_id: str, given: RecordPatch, response: Response, if_match: IfMatch = None
) -> RecordFull:
    """What is set counts as typed by the caller. For any signed-in user, in their organisation."""
    wanted = _wanted(given)

    def work(session: Session) -> RecordFull:
        lock(session, user.organisation_id)
        etags.require(if_match, _full(session, user, record_id))
        record_changes.change(session, user, record_id, wanted, now)
        return _full(session, user, record_id)

    view = db.run(work)
    etags.put(response, view)
    return view


@router.delete("/{record_id}", status_code=204, summary="Delete a record", responses=answers(401, 403, 404, 412, 422))
def delete(user: Reader, db: Db, now: Now, record_id: str, if_match: IfMatch = None) -> None:
    """With its links and what is suggested about it; its mail stays. For any signed-in user with access to it."""

    def work(session: Session) -> None:
        lock(session, user.organisation_id)
        etags.require(if_match, _full(session, user, record_id))
        record_changes.remove(session, user, record_id, now)

    db.run(work)


@router.get("/{record_id}/history", summary="A deal over time", responses=answers(401, 404))
def history(user: Reader, db: Db, record_id: str) -> History:
    """Its stages and contacts, each with its times; empty for other kinds. For any signed-in user."""

    def work(session: Session) -> History:
        found = get_record(session, user, record_id).record.id
        stages, parts = deals.list_stages(session, found), deals.list_parts(session, found)
        return History.model_validate({"stages": stages, "contacts": parts}, from_attributes=True)

    return db.run(work)


@router.post("/{record_id}/merge", summary="Merge records", responses=answers(401, 403, 404, 422))
def merge(user: Reader, db: Db, now: Now, record_id: str, given: Merging) -> RecordFull:
    """Others of its kind go into this one, with their mail. For any signed-in user, in their organisation."""

    def work(session: Session) -> RecordFull:
        merging.merge(session, user, record_id, given.record_ids, now)
        return _full(session, user, record_id)

    return db.run(work)


@router.post("/{record_id}/convert", summary="Convert a lead", responses=answers(401, 403, 404, 409, 422))
def convert(user: Reader, db: Db, now: Now, record_id: str, given: Converting) -> Converted:
    """It becomes a contact and keeps its mail; 409 where it is no lead. For any signed-in user."""
    made = db.run(
        lambda session: merging.convert_lead(session, user, record_id, now, account=given.account, deal=given.deal)
    )
    return Converted(contact=RecordLine.of(made.contact), account=_line(made.account), deal=_line(made.deal))


@router.post("/import", summary="Import a CSV or vCard file", responses=answers(401, 403, 422))
def import_file(
    admin: Admin,
    db: Db,
    now: Now,
    file: Annotated[UploadFile, File(description="CSV with column names, or vCard (.vcf); at most 20 MB.")],
    kind: RecordKind = "contact",
    dry_run: Annotated[bool, Query(description="only tell what would happen")] = True,
) -> Imported:
    """A dry run unless asked otherwise. For any signed-in administrator."""
    raw = file.file.read(MAX_BYTES + 1)
    unknown: tuple[str, ...] = ()
    if (file.filename or "").lower().endswith((".vcf", ".vcard")) or file.content_type in (
        "text/vcard",
        "text/x-vcard",
    ):
        drafts = read_vcards(raw, kind)
    else:
        drafts, unknown = read_csv(raw, kind)

    def work(session: Session) -> ImportReport:
        report = import_records(session, admin.organisation_id, "file", drafts, now, dry=dry_run)
        if not dry_run:
            record_action(session, admin.organisation_id, admin.id, "record.import", "file", now, {**report.counts})
        return report

    return Imported.of(db.run(work), dry_run, unknown)


@router.post("/changes", summary="Push changes from an outside CRM", responses=answers(401, 403, 422))
def push(admin: Admin, db: Db, now: Now, given: Changes, dry_run: bool = False) -> Imported:
    """The same items again change nothing. For any signed-in administrator, such as the CRM's own token."""
    drafts = [draft(item) for item in given.items]

    def work(session: Session) -> ImportReport:
        report = import_records(session, admin.organisation_id, given.source, drafts, now, dry=dry_run)
        if not dry_run:
            detail: dict[str, Any] = {**report.counts, "source": given.source}
            record_action(session, admin.organisation_id, admin.id, "record.push", "outside", now, detail)
        return report

    return Imported.of(db.run(work), dry_run)


def _wanted(given: RecordPatch) -> RecordChange:
    values: dict[str, Any] = {name: getattr(given, name) for name in given.model_fields_set}
    if "values" in values:
        values["values"] = {name: _values(name, many) for name, many in given.values.items()}
    if "contacts" in values:
        values["contacts"] = {part.contact_id: part.role for part in given.contacts}
    return RecordChange(**{name: values.get(name, UNSET) for name in RecordPatch.model_fields})


def _values(name: str, many: list[ValueIn]) -> list[FieldValue]:
    return [FieldValue(name, one.value, one.type, one.extension) for one in many]


def _full(session: Session, user: User, record_id: str) -> RecordFull:
    return RecordFull.full(get_record(session, user, record_id))


def _line(record: Record | None) -> RecordLine | None:
    return RecordLine.of(record) if record else None
