"""Where rules may call, and what is on its way there: for administrators."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Path, Request
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from api.deps import Admin, Db, Now, Reader
from api.problems import answers
from api.routes.pages import Cursor, Limit, PageOf
from pipeline.deliver.signing import house_key, secret_of
from pipeline.store.organisation.audit import record_action
from pipeline.store.paging import decode_cursor, encode_cursor
from pipeline.store.rules import deliveries, workflow_rules
from pipeline.store.rules.deliveries import Delivery
from pipeline.store.rules.workflow_rules import Webhook

router = APIRouter(prefix="/workflow", tags=["workflow"])


def _url(value: str) -> str:
    try:
        parts = urlsplit(value)
        usable = parts.scheme in ("http", "https") and parts.hostname and not parts.username and (parts.port or 1)
    except ValueError:
        usable = False
    if not usable or any(ord(character) < 33 for character in value):
        raise ValueError("not an http or https address without user name")
    return value


class WebhookIn(BaseModel):
    """An address that rules may call."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1, max_length=200, examples=["warehouse"])
    url: Annotated[str, Field(max_length=2000), AfterValidator(_url)] = Field(examples=["https://warehouse.example/in"])


class WebhookOut(BaseModel):
    """An address that rules may call."""

    id: str
    name: str
    url: str
    created_at: datetime

    @classmethod
    def of(cls, webhook: Webhook) -> WebhookOut:
        """The view of a webhook."""
        return cls.model_validate(webhook, from_attributes=True)


class MadeWebhook(WebhookOut):
    """A webhook with the secret that signs its calls, shown only now; docs/api.md tells how to check them."""

    secret: str = Field(examples=["mih_5f1c…"])


class DeliveryOut(BaseModel):
    """A call or follow-up on its way, without mail content: ``target`` is a webhook's id, null for a mail."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "example": {
                "id": 3, "rule_id": "77aa", "mail_id": "9b1f6c", "kind": "webhook", "target": "5f1c", "state": "dead",
                "attempts": 7, "next_at": "2026-03-11T00:12:05Z", "problem": "answered 503",
                "created_at": "2026-03-10T00:12:05Z",
            }
        },
    )  # fmt: skip
    id: int
    rule_id: str
    mail_id: str
    kind: Literal["webhook", "mail"]
    target: str | None
    state: Literal["pending", "delivered", "dead"]
    attempts: int
    next_at: datetime
    problem: str | None
    created_at: datetime

    @classmethod
    def of(cls, delivery: Delivery) -> DeliveryOut:
        """The view of a delivery; whom a follow-up goes to is known to those who may see its mail."""
        shown = {name: getattr(delivery, name) for name in cls.model_fields}
        return cls.model_validate(shown | ({"target": None} if delivery.kind == "mail" else {}))


@router.get("/webhooks", summary="List webhooks", responses=answers(401))
def webhooks(user: Reader, db: Db) -> list[WebhookOut]:
    """The addresses that rules may call. For any signed-in user, of their organisation."""
    found = db.run(lambda session: workflow_rules.list_webhooks(session, user.organisation_id))
    return [WebhookOut.of(webhook) for webhook in found]


@router.post("/webhooks", status_code=201, summary="Allow a webhook", responses=answers(401, 403, 422))
def allow(admin: Admin, db: Db, now: Now, given: WebhookIn, request: Request) -> MadeWebhook:
    """The secret is shown once. For any signed-in administrator."""

    def work(session: Session) -> Webhook:
        made = workflow_rules.create_webhook(session, admin.organisation_id, given.name, given.url, now)
        record_action(session, admin.organisation_id, admin.id, "webhook.create", made.id, now)
        return made

    view = WebhookOut.of(db.run(work))
    return MadeWebhook(**view.model_dump(), secret=secret_of(house_key(request.app.state.settings.home), view.id))


@router.delete("/webhooks/{webhook_id}", status_code=204, summary="Forbid a webhook", responses=answers(401, 403, 404))
def forbid(admin: Admin, db: Db, now: Now, webhook_id: str) -> None:
    """Calls on their way to it end among the dead letters. For any signed-in administrator."""

    def work(session: Session) -> None:
        workflow_rules.delete_webhook(session, admin.organisation_id, webhook_id)
        record_action(session, admin.organisation_id, admin.id, "webhook.delete", webhook_id, now)

    db.run(work)


@router.get("/deliveries", summary="What is on its way, and dead letters", responses=answers(401, 403, 422))
def on_the_way(
    admin: Admin,
    db: Db,
    state: Literal["pending", "delivered", "dead"] | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> PageOf[DeliveryOut]:
    """Newest first, without mail content. For any signed-in administrator, of their organisation."""
    before = decode_cursor(cursor, (int,))[0] if cursor is not None else None
    found = db.run(
        lambda s: deliveries.list_deliveries(s, admin.organisation_id, state=state, limit=limit + 1, before=before)
    )
    more = encode_cursor(found[limit - 1].id) if len(found) > limit else None
    return PageOf(items=[DeliveryOut.of(one) for one in found[:limit]], next_cursor=more)


@router.post(
    "/deliveries/{delivery_id}/retry", summary="Try a dead letter again", responses=answers(401, 403, 404, 409, 422)
)
def again(admin: Admin, db: Db, now: Now, delivery_id: Annotated[int, Path(ge=1, le=2**31 - 1)]) -> DeliveryOut:
    """409 where it is not dead. For any signed-in administrator, of their organisation."""
    return DeliveryOut.of(db.run(lambda session: deliveries.retry(session, admin.organisation_id, delivery_id, now)))
