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
        ("12345 --- ???", "und"),
        ("", "und"),
    ],
)
def test_language(text: str, code: str) -> None:
    assert language.detect(text) == code
