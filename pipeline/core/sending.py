"""The life of a mail that goes out, as decisions without any I/O.

    queued ──take──> sending ──last line──> handed ──server says yes──> sent
      ^  │              │                     ├─ server says no ──────> failed, or queued again
      │  └─cancel─> cancelled                 └─ nobody heard ────────> unknown
      └── not now ──────┘

Everything but the mail's last line is transmitted while ``sending``: a mail without it is never delivered (RFC 5321
section 4.1.1.4), so what is cut off there may be sent again. From ``handed`` on nobody sends it again without a person.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

State = Literal["queued", "sending", "handed", "sent", "failed", "unknown", "cancelled"]
STATES: tuple[State, ...] = ("queued", "sending", "handed", "sent", "failed", "unknown", "cancelled")
MAX_RECIPIENTS = 100
_RETRIES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 30, 60, 120, 240, 480))


def retry_after(attempts: int) -> timedelta | None:
    """How long to wait after so many attempts that failed for now; None when it is enough."""
    return _RETRIES[attempts - 1] if 0 < attempts <= len(_RETRIES) else None


def after_refusal(attempts: int, is_final: bool) -> State:
    """What becomes of a mail that the server certainly did not take."""
    return "failed" if is_final or retry_after(attempts) is None else "queued"


def after_lease(state: State) -> State:
    """What becomes of a mail whose sender vanished: before the last line nothing was sent, after it nobody knows."""
    return {"sending": "queued", "handed": "unknown"}.get(state, state)  # type: ignore[return-value]


def may_retry(state: State) -> bool:
    """Whether a person may have it sent again."""
    return state in ("failed", "unknown", "cancelled")


def may_cancel(state: State) -> bool:
    """Whether a person may call it back."""
    return state in ("queued", "failed")
