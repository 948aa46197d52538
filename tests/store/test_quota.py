"""Storage use in the database: exact to the byte under concurrent writers, enforced, told once, caught up."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from pipeline.core.quota import GB, MB, Terms
from pipeline.records import Attachment
from pipeline.store.mail import quota
from pipeline.store.mail.mails import get_mail
from pipeline.store.organisation.notices import list_notices, mark_read
from pipeline.store.sync import mailboxes
from pipeline.store.tables import QuotaEntryRow, QuotaTotalRow

SCRIPT = Path(__file__).with_name("quota_process.py")


def _script():
    spec = importlib.util.spec_from_file_location("quota_process", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def used(session, scope):
    session.expire_all()
    return quota.used_bytes(session, scope)


@pytest.fixture
def small(session, office, now, monkeypatch):
    """Terms whose limit is so many bytes, enforced."""

    def limit(size_bytes, mode="enforce"):
        monkeypatch.setattr(Terms, "limit_bytes", property(lambda terms: size_bytes))
        quota.set_terms(session, office.organisation_id, Terms(1, 0, mode), now)
        session.commit()

    return limit


def text(n_bytes):
    return "x" * n_bytes


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("room_mails", [None, 10])
def test_writers_in_several_processes_count_exactly(database_url, session, office, now, room_mails):
    script = _script()
    boxes = [office.aya_box.id, office.ben_box.id]
    sizes = [len(script.body(n)) for n in range(script.MAILS)]
    room = sum(sizes[:room_mails])
    elsewhere = quota.Content("0" * 64, 5 * GB - room)  # of a mailbox that was removed
    quota.charge(session, office.organisation_id, "elsewhere", elsewhere, now)
    quota.set_terms(session, office.organisation_id, Terms(1, 0, "enforce"), now)
    session.commit()
    runs = [
        subprocess.Popen([sys.executable, str(SCRIPT), database_url, box, str(n)])
        for n, box in enumerate([*boxes, boxes[0]])
    ]
    assert [run.wait(120) for run in runs] == [0] * 3
    sums = select(QuotaEntryRow.scope, func.sum(QuotaEntryRow.size_bytes)).group_by(QuotaEntryRow.scope)
    entries = {scope: int(total) for scope, total in session.execute(sums)}
    for scope in (office.organisation_id, *boxes):
        assert used(session, scope) == entries[scope]
    waits = quota.waiting(session, office.organisation_id).mails
    kept = session.scalar(select(func.count()).where(QuotaEntryRow.scope.in_(boxes)))
    assert kept + waits == 2 * script.MAILS
    if room_mails is None:
        assert entries[office.organisation_id] == 5 * GB
        assert entries[boxes[0]] == entries[boxes[1]] == sum(sizes)
    else:
        assert 5 * GB - max(sizes) < entries[office.organisation_id] <= 5 * GB
        assert waits > 0


def test_a_content_counts_once_in_the_organisation_and_once_in_each_mailbox(session, office, make):
    size = len(text(100))
    copies = ((office.aya_box, "mx1"), (office.ben_box, "mx2"), (office.aya_box, "mx1"))
    for box, received in copies:
        make.store(box, text=text(100) + "\n", received=received)
    make.store(office.aya_box, 2, text=text(100) + "\n")  # another mail with the same body
    for scope in (office.organisation_id, office.aya_box.id, office.ben_box.id):
        assert used(session, scope) == size
    assert quota.used_by_mailbox(session, office.organisation_id) == {office.aya_box.id: size, office.ben_box.id: size}
    mailboxes.assign_mailbox(session, office.ben_box.id, office.aya.id)
    assert quota.used_by_user(session, office.organisation_id) == {office.aya.id: size, office.ben.id: size}


def test_exactly_the_limit_is_kept_and_the_next_body_is_not(session, office, make, small):
    small(300)
    kept = [make.store(office.aya_box, n, text=text(150 + n) + "\n").mail_id for n in (1, -1)]
    assert used(session, office.organisation_id) == 300
    mail_id = make.store(office.aya_box, 3, text="y\n").mail_id
    assert used(session, office.organisation_id) == 300
    mail = get_mail(session, office.aya, mail_id)
    assert (mail.document["text"], mail.document["segments"]) == (None, [])
    assert mail.document["intents"]
    assert mail.summary.subject == "Offer 3"
    assert mail.raw.endswith(b"\r\n\r\n")
    assert b"Message-ID: <3@mail.example>" in mail.raw
    assert all(get_mail(session, office.aya, one).document["text"] for one in kept)
    assert quota.waiting(session, office.organisation_id) == quota.Waiting(1, 1)


def test_what_waited_is_caught_up_when_there_is_room(session, office, make, small, now):
    small(100)
    first, second = (make.store(office.aya_box, n, text=text(80) + f"{n}\n").mail_id for n in (1, 2))
    assert quota.due_for_catch_up(session, office.aya_box.id) == ()
    make.store(office.aya_box, 2, text=text(80) + "2\n")
    assert get_mail(session, office.aya, second).document["text"] is None
    small(200)
    assert quota.due_for_catch_up(session, office.aya_box.id) == (second,)
    make.store(office.aya_box, 2, text=text(80) + "2\n")
    mail = get_mail(session, office.aya, second)
    assert mail.document["text"] == text(80) + "2\n"
    assert mail.raw.endswith(b"2\n")
    assert (used(session, office.organisation_id), used(session, office.aya_box.id)) == (162, 162)
    assert quota.waiting(session, office.organisation_id) == quota.Waiting(0, 0)
    assert first != second


def test_a_copy_in_another_mailbox_brings_the_text_to_the_mail_that_waits(session, office, make, small):
    small(10)
    mail_id = make.store(office.aya_box, text=text(80) + "\n").mail_id
    small(100)
    make.store(office.ben_box, text=text(80) + "\n")
    assert get_mail(session, office.ben, mail_id).document["text"]
    assert used(session, office.aya_box.id) == 0
    make.store(office.aya_box, text=text(80) + "\n")
    assert (used(session, office.aya_box.id), used(session, office.organisation_id)) == (80, 80)


@pytest.mark.parametrize(("mode", "told"), [("observe", []), ("warn", [80, 90, 100]), ("enforce", [80, 90])])
def test_each_threshold_is_told_to_administrators_once(session, office, make, small, mode, told):
    small(100, mode)
    for n in range(1, 13):
        make.store(office.aya_box, n, text=text(8) + chr(64 + n) + "\n")
    notices = list_notices(session, office.admin)
    assert sorted(notice.detail["threshold"] for notice in notices) == told
    assert list_notices(session, office.aya) == ()


def test_a_threshold_is_told_again_after_use_had_fallen_below_it(session, office, make, small, now):
    small(100, "warn")
    make.store(office.aya_box, text=text(85) + "\n")
    (content_hash,) = session.scalars(select(QuotaEntryRow.content_hash).distinct()).all()
    quota.release(session, office.organisation_id, office.aya_box.id, content_hash, now)
    assert [used(session, scope) for scope in (office.organisation_id, office.aya_box.id)] == [0, 0]
    make.store(office.aya_box, 2, text=text(84) + "2\n")
    notices = list_notices(session, office.admin)
    assert [notice.detail["threshold"] for notice in notices] == [80, 80]
    mark_read(session, office.admin, notices[0].id, now)
    assert len(list_notices(session, office.admin, unread=True)) == 1


def test_a_lower_limit_tells_at_once(session, office, make, small):
    make.store(office.aya_box, text=text(85) + "\n")
    small(90, "warn")
    assert sorted(notice.detail["threshold"] for notice in list_notices(session, office.admin)) == [80, 90]


def test_history_forecast_and_what_large_attachments_take(session, office, make, now):
    for day in range(10):
        attachment = Attachment("plan.pdf", "application/pdf", 2 * MB if day == 9 else 10)
        at = now - timedelta(days=9 - day)
        make.store(office.aya_box, day, at, text=text(1000 + day) + "\n", attachments=(attachment,))
    days = quota.history(session, [office.organisation_id, office.ben_box.id], now.date() - timedelta(days=30))
    assert [value for _, value in days[office.organisation_id]] == [sum(range(1000, 1001 + n)) for n in range(10)]
    assert days[office.ben_box.id] == ()
    assert quota.outlook(session, office.organisation_id, now, Terms(1)).full_on is None  # beyond ten years
    assert quota.large_attachments_bytes(session, office.organisation_id, 1) > 2 * MB * 4 // 3
    assert quota.large_attachments_bytes(session, office.organisation_id, 2) == 0
    assert quota.outlook(session, office.organisation_id, now, Terms(1)).limit_bytes == 5 * GB


def test_what_users_hold_is_noted_once_a_day(session, office, make, now):
    make.store(office.aya_box, text=text(100) + "\n")
    size = quota.used_by_user(session, office.organisation_id)[office.aya.id]
    quota.note_users(session, office.organisation_id, now)
    make.store(office.aya_box, 2, text=text(200) + "\n")
    quota.note_users(session, office.organisation_id, now)  # a repeat on the same day changes nothing
    yesterday = now.date() - timedelta(days=1)
    assert quota.history(session, [office.aya.id], yesterday)[office.aya.id] == ((yesterday, size),)
    quota.note_users(session, office.organisation_id, now + timedelta(days=1))
    noted = quota.history(session, [office.aya.id], yesterday)[office.aya.id]
    assert [day for day, _ in noted] == [yesterday, now.date()]


def test_totals_hold_more_than_two_gigabytes(session, office, now):
    content = quota.Content("f" * 64, 3 * GB)
    assert quota.charge(session, office.organisation_id, office.aya_box.id, content, now)
    session.expire_all()
    assert session.get(QuotaTotalRow, office.organisation_id).used_bytes == 3 * GB
