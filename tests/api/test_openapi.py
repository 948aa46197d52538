"""The OpenAPI document is complete: access, errors, examples; and the examples are what the routes take."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient


@pytest.fixture
def document(rep: TestClient) -> dict[str, Any]:
    """The document as it is served."""
    found: dict[str, Any] = rep.get("/api/v1/openapi.json").json()
    return found


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, one) for path, methods in document["paths"].items() for method, one in methods.items()]


def test_every_route_documents_itself(document: dict[str, Any]) -> None:
    found = operations(document)
    assert len(found) >= 20
    for path, method, operation in found:
        assert operation["summary"], path
        access = operation["description"].lower()
        assert "any signed-in" in access or "open to all" in access, (method, path)
        if path not in ("/health", "/ready", "/metrics") and (path, method) != ("/api/v1/session", "post"):
            assert {"401"} <= set(operation["responses"]), path
            assert operation["security"]


def test_every_error_has_the_one_shape(document: dict[str, Any]) -> None:
    for path, _, operation in operations(document):
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                assert list(answer["content"]) == ["application/problem+json"], path
                entry = answer["content"]["application/problem+json"]
                assert entry["schema"] == {"$ref": "#/components/schemas/Problem"}
                assert entry["example"]["status"] == int(status)
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_changing_routes_document_that_the_form_token_may_miss(document: dict[str, Any]) -> None:
    for path, method, operation in operations(document):
        if method != "get" and (path, method) != ("/api/v1/session", "post"):
            assert "403" in operation["responses"], path


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    def references(value: Any) -> list[str]:
        if isinstance(value, dict):
            here = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
            return here + [one for inner in value.values() for one in references(inner)]
        return [one for inner in value for one in references(inner)] if isinstance(value, list) else []

    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert set(references(document)) <= known


def test_bodies_and_answers_have_examples(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for name in (
        "MailLine",
        "SuggestionOut",
        "DecisionOut",
        "RecordLine",
        "Me",
        "Edited",
        "Snoozed",
        "Shown",
        "Undoing",
    ):
        assert schemas[name]["example"], name
        assert set(schemas[name]["example"]) <= set(schemas[name]["properties"]), name


def test_examples_of_answers_are_whole(document: dict[str, Any]) -> None:
    # FastAPI leaves null out of examples, so only what may be null may be missing.
    schemas = document["components"]["schemas"]
    for name in ("MailLine", "SuggestionOut", "DecisionOut", "RecordLine", "Me", "ActivityOut"):
        properties = schemas[name]["properties"]
        missing = set(properties) - set(schemas[name]["example"])
        assert all({"type": "null"} in properties[one].get("anyOf", []) for one in missing), name


def test_nothing_is_loaded_from_elsewhere(app: FastAPI, rep: TestClient) -> None:
    assert app.docs_url is None
    assert rep.get("/docs").status_code == 404
