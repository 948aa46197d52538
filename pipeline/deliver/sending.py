"""Sending what rules have put on its way; each attempt is settled in a transaction of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

import httpx
from sqlalchemy.orm import Session, sessionmaker

from pipeline import errors
from pipeline.deliver.signing import HEADER, secret_of, signature
from pipeline.deliver.writing import send_follow_up
from pipeline.store.engine import transact
from pipeline.store.rules import deliveries
from pipeline.store.rules.deliveries import Parcel

TIMEOUT_S = 10.0
_HOPELESS = frozenset({400, 401, 403, 404, 405, 410, 413, 415, 422})


def send_due(factory: sessionmaker[Session], key: bytes, now: Callable[[], datetime]) -> int:
    """Send everything that is due, and tell how many attempts were made; follow-ups go into the outgoing queue."""
    count = 0
    with httpx.Client(timeout=TIMEOUT_S, follow_redirects=False) as client:
        while parcels := transact(factory, lambda session: deliveries.take(session, now())):
            for parcel in parcels:
                _send(factory, client, key, parcel, now)
                count += 1
    return count


def _send(
    factory: sessionmaker[Session], client: httpx.Client, key: bytes, parcel: Parcel, now: Callable[[], datetime]
) -> None:
    delivery_id = parcel.delivery.id
    if parcel.url is None:
        transact(factory, lambda session: _queue(session, parcel, now()))
    else:
        problem = _call(client, secret_of(key, parcel.delivery.target), parcel, now())
        if problem is not None and problem.startswith("refused"):
            reason = problem
            transact(factory, lambda session: deliveries.bury(session, delivery_id, reason))
            return
        transact(factory, lambda session: deliveries.settle(session, delivery_id, problem, now()))


def _queue(session: Session, parcel: Parcel, now: datetime) -> None:
    """Queue a follow-up and settle its delivery in one transaction, so that it is queued once."""
    delivery_id = parcel.delivery.id
    if not deliveries.claim(session, delivery_id):
        return
    try:
        message_id = send_follow_up(session, parcel, now)
    except errors.Error as error:
        deliveries.bury(session, delivery_id, str(error))
    else:
        deliveries.settle(session, delivery_id, None, now, message_id)


def _call(client: httpx.Client, secret: str, parcel: Parcel, now: datetime) -> str | None:
    """Post the event, and tell what went wrong: ``refused`` where trying again would not help."""
    assert parcel.url is not None
    body = json.dumps(parcel.content, ensure_ascii=False, separators=(",", ":")).encode()
    headers = {
        "Content-Type": "application/json", "User-Agent": "mail-insight", "Idempotency-Key": str(parcel.delivery.id),
        HEADER: signature(secret, body, int(now.timestamp())),
    }  # fmt: skip
    try:
        with client.stream("POST", parcel.url, content=body, headers=headers) as answer:
            status = answer.status_code
    except httpx.HTTPError as error:
        return f"no answer: {type(error).__name__}"
    if 200 <= status < 300:
        return None
    return f"refused: {status}" if status in _HOPELESS else f"answered {status}"
