"""A small invented organisation with mail and suggestions in both languages, written through ``pipeline.store``.

``python tests/api/seed.py sqlite:///PATH`` fills a database to look at the pages with; tests use ``fill``.
"""

# ruff: noqa: E501

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, timezone
from email.message import EmailMessage

from sqlalchemy.orm import Session

from pipeline.accounts.account import Account, Server, to_settings
from pipeline.core.filters import Action as FilterAction
from pipeline.core.filters import Filter, Left, Test
from pipeline.core.workflow import Action, Condition, Definition, Trigger
from pipeline.document import document
from pipeline.records import (
    Activity,
    Address,
    Dossier,
    Emotion,
    Evidence,
    Intent,
    Message,
    Noise,
    ProposedField,
    RawMail,
    Segment,
    Sentiment,
    Slot,
    Suggestion,
)
from pipeline.store.crm.links import link_mail, link_past_mail
from pipeline.store.crm.record_writing import FieldValue, NewRecord, Source, create_record
from pipeline.store.engine import migrate, open_engine, sessions
from pipeline.store.mail.storing import store_mail
from pipeline.store.organisation.notices import notify
from pipeline.store.organisation.people import User, create_organisation, create_user
from pipeline.store.review.proposals import save_suggestions
from pipeline.store.rules.mail_filters import Mark, add_marks, save_filters
from pipeline.store.rules.workflow import on_arrival
from pipeline.store.rules.workflow_rules import create_webhook, save_rule
from pipeline.store.sync import accounts, folders
from pipeline.store.sync.mailboxes import assign_mailbox, create_mailbox, mailboxes_of, set_protocol
from pipeline.store.tables import QuotaDayRow

PASSWORD = "a long enough password"
TOKYO = timezone(timedelta(hours=9))


@dataclass
class Filled:
    """What was made: the users, and the ids of mails and records by a short name."""

    organisation_id: str
    users: dict[str, User]
    mails: dict[str, str] = field(default_factory=dict)
    records: dict[str, str] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Letter:
    """A mail as its zones, newest text first."""

    key: str
    sender: tuple[str, str]
    subject: str
    zones: Sequence[tuple[str, str]]
    language: str
    hours_ago: float
    intents: Sequence[tuple[str, str]] = ()
    mood: str = "neutral"
    gist: str = ""
    machine: str | None = None
    html: str | None = None
    to: tuple[str, str] = ("佐々木 亮", "sasaki@aoba-system.example")
    reply_to_key: str | None = None

    @property
    def text(self) -> str:
        """The canonical text."""
        return "".join(part for _, part in self.zones)


def proposed(text: str, name: str, shown: str, score: float | None, **more: object) -> ProposedField:
    """A field whose evidence is where ``shown`` stands in the text; ``value`` may differ from what is shown."""
    value = str(more.pop("value", shown))
    start = text.index(shown) if shown in text else None
    end = None if start is None else start + len(shown)
    return ProposedField(name, value, more.pop("old", None), score, start, end, f"signature.{name}", **more)  # type: ignore[arg-type]


def quoted(text: str, *pieces: str) -> tuple[Evidence, ...]:
    """Copied pieces of the text."""
    return tuple(Evidence(text.index(piece), text.index(piece) + len(piece), piece) for piece in pieces)


def fill(session: Session, now: datetime) -> Filled:
    """Fill an empty database; the same ``now`` gives the same mails and suggestions."""
    organisation = create_organisation(session, "青葉システム", now)
    users = {
        "rep": create_user(session, organisation, "sasaki@aoba-system.example", "佐々木 亮", now, password=PASSWORD, language="ja"),
        "other": create_user(
            session, organisation, "emma@aoba-system.example", "Emma Clarke", now, password=PASSWORD, timezone="Europe/London"
        ),
        "admin": create_user(
            session, organisation, "admin@aoba-system.example", "山本 恵", now, password=PASSWORD, profile="admin", language="ja"
        ),
    }  # fmt: skip
    filled = Filled(organisation, users)
    mailboxes = {}
    for key in ("rep", "other"):
        mailbox = create_mailbox(session, organisation, key, [users[key].address], now)
        assign_mailbox(session, mailbox.id, users[key].id)
        mailboxes[key] = mailbox.id
    _records(session, filled, now)
    for letter in LETTERS:
        owner = "rep" if letter.to[1] == users["rep"].address else "other"
        filled.mails[letter.key] = _store(session, mailboxes[owner], letter, now)
    _suggest(session, filled, now)
    for key, record in filled.records.items():
        link_past_mail(session, record, now)
        if key == "deal-a":
            link_mail(session, filled.mails["okafor"], record, "rule", now)
    return filled


def fill_history(session: Session, filled: Filled, now: datetime) -> None:
    """Older mail of one contact, for what only shows over time: mood, hours, a question that waits; and storage."""
    mailbox_id = mailboxes_of(session, filled.users["rep"])[0].id
    for n in range(18):
        week = timedelta(weeks=2 * (n // 2) + 1, days=now.weekday() - n % 2 * 3)
        at = (now - week).replace(hour=(9, 10, 14)[n % 3] - 9 if n % 3 == 2 else (0, 1, 5)[n % 3], minute=20)
        letter = Letter(
            f"history-{n}", ("Daniel Okafor", "daniel.okafor@harbourpine.example"), f"Weekly figures {18 - n}",
            (("body", "Here are the figures. Could you check them?\n"),), "en", (now - at).total_seconds() / 3600,
            (("question", "Could you check them?"),) if n == 0 else (),
            mood=("neutral", "positive", "negative", "positive")[n % 4], gist="Here are the figures.",
        )  # fmt: skip
        filled.mails[letter.key] = _store(session, mailbox_id, letter, now)
    link_past_mail(session, filled.records["okafor"], now)
    scopes = (filled.organisation_id, mailbox_id, filled.users["rep"].id)
    for scope, days_ago in ((scope, days) for scope in scopes for days in range(1, 60)):
        day = (now - timedelta(days=days_ago)).astimezone(UTC).date().isoformat()
        session.add(QuotaDayRow(scope=scope, day=day, used_bytes=(5100 - 60 * days_ago - days_ago % 7 * 30)))


def fill_settings(session: Session, filled: Filled, now: datetime) -> None:
    """What only the settings' pages show: a connected mailbox whose first sync goes on, a rule that ran."""
    complaint = Condition("intent", "is", "complaint")
    actions = (Action("notify", {"text": "苦情です"}), Action("task", {"title": "折り返し", "due_days": "1"}))
    definition = Definition(Trigger("received"), actions, (complaint, Condition("subject", "contains", "納品")))
    rule = save_rule(session, filled.users["rep"], "苦情の初動", definition, True, now)
    filled.settings["rule"] = rule.id
    on_arrival(session, filled.organisation_id, filled.mails["mori"], now)
    stopped = {"mailbox_id": mailboxes_of(session, filled.users["rep"])[0].id, "problem": "app_password"}
    notify(session, filled.organisation_id, [filled.users["rep"].id], "mailbox.failed", stopped, now)
    create_webhook(session, filled.organisation_id, "warehouse", "https://warehouse.example/in", now)
    mailbox_id = filled.settings["mailbox"] = mailboxes_of(session, filled.users["rep"])[0].id
    bills = (FilterAction("label", "Bills"),)
    found = [
        Filter("Bills", Test("subject", "contains", "納品"), bills),
        Filter("Odd", Test("subject", "contains", "moon"), bills, (Left("condition", "is:unread"),), active=False),
    ]
    save_filters(session, mailbox_id, "gmail", found, now, replace=False)
    add_marks(session, mailbox_id, filled.mails["mori"], [Mark("label", "Bills")], now)
    account = Account(
        "generic", "imap", Server("imap.aoba-system.example", 993), "sasaki", (filled.users["rep"].address,),
        "2025-01-01", smtp=Server("smtp.aoba-system.example", 465),
    )  # fmt: skip
    accounts.create_account(session, mailbox_id, to_settings(account), "sealed", now)
    set_protocol(session, mailbox_id, "imap", account.addresses)
    for name, role, wanted, exists in (
        ("INBOX", "inbox", True, 4), ("送信済みアイテム", "sent", True, 2), ("迷惑メール", "junk", False, 9), ("Projects/2026", "other", True, 0)
    ):  # fmt: skip
        folder = folders.put_folder(session, mailbox_id, name, role, wanted)
        folders.note_exists(session, folder.id, exists)
        outcomes = (("stored", None), ("stored", None), ("skipped", "before_since"), ("waiting", "first_sync"))[:exists]
        if wanted:
            places = [folders.Place(str(n), one, why) for n, (one, why) in enumerate(outcomes)]  # type: ignore[arg-type]
            folders.save_places(session, folder.id, places)


def _store(session: Session, mailbox_id: str, letter: Letter, now: datetime) -> str:
    raw, dossier = _read(letter, now)
    stored = store_mail(session, mailbox_id, raw, dossier, document(dossier, {"pipeline": "1"}), now)
    return stored.mail_id


def _read(letter: Letter, now: datetime) -> tuple[RawMail, Dossier]:
    when = (now - timedelta(hours=letter.hours_ago)).astimezone(TOKYO).replace(microsecond=0)
    text = letter.text
    mail = EmailMessage()
    mail["From"] = f"{letter.sender[0]} <{letter.sender[1]}>"
    mail["To"] = f"{letter.to[0]} <{letter.to[1]}>"
    mail["Subject"], mail["Date"], mail["Message-ID"] = letter.subject, when, f"<{letter.key}@mail.example>"
    mail.set_content(text, charset="utf-8")
    if letter.html:
        mail.add_alternative(letter.html, subtype="html")
    message = Message(
        f"<{letter.key}@mail.example>", when, letter.subject, Address(*letter.sender), (Address(*letter.to),), (), (), (), (),
        {}, text, letter.html, (), (), ("utf-8",), (),
    )  # fmt: skip
    segments, place = [], 0
    for zone, part in letter.zones:
        segments.append(Segment(zone, place, place + len(part), letter.language))  # type: ignore[arg-type]
        place += len(part)
    raw = RawMail(f"{letter.key}.eml", mail.as_bytes())
    dossier = Dossier(
        raw,
        message,
        tuple(segments),
        letter.language,
        thread_id=f"thread-{letter.reply_to_key or letter.key}",
        direction="in",
        noise=Noise(letter.machine, "header.list_id") if letter.machine else None,  # type: ignore[arg-type]
        intents=tuple(Intent(label, 0.95, quoted(text, piece)) for label, piece in letter.intents),  # type: ignore[arg-type]
        sentiment=Sentiment(
            letter.mood, 0.9, 0.9 if letter.mood == "positive" else 0.05, 0.9 if letter.mood == "negative" else 0.05
        ),  # type: ignore[arg-type]
        emotion=Emotion("neutral", 0.8),
        gist=quoted(text, letter.gist) if letter.gist else (),
    )
    return raw, dossier


TAKAHASHI_BODY = """佐々木様

いつもお世話になっております。北精機の高橋です。

先日ご案内いただいた検査ソフトについて、12台分のお見積りをお願いいたします。
また、導入の進め方を伺いたく、下記のいずれかで30分ほどお打ち合わせのお時間をいただけますでしょうか。

　・3月10日(火) 15:00
　・3月11日(水) 10:00
　・3月12日(木) 午後

場所は弊社3階の会議室、またはオンライン（https://meet.example.com/kita-seiki-12）でも構いません。

以上、よろしくお願いいたします。

"""
TAKAHASHI_SIGNATURE = """--
北精機株式会社
製造本部 生産技術部 品質管理課
主任　髙橋 美咲（たかはし みさき）
〒950-0087 新潟県新潟市中央区東大通2-4-10 3F
TEL: 025-555-0142（内線 318）　携帯: 090-5550-0199
m.takahashi@kita-seiki.example
https://www.kita-seiki.example

"""
TAKAHASHI_QUOTE = """2026年3月2日(月) 11:20 佐々木 亮 <sasaki@aoba-system.example>:
> 高橋様
> 展示会ではお立ち寄りいただき、ありがとうございました。
> 検査ソフトの資料をお送りします。ご不明な点があればお知らせください。
> 青葉システム 佐々木
> TEL 03-5550-0100
"""
OKAFOR_BODY = """Hi Ryo,

Thanks for the walkthrough on Tuesday, the team liked it a lot.

Something came up on our side, so could we move Thursday's call to Friday 13 March at 10:00 London time? Half an hour is plenty. Please use my new direct line below, the old one is being switched off this week.

One question from finance: is the annual licence billed in yen or in pounds?

Best regards,
Daniel

"""
OKAFOR_SIGNATURE = """Daniel Okafor
Head of Operations
Harbour & Pine Ltd
Direct: +44 20 7946 0321
Mobile: +44 7700 900123
daniel.okafor@harbourpine.example | https://harbourpine.example
"""
OKAFOR_FOOTER = """
This e-mail is confidential and intended only for the addressee. If you received it by mistake,
please delete it and tell the sender.
Harbour & Pine Ltd, registered in England, no. 00000000.
"""
MORI_BODY = """佐々木様

お世話になっております。西湖物流の森でございます。

大変恐縮ですが、2月末に納品予定だったハンディ端末20台が、いまだに届いておりません。
現場の入替えが止まっておりますので、恐れ入りますが、明日中に納品日をご連絡いただけますでしょうか。

何卒よろしくお願い申し上げます。

"""
MORI_SIGNATURE = """西湖物流株式会社　業務部　森 健一
電話 077-555-0163
"""
LINDQVIST_BODY = """Hello Emma,

I'm moving to the Gothenburg office at the end of the month. From 1 April your contact for the renewal will be my colleague Sofia Berg (sofia.berg@nordkraft.example, +46 31 555 01 20), Procurement Manager. I've told her about the 40 seats you quoted.

It has been a real pleasure working with you, thank you for the quick help all year.

Kind regards,
Erik

"""
LINDQVIST_SIGNATURE = """Erik Lindqvist, Purchasing
Nordkraft AB
"""
NEWS_BODY = """【ものづくり通信 vol.204】春の展示会のご案内

今月の特集：検査工程の見える化
詳しくはこちら https://news.monozukuri.example/204

配信停止はこちら https://news.monozukuri.example/stop
"""
HOSTILE_HTML = """<html><head><title>x</title><meta http-equiv="refresh" content="0;url=https://evil.example/">
<style>body{background:url(https://evil.example/s.png)}</style></head>
<body onload="document.title='run'"><script>document.title='run'</script>
<p style="background:url(https://evil.example/b.png)">Your invoice is <b>overdue</b>.</p>
<img src="https://evil.example/pixel.png" onerror="document.title='run'">
<a href="javascript:alert(1)">pay</a> <a href="https://bank.example.evil.example/login">https://bank.example</a>
<a href="/sign-out">bye</a><svg onload="document.title='run'"><circle r="1"/></svg>
<form action="https://evil.example/"><input name="password"></form><iframe src="https://evil.example/"></iframe>
</body></html>"""
HOSTILE_BODY = """<script>document.title='run'</script>
<img src=x onerror="document.title='run'"> "quotes" & 'apostrophes' 𠮷野家 👩‍👩‍👧 \u202egnp.exe

Call me on 03-5550-0177 about invoice <b>4711</b>. See javascript:alert(1) and https://evil.example/?a=1&b="2".
"""

LETTERS = (
    Letter(
        "takahashi", ("高橋 美咲", "m.takahashi@kita-seiki.example"), "検査ソフトのお見積りとお打ち合わせのお願い",
        (("body", TAKAHASHI_BODY), ("signature", TAKAHASHI_SIGNATURE), ("quote", TAKAHASHI_QUOTE)), "ja", 0.4,
        (("request", "12台分のお見積りをお願いいたします。"), ("purchase", "12台分のお見積りをお願いいたします。")),
        gist="先日ご案内いただいた検査ソフトについて、12台分のお見積りをお願いいたします。",
    ),
    Letter(
        "okafor", ("Daniel Okafor", "daniel.okafor@harbourpine.example"), "Moving Thursday's call, and a question on billing",
        (("body", OKAFOR_BODY), ("signature", OKAFOR_SIGNATURE), ("footer", OKAFOR_FOOTER)), "en", 2.2,
        (("request", "could we move Thursday's call to Friday 13 March at 10:00 London time?"),
         ("question", "is the annual licence billed in yen or in pounds?")),
        mood="positive", gist="could we move Thursday's call to Friday 13 March at 10:00 London time?",
    ),
    Letter(
        "mori", ("森 健一", "mori@saiko-logi.example"), "【至急】ハンディ端末の納品について",
        (("body", MORI_BODY), ("signature", MORI_SIGNATURE)), "ja", 5,
        (("complaint", "2月末に納品予定だったハンディ端末20台が、いまだに届いておりません。"),
         ("request", "明日中に納品日をご連絡いただけますでしょうか。")),
        mood="negative", gist="2月末に納品予定だったハンディ端末20台が、いまだに届いておりません。",
    ),
    Letter(
        "lindqvist", ("Erik Lindqvist", "erik.lindqvist@nordkraft.example"), "Your new contact for the renewal",
        (("body", LINDQVIST_BODY), ("signature", LINDQVIST_SIGNATURE)), "en", 26,
        mood="positive", gist="From 1 April your contact for the renewal will be my colleague Sofia Berg",
        to=("Emma Clarke", "emma@aoba-system.example"),
    ),
    Letter(
        "news", ("ものづくり通信", "news@monozukuri.example"), "【ものづくり通信 vol.204】春の展示会のご案内",
        (("body", NEWS_BODY),), "ja", 7, machine="newsletter",
        html="<h1>ものづくり通信</h1><p>春の展示会のご案内</p><img src='https://news.monozukuri.example/a.png'>",
    ),
    Letter(
        "hostile", ('<b onmouseover="x">Billing</b>', "billing@evil.example"), "<script>document.title='run'</script> Invoice \u202egnp",
        (("body", HOSTILE_BODY),), "en", 30, html=HOSTILE_HTML,
    ),
)  # fmt: skip


def _records(session: Session, filled: Filled, now: datetime) -> None:
    imported = Source(filled.organisation_id, now, "import")

    def make(
        key: str, kind: str, name: str, values: dict[str, str], addresses: Sequence[str] = (), **more: object
    ) -> None:
        fields = [FieldValue(one, value, "work" if one == "phone" else None) for one, value in values.items()]
        new = NewRecord(kind, name, fields, addresses, **more)  # type: ignore[arg-type]
        filled.records[key] = create_record(session, imported, new).id

    make("harbour", "account", "Harbour & Pine Ltd", {"website": "https://harbourpine.example"})
    make(
        "okafor", "contact", "Daniel Okafor",
        {"full_name": "Daniel Okafor", "company": "Harbour & Pine Ltd", "job_title": "Operations Manager", "phone": "+442079460100"},
        ["daniel.okafor@harbourpine.example"], account_id=filled.records["harbour"],
    )  # fmt: skip
    make("saiko", "account", "西湖物流株式会社", {"phone": "+81775550163"})
    make(
        "mori", "contact", "森 健一", {"full_name": "森 健一", "company": "西湖物流株式会社", "phone": "+81775550163"},
        ["mori@saiko-logi.example"], account_id=filled.records["saiko"],
    )  # fmt: skip
    make(
        "lead",
        "lead",
        "高橋 みさき",
        {"full_name": "高橋 みさき", "company": "北精機"},
        ["takahashi.m@kita-seiki.example"],
    )
    deals = {
        "deal-a": ("Harbour & Pine: 40 licences", "Negotiation"),
        "deal-b": ("Harbour & Pine: support 2026", "Proposal"),
    }
    for key, (name, stage) in deals.items():
        make(key, "deal", name, {"stage": stage}, contact_ids=[filled.records["okafor"]])


def _suggest(session: Session, filled: Filled, now: datetime) -> None:
    for key, suggestions in suggestions_of(filled).items():
        save_suggestions(session, filled.organisation_id, filled.mails[key], suggestions, now)


def suggestions_of(filled: Filled) -> dict[str, list[Suggestion]]:
    """What each mail suggests."""
    return {
        "takahashi": _takahashi(filled),
        "okafor": _okafor(filled),
        "mori": _mori(),
        "lindqvist": [_lindqvist()],
        "hostile": [_hostile()],
    }


def _takahashi(filled: Filled) -> list[Suggestion]:
    text = TAKAHASHI_BODY + TAKAHASHI_SIGNATURE + TAKAHASHI_QUOTE
    fields = (
        proposed(text, "full_name", "髙橋 美咲", 0.98), proposed(text, "name_kana", "たかはし みさき", 0.95),
        proposed(text, "company", "北精機株式会社", 0.99), proposed(text, "department", "製造本部 生産技術部 品質管理課", 0.93),
        proposed(text, "job_title", "主任", 0.82),
        proposed(text, "phone", "025-555-0142", 0.97, value="+81255550142", type="work", extension="318"),
        proposed(text, "phone", "090-5550-0199", 0.97, value="+819055500199", type="mobile"),
        proposed(text, "email", "m.takahashi@kita-seiki.example", 0.99),
        proposed(text, "postal_code", "950-0087", 0.99),
        proposed(text, "address", "新潟県新潟市中央区東大通2-4-10 3F", 0.61),
        proposed(text, "website", "https://www.kita-seiki.example", 0.96),
    )  # fmt: skip
    person = "m.takahashi@kita-seiki.example"
    slots = tuple(
        Slot(datetime(2027, 3, d, h, tzinfo=TOKYO), datetime(2027, 3, d, h, 30, tzinfo=TOKYO), False, False)
        for d, h in ((9, 15), (10, 10))
    )
    slots += (Slot(datetime(2027, 3, 11, 13, tzinfo=TOKYO), datetime(2027, 3, 11, 17, tzinfo=TOKYO), False, True),)
    meeting = Activity(
        "meeting", "proposed", "検査ソフト導入の打ち合わせ", 0.93,
        quoted(text, "下記のいずれかで30分ほどお打ち合わせのお時間をいただけますでしょうか。", "3月10日(火) 15:00", "3月11日(水) 10:00", "3月12日(木) 午後"),
        slots, location="弊社3階の会議室", online_url="https://meet.example.com/kita-seiki-12",
    )  # fmt: skip
    task = Activity(
        "task",
        "open",
        "12台分の見積書を送る",
        0.88,
        quoted(text, "12台分のお見積りをお願いいたします。"),
        owner="recipient",
    )
    return [
        Suggestion("s-takahashi", "create_contact", "髙橋 美咲", 0.96, fields, (), person, "contact", duplicates=(filled.records["lead"],)),
        Suggestion("s-takahashi-meeting", "create_meeting", meeting.title, 0.93, (), meeting.evidence, person, activity=meeting),
        Suggestion("s-takahashi-task", "create_task", task.title, 0.85, (), task.evidence, person, activity=task),
    ]  # fmt: skip


def _okafor(filled: Filled) -> list[Suggestion]:
    text = OKAFOR_BODY + OKAFOR_SIGNATURE + OKAFOR_FOOTER
    person = "daniel.okafor@harbourpine.example"
    fields = (
        proposed(text, "phone", "+44 20 7946 0321", 0.96, value="+442079460321", type="work", old="+442079460100"),
        proposed(text, "phone", "+44 7700 900123", 0.94, value="+447700900123", type="mobile"),
        proposed(text, "job_title", "Head of Operations", 0.78, old="Operations Manager", old_edited=True),
    )
    call = Activity(
        "call", "moved", "Follow-up call with Harbour & Pine", 0.91,
        quoted(text, "could we move Thursday's call to Friday 13 March at 10:00 London time?"),
        (Slot(datetime(2027, 3, 12, 10, tzinfo=UTC), datetime(2027, 3, 12, 10, 30, tzinfo=UTC), False, False),),
        old_start=datetime(2027, 3, 11, 10, tzinfo=UTC), participants=("Daniel Okafor", "佐々木 亮"),
    )  # fmt: skip
    deals = tuple(
        ProposedField("deal", filled.records[key], None, None, None, None, "deal.open") for key in ("deal-a", "deal-b")
    )
    return [
        Suggestion("s-okafor", "update_contact", "Daniel Okafor", 0.9, fields, (), person, "contact", filled.records["okafor"]),
        Suggestion("s-okafor-call", "create_call", call.title, 0.91, (), call.evidence, person, activity=call),
        Suggestion("s-okafor-deal", "link_deal", "Harbour & Pine: 40 licences", 0.5, deals, (), person, "deal", filled.records["deal-a"]),
    ]  # fmt: skip


def _mori() -> list[Suggestion]:
    text = MORI_BODY + MORI_SIGNATURE
    task = Activity(
        "task", "open", "ハンディ端末の納品日を連絡する", 0.94, quoted(text, "明日中に納品日をご連絡いただけますでしょうか。"),
        due=date(2027, 3, 9), owner="recipient",
    )  # fmt: skip
    return [
        Suggestion(
            "s-mori-task", "create_task", task.title, 0.94, (), task.evidence, "mori@saiko-logi.example", activity=task
        )
    ]


def _lindqvist() -> Suggestion:
    text = LINDQVIST_BODY + LINDQVIST_SIGNATURE
    fields = (
        proposed(text, "full_name", "Sofia Berg", 0.95), proposed(text, "job_title", "Procurement Manager", 0.9),
        proposed(text, "email", "sofia.berg@nordkraft.example", 0.99),
        proposed(text, "phone", "+46 31 555 01 20", 0.92, value="+46315550120", type="work"),
        proposed(text, "company", "Nordkraft AB", 0.74),
    )  # fmt: skip
    return Suggestion("s-berg", "successor", "Sofia Berg", 0.88, fields, (), "sofia.berg@nordkraft.example", "contact")


def _hostile() -> Suggestion:
    fields = (
        ProposedField("full_name", '"><script>document.title="run"</script>', None, 0.7, None, None, "header.from"),
        proposed(HOSTILE_BODY, "phone", "03-5550-0177", 0.6, value="+81355500177", type="work"),
        ProposedField("website", "javascript:alert(1)", None, 0.6, None, None, "signature.website"),
        ProposedField("email", "billing@evil.example", None, 0.9, None, None, "header.from"),
    )
    return Suggestion("s-hostile", "create_contact", "x", 0.7, fields, (), "billing@evil.example", "contact")


if __name__ == "__main__":
    engine = open_engine(sys.argv[1])
    migrate(engine)
    with sessions(engine).begin() as opened:
        made = fill(opened, datetime.now(UTC))
        fill_history(opened, made, datetime.now(UTC))
        print(made.records)
