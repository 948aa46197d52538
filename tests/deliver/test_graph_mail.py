"""Sending through Microsoft Graph's published wire format, over a real HTTP server on loopback."""

from __future__ import annotations

import base64
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from pipeline.deliver.posting import Postman
from pipeline.parse.message import parse
from pipeline.records import Address
from pipeline.store.mail import outgoing


@dataclass
class Graph:
    """What was posted, and the answers to give: a status, or ``cut`` for none."""

    url: str = ""
    answers: list[Any] = field(default_factory=list)
    taken: list[bytes] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)


class Token:
    """An access token of which the first one has run out."""

    def __init__(self) -> None:
        self.value = "old"

    def secret(self) -> str:
        return self.value

    def renewed(self) -> str:
        self.value = "new"
        return self.value


@pytest.fixture
def graph() -> Iterator[Graph]:
    state = Graph()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/v1.0/me/sendMail"
            assert self.headers["Content-Type"] == "text/plain"
            body = self.rfile.read(int(self.headers["Content-Length"]))
            state.tokens.append(self.headers["Authorization"])
            answer = state.answers.pop(0) if state.answers else 202
            if answer in (202, "cut"):
                state.taken.append(base64.b64decode(body))
            if answer == "cut":
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response(answer)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    state.url = f"http://127.0.0.1:{server.server_port}/v1.0"
    yield state
    server.shutdown()
    server.server_close()


@pytest.fixture
def postman(house: Any, graph: Graph) -> Postman:
    house.change(protocol="graph", api_url=graph.url, sign_in="oauth", smtp=None)
    token = Token()
    return Postman(house.factory, "one", lambda _: (house.account(), token), house.postman().reader, lambda: house.now)


def test_a_mail_goes_out_in_mime_with_its_hidden_recipients(house, graph, postman):
    mail = house.write(cc=[Address(None, "bo@lindgren.example")], bcc=[Address(None, "hidden@north.example")])
    assert postman.work() == 1
    (content,) = graph.taken
    message = parse(content)
    assert message.message_id == mail.message_id
    assert [each.address for each in (*message.to, *message.cc)] == ["rosa@lindgren.example", "bo@lindgren.example"]
    assert message.headers["bcc"] == ("hidden@north.example",)
    assert house.state(mail).state == "sent"
    assert house.state(mail).mail_id is not None
    assert house.post.taken == []


def test_a_refused_token_is_renewed_once(house, graph, postman):
    graph.answers = [401]
    mail = house.write()
    postman.work()
    assert (house.state(mail).state, graph.tokens) == ("sent", ["Bearer old", "Bearer new"])


@pytest.mark.parametrize(
    ("answer", "state", "problem"),
    [
        (400, "failed", "content_refused"),
        (403, "failed", "sender_refused"),
        (413, "failed", "too_large"),
        (429, "queued", "try_later"),
        (503, "queued", "try_later"),
        (500, "unknown", "outcome_unknown"),
        (504, "unknown", "outcome_unknown"),
        ("cut", "unknown", "outcome_unknown"),
    ],
)
def test_what_graph_says_is_told_apart(house, graph, postman, answer, state, problem):
    graph.answers = [answer]
    mail = house.write()
    postman.work()
    assert (house.state(mail).state, house.state(mail).problem) == (state, problem)
    sent = len(graph.taken)
    house.wait(days=1)
    postman.work()
    assert len(graph.taken) == sent + (state == "queued")


def test_a_service_that_is_not_there_took_nothing(house, graph, postman):
    house.change(api_url="http://127.0.0.1:1/v1.0")
    mail = house.write()
    postman.work()
    assert (house.state(mail).state, house.state(mail).problem) == ("queued", "refused")
    house.run(lambda s: outgoing.call_back(s, house.aya, mail.id))
