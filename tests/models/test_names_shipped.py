"""The shipped taggers of names: what they must mark, alone, in a spaCy pipeline, and in the journey of a mail."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
import spacy

from models import artefact, loading, names_spacy
from models.labels import ENTITIES
from models.names import NameModel
from pipeline.journey import journey
from pipeline.records import RawMail

MAILS = {
    "en": (
        "Dear Ms Farrow,\nI am Colin Burgess from Thistledown Ltd in Edinburgh.\nCould you meet Janet Moore on Friday?",
        {("Farrow", "person"), ("Colin Burgess", "person"), ("Edinburgh", "place"), ("Janet Moore", "person")},
    ),
    "ja": (
        "森田様\n株式会社青葉機工の中村です。\n来週、大阪で佐々木と打合せをお願いします。",
        {("森田", "person"), ("中村", "person"), ("株式会社青葉機工", "organisation"), ("大阪", "place")},
    ),
}
MEETINGS = {
    "en": ("Could we meet on Friday 13 March at 10, as Tilda suggested? Could Ruth come too?", ("Ruth",)),
    "ja": ("3月13日10時に、葛城と二人でお詫びに伺いたく存じますが、ご都合はいかがでしょうか。", ("葛城",)),
}


def shipped(language: str) -> NameModel:
    tagger = loading.name_model(language)
    assert tagger is not None
    return tagger


@pytest.mark.parametrize("language", sorted(MAILS))
def test_plain_names_are_marked_and_twice_the_same(language: str) -> None:
    text, wanted = MAILS[language]
    lines = text.split("\n")
    first = shipped(language).find(lines)
    assert first == shipped(language).find(lines)
    found = {(line[n.start : n.end], n.label) for line, names in zip(lines, first, strict=True) for n in names}
    assert wanted <= found
    assert all(n.label in ENTITIES and 0 < n.score <= 1 for names in first for n in names)


@pytest.mark.parametrize("language", sorted(MAILS))
def test_another_name_in_the_same_place_is_a_name_as_well(language: str) -> None:
    line, old = ("Could you meet Janet Moore on Friday?", "Janet Moore") if language == "en" else (
        "来週、佐々木と打合せをお願いします。",
        "佐々木",
    )  # fmt: skip
    others = (
        ("Priya Raman", "Jens Aaberg", "Wei Chen", "Olu Adeyemi") if language == "en" else ("葛城", "綾小路", "グエン")
    )
    lines = [line.replace(old, other) for other in others]
    found = [
        {one[n.start : n.end] for n in names} for one, names in zip(lines, shipped(language).find(lines), strict=True)
    ]
    assert sum(other in names for other, names in zip(others, found, strict=True)) >= len(others) - 1


@pytest.mark.parametrize("language", sorted(MAILS))
def test_thanks_and_times_are_no_names(language: str) -> None:
    lines = (
        ["Thank you very much.", "See you on Friday at 10."]
        if language == "en"
        else ["ありがとうございます。", "金曜の10時に伺います。"]
    )
    assert not any(shipped(language).find(lines))


def test_a_blank_spacy_pipeline_marks_names() -> None:
    text, wanted = MAILS["en"]
    nlp = spacy.blank("en")
    nlp.add_pipe(names_spacy.FACTORY)
    assert wanted <= {(ent.text, ent.label_) for ent in nlp(text).ents}


def test_characters_may_be_the_words_of_a_japanese_pipeline() -> None:
    """spaCy's own Japanese words need another edition of Sudachi."""
    text, wanted = MAILS["ja"]
    nlp = spacy.blank("xx")
    nlp.add_pipe(names_spacy.FACTORY, config={"language": "ja"})
    doc = spacy.tokens.Doc(nlp.vocab, words=list(text), spaces=[False] * len(text))
    assert wanted <= {(ent.text, ent.label_) for ent in nlp.get_pipe(names_spacy.FACTORY)(doc).ents}


@pytest.mark.parametrize("language", sorted(MEETINGS))
def test_who_is_named_takes_part_in_the_meeting_of_the_mail(language: str) -> None:
    text, wanted = MEETINGS[language]
    mail = EmailMessage()
    mail["From"], mail["To"] = "Ada Quill <ada@north.example>", "Ben Moss <ben@south.example>"
    mail["Date"], mail["Subject"] = "Tue, 10 Mar 2026 09:00:00 +0000", "-"
    mail.set_content(text)
    (dossier,) = journey().score([RawMail("1", mail.as_bytes())])
    assert [activity.participants for activity in dossier.activities if activity.kind != "task"] == [wanted]


@pytest.mark.parametrize("language", sorted(MAILS))
def test_an_artefact_tells_its_sources_and_licences(language: str) -> None:
    manifest = artefact.read_manifest(loading.ARTEFACTS / f"names-{language}")
    sources = [*manifest["data"]["sources"], *manifest["bases"]]
    assert len(sources) > 2
    assert all(source["licence"] and source["origin"] for source in sources)
    assert not any("NC" in source["licence"].split("-") for source in sources)
    assert all(manifest["metrics"]["names"].get(label, 0) > 0 for label in ENTITIES)
