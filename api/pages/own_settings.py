"""What a user sets for themselves beside language and zone: sharing, and tokens for programs."""

from __future__ import annotations

from typing import Annotated, Any, Literal, get_args

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from api.deps import Db, Now, SignedIn
from api.pages.frame import page
from api.pages.typed import domains_of
from api.routes import sharing as sharing_routes
from api.routes import tokens as token_routes
from pipeline.core.share import Mode, Setting
from pipeline.store.access import shares, sharing
from pipeline.store.access.shared_with import shared_with
from pipeline.store.access.shares import Share
from pipeline.store.crm.records import load_records
from pipeline.store.organisation import roles, tokens
from pipeline.store.organisation.people import list_users
from pipeline.store.organisation.tokens import Scope

router = APIRouter(prefix="/settings")
MODES: tuple[Mode, ...] = get_args(Mode)
SCOPES: tuple[Scope, ...] = get_args(Scope)


@router.get("/sharing")
def show_sharing(request: Request, who: SignedIn, db: Db, now: Now, saved: bool = False) -> Response:
    """My mode, my excluded domains, and the records whose mail I share."""

    def read(session: Session) -> dict[str, Any]:
        mine = shares.list_shares(session, who.user)
        records = {one.id: one for one in load_records(session, [share.record_id for share in mine])} if mine else {}
        names = {f"user:{one.id}": one.name for one in list_users(session, who.user.organisation_id)}
        names |= {f"role:{one.id}": one.name for one in roles.list_roles(session, who.user.organisation_id)}
        return {
            "choice": sharing.sharing_of(session, who.user.id),
            "others": shared_with(session, who.user),
            "shared": [(records[one.record_id], _with_whom(one, names)) for one in mine if one.record_id in records],
        }

    return page(
        request, "settings_sharing.html", who, db, now, read, here="settings", tab="sharing", saved=saved, modes=MODES
    )


def _with_whom(share: Share, names: dict[str, str]) -> list[str]:
    """Names of those it is shared with; empty means everybody."""
    return [] if "all" in share.grantees else [names[one] for one in share.grantees if one in names]


@router.post("/sharing")
def save_sharing(
    who: SignedIn,
    db: Db,
    now: Now,
    mode: Annotated[Literal["", "private", "public", "custom"], Form()] = "",
    domains: Annotated[str, Form(max_length=20_000)] = "",
) -> Response:
    """Choose a mode, or leave it to the organisation."""
    chosen: Setting | None = mode or None
    given = sharing_routes.MyChoice(mode=chosen, excluded_domains=domains_of(domains))
    sharing_routes.choose(who.user, db, now, given)
    return RedirectResponse("/settings/sharing?saved=true", 303)


@router.post("/sharing/records/{record_id}")
def share_record(
    who: SignedIn, db: Db, now: Now, record_id: str, shared: Annotated[bool, Form()], back: Annotated[str, Form()] = ""
) -> Response:
    """Share the mail of one record with everybody, or stop it."""
    item = sharing_routes.ShareItem(record_id=record_id, users=[], roles=[])
    if shared:
        db.run(lambda session: shares.share(session, who.user, [item.wanted()], now))
    else:
        db.run(lambda session: shares.unshare(session, who.user, [record_id], now))
    return RedirectResponse(f"/records/{record_id}" if back == "record" else "/settings/sharing?saved=true", 303)


@router.get("/tokens")
def show_tokens(request: Request, who: SignedIn, db: Db, now: Now, saved: bool = False) -> Response:
    """My tokens in force."""
    return _tokens(request, who, db, now, saved=saved)


@router.post("/tokens")
def make_token(
    request: Request,
    who: SignedIn,
    db: Db,
    now: Now,
    name: Annotated[str, Form(min_length=1, max_length=100)],
    scope: Annotated[Scope, Form()] = "read",
    days: Annotated[int, Form(ge=1, le=3650)] = 365,
) -> Response:
    """Make a token and show its secret, this once."""
    made = token_routes.create(who, token_routes.NewToken(name=name, scope=scope, days=days), db, now)
    return _tokens(request, who, db, now, secret=made.secret)


@router.post("/tokens/{token_id}/revoke")
def revoke_token(who: SignedIn, db: Db, now: Now, token_id: str) -> Response:
    """It stops working at once."""
    token_routes.delete(who.user, token_id, db, now)
    return RedirectResponse("/settings/tokens?saved=true", 303)


def _tokens(request: Request, who: SignedIn, db: Db, now: Now, *, secret: str = "", saved: bool = False) -> Response:
    def read(session: Session) -> dict[str, Any]:
        return {"tokens": tokens.list_api_tokens(session, who.user.id, now)}

    return page(
        request, "settings_tokens.html", who, db, now, read, here="settings", tab="tokens", saved=saved, secret=secret,
        scopes=SCOPES,
    )  # fmt: skip
