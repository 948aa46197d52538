"""Accepting warns of each value that more people could see than may see the mail it comes from."""

from __future__ import annotations

from pipeline.core.share_bulk import Wanted
from pipeline.records import Address, ProposedField, Suggestion
from pipeline.store.access import shares, sharing
from pipeline.store.access.standing import Settings
from pipeline.store.access.widening import wider_fields
from pipeline.store.review.suggestions import list_queue


def wider(session, reader, now):
    return wider_fields(session, reader, list_queue(session, reader, now).items)


def test_values_of_private_mail_are_wider_in_the_crm_a_meeting_is_not(session, office, make, now):
    mail_id = make.store(office.aya_box).mail_id
    make.propose(mail_id, make.contact(), make.meeting())
    assert wider(session, office.aya, now) == {"contact-1": ("full_name", "company", "email")}
    sharing.set_organisation(session, office.admin, Settings(mode="public"), now)
    assert wider(session, office.aya, now) == {"contact-1": ()}
    sharing.exclude_domains(session, office.aya, ["lindgren.example"], now)
    assert wider(session, office.aya, now) == {"contact-1": ("full_name", "company", "email")}


def test_being_named_in_a_mail_opens_it_to_nobody_else(session, office, make, now):
    to = (Address(None, office.ben.address),)
    make.propose(make.store(office.aya_box, to=to).mail_id, make.contact())
    assert wider(session, office.ben, now) == {"contact-1": ("full_name", "company", "email")}


def test_each_suggestion_is_judged_by_its_own_mail(session, office, make, now):
    private, public = make.store(office.aya_box, 1).mail_id, make.store(office.ben_box, 2).mail_id
    make.store(office.aya_box, 2)
    sharing.choose_mode(session, office.ben, "public", now)
    make.propose(private, make.contact(1))
    make.propose(public, make.contact(2, "mio@kanda.example"))
    assert wider(session, office.aya, now) == {"contact-1": ("full_name", "company", "email"), "contact-2": ()}


def test_a_link_is_wider_only_where_somebody_shares_the_deal(session, office, make, now):
    deals = [make.record(name, "deal") for name in ("Plan A", "Plan B")]
    fields = tuple(ProposedField("deal", deal.id, None, None, None, None, "deal.open") for deal in deals)
    asked = Suggestion("deal-1", "link_deal", "Plan A", 0.5, fields, (), None, "deal", deals[0].id)
    make.propose(make.store(office.aya_box).mail_id, asked)
    assert wider(session, office.aya, now) == {"deal-1": ()}
    sharing.choose_mode(session, office.aya, "custom", now)
    shares.share(session, office.aya, [Wanted(deals[1].id)], now)
    assert wider(session, office.aya, now) == {"deal-1": ("deal",)}
