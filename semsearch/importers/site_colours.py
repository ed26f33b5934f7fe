"""Checks `[colours]` of `semsearch.toml`: only colour values, and only readable ones.

Contrast is the ratio of WCAG 2.2 (1.4.3), which asks for 4.5 between text and its background.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from semsearch.core.errors import ImportFailed

PAPER, DARK_PAPER = "#fbfaf7", "#16181a"
"""Backgrounds of light and of dark pages, as in `web/static/style.css`."""
MIN_CONTRAST = 4.5
_COLOUR = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})\Z", re.IGNORECASE)
KEYS = {"accent": str, "accent_dark": str}
"""Keys of the table, each with the type of its value."""


def accents(table: Mapping[str, str], file: Path) -> tuple[str, str]:
    """Return the colours of links and buttons on light and on dark pages, or two empty texts.

    Without a dark one the light one is made lighter until it can be read.

    Raises:
        ImportFailed: a value is no colour, or it cannot be read on its page.
    """
    if not table:
        return "", ""
    if "accent" not in table:
        raise ImportFailed("[colours] accent is missing; accent_dark goes with it", file)
    light = _readable("accent", table["accent"], PAPER, file)
    if "accent_dark" in table:
        return light, _readable("accent_dark", table["accent_dark"], DARK_PAPER, file)
    return light, _lightened(light)


def _readable(key: str, value: str, paper: str, file: Path) -> str:
    if not _COLOUR.match(value):
        raise ImportFailed(f"[colours] {key} is {value!r}; write a colour as #20545c", file)
    digits = value[1:].lower()
    colour = f"#{digits if len(digits) == 6 else ''.join(2 * digit for digit in digits)}"
    ratio = contrast(colour, paper)
    if ratio < MIN_CONTRAST:
        page, way = ("light", "darker") if paper == PAPER else ("dark", "lighter")
        raise ImportFailed(
            f"[colours] {key} is {value}, whose contrast on {page} pages is {ratio:.1f}; "
            f"{MIN_CONTRAST} is needed, so take a {way} one",
            file,
        )
    return colour


def _lightened(colour: str) -> str:
    channels = _channels(colour)
    for tenths in range(11):
        mixed = [round(one + (255 - one) * tenths / 10) for one in channels]
        light = "#" + "".join(f"{one:02x}" for one in mixed)
        if contrast(light, DARK_PAPER) >= MIN_CONTRAST:
            return light
    return "#ffffff"


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21.

    Args:
        one: a colour as `#rrggbb`.
        other: likewise.
    """
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _channels(colour: str) -> list[int]:
    return list(bytes.fromhex(colour[1:]))


def _luminance(colour: str) -> float:
    linear = [
        share / 12.92 if (share := one / 255) <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4
        for one in _channels(colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
