"""A mail is stored once, whoever imports it and however often."""

from __future__ import annotations

import threading
import zlib
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import func, select

from pipeline import errors
from pipeline.document import document, dumps
from pipeline.records import Address, Dossier, Failure, RawMail
from pipeline.store.engine import sessions, transact
from pipeline.store.mail.mails import get_mail, list_mails
from pipeline.store.mail.storing import content_hash, store_mail
from pipeline.store.tables import CopyRow, InsightRow, MailAddressRow, MailIntentRow, MailRow, RawContentRow


def count(session, table):
    return session.scalar(select(func.count()).select_from(table))


def test_the_same_mail_again_changes_nothing(session, office, make):
    first, again = make.store(office.aya_box), make.store(office.aya_box, source="elsewhere.eml")
    assert (first.new_mail, first.new_copy) == (True, True)
    assert (again.mail_id, again.new_mail, again.new_copy) == (first.mail_id, False, False)
    assert [count(session, table) for table in (RawContentRow, MailRow, CopyRow, InsightRow)] == [1, 1, 1, 1]
    assert get_mail(session, office.aya, first.mail_id).document["source"] == "inbox.mbox#1"


def test_two_mailboxes_copies_are_one_mail_with_the_bytes_of_each(session, office, make):
    first = make.store(office.aya_box, received="mx1.example", source="a", direction="in")
    second = make.store(office.ben_box, received="mx2.example", source="b", direction="out")
    assert (second.mail_id, second.new_mail, second.new_copy) == (first.mail_id, False, True)
    hers, his = (get_mail(session, reader, first.mail_id) for reader in (office.aya, office.ben))
    assert (b"mx1.example" in hers.raw, b"mx2.example" in his.raw) == (True, True)
    assert [(mail.document["source"], mail.document["direction"]) for mail in (hers, his)] == [
        ("a", "in"),
        ("b", "out"),
    ]
    assert (hers.mailboxes, his.mailboxes) == (("佐伯 彩",), ("Ben Hollis",))


def test_equal_bytes_are_kept_once(session, office, make):
    make.store(office.aya_box)
    make.store(office.ben_box)
    assert count(session, RawContentRow) == 1


def test_another_text_under_the_same_message_id_is_another_mail(session, office, make):
    first = make.store(office.aya_box, text="One.\n")
    assert make.store(office.aya_box, text="Two.\n").mail_id != first.mail_id


def test_mail_without_a_message_id_is_told_apart_by_sender_time_and_subject(session, office, make):
    ids = {make.store(office.aya_box, n, message_id="", text="同文\n").mail_id for n in (1, 2, 1)}
    assert len(ids) == 2


def test_line_ends_and_blank_lines_at_the_end_make_no_other_content():
    bodies = [b"A: 1\r\n\r\nx\r\ny\r\n", b"B: 2\n\nx\ny", b"\n\nx\ny\n\n\n"]
    assert len({content_hash(body) for body in bodies[:2]}) == 1
    assert content_hash(b"A: 1\n\nx") != content_hash(b"A: 1\n\ny")
    assert content_hash(b"") == content_hash(b"only headers")


def test_organisations_do_not_share_mails(session, office, other_office, make):
    ours, theirs = make.store(office.aya_box), make.store(other_office.aya_box)
    assert ours.mail_id != theirs.mail_id
    assert list_mails(session, other_office.aya).items[0].id == theirs.mail_id


def test_the_bytes_come_back_exactly(session, office, make):
    stored = make.store(office.aya_box, text="㈱髙島 \x00 ～\udc80\n")
    expected = make.dossier(make.message(1, text="㈱髙島 \x00 ～\udc80\n")).mail.raw
    assert get_mail(session, office.aya, stored.mail_id).raw == expected


def test_the_document_is_kept_byte_for_byte(session, office, make, now):
    made = make.dossier(make.message(text="㈱髙島 \x00 😀\n"))
    written = document(made, {"pipeline": "1"})
    stored = store_mail(session, office.aya_box.id, made.mail, made, written, now)
    compressed = session.scalar(select(InsightRow.document).where(InsightRow.mail_id == stored.mail_id))
    assert zlib.decompress(compressed).decode() == dumps(written)


def test_hostile_headers_are_stored(session, office, make):
    long = "x" * 20_000
    people = tuple(Address(None, f"{n}@many.example") for n in range(1500))
    stored = make.store(
        office.aya_box, message_id=f"<{long}>", subject=f"{long}\x00\ud800", from_=Address(long, long), to=people,
        thread_id=long,
    )  # fmt: skip
    summary = get_mail(session, office.aya, stored.mail_id).summary
    assert summary.subject == f"{long}\ufffd\ufffd"
    assert count(session, MailAddressRow) == 1501


@pytest.mark.parametrize(
    ("date", "kept", "sorted_by"),
    [
        (datetime(2026, 3, 1, 9, tzinfo=timezone(timedelta(hours=9))), datetime(2026, 3, 1, tzinfo=UTC), None),
        (datetime(2026, 3, 1), datetime(2026, 3, 1, tzinfo=UTC), None),  # noqa: DTZ001
        (None, None, "now"),
        (datetime(2099, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC), "now"),
        (datetime.min.replace(tzinfo=timezone(timedelta(hours=9))), None, "now"),
        (datetime.max.replace(tzinfo=timezone(timedelta(hours=-9))), None, "now"),
    ],
)
def test_a_list_is_ordered_by_date_unless_there_is_none_or_it_lies_ahead(
    session, office, make, now, date, kept, sorted_by
):
    make.store(office.aya_box, date=date)
    (summary,) = list_mails(session, office.aya).items
    assert (summary.date, summary.sorted_at) == (kept, now if sorted_by else kept)


def test_a_mail_that_nothing_could_read_is_stored_with_its_bytes_and_failure(session, office, now):
    made = Dossier(RawMail("x.eml", b"\x00\xff"), failures=(Failure("parse", "crash", "It could not be read."),))
    stored = store_mail(session, office.aya_box.id, made.mail, made, document(made, {}), now)
    found = get_mail(session, office.aya, stored.mail_id)
    assert found.raw == b"\x00\xff"
    assert found.document["failures"][0]["code"] == "crash"
    assert found.summary.subject == ""


def test_mails_without_bytes_are_told_apart_by_source(session, office, now):
    made = [Dossier(RawMail(source, b"", Failure("read", "gone", "It is gone."))) for source in ("a", "b", "a")]
    stored = [store_mail(session, office.aya_box.id, m.mail, m, document(m, {}), now) for m in made]
    assert [s.new_mail for s in stored] == [True, True, False]


def test_other_versions_replace_the_document_and_its_intents_the_same_do_not(session, office, make):
    stored = make.store(office.aya_box, language="en")
    make.store(office.aya_box, language="ja", versions={"pipeline": "1"})
    assert get_mail(session, office.aya, stored.mail_id).summary.language == "en"
    make.store(office.aya_box, language="ja", intents=(), versions={"pipeline": "2"})
    summary = get_mail(session, office.aya, stored.mail_id).summary
    assert (summary.language, summary.intents) == ("ja", ())
    assert count(session, MailIntentRow) == 0


def test_an_unknown_mailbox_is_an_error(session, make, now):
    made = make.dossier(make.message())
    with pytest.raises(errors.NotFound):
        store_mail(session, "nothing", made.mail, made, document(made, {}), now)


def test_importers_that_race_double_nothing(engine, session, office, make):
    def work(box, order):
        for n in order:
            transact(sessions(engine), lambda own, n=n: make.clone(own).store(box, n, received=box.name))

    forth, back = range(8), range(7, -1, -1)
    boxes = [(office.aya_box, forth), (office.aya_box, back), (office.ben_box, forth), (office.ben_box, back)]
    threads = [threading.Thread(target=work, args=each) for each in boxes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [count(session, table) for table in (MailRow, InsightRow, MailIntentRow)] == [8, 8, 8]
    assert [count(session, table) for table in (CopyRow, RawContentRow, MailAddressRow)] == [16, 16, 16]
