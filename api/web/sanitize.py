"""A mail's own HTML made harmless for the "original look" frame.

Nothing is loaded, nothing runs, no style survives but the old presentational attributes; the frame around it is
sandboxed and has its own policy, so that each of the two alone would be enough.
"""

from __future__ import annotations

import nh3

_TAGS = {
    "a", "abbr", "b", "blockquote", "br", "caption", "center", "code", "dd", "del", "div", "dl", "dt", "em", "font",
    "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "ins", "li", "ol", "p", "pre", "s", "small", "span", "strong",
    "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul",
}  # fmt: skip
_ATTRIBUTES = {
    "*": {"align", "dir", "lang"},
    "a": {"href"},
    "font": {"color", "size"},
    "ol": {"start", "type"},
    "td": {"colspan", "rowspan", "valign", "bgcolor"},
    "th": {"colspan", "rowspan", "valign", "bgcolor"},
    "tr": {"valign", "bgcolor"},
    "table": {"border", "cellpadding", "cellspacing", "bgcolor"},
}
_DROPPED_WITH_CONTENT = {"script", "style", "title", "head", "template", "noscript", "svg", "math", "object", "iframe"}


def _keep(tag: str, attribute: str, value: str) -> str | None:
    """Drops a link that would lead into this site: a mail has no business with our own addresses."""
    if (tag, attribute) != ("a", "href"):
        return value
    return value if value.strip().lower().startswith(("http://", "https://", "mailto:")) else None


def clean(html: str) -> str:
    """The HTML with only harmless elements and attributes; links open apart and carry no referrer."""
    return nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags=_DROPPED_WITH_CONTENT,
        attributes=_ATTRIBUTES,
        attribute_filter=_keep,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
        strip_comments=True,
    )
