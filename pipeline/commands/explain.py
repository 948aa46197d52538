"""``mail-insight explain``: for one mail, what each stage found and why, readable by a sales person."""

from __future__ import annotations

import json
import locale
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import partial
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import typer
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from pipeline.commands.settings import load
from pipeline.errors import UsageError
from pipeline.ingest.files import read
from pipeline.records import Activity, Contact, Dossier, Evidence, Message, Slot
from pipeline.scoring import Scorer

ZONE_STYLES = {"body": "default", "signature": "cyan", "quote": "bright_black", "footer": "bright_black italic"}
EVIDENCE_STYLE = "bold underline"
Words = dict[str, str]


def run(mail: Path, own: Sequence[str], language: str | None) -> None:
    """Explain the first mail of a file; exit code 1 where it has failures."""
    settings = load()
    raw = next(iter(read([mail], settings.max_mail_bytes)), None)
    if raw is None:
        raise UsageError(f"There is no mail in {mail}.")
    dossier = Scorer(own, settings.max_mail_bytes).dossiers([raw])[0]
    Console().print(explanation(dossier, words(language)))
    if dossier.failures:
        raise typer.Exit(1)


def words(language: str | None) -> Words:
    """The catalogue of a language, by default that of the terminal.

    Raises:
        UsageError: there is no catalogue for this language.
    """
    asked = language or ("ja" if (locale.getlocale()[0] or "").startswith("ja") else "en")
    if asked not in ("ja", "en"):
        raise UsageError("--language takes ja or en.")
    return dict(json.loads(files(__package__).joinpath(f"words_{asked}.json").read_text(encoding="utf-8")))


def explanation(d: Dossier, w: Words) -> RenderableType:
    """Everything found in a mail, stage by stage."""
    say = partial(_section, w)
    parts: list[RenderableType] = []
    if d.message is not None:
        parts += [_head(d.message, w), say("what", [_kind(d, w)]), say("text", [_text(d, d.message)])]
        parts.append(say("intents", [_line(w[i.label], i.score, i.evidence) for i in d.intents]))
        parts.append(say("mood", list(_mood(d, w))))
        parts.append(say("gist", [Text(_flat(e.text)) for e in d.gist]))
        parts.append(say("contacts", [_contact(c, w) for c in d.contacts]))
        parts.append(say("activities", [_activity(a, w) for a in d.activities]))
        parts += _out_of_office(d, w)
        parts += _bounce(d, w)
        parts.append(say("charset", [Text(", ".join(dict.fromkeys(d.message.charset_steps)) or "-")]))
        if d.message.defects:
            parts.append(say("defects", [Text(", ".join(d.message.defects))]))
    if d.failures:
        parts.append(say("failures", [Text(f"{f.stage}: {f.detail}", "red") for f in d.failures]))
    return Group(*parts)


def _section(w: Words, name: str, found: list[RenderableType]) -> RenderableType:
    body = found or [Text(w["nothing"], "bright_black")]
    return Group(Text(f"\n{w[name]}", "bold blue"), *(Padding(f, (0, 0, 0, 2)) for f in body))


def _head(message: Message, w: Words) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    sender = message.from_
    rows = {
        "from": _visible(f"{sender.name or ''} <{sender.address}>") if sender else "-",
        "to": ", ".join(a.address for a in message.to),
        "date": _when(message.date) or "-",
        "subject": _visible(message.subject),
    }
    for name, value in rows.items():
        table.add_row(Text(w[name], "bright_black"), Text(value))
    return table


def _kind(d: Dossier, w: Words) -> RenderableType:
    kind = w["person"]
    if d.noise:
        reason = w.get(f"reason.{d.noise.reason}", d.noise.reason)
        kind = f"{w['machine']}: {w[d.noise.kind]} ({w['because']} {reason})"
    return Text(f"{kind}, {w['language']} {d.language}, {w['direction']}: {w[d.direction]}")


def _text(d: Dossier, message: Message) -> RenderableType:
    text = Text(_visible(message.text).rstrip())
    for s in d.segments:
        text.stylize(ZONE_STYLES[s.zone], s.start, s.end)
    for e in _all_evidence(d):
        text.stylize(EVIDENCE_STYLE, e.start, e.end)
    return text


def _all_evidence(d: Dossier) -> Iterator[Evidence]:
    for intent in d.intents:
        yield from intent.evidence
    for activity in d.activities:
        yield from activity.evidence


def _mood(d: Dossier, w: Words) -> Iterator[RenderableType]:
    if d.sentiment:
        yield _line(w[d.sentiment.label], d.sentiment.score, ())
    if d.emotion:
        yield _line(w[d.emotion.label], d.emotion.score, ())


def _line(label: str, score: float, evidence: Sequence[Evidence]) -> RenderableType:
    line = Text.assemble((label, "bold"), (f"  {score:.0%}", "bright_black"))
    for e in evidence:
        line.append(f"\n  “{_flat(e.text)}”", "italic")
    return line


def _contact(contact: Contact, w: Words) -> RenderableType:
    table = Table(title=w[contact.role], title_justify="left", title_style="bold", header_style="bright_black")
    table.add_column("")
    table.add_column("", overflow="fold")
    table.add_column(w["score"], justify="right")
    table.add_column(w["where"])
    for f in contact.fields:
        kind = f" ({', '.join(filter(None, (w[f.type], f.extension)))})" if f.type else ""
        place = w.get(f"rule.{f.rule.split('.')[0]}", w["rule.other"])
        table.add_row(w[f.name], Text(_visible(f.value) + kind), f"{f.score:.0%}", Text(place))
    return table


def _activity(a: Activity, w: Words) -> RenderableType:
    named = {"due": _when(a.due), "owner": w.get(a.owner or "", a.owner)}
    more = [f"{w[name]} {fact}" for name, fact in named.items() if fact]
    more += filter(None, (a.location, a.online_url, a.meeting_id, a.passcode))
    label = ", ".join([f"{w[a.kind]} ({w[a.status]})", *(_slot(s, w) for s in a.slots), *more])
    return _line(_visible(label), a.score, a.evidence)


def _slot(slot: Slot, w: Words) -> str:
    end = _when(slot.end)
    if isinstance(slot.start, datetime) and isinstance(slot.end, datetime) and slot.start.date() == slot.end.date():
        end = f"{slot.end:%H:%M}"
    about = f" ({w['about']})" if slot.approx else ""
    return f"{_when(slot.start)}{'–' + end if end else ''}{about}"


def _when(moment: date | None) -> str:
    """A date or date-time to read: 2026-03-10 15:00, in the mail's own zone."""
    if moment is None:
        return ""
    return f"{moment:%Y-%m-%d %H:%M}" if isinstance(moment, datetime) else f"{moment:%Y-%m-%d}"


def _out_of_office(d: Dossier, w: Words) -> list[RenderableType]:
    o = d.out_of_office
    if o is None:
        return []
    facts = [f"{w['until']} {_when(o.until)}"] if o.until else []
    facts += [f"{w['stand_in']} {o.stand_in}"] if o.stand_in else []
    return [_section(w, "out_of_office", [Text(", ".join(facts))])]


def _bounce(d: Dossier, w: Words) -> list[RenderableType]:
    failed = d.noise.failed if d.noise else ()
    lines = [f"{_visible(f.address)}  {_status(f.status, w)}".rstrip() for f in failed]
    return [_section(w, "not_reached", [Text(line) for line in lines])] if lines else []


def _status(status: str | None, w: Words) -> str:
    """A delivery status in words: its own, else those of its class (RFC 3463)."""
    if status is None:
        return ""
    meaning = w.get(f"status{status[1:]}") or w.get(f"status{status[1:].rpartition('.')[0]}", "")
    return f"{status} {meaning}".rstrip()


def _visible(text: str) -> str:
    """Control characters replaced one by one, so that no mail can drive the terminal and offsets still hold."""
    return "".join(c if c in "\n\t" or unicodedata.category(c)[0] != "C" else "\ufffd" for c in text)


def _flat(text: str) -> str:
    """One line: a line break inside Japanese is no space."""
    lines = [line.strip() for line in _visible(text).splitlines()]
    glue = ("" if a[-1:] > "\u2e7f" and b[:1] > "\u2e7f" else " " for a, b in pairwise(lines))
    return lines[0] + "".join(g + b for g, b in zip(glue, lines[1:], strict=True)) if lines else ""
