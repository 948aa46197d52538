"""Which records a mail belongs to: by the addresses in its headers, and the deals of the people found.

One record at an address links by itself. Several are the user's choice; they come with their reasons, likeliest
first. A contact's only open deal links by itself; several are ranked.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pipeline.records import Address, Message, Record, RecordKind

AddressReason = Literal["primary_address", "secondary_address"]
Reason = Literal["primary_address", "secondary_address", "account_of_contact", "only_open_deal", "latest_deal"]
DealReason = Literal["latest", "earlier"]
Choice = Literal["ask", "latest"]
_KINDS: tuple[RecordKind, ...] = ("contact", "lead", "account", "deal")


@dataclass(frozen=True, slots=True)
class Link:
    """A record that a mail belongs to, and why; ``address`` is the one that led there."""

    record_id: str
    kind: RecordKind
    reason: Reason
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record that a mail may belong to."""

    record_id: str
    kind: RecordKind
    reason: AddressReason


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """An address that several records have: the user chooses."""

    address: str
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Links:
    """The links of a mail, what needs a choice, and the outside addresses that no record has."""

    links: tuple[Link, ...] = ()
    ambiguous: tuple[Ambiguity, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RankedDeal:
    """A deal that a mail may belong to; the first of a list is the likeliest."""

    record_id: str
    reason: DealReason


@dataclass(frozen=True, slots=True)
class DealLinks:
    """The deal that links by itself, or those to choose from, never both."""

    link: Link | None = None
    ranked: tuple[RankedDeal, ...] = ()


@dataclass(frozen=True, slots=True)
class DealHistory:
    """When a deal was opened, last changed and closed (None: not closed), with zones; ``won`` is its outcome."""

    opened_at: datetime
    modified_at: datetime
    closed_at: datetime | None = None
    won: bool | None = None


def outside_addresses(message: Message, own: Iterable[str]) -> tuple[str, ...]:
    """The addresses of From, To and Cc that are not ours, each once, in the order of the headers."""
    ours = {address.lower() for address in own}
    sender: tuple[Address, ...] = (message.from_,) if message.from_ else ()
    found = (mailbox.address.lower() for mailbox in (*sender, *message.to, *message.cc))
    return tuple(dict.fromkeys(address for address in found if address and address not in ours))


def link(message: Message, records: Sequence[Record], own: Iterable[str] = ()) -> Links:
    """The leads, contacts and accounts that the addresses of a mail lead to, whichever way it went.

    A contact brings its account along: an account gathers the mail of its contacts.
    """
    return link_addresses(outside_addresses(message, own), records)


def link_addresses(addresses: Iterable[str], records: Sequence[Record]) -> Links:
    """The same for the outside addresses of a mail, lower-cased, each once."""
    links: dict[str, Link] = {}
    ambiguous, unknown = [], []
    for address in addresses:
        candidates = _candidates(address, records)
        if len(candidates) == 1:
            (only,) = candidates
            links.setdefault(only.record_id, Link(only.record_id, only.kind, only.reason, address))
        elif candidates:
            ambiguous.append(Ambiguity(address, candidates))
        else:
            unknown.append(address)
    for account in _accounts(links, records):
        links.setdefault(account.record_id, account)
    return Links(tuple(links.values()), tuple(ambiguous), tuple(unknown))


def link_deals(
    contact_ids: Iterable[str],
    deals: Sequence[Record],
    history: dict[str, DealHistory] | None = None,
    *,
    choice: Choice = "ask",
) -> DealLinks:
    """The deal of these contacts that a mail of today belongs to.

    The only open deal links; of several the choice is ranked, or with ``choice="latest"`` the most recently modified
    one that is not closed as lost links by itself.
    """
    people, past = set(contact_ids), history or {}
    theirs = [deal for deal in deals if deal.kind == "deal" and people.intersection(deal.contact_ids)]
    running = [deal for deal in theirs if deal.open]
    if len(running) < 2:
        return DealLinks(_only([deal.id for deal in running], "only_open_deal"))
    if choice == "latest":
        kept = [deal for deal in theirs if deal.open or (deal.id in past and past[deal.id].won)]
        return DealLinks(_only([_latest_first(kept, past)[0].id], "latest_deal"))
    return DealLinks(None, _ranked(running, past))


def link_past_deals(open_then: Iterable[str]) -> DealLinks:
    """The deal that an old mail belongs to: the only one that its contacts had at its date, else none.

    ``open_then`` are the deals that were open at that date and in which one of the contacts had a part then.
    """
    return DealLinks(_only(sorted(set(open_then)), "only_open_deal"))


def _candidates(address: str, records: Sequence[Record]) -> tuple[Candidate, ...]:
    """Records with this address: as their primary one first, then contacts before leads before accounts."""
    found = [
        Candidate(record.id, record.kind, "primary_address" if record.addresses[0] == address else "secondary_address")
        for record in records
        if record.kind != "deal" and address in record.addresses
    ]
    found.sort(key=lambda c: (c.reason != "primary_address", _KINDS.index(c.kind), c.record_id))
    return tuple(found)


def _accounts(links: dict[str, Link], records: Sequence[Record]) -> list[Link]:
    by_id = {record.id: record for record in records}
    accounts = [by_id[record_id].account_id for record_id in links]
    return [Link(account, "account", "account_of_contact") for account in accounts if account]


def _only(deal_ids: Sequence[str], reason: Reason) -> Link | None:
    return Link(deal_ids[0], "deal", reason) if len(deal_ids) == 1 else None


def _latest_first(deals: Sequence[Record], history: dict[str, DealHistory]) -> list[Record]:
    def age(deal: Record) -> tuple[float, str]:
        known = history.get(deal.id)
        return (-known.modified_at.timestamp() if known else float("inf"), deal.id)

    return sorted(deals, key=age)


def _ranked(deals: Sequence[Record], history: dict[str, DealHistory]) -> tuple[RankedDeal, ...]:
    first, *others = _latest_first(deals, history)
    return (RankedDeal(first.id, "latest"), *(RankedDeal(deal.id, "earlier") for deal in others))
