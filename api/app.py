"""The composition root of the server: settings in, a FastAPI application out.

``uvicorn api.app:create_app --factory`` serves it with settings from the environment.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from importlib.metadata import version
from importlib.resources import files
from typing import Any

from fastapi import FastAPI
from fastapi.responses import Response
from prometheus_client import CollectorRegistry
from starlette.staticfiles import StaticFiles

from api import problems
from api.deps import Database
from api.idempotency import Idempotency
from api.limits import RateLimit, SharedWindows, Windows
from api.metrics import Metrics
from api.pages import (
    admin_people,
    admin_watch,
    door,
    inbox,
    mail,
    mailbox_wizard,
    models_in_use,
    own_settings,
    preferences,
    review,
    rules,
    welcome,
)
from api.pages import backups as backup_pages
from api.pages import filters as filter_pages
from api.pages import intents as intent_pages
from api.pages import mailboxes as mailbox_pages
from api.pages import notices as notice_pages
from api.pages import records as record_pages
from api.pages import samples as sample_pages
from api.pages import webhooks as webhook_pages
from api.routes import (
    activities,
    asks,
    audit,
    backups,
    health,
    intents,
    links,
    mail_filters,
    mail_people,
    mailbox_choices,
    mailbox_sending,
    mailbox_setup,
    mailbox_training,
    mailboxes,
    mails,
    me,
    metrics,
    mutes,
    notices,
    outgoing,
    privacy,
    quota,
    record_editing,
    records,
    roles,
    search,
    session,
    sharing,
    suggestions,
    tokens,
    users,
    vcards,
    webhooks,
    workflow,
)
from api.security import SafeHeaders
from pipeline.commands.settings import load
from pipeline.settings import Settings
from pipeline.store.engine import migrate, open_engine, sessions

ROUTES = (
    session, me, tokens, suggestions, mutes, activities, mailboxes, mails, search, links, record_editing, records,
    users, roles, audit, sharing, quota, notices, workflow, webhooks, privacy, outgoing,
    mailbox_sending, mailbox_setup, mailbox_choices, mail_filters, backups, vcards, asks, intents,
    mailbox_training, mail_people,
)  # fmt: skip
PAGES = (
    door, review, inbox, mail, record_pages, preferences, own_settings, rules, admin_people, admin_watch,
    welcome, mailbox_wizard, mailbox_pages, models_in_use, webhook_pages, notice_pages, intent_pages,
    filter_pages, backup_pages, sample_pages,
)  # fmt: skip


def _windows(settings: Settings) -> Windows | SharedWindows:
    """What callers asked for in the running minute: of one process in its memory, of several in a file they share."""
    return SharedWindows(settings.home / "requests") if settings.server_processes > 1 else Windows()


class KeptFiles(StaticFiles):
    """Static files; what is asked for by content hash may be kept for ever."""

    async def get_response(self, path: str, scope: MutableMapping[str, Any]) -> Response:
        """One file with its caching rule."""
        response = await super().get_response(path, scope)
        # The sandboxed frame of a mail's own HTML has no origin, and yet needs its stylesheet.
        response.headers["cross-origin-resource-policy"] = "cross-origin"
        if scope["query_string"].startswith(b"v="):
            response.headers["cache-control"] = "public, max-age=31536000, immutable"
        else:
            response.headers["cache-control"] = "no-cache"
        return response


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application over one database, whose tables are brought up to date first."""
    settings = settings or load()
    engine = open_engine(settings.url)
    migrate(engine)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        engine.dispose()

    app = FastAPI(
        title="Mail Insight",
        version=version("mail-insight"),
        summary="What your mail says, as suggestions that a person decides.",
        description=_DESCRIPTION,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.settings = settings
    app.state.database = Database(sessions(engine))
    app.state.registry = CollectorRegistry()
    # The last one added is the first that a request meets.
    app.add_middleware(Idempotency, database=app.state.database)
    app.add_middleware(RateLimit, per_minute=settings.requests_per_minute, windows=_windows(settings))
    app.add_middleware(Metrics, registry=app.state.registry)
    app.add_middleware(SafeHeaders)
    problems.install(app)
    app.include_router(health.router)
    app.include_router(metrics.router)
    for route in ROUTES:
        app.include_router(route.router, prefix="/api/v1")
    for page in PAGES:
        app.include_router(page.router, include_in_schema=False)
    app.mount("/static", KeptFiles(directory=str(files("api.web").joinpath("static"))), name="static")
    return app


_DESCRIPTION = """
Every route needs a signed-in caller: an API token (`Authorization: Bearer mi_…`) or the cookie that
`POST /api/v1/session` sets.
With a cookie, requests that change something carry `X-CSRF-Token`. Errors have one shape, RFC 9457
`application/problem+json`. Lists are pages: pass `next_cursor` back as `cursor`. Offsets count code points of `text`.
A write with an `Idempotency-Key` is done once, however often it is sent within a day. `ETag` names the state of what
was read; a change that sends it back as `If-Match` is refused with 412 where somebody changed it meanwhile.
`RateLimit-Remaining` and `RateLimit-Reset` tell how many requests are left and for how many seconds.
"""
