"""A contact as a vCard: what the reader may see of it, escaped, and read back by the import."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import vobject
from fastapi.testclient import TestClient

from pipeline.deliver.vcard import to_vcard
from pipeline.errors import Conflict
from pipeline.ingest.records.files import read_vcards
from pipeline.records import Record, RecordKind
from pipeline.store.crm.records import RecordDetail, StoredField

NOW = datetime(2027, 1, 1, tzinfo=UTC)


def told(name: str, value: str, type_: str | None = None, extension: str | None = None) -> StoredField:
    return StoredField(name, value, type_, extension, "person", None, NOW, None)


def detail(*fields: StoredField, kind: RecordKind = "contact", name: str = "岡本 栞") -> RecordDetail:
    return RecordDetail(Record(kind, "r1", name, {}, ("s@kita.example",)), fields, None, (), (), NOW)


def lines(card: bytes) -> list[str]:
    return card.decode().replace("\r\n ", "").splitlines()


def test_every_field_has_its_line() -> None:
    card = lines(
        to_vcard(
            detail(
                told("full_name", "岡本 栞"), told("family_name", "岡本"), told("given_name", "栞"),
                told("name_kana", "おかもと しおり"), told("name_latin", "Shiori Okamoto"),
                told("company", "北精機株式会社"), told("department", "営業部"), told("job_title", "課長"),
                told("phone", "+81355500101", "work", "12"), told("phone", "+819055500102", "mobile"),
                told("phone", "+81355500103", "fax"), told("website", "https://kita.example"),
                told("social", "@shiori"),
                told("postal_code", "105-0014"), told("address", "東京都港区芝9-9, 3階"), told("country", "日本"),
            )
        )
    )  # fmt: skip
    assert card[:2] == ["BEGIN:VCARD", "VERSION:4.0"]
    for line in (
        "FN:岡本 栞", "FN;LANGUAGE=ja-Latn:Shiori Okamoto", "N;SORT-AS=おかもと しおり:岡本;栞;;;",
        "EMAIL;PREF=1:s@kita.example",
        "ORG:北精機株式会社;営業部", "TITLE:課長", "TEL;TYPE=work,voice;VALUE=uri:tel:+81355500101;ext=12",
        "TEL;TYPE=cell;VALUE=uri:tel:+819055500102", "TEL;TYPE=fax;VALUE=uri:tel:+81355500103",
        "URL:https://kita.example", "SOCIALPROFILE;VALUE=text:@shiori",
        r"ADR;TYPE=work:;;東京都港区芝9-9\, 3階;;;105-0014;日本",
    ):  # fmt: skip
        assert line in card


def test_a_card_is_read_back_by_the_import() -> None:
    (draft,) = read_vcards(
        to_vcard(detail(told("company", "Acme; Sons, Ltd"), told("phone", "+81355500101", "fax"), name="Jane Roe"))
    )
    assert (draft.name, draft.addresses, draft.problem) == ("Jane Roe", ("s@kita.example",), None)
    assert [(v.name, v.value, v.type) for v in draft.values if v.name in ("company", "phone")] == [
        ("company", "Acme; Sons, Ltd", None), ("phone", "+81355500101", "fax"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["full_name", "name_kana", "company", "department", "phone", "social", "address"])
def test_no_value_can_add_a_line(name: str) -> None:
    hostile = 'x"\r\nTEL:+1\nEND:VCARD\r\nBEGIN:VCARD'
    card = to_vcard(detail(told("family_name", "岡本"), told(name, hostile)))
    assert len(list(vobject.readComponents(card.decode()))) == 1
    assert not [line for line in lines(card) if line.startswith("TEL:+1")]


def test_only_people_have_one() -> None:
    with pytest.raises(Conflict):
        to_vcard(detail(kind="account"))


def test_a_reader_gets_the_contact_and_not_what_is_closed(
    rep: TestClient, stranger: TestClient, filled: Any, sign_in: Any
) -> None:
    answer = rep.get(f"/api/v1/records/{filled.records['okafor']}/vcard")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/vcard; charset=utf-8")
    assert "EMAIL;PREF=1:daniel.okafor@harbourpine.example" in lines(answer.content)
    assert rep.get(f"/api/v1/records/{filled.records['harbour']}/vcard").status_code == 409
    assert rep.get("/api/v1/records/nobody/vcard").status_code == 404
    assert stranger.get(f"/api/v1/records/{filled.records['okafor']}/vcard").status_code == 401


def test_the_command_writes_what_its_user_sees(filled: Any, app: Any) -> None:
    settings = app.state.settings
    env = {**os.environ, "MAIL_INSIGHT_HOME": str(settings.home), "MAIL_INSIGHT_DATABASE_URL": settings.url}
    program = str(Path(sys.executable).parent / "mail-insight")

    def ask(user: str) -> subprocess.CompletedProcess[str]:
        command = [program, "records", "vcard", filled.records["okafor"], "--user", user]
        return subprocess.run(command, env=env, capture_output=True, text=True)

    seen = ask(filled.users["rep"].address)
    assert (seen.returncode, seen.stdout.splitlines()[0]) == (0, "BEGIN:VCARD")
    assert ask("nobody@nowhere.example").returncode == 2
