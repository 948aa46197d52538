"""A worker that dies costs time, never a mail."""

import json
import os
import signal
import threading
import time
from collections.abc import Iterator

import psutil

from pipeline.records import RawMail
from pipeline.scoring import score

MAIL = (
    b"From: a@b.example\nMessage-ID: <%d@b.example>\nDate: Tue, 10 Mar 2026 09:00:00 +0900\n\nPlease send the offer.\n"
)


def mails(count: int) -> Iterator[RawMail]:
    for number in range(count):
        yield RawMail(f"{number}.eml", MAIL % number)


def kill_one_worker() -> None:
    """Wait until a worker has used some time, then kill it."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for child in psutil.Process().children():
            if "spawn_main" in " ".join(child.cmdline()) and child.cpu_times().user > 0.3:
                os.kill(child.pid, signal.SIGKILL)
                return
        time.sleep(0.01)


def test_a_killed_worker_loses_no_mail_and_keeps_the_order():
    killer = threading.Thread(target=kill_one_worker)
    killer.start()
    lines = [json.loads(s.line) for s in score(mails(400), 2, (), 25_000_000)]
    killer.join()
    assert [line["source"] for line in lines] == [f"{n}.eml" for n in range(400)]
    assert [line["message_id"] for line in lines if not line["failures"]] == [line["message_id"] for line in lines], (
        "a mail that did not kill its worker itself must not be blamed"
    )


def test_a_mail_over_the_limit_is_listed_not_read():
    lines = [json.loads(s.line) for s in score(mails(3), 1, (), 20)]
    assert [line["failures"][0]["code"] for line in lines] == ["too_large"] * 3
    assert all("MAIL_INSIGHT_MAX_MAIL_BYTES" in line["failures"][0]["detail"] for line in lines)
