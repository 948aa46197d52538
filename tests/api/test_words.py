"""Both catalogues hold the same strings, all of them used, and dates read as people write them."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

import pytest

from api.nothing import REASONS
from api.pages import admin_watch, backups, filters, mailboxes, models_in_use, rule_draft, rules, wizard_state
from api.web import cards, dates, view
from api.web.catalogue import FOR_SCRIPTS, LANGUAGES, Language, choose, plural, translate, words
from pipeline.accounts.account import Protocol, Security
from pipeline.accounts.folders import Role
from pipeline.core import quota, workflow
from pipeline.core.next_actions import ORDER
from pipeline.core.review import State
from pipeline.core.share import RULE, CrmMail, Setting
from pipeline.core.workflow import Operator, TriggerKind
from pipeline.records import (
    ActivityKind,
    ActivityStatus,
    FieldName,
    IntentLabel,
    MachineKind,
    PhoneType,
    RecordKind,
    SuggestionKind,
)
from pipeline.store.crm.crm_views import View
from pipeline.store.crm.related import Source
from pipeline.store.organisation.tokens import Scope
from pipeline.store.sync import accounts

API = Path(str(files("api")))
TOKYO, LONDON = ZoneInfo("Asia/Tokyo"), ZoneInfo("Europe/London")
NOW = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
FAMILIES = {
    "kind.": get_args(SuggestionKind),
    "state.": get_args(State),
    "intent.": get_args(IntentLabel),
    "machine.": get_args(MachineKind),
    "activity.": get_args(ActivityKind),
    "status.": get_args(ActivityStatus),
    "record.": get_args(RecordKind),
    "record.by_": ("person", "suggestion", "import"),
    "records.": get_args(RecordKind),
    "phone.": get_args(PhoneType),
    "nothing.": [reason for reason in REASONS if reason != "machine"],
    "mood.": ("positive", "negative"),
    "field.": get_args(FieldName),
    "sure.": ("sure", "likely", "check"),
    "theme.": ("auto", "light", "dark"),
    "language.": ("en", "ja"),
    "tab.": ("own", "mailboxes", "sharing", "rules", "tokens"),
    "label.": models_in_use.LABELS,
    "model.task_": models_in_use.TASKS,
    "model.head_": models_in_use.HEADS,
    "model.back_": [name for name, _ in models_in_use.COMMANDS],
    "wizard.step_": wizard_state.STEPS,
    "protocol.": get_args(Protocol),
    "security.": get_args(Security),
    "folder.role_": get_args(Role),
    "folder.why_": mailboxes.WHY,
    "mailbox.state_": get_args(accounts.AccountState),
    "sharing.": get_args(Setting),
    "sharing.crm_": get_args(CrmMail),
    "token.scope_": get_args(Scope),
    "rule.on_": get_args(TriggerKind),
    "rule.op_": get_args(Operator),
    "rule.do_": get_args(workflow.ActionKind),
    "rule.field_": [one for one in rule_draft.FIELDS if one != "record"],
    "rule.says_": get_args(Operator),
    "rule.result_": (*rules.RESULTS, "done"),
    "mark.": filters.KINDS,
    "backup.state_": backups.STATES,
    "backup.problem_": backups.PROBLEMS,
    "webhook.state_": ("pending", "delivered", "dead"),
    "storage.mode_": get_args(quota.Mode),
    "audit.": admin_watch.ACTIONS,
    "next.": ORDER,
    "related.": get_args(Source),
    "inbox.view_": get_args(View),
    "why.": [branch.name for branch in RULE if branch.access],
}


def sources() -> str:
    paths = [*API.rglob("*.py"), *API.rglob("*.html"), *API.rglob("*.js")]
    return "\n".join(path.read_text(encoding="utf-8") for path in paths)


def test_both_catalogues_have_the_same_keys_and_places() -> None:
    english, japanese = words("en"), words("ja")
    singular = {key for key in english if key.endswith(".one")}
    assert set(english) - singular == set(japanese)
    for key, text in japanese.items():
        places = re.findall(r"\{(\w+)\}", text)
        assert sorted(places) == sorted(re.findall(r"\{(\w+)\}", english[key])), key
        assert text.strip(), key


def test_every_string_that_is_asked_for_exists() -> None:
    asked = set(
        re.findall(r"\b(?:t|n|say|translate|plural)\(\s*(?:language,\s*)?[\"']([a-z_]+\.[\w.]+)[\"']", sources())
    )
    asked = {key for key in asked if not key.endswith("_")}
    assert len(asked) > 80
    assert asked | set(FOR_SCRIPTS) <= set(words("ja"))


@pytest.mark.parametrize("family", FAMILIES)
def test_every_value_that_the_product_knows_has_a_word(family: str) -> None:
    for language in LANGUAGES:
        assert {f"{family}{value}" for value in FAMILIES[family]} <= set(words(language))


def test_no_string_is_left_over() -> None:
    everything = sources()
    literal = set(re.findall(r"[\"']([a-z_]+(?:\.[\w]+)+)[\"']", everything))
    families = set(re.findall(r"[\"']([a-z_]+\.(?:[a-z]+_)?)[\"']", everything))
    families |= set(re.findall(r"f[\"']([a-z_]+\.(?:[a-z]+_)?)\{", everything))
    unused = {key for key in words("en") if key not in literal and not key.endswith(".one")}
    unused = {key for key in unused if not any(key.startswith(family) for family in families)}
    assert unused == set()


def test_templates_hold_no_words_of_their_own() -> None:
    for path in API.rglob("*.html"):
        text = re.sub(
            r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", " ", path.read_text(encoding="utf-8"), flags=re.DOTALL
        )
        left = set(re.findall(r"[A-Za-z]{3,}|[ぁ-んァ-ヶ一-龠]+", text)) - {"English", "日本語", "Ctrl", "Enter", "Esc"}
        assert left <= {"mail", "insight", "import", "mailbox", "add", "quot", "amp"}, (path.name, left)


@pytest.mark.parametrize("kind", get_args(SuggestionKind))
def test_every_kind_of_suggestion_has_an_icon(kind: str) -> None:
    assert kind in cards.ICONS


@pytest.mark.parametrize(
    ("when", "language", "zone", "text"),
    [
        (datetime(2026, 3, 10, 6, 0, tzinfo=UTC), "ja", TOKYO, "3月10日(火) 15:00"),
        (datetime(2026, 3, 10, 15, 0, tzinfo=UTC), "en", LONDON, "Tue 10 Mar, 15:00"),
        (datetime(2025, 12, 31, 20, 0, tzinfo=UTC), "ja", TOKYO, "1月1日(木) 05:00"),
        (datetime(2025, 12, 31, 20, 0, tzinfo=UTC), "en", LONDON, "Wed 31 Dec 2025, 20:00"),
        (datetime(2025, 4, 1, 0, 0, tzinfo=UTC), "ja", TOKYO, "2025年4月1日(火) 09:00"),
        (date(2026, 3, 10), "ja", TOKYO, "3月10日(火)"),
        (date(2026, 3, 10), "en", LONDON, "Tue 10 Mar"),
    ],
)
def test_moments(when: datetime | date, language: Language, zone: ZoneInfo, text: str) -> None:
    assert dates.moment(when, language, zone, NOW) == text


def test_spans_do_not_repeat_the_day() -> None:
    start = datetime(2026, 3, 10, 6, 0, tzinfo=UTC)
    assert dates.span(start, start + timedelta(hours=1), "ja", TOKYO, NOW) == "3月10日(火) 15:00～16:00"
    assert dates.span(start, start + timedelta(hours=1), "en", LONDON, NOW) == "Tue 10 Mar, 06:00–07:00"
    assert dates.span(date(2026, 3, 10), date(2026, 3, 12), "en", LONDON, NOW) == "Tue 10 Mar–Thu 12 Mar"
    assert dates.span(start, None, "ja", TOKYO, NOW) == "3月10日(火) 15:00"


@pytest.mark.parametrize(
    ("ago", "japanese", "english"),
    [
        (timedelta(seconds=20), "たった今", "now"),
        (timedelta(minutes=1), "1分前", "1 min"),
        (timedelta(hours=5), "5時間前", "5 h"),
        (timedelta(hours=23, minutes=59), "23時間前", "23 h"),
        (timedelta(days=1), "3月8日", "8 Mar"),
        (timedelta(days=400), "2025年2月", "Feb 2025"),
        (timedelta(hours=-30), "3月11日", "10 Mar"),
    ],
)
def test_ages(ago: timedelta, japanese: str, english: str) -> None:
    assert dates.age(NOW - ago, "ja", TOKYO, NOW) == japanese
    assert dates.age(NOW - ago, "en", LONDON, NOW) == english


def test_full_form_leaves_no_doubt() -> None:
    when = datetime(2026, 3, 10, 6, 0, tzinfo=UTC)
    assert dates.full(when, "ja", TOKYO) == "2026年3月10日(火) 15:00 JST"
    assert dates.full(when, "en", LONDON) == "Tue 10 Mar 2026, 06:00 GMT"


def test_an_unknown_zone_is_utc() -> None:
    assert dates.zone("Mars/Olympus") == dates.zone("UTC") == ZoneInfo("UTC")


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("ja", "ja"),
        ("en-GB,ja;q=0.9", "en"),
        ("fr,ja;q=0.4,en;q=0.2", "ja"),
        ("fr", "en"),
        ("", "en"),
        (None, "en"),
        ("ja;q=x", "ja"),
    ],
)
def test_language_of_a_visitor(header: str | None, language: str) -> None:
    assert choose(header) == language


def test_plurals() -> None:
    assert plural("en", "zone.lines", 1) == "1 line"
    assert plural("en", "zone.lines", 2) == "2 lines"
    assert plural("ja", "zone.lines", 1) == "1行"


@pytest.mark.parametrize(
    ("score", "word"), [(0.99, "sure"), (0.9, "sure"), (0.89, "likely"), (0.7, "likely"), (0.69, "check"), (None, "")]
)
def test_scores_as_words(score: float | None, word: str) -> None:
    assert view.sure(score)[0] == word


@pytest.mark.parametrize(
    ("number", "language", "text"),
    [("+81255550142", "ja", "025-555-0142"), ("+81255550142", "en", "+81 25-555-0142"), ("x", "ja", "x")],
)
def test_phones(number: str, language: Language, text: str) -> None:
    assert view.phone(number, language) == text


def test_every_error_page_has_words() -> None:
    for status in (400, 403, 404, 405, 409, 422, 500, 503):
        assert translate("ja", f"error.{status}")
        assert translate("ja", f"error.{status}.text")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_string_stands_in_two_files(language: Language) -> None:
    files_of = sorted((API / "web" / "words").glob(f"*_{language}.json"))
    keys = [key for path in files_of for key in json.loads(path.read_text(encoding="utf-8"))]
    assert len(keys) == len(set(keys)) == len(words(language))
