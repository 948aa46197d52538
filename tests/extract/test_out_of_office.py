"""First day back and stand-in of out-of-office replies, in both languages. The mail is of Tuesday 4 March 2025."""

# ruff: noqa: E501 (a case reads best on one line)
from __future__ import annotations

from datetime import date

import pytest

from pipeline.extract import out_of_office
from pipeline.parse import message, zones
from pipeline.records import Noise, OutOfOffice

AUTO_REPLY = Noise("auto_reply", "test")


def find(
    body: str, noise: Noise | None = AUTO_REPLY, sent: str = "Tue, 4 Mar 2025 09:00:00 +0900"
) -> OutOfOffice | None:
    head = f"From: Aiko Mori <aiko@kita.example>\nDate: {sent}\nContent-Type: text/plain; charset=utf-8\n\n"
    parsed = message.parse((head + body + "\n").encode())
    return out_of_office.find(parsed, zones.split(parsed.text, "Aiko Mori"), noise)


@pytest.mark.parametrize(
    ("body", "until"),
    [
        # the day of return itself
        ("I am away and will be back on Monday, 10 March 2025.", date(2025, 3, 10)),
        ("I return to the office on 12 March and will reply then.", date(2025, 3, 12)),
        ("I'm on annual leave and back on Monday.", date(2025, 3, 10)),
        ("Away dates: 4 Mar - 7 Mar\nReturn date: 11 March", date(2025, 3, 11)),
        ("I'm on leave and won't be back until 12 March.", date(2025, 3, 12)),
        (
            "I'm out of the office with limited connectivity and will be back\nin the office on Monday, March 10th.",
            date(2025, 3, 10),
        ),
        ("Our office is closed this morning, reopening at 1:00 PM.", date(2025, 3, 4)),
        ("I'm travelling until 12 March, then on leave. My first day back is Tuesday, 18 March.", date(2025, 3, 18)),
        ("We are closed from 1 March to 7 March. I will answer your mail from Monday, 10 March.", date(2025, 3, 10)),
        ("I am out of the office this afternoon and will answer tomorrow morning.", date(2025, 3, 5)),
        ("休業期間：3月1日～3月9日\n次回出社日：3月10日（月）", date(2025, 3, 10)),
        ("3月3日から3月6日まで休暇をいただいております。3月7日（金）より順次ご返信いたします。", date(2025, 3, 7)),
        ("出張のため、10日（月）以降のご返信となります。", date(2025, 3, 10)),
        ("本日はお休みをいただいております。12日より出社いたします。", date(2025, 3, 12)),
        ("休暇中です。復帰は来週月曜となります。", date(2025, 3, 10)),
        ("海外出張中です。帰国：3月9日(日)、出社：3月11日(火)", date(2025, 3, 11)),
        ("育児休業中です。復職は2025年10月1日を予定しております。", date(2025, 10, 1)),
        ("3月の営業は7日までとなります。10日（月）より営業を開始いたします。", date(2025, 3, 10)),
        ("午前中は通院のため不在です。本日13時以降に出社いたします。", date(2025, 3, 4)),
        ("3月7日（金）は15時で営業を終了いたします。11日（火）より平常営業となります。", date(2025, 3, 11)),
        ("ご返信は\n３月１０日（月）以降に\nなりますことをご了承ください。", date(2025, 3, 10)),
        # the day after the last day away
        ("I am out of the office until Friday 7 March.", date(2025, 3, 10)),
        ("I'm on leave from 3 March to 6 March.", date(2025, 3, 7)),
        ("I will be on PTO starting March 3 and ending March 11.", date(2025, 3, 12)),
        ("I can only respond after 6 March.", date(2025, 3, 7)),
        ("I'm away from my desk until Thursday afternoon.", date(2025, 3, 6)),
        ("3月7日（金）まで不在にしております。", date(2025, 3, 10)),
        ("3/7(金)～3/16(日)まで不在です。", date(2025, 3, 17)),
        ("3/5まで有給休暇を取得しています。", date(2025, 3, 6)),
        ("3月19日（水）まで休暇です。", date(2025, 3, 21)),  # the 20th is a public holiday in Japan
        ("今週いっぱい不在にしております。", date(2025, 3, 10)),
        # no day
        ("I have left the company.", None),
        ("I am on maternity leave until January 2026.", None),
        ("I am out sick today and will reply as soon as I can.", None),
        ("My office hours are Monday to Wednesday.", None),
        ("4月上旬まで入院しております。", None),
        ("3月31日をもちまして退職いたします。", None),
        ("本日は終日外出しており、返信が遅れます。", None),
    ],
)
def test_first_day_back(body: str, until: date | None) -> None:
    found = find(body)
    assert found is not None
    assert found.until == until


@pytest.mark.parametrize(
    ("body", "sent", "until"),
    [
        ("Back 4/8. Out from 3/31.", "Mon, 31 Mar 2025 09:00:00 -0500", date(2025, 4, 8)),
        ("Back 8/4. Out from today.", "Mon, 31 Mar 2025 09:00:00 +0100", date(2025, 4, 8)),
        ("Out from 3/20, back 4/8.", "Mon, 31 Mar 2025 09:00:00 +0100", date(2025, 4, 8)),
    ],
)
def test_the_order_of_month_and_day(body: str, sent: str, until: date) -> None:
    found = find(body, sent=sent)
    assert found is not None
    assert found.until == until


@pytest.mark.parametrize(
    ("body", "stand_in"),
    [
        ("I am away. For urgent matters please contact Ben Okafor at ben@kita.example.", "ben@kita.example"),
        ("I am away. In my absence please call Ben Okafor.", "Ben Okafor"),
        ("I am away. Meanwhile, Frank Ode is covering for me.", "Frank Ode"),
        ("My successor is Yuki Mori. She can be contacted at yuki@kita.example.", "yuki@kita.example"),
        ("Kindly contact Mr. Adebayo Ojo on +234 803 555 0100.", "Adebayo Ojo"),
        ("Write to info@kita.example for invoices, or reach Tess Quinn, tess@kita.example.", "info@kita.example"),
        ("Away until Friday.\n\nAlternate contact: Chris Boyd, chris@kita.example", "chris@kita.example"),
        ("I have moved. My new e-mail address is mori@minami.example.", None),
        (
            "不在にしております。お急ぎの場合は高橋（takahashi@kita.example）までご連絡ください。",
            "takahashi@kita.example",
        ),
        ("不在にしております。緊急の場合は、営業部の高橋宛にお電話ください。", "高橋"),
        ("急ぎの件は柴田係長までお願いいたします。", "柴田"),
        ("代理は副部長の中西 孝が務めます。", "中西 孝"),
        ("緊急の場合は部長の大西（内線 2201）までお願いいたします。", "大西"),
        (
            "不在中のお問い合わせは、下記担当者までお願いいたします。\n\n担当：総務部　松井\nE-mail：matsui@kita.example",
            "matsui@kita.example",
        ),
        ("キタノ精機の浜田です。不在にしております。お急ぎの方は代表電話までお願いいたします。", None),
        ("I am away until Friday.", None),
        ("For urgent matters please call our Support Desk.", None),
        ("不在にしております。", None),
    ],
)
def test_stand_in(body: str, stand_in: str | None) -> None:
    found = find(body)
    assert found is not None
    assert found.stand_in == stand_in


def test_only_out_of_office_replies_count() -> None:
    assert find("I will be back on 10 March.", None) is None
    assert find("I will be back on 10 March.", Noise("newsletter", "test")) is None


def test_no_day_beyond_the_calendar() -> None:
    found = find("I am away until 31 December.", sent="Fri, 31 Dec 9999 09:00:00 +0000")
    assert found is not None
    assert found.until is None
