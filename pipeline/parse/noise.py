"""Whether a mail was written by a machine, and by which rule that is known.

Rules are asked from the surest to the weakest: delivery reports, calendar parts, automatic replies, then bulk mail and
role addresses. A person's mail through a mailing list is a person's mail.
Source: RFC 3464, RFC 3834, RFC 2369, RFC 2919, RFC 5546, MS-OXCMAIL.
"""

from __future__ import annotations

import re
from functools import cache
from typing import cast

from pipeline.parse import bounces
from pipeline.parse.lines import pattern, phrases
from pipeline.records import MachineKind, Message, Noise

_HEAD_CHARS = 1500
_TAIL_CHARS = 1500
_AUTO_REPLY_HEADERS = ("x-autoreply", "x-autorespond", "x-auto-reply", "x-autoreply-from", "x-mail-autoreply")
_MASS_MAILERS = ("x-campaign", "x-campaignid", "x-mailchimp-id", "x-mc-user", "x-csa-complaints", "feedback-id")
_DISCUSSION = ("list-post", "mailing-list", "x-beenthere", "x-mailman-version")
_ITIP_METHODS = ("REQUEST", "CANCEL", "REPLY", "COUNTER", "DECLINECOUNTER", "REFRESH", "ADD")
_OTHER_REPORTS = {
    "disposition-notification": "content.disposition_notification",
    "feedback-report": "content.feedback_report",
}
_EMPTY_PATH = re.compile(r"<?(?:mailer-daemon(?:@[^\s>]*)?)?>?")
_DELIVERY_TYPES = ("delivery-status", "message/delivery-status", "message/global-delivery-status")


def judge(message: Message, text_body: str) -> Noise | None:
    """Why a mail is machine mail, None if a person wrote it. ``text_body`` is its newest text."""
    for rule in (_report, _bounce, _calendar, _auto_reply, _bulk, _role, _statement):
        if (noise := rule(message, text_body)) is not None:
            return noise
    return None


def _header(message: Message, name: str) -> str:
    return next(iter(message.headers.get(name, ())), "").strip().lower()


def _local_part(message: Message) -> str:
    return message.from_.address.partition("@")[0] if message.from_ else ""


def _report(message: Message, text: str) -> Noise | None:
    """What a report part for machines tells: a bounce only if delivery failed for good."""
    result = bounces.outcome(message)
    if result == "failed":
        return _bounced(message, "content.delivery_status")
    if result is not None:
        return Noise("notification", f"content.delivery_{result}")
    kind = _header(message, "content-type").replace('"', "")
    types = {media for media, _ in message.reports}
    for media, reason in _OTHER_REPORTS.items():
        if f"message/{media}" in types or ("multipart/report" in kind and f"report-type={media}" in kind):
            return Noise("notification", reason)
    return None


def _bounce(message: Message, text: str) -> Noise | None:
    """A report of failed delivery in words, or with a status part that tells too little."""
    reason = _bounce_reason(message)
    if reason is None:
        return None
    if bounces.is_delayed(message.text):
        return Noise("notification", "text.delivery_delayed")
    return _bounced(message, reason)


def _bounced(message: Message, reason: str) -> Noise:
    return Noise("bounce", reason, bounces.failed(message), bounces.original_id(message))


def _bounce_reason(message: Message) -> str | None:
    kind = _header(message, "content-type")
    if "multipart/report" in kind and "delivery-status" in kind:
        return "content.delivery_status"
    if any(a.content_type in _DELIVERY_TYPES for a in message.attachments):
        return "content.delivery_status"
    if message.headers.get("x-failed-recipients"):
        return "header.x_failed_recipients"
    daemon = _role_kind(_local_part(message)) == "bounce"
    empty_path = "return-path" in message.headers and bool(_EMPTY_PATH.fullmatch(_header(message, "return-path")))
    about = _subject_kind(message.subject) == "bounce"
    if daemon and (about or empty_path or not message.references):
        return "address.mailer_daemon"
    if about and empty_path:
        return "header.return_path"
    if about and _named_daemon(message):
        return "name.mailer_daemon"
    nobody = message.from_ is None or not message.from_.name or _role_kind(_local_part(message)) is not None
    return "text.bounce" if about and nobody and bounces.says_failed(message) else None


def _named_daemon(message: Message) -> bool:
    """Whether the sender's display name is that of a mail server."""
    name = message.from_.name if message.from_ else None
    return bool(name and pattern("daemon_names.txt", r"^\W{0,5}", r"\b").match(name))


def _calendar(message: Message, text: str) -> Noise | None:
    if any(method in _ITIP_METHODS for method, _ in message.calendars):
        return Noise("calendar", "content.itip")
    kind = _header(message, "content-class")
    if "calendarmessage" in kind:
        return Noise("calendar", "header.content_class")
    if message.calendars and _subject_kind(message.subject) == "calendar":
        return Noise("calendar", "subject.calendar")
    return None


def _auto_reply(message: Message, text: str) -> Noise | None:
    submitted = _header(message, "auto-submitted")
    subject = _subject_kind(message.subject) == "auto_reply"
    if submitted.startswith("auto-replied"):
        return Noise("auto_reply", "header.auto_submitted")
    if any(name in message.headers for name in _AUTO_REPLY_HEADERS):
        return Noise("auto_reply", "header.x_autoreply")
    if _header(message, "precedence") in ("auto_reply", "auto-reply", "autoreply"):
        return Noise("auto_reply", "header.precedence")
    if subject and _role_kind(_local_part(message)) is None:
        machine = submitted or "x-auto-response-suppress" in message.headers or _header(message, "return-path") == "<>"
        if machine:
            return Noise("auto_reply", "subject.auto_reply")
        if _text_kind("auto_reply", text):
            return Noise("auto_reply", "text.auto_reply")
    if _says_so(text) and _text_kind("auto_reply", text):
        return Noise("auto_reply", "text.statement")
    return None


def _says_so(text: str) -> bool:
    """Whether the mail says of itself that a machine sent it."""
    ends = _ends(text)
    return any(pattern.search(line) for line in ends.split("\n") for _, pattern in _table("noise_statements.tsv"))


def _statement(message: Message, text: str) -> Noise | None:
    """A mail with no telling header that says of itself that a machine sent it."""
    return Noise("notification", "text.statement") if not _through_list(message) and _says_so(text) else None


def _bulk(message: Message, text: str) -> Noise | None:
    """Mail to many, known by its headers."""
    if _through_list(message):
        return None
    local = _local_part(message)
    reason = _bulk_reason(message)
    if reason is None:
        return None
    return Noise(_bulk_kind(message, local, text), reason)


def _bulk_reason(message: Message) -> str | None:
    if "list-unsubscribe" in message.headers:
        return "header.list_unsubscribe"
    if "list-id" in message.headers:
        return "header.list_id"
    if any(name in message.headers for name in _MASS_MAILERS):
        return "header.mass_mailer"
    if _header(message, "precedence") in ("bulk", "junk"):
        return "header.precedence"
    submitted = _header(message, "auto-submitted")
    if submitted and not submitted.startswith("no"):
        return "header.auto_submitted"
    if _header(message, "return-path") == "<>":
        return "header.return_path"
    return None


def _bulk_kind(message: Message, local: str, text: str) -> MachineKind:
    role = _role_kind(local)
    if role == "newsletter":
        return "newsletter"
    if _header(message, "auto-submitted").startswith("auto-generated") or role == "notification":
        return (
            "newsletter" if _text_kind("newsletter", text) and "list-unsubscribe" in message.headers else "notification"
        )
    if "list-unsubscribe" in message.headers or "list-id" in message.headers or _text_kind("newsletter", text):
        return "newsletter"
    if any(name in message.headers for name in _MASS_MAILERS) or _header(message, "precedence") in ("bulk", "junk"):
        return "newsletter"
    return "notification"


def _through_list(message: Message) -> bool:
    """Whether a person wrote this to a discussion list: posts are possible, and it reads like one of them."""
    answer = bool(message.in_reply_to or message.references)
    discussion = any(name in message.headers for name in _DISCUSSION)
    if not discussion and not (_header(message, "precedence") == "list" and answer):
        return False
    if _header(message, "list-post").startswith("no") or _role_kind(_local_part(message)) is not None:
        return False
    return not any(name in message.headers for name in _MASS_MAILERS)


def _role(message: Message, text: str) -> Noise | None:
    """Mail from an address behind which nobody reads."""
    kind = _role_kind(_local_part(message))
    if kind is None:
        return None
    if kind == "newsletter" and not _text_kind("newsletter", text + message.text[-_TAIL_CHARS:]):
        return None
    if kind == "notification" and _text_kind("newsletter", text):
        kind = "newsletter"
    return Noise(kind, "address.role")


def _role_kind(local: str) -> MachineKind | None:
    return next((kind for kind, pattern in _table("role_names.tsv") if pattern.fullmatch(local)), None)


def _subject_kind(subject: str) -> MachineKind | None:
    return next((kind for kind, pattern in _table("noise_subjects.tsv") if pattern.search(subject[:300])), None)


def _text_kind(kind: MachineKind, text: str) -> bool:
    ends = _ends(text)
    return any(k == kind and pattern.search(ends) for k, pattern in _table("noise_texts.tsv"))


def _ends(text: str) -> str:
    return text if len(text) <= _HEAD_CHARS + _TAIL_CHARS else text[:_HEAD_CHARS] + "\n" + text[-_TAIL_CHARS:]


@cache
def _table(name: str) -> tuple[tuple[MachineKind, re.Pattern[str]], ...]:
    rows = (row.split("\t") for row in phrases(name))
    return tuple((cast(MachineKind, kind), re.compile(expression, re.IGNORECASE)) for kind, expression in rows)
