"""Rules in the store: once a mail, only on what the owner sees, every action, trial, history, deliveries."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlalchemy import select

from pipeline import errors
from pipeline.core.workflow import Action, Condition, Definition, Trigger
from pipeline.deliver.sending import send_due
from pipeline.deliver.signing import HEADER, TOLERANCE_S, house_key, is_genuine, secret_of
from pipeline.records import Address
from pipeline.store.crm.activities import list_activities
from pipeline.store.crm.links import link_past_mail
from pipeline.store.crm.records import load_records
from pipeline.store.engine import sessions
from pipeline.store.mail.outgoing import list_outgoing
from pipeline.store.organisation.notices import list_notices
from pipeline.store.organisation.people import set_active
from pipeline.store.rules import deliveries, workflow, workflow_rules
from pipeline.store.sync import mailboxes
from pipeline.store.sync.accounts import create_account
from pipeline.store.tables import DeliveryRow

HOUR = timedelta(hours=1)
KEY = b"k" * 32


@pytest.fixture
def save(session, office, now):
    def run(*actions, owner=None, trigger=None, conditions=(), at=now, name="R"):
        definition = Definition(trigger or Trigger("received"), actions or (Action("notify", {}),), conditions)
        return workflow_rules.save_rule(session, owner or office.aya, name, definition, True, at)

    return run


def arrive(session, office, mail_id, now):
    return workflow.on_arrival(session, office.organisation_id, mail_id, now)


def outcomes(session, owner, rule):
    return [[step["result"] for step in run.outcome] for run in workflow_rules.list_runs(session, owner, rule.id)]


def test_a_rule_runs_once_on_a_mail_its_owner_sees_and_on_no_other(session, office, make, save, now):
    mine, theirs = save(), save(owner=office.ben)
    mail = make.store(office.aya_box).mail_id
    assert [arrive(session, office, mail, now) for _ in range(2)] == [1, 0]
    assert outcomes(session, office.aya, mine) == [["notified"]]
    assert outcomes(session, office.ben, theirs) == []
    (notice,) = list_notices(session, office.aya)
    assert (notice.kind, notice.mail_id, notice.detail["rule"]) == ("workflow.notify", mail, "R")
    make.store(office.ben_box)  # a copy for Ben: now he may see it too
    assert arrive(session, office, mail, now) == 1
    assert outcomes(session, office.ben, theirs) == [["notified"]]


def test_inactive_rules_and_those_of_deactivated_people_do_not_run(session, office, make, save, now):
    off = save()
    workflow_rules.save_rule(session, office.aya, "R", off.definition, False, now, off.id)
    gone = save(owner=office.ben)
    set_active(session, office.ben.id, False)
    for box in (office.aya_box, office.ben_box):
        assert arrive(session, office, make.store(box).mail_id, now) == 0
    assert outcomes(session, office.ben, gone) == []


def test_who_is_notified_reads_only_of_mail_they_may_see(session, office, make, save, now):
    save(Action("notify", {"user_id": office.ben.id, "text": "look"}))
    arrive(session, office, make.store(office.aya_box).mail_id, now)
    assert list_notices(session, office.ben) == ()
    mailboxes.assign_mailbox(session, office.aya_box.id, office.ben.id)
    assert [notice.detail["text"] for notice in list_notices(session, office.ben)] == ["look"]


def test_tasks_and_fields(session, office, make, save, now):
    record = make.record(addresses=["rosa@lindgren.example"])
    mail = make.store(office.aya_box).mail_id
    link_past_mail(session, record.id, now)
    task = Action("task", {"title": "Answer Rosa", "due_days": "2"})
    field = Action("update_field", {"record_kind": "contact", "name": "status", "value": "hot"})
    wrong = Action("notify", {"user_id": "nobody"})
    rule = save(task, field, wrong, conditions=[Condition("record", "is", "contact", "kind")])
    assert arrive(session, office, mail, now) == 1
    assert outcomes(session, office.aya, rule) == [["created", "set on 1", "failed: NotFound"]]
    (activity,) = list_activities(session, office.aya)
    assert (activity.title, activity.due, activity.mail_id) == ("Answer Rosa", now.date() + timedelta(days=2), mail)
    assert list_activities(session, office.ben) == ()
    (record,) = load_records(session, [record.id])
    assert (record.fields["status"], record.edited_fields) == ("hot", frozenset())


def test_mail_that_stays_unanswered_runs_a_rule_after_its_hours_once(session, office, make, save, now):
    rule = save(trigger=Trigger("unreplied", 24), at=now - 10 * 24 * HOUR)
    waiting = make.store(office.aya_box, 1, date=now - 30 * HOUR, thread_id="a").mail_id
    make.store(office.aya_box, 2, date=now - 30 * HOUR, thread_id="b")
    make.store(office.aya_box, 3, date=now - 2 * HOUR, thread_id="b", direction="out")
    make.store(office.aya_box, 4, date=now - 3 * HOUR, thread_id="c")
    make.store(office.aya_box, 5, date=now - 90 * 24 * HOUR, thread_id="d")
    assert [workflow.run_timed(session, office.organisation_id, now) for _ in range(2)] == [1, 0]
    assert [run.mail_id for run in workflow_rules.list_runs(session, office.aya, rule.id)] == [waiting]


def test_a_mail_that_did_not_fit_is_looked_at_once_and_late_mail_is_found(session, office, make, save, now):
    fits = [Condition("subject", "starts_with", "urgent")]
    rule = save(trigger=Trigger("unreplied", 24), conditions=fits, at=now - 10 * 24 * HOUR)
    for n in range(1, 4):
        make.store(office.aya_box, n, date=now - 30 * HOUR, thread_id=f"t{n}")
    for hours in (0, 1):
        assert workflow.run_timed(session, office.organisation_id, now + hours * HOUR) == 0
    rule = workflow_rules.get_rule(session, office.aya, rule.id)
    later = now + 2 * HOUR
    assert rule.checked_until == now + HOUR
    assert workflow._due(session, rule, later) == []
    late = make.store(office.aya_box, 9, later, date=now - 40 * HOUR, thread_id="late", subject="Urgent").mail_id
    assert workflow._due(session, rule, later) == [late]
    assert workflow.run_timed(session, office.organisation_id, later) == 1


def test_sent_mail_that_is_answered_runs_nothing(session, office, make, save, now):
    save(trigger=Trigger("sent_unreplied", 1), at=now - 48 * HOUR)
    make.store(office.aya_box, 1, date=now - 5 * HOUR, thread_id="a", direction="out")
    make.store(office.aya_box, 2, date=now - 4 * HOUR, thread_id="a")
    make.store(office.aya_box, 3, date=now - 3 * HOUR, thread_id="b", direction="out")
    assert workflow.run_timed(session, office.organisation_id, now) == 1


def test_a_new_rule_leaves_the_past_alone_and_a_trial_tells_it(session, office, make, save, now):
    for n, age in enumerate((5, 30, 24 * 20, 24 * 40)):
        make.store(office.aya_box, n, date=now - age * HOUR, thread_id=f"t{n}", subject=f"Offer {n}")
    make.store(office.ben_box, 9, date=now - 30 * HOUR)
    timed = Definition(Trigger("unreplied", 24), (Action("notify", {}),))
    save(trigger=timed.trigger)
    assert workflow.run_timed(session, office.organisation_id, now) == 0
    trial = workflow.try_rule(session, office.aya, timed, now)
    assert (trial.looked_at, len(trial.mail_ids)) == (2, 2)
    named = Definition(Trigger("received"), timed.actions, [Condition("subject", "is", "offer 0")])
    assert workflow.try_rule(session, office.aya, named, now).looked_at == 3
    assert len(workflow.try_rule(session, office.aya, named, now).mail_ids) == 1
    assert workflow.try_rule(session, office.admin, timed, now).looked_at == 0
    assert list_notices(session, office.aya) == ()


def test_follow_ups_go_to_people_once_a_day_and_never_in_circles(session, office, make, save, now):
    rule = save(Action("follow_up", {"subject": "Re", "text": "Hello"}), trigger=Trigger("received"))
    make_one = lambda n, at=now, **known: arrive(session, office, make.store(office.aya_box, n, **known).mail_id, at)  # noqa: E731
    make_one(1)
    make_one(2)
    make_one(3, at=now + 25 * HOUR)
    make_one(4, at=now, from_=None)
    results = sorted(step for run in outcomes(session, office.aya, rule) for step in run)
    assert results == ["not sent: nobody to write to", "not sent: written to within a day", "on its way", "on its way"]
    (sent, *_) = deliveries.list_deliveries(session, office.organisation_id)
    deliveries.settle(session, sent.id, None, now, message_id="<77@mail.example>")
    other = save(trigger=Trigger("sent"), owner=office.aya, name="on sent")
    arrive(session, office, make.store(office.aya_box, 77, direction="out").mail_id, now)
    assert outcomes(session, office.aya, other) == []


def test_rules_belong_to_their_owner_and_webhooks_to_the_organisation(session, office, other_office, save, now):
    rule = save()
    for stranger in (office.ben, office.admin, other_office.aya):
        with pytest.raises(errors.NotFound):
            workflow_rules.get_rule(session, stranger, rule.id)
    theirs = workflow_rules.create_webhook(session, other_office.organisation_id, "x", "https://x.example/", now)
    with pytest.raises(errors.UsageError, match="no such webhook"):
        save(Action("webhook", {"webhook_id": theirs.id}))
    with pytest.raises(errors.NotFound):
        workflow_rules.delete_webhook(session, office.organisation_id, theirs.id)
    workflow_rules.delete_rule(session, office.aya, rule.id)
    assert workflow_rules.list_rules(session, office.aya) == ()


class Receiver:
    """A webhook's receiver on loopback; ``answers`` are given first, then 204. ``got`` is what came."""

    def __init__(self):
        self.answers, self.got = [], []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.got.append((dict(self.headers), body))
                self.send_response(receiver.answers.pop(0) if receiver.answers else 204)
                self.send_header("Location", "/elsewhere")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/in"


@pytest.fixture
def receiver():
    running = Receiver()
    yield running
    running.server.shutdown()
    running.server.server_close()


@pytest.fixture
def hooked(session, office, make, save, now, receiver):
    """A webhook, a rule of Aya's that calls it, and a mail that triggers it."""
    webhook = workflow_rules.create_webhook(session, office.organisation_id, "x", receiver.url, now)
    rule = save(Action("webhook", {"webhook_id": webhook.id}))
    mail = make.store(office.aya_box).mail_id
    arrive(session, office, mail, now)
    session.commit()
    return webhook, rule, mail


def test_a_webhook_is_called_with_a_signature_that_its_receiver_can_check(
    engine, session, office, hooked, receiver, now
):
    webhook, rule, mail = hooked
    assert send_due(sessions(engine), KEY, lambda: now) == 1
    assert send_due(sessions(engine), KEY, lambda: now + HOUR) == 0
    ((headers, body),) = receiver.got
    secret, moment = secret_of(KEY, webhook.id), int(now.timestamp())
    assert is_genuine(secret, body, headers[HEADER], moment)
    assert not is_genuine(secret, body + b" ", headers[HEADER], moment)
    assert not is_genuine(secret, body, headers[HEADER], moment + TOLERANCE_S + 1)
    assert not is_genuine(secret_of(KEY, "other"), body, headers[HEADER], moment)
    event = json.loads(body)
    assert (event["rule"]["id"], event["trigger"], event["mail"]["id"]) == (rule.id, "received", mail)
    assert event["mail"]["from"]["address"] == "rosa@lindgren.example"
    assert "text" not in event["mail"]
    assert [one.state for one in deliveries.list_deliveries(session, office.organisation_id)] == ["delivered"]


def test_a_call_is_tried_again_with_growing_pauses_and_ends_among_the_dead_letters(
    engine, session, office, hooked, receiver, now
):
    receiver.answers = [500, 302, 503, 429, 500, 500, 500]
    clock = now
    for _ in range(7):
        assert send_due(sessions(engine), KEY, lambda at=clock: at) == 1
        assert send_due(sessions(engine), KEY, lambda at=clock: at) == 0
        clock += 13 * HOUR
    (dead,) = deliveries.list_deliveries(session, office.organisation_id, state="dead")
    assert (dead.attempts, dead.problem) == (7, "answered 500")
    assert len(receiver.got) == 7
    deliveries.retry(session, office.organisation_id, dead.id, clock)
    session.commit()
    send_due(sessions(engine), KEY, lambda: clock)
    session.expire_all()
    assert deliveries.list_deliveries(session, office.organisation_id)[0].state == "delivered"
    with pytest.raises(errors.Conflict):
        deliveries.retry(session, office.organisation_id, dead.id, clock)


@pytest.mark.parametrize(("status", "state"), [(410, "dead"), (401, "dead"), (500, "pending")])
def test_what_will_not_be_taken_is_not_tried_again(engine, session, office, hooked, receiver, now, status, state):
    receiver.answers = [status]
    send_due(sessions(engine), KEY, lambda: now)
    (found,) = deliveries.list_deliveries(session, office.organisation_id)
    problem = f"refused: {status}" if state == "dead" else f"answered {status}"
    assert (found.state, found.problem) == (state, problem)


def test_no_answer_is_tried_again(engine, session, office, hooked, receiver, now):
    receiver.server.shutdown()
    receiver.server.server_close()
    send_due(sessions(engine), KEY, lambda: now)
    (found,) = deliveries.list_deliveries(session, office.organisation_id)
    assert (found.state, found.problem) == ("pending", "no answer: ConnectError")
    receiver.server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    threading.Thread(target=receiver.server.serve_forever, daemon=True).start()


@pytest.mark.parametrize("change", ["unassigned", "deactivated", "forbidden"])
def test_nothing_leaves_once_the_owner_may_not_see_the_mail_or_the_webhook_is_forbidden(
    engine, session, office, hooked, receiver, now, change
):
    if change == "unassigned":
        mailboxes.unassign_mailbox(session, office.aya_box.id, office.aya.id)
    elif change == "deactivated":
        set_active(session, office.aya.id, False)
    else:
        workflow_rules.delete_webhook(session, office.organisation_id, hooked[0].id)
    session.commit()
    assert send_due(sessions(engine), KEY, lambda: now) == 0
    assert receiver.got == []
    assert [one.state for one in deliveries.list_deliveries(session, office.organisation_id)] == ["dead"]


def test_two_workers_send_nothing_twice(engine, session, office, make, hooked, receiver, now):
    for n in range(2, 12):
        arrive(session, office, make.store(office.aya_box, n).mail_id, now)
    session.commit()
    workers = [threading.Thread(target=send_due, args=(sessions(engine), KEY, lambda: now)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    numbers = [json.loads(body)["delivery"] for _, body in receiver.got]
    assert sorted(numbers) == sorted(set(numbers)) == sorted(session.scalars(select(DeliveryRow.id)))


def test_a_follow_up_goes_into_the_queue_of_who_can_send_and_is_else_told_as_dead(
    engine, session, office, make, save, now
):
    save(Action("follow_up", {"subject": "Re", "text": "Hello"}))
    arrive(session, office, make.store(office.aya_box, from_=Address("R", "rosa@lindgren.example")).mail_id, now)
    session.commit()
    send_due(sessions(engine), KEY, lambda: now)
    (dead,) = deliveries.list_deliveries(session, office.organisation_id, state="dead")
    assert dead.target == "rosa@lindgren.example"
    server = {"host": "mail.kita.example", "port": 465}
    account = {"service": "generic", "protocol": "imap", "server": server, "username": "aya", "smtp": server}
    create_account(session, office.aya_box.id, account, "sealed", now)
    deliveries.retry(session, office.organisation_id, dead.id, now)
    session.commit()
    send_due(sessions(engine), KEY, lambda: now)
    (queued,) = list_outgoing(session, office.aya).items
    assert (queued.recipients, queued.sender, queued.state) == (
        ("rosa@lindgren.example",), office.aya.address, "queued",
    )  # fmt: skip
    assert (queued.answers, queued.delivery_id) == (dead.mail_id, dead.id)
    (sent,) = deliveries.list_deliveries(session, office.organisation_id, state="delivered")
    assert sent.id == dead.id
    session.commit()
    send_due(sessions(engine), KEY, lambda: now)
    assert len(list_outgoing(session, office.aya).items) == 1


def test_the_house_key_is_made_once_and_only_its_owner_reads_it(tmp_path):
    keys = []
    threads = [threading.Thread(target=lambda: keys.append(house_key(tmp_path / "home"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(keys)) == 1
    assert len(keys[0]) == 32
    assert [file.name for file in (tmp_path / "home").iterdir()] == ["signing.key"]
    assert (tmp_path / "home" / "signing.key").stat().st_mode & 0o077 == 0
