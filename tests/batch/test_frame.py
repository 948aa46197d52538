"""Scoring a pandas frame, and the same function under Dask."""

from __future__ import annotations

import pandas as pd
import pytest

from pipeline.batch.frame import meta, score_frame
from pipeline.errors import UsageError
from tests.batch.conftest import mail

COMPLAINT = "The delivery is two weeks late again and I am very disappointed. Please call me today.\n"


@pytest.fixture
def frame():
    raws = [mail(1), mail(2, COMPLAINT), None, mail(4).decode(), b""]
    return pd.DataFrame({"raw": raws}, index=[10, 20, 30, 40, 50])


def test_each_row_gives_one_row(frame):
    found = score_frame(frame)
    assert list(found.index) == list(frame.index)
    assert list(found["message_id"][:2]) == ["<m1@north.example>", "<m2@north.example>"]
    assert found["sentiment"][20]["label"] == "negative"
    assert [[f["code"] for f in failures] for failures in found["failures"]] == [[], [], ["raw_missing"], [], ["empty"]]
    assert list(found["source"]) == ["10", "20", "30", "40", "50"]


def test_the_source_may_be_named(frame):
    assert list(score_frame(frame.assign(source=list("abcde")))["source"]) == list("abcde")


def test_without_mails_it_says_so():
    with pytest.raises(UsageError, match="raw"):
        score_frame(pd.DataFrame({"text": ["x"]}))


def test_an_empty_frame_has_the_same_columns(frame):
    empty = score_frame(frame.iloc[:0])
    assert list(empty.columns) == list(meta().columns) == list(score_frame(frame).columns)


def test_dask_maps_it_over_partitions(frame):
    import dask.dataframe as dd

    lazy = dd.from_pandas(frame, npartitions=2).map_partitions(score_frame, meta=meta())
    got = lazy.compute(scheduler="processes", num_workers=2)
    want = score_frame(frame)
    assert list(got.index) == list(want.index)
    assert list(got["message_id"]) == list(want["message_id"])
    assert [s and s["label"] for s in got["sentiment"]] == [s and s["label"] for s in want["sentiment"]]
