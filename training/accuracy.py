"""``make accuracy``: the tables of README, from the gold corpus's held-out half.

The held-out half is built from the shared gold corpus, scored by the command line as a user would, and compared by
the shared scorer. ``--write`` puts the table between the marks in README.md.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from training.gold import build

START, END = "<!-- accuracy:start -->", "<!-- accuracy:end -->"
ROWS = (
    ("Machine mail told from people's, macro-F1", "machine.macro_f1"),
    ("Language", "language.accuracy"),
    ("Zones, lines right", "zones.accuracy"),
    ("Zones, mails with every line right", "zones.exact_mail"),
    ("Intents, macro-F1", "intents.macro_f1"),
    ("Intents, evidence sentence right", "intents.evidence"),
    ("Sentiment, macro-F1", "sentiment.macro_f1"),
    ("Emotion, macro-F1", "emotion.macro_f1"),
    ("Contact fields, micro-F1", "contacts.micro_f1"),
    ("Contact values of the wrong person", "contacts.wrong_person"),
    ("Activities found, micro-F1", "activities.micro_f1"),
    ("Activities with all times right, F1", "activities.time_f1"),
    ("Out-of-office return date", "out_of_office.until"),
    ("Calibration error of intents (ECE)", "calibration.ece_intents"),
    ("Calibration error of contact fields (ECE)", "calibration.ece_contact_fields"),
)


def measure(shared: Path, half: str, work: Path, own: list[str]) -> dict[str, Any]:
    """Build one half of the corpus, score it, compare; all figures by group (``all``, ``en``, ``ja``)."""
    build(shared / "data/gold", work)
    folder, documents, figures = work / half, work / f"{half}.jsonl", work / f"{half}-figures.json"
    command = [str(Path(sys.executable).parent / "mail-insight"), "score", str(folder)]
    with documents.open("wb") as out:
        done = subprocess.run(command + [part for a in own for part in ("--own", a)], stdout=out)
    if done.returncode > 1:
        sys.exit(done.returncode)
    scorer = [sys.executable, str(shared / "suites/score_insights.py"), str(folder), str(documents)]
    subprocess.run([*scorer, "--by", "language", "--json", str(figures), "--bootstrap", "200"], check=True)
    return dict(json.loads(figures.read_text(encoding="utf-8"))["figures"])


def table(figures: dict[str, Any]) -> str:
    """The figures as a Markdown table, one column a language."""
    lines = ["| measure | Japanese | English |", "| --- | --- | --- |"]
    for name, key in ROWS:
        cells = [_cell(figures[language].get(key)) for language in ("ja", "en")]
        lines.append(f"| {name} | {cells[0]} | {cells[1]} |")
    return "\n".join(lines)


def _cell(figure: dict[str, Any] | None) -> str:
    value = figure["value"] if figure else None
    return "–" if value is None else str(value) if isinstance(value, int) else f"{value:.3f}"


def main() -> None:
    """Print the table, or put it into README with ``--write``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=Path("../shared"), help="the project's shared data")
    parser.add_argument("--half", choices=["development", "heldout"], default="heldout")
    parser.add_argument("--work", type=Path, default=Path("build/gold"))
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    args = parser.parse_args()
    if not (args.shared / "data/gold").is_dir():
        parser.exit(
            2, f"{args.shared}/data/gold is missing: the tables need the project's annotated corpus. See --shared.\n"
        )
    text = table(measure(args.shared, args.half, args.work, []))
    print(text)
    if args.write:
        readme = Path("README.md")
        head, rest = readme.read_text(encoding="utf-8").split(START)
        readme.write_text(f"{head}{START}\n{text}\n{END}{rest.split(END)[1]}", encoding="utf-8")


if __name__ == "__main__":
    main()
