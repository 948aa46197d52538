"""Mail is hostile: whatever it holds, pages show it as text, and its HTML runs and loads nothing."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.web.sanitize import clean

URLS = ("https:", "http:", "mailto:")
TRICKS = [
    "<script>run()</script>", "<img src=x onerror=run()>", "<img src=https://evil.example/p.png>",
    "<svg onload=run()><script>run()</script></svg>", "<math><mtext><script>run()</script></mtext></math>",
    '<a href="javascript:run()">x</a>', '<a href=" jAvascript:run()">x</a>', '<a href="data:text/html,x">x</a>',
    '<a href="vbscript:x">x</a>', '<a href="/sign-out">x</a>', '<a href="//evil.example">x</a>',
    "<iframe src=https://evil.example></iframe>", "<object data=x></object>", "<embed src=x>", "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content=0>", "<link rel=stylesheet href=https://evil.example/x.css>",
    "<style>*{background:url(https://evil.example/x)}</style>", '<p style="background:url(https://evil.example/x)">x</p>',
    '<td background="https://evil.example/x">x</td>', "<form action=https://evil.example><input name=p></form>",
    "<video src=x onerror=run()></video>", "<details open ontoggle=run()>x</details>", "<p id=main class=toast>x</p>",
    "<noscript><p title='</noscript><img src=x onerror=run()>'></noscript>",
    "<template><script>run()</script></template>",
    "<a href=https://ok.example onclick=run()>x</a>", "<button formaction=javascript:run()>x</button>",
]  # fmt: skip


class Found(HTMLParser):
    """Collects elements and attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]


@pytest.mark.parametrize("trick", TRICKS)
def test_sanitised_html_runs_and_loads_nothing(trick: str) -> None:
    found = Found(clean(f"<p>before</p>{trick}<p>after</p>"))
    allowed = {"p", "a", "td", "table", "tbody", "tr", "div", "span"}
    assert set(found.tags) <= allowed, found.tags
    for tag, name, value in found.attributes:
        assert not name.startswith("on")
        assert name in {"href", "rel", "target"}, (tag, name)
        if name == "href":
            assert value.startswith(URLS), value
    assert found.tags.count("p") >= 2


def test_links_open_apart_and_tell_nobody_where_they_were() -> None:
    html = clean('<a href="https://shop.example/x" target="_self" rel="opener">x</a>')
    assert 'rel="noopener noreferrer nofollow"' in html
    assert 'target="_blank"' in html


def test_harmless_html_keeps_its_shape() -> None:
    html = clean(
        '<table border="1"><tr><td bgcolor="#ff0" colspan="2"><b>納期</b></td></tr></table><ul><li>A</li></ul>'
    )
    for piece in ('border="1"', 'bgcolor="#ff0"', 'colspan="2"', "<b>納期</b>", "<li>A</li>"):
        assert piece in html


def test_original_look_has_a_policy_of_its_own(rep: TestClient, filled: Any) -> None:
    answer = rep.get(f"/mails/{filled.mails['hostile']}/original")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "allow-scripts" not in policy
    assert "allow-same-origin" not in policy
    assert "img-src" not in policy
    assert "script-src" not in policy
    body = answer.text.split("<body", 1)[1]
    assert "Your invoice is <b>overdue</b>." in body
    for word in ("<script", "<img", "onload", "javascript:", "pixel.png", "<form", "<iframe", "<svg", "style="):
        assert word not in body, word
    frame = rep.get(f"/mails/{filled.mails['hostile']}?look=original").text
    sandbox = re.search(r'<iframe[^>]* sandbox="([^"]*)"', frame)
    assert sandbox
    assert sandbox[1] == "allow-popups allow-popups-to-escape-sandbox"


def test_a_mail_without_html_has_no_original_look(rep: TestClient, filled: Any) -> None:
    assert rep.get(f"/mails/{filled.mails['mori']}/original").status_code == 404
    assert "look=original" not in rep.get(f"/mails/{filled.mails['mori']}").text


@pytest.mark.parametrize("page", ["/inbox", "/mails/{mail}", "/?suggestion=s-hostile", "/review/s-hostile", "/"])
def test_pages_show_markup_as_text(rep: TestClient, filled: Any, page: str) -> None:
    html = rep.get(page.format(mail=filled.mails["hostile"])).text
    found = Found(html)
    assert all(value for tag, name, value in found.attributes if tag == "script" and name == "src")
    assert found.tags.count("script") == html.count('<script type="module" src="/static/')
    assert "img" not in found.tags
    assert not [name for _, name, _ in found.attributes if name.startswith("on")]
    assert not [name for _, name, _ in found.attributes if name == "style"]
    hrefs = [value for _, name, value in found.attributes if name in ("href", "src", "action", "formaction")]
    assert not [value for value in hrefs if value.lower().strip().startswith(("javascript:", "data:"))]
    assert "&lt;script&gt;" in html


def test_accepted_hostile_values_stay_text(rep: TestClient) -> None:
    made = rep.post("/api/v1/suggestions/s-hostile/accept", json={}).json()["target_id"]
    for path in (f"/records/{made}", "/contacts"):
        found = Found(rep.get(path).text)
        assert not [value for _, name, value in found.attributes if "javascript:" in value]
        assert not [name for _, name, _ in found.attributes if name.startswith("on")]


def test_search_words_come_back_as_text(rep: TestClient) -> None:
    html = rep.get("/inbox", params={"q": '"><script>run()</script>'}).text
    assert "<script>run" not in html


def test_why_nothing(rep: TestClient, filled: Any) -> None:
    answer = rep.get(f"/api/v1/mails/{filled.mails['news']}/why-nothing").json()
    assert answer == {"reason": "machine", "machine": "newsletter"}
    assert "メルマガ" in rep.get(f"/mails/{filled.mails['news']}").text
    assert rep.get(f"/api/v1/mails/{filled.mails['mori']}/why-nothing").json()["reason"] is None


def test_paging_through_mail(rep: TestClient) -> None:
    first = rep.get("/api/v1/mails?limit=3").json()
    second = rep.get("/api/v1/mails", params={"limit": 3, "cursor": first["next_cursor"]}).json()
    ids = [one["id"] for one in (*first["items"], *second["items"])]
    assert len(ids) == len(set(ids)) == 5
    assert second["next_cursor"] is None


@pytest.mark.parametrize(
    ("query", "subjects"),
    [
        ("intent=complaint", ["【至急】ハンディ端末の納品について"]),
        ("machine=true", ["【ものづくり通信 vol.204】春の展示会のご案内"]),
        ("language=en&sentiment=positive", ["Moving Thursday's call, and a question on billing"]),
        ("q=harbourpine", ["Moving Thursday's call, and a question on billing"]),
        ("q=見積り", ["検査ソフトのお見積りとお打ち合わせのお願い"]),
    ],
)
def test_narrowing(rep: TestClient, query: str, subjects: list[str]) -> None:
    assert [one["subject"] for one in rep.get(f"/api/v1/mails?{query}").json()["items"]] == subjects


def test_offsets_of_the_document_count_code_points(rep: TestClient, filled: Any) -> None:
    document = rep.get(f"/api/v1/mails/{filled.mails['takahashi']}").json()["document"]
    for intent in document["intents"]:
        for piece in intent["evidence"]:
            assert document["text"][piece["start"] : piece["end"]] == piece["text"]
