"""Custom intents: made by administrators, tried on visible mail, put on new mail, and gone when removed."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from sqlalchemy import select, update

from pipeline import errors
from pipeline.classify.custom import CustomIntent, to_json
from pipeline.document import document
from pipeline.ingest.filing import Filing, file_mail
from pipeline.records import Segment, Sentence
from pipeline.store.mail.mails import get_mail, list_mails
from pipeline.store.mail.narrowing import MailFilter
from pipeline.store.rules import custom_intents
from pipeline.store.rules.workflow import facts_of
from pipeline.store.tables import CustomIntentRow, MailIntentRow

INTENTS = tomllib.loads((Path(__file__).parents[1] / "bench" / "custom_intents.toml").read_text(encoding="utf-8"))
EXAMPLES = {one["name"]: one["ja"] for one in INTENTS["intent"]}["cancel"]
MEANT = "来月末で契約を解約いたします。"


@pytest.fixture
def intent(session, office, now):
    """A cancellation."""
    return custom_intents.save_intent(session, office.organisation_id, " 解 約 ", EXAMPLES, [], now, office.admin.id)


@pytest.fixture
def arrive(session, office, now, make):
    """Lets a mail with this text arrive in Aya's mailbox, as the pipeline would bring it."""

    def bring(n: int, text: str):
        parts = (Sentence(0, len(text), text, "ja"),), (Segment("body", 0, len(text), "ja"),)
        message = make.message(n, text=text)
        whole = make.dossier(message, language="ja", sentences=parts[0], segments=parts[1], intents=(), gist=())
        file_mail(session, Filing(office.aya_box, live=True), whole, document(whole, {"pipeline": "1"}), now)

    return bring


def test_new_mail_is_labelled_with_the_sentence_that_shows_it(session, office, intent, arrive, now):
    arrive(1, MEANT)
    arrive(2, "お昼をご一緒いただき、ありがとうございました。")
    found = list_mails(session, office.aya, narrow=MailFilter(intent="custom:解 約")).items
    (mail,) = found
    assert mail.intents == ("custom:解 約",)
    (told,) = get_mail(session, office.aya, mail.id).document["intents"]
    assert (told["label"], [piece["text"] for piece in told["evidence"]]) == ("custom:解 約", [MEANT])
    assert list(facts_of(session, mail.id).intents) == ["custom:解 約"]
    custom_intents.delete_intent(session, office.organisation_id, intent.id, now, office.admin.id)
    assert session.scalars(select(MailIntentRow)).all() == []
    assert custom_intents.labels(session, office.organisation_id) == ()


def test_it_is_tried_on_mail_that_the_reader_may_see(session, office, arrive, now):
    arrive(1, MEANT)
    arrive(2, "お昼をご一緒いただき、ありがとうございました。")
    wanted = CustomIntent("", custom_intents.fit(EXAMPLES))
    trial = custom_intents.try_intent(session, office.aya, wanted, now)
    assert (trial.looked_at, trial.more, [hit.evidence[0].text for hit in trial.hits]) == (2, False, [MEANT])
    assert custom_intents.try_intent(session, office.ben, wanted, now).looked_at == 0
    assert session.scalars(select(MailIntentRow)).all() == []


def test_other_examples_take_the_place_of_the_former_ones(session, office, intent, now):
    again = custom_intents.save_intent(session, office.organisation_id, "解 約", EXAMPLES[:6], [], now)
    assert (again.id, len(again.examples)) == (intent.id, 6)
    assert [one.name for one in custom_intents.list_intents(session, office.organisation_id)] == ["解 約"]


def test_an_intent_fitted_on_other_vectors_is_fitted_anew(session, office, intent, arrive):
    old = {"ja": to_json(intent.fitted)["ja"] | {"version": "older", "threshold": 1e9}}
    session.execute(update(CustomIntentRow).values(fitted=old))
    arrive(1, MEANT)
    assert session.scalars(select(MailIntentRow.label)).all() == ["custom:解 約"]
    assert custom_intents.list_intents(session, office.organisation_id)[0].fitted == intent.fitted


@pytest.mark.parametrize(
    ("name", "examples"),
    [("x", EXAMPLES[:4]), ("", EXAMPLES), ("x" * 41, EXAMPLES), ("x", [*EXAMPLES, "長" * 501]), ("x", EXAMPLES * 2)],
)
def test_what_cannot_be_used_is_refused(session, office, now, name, examples):
    wanted = [f"{text}{place}" for place, text in enumerate(examples)] if len(examples) > 20 else examples
    with pytest.raises(errors.UsageError):
        custom_intents.save_intent(session, office.organisation_id, name, wanted, [], now)
