"""What the CRM already knows about the people of one mail. The store builds it; the rules only read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from pipeline.core.link import DealHistory, outside_addresses
from pipeline.records import Dossier, Record, Suggestion

State = Literal["pending", "accepted", "edited", "rejected", "snoozed", "superseded", "expired"]
OPEN_STATES: frozenset[State] = frozenset({"pending", "snoozed"})
ACCEPTED_STATES: frozenset[State] = frozenset({"accepted", "edited"})


@dataclass(frozen=True, slots=True)
class Earlier:
    """A suggestion made before about the same thread or person, and what became of it.

    ``made_id`` is the meeting, call, task or record that accepting it made; ``mail_date`` its mail's date.
    """

    suggestion: Suggestion
    state: State
    made_id: str | None = None
    mail_date: datetime | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look records up by for one mail: addresses, names in every spelling given, firms."""

    addresses: tuple[str, ...]
    names: tuple[str, ...]
    companies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Directory:
    """The records that may concern a mail, the addresses that are ours, and earlier suggestions.

    ``earlier`` holds those of other mails of the thread and those about the mail's people, oldest first; only from
    mails that everybody who may see this mail may see too, for their values go into what is proposed. ``history``
    tells when deals were opened and last changed, by id; without it deals are ranked by their id.
    """

    records: tuple[Record, ...] = ()
    own_addresses: frozenset[str] = frozenset()
    earlier: tuple[Earlier, ...] = ()
    history: Mapping[str, DealHistory] = field(default_factory=dict)

    @property
    def people(self) -> tuple[Record, ...]:
        """Contacts and leads."""
        return tuple(record for record in self.records if record.kind in ("contact", "lead"))

    @property
    def deals(self) -> tuple[Record, ...]:
        """All deals given, open or not."""
        return tuple(record for record in self.records if record.kind == "deal")

    def record(self, record_id: str | None) -> Record | None:
        """The record of that id, if it is here."""
        return next((record for record in self.records if record.id == record_id), None)

    def at(self, address: str) -> tuple[Record, ...]:
        """The contacts and leads with this primary or secondary address."""
        return tuple(record for record in self.people if address.lower() in record.addresses)

    def company_of(self, record: Record) -> str | None:
        """A person's firm: the field, or else the name of the account."""
        account = self.record(record.account_id)
        return record.fields.get("company") or (account.name if account else None)


def wanted(dossier: Dossier) -> Wanted:
    """What the store has to look up before ``propose`` can judge a mail."""
    if dossier.message is None:
        return Wanted((), (), ())
    fields = [field for contact in dossier.contacts for field in contact.fields]
    emails = [field.value.lower() for field in fields if field.name == "email"]
    names = [field.value for field in fields if field.name in ("full_name", "name_kana", "name_latin")]
    companies = [field.value for field in fields if field.name == "company"]
    addresses = (*outside_addresses(dossier.message, ()), *emails)
    return Wanted(*(tuple(dict.fromkeys(values)) for values in (addresses, names, companies)))
