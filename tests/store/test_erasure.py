"""A person is found, written out and erased everywhere; mailboxes keep mail as long as they are told."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from pipeline import errors
from pipeline.ingest.filing import Filing, file_mail
from pipeline.records import Address
from pipeline.store.crm.links import link_past_mail
from pipeline.store.crm.merging import merge
from pipeline.store.crm.record_writing import FieldValue, set_field
from pipeline.store.crm.records import list_records
from pipeline.store.mail import erasure, quota
from pipeline.store.mail.mails import list_mails
from pipeline.store.organisation import audit
from pipeline.store.review.decisions import accept, mute_person, reject
from pipeline.store.tables import Base, MailRow

DAY = timedelta(days=1)
ROSA = "rosa@lindgren.example"
TRACES = ("rosa", "lindgren", "offer 1", "offer 2")


@pytest.fixture
def life(session, office, make, now):
    """Rosa's mail to both mailboxes, her record with a second address, and all that people decided about her."""
    record = make.record(addresses=[ROSA, "r@home.example"], fields={"full_name": "Rosa Lindgren"})
    twin = make.record("Rosa L.", addresses=["rl@home.example"])
    merge(session, office.aya, record.id, [twin.id], now)
    deal = make.record("Plan", "deal", contact_ids=[record.id])
    mails = [
        make.store(office.aya_box, 1).mail_id,
        make.store(office.ben_box, 1).mail_id,
        make.store(
            office.aya_box, 2, from_=Address("B", "bo@other.example"), to=(Address(None, "r@home.example"),)
        ).mail_id,
    ]
    kept = make.store(
        office.aya_box, 3, from_=Address("B", "bo@other.example"), to=(Address(None, "aya@kita.example"),)
    ).mail_id
    link_past_mail(session, record.id, now)
    make.propose(mails[0], make.contact(1), make.meeting(1), make.update(1, record.id, job_title=(None, "Buyer")))
    accept(session, office.aya, "meeting-1", now)
    accept(session, office.aya, "update-1", now)
    make.propose(
        mails[0], make.update(2, record.id, department=(None, "Sales")), make.update(3, record.id, country=(None, "SE"))
    )
    reject(session, office.aya, "update-2", now)
    mute_person(session, office.aya, "update-3", now)
    set_field(session, office.aya, record.id, FieldValue("department", "East"), now)
    session.commit()
    return record, deal, mails, kept


def everything(session):
    """All rows of all tables as text, as far as they can be read."""
    session.expire_all()
    rows = []
    for table in Base.metadata.sorted_tables:
        columns = [column for column in table.columns if column.name not in ("compressed", "document")]
        rows += [f"{table.name} {json.dumps(list(map(str, row)))}" for row in session.execute(select(*columns))]
    return rows


def test_what_is_held_is_found_by_all_addresses_of_the_person(session, office, other_office, life):
    record, _, mails, _ = life
    for address in (ROSA, "R@home.example", "rl@home.example"):
        held = erasure.find_person(session, office.organisation_id, [address])
        assert held.addresses == ("r@home.example", "rl@home.example", ROSA)
        assert (held.record_ids, held.mail_ids) == ((record.id,), tuple(sorted(set(mails))))
        assert (len(held.suggestion_ids), len(held.activity_ids)) == (5, 1)
    assert erasure.find_person(session, other_office.organisation_id, [ROSA]).counts()["mail_ids"] == 0


def test_what_is_held_is_written_out(session, office, life):
    record, _, _, _ = life
    written = json.loads(json.dumps(erasure.export_person(session, office.organisation_id, [ROSA])))
    assert written["records"][0]["id"] == record.id
    assert [mail["text"] for mail in written["mails"] if "offer 1" in mail["text"]]
    assert len(written["suggestions"]) == 5


def test_an_erased_person_leaves_no_trace_and_others_stay(session, office, make, life, now):
    _, deal, _, kept = life
    erasure.erase_person(session, office.organisation_id, [ROSA], now, user_id=office.admin.id)
    session.commit()
    for row in everything(session):
        assert not any(trace in row.lower() for trace in (*TRACES, "home.example")), row
    assert [record.id for record in list_records(session, office.aya).items] == [deal.id]
    assert [mail.id for mail in list_mails(session, office.aya).items] == [kept]
    (entry,) = audit.list_actions(session, office.admin, narrow=audit.AuditFilter(action="person.erase"))
    assert (entry.user_id, entry.detail["record_ids"], entry.detail["mail"]) == (office.admin.id, 1, "delete")
    assert erasure.find_person(session, office.organisation_id, [ROSA]).counts()["mail_ids"] == 0
    left = quota.used_bytes(session, office.organisation_id)
    assert left == quota.used_bytes(session, office.aya_box.id) == len("Please send offer 3.")
    assert quota.used_bytes(session, office.ben_box.id) == 0


def test_mail_that_must_be_kept_stays(session, office, life, now):
    _, _, mails, kept = life
    erasure.erase_person(session, office.organisation_id, [ROSA], now, mail="keep")
    assert {mail.id for mail in list_mails(session, office.aya).items} == {*mails, kept}
    held = erasure.find_person(session, office.organisation_id, [ROSA]).counts()
    assert (held["record_ids"], held["suggestion_ids"], held["activity_ids"]) == (0, 0, 0)


def test_older_mail_of_an_erased_person_does_not_come_back_and_new_mail_does(session, office, make, life, now):
    erasure.erase_person(session, office.organisation_id, [ROSA], now)

    def file(n, **changes):
        dossier = make.dossier(make.message(n, **changes))
        from pipeline.document import document

        return file_mail(session, Filing(office.aya_box), dossier, document(dossier, {"pipeline": "1"}), now + DAY)

    assert not file(1)
    assert not file(5, from_=None, cc=(Address(None, "R@home.example"),))
    assert file(6, date=now + timedelta(hours=1))


def test_a_users_own_address_is_not_erased(session, office, now):
    with pytest.raises(errors.UsageError, match="address of a user"):
        erasure.erase_person(session, office.organisation_id, [office.aya.address], now)


def test_a_mailbox_keeps_mail_as_long_as_it_is_told(session, office, other_office, make, now):
    old, both = (make.store(office.aya_box, n, date=now - 40 * DAY).mail_id for n in (1, 2))
    make.store(office.ben_box, 2, date=now - 40 * DAY)
    young = make.store(office.aya_box, 3, date=now - 3 * DAY).mail_id
    make.propose(both, make.meeting(1))
    erasure.set_retention(session, office.organisation_id, office.aya_box.id, 30, now, office.admin.id)
    assert erasure.apply_retention(session, office.organisation_id, now) == 2
    assert erasure.apply_retention(session, office.organisation_id, now) == 0
    assert [mail.id for mail in list_mails(session, office.aya).items] == [young]
    assert [mail.id for mail in list_mails(session, office.ben).items] == [both]
    assert session.scalar(select(func.count()).where(MailRow.id == old)) == 0
    assert quota.used_bytes(session, office.aya_box.id) == len("Please send offer 3.")
    assert quota.used_bytes(session, office.organisation_id) == 2 * len("Please send offer 3.")
    actions = [entry.action for entry in audit.list_actions(session, office.admin)]
    assert actions == ["mailbox.expire", "mailbox.retention"]
    with pytest.raises(errors.NotFound):
        erasure.set_retention(session, other_office.organisation_id, office.aya_box.id, 1, now, None)
    erasure.set_retention(session, office.organisation_id, office.aya_box.id, None, now, None)
    assert erasure.get_retention(session, office.aya_box.id) is None


def test_mail_too_old_for_its_mailbox_is_not_taken_in(session, office, make, now):
    from pipeline.document import document

    erasure.set_retention(session, office.organisation_id, office.aya_box.id, 30, now, None)
    for n, age, taken in ((1, 31, False), (2, 29, True)):
        dossier = make.dossier(make.message(n, date=now - age * DAY))
        assert file_mail(session, Filing(office.aya_box), dossier, document(dossier, {"pipeline": "1"}), now) is taken


def test_who_could_not_see_a_suggestion_does_not_see_it_once_one_of_its_mails_is_gone(session, office, make, now):
    first = make.store(office.ben_box, 1, date=now - 40 * DAY, thread_id="t").mail_id
    second = make.store(office.aya_box, 2, thread_id="t").mail_id
    make.propose(first, make.meeting(1))
    make.propose(second, make.meeting(2, supersedes="meeting-1"))
    from pipeline.store.review.suggestions import get_suggestion

    with pytest.raises(errors.NotFound):
        get_suggestion(session, office.aya, "meeting-2", now)
    erasure.set_retention(session, office.organisation_id, office.ben_box.id, 30, now, None)
    erasure.apply_retention(session, office.organisation_id, now)
    with pytest.raises(errors.NotFound):
        get_suggestion(session, office.aya, "meeting-2", now)
