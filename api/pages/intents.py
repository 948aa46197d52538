"""Custom intents: those there are, and a form for one with a dry run over last month's mail. For administrators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.orm import Session

from api.deps import Caller, Db, Now, SignedIn, admin
from api.pages.frame import page, view_of
from api.routes.intents import languages
from api.web.view import View
from pipeline import errors
from pipeline.classify.custom import FEWEST, LONGEST, MOST, CustomIntent
from pipeline.store.organisation.people import User
from pipeline.store.rules import custom_intents
from pipeline.store.rules.custom_intents import LONGEST_NAME, Hit, Trial

router = APIRouter(prefix="/admin/intents")
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Draft:
    """An intent as its form holds it: one sentence a line."""

    name: str = ""
    examples: str = ""
    counter_examples: str = ""

    def lines(self, text: str) -> list[str]:
        """The sentences of a field."""
        return [line.strip() for line in text.splitlines() if line.strip()]


@router.get("")
def show(request: Request, who: SignedIn, db: Db, now: Now, edit: str = "", saved: bool = False) -> Response:
    """The intents, and the form, empty or with the one to edit."""
    admin(who)
    draft = Draft()
    if edit:
        found = db.read(lambda session: custom_intents.get_intent(session, who.user.organisation_id, edit))
        draft = Draft(found.name, "\n".join(found.examples), "\n".join(found.counter_examples))
    return _page(request, who, db, now, draft, saved=saved)


@router.post("")
def save(
    request: Request,
    who: SignedIn,
    db: Db,
    now: Now,
    name: Annotated[str, Form(max_length=LONGEST_NAME)] = "",
    examples: Annotated[str, Form(max_length=4 * MOST * LONGEST)] = "",
    counter_examples: Annotated[str, Form(max_length=4 * MOST * LONGEST)] = "",
    do: Annotated[str, Form(pattern="^(try|save)$")] = "try",
) -> Response:
    """Try the intent on the mail of the last month, or save it."""
    admin(who)
    draft = Draft(name, examples, counter_examples)
    wanted, against = draft.lines(examples), draft.lines(counter_examples)
    try:
        if do == "try":
            intent = CustomIntent(name, custom_intents.fit(wanted, against))
            trial = db.read(lambda session: custom_intents.try_intent(session, who.user, intent, now))
            return _page(request, who, db, now, draft, trial=trial, intent=intent)
        user = who.user
        db.run(
            lambda session: custom_intents.save_intent(
                session, user.organisation_id, name, wanted, against, now, user.id
            )
        )
    except errors.UsageError:
        return _page(request, who, db, now, draft, refused=True)
    return RedirectResponse("/admin/intents?saved=true", 303)


@router.post("/{intent_id}/remove")
def remove(who: SignedIn, db: Db, now: Now, intent_id: str) -> Response:
    """Its label goes from all mail."""
    user: User = admin(who)
    db.run(lambda session: custom_intents.delete_intent(session, user.organisation_id, intent_id, now, user.id))
    return RedirectResponse("/admin/intents?saved=true", 303)


def _page(
    request: Request,
    who: Caller,
    db: Db,
    now: Now,
    draft: Draft,
    *,
    trial: Trial | None = None,
    intent: CustomIntent | None = None,
    refused: bool = False,
    saved: bool = False,
) -> Response:
    view = view_of(who, now)

    def read(session: Session) -> dict[str, Any]:
        found = custom_intents.list_intents(session, who.user.organisation_id)
        return {"intents": [(one, in_words(one.custom, view)) for one in found]}

    return page(
        request, "admin_intents.html", who, db, now, read, here="settings", tab="intents", saved=saved, draft=draft,
        trial=trial, hits=_hits(trial, view), says=in_words(intent, view) if intent else [], refused=refused,
        fewest=FEWEST, most=MOST, longest_name=LONGEST_NAME,
    )  # fmt: skip


def in_words(intent: CustomIntent, view: View) -> list[str]:
    """How it does in each language, and in which it does not work."""
    told = {
        one.language: view.say(
            "custom.works", where=view.say(f"language.{one.language}"), found=one.found, examples=one.examples,
            alarms=one.alarms, ordinary=one.ordinary,
        )
        for one in languages(intent)
    }  # fmt: skip
    return [told.get(one) or view.say("custom.works_not", where=view.say(f"language.{one}")) for one in ("ja", "en")]


def _hits(trial: Trial | None, view: View) -> list[tuple[Hit, str]]:
    return [(hit, view.at(hit.at)) for hit in trial.hits[:_SHOWN]] if trial else []
