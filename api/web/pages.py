"""Renders templates for one reader: their language, their zone, their theme."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache, partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from api.web import dates, samples
from api.web.catalogue import FOR_SCRIPTS, LANGUAGES, Language, choose, plural, translate, words
from api.web.view import flow

if TYPE_CHECKING:
    from api.deps import Caller


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("api.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["flow"] = flow
    return made


@cache
def static(name: str) -> str:
    """The address of a static file; it changes with the content, so that browsers may keep it for ever."""
    content = files("api.web").joinpath("static", name).read_bytes()
    return f"/static/{name}?v={hashlib.sha256(content).hexdigest()[:12]}"


@cache
def _script_words(language: Language) -> str:
    found = words(language)
    return json.dumps({key: found[key] for key in FOR_SCRIPTS}, ensure_ascii=False)


def language_of(request: Request, who: Caller | None) -> Language:
    """The reader's own language; a visitor's choice, else what their browser prefers."""
    if who is not None:
        return who.user.language
    asked = request.query_params.get("lang") or request.cookies.get("mi_lang")
    if asked in LANGUAGES:
        return asked
    return choose(request.headers.get("accept-language"))


def render(
    request: Request, template: str, who: Caller | None, now: datetime, status: int = 200, **context: Any
) -> HTMLResponse:
    """One page, or a part of one, in the reader's language and zone."""
    language = language_of(request, who)
    zone = dates.zone(who.user.timezone if who else "UTC")
    frame = {
        "lang": language,
        "theme": who.user.theme if who else "auto",
        "is_admin": who is not None and who.user.is_admin,
        "csrf": (who.csrf or "") if who else "",
        "t": partial(translate, language),
        "n": partial(plural, language),
        "at": lambda moment: dates.moment(moment, language, zone, now),
        "full": lambda moment: dates.full(moment, language, zone),
        "since": lambda moment: dates.age(moment, language, zone, now),
        "month": lambda year, number: dates.month(year, number, language),
        "weekday": lambda number: dates.weekday(number, language),
        "static": static,
        "script_words": _script_words(language),
        "here": "",
        "q": "",
        "waiting": 0,
        "unread": 0,
        "has_samples": samples.has_samples(),
    }
    html = _environment().get_template(template).render(frame | context)
    return HTMLResponse(html, status)


def error_page(request: Request, status: int, headers: Mapping[str, str] | None = None) -> HTMLResponse:
    """What went wrong, for people."""
    who = getattr(request.state, "caller", None)
    language = language_of(request, who)
    known = status if f"error.{status}" in words(language) else 500
    response = render(
        request,
        "message.html",
        who,
        datetime.now(UTC),
        status,
        signed_in=who is not None,
        title=translate(language, f"error.{known}"),
        text=translate(language, f"error.{known}.text"),
    )
    response.headers.update(headers or {})
    return response
