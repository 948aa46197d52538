"""The conversation of a mail by its headers, and what two mails without them must have in common."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.parse import quoted, threads, zones
from pipeline.parse.threads import Sketch
from pipeline.records import Address, Message, QuotedMessage

Read = Callable[..., Message]
AT = datetime(2026, 3, 10, 9, 12, tzinfo=UTC)
ANNA, BO, CHIE = (f"{name}@x.example" for name in ("anna", "bo", "chie"))
GUID = bytes(range(16))
INDEX = b"\x01\xdc\xb0\x00\x00\x01" + GUID


def index(answers: int) -> str:
    """A Thread-Index of the n-th answer."""
    return base64.b64encode(INDEX + b"\x80\x00\x00\x00\x10" * answers).decode()


def sketch(days: float, sender: str, *to: str, is_open: bool = True, quotes: tuple[QuotedMessage, ...] = ()) -> Sketch:
    return Sketch(AT + timedelta(days=days), Address(None, sender), frozenset((sender, *to)), is_open, quotes)


def quote(when: datetime | None, sender: str = "", name: str | None = None, zone_told: bool = True) -> QuotedMessage:
    return QuotedMessage(Address(name, sender), when, zone_told, None, (), (), 1, (), "")


def test_thread_id_is_the_oldest_known_mail(read: Read) -> None:
    first = read("x", Message_ID="<1@x.example>")
    reply = read("x", Message_ID="<2@x.example>", In_Reply_To="<1@x.example>")
    third = read("x", Message_ID="<3@x.example>", In_Reply_To="<2@x.example>", References="<1@x.example> <2@x.example>")
    assert {threads.thread_id(m) for m in (first, reply, third)} == {"<1@x.example>"}
    assert {threads.key(m).by for m in (first, reply, third)} == {"references"}


def test_exchange_answers_without_references_share_a_conversation_with_its_first_mail(read: Read) -> None:
    first = read("x", Message_ID="<1@x.example>", Thread_Index=index(0))
    second = read("x", Message_ID="<2@x.example>", Thread_Index=index(1))
    third = read("x", Message_ID="<3@x.example>", Thread_Index=index(2)[:20] + "\r\n " + index(2)[20:])
    assert threads.key(first) == threads.ThreadKey("<1@x.example>", "references")
    assert threads.key(second) == threads.key(third) == threads.ThreadKey(f"thread-index:{GUID.hex()}", "thread_index")
    assert f"thread-index:{GUID.hex()}" in set(threads.names(first)) & set(threads.names(second))


@pytest.mark.parametrize(
    "value", ["", "????", "AdywAAABAAEC", base64.b64encode(b"\x01" + bytes(26)).decode(), "é", "A" * 99_999]
)
def test_a_broken_thread_index_counts_for_nothing(read: Read, value: str) -> None:
    mail = read("x", Message_ID="<2@x.example>", Thread_Index=value)
    assert (threads.thread_id(mail), threads.names(mail)) == ("<2@x.example>", ("<2@x.example>",))


def test_of_very_many_references_the_first_and_the_last_are_kept(read: Read) -> None:
    mail = read("x", Message_ID="<me@x.example>", References=" ".join(f"<{n}@x.example>" for n in range(5000)))
    found = threads.names(mail)
    assert len(found) <= threads.MAX_REFERENCES + 1
    assert {"<0@x.example>", "<4999@x.example>", "<me@x.example>"} <= set(found)


@pytest.mark.parametrize(
    ("subject", "bare"),
    [
        ("Offer 12", "offer 12"), ("Re: Offer 12", "offer 12"), ("RE: FW: Re[2]: Offer 12", "offer 12"),
        ("AW: Angebot", "angebot"), ("Antw: Aanbod", "aanbod"), ("回复：报价", "报价"),
        ("返信: 転送: 見積の件", "見積の件"),
        ("Ｒｅ：㈱の見積", "(株)の見積"), ("Re:  [builders] Re: Offer", "offer"), ("[builders:00123] Offer", "offer"),
        ("Re: [TICKET-123] Pump", "[ticket-123] pump"), ("SV: VS: Odp: x", "x"), ("Offer (fwd)", "offer"),
        ("Reminder: rent", "reminder: rent"), ("re:", None), ("", None), ("[builders]", "[builders]"),
        ("【重要】お知らせ", "【重要】お知らせ"), ("Re^3: x", "x"), ("Réunion: x", "réunion: x"),
    ],
)  # fmt: skip
def test_prefixes_of_answers_forwards_and_lists_are_no_part_of_the_subject(
    read: Read, subject: str, bare: str | None
) -> None:
    assert threads.subject_key(read("x", Subject=subject)) == bare


def test_the_thread_topic_stands_in_for_a_missing_subject(read: Read) -> None:
    assert threads.subject_key(read("x", Thread_Topic="Spring fair")) == "spring fair"


def test_only_an_answer_without_headers_of_its_own_is_open(read: Read) -> None:
    known = {"From": f"a <{ANNA}>", "To": BO, "Date": "Tue, 10 Mar 2026 09:12:00 +0000"}

    def is_open(**headers: str) -> bool:
        found = threads.sketch(read("x", **(known | headers)))
        assert found is not None
        return found.open

    assert is_open(Subject="Re: Offer")
    assert not is_open(Subject="Offer")
    assert not is_open(Subject="Re: Offer", In_Reply_To="<1@x.example>")
    assert not is_open(Subject="Re: Offer", Thread_Index=index(1))
    assert threads.key(read("x", Subject="Re: Offer")).by == "subject"
    assert threads.key(read("x", Subject="Offer"), (quote(AT),)).by == "subject"
    assert threads.sketch(read("x", **(known | {"Subject": "Re: Offer", "Date": "some day"}))) is None


def test_an_answer_between_the_same_people_within_a_week_belongs_to_the_mail() -> None:
    first = sketch(0, ANNA, BO, is_open=False)
    assert threads.answers(sketch(1, BO, ANNA), first)
    assert not threads.answers(sketch(8, BO, ANNA), first), "another month's invoice"
    assert not threads.answers(sketch(-1, BO, ANNA), first), "an answer comes later"
    assert not threads.answers(sketch(1, CHIE, ANNA), first), "other people"
    assert not threads.answers(sketch(1, BO, CHIE), first), "not to the one who wrote"
    assert not threads.answers(sketch(1, BO, ANNA, is_open=False), first), "its own headers say otherwise"


def test_somebody_may_follow_up_on_an_own_mail() -> None:
    first = sketch(0, ANNA, BO, is_open=False)
    assert threads.answers(sketch(1, ANNA, BO), first)
    assert not threads.answers(sketch(1, ANNA, CHIE), first)


def test_a_quoted_mail_decides_by_sender_and_date() -> None:
    first = sketch(0, ANNA, BO, is_open=False)
    assert threads.answers(sketch(60, BO, ANNA, quotes=(quote(AT, ANNA),)), first)
    assert not threads.answers(sketch(1, BO, ANNA, quotes=(quote(AT - timedelta(days=30), ANNA),)), first)
    assert not threads.answers(sketch(1, BO, ANNA, quotes=(quote(AT, CHIE),)), first)
    assert threads.answers(sketch(1, BO, CHIE, ANNA, quotes=(quote(None), quote(AT, ANNA))), first)
    assert not threads.answers(sketch(200, BO, ANNA, quotes=(quote(AT, ANNA),)), first)


def test_a_quoted_time_without_a_zone_may_be_of_another_zone() -> None:
    first = sketch(0, ANNA, BO, is_open=False)
    local = AT + timedelta(hours=5, minutes=30)
    assert threads.answers(sketch(1, BO, ANNA, quotes=(quote(local, ANNA, zone_told=False),)), first)
    assert not threads.answers(sketch(1, BO, ANNA, quotes=(quote(local, ANNA, zone_told=True),)), first)
    off = local + timedelta(minutes=7)
    assert not threads.answers(sketch(1, BO, ANNA, quotes=(quote(off, ANNA, zone_told=False),)), first)


def test_a_japanese_answer_is_known_by_what_it_quotes(read: Read) -> None:
    first = read(
        "日程をお知らせください。",
        From=f"柴田 恵 <{ANNA}>",
        To=BO,
        Subject="日程の件",
        Date="Tue, 10 Mar 2026 09:12:00 +0900",
    )
    body = f"②でお願いします。\n\n2026年3月10日(火) 9:12 柴田 恵 <{ANNA}>:\n> ① 16日\n> ② 17日\n"
    reply = read(body, From=BO, To=ANNA, Subject="RE: 日程の件", Date="Mon, 30 Mar 2026 10:00:00 +0900")
    earlier = threads.sketch(first)
    later = threads.sketch(reply, quoted.split(reply.text, zones.split(reply.text), reply.date))
    assert earlier
    assert later
    assert threads.answers(later, earlier)
    assert threads.subject_key(first) == threads.subject_key(reply)


@given(st.text(), st.text(), st.datetimes(timezones=st.just(UTC)))
def test_any_headers_give_a_thread(subject: str, value: str, when: datetime) -> None:
    mail = Message(
        "<1@x.example>", when, subject, Address(None, ANNA), (), (), (), (), (), {"thread-index": (value,)}, "", None,
        (), (), (), (),
    )  # fmt: skip
    assert threads.thread_id(mail)
    found = threads.sketch(mail)
    assert found
    assert not threads.answers(found, found)
    threads.subject_key(mail)
