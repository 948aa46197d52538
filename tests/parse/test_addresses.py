"""Address fields as people and programs write them, right and wrong."""

from __future__ import annotations

import pytest

from pipeline.parse import addresses

CASES = {
    "Mori Shokai Co., Ltd. <info@mori.example>": [("Mori Shokai Co., Ltd.", "info@mori.example")],
    "Mori, Aiko <a@mori.example>, b@c.example": [("Mori, Aiko", "a@mori.example"), (None, "b@c.example")],
    "Aiko <a@b.example> Ken <k@b.example>": [("Aiko", "a@b.example"), ("Ken", "k@b.example")],
    "森 愛子(東京, 本社) <a@b.example>, 林 <k@b.example>": [("森 愛子", "a@b.example"), ("林", "k@b.example")],
    "森 愛子（営業部） <a@b.example>": [("森 愛子（営業部）", "a@b.example")],
    "<a@b.example> Aiko Mori": [("Aiko Mori", "a@b.example")],
    "Aiko <a@b.example>>": [("Aiko", "a@b.example")],
    "Aiko <<a@b.example>>": [("Aiko", "a@b.example")],
    "Aiko <a@b.example": [("Aiko", "a@b.example")],
    "Aiko Mori a@b.example": [("Aiko Mori", "a@b.example")],
    '"aiko mori"@b.example': [(None, '"aiko mori"@b.example')],
    '"see old@c.example" a@b.example': [("see old@c.example", "a@b.example")],
    '"a@c.example" <a@b.example>': [("a@c.example", "a@b.example")],
    '"a@b.example"': [(None, "a@b.example")],
    "a@b.example (Aiko (Sales) Mori)": [("Aiko (Sales) Mori", "a@b.example")],
    "Team: a@b.example, Ken <k@b.example>;, c@d.example": [
        (None, "a@b.example"),
        ("Ken", "k@b.example"),
        (None, "c@d.example"),
    ],
    "undisclosed-recipients:;": [],
}


@pytest.mark.parametrize("value", CASES)
def test_mailboxes_of_a_field(value: str) -> None:
    assert [(a.name, a.address) for a in addresses.parse(value)] == CASES[value]
