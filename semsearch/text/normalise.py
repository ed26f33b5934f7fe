"""Folds texts for comparison: case, accents, marks and signs; escapes text for Markdown.

Stored text is never changed here beyond Unicode NFC; everything that folds or drops
characters serves matching only.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

CACHED_CHARS = 64
"""Longer texts are no words or names that come again, so what is made of them is not kept."""

_COMBINING = "".join(
    chr(code) for code in range(0x300, 0x1F000) if unicodedata.category(chr(code))[0] == "M"
)
WORD = re.compile(rf"\w+(?:(?=[^\0-\u02ff])[{_COMBINING}]+\w*)*")
"""A word: letters, digits, underscores, and the marks and vowel signs on them, which `\\w` leaves
out. The look-ahead saves the long class where a word ends in front of a common character."""
_MARKS = re.compile(r"([\\`*_\[\]<>{|]|&(?=#?\w+;))")
"""What means something in Markdown within a line; an ampersand where it begins the name of a
character."""
_INERT = re.compile(r"([\\`*_{}\[\]()#+.!|~>:-])")
"""Marks of Markdown and of what GitHub makes of text."""
_BEGINS = re.compile(
    r"(?m)^(#{1,6}(?=\s|$)|[-+=](?=[-=+\s]|$)|~(?=~~|\s)|:(?=\s))|^(\d{1,9})([.)])(?=\s|$)"
)
"""Characters that have a meaning at the beginning of a line only."""
_VARIANT = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
"""Variation selectors: how a character is drawn, never which one it is."""
_PLAIN = re.compile(r"[^a-z0-9+#]+")
_ACCENTED = ("LATIN ", "GREEK ", "CYRILLIC ")
"""Scripts whose marks are left out in hasty typing; in others a mark makes another letter."""
_BARRED = str.maketrans(
    {
        "æ": "ae",
        "œ": "oe",
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ħ": "h",
        "ŧ": "t",
        "ı": "i",
    }
)
"""Letters that are typed as others where a keyboard lacks them, and that Unicode does not
decompose."""
_TRADE_MARKS = str.maketrans(dict.fromkeys("™®℠©℗", " "))
_POINTS = re.compile(
    "[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"  # Hebrew: accents, vowels, dots
    "\u0610-\u061a\u0640\u064b-\u0652\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed]"  # Arabic
    "|(?<=\u0627)[\u0653-\u0655]"  # what alef carries
)
"""Signs that Hebrew and Arabic leave out in ordinary writing: vowel points, the tatweel that only
stretches a word, and hamza and madda on an alef."""


def fold(text: str) -> str:
    """Return a text as names are compared: NFKC, no case, no accents, runs of marks as blanks.

    "Long Short-Term  Memory" and "long short term memory" fold alike, and so do "Łódź" and "lodz".
    "C++" and "C#" keep the marks that tell them apart, and so does a text of marks alone, like "&".
    Only Latin, Greek and Cyrillic letters lose their accents; Arabic and Hebrew lose their vowel
    points.
    """
    return _cached_fold(text) if len(text) <= CACHED_CHARS else _fold(text)


def _fold(text: str) -> str:
    if text.isascii():  # nothing below would do anything else, and takes ten times as long
        return _PLAIN.sub(" ", text.lower()).strip() or "".join(text.split())
    unmarked = text.translate(_TRADE_MARKS)
    text = text if unmarked.isspace() else unmarked
    plain = unicodedata.normalize("NFKC", _VARIANT.sub("", text)).casefold()
    kept: list[str] = []
    base = " "
    for c in _POINTS.sub("", unicodedata.normalize("NFKD", plain)).translate(_BARRED):
        if unicodedata.category(c)[0] == "M":
            if base.isalnum() and not unicodedata.name(base, "").startswith(_ACCENTED):
                kept.append(c)
        else:
            base = c if c.isalnum() or c in "+#" else " "
            kept.append(base)
    words = "".join(kept).split() or ["".join(plain.split())]
    return unicodedata.normalize("NFKC", " ".join(words))


_cached_fold = lru_cache(maxsize=1 << 15)(_fold)


def in_markdown(text: str) -> str:
    """Return a text in one line that says nothing in Markdown but itself."""
    return marks_in_markdown(" ".join(text.split()))


def marks_in_markdown(text: str) -> str:
    """Return a text with a backslash before each mark of Markdown within a line."""
    return _MARKS.sub(r"\\\1", text)


def line_in_markdown(line: str) -> str:
    """Return a line of Markdown that does not begin a heading, a list or another block."""
    return _BEGINS.sub(lambda m: f"{m[2]}\\{m[3]}" if m[2] else f"\\{m[1]}", line)


def inert_markdown(text: str) -> str:
    """Return one line of text for pull requests and issues, where names and numbers are links too.

    Entities break mentions and references.
    """
    plain = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;")
    return _INERT.sub(r"\\\1", plain).replace("@", "&#64;")
