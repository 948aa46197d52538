"""Webhooks, for administrators: the addresses that rules may call, and what is on its way to them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError
from sqlalchemy.orm import Session

from api.deps import Admin, Caller, Database, Db, Now, SignedIn
from api.pages.frame import page
from api.routes import webhooks as routes
from pipeline.store.rules import deliveries, workflow_rules

router = APIRouter(prefix="/admin/webhooks")


@router.get("")
def show(request: Request, who: SignedIn, admin: Admin, db: Db, now: Now, saved: bool = False) -> Response:
    """All addresses, and the newest deliveries."""
    return _page(request, who, db, now, saved=saved)


@router.post("")
def allow(
    request: Request,
    who: SignedIn,
    admin: Admin,
    db: Db,
    now: Now,
    name: Annotated[str, Form(min_length=1, max_length=200)],
    url: Annotated[str, Form(max_length=2000)],
) -> Response:
    """Allow an address, and show its secret, this once."""
    try:
        given = routes.WebhookIn(name=name, url=url.strip())
    except ValidationError:
        return _page(request, who, db, now, problem="webhook.no_url")
    return _page(request, who, db, now, secret=routes.allow(admin, db, now, given, request).secret)


@router.post("/{webhook_id}/delete")
def forbid(admin: Admin, db: Db, now: Now, webhook_id: str) -> Response:
    """Rules may call it no longer."""
    routes.forbid(admin, db, now, webhook_id)
    return RedirectResponse("/admin/webhooks?saved=true", 303)


def _page(
    request: Request, who: Caller, db: Database, now: Now, *, saved: bool = False, secret: str = "", problem: str = ""
) -> Response:
    def read(session: Session) -> dict[str, Any]:
        organisation_id = who.user.organisation_id
        known = workflow_rules.list_webhooks(session, organisation_id)
        return {
            "webhooks": known,
            "names": {one.id: one.name for one in known},
            "deliveries": [
                one for one in deliveries.list_deliveries(session, organisation_id, limit=30) if one.kind == "webhook"
            ],
        }

    return page(
        request, "admin_webhooks.html", who, db, now, read, here="settings", tab="webhooks", saved=saved, secret=secret,
        problem=problem,
    )  # fmt: skip
