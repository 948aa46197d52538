"""Zones of plain and HTML-derived text in both languages; each case also shows what must stay new text."""

# ruff: noqa: E501 (a case reads best on one line)
from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.parse import html, zones

Zoned = Callable[[str], list[tuple[str, str]]]
Z = {"b": "body", "s": "signature", "q": "quote", "f": "footer"}

CASES = {
    "english signature after a closing": """
        b| Hi Tom,
        b| The valves arrived this morning, thank you.
        b|
        b| Kind regards,
        s| Laura Finch
        s| Purchasing Manager, Finch & Dale Ltd
        s| T: +44 20 7946 0000
        """,
    "signature without a closing": """
        b| We still need the drawings for both pumps before Friday.
        b|
        s| Ben Okafor | Site Engineer | Brookvale Pumps Ltd
        s| 01632 960 111
        """,
    "bare first name": """
        b| Works for me, see you then.
        b|
        s| Laura
        """,
    "no signature at all": """
        b| Could you send the price list?
        b| I need it today.
        """,
    "a word of thanks is no name": """
        b| The parts have come.
        b|
        b| Thanks
        """,
    "phone footer": """
        b| Yes, please go ahead.
        b|
        s| Ben
        b|
        f| Sent from my iPhone
        """,
    "a sentence about sending is no footer": """
        b| Here is the file.
        b| Sent from my desk it takes an hour, so be patient.
        """,
    "top reply with attribution": """
        b| Fine with me.
        b|
        q| On Mon, 3 Mar 2025 at 10:12, Laura Finch <laura@finch.example> wrote:
        q| > Shall we say noon?
        q| > Laura
        """,
    "attribution broken over lines": """
        b| Fine with me.
        b|
        q| On Monday, 3 March 2025 at 10:12, Laura Finch
        q| <laura.finch@a-very-long-domain-name.example>
        q| wrote:
        q|
        q| Shall we say noon?
        """,
    "interleaved answers": """
        q| On 3 Mar 2025, Laura wrote:
        q| > How many do you need?
        b| Twelve.
        q| > And when?
        b| Before Easter, if you can.
        b|
        s| Ben
        """,
    "outlook header block": """
        b| Please see below.
        b|
        s| Ben Okafor
        s| Brookvale Pumps Ltd
        s|
        q| From: Laura Finch <laura@finch.example>
        q| Sent: Monday, March 3, 2025 10:12 AM
        q| To: Ben Okafor
        q| Subject: Noon
        q|
        q| Shall we say noon?
        q| Laura Finch
        q| Purchasing Manager
        """,
    "german header block": """
        b| Siehe unten.
        b|
        q| Von: Laura Finch <laura@finch.example>
        q| Gesendet: Montag, 3. März 2025 10:12
        q| An: Ben Okafor
        q| Betreff: Termin
        q|
        q| Passt zwölf Uhr?
        """,
    "french and spanish attributions": """
        b| D'accord.
        b|
        q| Le lun. 3 mars 2025 à 10:12, Laura Finch <laura@finch.example> a écrit :
        q| > Midi ?
        q| > El lun, 3 mar 2025 a las 10:00, Ana <ana@x.example> escribió:
        """,
    "forward without a comment": """
        q| ---------- Forwarded message ---------
        q| From: Laura Finch <laura@finch.example>
        q| Date: Mon, 3 Mar 2025
        q| Subject: Noon
        q| To: Ben <ben@b.example>
        q|
        q| Shall we say noon?
        """,
    "forward without a marker": """
        b| For you to handle.
        b|
        q| From: Laura Finch <laura@finch.example>
        q| Date: Mon, 3 Mar 2025 10:12:00 +0000
        q| Subject: Noon
        q|
        q| Shall we say noon?
        """,
    "disclaimer after the signature": """
        b| The contract is attached.
        b|
        b| Regards,
        s| Ben Okafor
        s| Legal Counsel
        s|
        f| This email and any attachments are confidential and intended for the addressee only.
        """,
    "disclaimer before the signature": """
        b| The contract is attached.
        b|
        f| CONFIDENTIALITY NOTICE: This message may contain privileged information.
        f|
        s| Ben Okafor
        s| Legal Counsel, Brookvale Pumps Ltd
        s| Tel: 01632 960 111
        """,
    "postscript after the signature": """
        b| The offer stands until Friday.
        b|
        b| Regards,
        s| Ben Okafor
        s| Brookvale Pumps Ltd
        s|
        b| PS: bring the key, please.
        """,
    "delimiter": """
        b| The offer stands.
        b|
        s| --
        s| anything at all here
        s| tagline
        """,
    "meeting facts are no signature": """
        b| Confirmed for next week:
        b|
        b| Date: Tuesday 4 March
        b| Location: Brookvale Pumps Ltd, 12 Mill Road
        b| Meeting ID: 877 0000 1111
        """,
    "japanese signature between rules": """
        b| 森様
        b| お世話になっております。
        b| 図面をお送りいたします。
        b|
        b| よろしくお願いいたします。
        b|
        s| ━━━━━━━━━━━━━━━━
        s| 株式会社きた設計　営業部
        s| 高橋　優
        s| TEL 03-0000-0000
        s| ━━━━━━━━━━━━━━━━
        """,
    "japanese rules of other kinds": """
        b| 図面をお送りいたします。
        b|
        s| ＊＊＊☆＊＊＊☆＊＊＊☆＊＊＊
        s| みなみ工房　高橋
        s| http://minami.example/
        s| ＊＊＊☆＊＊＊☆＊＊＊☆＊＊＊
        """,
    "japanese signature without a rule": """
        b| 図面をお送りいたします。
        b| ご確認ください。
        b|
        s| みなみ工房　営業　高橋 優（たかはし ゆう）
        s| 〒100-0000 東京都千代田区丸の内9-9-9
        """,
    "japanese family name alone": """
        b| 承知しました。
        b|
        s| 高橋
        """,
    "english signature after japanese text": """
        b| 承知しました。明日伺います。
        b|
        s| Yu Takahashi
        s| Kita Design Co., Ltd.
        s| +81-3-0000-0000
        """,
    "japanese attribution": """
        b| 承知しました。
        b|
        q| 2025年3月3日(月) 10:12 森 愛子 <mori@minami.example>:
        q| > 正午でいかがでしょうか。
        q| > 森
        """,
    "japanese outlook block": """
        b| 下記の件、ご対応をお願いします。
        b|
        q| 差出人: 森 愛子 <mori@minami.example>
        q| 送信日時: 2025年3月3日 10:12
        q| 宛先: 高橋 優
        q| 件名: 日程
        q|
        q| 正午でいかがでしょうか。
        """,
    "full width quote marks": """
        b| 承知しました。
        b|
        q| ＞ 正午でいかがでしょうか。
        q| ＞ 森
        """,
    "japanese phone footer": """
        b| 承知しました。
        b|
        s| 高橋
        s|
        f| iPhoneから送信
        """,
    "japanese disclaimer": """
        b| 資料をお送りします。
        b|
        s| 株式会社きた設計
        s| 高橋 優
        s|
        f| 本メールには機密情報が含まれている場合があります。誤って受信された場合は破棄してください。
        """,
    "a sentence about a mail is no disclaimer": """
        b| 昨日、見積書を誤って別の方へ送信してしまいました。
        b| 個人情報は含まれておりません。
        """,
    "a request to stop mailing is no footer": """
        b| 見積書は昨日弊社より送信しました。
        b| メールマガジンの配信停止をお願いします。
        """,
    "list footers": """
        b| 来月号もお楽しみに。
        b|
        f| ------------------------
        f| 配信停止はこちら：https://news.example/stop
        """,
    "a form with labels is no signature and no quote": """
        b| 新しいお問い合わせです。
        b|
        b| 会社名：みなみ工房
        b| お名前：高橋 優
        b| 電話番号：03-0000-0000
        b| 内容：
        b| カタログを送ってください。
        """,
    "postscript in japanese": """
        b| 図面をお送りします。
        b|
        s| 株式会社きた設計
        s| 高橋 優
        s|
        b| 追伸　先日はありがとうございました。
        """,
    "signature and edge rule above a header block": """
        b| 承知しました。
        b|
        s| ──────────────
        s| 株式会社きた設計 高橋 優
        s| ──────────────
        s|
        q| From: Mori <mori@minami.example>
        q| Sent: Monday, March 3, 2025 10:12 AM
        q| Subject: Re: plan
        q|
        q| 正午で。
        """,
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_zones(case: str) -> None:
    rows = [row.strip().split("|", 1) for row in case.strip().split("\n")]
    text = "".join(line.strip() + "\n" for _, line in rows)
    wanted = [(Z[zone], line.strip()) for zone, line in rows if line.strip()]
    got = [(s.zone, line) for s in zones.split(text) for line in text[s.start : s.end].split("\n") if line.strip()]
    assert got == wanted


def test_segments_cover_the_text_and_blanks_go_with_the_zone_above() -> None:
    text = "Hello.\n\nRegards,\n\nBen\n\n\nOn 3 Mar 2025, A <a@b.example> wrote:\n> x\n"
    segments = zones.split(text)
    assert [s.zone for s in segments] == ["body", "signature", "quote"]
    assert "".join(text[s.start : s.end] for s in segments) == text
    assert text[segments[1].start : segments[1].end] == "Ben\n\n\n"
    assert zones.split("") == ()


def test_the_sender_makes_a_weak_block_a_signature() -> None:
    text = "We need the drawings on Friday.\n\nBen, night shift\n"
    assert [s.zone for s in zones.split(text, "Ben Okafor")] == ["body", "signature"]
    other = "We need the drawings on Friday.\n\nValve Report\n"
    assert [s.zone for s in zones.split(other, "Ben Okafor")] == ["body"]


def test_each_segment_has_its_language() -> None:
    text = "承知しました。明日伺います。\n\nOn 3 Mar 2025, Laura <l@f.example> wrote:\n> Shall we say noon at your place?\n"
    assert [s.language for s in zones.split(text)] == ["ja", "en"]


@pytest.mark.parametrize(
    "quoted",
    [
        '<div class="gmail_quote"><div class="gmail_attr">On 3 Mar 2025, Laura &lt;l@f.example&gt; wrote:<br></div>'
        '<blockquote class="gmail_quote">Noon?</blockquote></div>',
        '<hr tabindex="-1"><div id="divRplyFwdMsg"><b>From:</b> Laura &lt;l@f.example&gt;<br><b>Sent:</b> Monday, March 3, 2025<br>'
        "<b>To:</b> Ben<br><b>Subject:</b> Noon</div><div>Noon?</div>",
        '<div><blockquote type="cite"><div>On 3 Mar 2025, at 10:12, Laura wrote:</div><div>Noon?</div></blockquote></div>',
        '<div class="yahoo_quoted"><div>On Monday, March 3, 2025 at 10:12 AM, Laura &lt;l@f.example&gt; wrote:</div><div>Noon?</div></div>',
        '<div class="moz-cite-prefix">On 03/03/2025 10:12, Laura wrote:</div><blockquote type="cite">Noon?</blockquote>',
        "<p>2025年3月3日(月) 10:12 森 愛子 &lt;mori@minami.example&gt;:</p><blockquote>Noon?</blockquote>",
    ],
    ids=["gmail", "outlook", "apple", "yahoo", "thunderbird", "plain"],
)
def test_reply_containers_of_mail_clients(quoted: str) -> None:
    text = html.to_text(f"<html><body><div>Yes, noon is fine.</div><div><br></div>{quoted}</body></html>") + "\n"
    segments = zones.split(text)
    assert [s.zone for s in segments] == ["body", "quote"]
    assert text[: segments[0].end].strip() == "Yes, noon is fine."


@pytest.mark.parametrize(
    "line",
    [
        "From my iPhone",
        "Sent from my cell, excuse typos.",
        "(sent from a phone)",
        "Sent with Mailbird",
        "Typed on a tiny keyboard, please forgive mistakes",
        "Von unterwegs gesendet",
        "Inviato dal mio smartphone",
        "Wysłane z telefonu",
        "iPhone'umdan gönderildi",
        "Télécharger Outlook pour iOS",
        "내 iPhone에서 보냄",
        "从我的 iPhone 发送",
        "スマホから送信しています",
    ],
)
def test_a_line_that_a_device_adds_is_boilerplate(line: str) -> None:
    assert [s.zone for s in zones.split(f"Fine with me.\n\n{line}\n", "Ann Bell")] == ["body", "footer"]


@pytest.mark.parametrize(
    "line",
    [
        "Sent by courier this morning",
        "From my phone log I can see three calls",
        "On the road we saw two of your vans",
        "携帯から電話しました",
    ],
)
def test_a_sentence_that_begins_like_a_device_line_is_none(line: str) -> None:
    assert [s.zone for s in zones.split(f"Fine with me.\n\n{line}\n", "Ann Bell")] == ["body"]


def test_a_sender_known_by_mailbox_only_still_signs() -> None:
    text = "The lift is repaired.\n\nHarvey Nussbaum, Nussbaum Lifts\n"
    assert [s.zone for s in zones.split(text, "h.nussbaum")] == ["body", "signature"]
    assert [s.zone for s in zones.split(text, None)] == ["body", "signature"]
