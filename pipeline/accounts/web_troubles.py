"""The trouble behind an HTTP request that got no answer."""

from __future__ import annotations

import httpx

from pipeline.accounts.troubles import Trouble, connecting


def over_http(error: httpx.HTTPError) -> Trouble:
    """What went wrong, as far down as the causes tell."""
    if isinstance(error, httpx.TimeoutException):
        return Trouble("timeout")
    if isinstance(error, httpx.HTTPStatusError):
        return Trouble("unavailable")
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError):
            return connecting(cause)
        cause = cause.__cause__ or cause.__context__
    return Trouble("refused" if isinstance(error, httpx.ConnectError) else "cut")
