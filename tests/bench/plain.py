"""What a user would write in an afternoon: ``email``, ``dateparser.search`` and ``phonenumbers`` in a loop.

It parses the mail, takes the text part, and looks for dates and telephone numbers in the whole of it. It does not
know quotes, signatures, people, intents or moods.
"""

from __future__ import annotations

import email
import email.policy

import dateparser.search
import phonenumbers


def read(raw: bytes, language: str) -> tuple[int, int]:
    """(dates, telephone numbers) found in one mail; the language is given, which spares dateparser most of its time."""
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    try:
        part = mail.get_body(("plain", "html"))
        text = part.get_content() if part else ""
    except (LookupError, AttributeError, KeyError, ValueError):
        text = raw.decode("utf-8", "replace")
    dates = dateparser.search.search_dates(text, languages=[language]) or []
    phones = list(phonenumbers.PhoneNumberMatcher(text, "JP" if language == "ja" else "US"))
    return len(dates), len(phones)
