"""Rules on mail as decisions: triggers, conditions with all their comparisons, what makes no sense, and cut loops."""

# ruff: noqa: E501

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline import errors
from pipeline.core.workflow import (
    Action,
    Condition,
    Definition,
    Facts,
    Trigger,
    check,
    fires,
    may_write_to,
    retry_after,
)

NOTIFY = (Action("notify", {}),)
MAIL = Facts(
    outgoing=False, machine=None, by_rule=False, sender="rosa@lindgren.example", recipients=("aya@kita.example",),
    cc=("ben@kita.example",), subject="お見積りの件", attachments=2, intents=("request", "purchase"),
    sentiment="negative", emotion="dissatisfaction", language="ja", records=({"stage": "提案", "kind": "deal"}, {"kind": "contact"}),
)  # fmt: skip
SENT = replace(MAIL, outgoing=True)
BOUNCE = replace(MAIL, machine="bounce")


def rule(*conditions, match="all", kind="received", **known):
    return Definition(Trigger(kind, **known), NOTIFY, conditions, match)


@pytest.mark.parametrize(
    ("trigger", "facts", "expected"),
    [
        (Trigger("received"), MAIL, True), (Trigger("received"), SENT, False), (Trigger("received"), BOUNCE, False),
        (Trigger("received"), replace(MAIL, machine="newsletter"), True),
        (Trigger("unreplied", 24), MAIL, True), (Trigger("unreplied", 24), replace(MAIL, machine="newsletter"), False),
        (Trigger("sent"), SENT, True), (Trigger("sent"), MAIL, False), (Trigger("sent_unreplied", 1), SENT, True),
        (Trigger("sent_unreplied", 1), MAIL, False), (Trigger("bounced"), BOUNCE, True), (Trigger("bounced"), MAIL, False),
        (Trigger("received", intent="purchase"), MAIL, True), (Trigger("received", intent="question"), MAIL, False),
        (Trigger("received", sentiment="negative"), MAIL, True), (Trigger("received", sentiment="positive"), MAIL, False),
        (Trigger("received"), replace(MAIL, by_rule=True), False), (Trigger("sent"), replace(SENT, by_rule=True), False),
    ],
)  # fmt: skip
def test_what_triggers_a_rule(trigger, facts, expected):
    assert fires(Definition(trigger, NOTIFY), facts) is expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Condition("sender", "is", "Rosa@Lindgren.example"), True), (Condition("sender", "ends_with", "@other.example"), False),
        (Condition("sender", "ends_with", "@lindgren.example"), True), (Condition("recipients", "is", "aya@kita.example"), True),
        (Condition("cc", "contains", "ben@"), True), (Condition("cc", "is_empty"), False),
        (Condition("subject", "contains", "見積"), True), (Condition("subject", "starts_with", "見積"), False),
        (Condition("subject", "contains_not", "請求"), True), (Condition("attachment", "is_not_empty"), True),
        (Condition("attachment", "is_empty"), False), (Condition("intent", "is", "purchase"), True),
        (Condition("intent", "is_not", "purchase"), False), (Condition("sentiment", "is", "ｎｅｇａｔｉｖｅ"), True),
        (Condition("record", "is", "提案", "stage"), True), (Condition("record", "is_empty", "", "company"), True),
        (Condition("record", "is", "deal", "kind"), True), (Condition("machine", "is_empty"), True),
        (Condition("emotion", "is_not", "joy"), True), (Condition("language", "is", "en"), False),
    ],
)  # fmt: skip
def test_every_comparison(condition, expected):
    check(rule(condition))
    assert fires(rule(condition), MAIL) is expected


def test_all_or_any_conditions_must_hold():
    right, wrong = Condition("language", "is", "ja"), Condition("language", "is", "en")
    assert [fires(rule(*pair, match=match), MAIL) for match in ("all", "any") for pair in ((right, wrong), (right,))] == [
        False, True, True, True,
    ]  # fmt: skip
    assert not fires(rule(wrong, match="any"), MAIL)
    assert fires(rule(match="any"), MAIL)


@pytest.mark.parametrize(
    "wrong",
    [
        rule(kind="unreplied"), rule(kind="unreplied", hours=0), rule(kind="received", hours=3), Definition(Trigger("sent"), ()),
        rule(Condition("subject", "contains")), rule(Condition("record", "is", "x")), rule(Condition("subject", "is", "x", "name")),
        *(Definition(Trigger("received"), (Action(kind, values),)) for kind, values in (
            ("task", {}), ("task", {"title": "x", "due_days": "soon"}), ("webhook", {}), ("notify", {"webhook_id": "x"}),
            ("update_field", {"record_kind": "person", "name": "x", "value": "y"}), ("follow_up", {"subject": "x"}),
        )),
    ],
)  # fmt: skip
def test_rules_that_make_no_sense_are_refused(wrong):
    with pytest.raises(errors.UsageError):
        check(wrong)


def test_nobody_writes_to_machines_or_answers_a_rules_own_mail():
    assert may_write_to(MAIL)
    for machine in ("newsletter", "auto_reply", "bounce", "notification", "calendar"):
        assert not may_write_to(replace(MAIL, machine=machine))
    assert not may_write_to(replace(SENT, by_rule=True))


def test_attempts_come_further_apart_and_end():
    waits = [retry_after(n) for n in range(1, 8)]
    assert waits[-1] is None
    assert waits[:-1] == sorted(waits[:-1])
    assert sum(waits[:-1], timedelta()) > timedelta(hours=20)
