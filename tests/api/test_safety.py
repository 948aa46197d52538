"""What holds for every answer: safe headers, no way in without a right, no change without the form's token."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from api import deps
from api.app import PAGES, ROUTES
from api.routes import health

ACCESS = {deps.anyone, deps.visitor, deps.caller, deps.reader, deps.admin}
CHANGES = [
    ("POST", "/suggestions/s-takahashi", {"decision": "accept", "version": "1"}),
    ("POST", "/undo", {}),
    ("POST", "/settings", {"language": "en", "timezone": "Asia/Tokyo", "theme": "dark"}),
    ("POST", "/sign-out", {}),
    ("DELETE", "/api/v1/session", None),
    ("PATCH", "/api/v1/me", {"theme": "dark"}),
    ("POST", "/api/v1/tokens", {"name": "x"}),
    ("POST", "/api/v1/suggestions/s-takahashi/accept", {}),
    ("POST", "/api/v1/suggestions/s-takahashi/reject", {}),
    ("POST", "/api/v1/undo", {}),
]


def routes() -> list[APIRoute]:
    found = [route for module in (health, *ROUTES, *PAGES) for route in module.router.routes]
    return [route for route in found if isinstance(route, APIRoute)]


def asked(dependant: Any) -> set[Any]:
    return {dependant.call} | {call for one in dependant.dependencies for call in asked(one)}


def test_every_route_says_who_may_call_it() -> None:
    found = routes()
    assert len(found) > 30
    for route in found:
        assert asked(route.dependant) & ACCESS, route.path


def test_only_the_door_and_health_are_open(stranger: TestClient) -> None:
    signed_in = {deps.caller, deps.reader, deps.admin}
    public = {
        (method, route.path) for route in routes() for method in route.methods if not asked(route.dependant) & signed_in
    }
    assert public == {
        ("GET", "/health"), ("GET", "/ready"), ("GET", "/sign-in"), ("POST", "/sign-in"), ("POST", "/session"),
        ("GET", "/welcome"), ("POST", "/welcome"),
    }  # fmt: skip
    for path in ("/api/v1/me", "/api/v1/mails", "/api/v1/suggestions", "/api/v1/records", "/api/v1/mails/x"):
        assert stranger.get(path).status_code == 401, path
    for path in ("/", "/inbox", "/contacts", "/records/x", "/mails/x", "/mails/x/original", "/settings", "/review/x"):
        assert stranger.get(path).status_code == 303, path


@pytest.mark.parametrize(
    "path", ["/", "/inbox", "/contacts", "/settings", "/nowhere", "/api/v1/me", "/api/v1/nowhere", "/static/style.css"]
)
def test_safe_headers_everywhere(rep: TestClient, path: str) -> None:
    headers = rep.get(path).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_pages_are_not_kept_by_caches_but_static_files_are(rep: TestClient) -> None:
    page = rep.get("/")
    assert page.headers["cache-control"] == "no-store"
    style = page.text.split('<link rel="stylesheet" href="')[1].split('"')[0]
    assert "immutable" in rep.get(style).headers["cache-control"]


@pytest.mark.parametrize(("method", "path", "body"), CHANGES)
@pytest.mark.parametrize("token", [None, "", "wrong"])
def test_a_cookie_alone_changes_nothing(
    rep: TestClient, method: str, path: str, body: dict[str, str] | None, token: str | None
) -> None:
    del rep.headers["X-CSRF-Token"]
    headers = {} if token is None else {"X-CSRF-Token": token}
    is_form = not path.startswith("/api/")
    content: Any = {"data": body} if is_form else {"json": body}
    assert rep.request(method, path, headers=headers, **content).status_code == 403
    assert rep.get("/api/v1/suggestions/s-takahashi").json()["state"] == "pending"
    assert rep.get("/api/v1/me").json()["theme"] == "auto"


def test_the_form_field_counts_as_well_as_the_header(rep: TestClient) -> None:
    token = rep.headers.pop("X-CSRF-Token")
    data = {"csrf": token, "decision": "reject", "version": "1"}
    assert rep.post("/suggestions/s-takahashi", data=data).status_code == 303
    assert rep.get("/api/v1/suggestions/s-takahashi").json()["state"] == "rejected"


def test_the_token_of_another_session_does_not_count(sign_in: Any) -> None:
    rep, other = sign_in("rep"), sign_in("other")
    rep.headers["X-CSRF-Token"] = other.headers["X-CSRF-Token"]
    assert rep.patch("/api/v1/me", json={"theme": "dark"}).status_code == 403
