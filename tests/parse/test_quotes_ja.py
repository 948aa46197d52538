"""Header blocks and separators above forwarded Japanese mail, as clients and people write them."""

from __future__ import annotations

import pytest

from pipeline.parse import zones

ABOVE = "片岡様\n\n下記の件、ご対応をお願いします。\n\n"
BELOW = "\n片岡様\n\nいつもお世話になっております。\n見積の件、ご回答をお願いいたします。\n"


@pytest.mark.parametrize(
    "opening",
    [
        "【差出人】長谷部 亮\n【送信日時】2025年6月9日 10:00\n【宛先】桑原 悟\n【件名】見積の件\n",
        "■差出人：長谷部 亮\n■日時：2025年6月9日\n■件名：見積の件\n",
        "[差出人] 長谷部 亮\n[日時] 2025年6月9日\n[件名] 見積の件\n",
        "差 出 人 ：長谷部 亮\n送 信 日 ：2025/6/9 10:00\n宛　　先 ：桑原 悟\n件　　名 ：見積の件\n",
        "＜以下、転送＞\n",
        "----- 転送元メール -----\n",
    ],
)
def test_forwarded_mail_is_a_quote(opening: str) -> None:
    text = ABOVE + opening + BELOW
    found = zones.split(text)
    assert [s.zone for s in found] == ["body", "quote"]
    assert text[found[1].start :] == opening + BELOW


@pytest.mark.parametrize(
    "block",
    [
        "【日時】6月20日 10:00\n【場所】会議室\n【参加者】桑原、三枝\n",
        "■日時：6月20日 10:00\n■件名：打合せ\n",
        "日　　時：6月20日\n",
    ],
)
def test_a_list_of_a_meeting_is_none(block: str) -> None:
    assert all(s.zone != "quote" for s in zones.split(ABOVE + block + "\nよろしくお願いいたします。\n"))
