"""A share of ``make chaos``."""

from __future__ import annotations

from tests.chaos.run import rounds
from tests.mail_server import running_dovecot


def test_nothing_is_lost_or_doubled_whatever_happens(tmp_path):
    with running_dovecot() as server:
        assert rounds(server, f"sqlite:///{tmp_path / 'chaos.sqlite3'}", seed=7, seconds=15) > 5
