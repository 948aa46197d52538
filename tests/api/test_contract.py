"""The interface keeps what its OpenAPI document promises, whatever it is asked: as administrator, rep and stranger.

Each caller asks every third route once; ``CONTRACT_EXAMPLES=50 pytest tests/api/test_contract.py``, which is what
``make contract`` runs, asks every route fifty times.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import APIOperation, GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from api.app import create_app
from pipeline.settings import Settings
from pipeline.store.organisation import tokens

EXAMPLES = int(os.environ.get("CONTRACT_EXAMPLES", "0"))
CALLERS = ("admin", "rep", "stranger")
# The first intent that is saved waits for the models: seconds, and on a busy machine many.
PATIENCE_S = 120

load_all_checks()
_STATEFUL = {"use_after_free", "ensure_resource_availability", "object_level_authorization"}
# Data of the right form may still make no sense, such as a cursor of another list: that is 422, and documented.
# Whether a route asks who calls is what the stranger's requests show.
_OTHER = {"positive_data_acceptance", "ignored_auth"}
_CHECKS = CHECKS.get_by_names([name for name in CHECKS.get_all_names() if name not in _STATEFUL | _OTHER])
_HURRIED = settings(
    max_examples=EXAMPLES or 1, phases=[Phase.generate], derandomize=True, deadline=None, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, seed: Any) -> tuple[FastAPI, dict[str, dict[str, str]]]:
    """An application over a filled SQLite file, and what each caller sends with every request."""
    home: Path = tmp_path_factory.mktemp("contract")
    app = create_app(Settings(home=home, requests_per_minute=0))
    now = datetime.now(UTC)
    with app.state.database.factory.begin() as session:
        users = seed.fill(session, now).users
        secrets = {
            who: tokens.create_api_token(session, users[who].id, "contract", now, scope="admin")[0]
            for who in ("admin", "rep")
        }
    headers = {who: {"Authorization": f"Bearer {secret}"} for who, secret in secrets.items()}
    return app, headers | {"stranger": {}}


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["right", "wrong"])
@pytest.mark.parametrize("who", CALLERS)
def test_every_route_answers_as_documented(served: Any, who: str, mode: GenerationMode) -> None:
    app, headers = served
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)
    _forget_security(schema.raw_schema)
    asked, problems = 0, []
    for n, found in enumerate(schema.get_all_operations()):
        operation = found.ok()
        if not EXAMPLES and n % len(CALLERS) != CALLERS.index(who):
            continue
        try:
            asked += ask(operation, headers[who], mode)
        except Unsatisfiable:
            continue  # a route that takes nothing cannot be asked wrongly
        except BaseExceptionGroup as group:
            problems += [f"{operation.label}: {error}" for error in group.exceptions]
    assert not problems, "\n\n".join(problems)
    assert asked > 10


def _forget_security(document: dict[str, Any]) -> None:
    """Make nobody guess tokens: the caller's own is sent, and would make a wrong request right."""
    document["components"].pop("securitySchemes")
    for path in document["paths"].values():
        for operation in path.values():
            operation.pop("security", None)


def ask(operation: APIOperation[Any, Any, Any, Any], headers: dict[str, str], mode: GenerationMode) -> int:
    """Send requests of one route, and tell how many."""
    sent = 0

    @_HURRIED
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: schemathesis.Case) -> None:
        nonlocal sent
        sent += 1
        answer = case.call(headers=dict(headers), timeout=PATIENCE_S)
        case.validate_response(answer, checks=_CHECKS)

    send()
    return sent
