"""The summary of a job as a page with pictures: one file, no script, nothing from elsewhere."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from typing import Any

from pipeline.batch.summary import Summary

_STYLE = """
:root { color-scheme: light dark; --ink: #1d2430; --soft: #5b6472; --line: #d9dee5; --bar: #2f6fde; --back: #fff }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8ebf0; --soft: #a3adba; --line: #333b47; --bar: #6ea1ff; --back: #15191f } }
body { font: 15px/1.6 system-ui, "Hiragino Sans", "Noto Sans JP", "Yu Gothic UI", sans-serif; color: var(--ink);
  background: var(--back); max-width: 60rem; margin: 2rem auto; padding: 0 1rem; font-variant-numeric: tabular-nums }
h1 { font-size: 1.4rem } h2 { font-size: 1rem; margin: 0 0 .5rem }
main { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 1.5rem 2rem }
section { border-top: 1px solid var(--line); padding-top: .75rem }
table { border-collapse: collapse; width: 100% } td { padding: .15rem .25rem; vertical-align: middle }
td:nth-child(2), td:nth-child(4) { text-align: right; white-space: nowrap } td:nth-child(4) { color: var(--soft) }
td:nth-child(3) { width: 40% } svg { display: block; width: 100%; height: .8rem } rect { fill: var(--bar) }
p { color: var(--soft) }
"""


@cache
def words(language: str) -> dict[str, str]:
    """What the page says, in ``ja`` or ``en``."""
    text = files("pipeline.batch").joinpath(f"words_{language}.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def page(summary: Summary, versions: dict[str, str], language: str = "en") -> str:
    """The report as HTML."""
    say = words(language)
    parts = [_section(say, name, counter, summary.written) for name, counter in summary.counts.items() if counter]
    left_out = [_section(say, "left_out", summary.left_out, summary.read)] if summary.left_out else []
    made_by = ", ".join(f"{name} {version}" for name, version in sorted(versions.items()))
    return (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(say["title"])}</title>'
        f"<style>{_STYLE}</style><h1>{escape(say['title'])}</h1><p>{escape(headline(summary, language))}</p>"
        f"<main>{''.join([*left_out, *parts])}</main><p>{escape(say['made_by'])} {escape(made_by)}</p></html>\n"
    )


def comparison_page(told: Mapping[str, Any], language: str = "en") -> str:
    """What ``comparing.Comparison`` found, as HTML: a table for each language of mail."""
    say = words(language)
    tables = "".join(
        f"<section><h2>{escape(_label(say, spoken))} ({count:,})</h2>"
        f"<table>{_changes(say, told, spoken, count)}</table></section>"
        for spoken, count in sorted(told["languages"].items(), key=lambda item: -item[1])
    )
    sentence = say["changed"].format(mails=f"{told['mails']:,}", changed=f"{told['changed']:,}")
    return (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{escape(say["changes"])}</title>'
        f"<style>{_STYLE}</style><h1>{escape(say['changes'])}</h1><p>{escape(sentence)}</p>{tables}</html>\n"
    )


def _changes(say: dict[str, str], told: Mapping[str, Any], spoken: str, whole: int) -> str:
    found = [row for row in told["changes"] if row["language"] == spoken]
    if not found:
        return f"<tr><td>{escape(say['none_changed'])}</td></tr>"
    most = max(row["mails"] for row in found)
    return "".join(
        _row(
            f"{_field(say, row['field'])}: {_label(say, row['before'])} → {_label(say, row['after'])}",
            row["mails"], most, whole, row["examples"],
        )
        for row in found
    )  # fmt: skip


def _field(say: dict[str, str], name: str) -> str:
    group, _, detail = name.partition(".")
    heading = {"intent": "intents", "contact": "contact_fields", "activity": "activities"}.get(group, group)
    return say[heading] + (f" ({_label(say, detail)})" if detail else "")


def headline(summary: Summary, language: str = "en") -> str:
    """The counts in one sentence."""
    return words(language)["headline"].format(
        read=f"{summary.read:,}", written=f"{summary.written:,}", failed=f"{summary.failed:,}"
    )


def rows(summary: Summary, language: str = "en") -> list[tuple[str, str, int]]:
    """What was counted, for a table: heading, value, count; the most frequent first."""
    say = words(language)
    return [
        (say[name], _label(say, value), count)
        for name, counter in (("left_out", summary.left_out), *summary.counts.items())
        for value, count in _sorted(counter)
    ]


def _section(say: dict[str, str], name: str, counter: Counter[str], whole: int) -> str:
    most = max(counter.values())
    body = "".join(_row(_label(say, value), count, most, whole) for value, count in _sorted(counter))
    return f"<section><h2>{escape(say[name])}</h2><table>{body}</table></section>"


def _row(label: str, count: int, most: int, whole: int, mail_ids: Sequence[str] = ()) -> str:
    share = f"{count / whole:.1%}" if whole else ""
    width = round(100 * count / most, 2)
    bar = f'<rect width="{width}" height="1"/>'
    picture = f'<svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">{bar}</svg>'
    links = "".join(f' <a href="/mails/{escape(mail_id)}">{n}</a>' for n, mail_id in enumerate(mail_ids, 1))
    return f"<tr><td>{escape(label)}{links}</td><td>{count:,}</td><td>{picture}</td><td>{share}</td></tr>"


def _sorted(counter: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counter.items(), key=lambda item: (-item[1], item[0]))


def _label(say: dict[str, str], value: Any) -> str:
    return ", ".join(say.get(f"value.{each}", each) for each in str(value).split(", "))
