"""Backups: only what was shared, byte for byte, complete or none, and back again without doubling a mail."""

from __future__ import annotations

import json
import mailbox
import os
import shutil
import signal
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from pipeline import errors
from pipeline.accounts import backup as files
from pipeline.accounts.backup import check_backup, read_mails
from pipeline.ingest import backing_up
from pipeline.ingest.backing_up import make_backup, restore
from pipeline.store.access import sharing
from pipeline.store.access.standing import settings_of
from pipeline.store.crm.links import link_mail
from pipeline.store.crm.record_writing import NewRecord, Source, create_record
from pipeline.store.engine import migrate, open_engine, sessions
from pipeline.store.mail import backups
from pipeline.store.mail.mails import list_mails
from pipeline.store.organisation import people
from pipeline.store.rules.mail_filters import Mark, add_marks, marks_of
from pipeline.store.sync.folders import Place, list_folders, put_folder, save_places
from pipeline.store.tables import CopyRow, MailRow, PlaceRow, ShareRow

MAIL = "Message-ID: <b{n}@n.example>\nDate: Mon, 9 Mar 2026 10:{n:02}:00 +0100\nFrom: {who}\nTo: aya@kita.example\n"
NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
HARD = b"From the start\r\n>From quoted\n\nFrom a@b Thu Jan  1 00:00:00 1970\n>>From deep\r\rno end \xff\x00"


@pytest.fixture
def admin(house: Any) -> Any:
    organisation_id = house.aya.organisation_id
    return house.run(
        lambda s: people.create_user(s, organisation_id, "boss@kita.example", "Boss", house.now, profile="admin")
    )


def fill(house: Any, count: int = 5, who: str = "rosa@lindgren.example") -> list[str]:
    return [house.receive(MAIL.format(n=n, who=who) + f"Subject: Offer {n}\n\nBody {n}\n") for n in range(1, count + 1)]


def share(house: Any, mode: str) -> None:
    house.run(lambda s: sharing.choose_mode(s, house.aya, mode, house.now))


def back_up(house: Any, path: Path) -> Any:
    begun = house.run(lambda s: backups.begin(s, None, house.aya, path, house.now))
    return make_backup(house.factory, begun, house.aya, "Kita Trading", lambda: house.now)


def raws(factory: Any) -> list[bytes]:
    with factory() as session:
        ids = session.execute(select(CopyRow.mailbox_id, CopyRow.mail_id).order_by(CopyRow.sorted_at)).all()
        return sorted(mail.raw for box, mail_id in ids for mail in backups.saved_mails(session, box, [mail_id]))


def another(tmp_path: Path, name: str = "other") -> Any:
    engine: Engine = open_engine(f"sqlite:///{tmp_path / name}.sqlite3")
    migrate(engine)
    factory = sessions(engine)
    with factory.begin() as session:
        organisation_id = people.create_organisation(session, "Kita Trading", datetime.now(UTC))
    return factory, organisation_id


def bring_back(house: Any, factory: Any, organisation_id: str, folder: Path) -> Any:
    return restore(factory, organisation_id, folder, house.postman().reader, lambda: house.now)


def test_a_user_who_shares_nothing_is_not_backed_up(house, tmp_path):
    fill(house)
    with pytest.raises(errors.NotAllowed):
        back_up(house, tmp_path / "b")
    assert not (tmp_path / "b").exists()


def test_a_backup_goes_to_another_installation_and_back_and_doubles_nothing(house, tmp_path):
    ids = fill(house)
    share(house, "public")
    house.write(subject="Sent")
    house.postman().work()
    folder = house.run(lambda s: put_folder(s, house.box.id, "INBOX", "inbox", True))
    with house.factory.begin() as session:
        for n, mail_id in enumerate(ids):
            sha256 = session.scalar(select(CopyRow.raw_sha256).where(CopyRow.mail_id == mail_id))
            save_places(session, folder.id, [Place(str(n), "stored", None, sha256, frozenset({"\\Seen", f"$n{n}"}))])
        add_marks(session, house.box.id, ids[0], [Mark("label", "Offers")], house.now)
    house.run(lambda s: sharing.set_organisation(s, boss(s, house), replace(settings(s, house), crm_mail="read"), NOW))
    done = back_up(house, tmp_path / "b")
    assert (done.state, done.mails) == ("done", 6)
    assert house.run(lambda s: sharing.sharing_of(s, house.aya.id)).backed_up_at == house.now
    manifest = check_backup(tmp_path / "b")
    (saved,) = manifest["mailboxes"]
    assert (saved["mails"], saved["folders"]) == (6, [{"name": "INBOX", "role": "inbox"}])
    assert len(mailbox.mbox(tmp_path / "b" / saved["mbox"]["file"])) == 6
    assert {path.stat().st_mode & 0o077 for path in [tmp_path / "b", *(tmp_path / "b").iterdir()]} == {0}
    assert bring_back(house, house.factory, house.aya.organisation_id, tmp_path / "b").stored == 0
    factory, organisation_id = another(tmp_path)
    first = bring_back(house, factory, organisation_id, tmp_path / "b")
    again = bring_back(house, factory, organisation_id, tmp_path / "b")
    assert ((first.mails, first.stored), (again.mails, again.stored)) == ((6, 6), (6, 0))
    assert raws(factory) == raws(house.factory)
    with factory() as session:
        user = people.find_user(session, "aya@kita.example")
        assert (user.active, sharing.sharing_of(session, user.id).effective) == (False, "public")
        colleague = people.create_user(session, organisation_id, "new@kita.example", "New", NOW)
        assert len(list_mails(session, colleague).items) == 5  # sent mail is private here
        kept = session.scalars(select(PlaceRow.flags).order_by(PlaceRow.flags)).all()
        assert kept == [f"$n{n} \\Seen" for n in range(5)]
        (box,) = {row.mailbox_id for row in session.scalars(select(CopyRow))}
        assert [each.name for each in list_folders(session, box)] == ["INBOX"]
        marked = session.scalar(select(MailRow.id).where(MailRow.message_id == "<b1@n.example>"))
        assert marks_of(session, people.set_active(session, user.id, True), marked) == (Mark("label", "Offers"),)
        assert session.scalars(select(MailRow.sent_by).where(MailRow.sent_by.is_not(None))).all() == [user.id]


def boss(session: Session, house: Any) -> Any:
    organisation_id = house.aya.organisation_id
    return people.create_user(session, organisation_id, "boss@kita.example", "Boss", NOW, profile="admin")


def settings(session: Session, house: Any) -> Any:
    return settings_of(session, house.aya.organisation_id)


def test_private_sent_mail_and_excluded_domains_stay_out(house, admin, tmp_path):
    fill(house, 2)
    house.receive(MAIL.format(n=30, who="x@secret.example") + "Subject: S\n\nBody\n")
    share(house, "public")
    house.write(subject="Sent")
    house.postman().work()
    house.run(lambda s: sharing.exclude_domains(s, house.aya, ["secret.example"], house.now))
    assert back_up(house, tmp_path / "b").mails == 2
    text = b"".join(path.read_bytes() for path in (tmp_path / "b").iterdir())
    assert b"secret.example" not in text


def test_of_a_user_who_shares_by_record_only_the_mail_of_those_records_is_backed_up(house, tmp_path):
    ids = fill(house, 3)
    share(house, "custom")
    with house.factory.begin() as session:
        source = Source(house.aya.organisation_id, house.now, "user", house.aya.id, None)
        record_id = create_record(session, source, NewRecord("contact", "Rosa")).id
        link_mail(session, ids[1], record_id, "manual", house.now)
        session.add(ShareRow(user_id=house.aya.id, record_id=record_id, grantee="all", at=house.now))
    assert back_up(house, tmp_path / "b").mails == 1
    (saved,) = check_backup(tmp_path / "b")["mailboxes"]
    (mail,) = read_mails(tmp_path / "b", saved)
    assert b"Body 2" in mail.raw


@pytest.mark.parametrize("raw", [HARD, b"", b"From ", b"\n", b"a", b"x\r\n", b"\nFrom \n>From \n"])
def test_every_byte_of_a_mail_comes_back(tmp_path, raw):
    mails = [files.SavedMail(each, "s", None) for each in (raw, b"between\n", raw)]
    files.write_backup(tmp_path / "b", {}, [files.SavedMailbox("m", ("a@b.example",), None, mails)])
    (saved,) = check_backup(tmp_path / "b")["mailboxes"]
    assert [mail.raw for mail in read_mails(tmp_path / "b", saved)] == [raw, b"between\n", raw]


def test_a_half_written_or_changed_backup_is_no_backup(house, tmp_path):
    fill(house, 3)
    share(house, "public")
    back_up(house, tmp_path / "b")
    factory, organisation_id = another(tmp_path)
    (tmp_path / "b").rename(tmp_path / "whole")
    manifest = json.loads((tmp_path / "whole" / "manifest.json").read_text())

    def spoil(name: str, work: Any) -> None:
        target = tmp_path / name
        shutil.copytree(tmp_path / "whole", target)
        work(target)
        with pytest.raises(errors.SourceError):
            bring_back(house, factory, organisation_id, target)

    mbox = manifest["mailboxes"][0]["mbox"]["file"]
    spoil("no-manifest", lambda folder: (folder / "manifest.json").unlink())
    spoil("cut", lambda folder: os.truncate(folder / mbox, 40))
    spoil("changed", lambda folder: (folder / mbox).write_bytes((folder / mbox).read_bytes().replace(b"Body", b"Bodi")))
    spoil("gone", lambda folder: (folder / mbox).unlink())
    spoil("not-json", lambda folder: (folder / "manifest.json").write_text("{"))
    spoil("newer", lambda folder: (folder / "manifest.json").write_text(json.dumps({**manifest, "version": 2})))
    with factory() as session:
        assert session.scalars(select(MailRow.id)).all() == []
    assert check_backup(tmp_path / "whole")


def test_killed_while_writing_there_is_no_backup_and_the_next_one_is_whole(house, tmp_path):
    fill(house, 4)
    share(house, "public")
    begun = house.run(lambda s: backups.begin(s, None, house.aya, tmp_path / "b", house.now))
    kill_in(house, files, "_described", lambda factory: make_backup(factory, begun, house.aya, "K", lambda: house.now))
    assert not (tmp_path / "b").exists()
    with pytest.raises(errors.SourceError):
        check_backup(tmp_path / "b.partial")
    assert house.run(lambda s: sharing.sharing_of(s, house.aya.id)).backed_up_at is None
    assert back_up(house, tmp_path / "b").mails == 4
    states = [each.state for each in house.run(lambda s: backups.list_backups(s, house.aya.id))]
    assert sorted(states) == ["done", "failed"]


def test_killed_while_bringing_back_the_same_call_goes_on(house, tmp_path, monkeypatch):
    monkeypatch.setattr(backing_up, "_AT_ONCE", 2)
    fill(house, 6)
    share(house, "public")
    back_up(house, tmp_path / "b")
    factory, organisation_id = another(tmp_path)
    url = factory.kw["bind"].url
    second = lambda: sessions(open_engine(str(url)))  # noqa: E731

    def work(_: Any) -> None:
        restore(second(), organisation_id, tmp_path / "b", house.postman().reader, lambda: house.now, stop_at_4)

    def stop_at_4(mails: int) -> None:
        if mails == 4:
            backing_up.stop()  # type: ignore[attr-defined]

    kill_in(house, backing_up, "stop", work)
    assert len(raws(factory)) == 4
    done = bring_back(house, factory, organisation_id, tmp_path / "b")
    assert (done.mails, done.stored) == (6, 2)
    assert raws(factory) == raws(house.factory)


def kill_in(house: Any, module: Any, name: str, work: Any) -> None:
    """Let a copy of this process work until it calls a function, and kill it there."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:

            def stop(*_: Any, **__: Any) -> None:
                os.write(writing, b"here")
                time.sleep(3600)

            setattr(module, name, stop)
            work(sessions(open_engine(house.url)))
        finally:
            os._exit(1)
    assert os.read(reading, 4) == b"here"
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(reading)
    os.close(writing)
