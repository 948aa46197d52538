"""The mails inside quote zones: quoted.txt has whole mails with what each line is and what must be found."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.journey import journey
from pipeline.parse import quoted, zones
from pipeline.records import Address, QuotedMessage, RawMail, Segment

LAYOUTS = Path(__file__).parent / "data" / "quoted.txt"


def _mails() -> Iterator[tuple[str, datetime, list[list[str]]]]:
    """Title, time of sending and rows of each mail, a row split at its separators."""
    for block in LAYOUTS.read_text(encoding="utf-8").split("\n### ")[1:]:
        head, *rows = block.splitlines()
        title, _, sent = head.partition(" ¦ ")
        yield title, datetime.fromisoformat(sent), [row.split("¦") for row in rows]


MAILS = list(_mails())


def _split(text: str, sent: datetime | None = None) -> tuple[QuotedMessage, ...]:
    return quoted.split(text, zones.split(text), sent)


def _tell(message: QuotedMessage) -> list[str]:
    """Depth, date, sender, subject and recipients in the words of quoted.txt."""
    sender = message.sender
    date = message.date
    if isinstance(date, datetime) and not message.zone_told:
        date = date.replace(tzinfo=None)
    seconds = isinstance(date, datetime) and date.second
    written = date.isoformat(timespec="seconds" if seconds else "minutes") if isinstance(date, datetime) else str(date)
    who = f"{sender.name or ''} <{sender.address}>".strip().removesuffix(" <>") if sender else ""
    to = " ".join(a.address or a.name or "" for a in message.to)
    return [str(message.depth), written if date else "", who, message.subject or "", to]


@pytest.mark.parametrize(("sent", "rows"), [m[1:] for m in MAILS], ids=[m[0] for m in MAILS])
def test_every_quoted_mail_is_found_with_its_words(sent: datetime, rows: list[list[str]]) -> None:
    lines = [row for row in rows if not row[0].startswith("@")]
    wanted = {row[0][1:]: row[1:] for row in rows if row[0].startswith("@")}
    found = _split("".join(marks + text + "\n" for _, marks, text in lines), sent)
    assert [_tell(message) for message in found] == list(wanted.values())
    for number, message in zip(wanted, found, strict=True):
        own = "\n".join(text.rstrip() for of, _, text in lines if of == number).strip("\n")
        assert message.text == own


@pytest.mark.parametrize(("sent", "rows"), [m[1:] for m in MAILS], ids=[m[0] for m in MAILS])
def test_ranges_hold_all_lines_of_a_mail_and_no_others(sent: datetime, rows: list[list[str]]) -> None:
    lines = [row for row in rows if not row[0].startswith("@")]
    text = "".join(marks + words + "\n" for _, marks, words in lines)
    numbers = [row[0][1:] for row in rows if row[0].startswith("@")]
    for number, message in zip(numbers, _split(text, sent), strict=True):
        ranged = "".join(text[start:end] for start, end in message.ranges)
        own = [m + w for of, m, w in lines if of.rstrip("h") == number]
        assert [row for row in ranged.split("\n") if row.strip("> |")] == [row for row in own if row.strip("> |")]


def test_a_mail_without_quotes_has_none() -> None:
    assert _split("Hello,\n\nsee you on Monday.\n\nRegards\nAda\n") == ()


def test_an_attribution_over_doubled_marks_takes_the_text_below() -> None:
    (message,) = _split("Yes.\n\nOn 10 Mar 2026, at 09:12, Ida Roe <ida@roe.example> wrote:\n>> Ready?\n>> Go.\n")
    assert (message.sender and message.sender.name, message.text) == ("Ida Roe", "Ready?\nGo.")


def test_the_tail_of_a_broken_line_stays_with_its_mail() -> None:
    long = "> This line is so long that the client which quoted it broke it before its"
    (message,) = _split(f"Yes.\n\n{long}\nlast words.\n> And so on.\n")
    assert message.text == f"{long[2:]}\nlast words.\nAnd so on."


def test_a_table_of_bars_is_no_deeper_quote() -> None:
    (message,) = _split("Yes.\n\n> | item | price |\n> | pump | 40 |\n")
    assert message.text == "| item | price |\n| pump | 40 |"


def test_the_journey_tells_the_quoted_mails_of_an_html_reply() -> None:
    html = (
        "<p>②でお願いします。</p><hr><div id=divRplyFwdMsg><b>差出人:</b> 三上 栞 &lt;mikami@hotaru.example&gt;<br>"
        "<b>送信日時:</b> 2026年3月10日 9:12<br><b>宛先:</b> 沢田 類<br><b>件名:</b> 日程</div>"
        "<p>① 16日 10時<br>② 17日 14時</p><blockquote type=cite><p>候補をください。</p></blockquote>"
    )
    head = (
        "From: sawada@kawa.example\nDate: Thu, 12 Mar 2026 09:00:00 +0900\nContent-Type: text/html; charset=utf-8\n\n"
    )
    (dossier,) = journey().score([RawMail("x.eml", (head + html).encode())])
    first, second = dossier.quoted
    assert (first.sender, first.subject) == (Address("三上 栞", "mikami@hotaru.example"), "日程")
    assert first.date == datetime.fromisoformat("2026-03-10T09:12+09:00")
    assert [line for line in first.text.split("\n") if line] == ["① 16日 10時", "② 17日 14時"]
    assert (second.depth, second.text) == (2, "候補をください。")


PIECES = st.sampled_from(
    [
        "> ", ">", ">> ", "＞", "| ", "\n", "\n\n", "text", " ", "\x00",
        "On 10 Mar 2026, A <a@a.example> wrote:", "2026年13月40日 25:99 甲:", "-----Original Message-----",
        "From: A <a@a.example>", "Sent: 10 March 2026 09:12", "To: B", "件名: 件",
    ]
)  # fmt: skip


@given(st.lists(PIECES, max_size=60).map("".join))
def test_any_text_gives_mails_in_order_with_ranges_inside_it(text: str) -> None:
    segments = (Segment("quote", 0, len(text), "en"),)
    found = quoted.split(text, segments)
    assert [m.ranges[0][0] for m in found] == sorted(m.ranges[0][0] for m in found)
    taken = sorted(r for m in found for r in m.ranges)
    assert all(0 <= start < end <= len(text) for start, end in taken)
    assert all(a[1] <= b[0] for a, b in itertools.pairwise(taken)), "no line belongs to two mails"
    lines = {line.strip() for m in found for line in m.text.split("\n")}
    assert all(any(line in row for row in text.split("\n")) for line in lines)


HOSTILE = {
    "ten thousand marks": "\n".join(">" * 10_000 + " x" for _ in range(100)),
    "a staircase": "\n".join(">" * n + " x" for n in range(1_400)),
    "up and down": "\n".join(">" * (1 + 1_000 * (n % 2)) + " x" for n in range(2_000)),
    "attributions": "> On 10 Mar 2026, A <a@a.example> wrote:\n>> x\n" * 20_000,
    "header blocks": "From: A <a@a.example>\nSent: 10 March 2026 09:12\nTo: B\nSubject: C\n\nx\n" * 13_000,
    "one line": "> On " + "10 Mar 2026 <a@" * 66_000,
    "bars": "|" * 500_000 + "x\n" + "|" * 500_000 + "x\n",
    "blank": "> On Mon wrote:\n" + ">\n" * 480_000,
    "labels": "> From: " + "To: a; " * 140_000 + "\n> Sent: 10 March 2026\n> To: " + "b;" * 400_000,
    "digits": "> On " + "1 " * 500_000 + "wrote:\n>> x",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_megabyte_takes_less_than_a_second(text: str) -> None:
    segments = (Segment("quote", 0, len(text), "en"),)
    start = time.process_time()
    quoted.split(text, segments)
    assert time.process_time() - start < 1.0 * max(1.0, len(text) / 1e6)
