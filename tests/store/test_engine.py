"""Opening, migrating, and transactions that run again."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone
from importlib import resources
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import func, insert, inspect, select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from pipeline import errors
from pipeline.store.engine import autocommit, migrate, open_engine, sessions, transact
from pipeline.store.organisation import people
from pipeline.store.tables import AuditRow, Base, MailboxRow, OrganisationRow

# SQLite keeps its full-text index in tables that no model describes, where PostgreSQL has an index of its own kind.
SEARCH_INDEX = "mail_search_fts"
NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://host/name", "oracle://x"])
def test_a_url_that_names_no_usable_database_is_refused_with_advice(url):
    with pytest.raises(errors.SettingsError, match="sqlite:///PATH"):
        open_engine(url)


def test_a_missing_folder_of_a_sqlite_file_is_made(tmp_path):
    engine = open_engine(f"sqlite:///{tmp_path / 'a' / 'b' / 'x.sqlite3'}")
    migrate(engine)
    assert (tmp_path / "a" / "b" / "x.sqlite3").exists()
    engine.dispose()


def test_the_first_start_creates_every_table_and_later_starts_change_nothing(empty_database_url):
    engine = open_engine(empty_database_url)
    migrate(engine)
    migrate(engine)
    found = {name for name in inspect(engine).get_table_names() if not name.startswith(SEARCH_INDEX)}
    assert set(Base.metadata.tables) | {"alembic_version"} == found
    engine.dispose()


def test_the_steps_follow_each_other_in_the_order_of_their_files():
    """A start that finds the last file's step done asks for no other."""
    steps = list(ScriptDirectory(str(resources.files("pipeline.store") / "migrations")).walk_revisions())
    names = [Path(step.path).name for step in reversed(steps)]
    assert names == sorted(names)
    assert steps[0].revision == Path(steps[0].path).stem


def compared(engine):
    def include(_, name, kind, *__):
        return engine.dialect.name != "sqlite" or not (name.startswith(SEARCH_INDEX) or name == "ix_mail_search_tokens")

    return {"compare_type": True, "compare_server_default": True, "include_object": include}


def test_migrations_and_tables_agree(engine):
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts=compared(engine))
        assert compare_metadata(context, Base.metadata) == []


def test_a_difference_between_migrations_and_tables_would_be_seen(empty_database_url):
    engine = open_engine(empty_database_url)
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE mailboxes DROP COLUMN active"))
        context = MigrationContext.configure(connection, opts=compared(engine))
        assert [change[0] for change in compare_metadata(context, Base.metadata)] == ["add_column"]
    engine.dispose()


def test_processes_that_start_together_migrate_once(empty_database_url):
    failures = []

    def start():
        engine = open_engine(empty_database_url)
        try:
            migrate(engine)
        except Exception as error:
            failures.append(error)
        engine.dispose()

    _together(start, 4)
    assert failures == []


def test_foreign_keys_hold(session):
    row = {"id": "1", "organisation_id": "nobody", "name": "x", "addresses": [], "active": True, "created_at": NOW}
    with pytest.raises(IntegrityError):
        session.execute(insert(MailboxRow).values(row))


def test_times_come_back_in_utc_whatever_zone_they_went_in(session):
    there = datetime(2026, 3, 10, 18, 0, 0, 123456, tzinfo=timezone(timedelta(hours=9)))
    organisation_id = people.create_organisation(session, "x", there)
    session.commit()
    found = session.scalar(select(OrganisationRow.created_at).where(OrganisationRow.id == organisation_id))
    assert (found, found.tzinfo) == (datetime(2026, 3, 10, 9, 0, 0, 123456, tzinfo=UTC), UTC)


def test_a_time_without_a_zone_is_refused(session):
    with pytest.raises(Exception, match="needs a zone"):
        people.create_organisation(session, "x", datetime(2026, 3, 10))  # noqa: DTZ001


def test_characters_no_database_stores_are_replaced_also_within_json(session, office):
    detail = {"a\x00": ["b\ud800", 1, None, {"c": "\udfff髙"}]}
    row = {"organisation_id": office.organisation_id, "action": "a\x00b", "subject": "", "detail": detail, "at": NOW}
    session.execute(insert(AuditRow).values(row))
    stored = session.scalars(select(AuditRow)).one()
    assert (stored.action, stored.detail) == ("a\ufffdb", {"a\ufffd": ["b\ufffd", 1, None, {"c": "\ufffd髙"}]})


def test_many_writers_wait_for_each_other(engine):
    factory = sessions(engine)

    def write():
        for _ in range(5):
            transact(factory, lambda session: people.create_organisation(session, "x", NOW))

    _together(write, 8)
    with factory() as session:
        assert session.scalar(select(func.count()).select_from(OrganisationRow)) == 40


@pytest.mark.parametrize(
    ("sqlstate", "said"),
    [("40P01", "deadlock"), ("40001", "serialisation"), ("23505", "unique"), (None, "database is locked")],
)
def test_work_that_loses_a_race_runs_again_and_nothing_of_the_first_try_stays(engine, sqlstate, said):
    factory, tries = sessions(engine), []

    def work(session):
        people.create_organisation(session, f"try {len(tries)}", NOW)
        session.flush()
        tries.append(1)
        if len(tries) == 1:
            raise OperationalError("", None, _lost(sqlstate, said))
        return "done"

    assert transact(factory, work) == "done"
    with factory() as session:
        assert session.scalars(select(OrganisationRow.name)).all() == ["try 1"]


def test_other_failures_are_raised_at_once(engine):
    tries = []

    def work(session):
        tries.append(1)
        session.execute(text("SELECT nothing FROM nowhere"))

    with pytest.raises(Exception, match="nowhere"):
        transact(sessions(engine), work)
    assert len(tries) == 1


def _lost(sqlstate, said):
    """The driver's error: psycopg's has a state, sqlite3's only words."""
    error = Exception(said)
    if sqlstate:
        error.sqlstate = sqlstate
    return error


def _together(work, count):
    threads = [threading.Thread(target=work) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_connection_that_was_lost_while_it_lay_idle_is_replaced(engine, monkeypatch):
    if engine.dialect.name == "sqlite":  # a file: nothing to lose
        return
    monkeypatch.setattr("pipeline.store.engine.MAX_IDLE_S", 0.0)
    opened = open_engine(engine.url.set(drivername="postgresql").render_as_string(hide_password=False))
    with opened.connect() as connection:
        mine = connection.scalar(text("SELECT pg_backend_pid()"))
    with engine.begin() as connection:
        assert connection.scalar(text("SELECT pg_terminate_backend(:pid, 30000)"), {"pid": mine})
    with opened.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
    opened.dispose()


def test_reading_by_itself_begins_no_transaction_that_stays(engine):
    with sessions(engine).begin() as session:
        autocommit(session)
        assert session.scalar(select(func.count()).select_from(OrganisationRow)) == 0
    with sessions(engine)() as session:
        people.create_organisation(session, "x", NOW)
        session.rollback()
        assert session.scalar(select(func.count()).select_from(OrganisationRow)) == 0
