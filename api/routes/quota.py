"""Storage: what is used, by whom, how that grows, and what would be if."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from api import etags
from api.deps import Admin, Db, Now, Reader
from api.etags import IfMatch
from api.problems import answers
from pipeline.core.quota import Mode, Outlook, Terms
from pipeline.store.mail import quota
from pipeline.store.organisation import people
from pipeline.store.organisation.audit import record_action
from pipeline.store.rows import lock
from pipeline.store.sync import mailboxes

router = APIRouter(prefix="/quota", tags=["quota"])
Licences = Annotated[int, Field(ge=0, le=1_000_000)]
AddonGb = Annotated[int, Field(ge=0, le=1_000_000)]


class TermsOut(BaseModel):
    """What was bought: 5 GB a licence, at most 100 GB, and the add-ons; and how strictly that is taken."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"licences": 19, "addon_gb": 0, "mode": "warn"}}
    )
    licences: Licences
    addon_gb: AddonGb
    mode: Mode = Field(description="observe counts; warn also tells administrators; enforce also keeps no bodies.")


class OutlookOut(BaseModel):
    """What is used of what, in bytes, the thresholds reached, and the day on which the limit is met."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "example": {
                "used_bytes": 81604378624, "limit_bytes": 102005473280, "percent": 80.0, "reached": [80],
                "full_on": "2026-09-01",
            }
        },
    )  # fmt: skip
    used_bytes: int
    limit_bytes: int
    percent: float
    reached: list[int]
    full_on: date | None = Field(description="null where use does not grow, or for too few days yet.")

    @classmethod
    def of(cls, found: Outlook) -> OutlookOut:
        """The view of an outlook; without a limit any use is 100 %."""
        share = found.used_bytes / found.limit_bytes if found.limit_bytes else float(found.used_bytes > 0)
        return cls(
            used_bytes=found.used_bytes, limit_bytes=found.limit_bytes, percent=round(100 * share, 2),
            reached=list(found.reached), full_on=found.full_on,
        )  # fmt: skip


class QuotaOut(OutlookOut):
    """Where the organisation stands; ``waiting`` mails have no body for lack of room."""

    terms: TermsOut
    waiting_mails: int
    waiting_bytes: int


class Point(BaseModel):
    """What was used at the end of a day."""

    day: date
    used_bytes: int


class Series(BaseModel):
    """The use of a mailbox or user: now, and at the end of each day on which it changed."""

    id: str
    name: str
    used_bytes: int
    days: list[Point]


class UsageOut(BaseModel):
    """Use over time: of the organisation, each mailbox and each user, whose contents count once.

    Users' days are noted by `mail-insight work` as they end.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "organisation": [{"day": "2026-03-10", "used_bytes": 81604378624}],
                "mailboxes": [{"id": "5f1c", "name": "営業", "used_bytes": 4096,
                               "days": [{"day": "2026-03-10", "used_bytes": 4096}]}],
                "users": [{"id": "77aa", "name": "佐々木 亮", "used_bytes": 4096,
                           "days": [{"day": "2026-03-10", "used_bytes": 4096}]}],
            }
        }
    )  # fmt: skip
    organisation: list[Point]
    mailboxes: list[Series]
    users: list[Series]


class MyUsage(BaseModel):
    """What the caller's mailboxes hold, each content once."""

    used_bytes: int
    mailboxes: list[Series]


@router.get("", summary="Where storage stands", responses=answers(401, 403))
def show(admin: Admin, db: Db, now: Now, response: Response) -> QuotaOut:
    """Use, limit, thresholds, forecast. For any signed-in administrator."""
    view = db.run(lambda session: _view(session, admin.organisation_id, now))
    etags.put(response, view.terms)
    return view


@router.put("", summary="Change what was bought", responses=answers(401, 403, 412, 422))
def change(admin: Admin, db: Db, now: Now, given: TermsOut, response: Response, if_match: IfMatch = None) -> QuotaOut:
    """Licences, add-ons, mode; thresholds reached thereby are told. For any signed-in administrator."""

    def work(session: Session) -> QuotaOut:
        lock(session, admin.organisation_id)
        etags.require(if_match, _terms(quota.get_terms(session, admin.organisation_id)))
        quota.set_terms(session, admin.organisation_id, Terms(**given.model_dump()), now)
        record_action(session, admin.organisation_id, admin.id, "quota.change", "terms", now, given.model_dump())
        return _view(session, admin.organisation_id, now)

    view = db.run(work)
    etags.put(response, view.terms)
    return view


@router.get("/usage", summary="Use over time", responses=answers(401, 403, 422))
def usage(admin: Admin, db: Db, now: Now, days: Annotated[int, Query(ge=1, le=3650)] = 90) -> UsageOut:
    """For a picture: organisation, mailboxes, users. For any signed-in administrator."""
    return db.run(lambda session: _usage(session, admin.organisation_id, now.date() - timedelta(days=days)))


@router.get("/what-if", summary="What would be if", responses=answers(401, 403, 422))
def what_if(
    admin: Admin,
    db: Db,
    now: Now,
    licences: Annotated[int | None, Query(ge=0, le=1_000_000)] = None,
    addon_gb: Annotated[int | None, Query(ge=0, le=1_000_000)] = None,
    drop_over_mb: Annotated[
        int | None, Query(ge=1, le=1000, description="as if attachments over so many MB were dropped; about")
    ] = None,
) -> OutlookOut:
    """The outlook with other licences or add-ons, or without large attachments. For any signed-in administrator."""

    def work(session: Session) -> OutlookOut:
        known = quota.get_terms(session, admin.organisation_id)
        terms = Terms(
            known.licences if licences is None else licences,
            known.addon_gb if addon_gb is None else addon_gb,
            known.mode,
        )
        freed = quota.large_attachments_bytes(session, admin.organisation_id, drop_over_mb) if drop_over_mb else 0
        freed = min(freed, quota.used_bytes(session, admin.organisation_id))
        return OutlookOut.of(quota.outlook(session, admin.organisation_id, now, terms, freed))

    return db.run(work)


@router.get("/me", summary="What I use", responses=answers(401))
def mine(user: Reader, db: Db, now: Now) -> MyUsage:
    """The caller's own mailboxes over 90 days. For any signed-in user."""

    def work(session: Session) -> MyUsage:
        boxes = mailboxes.mailboxes_of(session, user)
        days = quota.history(session, [box.id for box in boxes], now.date() - timedelta(days=90))
        used = {box.id: quota.used_bytes(session, box.id) for box in boxes}
        total = quota.used_by_user(session, user.organisation_id).get(user.id, 0)
        names = {box.id: box.name for box in boxes}
        return MyUsage(used_bytes=total, mailboxes=[_series(one, names[one], used[one], days[one]) for one in names])

    return db.run(work)


def _view(session: Session, organisation_id: str, now: Now) -> QuotaOut:
    found = OutlookOut.of(quota.outlook(session, organisation_id, now))
    waits = quota.waiting(session, organisation_id)
    terms = _terms(quota.get_terms(session, organisation_id))
    return QuotaOut(**found.model_dump(), terms=terms, waiting_mails=waits.mails, waiting_bytes=waits.size_bytes)


def _terms(terms: Terms) -> TermsOut:
    return TermsOut(licences=terms.licences, addon_gb=terms.addon_gb, mode=terms.mode)


def _usage(session: Session, organisation_id: str, since: date) -> UsageOut:
    boxes = mailboxes.list_mailboxes(session, organisation_id)
    used = quota.used_by_mailbox(session, organisation_id)
    users = people.list_users(session, organisation_id)
    scopes = [organisation_id, *(box.id for box in boxes), *(user.id for user in users)]
    days = quota.history(session, scopes, since)
    by_user = quota.used_by_user(session, organisation_id)
    return UsageOut(
        organisation=_points(days[organisation_id]),
        mailboxes=[_series(box.id, box.name, used[box.id], days[box.id]) for box in boxes],
        users=[_series(user.id, user.name, by_user.get(user.id, 0), days[user.id]) for user in users],
    )


def _series(id_: str, name: str, used: int, days: tuple[tuple[date, int], ...]) -> Series:
    return Series(id=id_, name=name, used_bytes=used, days=_points(days))


def _points(days: tuple[tuple[date, int], ...]) -> list[Point]:
    return [Point(day=day, used_bytes=used) for day, used in days]
