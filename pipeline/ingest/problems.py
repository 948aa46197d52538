"""What can be wrong with a mail before it is parsed: one stable code and one plain sentence each."""

from __future__ import annotations

from pipeline.records import Failure, RawMail

STAGE = "ingest"

DETAILS = {
    "empty": "There is nothing in it. Export the mail again if it should hold something.",
    "too_large": "It is larger than the limit. Raise MAIL_INSIGHT_MAX_MAIL_BYTES to read it.",
    "unreadable": "It could not be opened or read. Check that the file is there and that you may read it.",
    "not_a_mail": "It has no mail header and is not text. Give a mail saved as .eml, an mbox or a Parquet file.",
    "outlook_msg": "It is in Outlook's own .msg format. Save it from Outlook as .eml and try again.",
    "gzip_broken": "The gzip data is damaged or cut off here. Compress or copy the original file again.",
    "gzip_bomb": "It unpacks to far more than mail ever does, so reading stopped. Unpack it yourself if it is genuine.",
    "parquet_broken": "The Parquet file is damaged or was not written to its end. Write or copy it again.",
    "parquet_no_raw": "The Parquet file has no column `raw` of bytes or text. Write the mails to such a column.",
    "raw_missing": "The column `raw` is empty in this row. Write the mail's bytes to it.",
}


class Problem(Exception):
    """Raised inside this room where reading cannot go on; it becomes a ``Failure`` of the mail it met."""

    def __init__(self, code: str) -> None:
        super().__init__(DETAILS[code])
        self.code = code


def failed(source: str, code: str) -> RawMail:
    """A mail that could not be fetched, with the reason."""
    return RawMail(source, b"", Failure(STAGE, code, DETAILS[code]))
