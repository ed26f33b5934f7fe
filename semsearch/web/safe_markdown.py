"""Takes raw HTML and dangerous links out of Markdown that readers of ours may render."""

from __future__ import annotations

import re

_CODE = re.compile(r"(?<![\\`])(`+)(?!`)[^\n]*?(?<!`)\1(?!`)")
"""A code span within a line, in which nothing is markup."""
_TAG = re.compile(r"<(?=[A-Za-z/!?])(?!https?://[^\s<>]*>)")
"""The beginning of a tag, a comment or an automatic link, except one to a web address."""
_SAFE = r"(?:https?://|mailto:|[#/.?]|[\w%-]+(?:[/.#?)>\s]|$))"
_LINK = re.compile(rf"\]\((?!\s*<?{_SAFE})", re.IGNORECASE)
_REFERENCE = re.compile(
    rf"^([ >]*)\[(?=[^\]\n]+\]:)(?![^\]\n]+\]:\s*<?{_SAFE})", re.M | re.IGNORECASE
)


def safe_markdown(text: str) -> str:
    r"""Return Markdown in which tags are text, and links lead to web addresses or this site.

    >>> safe_markdown("<b>x</b> [y](javascript:alert(1)) `<b>`")
    '\\<b>x\\</b> [y]\\(javascript:alert(1)) `<b>`'
    """
    pieces: list[str] = []
    at = 0
    for code in _CODE.finditer(text):
        pieces += (_escaped(text[at : code.start()]), code[0])
        at = code.end()
    return "".join([*pieces, _escaped(text[at:])])


def _escaped(text: str) -> str:
    text = _LINK.sub(r"]\\(", _TAG.sub(r"\\<", text))
    return _REFERENCE.sub(r"\1\\[", text)
