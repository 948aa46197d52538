"""Metrics for Prometheus."""

from __future__ import annotations

import os

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest, multiprocess

from api.deps import Anyone
from pipeline.commands.serve import METRICS_FOLDER

router = APIRouter(tags=["health"])


@router.get("/metrics", summary="Metrics for Prometheus", response_class=PlainTextResponse)
def metrics(_: Anyone, request: Request) -> PlainTextResponse:
    """Requests by route, method and status, and their times; no personal data. Open to all."""
    return PlainTextResponse(generate_latest(_registry(request)), media_type=CONTENT_TYPE_LATEST)


def _registry(request: Request) -> CollectorRegistry:
    """This process's, or that of all who serve together."""
    if METRICS_FOLDER not in os.environ:
        own: CollectorRegistry = request.app.state.registry
        return own
    together = CollectorRegistry()
    multiprocess.MultiProcessCollector(together)  # type: ignore[no-untyped-call]
    return together
