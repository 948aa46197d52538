"""A job: whole, resumed, refused; on this machine and on Dask."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.batch import job
from pipeline.batch.choosing import Choice, conditions
from pipeline.batch.engines import DaskEngine, LocalEngine
from pipeline.batch.parts import plan
from pipeline.batch.scoring import Task, finished, score_part_apart
from pipeline.document import dumps
from pipeline.errors import Conflict, RemoteError, SettingsError, UsageError
from pipeline.ingest.files import read
from pipeline.ingest.folders import find
from pipeline.scoring import Scorer
from tests.batch.conftest import files_of, mail, manifest, mbox, rows
from tests.batch.killing import Kind, disturbed


def run(out, path, engine=None, choice=None, part_mails=50, **options):
    task = Task(out, choice=choice or Choice())
    files = find([path])
    asked = {"inputs": path.name}
    return job.run(
        task, asked, lambda: plan(files, 25_000_000, part_mails), engine or (lambda: LocalEngine(2)), **options
    )


@pytest.fixture(scope="module")
def whole(tmp_path_factory, archive) -> Path:
    """An undisturbed run."""
    out = tmp_path_factory.mktemp("job") / "whole"
    run(out, archive)
    return out


def test_every_mail_has_its_row_in_order(whole, archive):
    scorer = Scorer()
    documents = [scorer.document(d) for d in scorer.dossiers(list(read([archive])))]
    assert [row["source"] for row in rows(whole)] == [document["source"] for document in documents]
    assert [row["subject"] for row in rows(whole)] == [document["subject"] for document in documents]
    assert [[i["label"] for i in row["intents"]] for row in rows(whole)] == [
        [i["label"] for i in document["intents"]] for document in documents
    ]


def test_the_manifest_counts_what_is_there(whole):
    told, there = manifest(whole), rows(whole)
    assert told["summary"]["read"] == told["summary"]["written"] == len(there)
    for language in ("ja", "en"):
        assert told["summary"]["counts"]["language"][language] == sum(row["language"] == language for row in there)
    assert {file["name"] for file in told["files"]} == {path.name for path in whole.glob("part-*.parquet")}
    assert "pipeline" in told["versions"]


def test_dask_gives_the_same_bytes(whole, archive, tmp_path):
    run(tmp_path / "dask", archive, lambda: DaskEngine(None, 2))
    assert files_of(tmp_path / "dask") == files_of(whole)


@pytest.mark.parametrize("kind", ["worker", "driver", "dask worker", "scheduler"])
def test_a_killed_job_is_gone_on_with(whole, archive, tmp_path, kind: Kind):
    disturbed(archive, tmp_path / "out", kind, seed=3)
    assert files_of(tmp_path / "out") == files_of(whole)


def test_a_finished_part_is_not_done_again(whole, archive):
    before = {path: path.stat().st_mtime_ns for path in whole.glob("part-*")}

    def never():
        raise AssertionError("there is nothing to score")

    run(whole, archive, never)
    assert {path: path.stat().st_mtime_ns for path in whole.glob("part-*")} == before


def test_a_half_written_part_does_not_count(whole, tmp_path):
    part = tmp_path / "part-00000.parquet"
    data = (whole / part.name).read_bytes()
    for size in (0, 4, len(data) // 2, len(data) - 1):
        part.write_bytes(data[:size])
        assert finished(tmp_path, 0) is None


def test_another_job_is_refused_and_restart_forgets(archive, tmp_path):
    out, other = tmp_path / "out", tmp_path / "other.mbox"
    other.write_bytes(mbox(mail(1)))
    run(out, other)
    with pytest.raises(UsageError, match="--restart"):
        run(out, archive)
    run(out, archive, restart=True, choice=Choice(sample=0.05))
    assert 0 < len(rows(out)) < 30


def test_a_folder_with_somebody_elses_parts_is_refused(tmp_path, archive):
    (tmp_path / "part-00000.parquet").write_bytes(b"precious")
    with pytest.raises(UsageError, match="another job"):
        run(tmp_path, archive)


def test_two_jobs_do_not_share_a_folder(archive, tmp_path):
    def second():
        with pytest.raises(Conflict, match="Another process"):
            run(tmp_path, archive)
        return LocalEngine(1)

    run(tmp_path, archive, second, choice=Choice(sample=0.02))


def test_conditions_leave_out_and_say_so(archive, tmp_path):
    summary = run(tmp_path, archive, choice=Choice(sample=0.5, where=conditions(["language=ja"])))
    assert summary.read == summary.written + summary.left_out["sample"] + summary.left_out["where"]
    assert {row["language"] for row in rows(tmp_path)} == {"ja"}


def test_a_part_read_apart_is_the_same_part(whole, archive, tmp_path):
    parts = list(plan(find([archive]), 25_000_000, 50))
    score_part_apart(Task(tmp_path), parts[1])
    assert (tmp_path / "part-00001.parquet").read_bytes() == (whole / "part-00001.parquet").read_bytes()


def test_a_full_disk_loses_nothing(whole, archive, tmp_path):
    """The writer may write no file past a size: as on a full disk, writing fails in the middle."""
    command = [sys.executable, "-m", "tests.batch.job_process", str(archive), str(tmp_path / "out"), "local"]
    limited = subprocess.run(
        command, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000)),
        capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert limited.returncode == 2
    assert "Make room" in limited.stderr
    assert not list((tmp_path / "out").glob("part-*"))
    subprocess.run(command, check=True, cwd=Path(__file__).parents[2], env={**os.environ})
    assert files_of(tmp_path / "out") == files_of(whole)


def test_a_scheduler_that_is_not_there_is_told(tmp_path):
    with pytest.raises(RemoteError, match="does not answer"):
        DaskEngine("tcp://127.0.0.1:1", 1, timeout_s=1)


def test_a_folder_that_cannot_be_made_is_told(tmp_path, archive):
    (tmp_path / "file").write_text("x")
    with pytest.raises(SettingsError, match="cannot be made"):
        run(tmp_path / "file" / "out", archive)


def test_nothing_about_people_stands_beside_the_parts(whole):
    for name in ("manifest.json", "job.json", "plan.jsonl"):
        text = (whole / name).read_text(encoding="utf-8")
        assert "@" not in text
        assert "subject" not in text.lower()
    assert dumps(manifest(whole)) == dumps(json.loads((whole / "manifest.json").read_text()))
