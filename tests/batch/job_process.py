"""A job in a process of its own, to be killed: ``python -m tests.batch.job_process ARCHIVE OUT ENGINE``.

ENGINE is ``local``, ``dask``, or the address of a scheduler.
"""

from __future__ import annotations

import sys
from pathlib import Path

from pipeline.batch import job
from pipeline.batch.engines import DaskEngine, Engine, LocalEngine
from pipeline.batch.parts import plan
from pipeline.batch.scoring import Task
from pipeline.errors import Error
from pipeline.ingest.folders import find


def main() -> None:
    archive, out, name = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]

    def engine() -> Engine:
        return LocalEngine(2) if name == "local" else DaskEngine(None if name == "dask" else name, 2, 10)

    try:
        job.run(Task(out), {"inputs": archive.name}, lambda: plan(find([archive]), 25_000_000, 50), engine)
    except Error as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)


if __name__ == "__main__":
    main()
