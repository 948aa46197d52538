"""Settings and administration by page: what is chosen is kept, and who is no administrator gets none of it."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.pages.typed import domains_of
from api.security import CSRF_HEADER

ADMIN = (
    "/admin/users",
    "/admin/roles",
    "/admin/sharing",
    "/admin/storage",
    "/admin/audit",
    "/admin/failures",
    "/admin/models",
    "/admin/intents",
    "/admin/webhooks",
    "/admin/backups",
)


def post(client: TestClient, path: str, **values: Any) -> Any:
    return client.post(path, data=values | {"csrf": client.headers[CSRF_HEADER]})


@pytest.mark.parametrize("path", ADMIN)
def test_administration_is_for_administrators(path: str, rep: TestClient, sign_in: Any, stranger: TestClient) -> None:
    assert sign_in("admin").get(path).status_code == 200
    assert rep.get(path).status_code == 403
    assert stranger.get(path).status_code == 303
    assert path not in rep.get("/settings").text


def test_every_form_of_administration_asks_for_the_token(app: Any, sign_in: Any, filled: Any) -> None:
    admin = sign_in("admin")
    del admin.headers[CSRF_HEADER]
    user = filled.users["other"].id
    for path in (f"/admin/users/{user}/deactivate", f"/admin/users/{user}/link", "/admin/roles", "/admin/sharing"):
        assert admin.post(path, data={"name": "x"}).status_code == 403, path


def test_sharing_is_chosen_and_records_are_shared(rep: TestClient, filled: Any) -> None:
    record = filled.records["mori"]
    assert post(rep, "/settings/sharing", mode="custom", domains="doctor.example, @home.example").status_code == 303
    mine = rep.get("/api/v1/sharing/me").json()
    assert (mine["mode"], mine["excluded_domains"]) == ("custom", ["doctor.example", "home.example"])
    assert post(rep, f"/settings/sharing/records/{record}", shared="true", back="record").status_code == 303
    assert "森 健一" in rep.get("/settings/sharing").text
    post(rep, f"/settings/sharing/records/{record}", shared="false")
    assert rep.get("/api/v1/shares").json() == []


def test_a_locked_user_cannot_choose(rep: TestClient, sign_in: Any, filled: Any) -> None:
    user = filled.users["rep"].id
    assert post(sign_in("admin"), f"/admin/users/{user}/lock", mode="public").status_code == 303
    assert post(rep, "/settings/sharing", mode="private").status_code == 403
    post(sign_in("admin"), f"/admin/users/{user}/unlock")
    assert post(rep, "/settings/sharing", mode="private").status_code == 303


def test_a_token_is_shown_once_and_works_until_it_is_revoked(rep: TestClient, stranger: TestClient) -> None:
    made = post(rep, "/settings/tokens", name="report", scope="read", days=30)
    secret = made.text.split('<code class="secret">')[1].split("<")[0]
    assert secret not in rep.get("/settings/tokens").text
    bearer = {"Authorization": f"Bearer {secret}"}
    assert stranger.get("/api/v1/mails", headers=bearer).status_code == 200
    token = rep.get("/api/v1/tokens").json()[0]["id"]
    post(rep, f"/settings/tokens/{token}/revoke")
    assert stranger.get("/api/v1/mails", headers=bearer).status_code == 401


def test_users_and_roles(sign_in: Any, stranger: TestClient) -> None:
    admin = sign_in("admin")
    post(admin, "/admin/roles", name="営業部長")
    above = admin.get("/api/v1/roles").json()[0]["id"]
    post(admin, "/admin/roles", name="営業", parent_id=above)
    below = next(role["id"] for role in admin.get("/api/v1/roles").json() if role["name"] == "営業")
    made = post(admin, "/admin/users", name="新井 光", address="arai@aoba-system.example", role_id=below)
    page = made.headers["location"].split("?")[0]
    link = post(admin, f"{page}/link").text.split('<code class="secret">')[1].split("<")[0]
    assert "sign-in?token=" in link
    assert post(admin, f"{page}/deactivate").status_code == 303
    assert "無効" in admin.get(page).text
    post(admin, f"/admin/roles/{below}", name="営業一課", parent_id=above, mode="public")
    assert "営業一課" in admin.get("/admin/roles").text
    assert admin.get("/api/v1/sharing/roles").json() == {below: "public"}
    assert post(admin, f"/admin/roles/{above}", name="x", do="delete").status_code == 409


def test_storage_and_the_log(sign_in: Any) -> None:
    admin = sign_in("admin")
    assert post(admin, "/admin/storage", licences=19, addon_gb=0, mode="warn").status_code == 303
    assert "95.0 GB" in admin.get("/admin/storage").text
    assert "500.0 GB" not in admin.get("/admin/storage").text
    assert "100.0 GB" in admin.get("/admin/storage?licences=40").text
    assert "quota.change" in admin.get("/admin/audit?action=quota").text
    assert "quota.change" not in admin.get("/admin/audit?action=user").text
    assert "quota.change" not in admin.get("/admin/audit?until=2020-01-01").text


def test_how_the_organisation_shares(sign_in: Any) -> None:
    admin = sign_in("admin")
    post(admin, "/admin/sharing", mode="public", crm_mail="read", superior_role_sees="true", domains="bank.example")
    kept = admin.get("/api/v1/sharing").json()
    assert kept == {
        "mode": "public", "crm_mail": "read", "superior_role_sees": True, "records_by_owner": False,
        "excluded_domains": ["bank.example"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "domains"), [("", []), ("a.example\nb.example、@c.example", ["a.example", "b.example", "c.example"])]
)
def test_domains_as_people_type_them(text: str, domains: list[str]) -> None:
    assert domains_of(text) == domains


def test_the_daily_cap_is_set_and_taken_away(rep: TestClient) -> None:
    chosen = {"language": "ja", "timezone": "Asia/Tokyo", "theme": "auto"}
    assert post(rep, "/settings", daily_cap="25", **chosen).status_code == 303
    assert rep.get("/api/v1/me").json()["daily_cap"] == 25
    assert 'name="daily_cap" min="0" max="9999" value="25"' in rep.get("/settings").text
    assert post(rep, "/settings", daily_cap="", **chosen).status_code == 303
    assert not rep.get("/api/v1/me").json()["daily_cap"]
    assert post(rep, "/settings", daily_cap="-1", **chosen).status_code == 422


def test_a_password_is_changed_and_sessions_end(rep: TestClient) -> None:
    wrong = post(rep, "/settings/password", current="another one", new="a new long password")
    assert wrong.status_code == 403
    assert "現在のパスワードが正しくありません" in wrong.text
    short = post(rep, "/settings/password", current="a long enough password", new="short")
    assert short.status_code == 422
    assert "文字以上で入力してください" in short.text
    done = post(rep, "/settings/password", current="a long enough password", new="a new long password")
    assert done.headers["location"] == "/sign-in"
    assert rep.get("/settings").status_code == 303
