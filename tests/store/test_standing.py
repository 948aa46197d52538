"""A reader's standing is kept between requests, and never older than what the database holds."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path

import pytest
from sqlalchemy import delete, event, insert, select, update

from pipeline.store.access import standing
from pipeline.store.access.sharing import choose_mode
from pipeline.store.access.standing import read_once, standing_of
from pipeline.store.engine import open_engine, sessions
from pipeline.store.tables import Base, OrganisationRow, SharingVersionRow, UserRow

_spec = importlib.util.spec_from_file_location("standing_worlds", Path(__file__).with_name("worlds.py"))
assert _spec is not None
assert _spec.loader is not None
worlds = importlib.util.module_from_spec(_spec)
sys.modules[_spec.name] = worlds
_spec.loader.exec_module(worlds)

# Each table that a standing is read from, and a column of it that matters.
WATCHED = {
    "sharing_settings": "mode", "users": "active", "user_sharing": "mode", "roles": "parent_id",
    "role_sharing": "mode", "excluded_domains": "domain", "mailboxes": "addresses", "mailbox_assignments": "user_id",
}  # fmt: skip


@pytest.fixture
def statements(engine):
    """The statements that are sent to the database, as they are sent."""
    sent = []

    def note(_connection, _cursor, statement, *_):
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def owners_mode(session, reader, owner):
    facts = next(facts for facts, ids in standing_of(session, reader).owners.items() if owner.id in ids)
    return dict(facts)["mode"]


def test_it_is_read_once_until_something_changes(session, office, now, statements):
    standing_of(session, office.aya)
    statements.clear()
    first = standing_of(session, office.aya)
    assert len(statements) == 1
    assert standing_of(session, office.ben) is not first
    assert len(statements) == 2
    choose_mode(session, office.ben, "public", now)
    assert owners_mode(session, office.aya, office.ben) == "public"
    choose_mode(session, office.ben, "private", now)
    assert owners_mode(session, office.aya, office.ben) == "private"


def test_a_session_that_only_reads_asks_once(session, office, statements):
    read_once(session)
    standing_of(session, office.aya)
    statements.clear()
    standing_of(session, office.aya)
    assert statements == []


def test_another_process_is_noticed(session, office, now, database_url):
    assert standing_of(session, office.aya).active
    session.commit()
    elsewhere = open_engine(database_url)
    with sessions(elsewhere).begin() as other:
        other.execute(update(UserRow).where(UserRow.id == office.aya.id).values(active=False))
    elsewhere.dispose()
    assert not standing_of(session, office.aya).active


def test_what_is_rolled_back_is_not_remembered(session, office, now):
    session.commit()
    before = owners_mode(session, office.aya, office.ben)
    choose_mode(session, office.ben, "public", now)
    assert owners_mode(session, office.aya, office.ben) == "public"
    session.rollback()
    assert owners_mode(session, office.aya, office.ben) == before


def test_an_emptied_version_is_made_anew(session, office, now):
    session.execute(delete(SharingVersionRow))
    standing_of(session, office.aya)
    choose_mode(session, office.ben, "public", now)
    assert token(session)
    assert owners_mode(session, office.aya, office.ben) == "public"


def test_every_row_that_comes_changes_or_goes_renews_the_version(session):
    world = next(
        one for one in map(worlds.world, range(99)) if {table.__tablename__ for table in one.rows} >= set(WATCHED)
    )
    tables = [table for table in Base.metadata.sorted_tables if table.name in WATCHED]
    rows = {table.__tablename__: found for table, found in world.rows.items()}
    session.execute(insert(OrganisationRow), rows["organisations"])
    tokens = [token(session)]
    for table in tables:
        session.execute(insert(table), rows[table.name])
        tokens.append(token(session))
    for table in tables:
        column = table.columns[WATCHED[table.name]]
        session.execute(update(table).values({column: column}))
        tokens.append(token(session))
    for table in reversed(tables):
        session.execute(delete(table))
        tokens.append(token(session))
    assert len(set(tokens)) == 1 + 3 * len(WATCHED)


def token(session):
    return session.scalar(select(SharingVersionRow.version))


def test_whatever_is_read_for_it_is_watched(session, office, statements):
    standing._read(session, office.aya.organisation_id)
    tables = {name for one in statements for name in re.findall(r"(?:FROM|JOIN) (\w+)", one)}
    assert tables == set(WATCHED)
    assert tables <= set(Base.metadata.tables)
