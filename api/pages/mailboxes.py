"""Mailboxes: how their sync stands, folder by folder, and all that is changed about one once it is connected."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal, get_args

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError
from sqlalchemy.orm import Session

from api.deps import Admin, Caller, Database, Db, Now, SignedIn
from api.mailbox_forms import Authorize, FolderChoice, Preview, ServerOut
from api.pages.frame import page
from api.pages.typed import addresses_of
from api.routes import mailbox_choices, mailbox_sending, mailbox_setup
from api.routes import mailboxes as routes
from api.routes.mailbox_choices import ServerChange
from api.routes.mailbox_sending import KeepingIn, SendingIn, SmtpServer
from api.routes.mailboxes import ConnectedMailbox, MailPassword
from pipeline import errors
from pipeline.accounts.account import Account, Security, from_settings, usual_port
from pipeline.accounts.folders import Role
from pipeline.accounts.troubles import Trouble, words
from pipeline.deliver.settings import can_save_sent
from pipeline.store.review.training_rows import allow_training, allows_training
from pipeline.store.sync import accounts, lifecycle
from pipeline.store.sync.mailboxes import Mailbox, mailboxes_of
from pipeline.store.sync.overview import list_overviews

router = APIRouter(prefix="/settings/mailboxes")
WHY = ("before_since", "first_sync", "drafts", "junk", "trash", "spam", "draft", "not_delivered", "too_large")
"""Reasons of a folder's counts that there are words for; others are shown as they are."""
_DO = {"pause": routes.pause, "resume": routes.resume}
Short = Annotated[str, Form(max_length=320)]


@router.get("")
def index(request: Request, who: SignedIn, db: Db, now: Now, saved: bool = False) -> Response:
    """My mailboxes, for an administrator all."""

    def read(session: Session) -> dict[str, Any]:
        return {"mailboxes": list_overviews(session, who.user)}

    return page(request, "mailboxes.html", who, db, now, read, here="settings", tab="mailboxes", saved=saved, say=words)


@router.get("/{mailbox_id}")
def show(
    request: Request,
    who: SignedIn,
    db: Db,
    now: Now,
    mailbox_id: str,
    saved: bool = False,
    grant: Annotated[str, Query(max_length=100)] = "",
    problem: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """One mailbox: its folders and their counts, and forms to change it."""
    said = words("grant_refused", who.user.language) if problem else ""
    return _page(request, who, db, now, mailbox_id, saved=saved, grant=grant, message=said)


@router.post("/{mailbox_id}/test")
def test(request: Request, who: SignedIn, db: Db, now: Now, mailbox_id: str) -> Response:
    """Sign in and count, and tell how it went."""
    return _page(request, who, db, now, mailbox_id, tried=mailbox_choices.test(who.user, db, mailbox_id, request))


@router.post("/{mailbox_id}/password")
def password(
    request: Request, who: SignedIn, db: Db, now: Now, mailbox_id: str,
    password: Annotated[str, Form(min_length=1, max_length=1000)],
) -> Response:  # fmt: skip
    """Keep another password; a mailbox that had stopped is tried again."""
    routes.password(who.user, db, now, mailbox_id, MailPassword(password=password), request)
    return _back(mailbox_id)


@router.post("/{mailbox_id}/authorize")
def authorize(request: Request, who: SignedIn, db: Db, now: Now, mailbox_id: str) -> Response:
    """Show the way to the service's sign-in; it leads back to this page."""
    _, account = db.read(lambda session: _find(session, who, mailbox_id))
    given = Authorize(
        address=account.addresses[0] if account.addresses else account.username, service=account.service,
        protocol=account.protocol, return_to=f"/settings/mailboxes/{mailbox_id}",
    )  # fmt: skip
    url = mailbox_setup.authorize(who.user, given, db, now, request).url
    return _page(request, who, db, now, mailbox_id, url=url)


@router.post("/{mailbox_id}/grant")
def grant(who: SignedIn, db: Db, now: Now, mailbox_id: str, grant: Short) -> Response:
    """Use the permission that the service gave."""
    mailbox_choices.renew(who.user, db, now, mailbox_id, mailbox_choices.GrantName(grant=grant))
    return _back(mailbox_id)


@router.post("/{mailbox_id}/folders")
def choose(
    who: SignedIn,
    db: Db,
    now: Now,
    mailbox_id: str,
    name: Annotated[list[str], Form()],
    role: Annotated[list[Role], Form()],
    wanted: Annotated[list[str], Form()] = [],  # noqa: B006
) -> Response:
    """Keep what each folder is for, and which are followed."""
    chosen = [FolderChoice(name=one, role=use, wanted=one in wanted) for one, use in zip(name, role, strict=True)]
    mailbox_choices.choose(who.user, db, now, mailbox_id, mailbox_choices.FolderChoices(folders=chosen))
    return _back(mailbox_id)


@router.post("/{mailbox_id}/sending")
def sending(
    request: Request,
    who: SignedIn,
    db: Db,
    now: Now,
    mailbox_id: str,
    addresses: Annotated[str, Form(max_length=20_000)],
    smtp_host: Short = "",
    smtp_port: Annotated[int, Form(ge=1, le=65535)] = 465,
    smtp_security: Annotated[Security, Form()] = "tls",
    save_sent: Annotated[bool, Form()] = False,
    password: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Keep how the mailbox sends; the server is tried first."""
    host = smtp_host.strip().lower()
    try:
        server = SmtpServer(host=host, port=smtp_port, security=smtp_security) if host else None
        given = SendingIn(
            server=server, addresses=addresses_of(addresses), save_sent=save_sent, password=password or None
        )
        mailbox_sending.put(who.user, db, now, mailbox_id, given, request)
    except Trouble as trouble:
        message = words(trouble.code, who.user.language)
        return _page(request, who, db, now, mailbox_id, message=message)
    except (errors.NotAllowed, errors.UsageError, ValidationError) as error:
        key = "mailbox.password_again" if isinstance(error, errors.NotAllowed) else "wizard.no_address"
        return _page(request, who, db, now, mailbox_id, key=key)
    return _back(mailbox_id)


@router.post("/{mailbox_id}/server")
def move(
    request: Request,
    who: SignedIn,
    db: Db,
    now: Now,
    mailbox_id: str,
    protocol: Annotated[Literal["imap", "pop3"], Form()],
    in_host: Short,
    in_port: Annotated[int | Literal[""], Form()] = "",
    in_security: Annotated[Security, Form()] = "tls",
    username: Short = "",
    password: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Read the mailbox from there from now on; it is tried first."""
    try:
        server = ServerOut(
            host=in_host.strip().lower(), port=in_port or usual_port(protocol, in_security), security=in_security
        )
        given = ServerChange(
            protocol=protocol, server=server, username=username.strip() or None, password=password or None
        )
        mailbox_choices.move(who.user, db, now, mailbox_id, given, request)
    except errors.UsageError as error:
        return _page(request, who, db, now, mailbox_id, message=str(error))
    except (errors.NotAllowed, ValidationError) as error:
        key = "mailbox.password_again" if isinstance(error, errors.NotAllowed) else "mailbox.no_server"
        return _page(request, who, db, now, mailbox_id, key=key)
    return _back(mailbox_id)


@router.post("/{mailbox_id}/training")
def training(who: SignedIn, db: Db, now: Now, mailbox_id: str, allowed: Annotated[bool, Form()] = False) -> Response:
    """Let decisions on its mail train the models, or no longer."""
    db.run(lambda session: allow_training(session, who.user, mailbox_id, allowed, now))
    return _back(mailbox_id)


@router.post("/{mailbox_id}/disable")
def disable(
    admin: Admin,
    db: Db,
    now: Now,
    mailbox_id: str,
    folders: Annotated[bool, Form()] = False,
    filters: Annotated[bool, Form()] = False,
    labels: Annotated[bool, Form()] = False,
) -> Response:
    """Stop a mailbox for good, and keep of it what is chosen."""
    mailbox_sending.disable(admin, db, now, mailbox_id, KeepingIn(folders=folders, filters=filters, labels=labels))
    return _back(mailbox_id)


@router.post("/{mailbox_id}/{do}")
def act(who: SignedIn, db: Db, now: Now, mailbox_id: str, do: Literal["pause", "resume", "disconnect"]) -> Response:
    """Pause, resume or disconnect a mailbox."""
    if do == "disconnect":
        routes.disconnect(who.user, db, now, mailbox_id)
        return RedirectResponse("/settings/mailboxes?saved=true", 303)
    _DO[do](who.user, db, now, mailbox_id)
    return _back(mailbox_id)


def _back(mailbox_id: str) -> Response:
    return RedirectResponse(f"/settings/mailboxes/{mailbox_id}?saved=true", 303)


def _find(session: Session, who: Caller, mailbox_id: str) -> tuple[Mailbox, Account]:
    found = lifecycle.require_mailbox(session, who.user, mailbox_id)
    return found, from_settings(accounts.get_account(session, mailbox_id).settings)


def _page(
    request: Request, who: Caller, db: Database, now: datetime, mailbox_id: str, *, saved: bool = False,
    message: str = "", key: str = "", url: str = "", grant: str = "", tried: Preview | None = None,
) -> Response:  # fmt: skip
    def read(session: Session) -> dict[str, Any]:
        mailbox, account = _find(session, who, mailbox_id)
        shown = routes.view(session, who.user, mailbox_id)
        return {
            "mailbox": mailbox, "account": account, "shown": shown, "busy": is_busy(shown),
            "can_save_sent": can_save_sent(account),
            "trains": allows_training(session, mailbox_id),
            "is_own": any(one.id == mailbox_id for one in mailboxes_of(session, who.user)),
            "first_day": date.fromisoformat(account.since) if account.since else None,
        }  # fmt: skip

    return page(
        request, "mailbox.html", who, db, now, read, here="settings", tab="mailboxes", saved=saved, message=message,
        key=key, url=url, grant=grant, tried=tried, roles=get_args(Role), why=WHY, say=words,
    )  # fmt: skip


def is_busy(shown: ConnectedMailbox) -> bool:
    """Whether counts go on changing: mail waits to be read, or a folder that is wanted was not looked at yet."""
    wanted = [folder for folder in shown.folders if folder.wanted]
    return shown.state == "active" and any(one.waiting or one.synced_at is None for one in wanted)
