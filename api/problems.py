"""One shape for every error, RFC 9457: ``application/problem+json`` for programs, a plain page for people."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from api.security import HEADERS
from api.web.pages import error_page
from pipeline.errors import Conflict, Error, NotAllowed, NotFound, RemoteError, SourceError, UsageError

log = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"


class Invalid(BaseModel):
    """One wrong value: where it is and what is wrong with it."""

    pointer: str = Field(description="Where the value is, such as /body/fields or /query/limit.")
    detail: str


class Problem(BaseModel):
    """The shape of every error answer (RFC 9457)."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "type": "urn:mail-insight:not-found",
                "title": "Not Found",
                "status": 404,
                "detail": "There is no such mail, or you may not see it.",
            }
        }
    )
    type: str = Field(description="Stable name of the kind of error.")
    title: str
    status: int
    detail: str = Field(description="What happened and what to do, in a sentence; never mail content.")
    errors: list[Invalid] | None = Field(None, description="For 422: each wrong value.")


def answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The error answers of a route for its OpenAPI entry."""
    return {status: {"model": Problem} | _answer_entry(status) for status in statuses}


def _answer_entry(status: int) -> dict[str, Any]:
    content = {"schema": {"$ref": "#/components/schemas/Problem"}, "example": _example(status)}
    return {"description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: content}}


def problem(
    status: int, detail: str, errors: list[Invalid] | None = None, headers: Mapping[str, str] | None = None
) -> Response:
    """An error answer for programs."""
    body = Problem(type=_type(status), title=HTTPStatus(status).phrase, status=status, detail=detail, errors=errors)
    return JSONResponse(body.model_dump(exclude_none=True), status, headers=headers, media_type=MEDIA_TYPE)


_DETAILS = {
    400: "The request cannot be understood.",
    401: "Sign in first, or send a valid token.",
    403: "You may not do this.",
    404: "There is no such thing, or you may not see it.",
    405: "This address does not take that method.",
    409: "Somebody decided this meanwhile; load it again.",
    412: "This was changed since you loaded it; load it again.",
    422: "Some values cannot be used; see errors.",
    429: "Too many tries; wait and try again.",
    500: "Something went wrong on our side; the log has the details.",
    503: "The service is not ready; try again shortly.",
}


def _documented(document: dict[str, Any]) -> dict[str, Any]:
    """The OpenAPI document with errors under the one media type only, and 422 wherever a value may be wrong."""
    for path, method, operation in _operations(document):
        if path.startswith("/api/"):
            operation["responses"].setdefault("429", {})
            if "requestBody" in operation:
                operation["responses"].setdefault("400", {})
        if path.startswith("/api/") and method != "get" and path != "/api/v1/session":
            operation["responses"].setdefault("409", {})
            operation["responses"].setdefault("422", {})
            operation.setdefault("parameters", []).append(_IDEMPOTENCY_KEY)
        for status in [status for status in operation["responses"] if int(status) >= 400]:
            operation["responses"][status] = _answer_entry(int(status))
    schemas = document["components"]["schemas"]
    schemas.pop("HTTPValidationError", None)
    schemas.pop("ValidationError", None)
    return document


def _operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, one) for path, methods in document["paths"].items() for method, one in methods.items()]


_IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key", "in": "header", "required": False,
    "description": "Names this write for a day: sent again it is answered again and not done again.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
}  # fmt: skip


def _type(status: int) -> str:
    return "urn:mail-insight:" + HTTPStatus(status).phrase.lower().replace(" ", "-")


def _example(status: int) -> dict[str, Any]:
    title = HTTPStatus(status).phrase
    return {"type": _type(status), "title": title, "status": status, "detail": _DETAILS.get(status, title)}


_STATUSES = (
    (NotFound, 404), (NotAllowed, 403), (Conflict, 409), (UsageError, 422), (SourceError, 422), (RemoteError, 503),
)  # fmt: skip


def _status_of(error: Error) -> int:
    table = (
        (NotFound, 404),
        (NotAllowed, 403),
        (Conflict, 409),
        (UsageError, 422),
        (SourceError, 422),
        (RemoteError, 503),
    )
    return next((status for kind, status in table if isinstance(error, kind)), 500)


def _answer(
    request: Request,
    status: int,
    detail: str,
    errors: list[Invalid] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    if request.url.path.startswith("/api/") or request.url.path in ("/health", "/ready"):
        return problem(status, detail, errors, headers)
    if status == 401 and request.method in ("GET", "HEAD"):
        where = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        target = request.url_for("sign_in_page").include_query_params(next=where)
        return RedirectResponse(f"{target.path}?{target.query}", 303)
    return error_page(request, status, headers)


def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    plain = HTTPStatus(error.status_code).phrase
    own = error.detail != plain and error.status_code != 400
    detail = error.detail if own else _DETAILS.get(error.status_code, plain)
    return _answer(request, error.status_code, detail, headers=error.headers)


def _on_invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [
        Invalid(pointer="/" + "/".join(str(step) for step in one["loc"]), detail=one["msg"]) for one in error.errors()
    ]
    return _answer(request, 422, _DETAILS[422], errors)


def _on_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, Error)
    status = _status_of(error)
    if status == 500:
        return _on_crash(request, error)
    return _answer(request, status, str(error) or _DETAILS[status])


def _on_crash(request: Request, error: Exception) -> Response:
    log.error("request failed: %s %s: %s", request.method, request.scope.get("path"), type(error).__name__)
    response = _answer(request, 500, _DETAILS[500])
    # This handler answers from outside all middleware.
    response.headers.update(HEADERS)
    return response


def install(app: FastAPI) -> None:
    """Make the app answer every error in the one shape, and say so in its OpenAPI document."""
    original = app.openapi

    def documented() -> dict[str, Any]:
        return app.openapi_schema or _documented(original())

    app.openapi = documented  # type: ignore[method-assign]
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(Error, _on_error)
    app.add_exception_handler(Exception, _on_crash)
