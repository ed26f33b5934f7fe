"""Protects spreadsheets from cells that they would execute as formulas (CSV injection).

An apostrophe in front turns a cell into text, as OWASP advises
(https://owasp.org/www-community/attacks/CSV_Injection). A cell that begins with apostrophes gets
another one, so that the added one can be removed again.
"""

from __future__ import annotations

import re

_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")  # noqa: RUF001 - these begin formulas too


def defused(cell: str) -> str:
    """Return a cell that no spreadsheet executes."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def undefused(cell: str) -> str:
    """Return a cell without the apostrophe that `defused` added."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
