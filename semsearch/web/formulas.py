"""Formulas in LaTeX as MathML, which browsers draw without a script or a font of ours."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_LONGEST = 500
"""Most characters of a formula that is drawn; a longer one is shown as code."""
_MACROS = re.compile(r"\\(?:re|provide)?(?:newcommand|def|let)\b")
"""Definitions of macros, whose expansion may double at each level."""
_ELEMENTS = frozenset(
    {
        "math", "menclose", "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover", "mpadded",
        "mphantom", "mprescripts", "mroot", "mrow", "mspace", "msqrt", "mstyle", "msub", "msubsup",
        "msup", "mtable", "mtd", "mtext", "mtr", "munder", "munderover", "none",
    }
)  # fmt: skip
_ATTRIBUTES = frozenset(
    {
        "accent", "columnalign", "columnlines", "display", "displaystyle", "fence", "form",
        "linethickness", "mathvariant", "maxsize", "minsize", "movablelimits", "notation",
        "rowlines", "scriptlevel", "separator", "stretchy", "symmetric",
    }
)  # fmt: skip
"""No sizes in units, colours, styles or links."""
_CHARACTER = re.compile(r"&amp;(#x[0-9A-Fa-f]{1,6};)")
"""A character as latex2mathml writes it."""


@lru_cache(maxsize=256)
def mathml(formula: str, *, is_displayed: bool = False) -> str:
    """Return a formula as MathML, or as code if it cannot be drawn.

    Args:
        formula: LaTeX without dollars.
        is_displayed: whether it stands on a line of its own.
    """
    sign = "$$" if is_displayed else "$"
    as_code = f"<code>{html.escape(f'{sign}{formula}{sign}')}</code>"
    if len(formula) > _LONGEST or _MACROS.search(formula):
        return as_code
    from xml.etree.ElementTree import tostring  # noqa: PLC0415

    from latex2mathml.converter import convert_to_element  # noqa: PLC0415

    try:
        root = convert_to_element(formula, display="block" if is_displayed else "inline")
    except Exception:
        return as_code
    if not all(map(_is_harmless, root.iter())):
        return as_code
    # its own `convert` unescapes texts, so that `\text{<b>}` would become an element
    return _CHARACTER.sub(r"&\1", tostring(root, encoding="unicode"))


def _is_harmless(element: Element) -> bool:
    """Drop the attributes that are not allowed; return whether the element itself is."""
    for name in [name for name in element.attrib if name not in (*_ATTRIBUTES, "xmlns")]:
        del element.attrib[name]
    return element.tag in _ELEMENTS
