"""Parts: together they hold every mail of the input once, in order, whatever its form and however it is cut."""

from __future__ import annotations

import gzip
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.batch.parts import Part, from_json, plan, plan_ids, to_json
from pipeline.batch.reading import read
from pipeline.errors import Conflict
from pipeline.ingest import files
from pipeline.ingest.folders import find
from tests.batch.conftest import mail, mbox, write_parquet

LIMIT = 100_000


def planned(paths, part_mails=3, limit=None):
    return list(plan(find(paths), LIMIT, part_mails, limit))


def mails_of(parts):
    return [each for part in parts for each in read(part, LIMIT)]


@pytest.fixture
def inputs(tmp_path):
    """One of each kind."""
    (tmp_path / "one.eml").write_bytes(mail(1))
    (tmp_path / "box.mbox").write_bytes(mbox(*(mail(n) for n in range(2, 10))))
    (tmp_path / "packed.mbox.gz").write_bytes(gzip.compress(mbox(*(mail(n) for n in range(10, 15)))))
    write_parquet(tmp_path / "rows.parquet", [mail(n) for n in range(15, 23)])
    maildir = tmp_path / "maildir"
    for name in ("cur", "new", "tmp"):
        (maildir / name).mkdir(parents=True)
    (maildir / "cur" / "a:2,S").write_bytes(mail(23))
    (maildir / "new" / "b").write_bytes(mail(24))
    return [tmp_path / n for n in ("one.eml", "box.mbox", "packed.mbox.gz", "rows.parquet", "maildir")]


@pytest.mark.parametrize("part_mails", [1, 2, 3, 7, 100])
def test_parts_hold_what_the_inputs_hold(inputs, part_mails):
    parts = planned(inputs, part_mails)
    assert mails_of(parts) == list(files.read(inputs, LIMIT))
    assert sum(part.mails for part in parts) == 24
    assert [part.number for part in parts] == list(range(len(parts)))
    assert all(part.mails <= part_mails for part in parts)


@pytest.mark.parametrize("limit", [1, 3, 8, 9, 23, 24, 99])
def test_limit_takes_the_first(inputs, limit):
    assert mails_of(planned(inputs, 3, limit)) == list(files.read(inputs, LIMIT))[:limit]


@given(sizes=st.lists(st.integers(0, 3000), min_size=1, max_size=12), part_mails=st.integers(1, 5))
@settings(max_examples=40, deadline=None)
def test_an_mbox_is_cut_where_its_mails_begin(tmp_path_factory, sizes, part_mails):
    path = tmp_path_factory.mktemp("m") / "x.mbox"
    path.write_bytes(mbox(*(mail(n, "x" * size + "\n\nFrom here on it differs.\n") for n, size in enumerate(sizes))))
    assert mails_of(planned([path], part_mails)) == list(files.read([path], LIMIT))


def test_a_part_survives_json(inputs):
    for part in (*planned(inputs, 5), Part(3, mail_ids=("a", "b"))):
        assert from_json(json.loads(json.dumps(to_json(part)))) == part


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("cut.mbox.gz", gzip.compress(mbox(*(mail(n, "é" * 9000) for n in range(7))))[:-400]),
        ("empty.mbox", b""),
        ("empty.eml", b""),
        ("rows.parquet", b"PAR1 this is none"),
    ],
)
def test_damage_is_told_as_when_read_whole(tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(data)
    found = mails_of(planned([path]))
    assert found == list(files.read([path], LIMIT))
    assert found[-1].failure is not None


def test_a_mail_over_the_limit_keeps_its_place(tmp_path):
    path = tmp_path / "x.mbox"
    path.write_bytes(mbox(mail(1), mail(2, "x" * 2 * LIMIT + "\n"), mail(3)))
    found = mails_of(planned([path], 1))
    assert [each.failure and each.failure.code for each in found] == [None, "too_large", None]


def test_a_file_that_changed_is_refused(tmp_path):
    path = tmp_path / "x.mbox"
    path.write_bytes(mbox(mail(1), mail(2)))
    parts = planned([path])
    path.write_bytes(mbox(mail(1)))
    with pytest.raises(Conflict, match="--restart"):
        mails_of(parts)


def test_stored_mails_are_cut_by_number():
    assert [part.mail_ids for part in plan_ids(["a", "b", "c"], 2)] == [("a", "b"), ("c",)]
