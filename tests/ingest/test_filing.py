"""One mail arriving: links, and suggestions that know what the CRM and the thread's earlier mails say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from pipeline.document import document
from pipeline.ingest.filing import Filing, file_mail
from pipeline.records import (
    Activity,
    Address,
    Contact,
    ContactField,
    Dossier,
    Evidence,
    Message,
    RawMail,
    Slot,
)
from pipeline.store.crm.activities import list_activities
from pipeline.store.crm.links import records_of_mail
from pipeline.store.crm.record_writing import FieldValue, NewRecord, Source, create_record
from pipeline.store.engine import sessions
from pipeline.store.mail.mails import list_mails
from pipeline.store.organisation import people
from pipeline.store.organisation.people import User
from pipeline.store.review import decisions, suggestions
from pipeline.store.sync import mailboxes

NOW = datetime(2026, 3, 20, 9, 0, tzinfo=UTC)
START = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


@dataclass
class Office:
    """Two reps, each with a mailbox."""

    session: Session
    aya: User
    ben: User
    aya_box: Filing
    ben_box: Filing
    count: int = 0

    def record(self, kind, name, *addresses, account=None, contacts=(), opened=None, **values):
        source = Source(self.aya.organisation_id, NOW, "import")
        new = NewRecord(
            kind, name, [FieldValue(k, v) for k, v in values.items()], addresses, account, contacts, opened_at=opened
        )
        return create_record(self.session, source, new).id

    def arrive(self, *found, box=None, sender="mori@kita.example", thread="t1", contact=None, day=None):
        """File one mail with these activities."""
        self.count += 1
        date = START + timedelta(days=self.count if day is None else day)
        message = Message(
            message_id=f"<{self.count}@kita.example>", date=date, subject=f"{self.count}",
            from_=Address(None, sender), to=(Address(None, "aya@ours.example"),), cc=(), reply_to=(), in_reply_to=(),
            references=(), headers={}, text=f"mail {self.count}\n", html=None, attachments=(), calendars=(),
            charset_steps=(), defects=(),
        )  # fmt: skip
        fields = tuple(ContactField(k, v, 0.9, None, None, "test") for k, v in (contact or {}).items())
        dossier = Dossier(
            RawMail("x.eml", f"Subject: {self.count}\n\nmail {self.count}\n".encode()), message=message,
            thread_id=thread, direction="in", activities=found, contacts=(Contact("sender", fields),) if fields else (),
        )  # fmt: skip
        assert file_mail(self.session, box or self.aya_box, dossier, document(dossier, {}), NOW)

    def queue(self, reader=None):
        return [view.suggestion for view in suggestions.list_queue(self.session, reader or self.aya, NOW).items]

    def accept(self, suggestion):
        return decisions.accept(self.session, self.aya, suggestion.id, NOW)


@pytest.fixture
def office(engine):
    with sessions(engine)() as session:
        organisation_id = people.create_organisation(session, "Ours", NOW)
        users = [people.create_user(session, organisation_id, f"{n}@ours.example", n, NOW) for n in ("aya", "ben")]
        boxes = [mailboxes.create_mailbox(session, organisation_id, u.name, [u.address], NOW) for u in users]
        for user, box in zip(users, boxes, strict=True):
            mailboxes.assign_mailbox(session, box.id, user.id)
        yield Office(session, *users, *(Filing(box) for box in boxes))


def meeting(status, day, **more):
    slots = (Slot(START + timedelta(days=day), None, False, False),) if day else ()
    return Activity("meeting", status, "工場見学", 0.9, (Evidence(0, 4, "mail"),), slots, **more)


def test_a_meeting_of_a_thread_is_one_suggestion_and_one_activity(office):
    for step in (meeting("proposed", 20), meeting("proposed", 21), meeting("confirmed", 21, location="大阪")):
        office.arrive(step)
        (found,) = office.queue()
        assert (found.kind, found.activity.status) == ("create_meeting", step.status)
    office.accept(found)
    assert office.queue() == []
    office.arrive(meeting("moved", 25))
    (moved,) = office.queue()
    assert (moved.kind, moved.fields[0].name) == ("change_meeting", "start")
    office.accept(moved)
    (activity,) = list_activities(office.session, office.aya)
    assert (activity.status, activity.location) == ("moved", "大阪")
    assert activity.slots == meeting("moved", 25).slots
    office.arrive(meeting("cancelled", 0))
    (cancelled,) = office.queue()
    office.accept(cancelled)
    (activity,) = list_activities(office.session, office.aya)
    assert activity.status == "cancelled"


def test_another_thread_is_another_meeting(office):
    office.arrive(meeting("proposed", 20))
    office.arrive(meeting("proposed", 21), thread="t2")
    assert [s.kind for s in office.queue()] == ["create_meeting"] * 2


def test_what_a_colleague_cannot_read_does_not_reach_them(office):
    contact = {"full_name": "森 由美", "company": "株式会社キタ", "phone": "+81300000000"}
    office.arrive(meeting("proposed", 20, location="秘密の場所"), contact=contact)
    less = {"full_name": "森 由美", "company": "株式会社キタ", "job_title": "係長"}
    office.arrive(meeting("confirmed", 20), contact=less, box=office.ben_box)
    for found in office.queue(office.ben):
        assert "秘密" not in str(found)
        assert "+81300000000" not in str(found)
    assert {s.kind for s in office.queue(office.ben)} == {"create_meeting", "create_contact"}
    assert {s.kind for s in office.queue(office.aya)} == {"create_meeting", "create_contact"}


def test_a_person_is_found_in_another_script_through_the_firms_account(office):
    account = office.record("account", "株式会社キタ")
    taro = office.record("contact", "山田太郎", "ty@kita.example", account=account)
    office.arrive(
        sender="yamada@kita.example", contact={"full_name": "Taro Yamada", "company": "㈱キタ", "job_title": "課長"}
    )
    (found,) = office.queue()
    assert (found.kind, found.record_id) == ("update_contact", taro)
    assert {(f.name, f.value) for f in found.fields} == {("email", "yamada@kita.example"), ("job_title", "課長")}


def test_what_a_second_mail_adds_joins_the_first(office):
    office.arrive(contact={"full_name": "森 由美", "company": "株式会社キタ", "phone": "+81300000000"})
    office.arrive(contact={"full_name": "森由美", "company": "㈱キタ", "job_title": "係長"}, thread="t2")
    (found,) = office.queue()
    assert {f.name for f in found.fields} == {"full_name", "company", "phone", "job_title", "email"}
    office.accept(found)
    office.arrive(contact={"full_name": "森由美", "company": "㈱キタ", "job_title": "係長"}, thread="t3")
    assert office.queue() == []


def test_links_to_people_accounts_and_the_deal_of_that_time(office):
    account = office.record("account", "株式会社キタ")
    mori = office.record("contact", "森 由美", "mori@kita.example", account=account)
    deal = office.record("deal", "新工場", contacts=[mori], opened=START + timedelta(days=5))
    office.arrive(day=1)
    office.arrive(day=9)
    newest, oldest = (mail.id for mail in list_mails(office.session, office.aya).items)
    assert {r.id for r in records_of_mail(office.session, office.aya, oldest)} == {account, mori}
    assert {r.id for r in records_of_mail(office.session, office.aya, newest)} == {account, mori, deal}


def test_several_deals_are_asked_about_live_mail_only(office):
    mori = office.record("contact", "森 由美", "mori@kita.example")
    for name in ("新工場", "保守契約"):
        office.record("deal", name, contacts=[mori], opened=START)
    office.arrive()
    assert office.queue() == []
    office.arrive(box=replace(office.aya_box, live=True))
    (found,) = office.queue()
    assert found.kind == "link_deal"
    office.accept(found)
    newest = list_mails(office.session, office.aya).items[0].id
    assert found.record_id in {r.id for r in records_of_mail(office.session, office.aya, newest)}


def test_what_was_rejected_is_not_asked_again(office):
    contact = {"full_name": "森 由美", "company": "株式会社キタ"}
    office.arrive(contact=contact)
    (found,) = office.queue()
    decisions.reject(office.session, office.aya, found.id, NOW)
    office.arrive(contact={**contact, "job_title": "係長"}, thread="t2")
    assert office.queue() == []
