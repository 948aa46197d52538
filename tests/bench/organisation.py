"""A large organisation for ``make bench-api``, made up and loaded into PostgreSQL by COPY.

Two hundred users in a tree of roles, each with a mailbox, sharing in all modes; accounts, contacts, leads and deals;
mail over three years between users and contacts, a few of whom write most of it; links, suggestions in every state,
decisions, meetings. Everything but the people grows with the number of mails. The same number gives the same rows.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from bisect import bisect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Any

import psycopg
from sqlalchemy import Engine, Table, text

from pipeline.core.review import LIFETIME, worth
from pipeline.core.search import tokens
from pipeline.document import document, dumps
from pipeline.records import Activity, Address, Dossier, Evidence, Message, ProposedField, RawMail, Slot, Suggestion
from pipeline.store.review.suggestion_json import to_json
from pipeline.store.tables import Base
from pipeline.store.tables.search import _tsvector

ORGANISATION = "bench"
USERS = 200
YEARS = timedelta(days=3 * 365)
NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
TEXTS = 3000
_FLUSH_BYTES = 1 << 20
_NULL = "\\N"
Cell = str | int | float | None


def key(*parts: object) -> str:
    """An id of 32 hex digits."""
    return hashlib.blake2b("-".join(map(str, parts)).encode(), digest_size=16).hexdigest()


class Loader:
    """Writes rows into tables by COPY, one connection for each; indexes and constraints are made afterwards."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._open: dict[str, Any] = {}
        self._waiting: dict[str, list[str]] = {}
        self._bytes: dict[str, int] = {}

    def add(self, table: str, *cells: Cell) -> None:
        """A row with a value for each column, in the order of the table; strings hold no tab, line end or backslash."""
        line = "\t".join([_NULL if cell is None else str(cell) for cell in cells])
        self._waiting.setdefault(table, []).append(line)
        self._bytes[table] = self._bytes.get(table, 0) + len(line)
        if self._bytes[table] > _FLUSH_BYTES:
            self._flush(table)

    def close(self) -> None:
        """Write what waits, and commit."""
        for table in list(self._waiting):
            self._flush(table)
        for connection, copying, _ in self._open.values():
            copying.__exit__(None, None, None)
            connection.commit()
            connection.close()

    def _flush(self, table: str) -> None:
        if table not in self._open:
            connection = psycopg.connect(self._url)
            cursor = connection.cursor()
            names = ", ".join(f'"{column.name}"' for column in _columns(Base.metadata.tables[table]))
            copying = cursor.copy(f"COPY {table} ({names}) FROM STDIN".encode())
            self._open[table] = (connection, copying, copying.__enter__())
        lines = self._waiting.pop(table, [])
        self._bytes[table] = 0
        if lines:
            self._open[table][2].write("\n".join(lines) + "\n")


def _columns(table: Table) -> list[Any]:
    serial = {"audit_log", "decisions", "mail_search", "notices", "deliveries", "sign_in_failures"}
    return [column for column in table.columns if not (table.name in serial and column.name == "id")]


def load(engine: Engine, mails: int) -> None:
    """Fill the migrated, empty database."""
    made = _take_away(engine)
    loader = Loader(engine.url.set(drivername="postgresql").render_as_string(hide_password=False))
    Bench(loader, mails).fill()
    loader.close()
    _bring_back(engine, made)


def _take_away(engine: Engine) -> list[str]:
    """Drop constraints and indexes; return the statements that make them again."""
    with engine.begin() as connection:
        constraints = connection.execute(
            text(
                "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), contype FROM pg_constraint"
                " WHERE connamespace = 'public'::regnamespace AND contype IN ('f', 'p', 'u')"
                " ORDER BY contype = 'f' DESC, conname"
            )
        ).all()
        for table, name, _, _ in constraints:
            connection.execute(text(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"'))
        indexes = connection.execute(
            text("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY indexname")
        ).all()
        for name, _ in indexes:
            connection.execute(text(f'DROP INDEX "{name}"'))
    made = [
        f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {how}' for table, name, how, kind in constraints if kind != "f"
    ]
    made += [how for _, how in indexes]
    return made + [f'ALTER TABLE {t} ADD CONSTRAINT "{n}" {how}' for t, n, how, kind in constraints if kind == "f"]


def _bring_back(engine: Engine, statements: Iterable[str]) -> None:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET maintenance_work_mem = '1GB'"))
        for statement in statements:
            connection.execute(text(statement))
        connection.execute(text("VACUUM (ANALYZE)"))


@dataclass(frozen=True, slots=True)
class Written:
    """A text that many mails share: its columns ready for COPY."""

    document: str
    sha256: str
    tokens: tuple[str, ...]
    subject: str
    gist: str
    language: str
    machine: str | None
    sentiment: str
    intents: tuple[str, ...]


class Bench:
    """The organisation in the making."""

    def __init__(self, loader: Loader, mails: int) -> None:
        self.loader, self.count, self.random = loader, mails, Random(mails)
        self.users = [key("user", n) for n in range(USERS)]
        self.roles: list[str] = []
        self.modes: list[str] = []
        self.contacts = max(50, mails // 25)
        self.accounts, self.leads, self.deals = mails // 250 + 1, mails // 100 + 1, mails // 125 + 1
        self.at = NOW.isoformat()
        self.deal_of: dict[int, list[int]] = {}
        # A fifth of the people write about two thirds of the mail.
        weights = list(accumulate(1.0 / (n + 20) ** 0.8 for n in range(self.contacts)))
        self.heavy, self.most = weights, weights[-1]

    def fill(self) -> None:
        """All rows."""
        self._people()
        self._records()
        self._sharing()
        self._mail()

    def _people(self) -> None:
        add, random = self.loader.add, self.random
        add("organisations", ORGANISATION, "Bench", self.at)
        for n in range(26):
            self.roles.append(key("role", n))
            parent = None if n == 0 else self.roles[0] if n < 6 else self.roles[1 + n % 5]
            add("roles", self.roles[n], ORGANISATION, f"Role {n}", parent)
        for n, user in enumerate(self.users):
            role = self.roles[min(n, 25)] if n < 26 else self.roles[random.randint(6, 25)]
            profile = "admin" if n < 2 else "standard"
            add(
                "users", user, ORGANISATION, f"user{n}@bench.example", f"User {n}", None, profile,
                "ja" if n % 2 else "en", "Asia/Tokyo", "auto", "t", self.at, role, None,
            )  # fmt: skip
            protocol = "pop3" if n % 7 == 3 else "imap"
            addresses = json.dumps([f"user{n}@bench.example"])
            add("mailboxes", key("box", n), ORGANISATION, f"User {n}", addresses, "t", self.at, protocol)
            add("mailbox_assignments", key("box", n), user)
        for n in range(6):
            box = key("box", USERS + n)
            add(
                "mailboxes",
                box,
                ORGANISATION,
                f"Team {n}",
                json.dumps([f"team{n}@bench.example"]),
                "t",
                self.at,
                "imap",
            )
            for user in random.sample(self.users, 10):
                add("mailbox_assignments", box, user)

    def _sharing(self) -> None:
        add, random = self.loader.add, self.random
        add("sharing_settings", ORGANISATION, "private", "read", "t", "f")
        for n, mode in ((7, "public"), (11, "custom"), (15, "user_choice"), (19, "public")):
            add("role_sharing", self.roles[n], mode)
        for user in self.users:
            mode = random.choices(("private", "public", "custom", "user_choice"), (40, 25, 30, 5))[0]
            add("user_sharing", user, mode, "private" if random.random() < 0.05 else None, None)
            for contact in random.sample(range(self.contacts), 20):
                to = random.choice(("all", f"user:{random.choice(self.users)}", f"role:{random.choice(self.roles)}"))
                add("shares", user, key("contact", contact), to, self.at)
        for scope, domain in (("", "lawyers.example"), ("", "clinic.example"), (self.users[40], "firm7.example")):
            add("excluded_domains", ORGANISATION, scope, domain)

    def _records(self) -> None:
        for n in range(self.accounts):
            self._record("account", n, f"Firm {n} {key('name', n)[:6]}", None)
        for n in range(self.contacts):
            account = key("account", n % self.accounts)
            self._record("contact", n, f"Contact {n} {key('name', n)[:6]}", account, person_address(n))
        for n in range(self.leads):
            self._record("lead", n, f"Lead {n} {key('name', n)[:6]}", None, f"lead{n}@new{n % 500}.example")
        for n in range(self.deals):
            contact = self.random.randrange(self.contacts)
            self._record("deal", n, f"Deal {n}", key("account", contact % self.accounts))
            self.loader.add("deal_contacts", key("deal", n), key("contact", contact), None)
            self.deal_of.setdefault(contact, []).append(n)

    def _record(self, kind: str, n: int, name: str, account: str | None, address: str | None = None) -> None:
        add, record = self.loader.add, key(kind, n)
        is_open = kind != "deal" or n % 3 != 0
        won = None if is_open else "t" if n % 2 else "f"
        owner = self.users[n % USERS] if n % 4 else None
        add(
            "records", record, ORGANISATION, kind, name, name.lower(), account, "t" if is_open else "f", self.at,
            self.at, None if is_open else self.at, won, None, self.at, owner,
        )  # fmt: skip
        if address:
            add("record_addresses", record, address, ORGANISATION, 0)
        fields = {"deal": {"closing_date": f"2026-0{3 + n % 4}-15", "stage": "Proposal"}}.get(
            kind, {"job_title": "Manager", "phone": f"+8135550{n % 10000:04}"}
        )
        for field, value in fields.items():
            add("record_fields", record, field, 0, value, None, None, "import", None, self.at, None)

    def _mail(self) -> None:
        texts = list(_texts())
        machines = [one for one in texts if one.machine]
        people = [one for one in texts if not one.machine]
        for one in texts:
            self.loader.add("raw_contents", one.sha256, 900, _bytes(_RAW))
        step = YEARS / self.count
        for n in range(self.count):
            at = NOW - YEARS + step * n + timedelta(seconds=self.random.random() * 3600 - 3600)
            machine = self.random.random() < 0.25
            self._one(n, at, self.random.choice(machines if machine else people), machine)

    def _one(self, n: int, at: datetime, written: Written, machine: bool) -> None:
        add, random = self.loader.add, self.random
        mail, user, when = key("mail", n), random.randrange(USERS), at.isoformat()
        contact = bisect(self.heavy, random.random() * self.most)
        out = not machine and random.random() < 0.4
        outside = f"news{contact % 900}@letters.example" if machine else person_address(contact)
        if not machine and random.random() < 0.02:
            outside = f"p{contact}@lawyers.example"
        inside = f"user{user}@bench.example"
        readers = {user}
        people = [("from", 0, inside if out else outside), ("to", 0, outside if out else inside)]
        if not machine and random.random() < 0.3:
            other = random.randrange(USERS)
            readers.add(other)
            people.append(("cc", 0, f"user{other}@bench.example"))
        sent_by = self.users[user] if out and random.random() < 0.15 else None
        add(
            "mails", mail, ORGANISATION, f"<{n}@mail.example>", key("content", n), key("thread", n // 3), "references",
            None, None, when, when, written.subject, None, people[0][2], 0, 900, when, sent_by,
        )  # fmt: skip
        for role, position, address in people:
            add("mail_addresses", mail, role, position, None, address)
        boxes = {key("box", reader) for reader in readers} | ({key("box", USERS + n % 6)} if n % 20 == 0 else set())
        for box in sorted(boxes):
            add("copies", box, mail, written.sha256, f"INBOX#{n}", "out" if out else "in", when, when)
        add(
            "insights", mail, written.language, written.machine, written.sentiment, "neutral", written.gist, 0, "{}",
            written.document,
        )  # fmt: skip
        for label in written.intents:
            add("mail_intents", mail, label, 0.9)
        words = (*written.tokens, *outside.replace("@", " ").replace(".", " ").split(), f"user{user}", f"case{n}")
        add("mail_search", mail, _tsvector(words))
        if not machine:
            self._linked(n, mail, contact, when)
            if random.random() < 0.2:
                self._suggested(n, mail, contact, user, at)

    def _linked(self, n: int, mail: str, contact: int, when: str) -> None:
        self.loader.add("links", mail, key("contact", contact), "primary_address", "t", None, when, when)
        deals = self.deal_of.get(contact, ())
        if len(deals) == 1 or (deals and n % 3 == 0):
            self.loader.add("links", mail, key("deal", deals[n % len(deals)]), "open_deal", "t", None, when, when)

    def _suggested(self, n: int, mail: str, contact: int, user: int, at: datetime) -> None:
        add, suggestion, when = self.loader.add, key("suggestion", n), at.isoformat()
        made = _MEETING if n % 2 else _UPDATE
        person, record = person_address(contact), key("contact", contact) if made is _UPDATE else None
        payload = to_json(replace(made, id=suggestion, person=person, record_id=record))
        state = ("pending", "pending", "accepted", "rejected", "expired")[n % 5]
        if state == "pending" and at < NOW - LIFETIME:
            state = "expired"
        expires = NOW + timedelta(days=3650) if state == "pending" else at + timedelta(days=30)
        add(
            "suggestions", ORGANISATION, suggestion, mail, made.kind, state, 1 if state == "pending" else 2,
            worth(made.kind, round(0.6 + self.random.random() * 0.4, 6)), person, record,
            f"topic {n}", json.dumps(payload, ensure_ascii=False), when, expires.isoformat(),
        )  # fmt: skip
        add("suggestion_sources", ORGANISATION, suggestion, mail)
        if state in ("accepted", "rejected"):
            action = state.removesuffix("ed")
            add(
                "decisions", ORGANISATION, suggestion, self.users[user], action, "pending", state, 1, "[]", "[]", None,
                None, when,
            )  # fmt: skip
            add("audit_log", ORGANISATION, self.users[user], f"decision.{action}", suggestion, "{}", when)
        if state == "accepted" and made is _MEETING:
            add(
                "activities", key("activity", n), ORGANISATION, "meeting", "proposed", "Offer review", "[]", None, None,
                None, None, None, "[]", when, person, mail, suggestion, key("thread", n // 3),
                self.users[user], when,
            )  # fmt: skip


def person_address(contact: int) -> str:
    """The address of a contact; the firms' domains are many."""
    return f"contact{contact}@firm{contact % 997}.example"


def words() -> list[str]:
    """Words by how often they are used, the most frequent first; every other one is Japanese."""
    random = Random(7)
    syllables = [a + b for a in "bdfgklmnprstv" for b in ("a", "e", "i", "o", "u", "an", "er", "il")]
    kanji = "見積書納品請求確認電話会議資料送付契約更新部長製造工場販売在庫検査技術開発予算計画報告"
    found = []
    for n in range(6000):
        size = 2 + (n > 300)
        found.append("".join(random.choice(kanji if n % 2 else syllables) for _ in range(size + 1 if n % 2 else size)))
    return list(dict.fromkeys(found))


def _texts() -> Iterator[Written]:
    random, known = Random(11), words()
    shares = list(accumulate(1.0 / (n + 3) for n in range(len(known))))
    for n in range(TEXTS):
        language = "ja" if n % 2 else "en"
        chosen = [known[bisect(shares, random.random() * shares[-1])] for _ in range(random.randint(30, 120))]
        body = "。".join(chosen) if language == "ja" else " ".join(chosen)
        machine = random.choice(("newsletter", "notification", "auto_reply")) if n % 5 == 0 else None
        subject = " ".join(chosen[:5])
        message = Message(
            f"<t{n}@mail.example>", NOW, subject, Address(None, "a@bench.example"), (Address(None, "b@bench.example"),),
            (), (), (), (), {}, body, None, (), (), (), (),
        )  # fmt: skip
        gist = body[:60]
        dossier = Dossier(RawMail(f"t{n}.eml", b""), message, language=language, gist=(Evidence(0, len(gist), gist),))
        found = dumps(document(dossier, {}))
        labels = ("request", "question", "complaint", "purchase")
        intents = () if machine else tuple(label for label in labels if random.random() < 0.2)
        yield Written(
            _bytes(found.encode()), key("text", n), tuple(tokens([subject, body])), subject, gist, language, machine,
            random.choice(("positive", "neutral", "neutral", "negative")), intents,
        )  # fmt: skip


def _bytes(raw: bytes) -> str:
    return "\\\\x" + zlib.compress(raw).hex()


_RAW = b"From: a@bench.example\r\nTo: b@bench.example\r\nSubject: bench\r\n\r\nA mail of the bench.\r\n"
_START = NOW + timedelta(days=2)
_MEETING = Suggestion(
    "", "create_meeting", "Offer review", 0.9, (), (), activity=Activity(
        "meeting", "proposed", "Offer review", 0.9, (), (Slot(_START, _START + timedelta(hours=1), False, False),)
    ),
)  # fmt: skip
_UPDATE = Suggestion(
    "", "update_contact", "Contact", 0.9,
    (ProposedField("department", "Purchasing", None, 0.9, 0, 4, "signature"),), (), record_kind="contact",
)  # fmt: skip
