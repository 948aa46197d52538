"""A share of ``make chaos``: IMAP on SQLite, POP3 on PostgreSQL."""

from __future__ import annotations

import pytest

from tests.chaos.run import rounds
from tests.mail_server import Dovecot, running_dovecot


@pytest.fixture(scope="module")
def dovecot():
    """A real mail server."""
    with running_dovecot() as server:
        yield server


def test_nothing_is_lost_or_doubled_whatever_happens(dovecot: Dovecot, tmp_path):
    assert rounds(dovecot, f"sqlite:///{tmp_path / 'chaos.sqlite3'}", seed=7, seconds=15).total() > 5


def test_nor_by_pop3_on_postgresql(dovecot: Dovecot, postgres):
    postgres.run("CREATE DATABASE chaos")
    assert rounds(dovecot, postgres.url("chaos"), seed=11, seconds=10, protocol="POP3").total() > 3
