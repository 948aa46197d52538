"""``make suites``: this product on its peers' own test cases, one table a scorer.

The cases and scorers are shared data; the adapters are in adapters.py beside this file. No case may be special-cased.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

SPANS = ("recognizers-phone", "libphonenumber-matcher", "recognizers-email", "recognizers-url")
RUNS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("score_mime.py", ("--adapter", "tests.suites.adapters:mime"), ()),
    ("score_replies.py", ("--adapter", "tests.suites.adapters:replies"), ()),
    ("score_contacts.py", ("--task", "spans", "--adapter", "tests.suites.adapters:spans"), SPANS),
    ("score_contacts.py", ("--task", "name", "--adapter", "tests.suites.adapters:name"), ("nameparser",)),
    (
        "score_contacts.py",
        ("--task", "jp-address", "--adapter", "tests.suites.adapters:jp_address"),
        ("geolonia-addresses",),
    ),
    ("score_datetime.py", ("--adapter", "tests.suites.adapters:times"), ()),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True, help="the project's shared data")
    suites = parser.parse_args().shared / "suites"
    if not suites.is_dir():
        parser.exit(2, f"{suites} is missing: the peers' test cases are shared data, see --shared.\n")
    for scorer, adapter, names in RUNS:
        here = [name for name in names if (suites / "data" / name).is_dir()]
        missing = sorted(set(names) - set(here))
        print(
            f"== {' '.join((scorer, *adapter))}" + (f" (not here: {', '.join(missing)})" if missing else ""), flush=True
        )
        if here or not names:
            only = ["--only", *here] if here else []
            command = [sys.executable, str(suites / scorer), *adapter, "--suites", str(suites / "data"), *only]
            subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
