"""Full-text search in both languages, on both databases, and only over what the reader may see."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import insert, select, text

from pipeline.records import Address, Attachment
from pipeline.store.access import sharing
from pipeline.store.access.standing import Settings
from pipeline.store.mail.facets import count_facets
from pipeline.store.mail.mails import list_mails, search_mails
from pipeline.store.mail.narrowing import MailFilter
from pipeline.store.tables import CopyRow, InsightRow, MailRow, MailSearchRow

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


def everything(session, reader, question, limit):
    """All hits by their pages, and how many pages these were."""
    found, cursor, pages = [], None, 0
    while pages == 0 or cursor is not None:
        page = search_mails(session, reader, question, limit=limit, cursor=cursor)
        found += [mail.id for mail, _ in page.items]
        cursor, pages = page.next_cursor, pages + 1
    return found, pages


@pytest.mark.parametrize("question", ["offer", "見積書", "offer 見積", "please send offer"])
@pytest.mark.parametrize(("probed", "frequent"), [(500, 2000), (1, 2000), (1, 2)])
def test_a_word_gives_the_same_however_it_is_looked_for(session, office, make, monkeypatch, question, probed, frequent):
    """By the index, by the newest mails because they are full of it, or because there are too many hits."""
    for n in range(1, 10):
        body = f"Please send {'offer' if n % 2 else 'tea'}.\n{'御見積書' if n % 4 else '積書見'}在中"
        make.store(office.aya_box if n % 3 else office.ben_box, n, text=body, subject="")
    ids = [mail.id for mail in list_mails(session, office.aya).items]
    words = {"offer": {1, 5, 7}, "見積書": {1, 2, 5, 7}, "offer 見積": {1, 5, 7}, "please send offer": {1, 5, 7}}
    expected = [ids[::-1][place] for place, n in enumerate((1, 2, 4, 5, 7, 8)) if n in words[question]][::-1]
    monkeypatch.setattr("pipeline.store.mail.search.PROBED", probed)
    monkeypatch.setattr("pipeline.store.mail.search.FREQUENT", frequent)
    monkeypatch.setattr("pipeline.store.mail.narrowing.MAX_LOOKED", 2)
    assert everything(session, office.aya, question, limit=2)[0] == expected
    facets = count_facets(session, office.aya, MailFilter(text=question))
    assert facets.total == len(expected) or (facets.more and facets.total < len(expected))


def test_the_work_of_a_search_does_not_grow_with_the_hits(session, office, make, monkeypatch):
    """Whether the newest mails are full of the words or only older ones, and though none of them may be seen."""
    monkeypatch.setattr("pipeline.store.mail.search.PROBED", 10)
    monkeypatch.setattr("pipeline.store.mail.search.FREQUENT", 10)
    monkeypatch.setattr("pipeline.store.mail.narrowing.MAX_LOOKED", 20)
    # As of a reader of so many colleagues' mail that it is not listed first: such a list grows with what they may see.
    monkeypatch.setattr("pipeline.store.access.facts._MANY_OWNERS", 0)
    mail_id = make.store(office.aya_box, 0).mail_id
    asked = [(reader, question) for reader in (office.aya, office.ben) for question in ("fresh", "stale", "見積書")]
    work = []
    for numbers in (range(1, 80), range(80, 400)):
        multiply(session, mail_id, numbers)
        work.append([effort(session, lambda who=who, q=q: search_mails(session, who, q)) for who, q in asked])
    assert all(few > 0 and many < few * 1.5 for few, many in zip(*work, strict=True)), work


def multiply(session, mail_id, numbers):
    """Store copies of a mail, each older than the one before."""
    for table in (MailRow, InsightRow, CopyRow, MailSearchRow):
        key = "id" if table is MailRow else "mail_id"
        (row,) = session.execute(select(table.__table__).where(table.__table__.c[key] == mail_id)).mappings()
        session.execute(insert(table), [copy_of(dict(row), key, n) for n in numbers])
    session.execute(text("ANALYZE"))
    session.commit()


def copy_of(row, key, n):
    row[key] = f"copy {n}"
    if "sorted_at" in row:
        row["sorted_at"] -= timedelta(minutes=n)
    if "content_hash" in row:
        row |= {"content_hash": str(n), "message_id": str(n)}
    if "tokens" in row:
        row["tokens"] = ["fresh" if n < 40 else "stale", "見積", "積書", "書"]
        del row["id"]
    return row


def effort(session, work):
    """What the database does for it: rows read by PostgreSQL as from large tables, steps of SQLite's machine."""
    if session.get_bind().dialect.name == "sqlite":
        steps = []
        connection = session.connection().connection.dbapi_connection
        connection.set_progress_handler(lambda: steps.append(1), 10)
        work()
        connection.set_progress_handler(None, 0)
        return len(steps)
    for way in ("seqscan", "hashjoin", "mergejoin"):  # what only small tables are read by
        session.execute(text(f"SET LOCAL enable_{way} = off"))
    read = text("SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_xact_user_tables")
    before = session.scalar(read)
    work()
    return int(session.scalar(read) - before)
