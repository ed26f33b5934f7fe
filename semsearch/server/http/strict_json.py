"""Parses JSON more strictly than Python does, and refuses what is costly to validate.

Python accepts NaN, UTF-16 and lone surrogates, which later end in a status 500. A model makes an
error for each value that does not fit: 80,000 wrong values took six seconds.
"""

from __future__ import annotations

import json
from typing import NoReturn

from semsearch.server.http import problem_types
from semsearch.server.http.problems import Refused

MAX_DEPTH = 32
"""Levels of a JSON body. Valid bodies have five."""

MAX_VALUES = 5_000
"""Values of a JSON body: texts, numbers, lists and objects. Valid bodies have some 2,000."""


def parse_json(raw: bytes) -> object:
    """Parse a JSON value strictly.

    Args:
        raw: the body of a request.

    Returns:
        The value as `json.loads` returns it.

    Raises:
        Refused: the body is not UTF-8 or not JSON; it has NaN, Infinity, a number out of range, a
            name twice in one object or a lone surrogate; it is deeper than `MAX_DEPTH` or has more
            than `MAX_VALUES`.
    """
    try:
        value = json.loads(
            raw.decode("utf-8"), parse_constant=_refuse_constant, object_pairs_hook=_unique_members
        )
    except UnicodeDecodeError:
        refuse_body("the body is not UTF-8")
    except json.JSONDecodeError as error:
        refuse_body(f"the body is not JSON: {error.msg} at character {error.pos}")
    except ValueError:
        refuse_body("the body holds a number of too many digits")
    except RecursionError:
        refuse_body(f"the body has more than {MAX_DEPTH} levels")
    _check_shape(value)
    try:
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except UnicodeEncodeError:
        refuse_body("the body holds a lone surrogate, which is not text")
    except ValueError:
        refuse_body("the body holds a number that is out of range")
    return value


def refuse_body(detail: str) -> NoReturn:
    """Refuse a body for what it holds."""
    raise Refused(problem_types.MALFORMED_BODY, detail) from None


def _refuse_constant(name: str) -> NoReturn:
    refuse_body(f"the body holds {name}, which is not JSON")


def _unique_members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        refuse_body("the body has an object with a name that occurs twice")
    return members


def _check_shape(value: object) -> None:
    """Refuse a value of too many levels or values."""
    level, depth, count = [value], 0, 1
    while level:
        inner: list[object] = []
        for part in level:
            if isinstance(part, dict):
                inner += part.values()
            elif isinstance(part, list):
                inner += part
        count += len(inner)
        if count > MAX_VALUES:
            refuse_body(f"the body has more than {MAX_VALUES:,} values; send several requests")
        depth += any(isinstance(part, dict | list) for part in level)
        if depth > MAX_DEPTH:
            refuse_body(f"the body has more than {MAX_DEPTH} levels")
        level = inner
