"""``make spark``: the frame function under a real Spark on this machine, against the same mails scored without it.

Spark is 480 MB and wants Java, so it is no part of the test suite.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
from pyspark.sql import SparkSession

from pipeline.batch.frame import score_frame
from pipeline.batch.schema import table
from tests.batch.conftest import SAMPLES

PARTITIONS = 4


def main() -> None:
    os.environ["PYSPARK_PYTHON"] = sys.executable
    spark = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
    mails = [(path.name, path.read_bytes()) for path in sorted(SAMPLES.rglob("*.eml"))]
    frame = spark.createDataFrame(mails, "source string, raw binary").repartition(PARTITIONS)
    rows = frame.mapInPandas(lambda frames: map(score_frame, frames), schema=_schema(spark)).collect()
    found = {row["source"]: _found(row.asDict(recursive=True)) for row in rows}
    alone = score_frame(pd.DataFrame(mails, columns=["source", "raw"])).to_dict("records")
    assert found == {row["source"]: _found(row) for row in alone}, "Spark gives other insights"
    print(f"{len(found)} mails in {PARTITIONS} partitions: as without Spark")


def _schema(spark: SparkSession) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "empty.parquet"
        pq.write_table(table([]), path)
        return spark.read.parquet(str(path)).schema


def _found(row: dict[str, Any]) -> tuple[Any, ...]:
    contacts = [(c["role"], [(f["name"], f["value"]) for f in c["fields"]]) for c in row["contacts"]]
    activities = [(a["kind"], a["status"], a["due"], [s["start"] for s in a["slots"]]) for a in row["activities"]]
    return row["message_id"], row["text"], [i["label"] for i in row["intents"]], contacts, activities


if __name__ == "__main__":
    main()
