"""What a mailbox wizard knows so far: carried from step to step by the form itself, encrypted, so nothing is stored."""

from __future__ import annotations

import base64
import re
import zlib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Literal, get_args

from pydantic import BaseModel, Field, ValidationError

from api.mailbox_forms import DraftIn, FolderChoice, NewMailbox, PreviewFolder, ServerOut
from pipeline import errors
from pipeline.accounts.account import Protocol, Security, Way
from pipeline.accounts.credentials import Vault
from pipeline.accounts.folders import Role
from pipeline.accounts.services import GENERIC
from pipeline.accounts.troubles import Trouble
from pipeline.core.share import Mode

Step = Literal["service", "protocol", "sign_in", "filters", "sharing", "folders", "server"]
STEPS: tuple[Step, ...] = get_args(Step)
LIFETIME = timedelta(hours=2)
MAX_FILE_BYTES = 2_000_000
PORTS: Mapping[str, int] = {"imap": 993, "pop3": 995, "gmail": 443, "graph": 443, "smtp": 465}
_ADDRESS = re.compile(r"[^@\s]{1,250}@[^@\s]{1,250}")
_SECURITIES: tuple[Security, ...] = get_args(Security)
_ROLES: tuple[Role, ...] = get_args(Role)


class Unusable(Exception):
    """What was typed cannot be used; the message is the key of the words that say so."""


class State(BaseModel):
    """The answers so far. ``owner_id`` is empty for one's own mailbox; ``found`` is the server that answered."""

    at: datetime
    user_id: str
    owner_id: str = ""
    service: str = "generic"
    protocol: Protocol = "imap"
    address: str = ""
    username: str = ""
    password: str = ""
    grant: str = ""
    server: ServerOut | None = None
    found: ServerOut | None = None
    folders: list[PreviewFolder] = Field(default_factory=list)
    filters: str = ""
    sharing: Mode | None = None
    sender: str = ""
    further: list[str] = Field(default_factory=list)
    since: date | None = None
    leave_on_server: bool = True
    smtp: ServerOut | None = None
    sends: bool = True
    save_sent: bool = False

    @property
    def way(self) -> Way:
        """How it signs in."""
        return "oauth" if self.grant else "password"

    def draft(self, *, sends: bool) -> DraftIn:
        """The same for a test of the connection."""
        return DraftIn.model_validate(self._values() | {"sends": sends and self.sends})

    def mailbox(self) -> NewMailbox:
        """The same for saving."""
        folders = [FolderChoice(name=each.name, role=each.role, wanted=each.wanted) for each in self.folders]
        more = {"folders": folders, "user_id": self.owner_id or None, "filters": self.filters or None}
        return NewMailbox.model_validate(self._values() | more | {"sends": self.sends, "sharing": self.sharing})

    def _values(self) -> dict[str, object]:
        return {
            "address": self.address, "service": self.service, "protocol": self.protocol, "sign_in": self.way,
            "password": self.password or None, "grant": self.grant or None, "username": self.username or None,
            "server": self.server, "smtp": self.smtp if self.sends else None, "further_addresses": self.further,
            "since": self.since, "leave_on_server": self.leave_on_server, "save_sent": self.save_sent,
            "sender": self.sender or None,
        }  # fmt: skip


def seal(state: State, vault: Vault) -> str:
    """The state as a value of a form, which tells nobody anything: it may hold a password."""
    return vault.seal(base64.b85encode(zlib.compress(state.model_dump_json().encode())).decode("ascii"))


def unseal(sealed: str, vault: Vault, user_id: str, now: datetime) -> State | None:
    """The state; None where it is another user's, too old, or none at all."""
    try:
        state = State.model_validate_json(zlib.decompress(base64.b85decode(vault.unseal(sealed))))
    except (Trouble, ValidationError, ValueError, zlib.error):
        return None
    return state if state.user_id == user_id and now - state.at <= LIFETIME else None


def take_sign_in(state: State, form: Mapping[str, str]) -> None:
    """Address, user name, password and perhaps the server.

    Raises: Unusable.
    """
    state.address = form.get("address", "").strip().lower()
    if not _ADDRESS.fullmatch(state.address):
        raise Unusable("wizard.no_address")
    state.username = form.get("username", "").strip()[:320]
    state.server = server_of(form, "server", PORTS[state.protocol])
    if password := form.get("password", "")[:1000]:
        state.password, state.grant = password, ""
    if state.protocol in ("gmail", "graph"):
        state.password = ""
    if not state.password and not state.grant:
        raise Unusable("wizard.no_password" if state.protocol in ("imap", "pop3") else "wizard.no_grant")


def take_filters(state: State, content: bytes) -> None:
    """A file of filters.

    Raises: Unusable.
    """
    if len(content) > MAX_FILE_BYTES:
        raise Unusable("filters.too_large")
    try:
        state.filters = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unusable("filters.unreadable") from None


def take_sharing(state: State, form: Mapping[str, str]) -> None:
    """How the owner's mail is shared, and the From addresses.

    Raises: Unusable.
    """
    mode = form.get("mode", "")
    state.sharing = next((each for each in get_args(Mode) if each == mode), None)
    sender = form.get("sender", "").strip().lower()
    further = [part.lower() for part in re.split(r"[\s,、，]+", form.get("further", "")) if part]
    if any(not _ADDRESS.fullmatch(one) for one in (*further, *([sender] if sender else []))):
        raise Unusable("wizard.no_address")
    state.sender = "" if sender == state.address else sender
    state.further = [one for one in dict.fromkeys(further) if one not in (state.address, state.sender)][:50]


def take_folders(state: State, form: Mapping[str, str]) -> None:
    """Since when mail is brought in, and what each folder is for.

    Raises: Unusable.
    """
    try:
        state.since = date.fromisoformat(form["since"]) if form.get("since") else None
    except ValueError:
        raise Unusable("wizard.no_date") from None
    state.leave_on_server = state.protocol != "pop3" or form.get("remove") != "true"
    for place, folder in enumerate(state.folders):
        folder.role = next((role for role in _ROLES if role == form.get(f"role-{place}")), folder.role)
        folder.wanted = state.protocol == "pop3" or form.get(f"wanted-{place}") == "true"


def recount(state: State, found: list[PreviewFolder]) -> None:
    """Take the counts of another look, and what was chosen before."""
    chosen = {each.name: each for each in state.folders}
    state.folders = [
        each.model_copy(update={"role": chosen[each.name].role, "wanted": chosen[each.name].wanted})
        if each.name in chosen
        else each
        for each in found
    ]


def take_servers(state: State, form: Mapping[str, str]) -> None:
    """The servers of both ways, and whether sent mail is saved.

    Raises: Unusable.
    """
    server = server_of(form, "server", PORTS[state.protocol])
    state.server = None if server == state.found and state.service != GENERIC.id else server
    state.smtp = server_of(form, "smtp", PORTS["smtp"])
    state.sends = state.smtp is not None or state.protocol == "graph"
    state.save_sent = form.get("save_sent") == "true"


def server_of(form: Mapping[str, str], name: str, port: int) -> ServerOut | None:
    """The server that was typed, None for an empty name.

    Raises: Unusable.
    """
    host = form.get(f"{name}_host", "").strip().lower()
    if not host:
        return None
    security: Security = next((each for each in _SECURITIES if each == form.get(f"{name}_security")), "tls")
    try:
        return ServerOut(host=host, port=int(form.get(f"{name}_port") or port), security=security)
    except (ValueError, errors.UsageError):
        raise Unusable("wizard.no_server") from None
