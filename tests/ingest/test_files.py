"""Reading files: every format in order, and every kind of damage as one line that says what to do."""

from __future__ import annotations

import gzip
import os
import random
import zlib
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.errors import SourceError
from pipeline.ingest.files import Place, entries, read
from pipeline.ingest.folders import find, total_bytes
from pipeline.ingest.problems import DETAILS

NOISE = random.Random(7)


def codes(paths: list[Path], limit: int = 1_000_000) -> dict[str, str | None]:
    """Each source with its failure's code, or None where it was read."""
    return {mail.source: mail.failure.code if mail.failure else None for mail in read(paths, limit)}


def parquet(path: Path, values: list[bytes | str | None], kind: pa.DataType, rows: int = 2) -> Path:
    pq.write_table(pa.table({"id": range(len(values)), "raw": pa.array(values, kind)}), path, row_group_size=rows)
    return path


def test_one_file_one_mail(write, make):
    (mail,) = read([write("mail.eml", make.japanese(1))])
    assert (mail.source, mail.raw, mail.failure) == ("mail.eml", make.japanese(1), None)


def test_the_from_line_on_top_of_a_single_mail_is_no_part_of_it(write, make):
    (mail,) = read([write("mail.eml", b"From a@b.example Tue Mar 10 00:12:00 2026\n" + make.mail(1))])
    assert mail.raw == make.mail(1)


def test_folders_are_read_in_the_order_of_names(write, make, tmp_path):
    write("in/b.eml", make.mail(1))
    write("in/a/z.eml", make.mail(2))
    write("in/a/受信.eml", make.japanese(3))
    write("in/c.mbox", make.mbox(make.mail(4), make.mail(5)))
    write("in/no-suffix", make.mail(6))
    write("in/Inbox", make.mbox(make.mail(7)))
    for name, other in {"in/b.json": b"{}", "in/.hidden.eml": make.mail(8), "in/README": b"Note: no mail\n"}.items():
        write(name, other)
    sources = [mail.source for mail in read([tmp_path / "in"])]
    assert sources == ["Inbox#1", "a/z.eml", "a/受信.eml", "b.eml", "c.mbox#1", "c.mbox#2", "no-suffix"]


def test_maildir_reads_cur_and_new_and_its_folders_but_not_tmp(write, make, tmp_path):
    for name in ("cur/1.host:2,S", "new/2.host", "tmp/3.host", ".Sent/cur/4.host:2,S", ".Sent/new/5.host"):
        write(f"Maildir/{name}", make.mail(int(name.split("/")[-1][0])))
    write("Maildir/dovecot.index", b"\x00\x01")
    assert codes([tmp_path / "Maildir"]) == dict.fromkeys(
        (".Sent/cur/4.host:2,S", ".Sent/new/5.host", "cur/1.host:2,S", "new/2.host")
    )


def test_given_paths_of_one_name_keep_their_paths(write, make):
    paths = [write("a/mail.eml", make.mail(1)), write("b/mail.eml", make.mail(2)), write("c.eml", make.mail(3))]
    assert [mail.source for mail in read(paths)] == [paths[0].as_posix(), paths[1].as_posix(), "c.eml"]


def test_gzip_of_a_mail_and_of_an_mbox(write, make):
    paths = [
        write("a.eml.gz", gzip.compress(make.mail(1))),
        write("b.mbox.gz", gzip.compress(make.mbox(make.mail(2))) + gzip.compress(make.mbox(make.japanese(3)))),
        write("c.mbox", gzip.compress(make.mbox(make.mail(4)))),
    ]
    mails = list(read(paths))
    assert [mail.source for mail in mails] == ["a.eml.gz", "b.mbox.gz#1", "b.mbox.gz#2", "c.mbox#1"]
    assert [mail.raw for mail in mails] == [make.mail(1), make.mail(2), make.japanese(3), make.mail(4)]


@pytest.mark.parametrize("kind", [pa.binary(), pa.large_binary(), pa.string(), pa.large_string()])
def test_parquet_with_a_column_raw(tmp_path, make, kind):
    text = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    values = [make.mail(n, "納期を\nご教示ください。\n") for n in range(5)]
    path = parquet(tmp_path / "mails.parquet", [v.decode() if text else v for v in values], kind)
    mails = list(read([path]))
    assert [mail.raw for mail in mails] == values
    assert [mail.source for mail in mails] == [f"mails.parquet#{n}" for n in range(1, 6)]


def test_parquet_with_a_dictionary_of_mails(tmp_path, make):
    path = tmp_path / "mails.parquet"
    pq.write_table(pa.table({"raw": pa.array([make.mail(1)] * 3).dictionary_encode()}), path)
    assert [mail.raw for mail in read([path])] == [make.mail(1)] * 3


def test_a_missing_path_is_told_before_anything_is_read(write, make, tmp_path):
    with pytest.raises(SourceError, match="There is no file"):
        read([write("mail.eml", make.mail(1)), tmp_path / "nowhere.mbox"])


def test_what_is_no_file_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SourceError, match="neither a file nor a folder"):
        read([tmp_path / "pipe"])


def damaged(write, make, tmp_path) -> dict[Path, dict[str, str | None]]:
    """Files with something wrong, and the lines they must give."""
    packed = gzip.compress(make.mbox(*(make.mail(n, NOISE.randbytes(700).hex()) for n in range(3))))
    flipped = bytearray(gzip.compress(make.mail(1, NOISE.randbytes(700).hex())))
    flipped[len(flipped) // 2] ^= 0xFF
    whole = parquet(tmp_path / "whole.parquet", [make.mail(n) for n in range(9)], pa.binary()).read_bytes()
    pq.write_table(pa.table({"text": ["x"]}), tmp_path / "other.parquet")
    pq.write_table(pa.table({"raw": [1, 2]}), tmp_path / "numbers.parquet")
    mbox = make.mbox(make.mail(1), b"", make.mail(2, "x" * 3000), make.mail(3))
    return {
        write("empty.eml", b""): {"empty.eml": "empty"},
        write("blank.eml", b"\r\n \n"): {"blank.eml": "empty"},
        write("empty.mbox", b""): {"empty.mbox#1": "empty"},
        write("empty.parquet", b""): {"empty.parquet#1": "empty"},
        write("large.eml", make.mail(1, "x" * 3000)): {"large.eml": "too_large"},
        write("binary.eml", NOISE.randbytes(1500)): {"binary.eml": "not_a_mail"},
        write("picture.png", b"\x89PNG\r\n\x1a\n" + NOISE.randbytes(1500)): {"picture.png": "not_a_mail"},
        write("outlook.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)): {"outlook.msg": "outlook_msg"},
        write("cut.eml.gz", gzip.compress(make.mail(1))[:-20]): {"cut.eml.gz": "gzip_broken"},
        write("flip.eml.gz", bytes(flipped)): {"flip.eml.gz": "gzip_broken"},
        write("cut.mbox.gz", packed[: len(packed) // 2]): {"cut.mbox.gz#1": None, "cut.mbox.gz#2": "gzip_broken"},
        write("some.mbox", mbox): {
            "some.mbox#1": None, "some.mbox#2": "empty", "some.mbox#3": "too_large", "some.mbox#4": None,
        },
        write("half.parquet", whole[: len(whole) // 2]): {"half.parquet#1": "parquet_broken"},
        tmp_path / "other.parquet": {"other.parquet#1": "parquet_no_raw"},
        tmp_path / "numbers.parquet": {"numbers.parquet#1": "parquet_no_raw"},
        parquet(tmp_path / "gaps.parquet", [make.mail(1), None, b"", make.mail(2)], pa.binary()): {
            "gaps.parquet#1": None, "gaps.parquet#2": "raw_missing", "gaps.parquet#3": "empty", "gaps.parquet#4": None,
        },
    }  # fmt: skip


def test_damage_gives_a_line_and_the_rest_is_read(write, make, tmp_path):
    files = damaged(write, make, tmp_path)
    good = write("z-good.eml", make.mail(9))
    expected = {source: code for lines in files.values() for source, code in lines.items()}
    found = codes([*files, good], 2000)
    assert found == expected | {"z-good.eml": None}
    assert [mail.raw for mail in read([*files, good], 2000)][-1] == make.mail(9)


def test_failures_say_what_to_do_and_carry_nothing_of_the_mail(write, make, tmp_path):
    for mail in read(list(damaged(write, make, tmp_path)), 2000):
        if mail.failure:
            assert mail.raw == b""
            assert (mail.failure.stage, mail.failure.detail) == ("ingest", DETAILS[mail.failure.code])


def test_a_damaged_row_group_costs_only_itself(tmp_path, make):
    path = tmp_path / "mails.parquet"
    values = pa.array([make.mail(n, NOISE.randbytes(50).hex()) for n in range(9)])
    pq.write_table(pa.table({"raw": values}), path, row_group_size=3, write_page_checksum=True)
    start = pq.ParquetFile(path).metadata.row_group(1).column(0).dictionary_page_offset
    data = bytearray(path.read_bytes())
    data[start + 100 : start + 140] = bytes(40)
    path.write_bytes(data)
    found = codes([path])
    assert found.pop("mails.parquet#4") == "parquet_broken"
    assert set(found.values()) == {None}
    assert {f"mails.parquet#{n}" for n in (1, 2, 3, 7, 8, 9)} <= set(found)


def test_a_file_that_vanishes_or_cannot_be_opened_is_a_failure(write, make, tmp_path):
    write("in/a.eml", make.mail(1))
    (tmp_path / "in" / "b.eml").symlink_to(tmp_path / "gone.eml")
    gone = write("in/c.eml", make.mail(3))
    mails = read([tmp_path / "in"])
    gone.unlink()
    assert {m.source: m.failure and m.failure.code for m in mails} == {
        "a.eml": None,
        "b.eml": "unreadable",
        "c.eml": "unreadable",
    }


def test_folder_loops_end(write, make, tmp_path):
    write("in/a.eml", make.mail(1))
    (tmp_path / "in" / "loop").symlink_to(tmp_path / "in")
    assert codes([tmp_path / "in"]) == {"a.eml": None}


def test_a_bomb_is_stopped(tmp_path):
    path = tmp_path / "bomb.mbox.gz"
    packer = zlib.compressobj(9, wbits=31)
    with path.open("wb") as file:
        file.write(packer.compress(b"From a Tue Mar 10 00:12:00 2026\nSubject: x\n\n"))
        for _ in range(400):
            file.write(packer.compress(bytes(1_000_000)))
        file.write(packer.flush())
    assert codes([path]) == {"bomb.mbox.gz#1": "gzip_bomb"}
    assert codes([path.rename(tmp_path / "bomb.eml.gz")]) == {"bomb.eml.gz": "too_large"}


def test_fifty_megabytes_in_one_line(write, make):
    huge = make.mail(1, "x" * 50_000_000)
    paths = [write("huge.eml", huge), write("huge.mbox", make.mbox(huge, make.mail(2)))]
    assert codes(paths, 25_000_000) == {"huge.eml": "too_large", "huge.mbox#1": "too_large", "huge.mbox#2": None}


def test_places_count_up_to_the_total_and_reading_goes_on_behind_any_of_them(write, make, tmp_path):
    damaged(write, make, tmp_path)
    write("maildir/cur/1", make.mail(1))
    write("maildir/new/2", make.mail(2))
    files = find([tmp_path])
    found = list(entries(files, 2000))
    done = [entry.place.done_bytes for entry in found]
    assert done == sorted(done)
    assert done[-1] == total_bytes(files)
    for n, entry in enumerate(found, 1):
        assert list(entries(files, 2000, entry.place)) == found[n:]
    assert list(entries(files, 2000, Place())) == found
