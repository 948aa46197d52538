"""What administrators watch: storage, the audit log, mail that could not be read, and how the organisation shares."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated, Any, get_args
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Path, Query, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from api.deps import Admin, Db, Now, SignedIn
from api.pages.frame import link, page
from api.pages.typed import domains_of
from api.routes import audit as audit_routes
from api.routes import quota as quota_routes
from api.routes import sharing as sharing_routes
from api.routes import webhooks as webhook_routes
from api.web import charts
from api.web.dates import zone
from api.web.sizes import size
from pipeline.core.quota import Mode as QuotaMode
from pipeline.core.share import CrmMail, Setting
from pipeline.store.mail.failed import list_failed
from pipeline.store.organisation.people import list_users
from pipeline.store.rules.deliveries import list_deliveries

router = APIRouter(prefix="/admin")
CHART_WIDTH, CHART_HEIGHT, SPARK_WIDTH = 640, 140, 160
DAYS = 90
ACTIONS = (
    "user", "role", "sharing", "share", "token", "rule", "webhook", "mailbox", "filters", "backup", "quota", "record",
    "person", "intent", "mail",
)  # fmt: skip
"""Groups of actions in the log; each begins the names of its own."""
Maybe = Annotated[int | None, Query(ge=0, le=1_000_000)]


@router.get("/storage")
def storage(
    request: Request,
    who: SignedIn,
    admin: Admin,
    db: Db,
    now: Now,
    licences: Maybe = None,
    addon_gb: Maybe = None,
    drop_over_mb: Annotated[int | None, Query(ge=1, le=1000)] = None,
    saved: bool = False,
) -> Response:
    """Use over time, forecast, and what would be if."""
    asked = any(value is not None for value in (licences, addon_gb, drop_over_mb))
    now_used = quota_routes.show(admin, db, now, Response())
    usage = quota_routes.usage(admin, db, now, DAYS)
    what_if = quota_routes.what_if(admin, db, now, licences, addon_gb, drop_over_mb) if asked else None
    series = [(point.day, point.used_bytes) for point in usage.organisation]
    lines = {one.id: _line(one) for one in (*usage.mailboxes, *usage.users)}
    return page(
        request, "admin_storage.html", who, db, now, here="settings", tab="storage", saved=saved,
        quota=now_used, what_if=what_if, usage=usage, lines=lines, size=size, modes=get_args(QuotaMode),
        points=charts.line_points(series, now_used.limit_bytes or now_used.used_bytes, CHART_WIDTH, CHART_HEIGHT),
        asked={"licences": licences, "addon_gb": addon_gb, "drop_over_mb": drop_over_mb},
    )  # fmt: skip


def _line(one: quota_routes.Series) -> tuple[charts.Point, ...]:
    days = [(point.day, point.used_bytes) for point in one.days]
    return charts.line_points(days, max((used for _, used in days), default=0), SPARK_WIDTH, 24)


@router.post("/storage")
def change_storage(
    admin: Admin,
    db: Db,
    now: Now,
    licences: Annotated[int, Form(ge=0, le=1_000_000)],
    addon_gb: Annotated[int, Form(ge=0, le=1_000_000)],
    mode: Annotated[QuotaMode, Form()],
) -> Response:
    """Keep what was bought, and how strictly it is taken."""
    given = quota_routes.TermsOut(licences=licences, addon_gb=addon_gb, mode=mode)
    quota_routes.change(admin, db, now, given, Response())
    return RedirectResponse("/admin/storage?saved=true", 303)


@router.get("/audit")
def audit(
    request: Request,
    who: SignedIn,
    admin: Admin,
    db: Db,
    now: Now,
    user: Annotated[str, Query(max_length=64)] = "",
    action: Annotated[str, Query(max_length=64)] = "",
    since: date | None = None,
    until: date | None = None,
    cursor: str | None = None,
) -> Response:
    """The log, newest first, narrowed by who, what and when."""
    here = zone(admin.timezone)
    found = audit_routes.index(
        admin, db, user or None, action or None, None, _midnight(since, here),
        _midnight(until + timedelta(days=1) if until else None, here), 50, cursor,
    )  # fmt: skip
    asked = {"user": user, "action": action, "since": since or "", "until": until or ""}

    def read(session: Session) -> dict[str, Any]:
        return {"people": {one.id: one.name for one in list_users(session, admin.organisation_id)}}

    return page(
        request, "admin_audit.html", who, db, now, read, here="settings", tab="audit", lines=found.items, asked=asked,
        actions=ACTIONS, more=link("/admin/audit", cursor=found.next_cursor, **asked) if found.next_cursor else "",
    )  # fmt: skip


@router.get("/failures")
def failures(request: Request, who: SignedIn, admin: Admin, db: Db, now: Now, saved: bool = False) -> Response:
    """Mail that could not be read whole, with its reason, and what could not be delivered."""

    def read(session: Session) -> dict[str, Any]:
        dead = list_deliveries(session, admin.organisation_id, state="dead", limit=50)
        return {"failed": list_failed(session, admin.organisation_id), "dead": dead}

    return page(request, "admin_failures.html", who, db, now, read, here="settings", tab="failures", saved=saved)


@router.post("/failures/{delivery_id}")
def retry(admin: Admin, db: Db, now: Now, delivery_id: Annotated[int, Path(ge=1, le=2**31 - 1)]) -> Response:
    """Try again what could not be delivered."""
    webhook_routes.again(admin, db, now, delivery_id)
    return RedirectResponse("/admin/failures?saved=true", 303)


@router.get("/sharing")
def show_sharing(request: Request, who: SignedIn, admin: Admin, db: Db, now: Now, saved: bool = False) -> Response:
    """How the organisation shares mail."""
    return page(
        request, "admin_sharing.html", who, db, now, here="settings", tab="organisation", saved=saved,
        rule=sharing_routes.show(admin, db, Response()), settings=get_args(Setting), crm=get_args(CrmMail),
    )  # fmt: skip


@router.post("/sharing")
def save_sharing(
    admin: Admin,
    db: Db,
    now: Now,
    mode: Annotated[Setting, Form()],
    crm_mail: Annotated[CrmMail, Form()],
    superior_role_sees: Annotated[bool, Form()] = False,
    records_by_owner: Annotated[bool, Form()] = False,
    domains: Annotated[str, Form(max_length=20_000)] = "",
) -> Response:
    """Counts at once, also for mail that is there."""
    given = sharing_routes.SharingIn(
        mode=mode,
        crm_mail=crm_mail,
        superior_role_sees=superior_role_sees,
        records_by_owner=records_by_owner,
        excluded_domains=domains_of(domains),
    )
    sharing_routes.put(admin, db, now, given, Response())
    return RedirectResponse("/admin/sharing?saved=true", 303)


def _midnight(day: date | None, here: ZoneInfo) -> datetime | None:
    return None if day is None else datetime(day.year, day.month, day.day, tzinfo=here)
