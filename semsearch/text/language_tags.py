"""Language tags (BCP 47), and how a range matches them: basic filtering of RFC 4647."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from semsearch.core.errors import InvalidSetting

MAX_CHARS = 100
RANGE = r"\*|[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*"
_RANGE = re.compile(RANGE)
_TAG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")


def check_language(wanted: str) -> str:
    """Return a language range in lower case.

    Raises:
        InvalidSetting: it is not a language range.
    """
    if len(wanted) > MAX_CHARS or not _RANGE.fullmatch(wanted):
        raise InvalidSetting(
            f"{wanted[:MAX_CHARS]!r} is no language; write it as en, de or pt-BR, or * for any"
        )
    return wanted.lower()


def matching(wanted: str, tags: Iterable[str]) -> list[str]:
    """Return the tags that a range matches: `de` matches `de` and `de-AT`, not `den`."""
    wanted = check_language(wanted)
    return [
        tag
        for tag in tags
        if wanted == "*" or tag.lower() == wanted or tag.lower().startswith(f"{wanted}-")
    ]


@lru_cache(maxsize=256)  # each entry of a file states the same few
def language_tag(stated: str) -> str | None:
    """Return a tag in the case of RFC 5646 (2.1.1), such as `zh-Hans-CN`; None if invalid."""
    tag = stated.strip().replace("_", "-")
    if not _TAG.fullmatch(tag):
        return None
    first, *parts = tag.lower().split("-")
    shown = {2: str.upper, 4: str.title}
    return "-".join([first, *(shown.get(len(part), str)(part) for part in parts)])
