"""How a mailbox sends: its server for outgoing mail, its From addresses, and whether sent mail is saved there."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from api.deps import Admin, Db, Now, Reader
from api.problems import answers
from pipeline.accounts.account import Server
from pipeline.deliver import settings as sending
from pipeline.deliver.settings import Sending
from pipeline.settings import Settings
from pipeline.store.sync import lifecycle
from pipeline.store.sync.lifecycle import Keeping

router = APIRouter(prefix="/mailboxes", tags=["mailboxes"])
_EXAMPLE: dict[str, Any] = {
    "server": {"host": "smtp.aoi-trading.example", "port": 465, "security": "tls"},
    "addresses": ["sasaki@aoi-trading.example", "sales@aoi-trading.example"], "save_sent": True,
}  # fmt: skip


class SmtpServer(BaseModel):
    """A server for outgoing mail."""

    model_config = ConfigDict(from_attributes=True, extra="forbid")
    host: Annotated[str, Field(min_length=1, max_length=255)]
    port: Annotated[int, Field(ge=1, le=65535)] = 465
    security: Literal["tls", "starttls", "none"] = "tls"


class SendingBase(BaseModel):
    """How a mailbox sends."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": _EXAMPLE})
    server: SmtpServer | None
    addresses: Annotated[list[Annotated[str, Field(min_length=3, max_length=320)]], Field(min_length=1, max_length=50)]
    save_sent: bool = False


class SendingIn(SendingBase):
    """``addresses`` are the From addresses, the default one first; without a server the mailbox sends nothing.

    ``password`` is the mailbox's own, typed again where the server is neither its service's nor the one it reads from.
    """

    password: Annotated[str | None, Field(max_length=1000)] = None


class SendingOut(SendingBase):
    """How a mailbox sends; ``can_save_sent`` is False where that is not for us: POP3, or the service does it itself."""

    model_config = ConfigDict(json_schema_extra={"example": {**_EXAMPLE, "can_save_sent": True}})
    can_save_sent: bool

    @classmethod
    def of(cls, found: Sending) -> SendingOut:
        """The view of how a mailbox sends."""
        server = SmtpServer.model_validate(found.server, from_attributes=True) if found.server else None
        return cls(
            server=server, addresses=list(found.addresses), save_sent=found.save_sent,
            can_save_sent=found.can_save_sent,
        )  # fmt: skip


class KeepingIn(BaseModel):
    """What is kept of a mailbox that is disabled; its mail always is."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"folders": False, "labels": True}})
    folders: bool = True
    filters: bool = True
    labels: bool = True


@router.get("/{mailbox_id}/sending", summary="How a mailbox sends", responses=answers(401, 404))
def show(user: Reader, db: Db, mailbox_id: str) -> SendingOut:
    """For any signed-in user whose mailbox it is, and administrators."""
    return SendingOut.of(db.run(lambda session: sending.get_sending(session, user, mailbox_id)))


@router.put("/{mailbox_id}/sending", summary="Set how a mailbox sends", responses=answers(401, 403, 404, 422, 503))
def put(user: Reader, db: Db, now: Now, mailbox_id: str, given: SendingIn, request: Request) -> SendingOut:
    """The server is tried before it is saved; 503 says exactly what failed, 403 asks for the password.

    For any signed-in user whose mailbox it is and not locked, and administrators.
    """
    settings: Settings = request.app.state.settings
    wanted = Sending(_server(given, settings), tuple(given.addresses), given.save_sent)
    sending.require_change(db.factory, user, mailbox_id)
    sending.try_sending(db.factory, settings, mailbox_id, wanted, lambda: now, given.password)
    return SendingOut.of(db.run(lambda session: sending.set_sending(session, user, mailbox_id, wanted, now)))


def _server(given: SendingIn, settings: Settings) -> Server | None:
    """The server; one in a private network, and its certificates, only as the installation allows."""
    if given.server is None:
        return None
    named, inside = given.server, settings.private_mail_hosts
    return Server(named.host, named.port, named.security, settings.mail_ca_file or None, inside)


@router.post("/{mailbox_id}/disable", status_code=204, summary="Disable a mailbox", responses=answers(401, 403, 404))
def disable(admin: Admin, db: Db, now: Now, mailbox_id: str, given: KeepingIn) -> None:
    """Its password goes, its mail stays; folders, filters and labels as chosen. For any signed-in administrator."""
    keeping = Keeping(given.folders, given.filters, given.labels)
    db.run(lambda session: lifecycle.disable(session, admin, mailbox_id, keeping, now))
