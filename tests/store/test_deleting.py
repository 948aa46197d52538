"""Deleting mail: one's own from one's own mailboxes, mail sent from the CRM for everybody where that is set."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from pipeline import errors
from pipeline.store.access import sharing
from pipeline.store.access.standing import Settings
from pipeline.store.mail.deleting import delete_mail
from pipeline.store.mail.mails import list_mails
from pipeline.store.tables import AuditRow, CopyRow, MailRow


def test_a_colleagues_copy_of_a_deleted_mail_stays(session, office, make, now):
    mail = make.store(office.aya_box, 1, now=now).mail_id
    make.store(office.ben_box, 1, now=now, received="mx2.example")
    delete_mail(session, office.aya, mail, now)
    assert list_mails(session, office.aya).items == ()
    assert [one.id for one in list_mails(session, office.ben).items] == [mail]
    delete_mail(session, office.ben, mail, now)
    assert session.scalars(select(MailRow.id)).all() == []
    assert session.scalars(select(AuditRow.action)).all() == ["mail.delete", "mail.delete"]


@pytest.mark.parametrize("level", ["read", "write", "delete"])
def test_mail_sent_from_the_crm_is_deleted_by_anybody_only_where_that_is_set(session, office, make, now, level):
    sharing.set_organisation(session, office.admin, Settings(crm_mail=level), now)
    mail = make.store(office.aya_box, 1, now=now, sent_by=office.aya.id).mail_id
    if level != "delete":
        with pytest.raises(errors.NotAllowed):
            delete_mail(session, office.ben, mail, now)
        return
    delete_mail(session, office.ben, mail, now)
    assert session.scalars(select(CopyRow.mail_id)).all() == []


def test_who_may_not_see_a_mail_does_not_delete_it(session, office, other_office, make, now):
    mail = make.store(office.aya_box, 1, now=now).mail_id
    for reader in (office.ben, office.admin, other_office.aya):
        with pytest.raises(errors.NotFound):
            delete_mail(session, reader, mail, now)
