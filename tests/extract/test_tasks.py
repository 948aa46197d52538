"""Tasks of several sentences: lists under a heading, deadlines set elsewhere, terms that are no deadline."""

import time
from datetime import datetime

import pytest

from pipeline.extract import clues, tasks
from pipeline.records import ScoredSentence, Sentence

TAGS = ("request", "question", "meeting", "call", "task", "promise")


def found(language, *tagged):
    """(owner, due, evidence) of each task of a mail whose sentences are the (text, tags) pairs."""
    items = [
        ScoredSentence(
            Sentence(1000 * i, 1000 * i + len(text), text, language),
            {tag: 0.97 if tag in tags.split() else 0.03 for tag in TAGS},
        )
        for i, (text, tags) in enumerate(tagged)
    ]
    read = tasks.find(clues.read(items, datetime.fromisoformat("2026-03-10T09:00:00+09:00")))
    return [(t.owner, t.due and t.due.isoformat(), len(t.clues)) for t in read]


@pytest.mark.parametrize(
    ("language", "tagged"),
    [
        (
            "en",
            [
                ("We need from you:", "request"),
                ("- the keys of the boiler room", ""),
                ("- a list of the tenants by Friday", ""),
                ("- who has the spare key?", "question"),
            ],
        ),
        (
            "ja",
            [
                ("下記をお願いいたします。", "request"),
                ("・ボイラー室の鍵の返却", ""),
                ("・入居者名簿の提出（金曜まで）", ""),
                ("・合鍵はどなたがお持ちですか", "question"),
            ],
        ),
    ],
)
def test_items_under_what_we_need_are_tasks_and_questions_are_none(language, tagged):
    assert found(language, *tagged) == [("recipient", None, 2), ("recipient", "2026-03-13", 2)]


@pytest.mark.parametrize(
    ("language", "tagged"),
    [
        (
            "en",
            [
                ("Please quote for the following:", "task request"),
                ("- 40 valves", "task"),
                ("- 2 pumps", "task"),
                ("The quotation must reach us by Friday.", ""),
            ],
        ),
        (
            "ja",
            [
                ("以下のお見積りをお願いいたします。", "task request"),
                ("・弁　40個", "task"),
                ("・ポンプ　2台", "task"),
                ("提出期限は3月13日です。", "task"),
            ],
        ),
    ],
)
def test_items_that_only_say_what_is_asked_for_are_one_task_with_its_deadline(language, tagged):
    assert found(language, *tagged) == [("recipient", "2026-03-13", 4)]


@pytest.mark.parametrize(
    ("language", "tagged", "due"),
    [
        ("en", [("Could you extend the trial to the end of March?", "task request")], None),
        ("en", [("Send it back and you will have it the same day.", "task request")], None),
        (
            "en",
            [("Please return the deposit.", "task request"), ("If nothing has come by Friday, we go to court.", "")],
            "2026-03-13",
        ),
        ("ja", [("期限を3月末まで延ばしていただけますか。", "task request")], None),
        ("en", [("Please set the quiet hours from 11 pm to 6 am.", "task request")], None),
        ("en", [("Please book us in for 20 March.", "task request")], None),
        ("en", [("Could you try an early build in May, on one device?", "task request")], "2026-05-31"),
        ("en", [("Please keep the room free from 16 to 18 March.", "task request")], "2026-03-16"),
        (
            "en",
            [("The grades have to be in by Friday.", ""), ("Can someone reset the password?", "task request")],
            "2026-03-13",
        ),
        ("en", [("What we need, by 20 March:", "request"), ("- A sample of the seal.", "task request")], "2026-03-20"),
        ("ja", [("13日の役員会に出しますので、12日に資料をお送りください。", "task request")], "2026-03-12"),
        ("ja", [("4月上旬に見本をお送りください。", "task request")], "2026-04-10"),
        (
            "ja",
            [("15時に先方へ説明します。", ""), ("それまでに写真をお送りください。", "task request")],
            "2026-03-10T15:00:00+09:00",
        ),
        ("ja", [("18時に閉めますので、それまでに鍵を返してください。", "task request")], "2026-03-10T18:00:00+09:00"),
    ],
)
def test_which_times_are_deadlines(language, tagged, due):
    ((owner, when, _),) = found(language, *tagged)
    assert (owner, when) == ("recipient", due)


def test_thousands_of_deadlines_take_no_more_than_their_length():
    def seconds(count):
        pile = [("Please return the key.", "task request"), ("The replies are due by Friday.", "")] * count
        began = time.perf_counter()
        found("en", *pile)
        return time.perf_counter() - began

    seconds(10)
    assert seconds(800) < 40 * seconds(100)


@pytest.mark.parametrize(
    ("language", "text", "due"),
    [
        ("en", "If you can send me the drawing by Thursday noon I can book the crane.", "2026-03-12T12:00:00+09:00"),
        ("en", "If I've heard nothing by Friday, please treat the order as void.", "2026-03-13"),
        ("en", "The board sits on 25 March and your offer should be in my hands one week before.", "2026-03-18"),
        ("en", "Before then I'd like the list of members, please, by Friday.", "2026-03-13"),
        ("ja", "それまでに内訳を作り、18日にお送りください。", "2026-03-18"),
        ("ja", "4月1日からの業務に必要な鍵をお送りください。", None),
        ("ja", "お盆明けに図面をお送りください。", None),
        ("ja", "月末に図面をお送りください。", "2026-03-31"),
    ],
)  # fmt: skip
def test_the_deadline_that_a_condition_sets_and_days_that_are_none(language, text, due):
    ((_, told, _),) = found(language, (text, "task request"))
    assert told == due


def test_what_comes_after_a_moment_too_late_is_due_then():
    told = found("en", ("Please price the set-up and the fee.", "task request"), ("Thank you for your interest.", ""),
                 ("Quotations received after 5 p.m. on Friday, 20 March cannot be considered.", ""))  # fmt: skip
    assert told == [("recipient", "2026-03-20T17:00:00+09:00", 2)]


@pytest.mark.parametrize(
    ("language", "text", "count"),
    [
        ("en", "Please don't send another brochure, we have three.", 0),
        ("en", "Please don't send the old form, send us the new one instead.", 1),
        ("ja", "見本はもう送らないでください。", 0),
        ("ja", "見本は送らないで、図面だけお送りください。", 1),
    ],
)  # fmt: skip
def test_what_is_to_be_left_undone_is_no_task(language, text, count):
    assert len(found(language, (text, "task request"))) == count


def test_an_hour_alone_is_that_of_the_day_that_the_sentence_before_is_on():
    told = found("en", ("Monday at 8.30 please.", "meeting"), ("The ladder must be gone by half ten.", "task request"))
    assert told == [("recipient", "2026-03-16T10:30:00+09:00", 1)]
