"""HTML mail as a reader sees it."""

# ruff: noqa: E501 (a case reads best on one line)
from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.parse import html


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<div>a</div><div>b</div>", "a\nb"),
        ("<div>a</div><div><br></div><div>b<br></div><div>c</div>", "a\n\nb\nc"),
        ("<p>a</p><p>b</p>", "a\n\nb"),
        ('<p class="MsoNormal">a</p><p class="MsoNormal">&nbsp;</p><p class="MsoNormal">b</p>', "a\n\nb"),
        ("a\n   b <b>c</b>d", "a b cd"),
        ("見積書を\nお送りします", "見積書をお送りします"),
        ("<ul><li>one<li>two</ul>", "- one\n- two"),
        ('<ol start="3"><li>one</li><li>two</li></ol>', "3. one\n4. two"),
        (
            "<table><tr><td>TEL</td><td>03-0000-0000</td></tr><tr><td>FAX</td><td>x</td></tr></table>",
            "TEL  03-0000-0000\nFAX  x",
        ),
        ("<pre>a\n  b</pre>", "a\n  b"),
        ('thanks <img alt="👍🏽" src="x">!<img alt="Kita logo"><img alt=""><img alt="★">', "thanks 👍🏽!★"),
        (
            "<p>x<blockquote type=cite><pre>\n\na \n\n  b&nbsp;c\n-- \nd</pre></blockquote>",
            "x\n>\n> a\n>\n>   b c\n> -- \n> d",
        ),
        ("<ul><li><pre>\n\n\na\nb\nc</pre></ul>", "\n\n- a\nb\nc"),
        ('see <a href="https://x.example">our site</a>.', "see our site."),
        ("a<blockquote type=cite>b<blockquote type=cite>c</blockquote></blockquote>d", "a\n> b\n> > c\nd"),
        ("a&nbsp;&amp;&lt;b&gt; ㈱髙", "a &<b> ㈱髙"),
        ("<o:p>a</o:p>&#8203;b", "ab"),
        ("<ruby>森<rt>もり</rt></ruby>です", "森(もり)です"),
        ("<ruby>森<rp>（</rp><rt>もり</rt><rp>）</rp></ruby>です", "森(もり)です"),
        ("<ol><li>a<li value=5>b<li>c</ol>", "1. a\n5. b\n6. c"),
        ('<div style="white-space: pre-wrap">a\n  b</div><div>c\nd</div>', "a\n  b\nc d"),
        ('<div style="white-space:pre-wrap">\n<p>a</p>\n<p>b</p>\n</div>', "a\n\nb"),
        ("<!--[if mso]><p>old</p><![endif]--><![if !mso]><p>new</p><![endif]>", "new"),
        ("", ""),
    ],
)
def test_structure(page: str, text: str) -> None:
    assert html.to_text(page) == text


@pytest.mark.parametrize(
    "hidden",
    [
        '<div style="display:none">no</div>',
        '<span style="color:red; DISPLAY : none !important">no</span>',
        '<div style="mso-hide:all">no</div>',
        '<div style="max-height:0px;overflow:hidden">no</div>',
        '<p style="font-size:0">no</p>',
        '<p style="visibility:hidden">no</p>',
        "<div hidden>no</div>",
        '<style>.pre, p.x{color:red;display:none}</style><div class="a pre">no</div>',
        '<style>#hid { visibility:hidden }</style><div id="hid">no</div>',
        "<script>no</script><title>no</title><!-- no -->",
        '<div style="background:#FFF;color:white">no</div>',
        '<div style="height:0;width:0;overflow:hidden">no</div>',
        '<span style="position:absolute;left:-9999px">no</span>',
        '<div style="font-size:1px;line-height:1px">no</div>',
        "<style>td.a > div, table .b {display:none}</style><table><tr><td class=a><div>no</div></td><td class=b>no</td></tr></table>",
        '<img src="https://track.example/p.gif" width="1" height="1">',
    ],
)
def test_hidden_text_is_dropped(hidden: str) -> None:
    assert html.to_text(f"<html><body>{hidden}<p>yes</p></body></html>") == "yes"


@pytest.mark.parametrize(
    "shown",
    [
        '<style>@media print{.a{display:none}}</style><p class="a">yes</p>',
        '<p style="font-size:0.9em">yes</p>',
        '<p style="opacity:0.8">yes</p>',
        '<p style="max-height:100px">yes</p>',
        '<style>.b{display:none}</style><p class="a">yes</p>',
        '<style>u + .body .a, .a:hover, body.dark .a {display:none}</style><p class="a">yes</p>',
        '<table style="font-size:0px"><tr><td style="font-size:13px">yes</td></tr></table>',
        '<p style="background:#fff;color:#333">yes</p>',
        '<p style="overflow:hidden;line-height:0">yes</p>',
        '<p style="height:0">yes</p>',
    ],
)
def test_shown_text_is_kept(shown: str) -> None:
    assert html.to_text(shown) == "yes"


def test_an_indented_paragraph_is_no_quote() -> None:
    page = '<div>We propose:</div><blockquote style="margin:0 0 0 40px;border:none">twelve pieces.</blockquote><div>Ben</div>'
    assert ">" not in html.to_text(page.replace("propose:", "propose"))


def test_a_tag_with_countless_attributes_is_read_without_structure() -> None:
    names = " ".join(f"a{n}" for n in range(5000))
    assert html.to_text(f"<p>one</p><p b='>' {names}>two</p>").split() == ["one", "two"]


def test_too_deep_documents_are_read_without_structure() -> None:
    assert html.to_text("<div>" * 5000 + "text" + "</div>" * 5000).strip() == "text"


@given(st.text(alphabet=st.sampled_from("<>/=\"' abdivptrqsyle:{}.#!-&;あ\n")))
def test_any_text_is_read(page: str) -> None:
    assert isinstance(html.to_text(page), str)
