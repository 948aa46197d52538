"""The stages in the order a mail meets them: from raw bytes to everything the insight document needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

from pipeline.classify import gist, intents, mood, names
from pipeline.classify import sentences as scoring
from pipeline.extract import activities, contacts, out_of_office
from pipeline.parse import defects, language, noise, quoted, sentences, threads, zones
from pipeline.parse.message import parse
from pipeline.records import Address, Direction, Dossier, Failure, Message
from pipeline.stage import Journey, Stage, for_each

TOO_LARGE = "The mail has {size} bytes, more than the limit of {limit}. Raise MAIL_INSIGHT_MAX_MAIL_BYTES to read it."


def journey(own_addresses: Iterable[str] = (), max_mail_bytes: int = 25_000_000, *, gate: bool = True) -> Journey:
    """The whole way of a mail. ``own_addresses`` are the account's own, by which the direction is told.

    Without the ``gate`` no mail is a machine's: of these somebody said that people wrote them.
    """
    own = frozenset(a.casefold() for a in own_addresses)
    return Journey(
        (
            Stage("parse", ("mail",), ("message", "failures"), partial(_parse, max_mail_bytes)),
            Stage("thread", ("message",), ("thread_id",), for_each(_thread)),
            Stage("direction", ("message",), ("direction",), for_each(partial(_direction, own))),
            Stage("zones", ("message",), ("segments", "language"), for_each(_zones)),
            Stage("quoted", ("message", "segments"), ("quoted",), for_each(_quoted)),
            Stage("noise", ("message", "segments"), ("noise",), for_each(_noise if gate else _no_noise)),
            Stage("sentences", ("message", "segments"), ("sentences",), for_each(_sentences)),
            Stage("contacts", ("message", "segments", "sentences", "noise"), ("contacts",), for_each(_contacts)),
            Stage("out_of_office", ("message", "segments", "noise"), ("out_of_office",), for_each(_out_of_office)),
            Stage("score", ("message", "sentences", "noise"), ("scored",), _score),
            Stage("names", ("message", "scored"), ("names",), for_each(_names)),
            Stage("intents", ("scored", "noise"), ("intents",), for_each(_intents)),
            Stage("mood", ("scored", "language", "noise"), ("sentiment", "emotion"), for_each(_mood)),
            Stage("gist", ("message", "scored", "noise"), ("gist",), for_each(_gist)),
            Stage(
                "activities",
                ("message", "segments", "scored", "noise", "quoted", "names"),
                ("activities",),
                for_each(_activities),
            ),
        )
    )


def _parse(max_mail_bytes: int, batch: Sequence[Dossier]) -> list[Dossier]:
    return [d if d.mail.failure else _parse_one(d, max_mail_bytes) for d in batch]


def _parse_one(d: Dossier, max_mail_bytes: int) -> Dossier:
    size = len(d.mail.raw)
    if size > max_mail_bytes:
        failure = Failure("parse", "too_large", TOO_LARGE.format(size=size, limit=max_mail_bytes))
        return replace(d, failures=(*d.failures, failure))
    message = parse(d.mail.raw)
    unreadable, failures = defects.judge(message)
    return replace(d, message=None if unreadable else message, failures=(*d.failures, *failures))


def _thread(d: Dossier, message: Message) -> Dossier:
    return replace(d, thread_id=threads.thread_id(message))


def _direction(own: frozenset[str], d: Dossier, message: Message) -> Dossier:
    return replace(d, direction=direction(own, message.from_, (*message.to, *message.cc)))


def direction(own: frozenset[str], sender: Address | None, recipients: Sequence[Address]) -> Direction:
    """Whether a mail came in, went out, or stayed inside; unknown where no own address is known."""
    if not own or sender is None:
        return "unknown"
    if sender.address not in own:
        return "in"
    return "internal" if recipients and all(r.address in own for r in recipients) else "out"


def _zones(d: Dossier, message: Message) -> Dossier:
    sender = message.from_
    segments = zones.split(message.text, (sender.name or sender.address.partition("@")[0]) if sender else None)
    body = "\n".join(message.text[s.start : s.end] for s in segments if s.zone == "body")
    return replace(d, segments=segments, language=language.detect(body or message.subject or message.text))


def _quoted(d: Dossier, message: Message) -> Dossier:
    return replace(d, quoted=quoted.split(message.text, d.segments, message.date))


def _noise(d: Dossier, message: Message) -> Dossier:
    body = "\n".join(message.text[s.start : s.end] for s in d.segments if s.zone == "body")
    end = "\n".join(message.text[s.start : s.end] for s in d.segments if s.zone in ("signature", "footer"))
    return replace(d, noise=noise.judge(message, body, end))


def _no_noise(d: Dossier, message: Message) -> Dossier:
    return replace(d, noise=None)


def _sentences(d: Dossier, message: Message) -> Dossier:
    return replace(d, sentences=sentences.split(message.text, d.segments))


def _contacts(d: Dossier, message: Message) -> Dossier:
    return replace(d, contacts=contacts.find(message, d.segments, d.sentences, d.noise))


def _out_of_office(d: Dossier, message: Message) -> Dossier:
    return replace(d, out_of_office=out_of_office.find(message, d.segments, d.noise))


def _score(batch: Sequence[Dossier]) -> list[Dossier]:
    """Sentences of people's mails only: machine mail has no intents and no mood."""
    wanted = [d for d in batch if d.message is not None and d.noise is None]
    scored = iter(scoring.score([(d.message.subject, d.sentences) for d in wanted if d.message is not None]))
    return [replace(d, scored=next(scored)) if d.message is not None and d.noise is None else d for d in batch]


def _names(d: Dossier, message: Message) -> Dossier:
    return replace(d, names=names.find(d.scored))


def _intents(d: Dossier, message: Message) -> Dossier:
    return replace(d, intents=intents.decide(d.scored, d.noise))


def _mood(d: Dossier, message: Message) -> Dossier:
    sentiment, emotion = mood.decide(d.scored, d.language, d.noise)
    return replace(d, sentiment=sentiment, emotion=emotion)


def _gist(d: Dossier, message: Message) -> Dossier:
    return replace(d, gist=gist.choose(message.subject, d.scored, d.noise))


def _activities(d: Dossier, message: Message) -> Dossier:
    return replace(d, activities=activities.find(message, d.segments, d.scored, d.noise, d.quoted, d.names))
