"""``mail-insight score`` as a user runs it: lines out = lines in, whatever goes in."""

import base64
import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = Path(sys.executable).with_name("mail-insight")
MAIL = (
    b"From: Jane Doe <jane@acme.example>\r\nTo: us@firm.example\r\nSubject: Hello\r\nMessage-ID: <%d@acme.example>\r\n"
)
BODY = b"Date: Tue, 10 Mar 2026 09:00:00 +0900\r\n\r\nCould you send me the price list by Friday?\r\n\r\nJane\r\n"


def run(*args: object, **more: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(COMMAND), *map(str, args)], capture_output=True, text=True, timeout=300, **more)


def good(number: int) -> bytes:
    return MAIL % number + BODY


def documents(done: subprocess.CompletedProcess[str]) -> list[dict]:
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def odd_inputs(tmp_path: Path) -> Path:
    """A folder in which good mails stand between every kind of broken one."""
    deep = b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(400))
    big = base64.encodebytes(os.urandom(38_000_000))
    files = {
        "00-good.eml": good(0),
        "01-empty.eml": b"",
        "02-binary.eml": bytes(range(256)) * 200,
        "03-deep.eml": MAIL % 3 + b"MIME-Version: 1.0\r\n" + deep,
        "04-huge.eml": MAIL % 4 + b"\r\n" + big,
        "05-truncated.eml": MAIL % 5
        + b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\n'
        + b"Content-Type: text/plain\r\n\r\nThe first half of",
        "06-truncated.eml.gz": gzip.compress(good(6) * 50)[:-20],
        "07-good.eml": good(7),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def test_broken_inputs_give_a_line_each_and_the_rest_is_scored(odd_inputs: Path):
    done = run("score", *sorted(odd_inputs.iterdir()))
    docs = documents(done)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert [d["source"] for d in docs] == sorted(p.name for p in odd_inputs.iterdir())
    by_name = {d["source"]: d for d in docs}
    for name, doc in by_name.items():
        assert bool(doc["failures"]) == ("good" not in name), (name, doc["failures"])
        assert all(f["code"] != "unexpected" and len(f["detail"]) > 20 for f in doc["failures"]), doc["failures"]
    for name in ("01-empty.eml", "02-binary.eml", "04-huge.eml"):
        assert by_name[name]["message_id"] is None
        assert by_name[name]["text"] is None
    assert "The first half of" in by_name["05-truncated.eml"]["text"]
    assert by_name["07-good.eml"]["intents"]


def test_order_and_content_do_not_depend_on_the_number_of_workers(tmp_path: Path):
    with (tmp_path / "in.mbox").open("wb") as mbox:
        for number in range(150):
            mbox.write(b"From x Mon Jan  1 00:00:00 2024\n" + good(number).replace(b"\r\n", b"\n") + b"\n")
    one, two = (run("score", tmp_path / "in.mbox", "--workers", n) for n in (1, 2))
    assert one.returncode == two.returncode == 0
    assert one.stdout == two.stdout
    assert [d["source"] for d in documents(one)] == [f"in.mbox#{n}" for n in range(1, 151)]


def test_a_missing_input_is_told_before_anything_is_read(tmp_path: Path):
    done = run("score", tmp_path / "nowhere.mbox")
    assert done.returncode == 2
    assert "nowhere.mbox" in done.stderr
    assert "Traceback" not in done.stderr
    assert not done.stdout


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path):
    (tmp_path / "a.eml").write_bytes(good(1))
    shell = f"'{COMMAND}' score '{tmp_path}/a.eml' '{tmp_path}/a.eml' | true"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", shell], capture_output=True, text=True, timeout=120)
    assert "Traceback" not in done.stderr


def test_help_starts_without_loading_models():
    script = (
        "import sys; from pipeline.cli import app; print(sorted({'numpy', 'sqlalchemy', 'pyarrow'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("language", ["ja", "en"])
def test_explain_shows_every_step_in_both_languages(language: str):
    done = run(
        "explain",
        f"data/samples/{language}/{language}-g-00{'01' if language == 'en' else '17'}.eml",
        "--language",
        language,
    )
    assert done.returncode == 0, done.stderr
    words = json.loads(Path(f"pipeline/commands/words_{language}.json").read_text(encoding="utf-8"))
    for part in ("what", "text", "intents", "mood", "gist", "contacts", "activities"):
        assert words[part] in done.stdout


def test_both_catalogues_hold_the_same_words():
    one, two = (
        json.loads(Path(f"pipeline/commands/words_{language}.json").read_text(encoding="utf-8"))
        for language in ("ja", "en")
    )
    assert one.keys() == two.keys()


def test_a_mail_cannot_drive_the_terminal(tmp_path: Path):
    (tmp_path / "a.eml").write_bytes(good(1).replace(b"Jane\r\n", b"\x1b]0;owned\x07\x1b[31mJane\r\n"))
    done = run("explain", tmp_path / "a.eml", "--language", "en")
    assert "\x1b]0;" not in done.stdout
    assert "\x07" not in done.stdout
