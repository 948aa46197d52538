"""No character is lost between bytes and text, whatever the mail says about its charset."""

from __future__ import annotations

import base64
import quopri

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.parse import charset, japanese, message

HARD = "㈱髙﨑①～－ｱｲｳﾊﾟ日本語のテスト、本日は晴天。"
# Bytes as Japanese mailers write them; Python's own iso2022_jp and euc_jp can write neither ㈱ nor 髙.
ISO_2022_JP = b'\x1b$B-j|byu-!!A!]\x1b(I123J_\x1b$BF|K\\8l$N%F%9%H!"K\\F|$O@2E7!#\x1b(B'
EUC_JP = (
    b"\xad\xea\xfc\xe2\xf9\xf5\xad\xa1\xa1\xc1\xa1\xdd\x8e\xb1\x8e\xb2\x8e\xb3\x8e\xca\x8e\xdf"
    + "日本語のテスト、本日は晴天。".encode("euc_jp")
)
ENCODED = {
    "iso-2022-jp": ISO_2022_JP,
    "shift_jis": HARD.encode("cp932"),
    "euc-jp": EUC_JP,
    "utf-8": HARD.encode(),
    "utf-16": HARD.encode("utf-16"),
}
ALIASES = {
    "iso-2022-jp": ["ISO-2022-JP", "iso-2022-jp-ms", "cp50221", "CP50220", "csISO2022JP"],
    "shift_jis": ["Shift_JIS", "x-sjis", "Windows-31J", "ms_kanji", "SJIS"],
    "euc-jp": ["EUC-JP", "x-euc-jp", "eucJP-ms", "cp51932"],
    "utf-8": ["UTF-8", "utf8"],
    "utf-16": ["utf-16"],
}
NAMED = [(name, encoding) for encoding, names in ALIASES.items() for name in names]


@pytest.mark.parametrize(("name", "encoding"), NAMED)
def test_declared_body_keeps_every_character(name: str, encoding: str) -> None:
    body = base64.encodebytes(ENCODED[encoding])
    raw = f'Content-Type: text/plain; charset="{name}"\nContent-Transfer-Encoding: base64\n\n'.encode() + body
    assert message.parse(raw).text.rstrip("\n") == HARD


@pytest.mark.parametrize(("name", "encoding"), NAMED)
@pytest.mark.parametrize("form", ["B", "Q"])
def test_encoded_header_keeps_every_character(name: str, encoding: str, form: str) -> None:
    data = ENCODED[encoding]
    word = (
        base64.b64encode(data)
        if form == "B"
        else quopri.encodestring(data, header=True).replace(b"=\n", b"").replace(b"?", b"=3F")
    )
    raw = b"Subject: =?" + name.encode() + b"?" + form.encode() + b"?" + word + b"?=\n\nx\n"
    assert message.parse(raw).subject == HARD


@pytest.mark.parametrize("encoding", ["iso-2022-jp", "shift_jis", "euc-jp", "utf-8"])
def test_raw_header_and_undeclared_body_keep_every_character(encoding: str) -> None:
    raw = b"Subject: " + ENCODED[encoding] + b"\n\n" + ENCODED[encoding] + b"\n"
    parsed = message.parse(raw)
    assert (parsed.subject, parsed.text.rstrip("\n")) == (HARD, HARD)


@pytest.mark.parametrize("encoding", ["shift_jis", "euc-jp", "utf-8"])
@pytest.mark.parametrize("declared", ["iso-2022-jp", "x-unknown", "nonsense"])
def test_wrong_label_does_not_lose_characters(encoding: str, declared: str) -> None:
    assert charset.decode(ENCODED[encoding], declared)[0] == HARD


def test_step_is_recorded() -> None:
    assert charset.decode(b"abc", "utf-8")[1] == "declared:utf-8"
    assert charset.decode(ISO_2022_JP, "cp50221")[1] == "declared:iso-2022-jp"
    assert charset.decode(ISO_2022_JP, "utf-8")[1] == "iso-2022-jp"
    assert charset.decode(HARD.encode(), "iso-2022-jp")[1] == "utf-8"
    assert charset.decode(HARD.encode("cp932"))[1] == "cp932"
    assert charset.decode(EUC_JP)[1] == "euc-jp"


def test_escape_bytes_stripped_on_the_way_are_restored() -> None:
    assert charset.decode(b"$BF|K\\8l(B mail", "iso-2022-jp")[0] == "日本語 mail"


def test_supplementary_kanji_of_eucjp_ms() -> None:
    assert japanese.decode_euc(b"\x8f\xf4\xfb\xb6\xb6") == "髙橋"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Jürgen möchte den Prüfbericht für Käßmann, naïve café", "latin-1"),
        ("Price: 40 € – “special” offer…", "cp1252"),
        ("Привет, отправляю договор и счёт, пожалуйста, подтвердите", "koi8-r"),
        ("안녕하세요 견적서를 보내드립니다 감사합니다", "euc-kr"),
    ],
)
def test_undeclared_western_and_other_scripts_are_detected(text: str, encoding: str) -> None:
    assert charset.decode(text.encode(encoding))[0] == text


def test_latin1_label_over_utf8_bytes_reads_utf8() -> None:
    assert charset.decode("Müller – café".encode(), "iso-8859-1") == ("Müller – café", "utf-8")


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_utf8_round_trip(text: str) -> None:
    if not japanese.has_escapes(text.encode()):
        assert charset.decode(text.encode(), "utf-8")[0] == text


@given(
    st.binary(),
    st.sampled_from(
        [
            None,
            "utf-8",
            "iso-2022-jp",
            "euc-jp",
            "shift_jis",
            "utf-7",
            "utf-16",
            "gb2312",
            "zip",
            "punycode",
            "idna",
            "raw_unicode_escape",
        ]
    ),
)
def test_any_bytes_give_a_text(data: bytes, declared: str | None) -> None:
    text, step = charset.decode(data, declared)
    assert text.encode() is not None  # no lone surrogates, which nothing could store
    assert step


def test_codecs_that_are_no_charsets_are_not_used() -> None:
    assert charset.codec_of("unicode_escape") is None
    assert charset.codec_of("idna") is None
    assert charset.decode(b"+2AA-", "utf-7")[0] == "\ufffd"


@pytest.mark.parametrize("declared", ["us-ascii", "iso-8859-1", "windows-1252"])
@pytest.mark.parametrize("encoding", ["cp932", "euc_jp"])
def test_japanese_labelled_as_western(encoding: str, declared: str) -> None:
    text = "明日の会議は中止になりました。よろしくお願いします。"
    assert charset.decode(text.encode(encoding), declared)[0] == text
    mixed = "Dear Mr. Mori, the drawing of the new pump (新しいポンプの図面) is attached to this mail."
    assert charset.decode(mixed.encode(encoding), declared)[0] == mixed


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Совещание в пятницу отменено, напишите мне до обеда.", "cp1251"),
        ("Η συνάντηση της Παρασκευής ακυρώθηκε, γράψτε μου.", "cp1253"),
    ],
)
@pytest.mark.parametrize("declared", ["us-ascii", "iso-8859-1"])
def test_words_of_another_alphabet_labelled_as_western(text: str, encoding: str, declared: str) -> None:
    assert charset.decode(text.encode(encoding), declared)[0] == text


@pytest.mark.parametrize("declared", ["us-ascii", "iso-8859-1", "windows-1252"])
@pytest.mark.parametrize("text", ["Grüße aus Köln – Müller & Söhne", "déjà vu", "ÀÉÈ", "Åsa Öberg", "«¿Qué?» 20 €"])
def test_western_words_stay_western(text: str, declared: str) -> None:
    assert charset.decode(text.encode("cp1252"), declared)[0] == text


def test_the_detector_is_asked_so_many_times_a_mail() -> None:
    name = "Алексей Смирнов"
    word = quopri.encodestring(name.encode("cp1251"), header=True).decode()
    fields = "".join(f"X-{n}: =?x-{n}?q?{word}_{n:04}?=\n" for n in range(400))
    headers = message.parse(f"{fields}\nx\n".encode()).headers
    assert headers["x-0"] == (f"{name} 0000",)
    assert headers["x-399"] == (f"{name.encode('cp1251').decode('cp1252')} 0399",)
    assert charset.decode(name.encode("cp1251"))[0] == name


@pytest.mark.parametrize(("text", "encoding"), [("山田商事", "cp932"), ("御見積書", "euc_jp"), ("眞壁様", "cp932")])
def test_a_few_kanji_are_known_by_everyday_ones(text: str, encoding: str) -> None:
    assert charset.decode(text.encode(encoding), "x-unknown")[0] == text
    assert charset.decode("ÕÄÖÜ".encode("cp1252"), "x-unknown")[0] == "ÕÄÖÜ"
