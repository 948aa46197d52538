"""Which defects of a mail lose something that its reader must be told of.

Most defects are harmless: the mail is read all the same and the defect is only listed. Those in ``LOSSES`` become
failures of the document, with a sentence that says what was lost and what to do.
"""

from __future__ import annotations

from pipeline.records import Failure, Message

LOSSES = {
    "no_headers": "This is no mail: it has no header fields. Export it again as .eml.",
    "too_deep": "Parts are nested deeper than the limit; what lies deeper was not read.",
    "too_many_parts": "The mail has more parts than the limit; the rest was not read.",
    "too_many_headers": "The mail has more header fields than the limit; the rest was not read.",
    "boundary_unclosed": "The mail ends in the middle of a part. Fetch it again if more of it should be there.",
    "base64_truncated": "An encoded part ends in the middle. Fetch the mail again if more of it should be there.",
    "text_too_long": "The text is longer than the limit; the rest was not read.",
    "charset_unknown": "The character set is not known and was guessed; some characters may be wrong.",
    "charset_broken": "Some bytes fit no character set; they stand as replacement characters.",
    "encrypted_smime": "The mail is encrypted (S/MIME); only its header fields were read.",
    "encrypted_pgp": "The mail is encrypted (OpenPGP); only its header fields were read.",
}
UNREADABLE = frozenset({"no_headers"})


def judge(message: Message) -> tuple[bool, tuple[Failure, ...]]:
    """(whether this is no mail at all, the failures to list)."""
    failures = tuple(Failure("parse", d, LOSSES[d]) for d in message.defects if d in LOSSES)
    return not UNREADABLE.isdisjoint(message.defects), failures
