"""Texts that would run, or change a page, if any of them were taken for markup."""

from __future__ import annotations

_CODE = (
    "<script>alert(1)</script>",
    "<ScRiPt src=//x>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><animate onbegin=alert(1) attributeName=x>",
    "<body onload=alert(1)>",
    "<iframe src=javascript:alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<object data=javascript:alert(1)>",
    "<embed src=javascript:alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "<form action=javascript:alert(1)><input type=submit>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)>",
    "<math><mi xlink:href=javascript:alert(1)>",
    "<style>*{display:none}</style>",
    "<link rel=stylesheet href=//x>",
    "<meta http-equiv=refresh content=0>",
    "<base href=//x/>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<textarea></textarea><script>alert(1)</script>",
    "{{7*7}}{% raw %}",
    "${alert(1)}",
    "javascript:alert(1)",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "\u202ealert\u202c\ufeff<b>x</b>",
)
_AROUND = (
    "{}",
    '"{}',
    "'{}",
    '">{}',
    "'>{}",
    "</title>{}",
    "</script>{}",
    "--></style></textarea>{}",
)
PAYLOADS = tuple(around.format(code) for code in _CODE for around in _AROUND)
"""240 of them."""
