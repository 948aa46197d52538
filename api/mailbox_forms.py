"""What the set-up of mailboxes takes and gives."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from pipeline.accounts.account import Protocol, Security, Server, Way
from pipeline.accounts.folders import Role
from pipeline.core.share import Mode
from pipeline.ingest.setting_up import Draft

Address = Annotated[str, Field(min_length=3, max_length=320, pattern=r"^[^@\s]+@[^@\s]+$")]
_DRAFT: dict[str, Any] = {
    "address": "sasaki@aoi-trading.example", "service": "generic", "protocol": "imap", "sign_in": "password",
    "password": "abcd efgh", "server": {"host": "imap.aoi-trading.example", "port": 993, "security": "tls"},
    "further_addresses": ["sales@aoi-trading.example"], "since": "2025-01-01",
}  # fmt: skip


class ServerOut(BaseModel):
    """A mail server."""

    model_config = ConfigDict(from_attributes=True, extra="forbid")
    host: Annotated[str, Field(min_length=1, max_length=255)]
    port: Annotated[int, Field(ge=1, le=65535)]
    security: Security = "tls"


class ServiceOut(BaseModel):
    """A mail service; with ``oauth`` its users may sign in with it here, else they may need an app password."""

    id: str
    name: str
    protocols: list[Protocol]
    oauth: bool
    app_password: bool
    smtp_saves_sent: bool


class KnownOut(BaseModel):
    """What is known of an address: by protocol the likely servers, the likeliest first."""

    service: ServiceOut
    username: str
    servers: dict[Protocol, list[ServerOut]]
    smtp: list[ServerOut]


class Lookup(BaseModel):
    """An address, and the service if the user chose another than is known for it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"address": "sasaki@aoi-trading.example"}})
    address: Address
    service: Annotated[str | None, Field(max_length=100)] = None


class Authorize(Lookup):
    """Whose mail is to be read and how; ``return_to`` is the page that the browser comes back to."""

    protocol: Protocol = "imap"
    return_to: Annotated[str, Field(max_length=500)] = "/"


class Authorization(BaseModel):
    """Where to send the browser; ``grant`` is what the set-up names afterwards."""

    url: str
    grant: str


class DraftIn(BaseModel):
    """What the set-up is told. With ``sign_in`` oauth a ``grant`` takes the place of the password.

    ``sender`` is the default From address, else the mailbox's own. With ``sends`` false there is no server for outgoing
    mail; else it is ``smtp``, or the service's own.
    """

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": _DRAFT})
    address: Address
    service: Annotated[str | None, Field(max_length=100)] = None
    protocol: Protocol = "imap"
    sign_in: Way = "password"
    password: Annotated[str | None, Field(max_length=1000)] = None
    grant: Annotated[str | None, Field(max_length=100)] = None
    username: Annotated[str | None, Field(max_length=320)] = None
    server: ServerOut | None = None
    smtp: ServerOut | None = None
    further_addresses: Annotated[list[Address], Field(max_length=50)] = Field(default_factory=list)
    since: date | None = None
    leave_on_server: bool = True
    save_sent: bool = False
    sends: bool = True
    sender: Address | None = None

    def draft(self) -> Draft:
        """The same for the set-up."""
        return Draft(
            self.address.lower(), self.service, self.protocol, self.sign_in, self.username, server_of(self.server),
            server_of(self.smtp), tuple(self.further_addresses), self.since, self.leave_on_server, self.save_sent,
            sends=self.sends, sender=self.sender,
        )  # fmt: skip


class FolderChoice(BaseModel):
    """What a folder is for, and whether its mail is brought in."""

    model_config = ConfigDict(extra="forbid")
    name: Annotated[str, Field(min_length=1, max_length=1000)]
    role: Role
    wanted: bool


class NewMailbox(DraftIn):
    """The same as for the preview, with what was chosen for folders; others go by what they are for.

    ``user_id`` is whose mailbox it becomes, for an administrator. ``filters`` is the content of a file of filters;
    ``sharing`` is chosen for the user too, None leaves it as it is.
    """

    model_config = ConfigDict(
        json_schema_extra={"example": _DRAFT | {"folders": [{"name": "Old", "role": "other", "wanted": False}]}}
    )
    folders: Annotated[list[FolderChoice], Field(max_length=2000)] = Field(default_factory=list)
    user_id: Annotated[str | None, Field(max_length=64)] = None
    filters: Annotated[str | None, Field(max_length=5_000_000)] = None
    sharing: Mode | None = None


class PreviewFolder(BaseModel):
    """A folder with how many mails it has, and how many of them since the chosen day."""

    model_config = ConfigDict(from_attributes=True)
    name: str
    role: Role
    wanted: bool
    mails: int
    since: int


class Preview(BaseModel):
    """Whether the connection works; if not, ``problem`` is a stable code and ``detail`` says it in words.

    ``smtp_problem`` and ``smtp_detail`` say the same of the server for outgoing mail.
    """

    problem: str | None = None
    detail: str | None = None
    smtp_problem: str | None = None
    smtp_detail: str | None = None
    server: ServerOut | None = None
    folders: list[PreviewFolder] = Field(default_factory=list)


def server_of(given: ServerOut | None) -> Server | None:
    """The server for the set-up."""
    return None if given is None else Server(given.host, given.port, given.security)
