"""``mail-insight import`` and ``demo`` as a user runs them."""

import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from pipeline.store.engine import open_engine, sessions
from pipeline.store.mail import mails
from pipeline.store.organisation import people, sign_in, tokens
from pipeline.store.review import suggestions

COMMAND = Path(sys.executable).with_name("mail-insight")


def run(home: Path, *args: object) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "MAIL_INSIGHT_HOME": str(home)}
    return subprocess.run([str(COMMAND), *map(str, args)], capture_output=True, text=True, timeout=300, env=env)


def factory(home: Path):
    return sessions(open_engine(f"sqlite:///{home / 'mail-insight.sqlite3'}"))


def test_a_first_import_makes_the_mailbox_and_its_owner_who_can_sign_in(tmp_path: Path):
    done = run(tmp_path, "import", "data/samples/threads.mbox", "--mailbox", "Sales@Nortide.example")
    assert done.returncode == 0, done.stderr
    assert "49 mails seen: 49 stored, 0 there already, 0 skipped, 0 failed." in done.stderr
    token = re.search(r"/sign-in\?token=(\S+)", done.stderr)[1]
    now = datetime.now(UTC)
    with factory(tmp_path).begin() as session:
        owner = tokens.redeem_sign_in_link(session, token, now)
        assert owner is not None
        assert (owner.address, owner.profile) == ("sales@nortide.example", "admin")
        assert len(mails.list_mails(session, owner, limit=100).items) == 49
        assert suggestions.count_queue(session, owner, now).pending > 10


def test_importing_again_stores_nothing_twice(tmp_path: Path):
    run(tmp_path, "import", "data/samples/threads.mbox", "--mailbox", "a@b.example")
    again = run(tmp_path, "import", "data/samples/threads.mbox", "--mailbox", "a@b.example")
    assert "49 mails seen: 0 stored, 49 there already, 0 skipped, 0 failed." in again.stderr


def test_failed_mails_are_told_and_the_exit_code_says_so(tmp_path: Path):
    (tmp_path / "empty.eml").write_bytes(b"")
    (tmp_path / "good.eml").write_bytes(Path("data/samples/ja/ja-g-0017.eml").read_bytes())
    done = run(tmp_path / "home", "import", tmp_path / "empty.eml", tmp_path / "good.eml", "--mailbox", "a@b.example")
    assert done.returncode == 1
    assert "2 mails seen: 1 stored, 0 there already, 0 skipped, 1 failed." in done.stderr
    assert "empty.eml: There is nothing in it." in done.stderr


def test_the_demo_shows_both_languages_to_the_first_user_and_is_reused_by_a_second_run(tmp_path: Path):
    first, second = (run(tmp_path, "demo", "--no-serve") for _ in range(2))
    assert first.returncode == second.returncode == 0, first.stderr + second.stderr
    assert "60 mails seen: 60 stored" in first.stderr
    assert "88 mails seen: 88 stored" in first.stderr
    assert "0 stored, 88 there already" in second.stderr
    assert second.stdout.count("/sign-in?token=") == 3
    with factory(tmp_path).begin() as session:
        shown = {
            address: mails.list_mails(session, people.find_user(session, address), limit=100).items
            for address in (
                "sasaki@aoba-system.example",
                "helen.marchbanks@nortide.example",
                "morishita@aoba-system.example",
            )
        }
    languages = {address: {m.language for m in items} for address, items in shown.items()}
    assert languages["sasaki@aoba-system.example"] == {"ja", "en"}
    assert languages["helen.marchbanks@nortide.example"] == {"en"}
    with factory(tmp_path).begin() as session:
        admin = people.find_user(session, "morishita@aoba-system.example")
        documents = [mails.get_mail(session, admin, m.id).document for m in shown["morishita@aoba-system.example"]]
    for document in documents:
        named = {person["address"] for person in (document["from"], *document["to"], *document["cc"])}
        assert "morishita@aoba-system.example" in named, "an admin has no right to others' mail"
    assert len(documents) < len(shown["sasaki@aoba-system.example"])


def test_a_setting_that_cannot_be_used_is_told_in_one_sentence(tmp_path: Path):
    env = {**os.environ, "MAIL_INSIGHT_PORT": "many"}
    done = subprocess.run([str(COMMAND), "demo"], capture_output=True, text=True, timeout=60, env=env)
    assert done.returncode == 2
    assert "MAIL_INSIGHT_PORT" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_password_is_set_on_the_command_line(tmp_path: Path, monkeypatch):
    run(tmp_path, "import", "data/samples/en/en-g-0001.eml", "--mailbox", "a@b.example")
    monkeypatch.setenv("MAIL_INSIGHT_NEW_PASSWORD", "short")
    assert run(tmp_path, "password", "a@b.example").returncode == 2
    monkeypatch.setenv("MAIL_INSIGHT_NEW_PASSWORD", "a long enough password")
    assert run(tmp_path, "password", "nobody@b.example").returncode == 1
    done = run(tmp_path, "password", "A@b.example")
    assert (done.returncode, done.stderr) == (0, "The password is set.\n")
    with factory(tmp_path).begin() as session:
        assert sign_in.authenticate(session, "a@b.example", "a long enough password", datetime.now(UTC)) is not None


def test_contacts_are_imported_on_the_command_line_after_a_dry_run(tmp_path: Path):
    file = tmp_path / "people.csv"
    file.write_text("氏名,メール,誕生日\n佐伯 彩,saeki@kitano.example,1月\n名無し,nowhere,\n", encoding="utf-8")
    assert run(tmp_path, "records", "import", file).returncode == 2
    run(tmp_path, "import", "data/samples/en/en-g-0001.eml", "--mailbox", "a@b.example")
    tried = run(tmp_path, "records", "import", file, "--dry-run")
    assert "Would be: 1 created, 0 updated, 0 unchanged, 0 removed, 0 duplicate, 1 invalid." in tried.stderr
    assert "誕生日" in tried.stderr
    assert "line 3: invalid" in tried.stderr
    assert run(tmp_path, "records", "import", file).returncode == 0
    assert "0 created, 0 updated, 1 unchanged" in run(tmp_path, "records", "import", file).stderr
    assert run(tmp_path, "records", "pull", "http://127.0.0.1:9/").returncode == 2
