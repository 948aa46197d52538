"""The conversation of a mail by its reference headers."""

from __future__ import annotations

from collections.abc import Callable

from pipeline.parse import threads
from pipeline.records import Message

Read = Callable[..., Message]


def test_thread_id_is_the_oldest_known_mail(read: Read) -> None:
    first = read("x", Message_ID="<1@x.example>")
    reply = read("x", Message_ID="<2@x.example>", In_Reply_To="<1@x.example>")
    third = read("x", Message_ID="<3@x.example>", In_Reply_To="<2@x.example>", References="<1@x.example> <2@x.example>")
    assert {threads.thread_id(m) for m in (first, reply, third)} == {"<1@x.example>"}
