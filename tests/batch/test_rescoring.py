"""Reading stored mail again: what changes is told, decided suggestions stay, stale ones go."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from pipeline.batch.comparing import Change, Comparison, changes
from pipeline.batch.report import comparison_page
from pipeline.batch.rescoring import Rescorer
from pipeline.ingest.filing import Filing, file_mail
from pipeline.records import RawMail
from pipeline.scoring import Scorer, versions
from pipeline.store.engine import sessions
from pipeline.store.mail.rescoring import read_otherwise
from pipeline.store.organisation import people
from pipeline.store.sync import mailboxes
from pipeline.store.tables import InsightRow, SuggestionRow
from tests.batch.conftest import mail

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)
OLD = {"pipeline": "0.0.1"}
SIGNED = "Could we meet on 17 March at 14:00?\n\n--\nAda North\nSales Manager\nNorth Ltd.\nTel. +44 20 7946 0123\n"


@pytest.fixture
def stored(engine):
    """Two mails in two mailboxes, stored as an older version would have."""
    factory = sessions(engine)
    with factory.begin() as session:
        organisation_id = people.create_organisation(session, "South", NOW)
        boxes = [
            mailboxes.create_mailbox(session, organisation_id, name, [name], NOW)
            for name in ("ben@south.example", "eve@south.example")
        ]
        for box in boxes:
            scorer = Scorer(box.addresses)
            for number, body in ((1, SIGNED), (2, "Thank you, all is well.\n")):
                dossier = scorer.dossiers([RawMail(f"{number}", mail(number, body))])[0]
                document = {**scorer.document(dossier), "intents": [], "versions": OLD}
                file_mail(session, Filing(box), dossier, document, NOW)
    return factory, organisation_id


def rescore(factory, organisation_id, *, apply):
    with factory.begin() as session:
        ids = read_otherwise(session, organisation_id, versions())
    return Rescorer(factory, 25_000_000, lambda: NOW).run(ids, apply=apply, notify=lambda _: None)


def suggestions(factory):
    with factory() as session:
        return {row.id: row.state for row in session.scalars(select(SuggestionRow))}


def test_without_apply_nothing_is_changed(stored):
    factory, organisation_id = stored
    before = suggestions(factory)
    found = rescore(factory, organisation_id, apply=False)
    assert found.mails == 2
    assert found.counts["en", Change("intent", "none", "request")] == 1
    assert suggestions(factory) == before
    with factory() as session:
        assert all(row.versions == OLD for row in session.scalars(select(InsightRow)))


def test_applied_it_is_in_place_and_done_once(stored):
    factory, organisation_id = stored
    rescore(factory, organisation_id, apply=True)
    with factory() as session:
        assert all(row.versions == versions() for row in session.scalars(select(InsightRow)))
    assert rescore(factory, organisation_id, apply=True).mails == 0


def test_what_people_decided_stays_and_what_nothing_proposes_goes(stored):
    factory, organisation_id = stored
    with factory.begin() as session:
        ids = sorted(suggestions(factory))
        assert len(ids) >= 2
        session.execute(update(SuggestionRow).where(SuggestionRow.id == ids[0]).values(state="rejected"))
        one = session.get(SuggestionRow, (organisation_id, ids[1]))
        stale = {c.name: getattr(one, c.name) for c in SuggestionRow.__table__.columns} | {"id": "stale", "topic": "x"}
        session.execute(SuggestionRow.__table__.insert().values(**stale))
    rescore(factory, organisation_id, apply=True)
    after = suggestions(factory)
    assert after.pop("stale") == "superseded"
    assert after == {suggestion: "rejected" if suggestion == ids[0] else "pending" for suggestion in ids}


@pytest.fixture(scope="module")
def document():
    scorer = Scorer()
    return scorer.document(scorer.dossiers([RawMail("a", mail(1, SIGNED))])[0])


def test_a_document_does_not_differ_from_itself(document):
    assert changes(document, document) == []


def test_an_intent_that_an_organisation_made_itself_is_no_change(document):
    own = {"label": "custom:解約", "score": 0.9, "evidence": []}
    assert changes({**document, "intents": [*document["intents"], own]}, document) == []


def test_each_kind_of_change_is_named(document):
    meeting = next(a for a in document["activities"] if a["kind"] == "meeting")
    moved = {**meeting, "slots": [{**meeting["slots"][0], "start": "2026-03-18T14:00:00+09:00"}]}
    sender = document["contacts"][0]
    fewer = {**sender, "fields": [f for f in sender["fields"] if f["name"] != "phone"]}
    cases = [
        ({"language": "ja"}, Change("language", "en", "ja")),
        ({"machine": "newsletter"}, Change("machine", "none", "newsletter")),
        ({"sentiment": None}, Change("sentiment", document["sentiment"]["label"], "none")),
        ({"activities": []}, Change("activity.meeting", "1", "0")),
        ({"activities": [moved]}, Change("activity.meeting", "time", "other time")),
        ({"activities": [{**meeting, "status": "cancelled"}]}, Change("activity.meeting", "proposed", "cancelled")),
        ({"contacts": [fewer]}, Change("contact.phone", "-1", "+0")),
    ]
    for values, change in cases:
        assert change in changes(document, {**document, **values})


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_page_quotes_no_mail(document, language):
    comparison = Comparison()
    comparison.add("abc", {**document, "contacts": [], "intents": []}, document)
    page = comparison_page(comparison.to_json(), language)
    assert "/mails/abc" in page
    assert "Ada" not in page
    assert "@" not in page.partition("</style>")[2]
