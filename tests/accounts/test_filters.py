"""Gmail's export and Zoho-style rules as filters: what is translated, what is left out, and which mail fits."""

from __future__ import annotations

import json
from typing import get_args

import pytest

from pipeline import errors
from pipeline.accounts import filters_words
from pipeline.accounts.filters_gmail import read_gmail
from pipeline.accounts.filters_zoho import read_zoho
from pipeline.core.filters import Action, ActionKind, Field, Operator, facts_of, fits, from_json, to_json
from pipeline.parse.message import parse

MAIL = """From: "North, Ada" <ada@north.example>
To: Sales <sales@kita.example>
Cc: Bo <bo@kita.example>
Subject: =?utf-8?b?6KuL5rGC5pu4?= Invoice 77 for the Pump-House
List-Id: News <news.north.example>
X-Priority: 1
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; charset=utf-8

Please pay until Friday. お支払いをお願いします。
--b
Content-Type: application/pdf
Content-Disposition: attachment; filename="invoice.pdf"

x
--b--
"""
FACTS = facts_of(parse(MAIL.encode()), 2_000_000)


def feed(*entries: str) -> str:
    body = "".join(f"<entry><category term='filter'/><title>Mail Filter</title>{each}</entry>" for each in entries)
    return (
        "<?xml version='1.0' encoding='UTF-8'?><feed xmlns='http://www.w3.org/2005/Atom' "
        f"xmlns:apps='http://schemas.google.com/apps/2006'>{body}</feed>"
    )


def entry(**properties: str) -> str:
    def escape(text: str) -> str:
        return text.replace("&", "&amp;").replace("<", "&lt;").replace("'", "&apos;")

    return "".join(f"<apps:property name='{name}' value='{escape(value)}'/>" for name, value in properties.items())


def query(text: str):
    (found,) = read_gmail(feed(entry(hasTheWord=text, shouldStar="true")))
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("invoice", True),
        ("invoices", False),
        ("pump", True),
        ("請求", True),
        ("支払い", True),
        ("invoice missing", False),
        ("invoice OR missing", True),
        ("missing OR other invoice", False),
        ("{missing invoice}", True),
        ("invoice | missing", True),
        ('"invoice 77"', True),
        ('"77 invoice"', False),
        ("-missing", True),
        ("-invoice", False),
        ("invoice -(missing OR other)", True),
        ("from:ada", True),
        ("from:(bo OR ada)", True),
        ("from:*@north.example", True),
        ("from:sales", False),
        ("to:bo", True),
        ("cc:bo to:sales", True),
        ("subject:(invoice pump)", True),
        ('subject:"pay until"', False),
        ("has:attachment filename:pdf", True),
        ("larger:1M", True),
        ("larger:3M", False),
        ("smaller:3M", True),
        ("list:news.north.example", True),
        ("http://x.example", False),
        ("((invoice)", True),
        ("invoice)", True),
    ],
)
def test_gmails_search_language(text, expected):
    found = query(text)
    assert fits(found.condition, FACTS) is expected
    assert found.active
    assert found.left_out == ()


@pytest.mark.parametrize(
    ("text", "left"),
    [("is:starred", "is:starred"), ("invoice older_than:2d", "older_than:2d"), ("label:(a b)", "label:(…)")],
)
def test_what_cannot_be_translated_is_listed_and_switches_the_filter_off(text, left):
    found = query(text)
    assert [each.detail for each in found.left_out if each.code == "condition"] == [left]
    assert not found.active


def test_every_property_of_the_export_is_translated_or_listed():
    properties = {
        "from": "ada@north.example", "to": "sales@kita.example", "subject": "invoice", "hasTheWord": "pay",
        "doesNotHaveTheWord": "missing", "hasAttachment": "true", "excludeChats": "true", "size": "1",
        "sizeOperator": "s_sl", "sizeUnit": "s_smb", "label": "Bills/2026", "shouldArchive": "true",
        "shouldMarkAsRead": "true", "shouldStar": "true", "shouldTrash": "true", "shouldNeverSpam": "true",
        "shouldAlwaysMarkAsImportant": "true", "shouldNeverMarkAsImportant": "true", "forwardTo": "bo@kita.example",
        "smartLabelToApply": "^smartlabel_group", "cannedResponse": "xyz",
    }  # fmt: skip
    (found,) = read_gmail(feed(entry(**properties)))
    assert fits(found.condition, FACTS)
    assert {action.kind for action in found.actions} == {
        "label", "archive", "read", "flag", "trash", "never_spam", "important", "not_important", "forward",
    }  # fmt: skip
    assert Action("label", "Bills/2026") in found.actions
    assert Action("label", "group") in found.actions
    assert [(each.code, each.detail) for each in found.left_out] == [("property", "cannedResponse")]
    for name, value in (("from", "x@y.example"), ("size", "3"), ("sizeOperator", "s_ss")):
        (other,) = read_gmail(feed(entry(**{**properties, name: value})))
        assert not fits(other.condition, FACTS), name


def test_a_filter_without_conditions_or_actions_is_listed_and_off():
    bare, idle = read_gmail(feed(entry(label="x"), entry(subject="x")))
    assert [each.code for each in bare.left_out] == ["no_condition"]
    assert [each.code for each in idle.left_out] == ["no_action"]
    assert not bare.active
    assert not idle.active
    assert not fits(bare.condition, FACTS)


@pytest.mark.parametrize("text", ["", "no xml", "<feed/>", "<!DOCTYPE x [<!ENTITY a 'b'>]><feed>&a;</feed>"])
def test_what_is_no_export_is_refused(text):
    with pytest.raises(errors.UsageError):
        read_gmail(text)


def test_a_hostile_query_is_read_in_time():
    for text in ("(" * 5000, "from:" * 5000, "-" * 5000, "a OR " * 4000, '"' * 5000):
        query(text[:20_000])
    assert query("x" * 30_000).active is False


def rule(pattern: str = "", *actions: dict[str, str], **more: object):
    criteria = [
        {"field": "Subject", "operator": "contains", "value": "invoice"},
        {"field": "Sender", "operator": "is", "value": "ADA@north.example"},
        {"field": "Cc", "operator": "ends with", "value": "@other.example"},
        {"field": "priority", "operator": "is", "value": "High"},
    ]
    made = {"name": "R", "criteria": criteria, "pattern": pattern, "actions": actions or [{"action": "Flag"}], **more}
    (found,) = read_zoho(json.dumps({"filters": [made]}))
    return found


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("", False),
        ("1", True),
        ("3", False),
        ("1 AND 2", True),
        ("1 and (3 or 4)", True),
        ("1 AND 3 OR 2", True),
        ("3 OR 1 AND 3", False),
        ("(1 OR 3) AND (3 OR 2)", True),
        ("((4))", True),
    ],
)
def test_patterns_of_numbered_conditions(pattern, expected):
    found = rule(pattern)
    assert fits(found.condition, FACTS) is expected
    assert found.active


@pytest.mark.parametrize("pattern", ["1 AND", "9", "0", "1 XOR 2", "(1", "1)", "1 2", "AND", "(" * 3000])
def test_a_pattern_that_is_none_switches_the_rule_off(pattern):
    found = rule(pattern)
    assert "pattern" in [each.code for each in found.left_out]
    assert not found.active


@pytest.mark.parametrize(
    ("field", "operator", "value", "expected"),
    [
        ("subject", "is", "請求書 INVOICE 77 for the pump-house", True),
        ("subject", "is not", "invoice", True),
        ("subject", "contains", "INVOICE", True),
        ("subject", "does not contain", "invoice", False),
        ("subject", "begins with", "請求書", True),
        ("subject", "ends with", "house", True),
        ("sender", "contains", "north", True),
        ("sender", "begins with", "ada", True),
        ("from", "ends with", "@north.example", True),
        ("sender", "is not", "ada@north.example", False),
        ("to", "is", "sales@kita.example", True),
        ("to", "is", "bo@kita.example", False),
        ("cc", "is", "bo@kita.example", True),
        ("to or cc", "contains", "bo@", True),
        ("priority", "is", "high", True),
        ("priority", "is not", "low", True),
    ],
)
def test_fields_and_the_six_operators(field, operator, value, expected):
    criteria = [{"field": field, "operator": operator, "value": value}]
    found = rule("", criteria=criteria)
    assert fits(found.condition, FACTS) is expected


def test_actions_of_rules_and_what_is_not_known():
    names = ("Move to", "Label", "Flag", "Mark as read", "Trash", "Forward", "Task", "Play sound", "Label")
    values = ("Bills", "Paid", "", "", "", "bo@kita.example", "Pay it", "ding", "")
    found = rule("1", *({"action": name, "value": value} for name, value in zip(names, values, strict=True)))
    assert [action.kind for action in found.actions] == ["move", "label", "flag", "read", "trash", "forward", "task"]
    assert [(each.code, each.detail) for each in found.left_out] == [("action", "play sound ding"), ("action", "label")]
    assert rule("1", match="any", odd=3).left_out[0].detail == "odd"
    assert rule("1", enabled=False).active is False
    assert rule("", criteria=[{"field": "size", "operator": "is", "value": "3"}]).active is False


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"filters": 3}', "[1]", "[" * 100_000])
def test_what_is_no_file_of_rules_is_refused(text):
    with pytest.raises(errors.UsageError):
        read_zoho(text)


def test_a_filter_is_the_same_after_it_was_stored():
    found = query("from:(a OR b) -c larger:2M is:starred")
    left = [{"code": each.code, "detail": each.detail} for each in found.left_out]
    assert from_json(found.name, to_json(found), left, found.active) == found


def test_filters_are_told_in_both_languages():
    found = query('from:(a OR b) -"old news" larger:2M is:starred')
    assert filters_words.when(found.condition, "en") == (
        "(sender has the words “a” or sender has the words “b”) and not (mail has the words “old news”) "
        "and size is over 2097152 bytes"
    )
    assert "差出人" in filters_words.when(found.condition, "ja")
    assert filters_words.left_out(found, "en") == ["This condition is not known here: is:starred"]
    for language in ("en", "ja"):
        for filter_ in (*read_gmail(feed(entry(label="x"), entry(subject="{y}"))), rule("9", {"action": "x"})):
            told = [*filters_words.then(filter_, language), *filters_words.left_out(filter_, language)]
            assert all(told)


def test_every_word_stands_in_both_languages():
    catalogues = [filters_words._words(language) for language in ("en", "ja")]
    for name, kinds in (("fields", Field), ("operators", Operator), ("actions", ActionKind)):
        for catalogue in catalogues:
            assert set(catalogue[name]) == set(get_args(kinds))
    assert {name: set(words) for name, words in catalogues[0].items()} == {
        name: set(words) for name, words in catalogues[1].items()
    }
