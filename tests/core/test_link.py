"""Linking a mail to records: by address in both directions, and the exact rules for deals."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.link import (
    Ambiguity,
    Candidate,
    DealHistory,
    DealLinks,
    Link,
    RankedDeal,
    link,
    link_deals,
    link_past_deals,
)
from pipeline.records import Address, Message, Record

OWN = "mori@ours.example"
MORI = Record("contact", "c-mori", "森 由美", addresses=("mori@kita.example", "mori@home.example"), account_id="a-kita")
REED = Record("lead", "l-reed", "Tom Reed", addresses=("tom@reed.example",))
TWIN = Record("contact", "c-twin", "Yumi Mori", addresses=("y@west.example", "mori@home.example"))
KITA = Record("account", "a-kita", "株式会社キタ", addresses=("info@kita.example",))
ALL = (MORI, REED, TWIN, KITA)


def message(sender: str | None, *to: str, cc: tuple[str, ...] = ()) -> Message:
    return Message(
        message_id="<1@x.example>", date=None, subject="", from_=Address(None, sender) if sender else None,
        to=tuple(Address(None, a) for a in to), cc=tuple(Address(None, a) for a in cc), reply_to=(), in_reply_to=(),
        references=(), headers={}, text="", html=None, attachments=(), calendars=(), charset_steps=(), defects=(),
    )  # fmt: skip


def deal(number: int, *contacts: str, is_open: bool = True) -> Record:
    return Record("deal", f"d{number}", f"Deal {number}", contact_ids=contacts or ("c-mori",), open=is_open)


def day(number: int) -> datetime:
    return datetime(2026, 3, number, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sender", "to"), [("mori@kita.example", OWN), (OWN, "mori@kita.example"), ("Mori@KITA.example", OWN)]
)
def test_a_primary_address_links_in_both_directions_with_the_account(sender, to):
    assert link(message(sender, to), ALL, [OWN]).links == (
        Link("c-mori", "contact", "primary_address", "mori@kita.example"),
        Link("a-kita", "account", "account_of_contact"),
    )


def test_a_secondary_address_links_too():
    records = (MORI, REED)
    (found, _) = link(message(OWN, "tom@other.example", cc=("mori@home.example",)), records, [OWN]).links
    assert found == Link("c-mori", "contact", "secondary_address", "mori@home.example")


def test_several_records_at_one_address_are_a_choice_with_reasons():
    records = (TWIN, MORI, Record("lead", "l-1", "Mori", addresses=("mori@home.example",)))
    expected = Ambiguity(
        "mori@home.example",
        (
            Candidate("l-1", "lead", "primary_address"),
            Candidate("c-mori", "contact", "secondary_address"),
            Candidate("c-twin", "contact", "secondary_address"),
        ),
    )
    for order in permutations(records):
        found = link(message("mori@home.example", OWN), order, [OWN])
        assert (found.links, found.ambiguous) == ((), (expected,))


def test_own_addresses_lead_nowhere_and_unknown_ones_are_told_once():
    found = link(message("new@south.example", OWN, "NEW@south.example", cc=("new@south.example",)), ALL, [OWN.upper()])
    assert (found.links, found.ambiguous, found.unknown) == ((), (), ("new@south.example",))


def test_a_mail_without_sender_and_recipients_links_to_nothing():
    assert link(message(None), ALL).links == ()


def test_a_deal_has_no_mail_address():
    odd = Record("deal", "d1", "Deal", addresses=("tom@reed.example",))
    assert link(message("tom@reed.example"), (odd,)).unknown == ("tom@reed.example",)


def test_the_only_open_deal_links():
    deals = [deal(1), deal(2, is_open=False), deal(3, "c-other")]
    assert link_deals(["c-mori"], deals) == DealLinks(Link("d1", "deal", "only_open_deal"))


@pytest.mark.parametrize("deals", [[], [deal(1, is_open=False)], [deal(1, "c-other")]])
def test_no_open_deal_no_link(deals):
    assert link_deals(["c-mori"], deals) == DealLinks()


def test_several_open_deals_are_ranked_by_their_last_change():
    history = {f"d{n}": DealHistory(day(1), day(changed)) for n, changed in ((1, 5), (2, 9), (4, 7))}
    ranked = link_deals(["c-mori"], [deal(n) for n in (1, 2, 3, 4)], history).ranked
    assert ranked == (
        RankedDeal("d2", "latest"),
        RankedDeal("d4", "earlier"),
        RankedDeal("d1", "earlier"),
        RankedDeal("d3", "earlier"),
    )


def test_by_choice_the_latest_deal_that_is_not_lost_links():
    history = {
        "d1": DealHistory(day(1), day(5)),
        "d2": DealHistory(day(1), day(6)),
        "d3": DealHistory(day(1), day(8), closed_at=day(8), won=True),
        "d4": DealHistory(day(1), day(9), closed_at=day(9), won=False),
    }
    deals = [deal(1), deal(2), deal(3, is_open=False), deal(4, is_open=False)]
    assert link_deals(["c-mori"], deals, history, choice="latest").link == Link("d3", "deal", "latest_deal")


@pytest.mark.parametrize(("then", "expected"), [([], None), (["d1"], "d1"), (["d1", "d1"], "d1"), (["d1", "d2"], None)])
def test_old_mail_links_only_where_there_was_a_single_deal_at_its_date(then, expected):
    found = link_past_deals(then)
    assert (found.link.record_id if found.link else None, found.ranked) == (expected, ())


ADDRESSES = st.sampled_from(["a@x.example", "b@x.example", "c@x.example", OWN])


@given(
    st.lists(ADDRESSES, max_size=4),
    st.lists(st.lists(ADDRESSES, min_size=1, max_size=2, unique=True), max_size=4),
)
def test_every_outside_address_is_linked_ambiguous_or_unknown(to, owners):
    records = [Record("contact", f"c{n}", "", addresses=tuple(a)) for n, a in enumerate(owners)]
    found = link(message(None, *to), records, [OWN])
    told = {a.address for a in found.ambiguous} | set(found.unknown)
    for address in set(to) - {OWN}:
        having = [r.id for r in records if address in r.addresses]
        assert (address in told) == (len(having) != 1)
        assert len(having) != 1 or having[0] in {each.record_id for each in found.links}
    assert OWN not in told
