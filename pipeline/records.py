"""Every frozen record that travels through the pipeline.

Offsets are half-open ranges of Unicode code points in ``Message.text``, the one canonical text of a mail;
nothing in this package counts in anything else. Date-times carry a zone; plain dates mean whole days.
Meanings of labels and fields: docs/labels.md. The document made of them: pipeline/document.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

Zone = Literal["body", "signature", "quote", "footer"]
MachineKind = Literal["newsletter", "notification", "auto_reply", "bounce", "calendar"]
Direction = Literal["in", "out", "internal", "unknown"]
IntentLabel = Literal["request", "question", "complaint", "purchase"]
SentimentLabel = Literal["positive", "neutral", "negative"]
EmotionLabel = Literal[
    "joy", "enthusiasm", "gratitude", "trust", "confusion", "dissatisfaction", "frustration", "neutral"
]
ThreadStrength = Literal["references", "thread_index", "subject"]
ContactRole = Literal["sender", "third_party"]
PhoneType = Literal["work", "mobile", "fax", "tollfree"]
FieldName = Literal[
    "full_name", "family_name", "given_name", "name_kana", "name_latin", "company", "department", "job_title",
    "phone", "email", "website", "social", "postal_code", "address", "country",
]  # fmt: skip
ActivityKind = Literal["meeting", "call", "task"]
ActivityStatus = Literal["proposed", "confirmed", "moved", "cancelled", "open"]


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that went wrong with one mail; the mail goes on with what could be read.

    ``stage`` is a stage's name, ``code`` a stable identifier, ``detail`` a plain sentence without mail content.
    """

    stage: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class RawMail:
    """The bytes of one mail and where they came from (``inbox.mbox#17``, ``mail.eml``).

    A mail whose bytes could not be fetched travels with ``raw=b""`` and its ``failure``.
    """

    source: str
    raw: bytes
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox of an address header (RFC 5322 section 3.4): decoded display name, lower-cased addr-spec."""

    name: str | None
    address: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part that is no body text: its decoded file name, media type and decoded size in bytes."""

    name: str | None
    content_type: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of whole lines of one zone. The segments of a mail cover its text in order without overlap."""

    zone: Zone
    start: int
    end: int
    language: str


@dataclass(frozen=True, slots=True)
class Message:
    """A parsed mail. Parsing never fails: what was broken is listed in ``defects``.

    ``headers`` maps lower-cased names to all decoded values in order. ``html`` is the original HTML body, if any,
    for display only. ``calendars`` holds the text of each ``text/calendar`` part with its ``method`` ("REQUEST",
    "" if none). ``charset_steps`` names the step of the decoding ladder used for each text part. ``reports`` holds
    the fields of each machine-readable report part (``message/delivery-status`` …) and the header of each message
    that came back, with its media type.
    """

    message_id: str
    date: datetime | None
    subject: str
    from_: Address | None
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    headers: Mapping[str, tuple[str, ...]]
    text: str
    html: str | None
    attachments: tuple[Attachment, ...]
    calendars: tuple[tuple[str, str], ...]
    charset_steps: tuple[str, ...]
    defects: tuple[str, ...]
    reports: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """A copied piece of the canonical text, ``text == message.text[start:end]``."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class QuotedMessage:
    """An earlier mail that a mail repeats, as far as the repetition tells.

    ``sender`` may lack the address (""). ``date`` is a plain date where no time of day is given; a date-time is in the
    zone that the text names (``zone_told``), else in that of the mail that quotes, whose client mostly wrote the line.
    ``depth`` is 1 for what the new text answers or forwards, 2 for what that one quoted in turn. ``ranges`` are runs
    of whole lines of the canonical text, the words above the mail among them; ``text`` is its own words alone, without
    quote marks, from all ranges.
    """

    sender: Address | None
    date: datetime | date | None
    zone_told: bool
    subject: str | None
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    depth: int
    ranges: tuple[tuple[int, int], ...]
    text: str


@dataclass(frozen=True, slots=True)
class ThreadKey:
    """The conversation of a mail, and by what it is known.

    ``subject`` is weaker than the others: the mail is written as an answer, but no header names what it answers, so
    only subject, people and time can tell. A mail that opens its conversation counts as known by ``references``.
    """

    id: str
    by: ThreadStrength


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the sender's newest words (zone ``body``), without surrounding white space."""

    start: int
    end: int
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class ScoredSentence:
    """A sentence with the calibrated probability of each tag of ``models.labels.TAGS``."""

    sentence: Sentence
    scores: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Name:
    """A name that the trained tagger found in the newest text; ``label`` is a type of ``models.labels.ENTITIES``."""

    label: str
    start: int
    end: int
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Intent:
    """One intent of the whole mail with the sentences that show it."""

    label: IntentLabel
    score: float
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Sentiment:
    """Mood towards the recipient's side: the label, its probability and both poles (each 0 to 1)."""

    label: SentimentLabel
    score: float
    positive: float
    negative: float


@dataclass(frozen=True, slots=True)
class Emotion:
    """The strongest of the eight emotions and its probability."""

    label: EmotionLabel
    score: float


@dataclass(frozen=True, slots=True)
class ContactField:
    """One value of a contact. ``start`` and ``end`` are None where it came from a header; ``rule`` says which rule.

    ``type`` and ``extension`` are for phones; a phone's ``value`` is its E.164 form.
    """

    name: FieldName
    value: str
    score: float
    start: int | None
    end: int | None
    rule: str
    type: PhoneType | None = None
    extension: str | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """A person about whom the mail gives details."""

    role: ContactRole
    fields: tuple[ContactField, ...]

    def value(self, name: FieldName) -> str | None:
        """The first value of a field, or None."""
        return next((f.value for f in self.fields if f.name == name), None)


@dataclass(frozen=True, slots=True)
class Slot:
    """A candidate time: zoned date-times, or plain dates where ``all_day``; ``approx`` marks a vague window."""

    start: datetime | date
    end: datetime | date | None
    all_day: bool
    approx: bool


@dataclass(frozen=True, slots=True)
class Activity:
    """A meeting, call or task. Meetings and calls have ``slots`` and ``old_start``, tasks ``due`` and ``owner``.

    ``meeting_id`` and ``passcode`` let into an online meeting. ``uid`` and ``sequence`` are those of the calendar part
    that told of it (RFC 5545): the same meeting in whichever thread, and how often it was changed.
    """

    kind: ActivityKind
    status: ActivityStatus
    title: str
    score: float
    evidence: tuple[Evidence, ...]
    slots: tuple[Slot, ...] = ()
    old_start: datetime | date | None = None
    due: datetime | date | None = None
    owner: str | None = None
    location: str | None = None
    online_url: str | None = None
    participants: tuple[str, ...] = ()
    meeting_id: str | None = None
    passcode: str | None = None
    uid: str | None = None
    sequence: int | None = None


@dataclass(frozen=True, slots=True)
class OutOfOffice:
    """What an out-of-office reply tells: the first day back, and who stands in (address or name)."""

    until: date | None
    stand_in: str | None


@dataclass(frozen=True, slots=True)
class FailedDelivery:
    """An address that a mail did not reach. ``status`` is its RFC 3463 code ("5.1.1" no such mailbox), if known."""

    address: str
    status: str | None = None


@dataclass(frozen=True, slots=True)
class Noise:
    """Why a mail is machine mail: the kind, and the reason code of the rule that decided (``header.list_id``).

    A bounce tells whom it failed to reach, and the Message-ID of the mail that came back, where it is in there.
    """

    kind: MachineKind
    reason: str
    failed: tuple[FailedDelivery, ...] = ()
    original_id: str | None = None


@dataclass(frozen=True, slots=True)
class Dossier:
    """What is known of one mail so far. Each stage returns it with the fields it gives filled in."""

    mail: RawMail
    message: Message | None = None
    segments: tuple[Segment, ...] = ()
    language: str = "und"
    thread_id: str | None = None
    direction: Direction = "unknown"
    noise: Noise | None = None
    sentences: tuple[Sentence, ...] = ()
    scored: tuple[ScoredSentence, ...] = ()
    intents: tuple[Intent, ...] = ()
    sentiment: Sentiment | None = None
    emotion: Emotion | None = None
    gist: tuple[Evidence, ...] = ()
    contacts: tuple[Contact, ...] = ()
    activities: tuple[Activity, ...] = ()
    out_of_office: OutOfOffice | None = None
    failures: tuple[Failure, ...] = field(default=())
    quoted: tuple[QuotedMessage, ...] = ()
    names: tuple[Name, ...] = ()


# ---- what the CRM knows, and what is proposed to it

RecordKind = Literal["lead", "contact", "account", "deal"]
SuggestionKind = Literal[
    "create_contact", "update_contact", "create_meeting", "change_meeting", "create_call", "change_call",
    "create_task", "link_deal", "changed_job", "successor",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Record:
    """A CRM record as the pure rules see it.

    ``fields`` holds single values by field name (``full_name``, ``company``, ``phone``, deal ``stage`` …);
    ``addresses`` are lower-cased, the primary one first. ``edited_fields`` were last set by a person.
    ``account_id`` is a contact's account; ``contact_ids`` are a deal's contacts. A closed deal is not ``open``.
    """

    kind: RecordKind
    id: str
    name: str
    fields: Mapping[str, str] = field(default_factory=dict)
    addresses: tuple[str, ...] = ()
    edited_fields: frozenset[str] = frozenset()
    account_id: str | None = None
    contact_ids: tuple[str, ...] = ()
    open: bool = True


@dataclass(frozen=True, slots=True)
class ProposedField:
    """One value of a suggestion: the new value, the old one where there is one, and its evidence in the mail.

    The value of a ``deal`` to link is its record's id. ``old_edited`` marks an old value that a person typed: it is
    replaced only after a look.
    """

    name: str
    value: str
    old: str | None
    score: float | None
    start: int | None
    end: int | None
    rule: str
    type: PhoneType | None = None
    extension: str | None = None
    old_edited: bool = False


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something a person may accept with one key.

    ``id`` hashes mail content, kind and evidence, never a model's version, so a repeat changes nothing and a
    rejected suggestion stays rejected. ``record_id`` names the record to change or link to, None to create one.
    ``person`` is the address the suggestion is about (muting a person silences it). ``duplicates`` are ids of
    records that may be the same person. ``activity`` is set for meetings, calls and tasks. ``supersedes`` is the id
    of an earlier suggestion, not decided yet, whose place this one takes: one meeting of a thread that changes state.
    """

    id: str
    kind: SuggestionKind
    title: str
    score: float
    fields: tuple[ProposedField, ...]
    evidence: tuple[Evidence, ...]
    person: str | None = None
    record_kind: RecordKind | None = None
    record_id: str | None = None
    activity: Activity | None = None
    duplicates: tuple[str, ...] = ()
    supersedes: str | None = None
