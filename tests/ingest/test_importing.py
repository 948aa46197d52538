"""Importing: each mail once, true counts, and nothing lost or doubled however often the process is killed."""

from __future__ import annotations

import gzip
import importlib.util
import json
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import uuid
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import psutil
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import Engine, event, text

from pipeline import errors
from pipeline.ingest.importing import import_files
from pipeline.ingest.progress import OUTCOMES
from pipeline.store import engine as store_engine
from pipeline.store.engine import open_engine, sessions

SCRIPT = Path(__file__).with_name("import_process.py")
KILLS = {"sqlite": 50, "postgresql": 10}


@pytest.fixture(scope="session")
def process() -> ModuleType:
    """The module whose imports are killed."""
    spec = importlib.util.spec_from_file_location("import_process", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def box(process, engine):
    """The mailbox that is imported into."""
    return process.mailbox(engine)


@pytest.fixture
def importer(process, engine, box):
    """An importer into an empty database, on each kind of database in turn."""
    return process.importer(engine, box)


@pytest.fixture
def sqlite(tmp_path, sqlite_template) -> Iterator[Engine]:
    """An empty SQLite database."""
    engine = open_engine(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'own.sqlite3')}")
    yield engine
    engine.dispose()


@pytest.fixture
def source(tmp_path, make) -> Path:
    """A folder with mail of every format, of which some is damaged, doubled or marked as deleted."""
    folder = tmp_path / "source"
    for name in ("box/cur", "box/new", "plain"):
        (folder / name).mkdir(parents=True)
    (folder / "a.mbox").write_bytes(make.mbox(*(make.mail(n) for n in range(24)), b"", make.mail(1, "x" * 30_000)))
    packed = gzip.compress(make.mbox(*(make.japanese(n) for n in range(12))))
    (folder / "b.mbox.gz").write_bytes(packed)
    (folder / "c.mbox.gz").write_bytes(packed[: len(packed) - 10])
    for n in range(10):
        flags = {3: ":2,ST", 4: ":2,D"}.get(n, ":2,S")
        (folder / "box" / ("cur" if n % 2 else "new") / f"{n:03}.host{flags}").write_bytes(make.mail(100 + n))
        (folder / "plain" / f"{n:03}.eml").write_bytes(make.mail(n) if n < 4 else make.japanese(100 + n))
    values = [make.mail(200 + n) if n else None for n in range(10)]
    pq.write_table(pa.table({"raw": pa.array(values, pa.binary())}), folder / "d.parquet", row_group_size=4)
    return folder


EXPECTED = {
    "seen": 80,
    "stored": 59,
    "already_there": 15,
    "skipped": 2,
    "failed": 4,
    "skipped.trash": 1,
    "skipped.draft": 1,
    "failed.empty": 1,
    "failed.too_large": 1,
    "failed.gzip_broken": 1,
    "failed.raw_missing": 1,
}


def dump(engine: Engine) -> list[tuple[Any, ...]]:
    """All that an import writes, without ids that hash the organisation's."""
    queries = (
        "SELECT m.message_id, m.content_hash, m.subject, m.sorted_at, c.source, c.raw_sha256, i.document FROM mails m"
        " JOIN copies c ON c.mail_id = m.id JOIN insights i ON i.mail_id = m.id ORDER BY m.message_id, c.source",
        "SELECT sha256, size_bytes, compressed FROM raw_contents ORDER BY sha256",
        "SELECT m.message_id, a.role, a.position, a.address FROM mail_addresses a JOIN mails m ON m.id = a.mail_id"
        " ORDER BY 1, 2, 3",
        "SELECT s.id, s.kind, s.state, s.worth, m.message_id FROM suggestions s JOIN mails m ON m.id = s.mail_id"
        " ORDER BY s.id",
        "SELECT count(*) FROM mails UNION ALL SELECT count(*) FROM copies UNION ALL SELECT count(*) FROM insights",
    )
    with engine.connect() as connection:
        return [
            tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)
            for query in queries
            for row in connection.execute(text(query))
        ]


def checkpoint(engine: Engine) -> dict[str, Any]:
    with engine.connect() as connection:
        row = connection.execute(text("SELECT position, counts FROM import_checkpoints")).one()
    counts = row.counts if isinstance(row.counts, dict) else json.loads(row.counts)
    return json.loads(row.position) | {"counts": counts}


def test_counts_add_up_and_a_second_import_finds_all_there(process, importer, engine, source):
    seen = []
    report = import_files([source], importer, seen.append)
    assert report.counts.as_dict() == EXPECTED
    assert sum(EXPECTED[name] for name in OUTCOMES) == EXPECTED["seen"]
    assert (seen[-1].done_bytes, seen[-1].counts) == (seen[-1].total_bytes, report.counts)
    assert [p.done_bytes for p in seen] == sorted(p.done_bytes for p in seen)
    assert sorted(failure.code for _, failure in report.failures) == [
        "empty", "gzip_broken", "raw_missing", "too_large",
    ]  # fmt: skip
    before = dump(engine)
    again = import_files([source], importer).counts
    assert (again.stored, again.already_there) == (0, EXPECTED["stored"] + EXPECTED["already_there"])
    assert again.seen == EXPECTED["seen"]
    assert dump(engine) == before


def test_mail_and_suggestions_are_there(process, importer, engine, source):
    import_files([source], importer)
    with engine.connect() as connection:
        kinds = connection.execute(text("SELECT kind, state, count(*) FROM suggestions GROUP BY 1, 2")).all()
        raw = connection.execute(text("SELECT compressed FROM raw_contents")).scalars().all()
    found = {(kind, state): count for kind, state, count in kinds}
    assert found["create_task", "pending"] == EXPECTED["stored"]
    assert found["create_contact", "pending"] == 2
    assert (source / "plain" / "000.eml").read_bytes() in {zlib.decompress(each) for each in raw}


def test_an_interrupted_import_goes_on_where_it_stopped(process, importer, engine, source):
    scored: list[str] = []

    def watched(mails):
        if len(scored) > 40:
            raise KeyboardInterrupt
        scored.extend(mail.source for mail in mails)
        return process.score(mails)

    with pytest.raises(KeyboardInterrupt):
        import_files([source], replace(importer, score=watched))
    interrupted, first = len(scored), scored.copy()
    scored.clear()
    report = import_files(
        [source],
        replace(importer, score=lambda mails: (scored.extend(m.source for m in mails), process.score(mails))[1]),
    )
    assert interrupted + len(scored) == EXPECTED["seen"]
    assert not set(first) & set(scored)
    assert report.counts.as_dict() == EXPECTED


def test_where_the_files_changed_meanwhile_all_of_them_are_read_again(process, importer, engine, source, make):

    def stop(progress):
        if progress.counts.seen > 40:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_files([source], importer, stop)
    (source / "a-first.eml").write_bytes(make.mail(999))
    report = import_files([source], importer)
    assert report.counts.seen == EXPECTED["seen"] + 1
    with engine.connect() as connection:
        found = connection.execute(text("SELECT count(*) FROM mails WHERE message_id = '<m999@north.example>'"))
        assert found.scalar() == 1
        assert connection.execute(text("SELECT count(*) FROM mails")).scalar() == EXPECTED["stored"] + 1


def test_the_same_mail_in_two_mailboxes_is_one_mail_with_two_copies(process, box, importer, engine, write, make):
    from pipeline.store.sync import mailboxes

    path = write("one.eml", make.mail(1))
    import_files([path], importer)
    other = write("two.eml", b"Received: from x.example by y.example; Tue, 10 Mar 2026 09:12:00 +0900\n" + make.mail(1))
    with sessions(engine).begin() as session:
        second = mailboxes.create_mailbox(session, box.organisation_id, "Second", [process.OWN], process.NOW)
    report = import_files([other], process.importer(engine, second))
    assert report.counts.stored == 1
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM mails")).scalar() == 1
        assert connection.execute(text("SELECT count(*) FROM copies")).scalar() == 2


def test_a_mail_that_the_database_refuses_costs_only_itself(process, importer, engine, source):

    def poisoned(mails):
        return [
            replace(d, language=["no", "string"]) if d.message and d.message.message_id == "<m7@north.example>" else d
            for d in process.score(mails)
        ]

    report = import_files([source / "a.mbox"], replace(importer, score=poisoned))
    assert report.counts.as_dict() == {
        "seen": 26, "stored": 23, "already_there": 0, "skipped": 0, "failed": 3,
        "failed.empty": 1, "failed.not_stored": 1, "failed.too_large": 1,
    }  # fmt: skip
    assert ("a.mbox#8", "not_stored") in {(name, failure.code) for name, failure in report.failures}


def test_a_full_disk_is_told_plainly_and_nothing_is_lost(process, sqlite, source):
    importer = process.importer(sqlite, process.mailbox(sqlite))

    def limit(connection: Any, _record: Any) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count={pages + 12}")

    sqlite.dispose()
    event.listen(sqlite, "connect", limit)
    with pytest.raises(errors.Error, match=r"full.*goes on where it stopped") as told:
        import_files([source], importer)
    assert told.value.exit_code == 1
    event.remove(sqlite, "connect", limit)
    sqlite.dispose()
    assert 0 < checkpoint(sqlite)["counts"]["seen"] < EXPECTED["seen"]
    assert import_files([source], importer).counts.as_dict() == EXPECTED


def test_a_locked_database_is_told_plainly_and_nothing_is_lost(process, tmp_path, sqlite_template, source, monkeypatch):
    monkeypatch.setattr(store_engine, "SQLITE_WAIT_S", 0.05)
    path = shutil.copy(sqlite_template, tmp_path / "locked.sqlite3")
    engine = open_engine(f"sqlite:///{path}")
    importer = process.importer(engine, process.mailbox(engine))
    holder = sqlite3.connect(path, isolation_level=None)

    def hold(progress):
        if progress.counts.seen > 20 and not holder.in_transaction:
            holder.execute("BEGIN EXCLUSIVE")

    with pytest.raises(errors.Error, match=r"locked.*goes on where it stopped"):
        import_files([source], importer, hold)
    holder.execute("ROLLBACK")
    holder.close()
    assert import_files([source], importer).counts.as_dict() == EXPECTED
    engine.dispose()


def test_a_server_that_is_gone_is_told_plainly(process, sqlite, make, write):
    gone = process.importer(open_engine("postgresql://nobody@127.0.0.1:1/none"), process.mailbox(sqlite))
    with pytest.raises(errors.RemoteError, match="does not answer"):
        import_files([write("mail.eml", make.mail(1))], gone)


def test_memory_stays_flat(process, sqlite, tmp_path, make):
    path = tmp_path / "big.mbox"
    path.write_bytes(make.mbox(*(make.mail(n, f"A line of ordinary length in mail {n}.\n" * 4000) for n in range(150))))
    importer = replace(process.importer(sqlite, process.mailbox(sqlite)), max_mail_bytes=1_000_000)
    held: list[int] = []
    report = import_files([path], importer, lambda _: held.append(psutil.Process().memory_info().rss))
    assert report.counts.stored == 150
    assert held[-1] < held[len(held) // 5] + 8_000_000 < path.stat().st_size + held[len(held) // 5]


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh(request, tmp_path) -> Iterator[Callable[[], str]]:
    """Makes URLs of new databases with tables."""
    if request.param == "sqlite":
        template = request.getfixturevalue("sqlite_template")
        yield lambda: f"sqlite:///{shutil.copy(template, tmp_path / f'{uuid.uuid4().hex}.sqlite3')}"
        return
    server = request.getfixturevalue("postgres")
    names: list[str] = []

    def create() -> str:
        names.append(f"t{uuid.uuid4().hex}")
        server.run(f"CREATE DATABASE {names[-1]}")
        engine = open_engine(server.url(names[-1]))
        store_engine.migrate(engine)
        engine.dispose()
        return server.url(names[-1])

    yield create
    for name in names:
        server.run(f"DROP DATABASE {name} WITH (FORCE)")


class Imports:
    """Starts imports as processes of their own, and has them killed."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def run(self, url: str, path: Path, kill_after_s: float | None = None) -> tuple[bool, float]:
        """Run an import, killed after a while where asked: whether it ended by itself, and how long it took."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([url, str(path), kill_after_s]) + "\n")
        self._process.stdin.flush()
        status, duration_s = json.loads(self._process.stdout.readline())
        assert status in (0, signal.SIGKILL)
        return status == 0, duration_s


@pytest.fixture
def imports() -> Iterator[Imports]:
    """Starts imports as processes of their own."""
    with subprocess.Popen(
        [sys.executable, str(SCRIPT)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Imports(process)
        assert process.stdin is not None
        process.stdin.close()


def test_killed_at_random_points_nothing_is_lost_and_nothing_doubled(request, fresh, imports, source):
    kills = KILLS[request.node.callspec.params["fresh"]]
    undisturbed = fresh()
    ended, duration_s = imports.run(undisturbed, source)
    assert ended
    expected, finish = written(undisturbed)
    assert finish["counts"] == EXPECTED
    rng = random.Random(20260310)
    killed = 0
    while killed < kills:
        url, seen, ended = fresh(), 0, False
        while not ended:
            ended, _ = imports.run(url, source, rng.uniform(0, duration_s / 3) if killed < kills else None)
            killed += not ended
            seen = only_forward(url, seen)
            ended = ended or finished(url)
        assert written(url) == (expected, finish)
    assert killed == kills


def written(url: str) -> tuple[list[tuple[Any, ...]], dict[str, Any]]:
    """All that an import wrote, and its last checkpoint."""
    engine = open_engine(url)
    try:
        return dump(engine), checkpoint(engine)
    finally:
        engine.dispose()


def finished(url: str) -> bool:
    """Whether the import had written its last checkpoint: a process killed after that had nothing left to do."""
    engine = open_engine(url)
    with engine.connect() as connection:
        position = connection.execute(text("SELECT position FROM import_checkpoints")).scalar()
    engine.dispose()
    return bool(position) and json.loads(position)["done"]


def only_forward(url: str, seen: int) -> int:
    """The checkpoint never goes back, and its counts always are what is stored."""
    engine = open_engine(url)
    with engine.connect() as connection:
        counts = connection.execute(text("SELECT counts FROM import_checkpoints")).scalar()
        copies = connection.execute(text("SELECT count(*) FROM copies")).scalar()
    engine.dispose()
    found = (counts if isinstance(counts, dict) else json.loads(counts)) if counts else {"seen": 0, "stored": 0}
    assert found["stored"] == copies
    assert found["seen"] >= seen
    return found["seen"]
