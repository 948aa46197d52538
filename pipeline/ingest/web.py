"""Requests to a mail service's web interface: with a token, in patience, and every failure a ``Trouble``."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import httpx

from pipeline.accounts.sign_in import SignIn
from pipeline.accounts.troubles import Trouble
from pipeline.accounts.web_troubles import over_http

TIMEOUT_S = 60.0
ATTEMPTS = 5
LONGEST_WAIT_S = 30.0
AT_ONCE = 4
_BUSY = frozenset({429, 503, 504})
_RATE_REASONS = frozenset({
    "rateLimitExceeded", "userRateLimitExceeded", "dailyLimitExceeded", "quotaExceeded", "ApplicationThrottled",
    "TooManyRequests",
})  # fmt: skip
Key = TypeVar("Key")
Result = TypeVar("Result")


class NotThere(Exception):
    """What was asked for does not exist, or not any more (404, 410)."""


def understood(work: Callable[..., Result]) -> Callable[..., Result]:
    """An answer without what it must hold is a ``Trouble``."""

    def wrapped(*args: Any, **kwargs: Any) -> Result:
        try:
            return work(*args, **kwargs)
        except (KeyError, TypeError, ValueError, AttributeError):
            raise Trouble("not_understood") from None

    return wrapped


class Web:
    """Reads from one web interface below ``base``, in the name of whoever signed in; safe to use from several threads.

    ``requests`` counts what was sent.
    """

    def __init__(self, base: str, sign_in: SignIn, headers: Mapping[str, str] | None = None) -> None:
        self.base, self._sign_in = base.rstrip("/"), sign_in
        self._client = httpx.Client(timeout=TIMEOUT_S, follow_redirects=False, headers=dict(headers or {}))
        self.requests = 0

    def json(self, path: str, **options: Any) -> dict[str, Any]:
        """The JSON object at a path below the base, or at an address that the service gave and that lies there.

        Raises: NotThere, Trouble.
        """
        try:
            found = self.get(path, **options).json()
        except ValueError:
            raise Trouble("not_understood") from None
        if not isinstance(found, dict):
            raise Trouble("not_understood")
        return found

    def get(self, path: str, *, method: str = "GET", **options: Any) -> httpx.Response:
        """A good answer; refused tokens are renewed once, and what is busy is asked again.

        Raises: NotThere, Trouble.
        """
        url, token, renewed = self._url(path), self._sign_in.secret(), False
        for attempt in range(ATTEMPTS):
            answer, wait_s = self._try(method, url, token, options, attempt)
            if answer is not None and answer.status_code == 401 and not renewed:
                token, renewed = self._sign_in.renewed(), True
                continue
            if answer is not None and wait_s is None:
                return _good(answer)
            if attempt + 1 < ATTEMPTS:
                time.sleep(wait_s or 0)
        raise Trouble("unavailable")

    def many(self, keys: Sequence[Key], get: Callable[[Key], Result]) -> Iterator[Result]:
        """The results for many keys in their order, a few at a time."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            yield from pool.map(get, keys)

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def _try(
        self, method: str, url: str, token: str, options: Mapping[str, Any], attempt: int
    ) -> tuple[httpx.Response | None, float | None]:
        """An answer, and how many seconds to wait before the next try, None where no other is needed."""
        headers = {"Authorization": f"Bearer {token}"} | dict(options.get("headers") or {})
        rest = {name: value for name, value in options.items() if name != "headers"}
        self.requests += 1
        backoff_s = 2.0**attempt * random.uniform(0.25, 0.5)  # noqa: S311
        try:
            answer = self._client.request(method, url, headers=headers, **rest)
        except httpx.TransportError as error:
            if attempt + 1 == ATTEMPTS or isinstance(error, httpx.ConnectError):
                raise over_http(error) from None
            return None, backoff_s
        except httpx.HTTPError as error:
            raise over_http(error) from None
        if answer.status_code in _BUSY or (answer.status_code == 403 and _reasons(answer) & _RATE_REASONS):
            wait_s = _retry_after(answer)
            if (wait_s or 0) > LONGEST_WAIT_S or attempt + 1 == ATTEMPTS:
                raise Trouble("rate_limited" if answer.status_code in (403, 429) else "unavailable", wait_s or 0)
            return answer, backoff_s if wait_s is None else wait_s
        return answer, backoff_s if answer.status_code >= 500 else None

    def _url(self, path: str) -> str:
        """A token goes nowhere but below the base, whatever an answer names as its next page."""
        if path.startswith("/"):
            return self.base + path
        if not path.startswith((self.base + "/", self.base + "(")):
            raise Trouble("not_understood")
        return path


def _good(answer: httpx.Response) -> httpx.Response:
    if answer.status_code in (404, 410):
        raise NotThere
    if answer.status_code == 401:
        raise Trouble("grant_ended")
    if answer.status_code == 403:
        raise Trouble("not_permitted")
    if not answer.is_success:
        raise Trouble("not_understood")
    return answer


def _reasons(answer: httpx.Response) -> frozenset[str]:
    """Why a request was refused: Google lists reasons, Microsoft gives one code."""
    try:
        error = answer.json()["error"]
        return frozenset({str(error.get("code")), *(each.get("reason", "") for each in error.get("errors") or ())})
    except (ValueError, KeyError, TypeError, AttributeError):
        return frozenset()


def _retry_after(answer: httpx.Response) -> float | None:
    """Seconds to wait, given as a number or as a date (RFC 9110 section 10.2.3)."""
    text = answer.headers.get("retry-after", "").strip()
    if text.isdecimal():
        return float(text)
    try:
        return max((parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds(), 0.0)
    except (ValueError, TypeError):
        return None
