"""Protects spreadsheets from cells that they would execute as formulas (CSV injection).

An apostrophe in front turns a cell into text, as OWASP advises
(https://owasp.org/www-community/attacks/CSV_Injection). A cell that begins with apostrophes gets
another one, so that the added one can be removed again. In a quotation, such as `'-ing' ends it`,
a single apostrophe belongs to the text, so the second one is the first that is added.
"""

from __future__ import annotations

import re

_FORMULA = re.compile("('*)[=+\\-@\t\r\n＝＋－＠]((?:.*[^\\s'])?'(?!\\w))?", re.DOTALL)  # noqa: RUF001 - these begin formulas too


def escape_formula(cell: str) -> str:
    """Return a cell that no spreadsheet executes as a formula."""
    found = _FORMULA.match(cell)
    if not found:
        return cell
    if found[2]:
        return {0: f"''{cell}", 1: cell}.get(len(found[1]), f"'{cell}")
    return f"'{cell}"


def unescape_formula(cell: str) -> str:
    """Return a cell without the apostrophes that `escape_formula` added."""
    found = _FORMULA.match(cell) if cell.startswith("'") else None
    if not found:
        return cell
    if found[2]:
        return {1: cell, 2: cell[2:]}.get(len(found[1]), cell[1:])
    return cell[1:]
