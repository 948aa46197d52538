"""The mailbox wizard as people go through it, against real servers: of mail both ways, and of permissions."""

from __future__ import annotations

import html
import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient

from api.security import CSRF_HEADER
from tests.mail_server import PASSWORD
from tests.smtp_server import running_smtp

pytestmark = pytest.mark.parametrize("office", ["sqlite"], indirect=True)
"""What these pages ask of the database is asked of both elsewhere."""
NEW = "/settings/mailboxes/new"
FILTERS = (
    '{"filters": [{"name": "Bills", "criteria": [{"field": "subject", "operator": "contains", "value": "invoice"}],'
    ' "actions": [{"action": "label", "value": "Bills"}]},'
    ' {"name": "Odd", "criteria": [{"field": "moon", "operator": "is", "value": "full"}],'
    ' "actions": [{"action": "flag"}]}]}'
)


class Walk:
    """One person's way through the wizard: each step's form is sent on with what is typed into it."""

    def __init__(self, client: TestClient, path: str = NEW) -> None:
        self.client = client
        self.page = client.get(path).text

    @property
    def step(self) -> str:
        return self._hidden("step")

    def send(self, do: str = "next", file: str | None = None, **typed: Any) -> Any:
        values = {"state": self._hidden("state"), "step": self.step, "do": do, "csrf": self.client.headers[CSRF_HEADER]}
        files = {"file": ("filters.json", file.encode())} if file is not None else None
        answer = self.client.post(NEW, data=values | typed, files=files)
        if answer.status_code == 200:
            self.page = answer.text
        return answer

    def told(self) -> str:
        """What notices say."""
        found = re.findall(r'<p class="notice.*?</p>', self.page, re.DOTALL)
        return html.unescape(re.sub(r"<[^>]*>", " ", " ".join(found)))

    def _hidden(self, name: str) -> str:
        found = re.search(rf'name="{name}" value="([^"]*)"', self.page)
        assert found is not None
        return found[1]


def mail(n: int) -> bytes:
    return f"Message-ID: <w{n}@north.example>\nFrom: a@north.example\nSubject: {n}\n\nHello\n".encode()


@pytest.fixture
def box(house: Any) -> tuple[Any, str]:
    """A mail server, and a user with three mails there, one of them old."""
    _, server = house
    user = server.new_user()
    server.deliver(user, mail(1), mail(2), date='"01-Feb-2026 00:00:00 +0000"')
    server.deliver(user, mail(3), date='"01-Feb-2020 00:00:00 +0000"')
    return server, user


def imap(server: Any) -> dict[str, Any]:
    return {"server_host": "127.0.0.1", "server_port": server.ports["IMAPS"], "server_security": "tls"}


def test_from_the_service_to_the_folders_on_the_page(rep: TestClient, open_house: Any, box: Any) -> None:
    server, user = box
    walk = Walk(rep)
    walk.send(service="generic")
    assert walk.step == "protocol"
    walk.send(protocol="imap")
    walk.send(address=user, password="wrong-1188", **imap(server))
    assert (walk.step, "パスワードが拒否されました" in walk.told()) == ("sign_in", True)
    walk.send(address=user, server_host="127.0.0.1", server_port=1, server_security="tls", password=PASSWORD)
    assert "接続を受け付けていません" in walk.told()
    assert '<details class="behind" open>' in walk.page
    walk.send(address=user, **imap(server))
    assert walk.step == "filters", "the password that was typed before counts"
    assert PASSWORD not in walk.page
    walk.send(do="look", file=FILTERS)
    assert "フィルター 2件" in walk.page
    assert "変換できない部分" in walk.page
    walk.send()
    walk.send(mode="public", sender="sales@aoba-system.example", further="info@aoba-system.example")
    assert walk.step == "folders"
    assert "対象は3件" in walk.told()
    names = re.findall(r'<th scope="row" data-name>(.*?)</th>', walk.page)
    wanted = {f"wanted-{place}": "true" for place, name in enumerate(names) if name == "INBOX"}
    walk.send(do="count", since="2021-01-01", **wanted)
    assert "対象は2件" in walk.told()
    walk.send(since="2021-01-01", **wanted)
    assert walk.step == "server"
    with running_smtp() as (post, outgoing):
        smtp = {"smtp_host": "127.0.0.1", "smtp_port": outgoing.port, "smtp_security": "none"}
        walk.send(do="test", **imap(server), **smtp)
        assert "受信サーバーに接続できました" in walk.told()
        assert "送信サーバーに接続できました" in walk.told()
        assert rep.get("/api/v1/mailboxes").json() == []
        saved = walk.send(do="save", save_sent="true", **imap(server), **smtp)
        assert not post.taken
    assert saved.status_code == 303
    page = rep.get(saved.headers["location"]).text
    assert "INBOX" in page
    (mailbox,) = rep.get("/api/v1/mailboxes").json()
    assert {one["name"] for one in mailbox["folders"] if one["wanted"]} == {"INBOX"}
    sending = rep.get(f"/api/v1/mailboxes/{mailbox['id']}/sending").json()
    assert sending["addresses"] == ["sales@aoba-system.example", user, "info@aoba-system.example"]
    assert (sending["server"]["port"], sending["save_sent"]) == (outgoing.port, True)
    assert len(rep.get(f"/api/v1/mailboxes/{mailbox['id']}/filters").json()) == 2
    assert rep.get("/api/v1/sharing/me").json()["mode"] == "public"


def to_the_servers(walk: Walk, server: Any, user: str, **first: Any) -> None:
    walk.send(service="generic", **first)
    walk.send(protocol="imap")
    walk.send(address=user, password=PASSWORD, **imap(server))
    walk.send(do="skip")
    walk.send()
    names = re.findall(r'<th scope="row" data-name>(.*?)</th>', walk.page)
    walk.send(**{f"wanted-{place}": "true" for place, name in enumerate(names) if name == "INBOX"})
    assert walk.step == "server"


def test_an_outgoing_server_that_fails_is_named_and_nothing_is_saved(
    rep: TestClient, open_house: Any, box: Any
) -> None:
    server, user = box
    walk = Walk(rep)
    to_the_servers(walk, server, user)
    walk.send(do="save", **imap(server), smtp_host="127.0.0.1", smtp_port=1, smtp_security="none")
    assert "送信サーバー：" in walk.told()
    assert rep.get("/api/v1/mailboxes").json() == []
    assert walk.send(do="save", **imap(server), smtp_host="").status_code == 303
    (mailbox,) = rep.get("/api/v1/mailboxes").json()
    assert rep.get(f"/api/v1/mailboxes/{mailbox['id']}/sending").json()["server"] is None
    again = Walk(rep)
    to_the_servers(again, server, user)
    again.send(do="save", **imap(server), smtp_host="")
    assert "接続済み" in again.told()


def test_an_administrator_sets_it_up_for_somebody_else(
    sign_in: Any, rep: TestClient, filled: Any, open_house: Any, box: Any
) -> None:
    server, user = box
    admin, owner = sign_in("admin"), filled.users["other"].id
    walk = Walk(admin)
    to_the_servers(walk, server, user, owner=owner)
    assert walk.send(do="save", **imap(server), smtp_host="").status_code == 303
    assert [one["name"] for one in sign_in("other").get("/api/v1/mailboxes").json()] == [user]
    assert rep.get("/api/v1/mailboxes").json() == []
    mine = Walk(rep)
    assert owner not in mine.page
    to_the_servers(mine, server, server.new_user(), owner=owner)
    mine.send(do="save", **imap(server), smtp_host="")
    assert len(sign_in("other").get("/api/v1/mailboxes").json()) == 1
    given = {"address": user, "password": PASSWORD, "user_id": owner}
    assert rep.post("/api/v1/mailboxes", json=given).status_code == 403


def test_by_the_services_own_sign_in(rep: TestClient, open_house: Any, house: Any) -> None:
    tokens, server = house
    tokens.user = server.new_user()
    server.deliver(tokens.user, mail(1))
    walk = Walk(rep)
    walk.send(service="house")
    assert walk.step == "sign_in", "there is one protocol only"
    walk.send(do="authorize", address=tokens.user)
    url = html.unescape(re.search(r'href="(http[^"]*authorize[^"]*)"', walk.page)[1])  # type: ignore[index]
    back = urlsplit(tokens.approve(url))
    came = rep.get(f"{back.path}?{back.query}").headers["location"]
    assert came.startswith(f"{NEW}?service=house&")
    walk = Walk(rep, came)
    assert "許可を受け取りました" in walk.told()
    walk.send(address=tokens.user)
    assert walk.step == "filters"
    walk.send(do="skip")
    walk.send()
    walk.send()
    saved = walk.send(do="save", smtp_host="")
    assert saved.status_code == 303
    secrets = [*tokens.access, *tokens.refresh]
    assert secrets
    assert not any(secret in walk.page + rep.get(saved.headers["location"]).text for secret in secrets)


def test_answers_of_another_user_or_from_long_ago_count_for_nothing(
    rep: TestClient, sign_in: Any, open_house: Any
) -> None:
    mine, theirs = Walk(rep), Walk(sign_in("other"))
    theirs.page = mine.page
    theirs.send(service="gmail")
    assert theirs.step == "service"
    assert "not yours" in theirs.told()
    mine.page = re.sub(r'name="state" value="[^"]{9}', 'name="state" value="changed!!', mine.page)
    mine.send(service="gmail")
    assert "最初からやり直してください" in mine.told()


@pytest.mark.parametrize(
    ("step", "typed", "words"),
    [
        ("sign_in", {"address": "nobody"}, "メールアドレスの形式"),
        ("sign_in", {"address": "a@kita.example"}, "パスワードを入力"),
        ("sign_in", {"address": "a@kita.example", "server_host": "h", "server_port": "99999"}, "ポート"),
        ("filters", {"file": "<nothing"}, "読み取れません"),
        ("sharing", {"further": "nobody"}, "メールアドレスの形式"),
        ("folders", {"since": "soon"}, "日付の形式"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_said_at_its_step(
    step: str, typed: dict[str, Any], words: str, rep: TestClient, open_house: Any
) -> None:
    walk = Walk(rep)
    walk.page = walk.page.replace('name="step" value="service"', f'name="step" value="{step}"')
    walk.send(**typed)
    assert walk.step == step
    assert words in walk.told()


def test_back_and_forth_keeps_what_was_chosen(rep: TestClient, open_house: Any) -> None:
    walk = Walk(rep)
    walk.send(service="zoho")
    walk.send(protocol="pop3")
    walk.send(do="back")
    assert walk.step == "protocol"
    assert re.search(r'value="pop3" checked', walk.page)
    walk.send(do="back")
    assert re.search(r'value="zoho" checked', walk.page)
