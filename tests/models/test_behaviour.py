"""What the shipped models must be able to do, must not be moved by, and must be moved by, in both languages."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from models import loading
from models.labels import INTENTS, SENTIMENTS, TAGS
from models.mails import MailScores

GREETING = {"en": ["Dear Ms Okafor,"], "ja": ["いつもお世話になっております。", "中央計器の村井です。"]}
CLOSING = {"en": ["Kind regards,"], "ja": ["以上、よろしくお願いいたします。"]}


def read(language: str, texts: Sequence[str]) -> MailScores:
    """What the models say of one mail."""
    tags = loading.sentence_model(language).score([texts])
    return loading.mail_model(language).score([texts], tags)


def intents(language: str, texts: Sequence[str]) -> set[str]:
    """The intents of a mail with greeting and closing around the texts."""
    found = read(language, [*GREETING[language], *texts, *CLOSING[language]]).intents[0]
    thresholds = loading.mail_model(language).thresholds
    return {label for label, p in zip(INTENTS, found, strict=True) if p >= thresholds[label]}


def tag(language: str, texts: Sequence[str], name: str) -> float:
    """The highest probability of a tag in a mail."""
    scores = loading.sentence_model(language).score([texts])[0]
    return float(scores[:, TAGS.index(name)].max())


def sentiment(language: str, texts: Sequence[str]) -> dict[str, float]:
    return dict(zip(SENTIMENTS, read(language, texts).sentiment[0].tolist(), strict=True))


@pytest.mark.parametrize(
    ("language", "text", "intent"),
    [
        ("en", "Could you please send us the signed contract by Friday?", "request"),
        ("en", "I would appreciate it if you could return the enclosed price list.", "request"),
        ("en", "What is the lead time for the 40 mm version?", "question"),
        ("en", "Please tell me whether this paint can be used outdoors.", "question"),
        (
            "en",
            "This is the second time the heater has failed, and your service has been very poor.",
            "complaint",
        ),
        ("en", "Put us down for another fifteen chairs, as quoted.", "purchase"),
        ("ja", "契約書を金曜日までにご返送いただけますでしょうか。", "request"),
        ("ja", "お手すきの折に図面をお戻しいただけますと幸いです。", "request"),
        ("ja", "40ミリ品の納期はどのくらいでしょうか。", "question"),
        ("ja", "屋外でも使用できるものかどうか、お教えください。", "question"),
        ("ja", "3月に直していただいた暖房がまた止まり、二度の問い合わせにもお返事がなく困っております。", "complaint"),
        ("ja", "椅子をもう15脚、お見積りどおりで注文させていただきます。", "purchase"),
    ],
)
def test_minimum_ability(language: str, text: str, intent: str) -> None:
    assert intent in intents(language, [text])


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("en", ["Thank you for your time yesterday."]),
        ("en", ["The office is closed on Monday and opens again on Tuesday."]),
        ("en", ["Please do not hesitate to contact me if you have any questions."]),
        ("ja", ["昨日はお時間をいただきありがとうございました。"]),
        ("ja", ["月曜日は休業し、火曜日から通常どおり営業いたします。"]),
        ("ja", ["今後ともよろしくお願いいたします。"]),
    ],
)
def test_formulas_and_plain_news_are_no_intent(language: str, texts: list[str]) -> None:
    assert intents(language, texts) == set()


@pytest.mark.parametrize(
    ("language", "template", "fillers"),
    [
        ("en", "{} needs the figures, please mail them by {}.", [("Mr Brandt", "Friday"), ("Aiko", "12 March")]),
        ("en", "When will order {} from {} arrive?", [("4711", "Hull"), ("98-2", "Osaka")]),
        ("ja", "{}が待っておりますので、{}までに数字をお送りください。", [("田辺", "金曜"), ("小山内", "3月12日")]),
        ("ja", "{}ご注文の{}はいつ届きますか。", [("先週", "ポンプ"), ("5日に", "計測器")]),
    ],
)  # fmt: skip
def test_names_dates_and_numbers_change_nothing(language: str, template: str, fillers: list[tuple[str, str]]) -> None:
    answers = [intents(language, [template.format(*words)]) for words in fillers]
    assert answers[0]
    assert all(answer == answers[0] for answer in answers)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Could you please send us the signed contract by Friday?"),
        ("ja", "契約書を金曜日までにご返送いただけますでしょうか。"),
    ],
)
def test_line_breaks_width_and_capitals_change_nothing(language: str, text: str) -> None:
    half = len(text) // 2
    at = text.find(" ", half) if language == "en" else half
    broken = text[:at] + "\n" + text[at:].lstrip()
    for variant in (broken, text.upper(), text.rstrip("?。")):
        assert "request" in intents(language, [variant])


@pytest.mark.parametrize(
    ("language", "base", "complaint"),
    [
        (
            "en",
            ["The carpet in the meeting room was laid on Monday."],
            "It is already coming loose, which is not acceptable.",
        ),
        (
            "ja",
            ["月曜日に会議室の床を張り替えました。"],
            "端がもう剥がれており、正直なところ大変がっかりしております。",
        ),
    ],
)
def test_a_complaint_added_moves_complaint_and_mood(language: str, base: list[str], complaint: str) -> None:
    assert tag(language, [*base, complaint], "complaint") > tag(language, base, "complaint") + 0.1
    assert sentiment(language, [*base, complaint])["negative"] > sentiment(language, base)["negative"] + 0.05


@pytest.mark.parametrize(
    ("language", "base", "thanks"),
    [
        (
            "en",
            ["The carpet in the meeting room was laid on Monday."],
            "Your fitters did a marvellous job and we are truly grateful.",
        ),
        ("ja", ["月曜日に会議室の床を張り替えました。"], "職人の皆様のお仕事が見事で、深く感謝しております。"),
    ],
)
def test_thanks_added_move_the_mood(language: str, base: list[str], thanks: str) -> None:
    assert sentiment(language, [*base, thanks])["positive"] > sentiment(language, base)["positive"] + 0.2


@pytest.mark.parametrize(
    ("language", "bad", "good"),
    [
        ("en", "The door sensor still does not work.", "The door sensor works very well now."),
        ("ja", "扉のセンサーがまったく反応しません。", "扉のセンサーは非常によく反応しています。"),
    ],
)
def test_negation_turns_the_mood(language: str, bad: str, good: str) -> None:
    assert sentiment(language, [bad])["negative"] > sentiment(language, [good])["negative"]
    assert sentiment(language, [good])["positive"] > sentiment(language, [bad])["positive"]


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("en", "Can we meet on Tuesday at 3 pm at your office?", "meeting"),
        ("en", "Please give me a call tomorrow morning.", "call"),
        ("en", "I will send you the revised offer tomorrow.", "promise"),
        ("en", "Please return the signed form by Monday.", "task"),
        ("ja", "来週火曜日の15時に御社へお伺いしてもよろしいでしょうか。", "meeting"),
        ("ja", "明日の午前中にお電話をいただけますでしょうか。", "call"),
        ("ja", "明日中に修正した見積書をお送りいたします。", "promise"),
        ("ja", "署名した書類を月曜日までにご返送ください。", "task"),
    ],
)
def test_activities_are_seen(language: str, text: str, name: str) -> None:
    model = loading.sentence_model(language)
    assert tag(language, [text], name) >= model.evidence[name]
