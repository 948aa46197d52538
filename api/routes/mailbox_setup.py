"""Setting a mailbox up, in the order of the wizard: services, sign-in, a preview that tests, folders, saving.

Each user connects mailboxes of their own, an administrator for everybody. Hosts that they name must be public ones
unless a setting allows others.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse
from pydantic import BaseModel
from sqlalchemy.orm import Session

from api.deps import Database, Db, Now, Reader
from api.mailbox_forms import (
    Authorization,
    Authorize,
    DraftIn,
    KnownOut,
    Lookup,
    NewMailbox,
    Preview,
    PreviewFolder,
    ServerOut,
    ServiceOut,
)
from api.problems import answers
from api.routes.mailboxes import ConnectedMailbox, view
from api.routes.users import find
from api.security import local_path
from pipeline import errors
from pipeline.accounts import oauth, services
from pipeline.accounts.credentials import Vault, open_vault
from pipeline.accounts.filters_words import read_filters
from pipeline.accounts.oauth import Asked, Grant, Granted
from pipeline.accounts.services import Service
from pipeline.accounts.sign_in import Password, SignIn
from pipeline.accounts.troubles import Trouble, words
from pipeline.deliver.settings import try_account
from pipeline.ingest.setting_up import Choice, SetUp, Tried, save
from pipeline.settings import Settings
from pipeline.store.access.sharing import choose_mode
from pipeline.store.organisation.audit import record_action
from pipeline.store.organisation.people import User
from pipeline.store.rules import mail_filters
from pipeline.store.sync import grants, mailboxes
from pipeline.store.sync.mailboxes import Mailbox

router = APIRouter(prefix="/mailboxes", tags=["mailbox set-up"])


@router.get("/setup/services", summary="List mail services", responses=answers(401))
def index(user: Reader, request: Request) -> list[ServiceOut]:
    """Services by name, the one for everything else last. For any signed-in user."""
    settings = _settings(request)
    return [_service(each, settings) for each in services.services(settings.services_file)]


@router.post("/setup/lookup", summary="Look an address's servers up", responses=answers(401, 403, 422))
def look_up(user: Reader, given: Lookup, request: Request) -> KnownOut:
    """From what is known and from DNS; nothing is connected. For any signed-in user."""
    settings = _settings(request)
    known = SetUp(settings).look_up(given.address, given.service)
    servers = {
        protocol: [ServerOut.model_validate(each) for each in found] for protocol, found in known.servers.items()
    }
    smtp = [ServerOut.model_validate(each) for each in known.smtp]
    return KnownOut(service=_service(known.service, settings), username=known.username, servers=servers, smtp=smtp)


@router.post("/setup/authorize", summary="Begin a sign-in with the service", responses=answers(401, 403, 422))
def authorize(user: Reader, given: Authorize, db: Db, now: Now, request: Request) -> Authorization:
    """The browser comes back to this installation within ten minutes. For any signed-in user."""
    settings = _settings(request)
    set_up = SetUp(settings)
    service = set_up.service(given.address, given.service)
    provider, client = set_up.provider(service)
    if given.protocol not in provider.scopes:
        raise errors.UsageError(f"{service.name} takes no such sign-in for {given.protocol.upper()}.")
    base = (settings.public_url or str(request.base_url)).rstrip("/")
    back = f"{base}/api/v1/mailboxes/setup/callback"
    asked = oauth.ask(provider, client, given.protocol, back, given.address)
    kept = _vault(request).seal(_Question(asked=asked, return_to=local_path(given.return_to)).model_dump_json())
    grant = db.run(lambda session: grants.ask(session, user, asked.state, service.id, kept, now))
    return Authorization(url=asked.url, grant=grant)


@router.get(
    "/setup/callback", summary="Come back from a service's sign-in", status_code=303,
    responses=answers(401, 404), response_class=RedirectResponse,
)  # fmt: skip
def callback(user: Reader, db: Db, now: Now, request: Request, state: str = "") -> RedirectResponse:
    """Only whoever began it may end it, once; leads on to the page. For any signed-in user."""
    found = db.run(lambda session: grants.begin_answer(session, user, state, now))
    vault, set_up = _vault(request), SetUp(_settings(request))
    question = _Question.model_validate_json(vault.unseal(found.secret))
    provider, client = set_up.provider(set_up.service("", found.service))
    try:
        grant = oauth.exchange(provider, client, question.asked, dict(request.query_params), now)
    except Trouble as trouble:
        return RedirectResponse(_with(question.return_to, "problem", trouble.code), 303)
    db.run(lambda session: grants.end_answer(session, found.id, vault.seal(grant.to_secret()), now))
    return RedirectResponse(_with(question.return_to, "grant", found.id), 303)


@router.post(
    "/setup/preview", summary="Test a connection and preview its folders", responses=answers(401, 403, 404, 422)
)
def preview(user: Reader, given: DraftIn, db: Db, now: Now, request: Request) -> Preview:
    """Signs in, for outgoing mail too, and counts; nothing is fetched, sent or saved. For any signed-in user."""
    try:
        found = _try(user, given, db, now, request)
    except Trouble as trouble:
        return Preview(problem=trouble.code, detail=words(trouble.code, user.language))
    shown = Preview(
        server=ServerOut.model_validate(found.tried.account.server),
        folders=[PreviewFolder.model_validate(each) for each in found.tried.folders],
    )
    try:
        try_account(found.tried.account, found.sign_in)
    except Trouble as trouble:
        shown.smtp_problem, shown.smtp_detail = trouble.code, words(trouble.code, user.language)
    return shown


@router.post("", status_code=201, summary="Connect a mailbox", responses=answers(401, 403, 404, 409, 422, 503))
def create(user: Reader, given: NewMailbox, db: Db, now: Now, request: Request) -> ConnectedMailbox:
    """Tested once more, a named server for outgoing mail too, then saved; the next sync brings mail in.

    For any signed-in user, for themselves; for an administrator, for anybody.
    """
    try:
        return connect(user, given, db, now, request)
    except Trouble as trouble:
        raise errors.UsageError(words(trouble.code, user.language)) from None


class OutgoingTrouble(Trouble):
    """The trouble is with the server for outgoing mail."""


def connect(user: User, given: NewMailbox, db: Database, now: datetime, request: Request) -> ConnectedMailbox:
    """Test a mailbox and connect it, with filters and a way of sharing where these were chosen.

    Raises: Trouble, OutgoingTrouble; errors.Conflict where it is connected already or a colleague's.
    """
    if given.user_id not in (None, user.id) and not user.is_admin:
        raise errors.NotAllowed("Only an administrator may set a mailbox up for somebody else.")
    filters = read_filters(given.filters) if given.filters else None
    found = _try(user, given, db, now, request)
    _try_outgoing(given, found)
    sealed = _vault(request).seal(found.secret)
    choices = [Choice(each.name, each.role, each.wanted) for each in given.folders]

    def work(session: Session) -> ConnectedMailbox:
        owner = find(session, user, given.user_id) if given.user_id else user
        if given.grant is not None and given.sign_in == "oauth":
            grants.take_grant(session, user, given.grant, now)
        mailbox = _own_mailbox(session, owner, given.address.lower(), now)
        save(session, mailbox, found.tried, sealed, choices, now, user.id)
        if filters:
            added = mail_filters.save_filters(session, mailbox.id, *filters, now, replace=False)
            record_action(session, user.organisation_id, user.id, "filters.import", mailbox.id, now, {"filters": added})
        if given.sharing:
            choose_mode(session, owner, given.sharing, now)
        return view(session, user, mailbox.id)

    return db.run(work)


@dataclass(frozen=True, slots=True)
class _Found:
    """A connection that worked, what it was opened with, and the secret to keep for it."""

    tried: Tried
    sign_in: SignIn
    secret: str


class _Question(BaseModel):
    asked: Asked
    return_to: str


def _try(user: User, given: DraftIn, db: Database, now: datetime, request: Request) -> _Found:
    set_up, draft = SetUp(_settings(request)), given.draft()
    if given.sign_in == "password":
        password = Password(given.password or "")
        return _Found(set_up.attempt(draft, password), password, password.value)
    sign_in = granted(user, given, db, now, request, set_up)
    tried = set_up.attempt(replace(draft, username=draft.username or sign_in.grant.address), sign_in)
    return _Found(tried, sign_in, sign_in.grant.to_secret())


def _try_outgoing(given: DraftIn, found: _Found) -> None:
    """The server for outgoing mail, where somebody named one: a service's own may be closed for this user."""
    if given.smtp is None:
        return
    try:
        try_account(found.tried.account, found.sign_in)
    except Trouble as trouble:
        raise OutgoingTrouble(trouble.code) from None


def granted(user: User, given: DraftIn, db: Database, now: datetime, request: Request, set_up: SetUp) -> Granted:
    """The permission that a user got from a service; tokens that are renewed meanwhile are kept.

    Raises: errors.NotFound where it is not theirs; errors.UsageError where it is for another service.
    """
    vault, name = _vault(request), given.grant or ""
    found = db.run(lambda session: grants.get_grant(session, user, name, now))
    service = set_up.service(given.address, given.service)
    if found.service != service.id:
        raise errors.UsageError("This permission is for another service; sign in with this one.")

    def keep(grant: Grant) -> None:
        sealed = vault.seal(grant.to_secret())
        db.run(lambda session: grants.keep_grant(session, name, sealed))

    provider, client = set_up.provider(service)
    return Granted(provider, client, Grant.of(vault.unseal(found.secret)), lambda: now, save=keep)


def _own_mailbox(session: Session, user: User, name: str, now: datetime) -> Mailbox:
    """The user's mailbox of that name, made where there is none.

    Raises: errors.Conflict where it is somebody else's.
    """
    found = mailboxes.find_mailbox(session, user.organisation_id, name)
    if found is None:
        found = mailboxes.create_mailbox(session, user.organisation_id, name, [name], now)
        mailboxes.assign_mailbox(session, found.id, user.id)
    elif user.id not in mailboxes.readers_of(session, found.id):
        raise errors.Conflict("A colleague has a mailbox of this address; ask an administrator.")
    return found


def _service(service: Service, settings: Settings) -> ServiceOut:
    found = services.provider_of(service, settings)
    return ServiceOut(
        id=service.id, name=service.name, protocols=list(service.protocols()),
        oauth=found is not None and bool(found[1].id), app_password=service.app_password,
        smtp_saves_sent=service.smtp_saves_sent,
    )  # fmt: skip


def _with(path: str, name: str, value: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}{name}={value}"


def _settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


def _vault(request: Request) -> Vault:
    settings = _settings(request)
    return open_vault(settings.home, settings.credential_keys)
