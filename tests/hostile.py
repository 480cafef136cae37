"""What somebody might send who means harm: our own cases, after public cheat sheets."""

from itertools import product

ALARM = "window.__ran=(window.__ran||0)+1"
ELSEWHERE = "https://evil.example"

MARKUP = (
    *(
        f"<{tag} {event}={ALARM}>"
        for tag, event in (
            ("svg", "onload"),
            ("img src=x", "onerror"),
            ("body", "onpageshow"),
            ("details open", "ontoggle"),
            ("input autofocus", "onfocus"),
            ("select autofocus", "onfocus"),
            ("video><source", "onerror"),
            ("audio src=x", "onerror"),
            ("marquee", "onstart"),
            ("div style=animation-name:x", "onanimationstart"),
            ("a href=# autofocus tabindex=1", "onfocusin"),
            ("iframe", "onload"),
            ("object data=x", "onerror"),
            ("style", "onload"),
            ("p popover id=x", "onbeforetoggle"),
        )
    ),
    f"<script>{ALARM}</script>",
    f"<script src={ELSEWHERE}/x.js></script>",
    f"</textarea><script>{ALARM}</script>",
    f"</title><script>{ALARM}</script>",
    f'"><script>{ALARM}</script>',
    f"'><img src=x onerror={ALARM}>",
    f"<scr<script>ipt>{ALARM}</scr</script>ipt>",
    f"<ScRiPt >{ALARM}</sCrIpT>",
    f"<script\x0c>{ALARM}</script>",
    f"<svg><script>{ALARM}</script></svg>",
    f"<svg><animate onbegin={ALARM} attributeName=x dur=1s>",
    f"<svg><use href=data:image/svg+xml,<svg/onload={ALARM}>>",
    f"<math><mtext><table><mglyph><style><!--</style><img title=--&gt;&lt;img src onerror={ALARM}>",
    f"<form><math><mtext></form><form><mglyph><style></math><img src onerror={ALARM}>",
    f'<noscript><p title="</noscript><img src=x onerror={ALARM}>">',
    f'<svg></p><style><a id="</style><img src=1 onerror={ALARM}>">',
    f"<template><script>{ALARM}</script></template>",
    f"<iframe srcdoc='<script>parent.{ALARM}</script>'></iframe>",
    f"<iframe src=javascript:{ALARM}></iframe>",
    f"<object data=javascript:{ALARM}></object>",
    f"<embed src={ELSEWHERE}/x.swf>",
    f"<base href={ELSEWHERE}/>",
    f"<meta http-equiv=refresh content=0;url={ELSEWHERE}>",
    f"<link rel=stylesheet href={ELSEWHERE}/x.css>",
    f"<style>@import '{ELSEWHERE}/x.css';</style>",
    f"<p style=background:url({ELSEWHERE}/x)>",
    f"<form action={ELSEWHERE}><button>Save</button></form>",
    f"<button formaction={ELSEWHERE}>Save</button>",
    f"<img src={ELSEWHERE}/pixel.gif>",
    f"![a picture]({ELSEWHERE}/pixel.gif)",
    f"![x](x){{onerror={ALARM}}}",
    *(
        f"<div {name}='{value}'>x</div>"
        for name, value in (
            ("hx-get", f"{ELSEWHERE}/x"),
            ("data-hx-get", f"{ELSEWHERE}/x"),
            ("hx-on:click", ALARM),
            ("hx-on::load", ALARM),
            ("hx-trigger", f"load[{ALARM}]"),
            ("hx-vals", f"js:{{x:{ALARM}}}"),
            ("hx-delete", "/account"),
            ("hx-swap-oob", "true"),
            ("data-guard", "x"),
        )
    ),
    "<a id=csrf-token name=csrf-token content=mine>x</a>",
    "<img name=cookie><img name=getElementById>",
    *(
        f"[press]({scheme})"
        for scheme in (
            f"javascript:{ALARM}",
            f"JaVaScRiPt:{ALARM}",
            f"java\tscript:{ALARM}",
            f"java\nscript:{ALARM}",
            f"&#106;avascript:{ALARM}",
            f"javascript&colon;{ALARM}",
            f"&#x6A&#x61&#x76ascript:{ALARM}",
            f"\x01javascript:{ALARM}",
            f"vbscript:{ALARM}",
            f"data:text/html,<script>{ALARM}</script>",
            "data:text/html;base64,PHNjcmlwdD4=",
            f"view-source:javascript:{ALARM}",
            f"blob:{ALARM}",
            f"<javascript:{ALARM}>",
            "ftp://evil.example/x",
            "ssh://evil.example",
            "magnet:?xt=x",
            "ms-word:ofe|u|https://evil.example/x.docm",
            "search-ms:query=x&crumb=location:evil.example",
        )
    ),
    f'[press](<javascript:{ALARM}> "title")',
    f'[press](/x "onclick={ALARM}")',
    f"[a]: javascript:{ALARM}\n\n[a]",
    f"<javascript:{ALARM}>",
    f"`<img src=x onerror={ALARM}>`",
    f"```html\n<script>{ALARM}</script>\n```",
    f"[] <img src=x onerror={ALARM}>",
    f"@Pat<img/src=x/onerror={ALARM}>",
    f"#AB1<svg/onload={ALARM}>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "{{7*7}} ${7*7} #{7*7} <%= 7*7 %> {% raw %}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "\u2028\u2029</script><!--<script>",
    "\u202egnp.exe\u202c",
)
"""Text that must stay text, wherever it is shown."""

PATHS_ELSEWHERE = (
    *(
        before + after
        for before, after in product(
            (
                "//",
                "///",
                "////",
                "/\\",
                "\\/",
                "\\\\",
                "/\t/",
                "/\n/",
                "/\r/",
                "\t//",
                " //",
                "/\x00/",
            ),
            ("evil.example", "evil.example/%2e%2e", "evil.example@cocreate.example"),
        )
    ),
    *(
        f"{scheme}evil.example"
        for scheme in (
            "https://",
            "http://",
            "HTTPS://",
            "https:",
            "https:/",
            "http:\\\\",
            "ftp://",
            "ws://",
            "https:///",
            "h\ttps://",
            "\x01https://",
            "blob:https://",
            "view-source:https://",
        )
    ),
    "javascript:alert(1)",
    "JAVASCRIPT:alert(1)",
    "\x09javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:alert(1)",
    "evil.example",
    ".evil.example",
    "@evil.example",
    "https://cocreate.example@evil.example",
    "https://cocreate.example.evil.example",
    "https://evil.example#cocreate.example",
    "https://evil.example\\@cocreate.example",
    "/\r\nLocation: https://evil.example",
    "/\nSet-Cookie: a=b",
    "/ok\\..\\..\\\\evil.example",
)
"""Where somebody is sent after signing in, if whoever made the link could choose."""

NAMES = (
    "../../etc/passwd.txt",
    "..\\..\\boot.ini.txt",
    "/etc/shadow.txt",
    "C:\\windows\\win.txt",
    "a\x00.exe.txt",
    "\u202etxt.exe.txt",
    "a\u200b.txt",
    'a".txt',
    "a';.txt",
    "a\r\nSet-Cookie: x=y.txt",
    "a%0d%0aX: y.txt",
    "<svg onload=alert(1)>.txt",
    "$(id).txt",
    "`id`.txt",
    "|id.txt",
    "con.txt",
    ".htaccess.txt",
    "a;filename=b.html.txt",
    "\ufeffa.txt",
    "é" * 300 + ".txt",
)
"""Names of files."""
