"""Elements of HTML pages in which no term is marked.

A mark can be focused, so it must not stand in what is interactive itself, in what is not shown or
not read, nor where the content is no text for readers. The lists follow the HTML Living Standard
(https://html.spec.whatwg.org, the clauses are named below) and WAI-ARIA 1.2. The remark plugin has
the same lists (`clients/remark-semsearch/opaque.js`; a test compares them).
"""

from __future__ import annotations

from collections.abc import Mapping

INTERACTIVE = frozenset(
    "a audio button details embed iframe img input label select textarea video".split()  # noqa: SIM905
)
"""Interactive content (3.2.5.2.7), also without the attributes that make some of it so.

Of `details` only the `summary` is a control: what it shows when it is open may be marked.
"""
RAW_TEXT = frozenset(
    "iframe noembed noframes noscript plaintext script style template textarea title xmp".split()  # noqa: SIM905
)
"""Elements whose content is raw text or escapable raw text (13.1.2, 15.2), or inert (4.12.3)."""
_FALLBACK = frozenset("audio canvas math meter object progress svg video".split())  # noqa: SIM905
"""Elements of other languages, and those whose content browsers show in its place only."""
_CONTROLS = frozenset("datalist form legend optgroup option output summary".split())  # noqa: SIM905
"""Parts of forms and of disclosure widgets."""
_CODE = frozenset("code kbd listing pre samp var".split())  # noqa: SIM905
_NAMED = frozenset("abbr dfn dt h1 h2 h3 h4 h5 h6 rp rt".split())  # noqa: SIM905
"""Texts that name or explain something themselves."""
_AROUND = frozenset("aside dialog footer head header nav search".split())  # noqa: SIM905
"""Parts of a page beside its text."""

OPAQUE = (INTERACTIVE - {"details"}) | RAW_TEXT | _FALLBACK | _CONTROLS | _CODE | _NAMED | _AROUND
"""Names of elements in which no term is marked."""

OPAQUE_ROLES = frozenset(
    """
    button checkbox combobox link listbox menu menubar menuitem menuitemcheckbox menuitemradio
    option radio scrollbar searchbox slider spinbutton switch tab tablist textbox toolbar tree
    treeitem
    code heading img math meter progressbar separator term tooltip
    alertdialog banner complementary contentinfo dialog form navigation search
    """.split()  # noqa: SIM905
)
"""Roles in which no term is marked: widgets, those whose children are presentational, and what the
elements above have by themselves."""

HIDING = ("hidden", "inert", "popover")
"""Attributes of elements that are not shown, or cannot be used, whatever their value."""


def is_opaque(tag: str, attributes: Mapping[str, str | None]) -> bool:
    """Return whether no term is marked in an element.

    Args:
        tag: its name in lower case.
        attributes: by name in lower case; None or empty without a value.
    """
    if tag in OPAQUE:
        return True
    if not attributes:
        return False
    values = {name: (value or "").strip().lower() for name, value in attributes.items()}
    return (
        any(name in values for name in HIDING)
        or values.get("aria-hidden") == "true"
        or values.get("contenteditable", "false") != "false"
        or values.get("data-semsearch") == "off"
        or values.get("translate") == "no"
        or not OPAQUE_ROLES.isdisjoint(values.get("role", "").split())
    )
