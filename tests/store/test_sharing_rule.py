"""Random organisations x mails x readers: the function, the SQL and a slow restatement of the rule agree.

``make sharing`` asks 4,000 organisations, more than 100,000 answers; ``MAIL_INSIGHT_TEST_WORLDS`` sets how many.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from pipeline.core.share import RULE
from pipeline.store.access import visibility
from pipeline.store.access.standing import Standing, standing_of
from pipeline.store.engine import sessions
from pipeline.store.tables import Base, MailRow, RecordRow

_spec = importlib.util.spec_from_file_location("sharing_worlds", Path(__file__).with_name("worlds.py"))
assert _spec is not None
assert _spec.loader is not None
worlds = importlib.util.module_from_spec(_spec)
sys.modules[_spec.name] = worlds
_spec.loader.exec_module(worlds)

WORLDS = {"sqlite": 250, "postgresql": 80}
BATCH = 50


def test_function_sql_and_restatement_agree(engine):
    count = int(os.environ.get("MAIL_INSIGHT_TEST_WORLDS", WORLDS[engine.dialect.name]))
    seen: Counter[str] = Counter()
    for batch in batched(map(worlds.world, range(count)), BATCH):
        with sessions(engine)() as session:
            fill(session, batch)
            for number, world in enumerate(batch):
                stranger = batch[number - 1].readers[0]
                for reader in (*world.readers, stranger):
                    standing = standing_of(session, reader)
                    for record_id in (None, world.of(RecordRow)[0]["id"]):
                        compare(session, world, standing, record_id, seen)
            session.rollback()
    print(f"\n{engine.dialect.name}: {count} organisations, {sum(seen.values())} answers, {dict(seen)}")
    branches = {branch.name for branch in RULE} - {"default"}
    assert branches <= set(seen), f"not met by any of these organisations: {branches - set(seen)}"


def compare(session: Session, world, standing: Standing, record_id: str | None, seen: Counter[str]) -> None:
    ids, reader = [mail["id"] for mail in world.of(MailRow)], standing.reader
    condition = visibility.visible(session, reader, record_id=record_id, standing=standing)
    listed = set(session.scalars(select(MailRow.id).where(MailRow.id.in_(ids), condition)))
    verdicts = visibility.verdicts(session, reader, ids, record_id=record_id, standing=standing)
    judged = {mail_id for mail_id, verdict in verdicts.items() if verdict.allowed}
    expected = {mail_id for mail_id in ids if worlds.may_see(world, reader, mail_id, record_id)}
    assert listed == judged == expected, (world.organisation_id, reader.id, record_id, verdicts)
    assert set(verdicts) == set(ids)
    seen.update(verdict.branch for verdict in verdicts.values())


def fill(session: Session, batch: Iterable[worlds.World]) -> None:
    batch = list(batch)
    for table in Base.metadata.sorted_tables:
        rows = list(chain.from_iterable(world.rows.get(mapped(table.name), ()) for world in batch))
        if rows:
            session.execute(insert(table), rows)


def mapped(name: str) -> type[Base]:
    return next(mapper.class_ for mapper in Base.registry.mappers if mapper.class_.__tablename__ == name)


def batched(items: Iterable[worlds.World], size: int) -> Iterator[list[worlds.World]]:
    items = iter(items)
    while batch := list(islice(items, size)):
        yield batch
