"""The mailbox wizard: service, protocol, sign-in, filters, sharing and addresses, folders, servers; tested, then saved.

One form a step, each a whole page. The same functions do the work as for programs (``api.routes.mailbox_setup``).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, get_args

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse
from pydantic import ValidationError
from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile

from api.deps import Caller, Database, Db, Now, SignedIn
from api.mailbox_forms import Authorize, Preview
from api.pages import wizard_state
from api.pages.frame import link, page
from api.pages.wizard_offer import Offer
from api.pages.wizard_state import MAX_FILE_BYTES, STEPS, State, Step, Unusable
from api.routes import mailbox_setup
from api.routes.mail_filters import FilterOut
from pipeline import errors
from pipeline.accounts.account import Protocol
from pipeline.accounts.credentials import Vault, open_vault
from pipeline.accounts.filters_words import read_filters
from pipeline.accounts.folders import Role
from pipeline.accounts.services import GENERIC
from pipeline.accounts.troubles import Trouble, words
from pipeline.core.share import Mode
from pipeline.settings import Settings
from pipeline.store.access.sharing import sharing_of
from pipeline.store.organisation.people import User, list_users

router = APIRouter(prefix="/settings/mailboxes/new")
PATH = "/settings/mailboxes/new"
_ABOUT_THE_SERVER = {"dns", "refused", "unreachable", "timeout", "tls", "tls_certificate", "no_starttls", "cut",
                     "not_understood", "private_host"}  # fmt: skip
Short = Query(max_length=320)
Do = Literal["next", "back", "skip", "authorize", "look", "count", "test", "save"]
_DO: tuple[Do, ...] = get_args(Do)


@router.get("")
def begin(
    request: Request,
    who: SignedIn,
    db: Db,
    now: Now,
    service: Annotated[str, Short] = "",
    protocol: Protocol = "imap",
    address: Annotated[str, Short] = "",
    owner: Annotated[str, Short] = "",
    grant: Annotated[str, Short] = "",
    problem: Annotated[str, Short] = "",
) -> Response:
    """The first step; or, back from a service's sign-in, the step that it was begun from."""
    state = State(at=now, user_id=who.user.id, owner_id=owner if who.user.is_admin else "")
    visit = Visit(request, who, db, now, state)
    if not service or visit.offer.named(service) is None:
        state.service = visit.offer.by_domain(who.user.address)
        return visit.show("service")
    state.service, state.protocol, state.address, state.grant = service, protocol, address, grant
    if problem:
        visit.message = words("grant_refused", who.user.language)
    return visit.show("sign_in")


@router.post("")
async def go_on(request: Request, who: SignedIn, db: Db, now: Now) -> Response:
    """Take the answers of a step and show the next one."""
    form = await request.form()
    given = {name: value for name, value in form.items() if isinstance(value, str)}
    file = form.get("file")
    content = await file.read(MAX_FILE_BYTES + 1) if isinstance(file, UploadFile) else b""
    return await run_in_threadpool(_go_on, request, who, db, now, given, content)


def _go_on(
    request: Request, who: Caller, db: Database, now: datetime, form: Mapping[str, str], content: bytes
) -> Response:
    state = wizard_state.unseal(form.get("state", ""), _vault(request), who.user.id, now)
    if state is None:
        visit = Visit(request, who, db, now, State(at=now, user_id=who.user.id))
        visit.key = "wizard.expired"
        return visit.show("service")
    visit = Visit(request, who, db, now, state)
    step = next((one for one in STEPS if one == form.get("step")), STEPS[0])
    do: Do = next((one for one in _DO if one == form.get("do")), "next")
    if do == "back":
        return visit.show(visit.offer.beside(state.service, step, -1))
    try:
        saved = visit.take(step, do, form, content)
    except Unusable as unusable:
        visit.key = str(unusable)
        return visit.show(step)
    if saved:
        return RedirectResponse(f"/settings/mailboxes/{saved}?saved=true", 303)
    stays = visit.message or visit.key or do not in ("next", "skip")
    return visit.show(step if stays else visit.offer.beside(state.service, step, 1))


class Visit:
    """One request to the wizard: the answers so far, and what the page says beside the step.

    ``message`` and ``key`` tell a problem, ``url`` leads to the service's sign-in, ``tried`` is the result of a test.
    """

    def __init__(self, request: Request, who: Caller, db: Database, now: datetime, state: State) -> None:
        self.request, self.who, self.db, self.now, self.state = request, who, db, now, state
        self.offer = Offer(request.app.state.settings)
        self.message, self.key, self.url = "", "", ""
        self.about_server = False
        self.tried: Preview | None = None

    def take(self, step: Step, do: Do, form: Mapping[str, str], content: bytes) -> str:
        """Take the answers of a step, and do what its button says; the id of the mailbox once it is saved.

        Raises: Unusable.
        """
        state = self.state
        match step:
            case "service":
                self._take_service(form)
            case "protocol":
                offered = self.offer.protocols(state.service)
                state.protocol = next((one for one in offered if one == form.get("protocol")), offered[0])
            case "sign_in" if do == "authorize":
                self._authorize(form)
            case "sign_in":
                wizard_state.take_sign_in(state, form)
                self._look()
            case "filters":
                state.filters = "" if do == "skip" else state.filters
                if content and do != "skip":
                    wizard_state.take_filters(state, content)
                    self._filters()
            case "sharing":
                wizard_state.take_sharing(state, form)
            case "folders":
                wizard_state.take_folders(state, form)
                if do == "count":
                    self._look()
            case "server":
                wizard_state.take_servers(state, form)
                return self._save() if do == "save" else self._test()
        return ""

    def _take_service(self, form: Mapping[str, str]) -> None:
        state, who = self.state, self.who.user
        service = self.offer.named(form.get("service", ""))
        state.service = service.id if service else GENERIC.id
        state.owner_id = form.get("owner", "") if who.is_admin else ""
        if state.owner_id and state.owner_id not in {one.id for one in self.db.read(self._people)}:
            raise Unusable("wizard.no_owner")
        state.protocol = self.offer.protocols(state.service)[0]
        state.found, state.folders, state.server, state.smtp, state.grant = None, [], None, None, ""

    def _people(self, session: Session) -> list[User]:
        return [one for one in list_users(session, self.who.user.organisation_id) if one.active]

    def _authorize(self, form: Mapping[str, str]) -> None:
        """Where the reader agrees at the service; it sends them back to this step."""
        state = self.state
        state.address = form.get("address", "").strip().lower()
        asked = {"service": state.service, "protocol": state.protocol, "address": state.address}
        try:
            given = Authorize.model_validate(asked | {"return_to": link(PATH, **asked, owner=state.owner_id)})
        except ValidationError:
            raise Unusable("wizard.no_address") from None
        self.url = mailbox_setup.authorize(self.who.user, given, self.db, self.now, self.request).url

    def _look(self) -> None:
        """Sign in and look at the folders; what fails is told."""
        tried = self._preview(sends=False)
        if tried.problem:
            self.message, self.about_server = tried.detail or "", tried.problem in _ABOUT_THE_SERVER
            return
        self.state.found = tried.server
        wizard_state.recount(self.state, tried.folders)

    def _test(self) -> str:
        """Try both servers; nothing is saved."""
        self.tried = self._preview(sends=True)
        return ""

    def _preview(self, *, sends: bool) -> Preview:
        try:
            draft = self.state.draft(sends=sends)
            return mailbox_setup.preview(self.who.user, draft, self.db, self.now, self.request)
        except errors.NotAllowed:
            raise Unusable("wizard.elsewhere") from None
        except errors.Error:
            raise Unusable("wizard.no_grant" if self.state.grant else "wizard.no_fit") from None

    def _save(self) -> str:
        language = self.who.user.language
        try:
            given = self.state.mailbox()
            return mailbox_setup.connect(self.who.user, given, self.db, self.now, self.request).id
        except mailbox_setup.OutgoingTrouble as trouble:
            self.tried = Preview(smtp_problem=trouble.code, smtp_detail=words(trouble.code, language))
        except Trouble as trouble:
            self.tried = Preview(problem=trouble.code, detail=words(trouble.code, language))
        except errors.Conflict:
            raise Unusable("wizard.taken") from None
        except errors.NotAllowed:
            raise Unusable("wizard.elsewhere") from None
        except errors.Error:
            raise Unusable("wizard.no_grant" if self.state.grant else "wizard.no_fit") from None
        return ""

    def _filters(self) -> list[FilterOut]:
        """The filters of the file in words.

        Raises: Unusable.
        """
        if not self.state.filters:
            return []
        try:
            origin, found = read_filters(self.state.filters)
        except errors.Error:
            self.state.filters = ""
            raise Unusable("filters.unreadable") from None
        return [FilterOut.describe(each, origin, self.who.user) for each in found]

    def show(self, step: Step) -> Response:
        """The page of a step."""
        state, offer = self.state, self.offer
        service, steps = offer.named(state.service) or GENERIC, offer.steps(state.service)
        if step == "server" and state.smtp is None and state.sends:
            state.smtp = offer.likely_smtp(state)

        def read(session: Session) -> dict[str, Any]:
            if step == "service" and self.who.user.is_admin:
                return {"people": self._people(session)}
            return {"choice": sharing_of(session, state.owner_id or self.who.user.id)} if step == "sharing" else {}

        return page(
            self.request, "mailbox_wizard.html", self.who, self.db, self.now, read, here="settings", tab="mailboxes",
            step=step, steps=steps, done=steps[: steps.index(step)] if step in steps else [], state=state, visit=self,
            service=service, default_do="test" if step == "server" else "next",
            sealed=wizard_state.seal(state, _vault(self.request)), services=offer.services(),
            protocols=offer.protocols(state.service), oauth=state.protocol in offer.oauth_protocols(service),
            can_save_sent=state.protocol == "imap" and not service.smtp_saves_sent, modes=get_args(Mode),
            roles=get_args(Role), filters=self._filters() if step == "filters" else [],
        )  # fmt: skip


def _vault(request: Request) -> Vault:
    settings: Settings = request.app.state.settings
    return open_vault(settings.home, settings.credential_keys)
