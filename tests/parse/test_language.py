"""Languages by script and by common words."""

from __future__ import annotations

import pytest

from pipeline.parse import language


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Could you send us the drawings by Friday?", "en"),
        ("Ok, noon", "en"),
        ("図面をお送りください。", "ja"),
        ("了解", "ja"),
        ("ＡＢＣ-100の見積をお願いします。Windows Server 2022 Standard版", "ja"),
        ("Teams会議のURLです https://teams.example/meet/abcdefghijklmnopqrstuvwxyz0123456789", "ja"),
        ("我们已经收到您的邮件，谢谢您。请您确认这个时间。", "zh"),
        ("안녕하세요, 견적서를 보내 주세요.", "ko"),
        ("Пришлите, пожалуйста, договор.", "ru"),
        ("Könnten Sie uns bitte das Angebot bis Freitag schicken? Wir haben noch eine Frage.", "de"),
        ("Pourriez-vous nous envoyer le devis avant vendredi ? Merci pour votre aide.", "fr"),
        ("¿Podrían enviarnos la oferta antes del viernes? Gracias por todo.", "es"),
        ("Kunt u ons de offerte voor vrijdag sturen? Wij hebben nog een vraag.", "nl"),
        # short
        ("OK!", "en"), ("Noted.", "en"), ("Will do", "en"), ("Best regards,", "en"), ("see you ASAP", "en"),
        ("了解です", "ja"), ("承諾", "ja"), ("営業部", "ja"), ("ﾖﾛｼｸｵﾈｶﾞｲｼﾏｽ", "ja"), ("東京都港区芝公園1-2-3", "ja"),
        ("Merci beaucoup", "fr"), ("Vielen Dank!", "de"), ("Muchas gracias", "es"), ("Teşekkür ederim", "tr"),
        # mixed
        ("Hi 森さん、this Fridayの会議は10時からでよろしいでしょうか。", "ja"),
        ("Microsoft Teams 会議", "ja"),
        ("Please join the 会議 on Friday.", "en"),
        ("Aiko Mori\nKita Works Inc., 1-2-3 Shiba, Minato-ku, Tokyo", "en"),
        ("Hi Jürgen, the Müller account is ready.", "en"),
        ("GA Pumps Co., Fremantle WA", "en"),
        # Japanese in Latin letters
        ("Osewa ni natte orimasu. Mitsumori wo okutte kudasai.", "ja"),
        ("Mori-san, konnichiwa! Could we move the call to four?", "en"),
        # Chinese is no Japanese
        ("深圳市华强电子有限公司", "zh"), ("好的，收到。", "zh"), ("我們下週二可以開會嗎？", "zh"),
        ("取扱説明書、保証書、納品書", "ja"), ("髙橋様邸 新築工事", "ja"),
        # neighbours
        ("Доброго дня, надішліть договір.", "uk"), ("Vi har mødet på torsdag, og vi ses.", "da"),
        ("Jestem poza biurem do poniedziałku.", "pl"), ("Nejsem v kanceláři do pondělí.", "cs"),
        ("https://mill.example/a aiko@kita.example", "und"),
        ("12345 --- ???", "und"),
        ("", "und"),
    ],
)  # fmt: skip
def test_language(text: str, code: str) -> None:
    assert language.detect(text) == code


def test_a_long_text_takes_no_longer_than_its_beginning() -> None:
    assert language.detect("了解です。" + "the " * 500_000) == "en"
    assert language.detect("Could you send us the drawings? " * 200 + "了解です。" * 100_000) == "en"
