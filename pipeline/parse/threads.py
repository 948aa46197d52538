"""Which conversation a mail belongs to. Source: RFC 5322 section 3.6.4."""

from __future__ import annotations

from pipeline.records import Message


def thread_id(message: Message) -> str:
    """The id of the first mail of the conversation: the oldest reference, else what is replied to, else the mail."""
    return next(iter(message.references or message.in_reply_to), message.message_id)
