"""Importing records: new ones are made, known ones completed, what a person typed stays, nothing is guessed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from pipeline.store.crm import deals
from pipeline.store.crm.record_import import RecordDraft, import_records
from pipeline.store.crm.record_writing import FieldValue, set_field
from pipeline.store.crm.records import list_records, load_records
from pipeline.store.mail.mails import list_mails
from pipeline.store.mail.narrowing import MailFilter
from pipeline.store.tables import Base


def draft(name="Rosa Lindgren", kind="contact", **known):
    fields = {"full_name": name} if kind == "contact" else {}
    fields |= known.pop("fields", {})
    return RecordDraft(kind, name, [FieldValue(*pair) for pair in fields.items()], place="line 2", **known)


@pytest.fixture
def take(session, office, now):
    def run(*drafts, dry=False, later=timedelta(0), source="file"):
        return import_records(session, office.organisation_id, source, drafts, now + later, dry=dry)

    return run


def rows_of(session):
    return {
        table.name: session.scalar(select(func.count()).select_from(table)) for table in Base.metadata.sorted_tables
    }


def test_a_new_person_is_created_with_their_past_mail(session, office, make, take):
    mail = make.store(office.aya_box).mail_id
    report = take(draft(addresses=["Rosa@Lindgren.example"], fields={"job_title": "Buyer"}))
    assert report.counts == {"created": 1}
    (record,) = list_records(session, office.aya).items
    assert (record.addresses, record.fields["job_title"]) == (("rosa@lindgren.example",), "Buyer")
    linked = list_mails(session, office.aya, narrow=MailFilter(record_id=record.id)).items
    assert [found.id for found in linked] == [mail]


def test_a_dry_run_tells_the_same_and_changes_nothing(session, office, make, take):
    make.record(addresses=["rosa@lindgren.example"])
    session.commit()
    drafts = (
        draft(addresses=["rosa@lindgren.example"], fields={"job_title": "Buyer"}),
        draft("Bo", addresses=["bo@lindgren.example"]),
        draft("Bo", addresses=["bo@lindgren.example"]),
        draft("", addresses=["not an address"]),
    )
    before = rows_of(session)
    dry = take(*drafts, dry=True)
    assert dry.counts == {"updated": 1, "created": 1, "unchanged": 1, "invalid": 1}
    assert rows_of(session) == before
    assert take(*drafts).counts == dry.counts
    assert list_records(session, office.aya, text="bo@").items[0].name == "Bo"


def test_what_a_person_typed_stays_and_what_an_import_brought_follows(session, office, take, now):
    take(draft(addresses=["rosa@lindgren.example"], fields={"job_title": "Buyer", "department": "East"}))
    (record,) = list_records(session, office.aya).items
    set_field(session, office.aya, record.id, FieldValue("job_title", "Director"), now)
    changed = draft(
        addresses=["rosa@lindgren.example", "r@home.example"], fields={"job_title": "Clerk", "department": "West"}
    )
    assert take(changed).counts == {"updated": 1}
    (record,) = load_records(session, [record.id])
    assert (record.fields["job_title"], record.fields["department"]) == ("Director", "West")
    assert record.addresses == ("rosa@lindgren.example", "r@home.example")
    assert take(changed).counts == {"unchanged": 1}


def test_who_could_be_several_or_only_shares_a_name_is_told_not_guessed(session, make, take):
    twins = [make.record("Rosa", addresses=["office@lindgren.example"]).id for _ in range(2)]
    both = take(draft(addresses=["office@lindgren.example"]))
    assert (both.counts, set(both.listed[0].record_ids)) == ({"duplicate": 1}, set(twins))
    named = take(draft("Rosa"))
    assert (named.counts, named.listed[0].place) == ({"duplicate": 1}, "line 2")
    assert take(draft("Somebody New")).counts == {"created": 1}


@pytest.mark.parametrize(
    "known",
    [
        {"name": " "},
        {"addresses": ["nowhere"]},
        {"problem": "broken"},
        {"removed": True},
        {"kind": "deal", "won": True},
    ],
)
def test_rows_that_cannot_be_used_are_listed_with_the_reason(take, known):
    report = take(draft(**known))
    assert report.counts == {"invalid": 1}
    assert report.listed[0].reason


def test_ids_of_the_source_tie_accounts_contacts_and_deals_together(session, office, take, now):
    day = timedelta(days=1)
    first = (
        draft("Lindgren AB", "account", external_id="A-1"),
        draft(external_id="C-1", addresses=["rosa@lindgren.example"], account="A-1"),
        draft("Plan", "deal", external_id="D-1", account="A-1", contacts={"C-1": "buyer"}, opened_at=now - day),
    )
    assert take(*first, source="crm").counts == {"created": 3}
    assert take(*first, source="crm").counts == {"unchanged": 3}
    by_kind = {record.kind: record for record in list_records(session, office.aya).items}
    assert by_kind["contact"].account_id == by_kind["deal"].account_id == by_kind["account"].id
    assert deals.deals_of(session, by_kind["contact"].id, now) == (by_kind["deal"].id,)
    moved = draft(external_id="C-1", addresses=["rosa@new.example"])
    assert take(moved, source="crm").counts == {"updated": 1}
    closed = draft("Plan", "deal", external_id="D-1", account="A-1", open=False, won=True, closed_at=now + day)
    assert take(closed, source="crm").counts == {"updated": 1}
    assert deals.deals_of(session, by_kind["contact"].id, now + 2 * day) == ()
    gone = draft("", external_id="C-1", removed=True)
    assert take(gone, source="crm").counts == {"removed": 1}
    assert take(gone, source="crm").counts == {"unchanged": 1}
    assert {record.kind for record in list_records(session, office.aya).items} == {"account", "deal"}


def test_ids_of_two_sources_do_not_mix(session, office, take):
    for source in ("crm", "other"):
        take(draft("Lindgren AB " + source, "account", external_id="A-1"), source=source)
    assert len(list_records(session, office.aya).items) == 2
