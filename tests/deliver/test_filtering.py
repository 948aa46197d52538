"""Filters on arrival: marks, trash, tasks, and forwards through the real queue; never twice, never round in circles."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from pipeline import errors
from pipeline.accounts.filters_words import read_filters
from pipeline.parse.message import parse
from pipeline.store.crm.activities import list_activities
from pipeline.store.rules import mail_filters
from pipeline.store.rules.mail_filters import Mark
from pipeline.store.tables import MailMarkRow, SuggestionRow

RULES = """{"filters": [
  {"name": "A", "criteria": [{"field": "subject", "operator": "contains", "value": "offer"}],
   "actions": [{"action": "label", "value": "Offers"}, {"action": "move", "value": "Sales"},
    {"action": "mark as read"}%s]},
  {"name": "B", "criteria": [{"field": "sender", "operator": "contains", "value": "somebody else"}],
   "actions": [{"action": "label", "value": "Never"}]},
  {"name": "C", "criteria": [{"field": "size", "operator": "is", "value": "3"}], "actions": [{"action": "trash"}]}
]}"""


def use(house: Any, *more: str) -> None:
    origin, found = read_filters(RULES % "".join(f", {each}" for each in more))
    house.run(lambda s: mail_filters.save_filters(s, house.box.id, origin, found, house.now, replace=False))


def marks(house: Any, mail_id: str) -> list[tuple[str, str]]:
    found = house.run(lambda s: mail_filters.marks_of(s, house.aya, mail_id))
    return [(each.kind, each.value) for each in found]


def test_marks_are_set_on_arrival_for_the_mailbox_alone(house):
    use(house)
    mail_id = house.receive()
    assert marks(house, mail_id) == [("label", "Offers"), ("move", "Sales"), ("read", "")]
    assert house.run(lambda s: mail_filters.marks_of(s, house.ben, mail_id)) == ()
    assert Mark("label", "Offers", 1) in house.run(lambda s: mail_filters.count_marks(s, house.box.id))


def test_filters_do_not_run_on_sent_mail(house):
    use(house)
    house.write(subject="Offer")
    house.postman().work()
    with house.factory() as session:
        assert session.scalars(select(MailMarkRow.kind)).all() == []


def test_mail_in_the_trash_suggests_nothing(house):
    house.receive()
    with house.factory() as session:
        before = len(session.scalars(select(SuggestionRow.id)).all())
    use(house, '{"action": "trash"}')
    other = house.receive(
        "Message-ID: <2@n.example>\nFrom: Nora North <nora@north.example>\nTo: aya@kita.example\nSubject: Offer 2\n\n"
        "Let us meet.\n\nNora North\nBuyer\nNorth Pumps Ltd\n"
    )
    assert ("trash", "") in marks(house, other)
    with house.factory() as session:
        assert len(session.scalars(select(SuggestionRow.id)).all()) == before


def test_a_task_is_added_and_can_be_undone_like_any_other(house):
    use(house, '{"action": "task", "value": "Answer the offer"}')
    mail_id = house.receive()
    with house.factory() as session:
        found = list_activities(session, house.aya)
        assert [(each.title, each.kind) for each in found] == [("Answer the offer", "task")]
    assert ("task_failed", "Answer the offer") not in marks(house, mail_id)


def test_a_mail_is_forwarded_once_with_the_original_in_it_and_not_again_when_it_comes_back(house):
    use(house, '{"action": "forward", "value": "desk@outside.example"}')
    mail_id = house.receive()
    house.postman().work()
    ((sender, recipients, content),) = house.post.taken
    message = parse(content)
    assert (sender, recipients, message.subject) == ("aya@kita.example", ["desk@outside.example"], "Fwd: Offer 12")
    assert "Could you send the drawing?" in message.text
    assert [each.name for each in message.attachments] == ["mail.eml"]
    assert ("forward", "desk@outside.example") in marks(house, mail_id)
    back = content.replace(b"From: ", b"X-Was: ").replace(b"Message-ID: <", b"Message-ID: <again-")
    again = house.receive("From: desk@outside.example\n" + back.decode().replace("\r\n", "\n"))
    assert ("forward_failed", "desk@outside.example") in marks(house, again)
    house.postman().work()
    assert len(house.post.taken) == 1


def test_what_cannot_be_done_is_marked_and_the_mail_is_kept(house):
    house.change(smtp=None)
    use(house, '{"action": "forward", "value": "desk@outside.example"}')
    mail_id = house.receive()
    assert ("forward_failed", "desk@outside.example") in marks(house, mail_id)
    assert ("label", "Offers") in marks(house, mail_id)


def test_the_same_filters_are_not_added_again_and_one_with_missing_conditions_stays_off(house):
    use(house)
    use(house)
    found = house.run(lambda s: mail_filters.list_filters(s, house.box.id))
    assert [(each.filter.name, each.filter.active) for each in found] == [("A", True), ("B", True), ("C", False)]
    with pytest.raises(errors.Conflict):
        house.run(lambda s: mail_filters.set_active(s, house.box.id, found[2].id, True))
