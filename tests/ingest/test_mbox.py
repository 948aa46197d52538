"""mbox: what separates mails, what does not, quoting, line ends, and memory."""

from __future__ import annotations

import tracemalloc
from io import BytesIO
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest import mbox
from pipeline.ingest.streams import Stream, opened

FROM = b"From ada@north.example Tue Mar 10 00:12:00 2026\n"


def split(data: bytes, limit: int = 1_000_000, offset: int = 0) -> list[bytes | None]:
    return [piece.raw for piece in mbox.split(Stream(BytesIO(data)), limit, offset)]


def test_mails_come_out_as_they_went_in(make):
    mails = [make.mail(1), make.japanese(2), make.mail(3, "納期をご教示ください。\n\n北野\n")]
    assert split(make.mbox(*mails)) == mails


def test_crlf_line_ends_are_kept(make):
    mails = [make.mail(1).replace(b"\n", b"\r\n"), make.japanese(2).replace(b"\n", b"\r\n")]
    assert split(make.mbox(*mails).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")) == mails


@pytest.mark.parametrize(
    "line",
    [
        "From the 10:30 meeting in 2026 I take three points.",
        "From 2026 on, calls start at 10:30.",
        "From ada@north.example",
        "From",
        ">From here on",
    ],
)
def test_a_paragraph_that_begins_with_from_stays_in_its_mail(make, line):
    bodies = [f"Hello\n\n{line}\nand it goes on.\n\nAda\n", f"Hello\n{FROM.decode()}Subject: no empty line above\n"]
    for body in bodies:
        mails = [make.mail(1, body), make.mail(2)]
        unquoted = FROM + mails[0] + b"\n" + FROM + mails[1] + b"\n"
        assert split(unquoted) == [mails[0].replace(b"\n>From", b"\nFrom"), mails[1]]


@pytest.mark.parametrize(
    "line",
    [
        b"From - Tue Mar 10 00:12:00 2026",
        b"From MAILER-DAEMON Tue Mar  3 00:12:00 2026",
        b"From 1792342@xxx Tue Mar 10 00:12:00 +0000 2026",
        b"From kita@kita.example  2026-03-10T00:12:00Z",
        b"From kita@kita.example",
    ],
)
def test_the_lines_that_programs_write_above_a_mail(make, line):
    data = b"".join(line + b"\n" + make.mail(n) + b"\n" for n in (1, 2))
    assert split(data) == [make.mail(1), make.mail(2)]


def test_quoted_from_lines_lose_one_sign(make):
    body = "a\n\nFrom x Tue Mar 10 00:12:00 2026\nSubject: y\n>From z\n>>From w\n> From v\n"
    assert split(make.mbox(make.mail(1, body))) == [make.mail(1, body)]


def test_no_empty_line_at_the_end_and_no_line_end_at_all(make):
    assert split(FROM + make.mail(1).rstrip(b"\n")) == [make.mail(1).rstrip(b"\n")]


def test_a_mail_over_the_limit_is_let_go_and_the_next_is_read(make):
    huge = make.mail(1, "x" * 5000 + "\n")
    assert split(make.mbox(huge, make.mail(2)), limit=2000) == [None, make.mail(2)]


def test_reading_goes_on_from_any_mail(make):
    mails = [make.mail(n) if n % 2 else make.japanese(n) for n in range(6)]
    data = make.mbox(*mails)
    for n, piece in enumerate(mbox.split(Stream(BytesIO(data)), 10_000), 1):
        assert split(data, offset=piece.end) == mails[n:]


@given(st.lists(st.text(st.sampled_from("From >a:\n 漢1"), max_size=60), min_size=1, max_size=5))
def test_any_bodies_survive_quoting(make, bodies):
    mails = [make.mail(n, body + "\n") for n, body in enumerate(bodies)]
    assert split(make.mbox(*mails)) == mails


@given(st.binary(max_size=400))
def test_any_bytes_are_split_without_error_and_nothing_vanishes(data):
    pieces = list(mbox.split(Stream(BytesIO(FROM + data)), 10_000))
    assert pieces[-1].end == len(FROM + data)


def test_a_hundred_megabytes_in_flat_memory(make, tmp_path):
    path = tmp_path / "big.mbox"
    mails = make.mbox(*(make.mail(n, "A line of ordinary length in a mail.\n" * 400) for n in range(20)))
    repeats = 100_000_000 // len(mails) + 1
    with path.open("wb") as file:
        for _ in range(repeats):
            file.write(mails)
    tracemalloc.start()
    try:
        with opened(path) as stream:
            assert sum(1 for _ in islice(mbox.split(stream, 1_000_000), 300)) == 300
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak_bytes < 2_000_000
    with opened(path) as stream:
        assert sum(1 for _ in mbox.split(stream, 1_000_000)) == 20 * repeats
