"""What a Prometheus server may read: requests by route and how long they took; nothing about anybody."""

from __future__ import annotations

import time

from prometheus_client import CollectorRegistry, Counter, Histogram
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.08, 0.15, 0.3, 1.0, 3.0, 10.0)


class Metrics:
    """Counts and times requests; its registry is the application's own."""

    def __init__(self, app: ASGIApp, registry: CollectorRegistry) -> None:
        self.app = app
        self.requests = Counter(
            "mail_insight_requests", "Requests answered.", ("method", "route", "status"), registry=registry
        )
        self.seconds = Histogram(
            "mail_insight_request_seconds", "Time until the answer began.", ("method", "route"), registry=registry,
            buckets=_BUCKETS,
        )  # fmt: skip

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()

        async def count(message: Message) -> None:
            if message["type"] == "http.response.start":
                method, route = _method(scope), _route(scope)
                self.requests.labels(method, route, str(message["status"])).inc()
                self.seconds.labels(method, route).observe(time.perf_counter() - began)
            await send(message)

        await self.app(scope, receive, count)


def _method(scope: Scope) -> str:
    known = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
    return scope["method"] if scope["method"] in known else "other"


def _route(scope: Scope) -> str:
    """The route's template, never the path asked for: that may hold addresses.

    A template does not know the prefix under which its router stands; that is what the path has before it.
    """
    route = scope.get("route")
    if not isinstance(route, Route):
        return str(getattr(route, "path", None) or "none")
    template, path = route.path.split("/")[1:], scope["path"].split("/")[1:]
    return "/".join(["", *path[: max(0, len(path) - len(template))], *template])
