"""Cells that a spreadsheet would take for formulas, and how they are kept from it.

An apostrophe in front makes a cell text, as OWASP advises (https://owasp.org/www-community/attacks/CSV_Injection). One that
begins with apostrophes already gets another one, so that what was put in front can be taken off again.
"""

from __future__ import annotations

import re

_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")  # noqa: RUF001 - these begin formulas too


def defused(cell: str) -> str:
    """Return a cell that no spreadsheet calculates."""
    return f"'{cell}" if _FORMULA.match(cell) else cell


def as_meant(cell: str) -> str:
    """Return a cell without the apostrophe that `defused` put in front."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
