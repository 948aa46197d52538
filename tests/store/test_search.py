"""Full-text search in both languages, on both databases, and only over what the reader may see."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from pipeline.records import Address, Attachment
from pipeline.store.access import sharing
from pipeline.store.access.standing import Settings
from pipeline.store.mail.mails import MailFilter, count_facets, list_mails, search_mails
from pipeline.store.tables import MailSearchRow

LETTERS = {
    1: "先日ご依頼いただいた御見積書をお送りいたします。株式会社北精機 髙橋",
    2: "Could you send us the revised offer for 40 licences by Friday?",
    3: "請求書の件、承知いたしました。",
    4: "Müller & Söhne bitten um ein Angebot. Offers are welcome.",
    5: "書",
}


@pytest.fixture
def letters(session, office, make):
    for n, body in LETTERS.items():
        make.store(
            office.aya_box, n, text=body, subject=f"件名{n}", from_=Address("佐藤 健", f"sato{n}@kita-seiki.example"),
            attachments=(Attachment("図面.pdf", "application/pdf", 1),) if n == 3 else (),
        )  # fmt: skip
    session.commit()


def found(session, reader, question):
    return sorted(int(mail.subject[2:]) for mail, _ in search_mails(session, reader, question).items)


@pytest.mark.parametrize(
    ("question", "numbers"),
    [
        ("見積書", [1]),
        ("見積", [1]),
        ("積書", [1]),
        ("書", [1, 3, 5]),
        ("請求書", [3]),
        ("書請", []),
        ("高橋", [1]),
        ("髙橋", [1]),
        ("北精機 見積", [1]),
        ("北精機 請求", []),
        ("offer", [2, 4]),
        ("OFFERS", [4]),
        ("revised offer", [2]),
        ("fer", []),
        ("muller", [4]),
        ("ｏｆｆｅｒ", [2, 4]),
        ("40", [2]),
        ("佐藤", [1, 2, 3, 4, 5]),
        ("sato3@kita-seiki.example", [3]),
        ("kita-seiki", [1, 2, 3, 4, 5]),
        ("件名2", [2]),
        ("図面", [3]),
        ("図面.pdf", [3]),
        ("'; DROP TABLE mails --", []),
        ('"offer" OR * NOT', []),
        ("!&|()<->:*", []),
        ("", []),
        ("𠮷", []),
    ],
)
def test_what_is_found(session, office, letters, question, numbers):
    assert found(session, office.aya, question) == numbers


def test_hits_come_newest_first_with_the_place_marked(session, office, letters):
    page = search_mails(session, office.aya, "offer", limit=1)
    ((mail, snippet),) = page.items
    assert mail.subject == "件名4"
    assert [snippet.text[start:end] for start, end in snippet.marks] == ["Offer"]
    rest = search_mails(session, office.aya, "offer", cursor=page.next_cursor)
    assert [mail.subject for mail, _ in rest.items] == ["件名2"]
    ((_, by_subject),) = search_mails(session, office.aya, "件名1").items
    assert by_subject.text == "件名1"


def test_nobody_finds_or_counts_what_they_may_not_see(session, office, other_office, letters, now):
    for stranger in (office.ben, office.admin, other_office.aya):
        assert found(session, stranger, "offer") == []
        assert count_facets(session, stranger, MailFilter(text="offer")).total == 0
    sharing.set_organisation(session, office.admin, Settings(mode="public"), now)
    assert found(session, office.ben, "offer") == [2, 4]
    assert count_facets(session, office.ben, MailFilter(text="offer")).total == 2
    assert found(session, other_office.aya, "offer") == []


def test_a_mail_read_anew_is_found_by_its_new_text_only(session, office, make):
    make.store(office.aya_box, 1, text="old words\n")
    make.store(office.aya_box, 1, text="old words\n", versions={"pipeline": "2"})
    assert len(list_mails(session, office.aya, narrow=MailFilter(text="old")).items) == 1
    row = session.scalars(select(MailSearchRow)).one()
    row.tokens = ["new", "words"]
    session.flush()
    assert list_mails(session, office.aya, narrow=MailFilter(text="old")).items == ()
    assert len(list_mails(session, office.aya, narrow=MailFilter(text="new words")).items) == 1
    session.delete(row)
    session.flush()
    assert list_mails(session, office.aya, narrow=MailFilter(text="new")).items == ()
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("INSERT INTO mail_search_fts(mail_search_fts) VALUES ('integrity-check')"))


def test_hostile_text_can_be_stored_and_searched(session, office, make):
    body = "\x00\ud800 'quoted' \\ back:slash " + "長" * 70_000 + " " + "x" * 5_000
    make.store(office.aya_box, 1, text=body)
    assert len(list_mails(session, office.aya, narrow=MailFilter(text="quoted")).items) == 1
    assert len(list_mails(session, office.aya, narrow=MailFilter(text="長長長")).items) == 1


def test_a_frequent_word_is_found_page_by_page_as_any_other(session, office, make, monkeypatch):
    """PostgreSQL looks through the newest mails then; SQLite searches as always, and must give the same."""
    for n in range(1, 10):
        make.store(office.aya_box if n % 3 else office.ben_box, n, text=f"Please send {'offer' if n % 2 else 'tea'}.\n")
    usual = [mail.id for mail, _ in search_mails(session, office.aya, "offer").items]
    monkeypatch.setattr("pipeline.store.mail.search.FREQUENT", -1)
    monkeypatch.setattr("pipeline.store.mail.mails.MAX_LOOKED", 2)
    found, cursor, asked = [], None, 0
    while asked == 0 or cursor is not None:
        page = search_mails(session, office.aya, "offer", limit=2, cursor=cursor)
        found += [mail.id for mail, _ in page.items]
        cursor, asked = page.next_cursor, asked + 1
    assert found == usual
    assert len(found) >= 3
