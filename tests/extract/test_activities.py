"""Meetings, calls and tasks from whole mails: prose in both languages, quoted options, and calendar parts."""

import time
from datetime import date, datetime

import pytest

from pipeline.extract import activities, online
from pipeline.parse import quoted
from pipeline.records import Address, Message, Noise, ScoredSentence, Segment, Sentence

SENT = {"en": "2026-03-10T09:00:00+00:00", "ja": "2026-03-10T09:00:00+09:00"}
TAGS = ("request", "question", "meeting", "call", "task", "promise")


def mail(language, *tagged, subject="", calendars=(), noise=None, quote=""):
    """The activities of a mail whose body is the (sentence, tags) pairs, each on its own line."""
    text, scored = "", []
    for sentence, tags in tagged:
        start = len(text)
        text += sentence + "\n"
        scores = {tag: 0.97 if tag in tags.split() else 0.03 for tag in TAGS}
        scored.append(ScoredSentence(Sentence(start, start + len(sentence), sentence, language), scores))
    segments = [Segment("body", 0, len(text), language)]
    if quote:
        segments.append(Segment("quote", len(text), len(text) + len(quote), language))
    message = Message(
        message_id="<1@north.example>", date=datetime.fromisoformat(SENT[language]), subject=subject,
        from_=Address("Ada Quill", "ada@north.example"), to=(Address("Ben Moss", "ben@south.example"),), cc=(),
        reply_to=(),
        in_reply_to=(), references=(), headers={}, text=text + quote, html=None, attachments=(), calendars=calendars,
        charset_steps=(), defects=(),
    )  # fmt: skip
    earlier = quoted.split(message.text, segments, message.date)
    return activities.find(message, tuple(segments), tuple(scored), noise, earlier)


def starts(activity):
    return [slot.start.isoformat() for slot in activity.slots]


@pytest.mark.parametrize(
    ("language", "tagged", "status", "wanted"),
    [
        ("en", [("Could we meet on Thursday at 10 or Friday at 14:00?", "meeting request")],
         "proposed", ["2026-03-12T10:00:00+00:00", "2026-03-13T14:00:00+00:00"]),
        ("en", [("Thursday at 10 is fine for us, see you then.", "meeting")],
         "confirmed", ["2026-03-12T10:00:00+00:00"]),
        ("en", [("I have to cancel our meeting on Thursday at 10.", "meeting")],
         "cancelled", ["2026-03-12T10:00:00+00:00"]),
        ("en", [("Can we move Thursday's meeting at 10 to Friday, same time?", "meeting request")],
         "moved", ["2026-03-13T10:00:00+00:00"]),
        ("en", [("The review will be held on Thursday 19 March from 09:30 to 11:00.", "meeting")],
         "confirmed", ["2026-03-19T09:30:00+00:00"]),
        ("ja", [("木曜の10時か金曜の14時はいかがでしょうか。", "meeting request")],
         "proposed", ["2026-03-12T10:00:00+09:00", "2026-03-13T14:00:00+09:00"]),
        ("ja", [("12日10時で承知いたしました。", "meeting")], "confirmed", ["2026-03-12T10:00:00+09:00"]),
        ("ja", [("12日10時の打合せは中止とさせてください。", "meeting")], "cancelled", ["2026-03-12T10:00:00+09:00"]),
        ("ja", [("12日10時の打合せを13日の同じ時刻に変更させていただきます。", "meeting")],
         "moved", ["2026-03-13T10:00:00+09:00"]),
        ("ja", [("定例会を3月19日（木）9時30分から11時まで開催いたします。", "meeting")],
         "confirmed", ["2026-03-19T09:30:00+09:00"]),
    ],
)  # fmt: skip
def test_meetings(language, tagged, status, wanted):
    (meeting,) = mail(language, *tagged)
    assert (meeting.kind, meeting.status, starts(meeting)) == ("meeting", status, wanted)
    assert [e.text for e in meeting.evidence] == [text for text, _ in tagged]


@pytest.mark.parametrize(
    ("language", "text", "old"),
    [
        ("en", "Can we move Thursday's meeting at 10 to Friday, same time?", "2026-03-12T10:00:00+00:00"),
        ("ja", "12日10時の打合せを13日の同じ時刻に変更させていただきます。", "2026-03-12T10:00:00+09:00"),
    ],
)
def test_a_move_keeps_the_old_start(language, text, old):
    (meeting,) = mail(language, (text, "meeting"))
    assert meeting.old_start.isoformat() == old


@pytest.mark.parametrize(
    ("language", "tagged", "end"),
    [
        (
            "en",
            [("Could we meet on Thursday at 10?", "meeting request"), ("We would need 90 minutes.", "meeting")],
            "11:30",
        ),
        ("en", [("Could we meet on Thursday at 10 for about an hour?", "meeting request")], None),
        (
            "ja",
            [("木曜の10時はいかがでしょうか。", "meeting request"), ("90分いただけますと幸いです。", "meeting")],
            "11:30",
        ),
        ("ja", [("木曜の10時から1時間ほどお時間をいただけますか。", "meeting request")], None),
    ],
)
def test_a_stated_length_gives_the_end_and_a_rough_one_does_not(language, tagged, end):
    (meeting,) = mail(language, *tagged)
    (slot,) = meeting.slots
    assert (slot.end and f"{slot.end:%H:%M}") == end


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "Could you ring me on Thursday at 10?"), ("ja", "木曜の10時にお電話をいただけますか。")],
)
def test_calls(language, text):
    (call,) = mail(language, (text, "call request"))
    assert (call.kind, call.status, len(call.slots)) == ("call", "proposed", 1)


@pytest.mark.parametrize(
    ("language", "text", "tag", "owner", "due"),
    [
        ("en", "Please send us the signed contract by Friday.", "task request", "recipient", "2026-03-13"),
        ("en", "I'll email you the drawings by noon tomorrow.", "promise", "sender", "2026-03-11T12:00:00+00:00"),
        ("en", "Please return it by end of day Thursday.", "task request", "recipient", "2026-03-12"),
        ("en", "Please send the list.", "task request", "recipient", None),
        ("ja", "金曜までに契約書をお送りください。", "task request", "recipient", "2026-03-13"),
        ("ja", "明日の正午までに図面をお送りします。", "promise", "sender", "2026-03-11T12:00:00+09:00"),
        ("ja", "今週中に図面をお送りします。", "promise", "sender", "2026-03-13"),
        ("ja", "一覧をお送りください。", "task request", "recipient", None),
    ],
)
def test_tasks(language, text, tag, owner, due):
    (task,) = mail(language, (text, tag))
    assert (task.kind, task.status, task.owner, task.due and task.due.isoformat()) == ("task", "open", owner, due)


def test_a_later_sentence_counts_days_from_an_earlier_one():
    meeting, task = mail(
        "ja", ("会議は3月19日（木）の14時でお願いします。", "meeting"), ("資料は前日までにお送りします。", "promise")
    )
    assert starts(meeting) == ["2026-03-19T14:00:00+09:00"]
    assert task.due == date(2026, 3, 18)


def test_a_zone_stated_for_all_times_holds_in_every_line():
    (meeting,) = mail(
        "en",
        ("Could we meet on Thursday at 15:00 or Friday at 16:00?", "meeting request"),
        ("All times are Tokyo time.", "meeting"),
    )
    assert starts(meeting) == ["2026-03-12T15:00:00+09:00", "2026-03-13T16:00:00+09:00"]


def test_past_meetings_and_plain_sentences_give_nothing():
    assert mail("en", ("Thank you for the visit on Monday.", ""), ("The pump has run since.", "")) == ()
    assert mail("ja", ("昨日はご来社ありがとうございました。", ""), ("機械は順調です。", "")) == ()


@pytest.mark.parametrize("kind", ["newsletter", "notification", "auto_reply", "bounce"])
def test_machine_mail_gives_nothing(kind):
    assert (
        mail("en", ("Could we meet on Thursday at 10?", "meeting request"), noise=Noise(kind, "header.list_id")) == ()
    )


MEETING_ROOM = "Meeting Room 4, Alder House, Ripon"


@pytest.mark.parametrize(
    ("language", "text", "place"),
    [
        ("en", "Could you come to our office in Leeds on Thursday at 10?", "our office in Leeds"),
        ("en", "Could you come over to Market Weighton and show it to the team?", "Market Weighton"),
        ("en", "The review will be held on Thursday at 10 in Meeting Room 4, Alder House, Ripon.", MEETING_ROOM),
        ("en", "I am free on Thursday at 10 or Friday at 11, both at our booth B7.12.", "our booth B7.12"),
        ("en", "Let's say Thursday at 10, my office?", "my office"),
        ("en", "I'll be in Hexham on Thursday at 10, shall we meet?", "Hexham"),
        ("en", "Cake is at 4 on Thursday in the small canteen, I made it.", "small canteen"),
        ("en", "Could we sit on Teams on Thursday at 10?", "Teams"),
        ("ja", "場所：本社3階 大会議室", "本社3階 大会議室"),
        ("ja", "会場は変わらず別館2階の研修室です。", "別館2階の研修室"),
        ("ja", "木曜の15時から第3会議室で打合せをお願いします。", "第3会議室"),
        ("ja", "木曜の15時に貴社へ伺います。", "貴社"),
        ("ja", "木曜に松江までお越しいただけますか。", "松江"),
        ("ja", "弊社本社の応接室にて、専務の森と私で承ります。", "弊社本社の応接室"),
    ],
)
def test_places_are_taken_as_written(language, text, place):
    (meeting,) = mail(language, (text, "meeting request"))
    assert meeting.location == place


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "I must move our call of Thursday 10:00, the inspectors are in the house."),
        ("en", "Can we meet on Thursday at 10, on Teams or Zoom?"),
        ("en", "Friday is bad as I am in Leeds, could we meet on Thursday at 10?"),
        ("en", "Could we meet on Thursday at 10 at the latest?"),
        ("en", "Shall we meet on Thursday at 10 in English?"),
        ("en", "I can't get to Leeds on Thursday at 10, the trains are off, so let's meet another day."),
        ("ja", "オンラインで木曜の15時から30分ほどお願いできませんか。"),
        ("ja", "TeamsかZoomで木曜の15時に打合せをお願いします。"),
        ("ja", "木曜の15時にお詫びに伺いたく存じます。"),
        ("ja", "木曜の15時に部長と二名で伺います。"),
        ("ja", "会場は未定です、木曜の15時に打合せをお願いします。"),
    ],
)
def test_no_place_is_better_than_a_wrong_one(language, text):
    (meeting,) = mail(language, (text, "meeting request"))
    assert meeting.location is None


def test_the_online_address_is_found_without_the_closing_stop():
    (meeting,) = mail(
        "en",
        ("Let's meet online on Thursday at 10.", "meeting request"),
        ("Join at https://meet.north.example/j/12-34.", ""),
    )
    assert meeting.online_url == "https://meet.north.example/j/12-34"


# ---- calendar parts

EVENT = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//north//EN
METHOD:{method}
BEGIN:VTIMEZONE
TZID:Tokyo Standard Time
BEGIN:STANDARD
DTSTART:16010101T000000
TZOFFSETFROM:+0900
TZOFFSETTO:+0900
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
UID:77@north.example
SEQUENCE:{sequence}
SUMMARY:Line 4 review
LOCATION:Room 3
DTSTART;TZID=Tokyo Standard Time:20260317T150000
DTEND;TZID=Tokyo Standard Time:20260317T160000
ATTENDEE;CN=Cleo Marsh;PARTSTAT={answer}:mailto:cleo@south.example
END:VEVENT
END:VCALENDAR
"""


@pytest.mark.parametrize(
    ("method", "sequence", "answer", "status"),
    [
        ("REQUEST", 0, "NEEDS-ACTION", "proposed"),
        ("REQUEST", 2, "NEEDS-ACTION", "moved"),
        ("CANCEL", 1, "NEEDS-ACTION", "cancelled"),
        ("REPLY", 0, "ACCEPTED", "confirmed"),
    ],
)
def test_calendar_parts_are_preferred_over_prose(method, sequence, answer, status):
    part = EVENT.format(method=method, sequence=sequence, answer=answer).replace("\n", "\r\n")
    (meeting,) = mail(
        "en",
        ("Could we meet on Friday at 9?", "meeting request"),
        calendars=((part, method)[::-1],),
        noise=Noise("calendar", "part.calendar"),
    )
    assert (meeting.kind, meeting.status) == ("meeting", status)
    assert starts(meeting) == ["2026-03-17T15:00:00+09:00"]
    assert (meeting.title, meeting.location, meeting.participants) == ("Line 4 review", "Room 3", ("Cleo Marsh",))
    assert (meeting.uid, meeting.sequence) == ("77@north.example", sequence)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "https://us02web.zoom.us/j/82345678901?pwd=Zm9v\nMeeting ID: 823 4567 8901\nPasscode: 4h7Kq2.",
            ("823 4567 8901", "4h7Kq2"),
        ),
        (
            "https://zoom.us/j/91234567890\nミーティングID：９１２ 3456 7890\nパスコード：334455",
            ("912 3456 7890", "334455"),
        ),
        ("Microsoft Teams\n会議 ID: 234 567 890 123\nパスコード: xY9zAb", ("234 567 890 123", "xY9zAb")),
        ("Webex meeting number (access code): 2345 678 9012\nMeeting password: pHd3x6", ("2345 678 9012", "pHd3x6")),
        ("Join at https://meet.google.com/abc-defg-hij on Friday.", ("abc-defg-hij", None)),
        ("https://zoom.us/j/82345678901, the password is coming by SMS", ("82345678901", None)),
        ("Your password: hunter22 and order number: 823 4567 8901", (None, None)),
    ],
)
def test_number_and_passcode_of_an_online_meeting(text, wanted):
    found = online.entrance(text)
    assert (found.meeting_id, found.passcode) == wanted


@pytest.mark.parametrize(
    ("language", "line"),
    [("en", "Old time: Monday 16 March 2026 10:00 - 10:45"), ("ja", "変更前：2026年3月16日（月）10:00〜10:45")],
)
def test_an_update_tells_its_old_time_in_words(language, line):
    calendar = ("REQUEST", EVENT.format(method="REQUEST", sequence=1, answer="NEEDS-ACTION"))
    (meeting,) = mail(language, (line, ""), calendars=(calendar,))
    assert meeting.status == "moved"
    assert meeting.old_start.isoformat()[:16] == "2026-03-16T10:00"


@pytest.mark.parametrize(
    ("language", "text", "names"),
    [
        ("en", "On Thursday at 10, Nadia Brook (Legal) will chair and Omar Sayed from Site Services will attend.", 2),
        ("en", "Thursday at 10 is fine, Nadia Brook and two of the fitters will sit in.", 1),
        ("en", "Thursday at 10 it is, and I will bring Nadia Brook from our legal team.", 1),
        ("en", "Nadia Brook, who built it, can take you round on Thursday at 10.", 1),
        ("en", "Would you and Nadia Brook come on Thursday at 10?", 1),
        ("en", "Thursday at 10 is set, the list will be with you tomorrow, and Lists will follow.", 0),
        ("en", "Thursday at 10 works with Microsoft Teams, the only clerk in Devon is coming tomorrow.", 0),
        ("ja", "木曜の15時に、専務の佐藤と私の2名で伺います。", 1),
        ("ja", "木曜の15時でお願いします、保全の鈴木も同席します。", 1),
        ("ja", "出席者：部長　高橋、主任　渡辺（計量課）", 2),
        ("ja", "木曜の15時に担当の者が伺います。", 0),
    ],
)
def test_those_said_to_take_part_are_named(language, text, names):
    (meeting,) = mail(language, (text, "meeting request"))
    wanted = ("Nadia Brook", "Omar Sayed") if language == "en" else ("佐藤", "鈴木", "高橋", "渡辺")
    assert len(meeting.participants) == names
    assert set(meeting.participants) <= set(wanted)


@pytest.mark.parametrize(
    "broken", ["", "BEGIN:VCALENDAR", "BEGIN:VEVENT\r\nDTSTART:soon\r\nEND:VEVENT", "\x00\xff", EVENT]
)
def test_a_broken_calendar_part_leaves_the_prose(broken):
    found = mail("en", ("Could we meet on Friday at 9?", "meeting request"), calendars=(("REQUEST", broken),))
    assert len(found) == 1


@pytest.mark.parametrize(
    ("language", "text", "quote", "wanted"),
    [
        ("en", "Your second option suits us well.",
         "> 1) Thursday 19 March, 10:00 - 12:00\n> 2) Friday 20 March, 13:30 - 15:30\n", "2026-03-20T13:30:00+00:00"),
        ("en", "Monday 23 March, same time, is fine for us.",
         "> We meet on Thursday 19 March at 10:00.\n", "2026-03-23T10:00:00+00:00"),
        ("ja", "第二候補でお願いいたします。",
         "> ①3月19日（木）10:00〜12:00\n> ②3月20日（金）13:30〜15:30\n", "2026-03-20T13:30:00+09:00"),
        ("ja", "3月23日（月）の同じ時間で承知いたしました。",
         "> 3月19日（木）10時にお伺いします。\n", "2026-03-23T10:00:00+09:00"),
    ],
)  # fmt: skip
def test_the_quote_is_read_for_what_the_new_text_points_at(language, text, quote, wanted):
    (meeting,) = mail(language, (text, "meeting"), quote=quote)
    assert (meeting.status, starts(meeting)) == ("confirmed", [wanted])


def test_the_quote_alone_gives_nothing():
    assert mail("en", ("Noted.", ""), quote="> Could we meet on Thursday 19 March at 10:00?\n") == ()


@pytest.mark.parametrize(
    ("language", "text", "owner"),
    [
        ("en", "Petra Lund will send you the list by Friday.", "Petra Lund"),
        ("ja", "一覧は、経理の大谷が金曜までにお送りします。", "大谷"),
    ],
)
def test_a_named_doer_owns_the_task(language, text, owner):
    (task,) = mail(language, (text, "promise"))
    assert task.owner == owner


@pytest.mark.parametrize(
    ("language", "pieces"),
    [
        ("en", ["Ab ", "Ab, ", "with Ab ", "move it ", "our room ", "at Ab and ",
                "no a ", "1 ", "If a ", "from 1 to 2 ", "(", "a\n"]),
        ("ja", ["山が", "の山と", "弊社の", "会議室", "1日、", "変更", "場所は", "、", "前日", "ア・", "　", "を（"]),
    ],
)  # fmt: skip
def test_time_grows_with_the_length_only(language, pieces):
    def seconds(piece, count):
        began = time.process_time()
        mail(language, (piece * count + "12:00", "meeting task promise"), ("Friday at 10.", "meeting"))
        return time.process_time() - began

    seconds("1", 1)
    for piece in pieces:  # a busy machine may spoil a measurement, hardly three
        assert any(seconds(piece, 2_400) < 30 * seconds(piece, 300) + 0.5 for _ in range(3)), piece


def test_a_sentence_that_asks_and_promises_gives_both_deeds():
    text = "Please send the draft by Thursday and I'll sign it on Friday."
    asked, promised = mail("en", (text, "task request promise"))
    assert (asked.owner, asked.due) == ("recipient", date(2026, 3, 12))
    assert (promised.owner, promised.due) == ("sender", date(2026, 3, 13))


@pytest.mark.parametrize(
    ("language", "text", "owner"),
    [
        ("en", "Boxes will be with you tomorrow.", "sender"),
        ("ja", "図面は明日、森田から送らせます。", "森田"),
        ("ja", "更新は弊社森田が行います。", "森田"),
    ],
)
def test_only_people_owe_deeds(language, text, owner):
    (task,) = mail(language, (text, "promise"))
    assert task.owner == owner


def test_an_offer_is_not_mixed_with_what_is_declined_beside_it():
    (meeting,) = mail(
        "en",
        ("I can't make Wednesday 18 March.", "meeting"),
        ("Could we meet on Thursday 19 March at 14:00?", "meeting request"),
    )
    assert (meeting.status, starts(meeting)) == ("proposed", ["2026-03-19T14:00:00+00:00"])


@pytest.mark.parametrize(
    ("language", "settled", "asked"),
    [
        ("en", "We will meet on Thursday at 10, as agreed.", "Would Thursday at 10 suit you for a meeting?"),
        ("ja", "木曜の10時に打合せを開催いたします。", "木曜の10時に打合せはいかがでしょうか。"),
    ],
)
def test_what_is_settled_is_confirmed_and_what_is_asked_is_proposed(language, settled, asked):
    (told,), (open_one,) = mail(language, (settled, "meeting")), mail(language, (asked, "meeting request"))
    assert (told.status, open_one.status) == ("confirmed", "proposed")
